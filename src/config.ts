// File and environment -> one frozen, typed object. An invalid value stops the start and names the key.
import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parse } from 'yaml'
import { AppError } from './base/index.ts'

/** What the service runs with. Every key is documented in docs/operations.md; a test compares the two. */
export interface Config {
  readonly dataDir: string
  readonly http: {
    readonly host: string
    readonly port: number
    /** Where devices reach us over HTTP, without a slash at the end; absent: media.host and the port. */
    readonly url?: string
    /** Proxies whose word on the caller's address and on HTTPS is believed. */
    readonly trustProxy?: readonly string[]
  }
  /** How long a log-in lasts, and how long it may lie idle. */
  readonly session: { readonly sessionMs: number; readonly idleMs: number }
  /** How long the audit trail is kept; 0: for ever. */
  readonly auditDays: number
  readonly sip: {
    readonly host: string
    readonly port: number
    /** Our 20-digit id. */
    readonly id: string
    readonly realm: string
    /** For devices without a password of their own; absent: unknown devices wait for approval. */
    readonly password?: string
    /** Longest lease of a registration. */
    readonly maxExpiresS: number
    /** What a REGISTER is answered with, and who is sent on to another server. */
    readonly access: {
      readonly digest: 'both' | 'md5' | 'sha-256'
      readonly date: 'full' | 'seconds' | 'none'
      readonly redirect?: { readonly to: string; readonly above: number; readonly prefixes: readonly string[] }
    }
  }
  readonly media: {
    /** Address put in SDP. */
    readonly host: string
    readonly ports: { readonly first: number; readonly last: number }
    readonly lingerMs: number
    /** Viewers of a device over UDP or TCP passive are given the other where nothing comes over the one that is set. */
    readonly retry: boolean
    /** H.264 versions of streams of another codec: how many at a time, and how large. */
    readonly transcodes: { readonly max: number; readonly maxHeight: number; readonly maxKbps: number }
    /** Streams whose G.711 is made AAC at a time. */
    readonly sounds: number
  }
  /** RTSP for players and recorders; absent: off. `basic`: from where names and passwords are taken, which come in plain. */
  /** Players over RTMP; absent: none. */
  readonly rtmp?: { readonly host: string; readonly port: number }
  readonly rtsp?: { readonly host: string; readonly port: number; readonly sessions: number; readonly basic: 'off' | 'loopback' | 'on' }
  /** Used by the first start only; without it a password is made and shown once. */
  readonly adminPassword?: string
  readonly decoders: number
  /** How much of what devices tell is kept. */
  readonly keep: { readonly alarms: number; readonly alarmDays: number; readonly positions: number; readonly snapshots: number }
  /** Files of downloaded recordings: how many at once, of what size, kept for how long. */
  readonly downloads: { readonly files: number; readonly maxBytes: number; readonly keepMs: number }
  /** Files of imports: how many at once, of what size, kept for how long. */
  readonly imports: { readonly files: number; readonly maxBytes: number; readonly keepMs: number }
  /** Traces of signalling on the disk, in MiB; 0 keeps them in memory alone. */
  /** How long recordings, keyframes and pictures of inspections are kept (days; 0 for ever), in all at most how much, and below how much free disk nothing is recorded. */
  readonly evidence: {
    readonly days: { readonly recording: number; readonly keyframe: number; readonly picture: number }
    readonly maxBytes: number
    readonly minFreeBytes: number
    /** Of checks of a patrol that passed. */
    readonly patrol: 'picture' | 'all'
  }
  readonly traceDiskMb: number
  /** How long after its start the service goes on with inspections that were cut: devices report themselves first. */
  readonly resumeAfterMs: number
  /** Name of this installation in the checks that it makes; absent: none. */
  readonly node?: string
  /** When a record and what devices report of it are two things. */
  readonly reconcile: { readonly distanceM: number; readonly offlineDays: number }
  /** A record whose errors are all waived counts as complete. */
  readonly excusesWaived: boolean
  /** What the map is drawn on. */
  readonly map: { readonly tiles?: readonly string[]; readonly datum: 'wgs84' | 'gcj02'; readonly maxZoom: number; readonly attribution?: string }
  /** GeoJSON of district outlines; without it the rule on places says that it was not applied. */
  readonly outlines?: string
  readonly registry: {
    /** CSV or JSON of divisions in place of the table that ships. */
    readonly divisions?: string
    /** Figures that the rules on records go by. */
    readonly rules: {
      readonly recordDays: number
      readonly keyRecordDays: number
      readonly keyPositions: readonly string[]
      readonly toleranceM: number
      readonly samePlace: number
      readonly datumPoints: number
    }
  }
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent' }
}

