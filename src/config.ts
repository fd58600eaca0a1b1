// File and environment -> one frozen, typed object. An invalid value stops the start and names the key.
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { AppError } from './base/index.ts'
import { keys } from './config-keys.ts'
import type { Config } from './config-types.ts'

export { keys } from './config-keys.ts'
export type { Config } from './config-types.ts'

/** `sip.port` -> `YIJI_SIP_PORT`. */
export const environmentName = (path: string): string => `YIJI_${path.toUpperCase().replaceAll('.', '_')}`

/** Reads `file` (optional) and the environment, which wins. Throws AppError 'config.invalid' naming the key. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>, file = 'yiji.yaml'): Config {
  const fromFile = existsSync(file) ? flatten(readYaml(file)) : new Map<string, string>()
  const unknown = [...fromFile.keys()].find((path) => !keys.some((key) => key.path === path))
  if (unknown) throw new AppError('config.invalid', `${file}: unknown key "${unknown}": the keys are listed in docs/operations.md`)
  const known = new Set(keys.map((key) => environmentName(key.path)))
  const stray = Object.keys(environment).find((name) => name.startsWith('YIJI_') && !known.has(name))
  if (stray) throw new AppError('config.invalid', `unknown key ${stray} in the environment: the keys are listed in docs/operations.md`)
  const value = (path: string): unknown => {
    const key = keys.find((each) => each.path === path)
    const given = environment[environmentName(path)] ?? fromFile.get(path) ?? key?.default
    if (given === undefined || given === '') return undefined
    try {
      return key?.read(given)
    } catch (error) {
      const shown = path.endsWith('password') ? '(hidden)' : `"${given}"`
      throw new AppError('config.invalid', `${path} (${environmentName(path)}) is ${shown}: it takes ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const id = value('sip.id') as string
  const password = value('sip.password') as string | undefined
  const redirect = {
    to: value('sip.redirect.to') as string | undefined,
    above: value('sip.redirect.above') as number,
    prefixes: (value('sip.redirect.devices') as readonly string[] | undefined) ?? [],
  }
  const rtspPort = value('rtsp.port') as number | undefined
  const rtmpPort = value('rtmp.port') as number | undefined
  const adminPassword = value('admin.password') as string | undefined
  const outlines = value('outlines') as string | undefined
  const mapTiles = value('map.tiles') as readonly string[] | undefined
  const attribution = value('map.attribution') as string | undefined
  const divisions = value('registry.divisions') as string | undefined
  const url = value('http.url') as string | undefined
  const trustProxy = value('http.trustProxy') as readonly string[] | undefined
  return Object.freeze({
    dataDir: value('data.dir') as string,
    http: { host: value('http.host') as string, port: value('http.port') as number, ...(url === undefined ? {} : { url }), ...(trustProxy === undefined ? {} : { trustProxy }) },
    session: { sessionMs: (value('session.hours') as number) * 3_600_000, idleMs: (value('session.idle.minutes') as number) * 60_000 },
    auditDays: value('audit.days') as number,
    sip: {
      host: value('sip.host') as string,
      port: value('sip.port') as number,
      id,
      realm: (value('sip.realm') as string | undefined) ?? id.slice(0, 10),
      ...(password === undefined ? {} : { password }),
      maxExpiresS: value('sip.expires.max') as number,
      access: {
        digest: value('sip.digest') as Config['sip']['access']['digest'],
        date: value('sip.date') as Config['sip']['access']['date'],
        ...(redirect.to === undefined ? {} : { redirect: { ...redirect, to: redirect.to } }),
      },
    },
    media: {
      host: value('media.host') as string,
      ports: value('media.ports') as { first: number; last: number },
      lingerMs: value('media.linger.ms') as number,
      retry: value('media.retry') === 'on',
      transcodes: { max: value('media.transcodes') as number, maxHeight: value('media.transcode.height') as number, maxKbps: value('media.transcode.kbps') as number },
      udpThreads: value('media.udp.threads') as number,
      sounds: value('media.sounds') as number,
    },
    ...(rtmpPort === undefined ? {} : { rtmp: { host: value('rtmp.host') as string, port: rtmpPort } }),
    ...(rtspPort === undefined ? {} : { rtsp: { host: value('rtsp.host') as string, port: rtspPort, sessions: value('rtsp.sessions') as number, basic: value('rtsp.basic') as NonNullable<Config['rtsp']>['basic'] } }),
    ...(adminPassword === undefined ? {} : { adminPassword }),
    decoders: value('decoders') as number,
    ...(value('inspect.node') === undefined ? {} : { node: value('inspect.node') as string }),
    traceDiskMb: value('trace.disk.mb') as number,
    evidence: {
      days: { recording: value('evidence.days.recordings') as number, keyframe: value('evidence.days.keyframes') as number, picture: value('evidence.days.pictures') as number },
      maxBytes: (value('evidence.gb') as number) * 1e9,
      minFreeBytes: (value('evidence.disk.mb') as number) * 1_048_576,
      patrol: value('evidence.patrol') as 'picture' | 'all',
    },
    resumeAfterMs: (value('inspections.resume.seconds') as number) * 1000,
    downloads: {
      files: value('downloads.files') as number,
      maxBytes: (value('downloads.mb') as number) * 1_048_576,
      keepMs: (value('downloads.hours') as number) * 3_600_000,
    },
    imports: {
      files: value('imports.files') as number,
      maxBytes: (value('imports.mb') as number) * 1_048_576,
      keepMs: (value('imports.hours') as number) * 3_600_000,
    },
    keep: {
      alarms: value('alarms.max') as number,
      alarmDays: value('alarms.days') as number,
      positions: value('positions.max') as number,
      snapshots: value('snapshots.max') as number,
    },
    reconcile: { distanceM: value('registry.reconcile.metres') as number, offlineDays: value('registry.reconcile.days') as number },
    excusesWaived: value('registry.completeness.waived') === 'excused',
    map: { ...(mapTiles === undefined ? {} : { tiles: mapTiles }), datum: value('map.datum') as 'wgs84' | 'gcj02', maxZoom: value('map.zoom') as number, ...(attribution === undefined ? {} : { attribution }) },
    ...(outlines === undefined ? {} : { outlines }),
    registry: {
      ...(divisions === undefined ? {} : { divisions }),
      rules: Object.freeze({
        recordDays: value('registry.rules.days') as number,
        keyRecordDays: value('registry.rules.keydays') as number,
        keyPositions: value('registry.rules.keypositions') as readonly string[],
        toleranceM: value('registry.rules.tolerance') as number,
        samePlace: value('registry.rules.sameplace') as number,
        datumPoints: value('registry.rules.datumpoints') as number,
      }),
    },
    log: { level: value('log.level') as Config['log']['level'] },
  })
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new AppError('config.invalid', `${file} cannot be read: ${reason}`)
  }
}

/** Nested maps to dotted paths; every leaf as text, so that file and environment are read by the same rules. */
function flatten(value: unknown, prefix = ''): Map<string, string> {
  const leaves = new Map<string, string>()
  if (value === null || value === undefined) return leaves
  if (typeof value !== 'object' || Array.isArray(value)) {
    leaves.set(prefix, Array.isArray(value) ? value.join(',') : String(value as string | number | boolean))
    return leaves
  }
  for (const [name, inner] of Object.entries(value)) {
    for (const [path, leaf] of flatten(inner, prefix ? `${prefix}.${name}` : name)) leaves.set(path, leaf)
  }
  return leaves
}