interface Key {
  readonly path: string
  readonly default?: string
  /** Returns the value or throws a few words on what would fit. */
  readonly read: (text: string) => unknown
}

const text = (value: string): string => value
const integer =
  (from: number, to: number) =>
  (value: string): number => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < from || number > to) throw new Error(`a whole number from ${from} to ${to}`)
    return number
  }
const digits20 = (value: string): string => {
  if (!/^\d{20}$/.test(value)) throw new Error('20 digits')
  return value
}
const sipUri = (value: string): string => {
  if (!/^sip:\d{18,20}@[\w.:[\]-]+$/.test(value)) throw new Error('a SIP URI like sip:34020000002000000002@192.0.2.9:5060')
  return value
}
const idPrefixes = (value: string): readonly string[] => {
  const prefixes = value.split(',').map((prefix) => prefix.trim())
  if (!prefixes.every((prefix) => /^\d{1,20}$/.test(prefix))) throw new Error('beginnings of device ids with commas between, like 320116,320105')
  return prefixes
}
/** Stands in recordings and reports. */
const nodeName = (value: string): string => {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(value)) throw new Error('a name of 1 to 64 letters, digits, spaces, dots, underscores and hyphens')
  return value
}
const positions = (value: string): readonly string[] => {
  const codes = value.split(',').map((code) => code.trim())
  if (!codes.every((code) => /^\d{1,3}$/.test(code))) throw new Error('codes of 摄像机位置类型 with commas between, like 1,2,13')
  return codes
}
const portRange = (value: string): { first: number; last: number } => {
  const match = /^(\d+)-(\d+)$/.exec(value)
  const [first, last] = [Number(match?.[1]), Number(match?.[2])]
  if (!match || first < 1024 || last > 65535 || last - first < 1) throw new Error('a range like 30000-30999, of at least two ports')
  return { first, last }
}
const httpUrl = (value: string): string => {
  const isOne = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).search === ''
  if (!isOne) throw new Error('an address like http://10.0.0.5:8080')
  return value.replace(/\/+$/, '')
}
/** Everybody may write X-Forwarded-For: only who is named here is believed. */
const proxies = (value: string): readonly string[] | undefined => {
  if (value === 'off') return undefined
  const named = value.split(',').map((each) => each.trim())
  const isOne = (each: string): boolean => {
    const [address = '', bits, more] = each.split('/')
    const most = isIP(address) === 4 ? 32 : 128
    return each === 'loopback' || (isIP(address) !== 0 && more === undefined && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most)))
  }
  if (!named.every(isOne)) throw new Error('off, or addresses and networks of proxies with commas between, like loopback,10.0.0.5,10.1.0.0/24')
  return named
}
/** Six months is what the law on network security asks of logs at least (网络安全法 2016 第二十一条). */
const auditDays = (value: string): number => {
  if (value === '0') return 0
  try {
    return integer(183, 36_500)(value)
  } catch {
    throw new Error('0 to keep everything, or a whole number of days from 183 to 36500')
  }
}
const oneOf =
  (...values: readonly string[]) =>
  (value: string): string => {
    if (!values.includes(value)) throw new Error(`one of ${values.join(', ')}`)
    return value
  }

/** Tiles by the numbers of the Web Mercator grid; whose they are is the user's choice, and none is asked unless somebody chose. */
const tiles = (value: string): readonly string[] => {
  const addresses = value.split(/\s+/).filter((each) => each !== '')
  const isOne = (each: string): boolean => /^(https?:\/\/|\/)/.test(each) && each.includes('{z}') && each.includes('{x}') && /\{-?y\}/.test(each) && URL.canParse(each.replace(/\{[^}]*\}/g, '0'), 'http://a') && !/["'<>;,]/.test(each)
  if (addresses.length > 4 || !addresses.every(isOne)) throw new Error('one to four addresses with blanks between, each with {z}, {x} and {y}, like http://tiles.local/{z}/{x}/{y}.png')
  return addresses
}

export const keys: readonly Key[] = [
  { path: 'data.dir', default: './data', read: text },
  { path: 'http.host', default: '127.0.0.1', read: text },
  { path: 'http.port', default: '8080', read: integer(0, 65535) },
  { path: 'http.url', read: httpUrl },
  { path: 'http.trustProxy', read: proxies },
  { path: 'session.hours', default: '12', read: integer(1, 168) },
  { path: 'session.idle.minutes', default: '120', read: integer(5, 10_080) },
  { path: 'audit.days', default: '0', read: auditDays },
  { path: 'sip.host', default: '0.0.0.0', read: text },
  { path: 'sip.port', default: '5060', read: integer(0, 65535) },
  { path: 'sip.id', default: '34020000002000000001', read: digits20 },
  { path: 'sip.realm', read: text },
  { path: 'sip.password', read: text },
  { path: 'sip.expires.max', default: '86400', read: integer(60, 2_000_000) },
  { path: 'sip.digest', default: 'both', read: oneOf('both', 'md5', 'sha-256') },
  { path: 'sip.date', default: 'full', read: oneOf('full', 'seconds', 'none') },
  { path: 'sip.redirect.to', read: sipUri },
  { path: 'sip.redirect.above', default: '0', read: integer(0, 1_000_000) },
  { path: 'sip.redirect.devices', read: idPrefixes },
  { path: 'media.host', default: '127.0.0.1', read: text },
  { path: 'media.ports', default: '30000-30999', read: portRange },
  { path: 'media.linger.ms', default: '20000', read: integer(0, 3_600_000) },
  { path: 'media.retry', default: 'on', read: oneOf('on', 'off') },
  { path: 'media.transcodes', default: '2', read: integer(0, 64) },
  { path: 'media.transcode.height', default: '1080', read: integer(144, 4320) },
  { path: 'media.transcode.kbps', default: '4000', read: integer(200, 100_000) },
  { path: 'media.sounds', default: '32', read: integer(0, 1000) },
  { path: 'rtmp.port', read: integer(0, 65535) },
  { path: 'rtmp.host', default: '0.0.0.0', read: text },
  { path: 'rtsp.port', read: integer(0, 65535) },
  { path: 'rtsp.host', default: '0.0.0.0', read: text },
  { path: 'rtsp.sessions', default: '200', read: integer(1, 10_000) },
  { path: 'rtsp.basic', default: 'loopback', read: oneOf('off', 'loopback', 'on') },
  { path: 'admin.password', read: text },
  { path: 'decoders', default: '1', read: integer(1, 16) },
  { path: 'inspect.node', read: nodeName },
  { path: 'outlines', read: text },
  { path: 'map.tiles', read: tiles },
  { path: 'map.datum', default: 'wgs84', read: oneOf('wgs84', 'gcj02') },
  { path: 'map.zoom', default: '18', read: integer(1, 20) },
  { path: 'map.attribution', read: text },
  { path: 'registry.reconcile.metres', default: '50', read: integer(1, 100_000) },
  { path: 'registry.reconcile.days', default: '7', read: integer(1, 3650) },
  { path: 'registry.completeness.waived', default: 'counted', read: oneOf('counted', 'excused') },
  { path: 'registry.divisions', read: text },
  { path: 'registry.rules.days', default: '30', read: integer(0, 3650) },
  { path: 'registry.rules.keydays', default: '90', read: integer(0, 3650) },
  { path: 'registry.rules.keypositions', default: '1,2,3,13,96,97,98', read: positions },
  { path: 'registry.rules.tolerance', default: '100', read: integer(0, 100_000) },
  { path: 'registry.rules.sameplace', default: '3', read: integer(2, 1_000) },
  { path: 'registry.rules.datumpoints', default: '10', read: integer(10, 100_000) },
  { path: 'alarms.max', default: '200000', read: integer(1000, 10_000_000) },
  { path: 'alarms.days', default: '90', read: integer(1, 3650) },
  { path: 'positions.max', default: '10000', read: integer(10, 1_000_000) },
  { path: 'snapshots.max', default: '10000', read: integer(10, 1_000_000) },
  { path: 'downloads.files', default: '20', read: integer(1, 1_000) },
  { path: 'downloads.mb', default: '2048', read: integer(1, 1_000_000) },
  { path: 'downloads.hours', default: '24', read: integer(1, 500) },
  { path: 'imports.files', default: '20', read: integer(1, 1_000) },
  { path: 'imports.mb', default: '128', read: integer(1, 1_000) },
  { path: 'imports.hours', default: '24', read: integer(1, 500) },
  { path: 'inspections.resume.seconds', default: '75', read: integer(0, 3600) },
  { path: 'evidence.days.recordings', default: '180', read: integer(0, 36_500) },
  { path: 'evidence.days.keyframes', default: '365', read: integer(0, 36_500) },
  { path: 'evidence.days.pictures', default: '730', read: integer(0, 36_500) },
  { path: 'evidence.gb', default: '200', read: integer(0, 1_000_000) },
  { path: 'evidence.disk.mb', default: '1024', read: integer(0, 10_000_000) },
  { path: 'evidence.patrol', default: 'picture', read: oneOf('picture', 'all') },
  { path: 'trace.disk.mb', default: '256', read: integer(0, 1_000_000) },
  { path: 'log.level', default: 'info', read: oneOf('debug', 'info', 'warn', 'error', 'silent') },
]

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
