// Records one check of each outcome, each absence and each other reason as a fixture: `node scripts/make-recordings.ts [OUT] [NAME ...]`. Cameras of the
// simulator, each with what is wrong with it, registered at the whole service over loopback; the verdict is what the live check said, and this fails where
// that is not what the camera was told to show. Pictures are small and few, so that the folder stays small. Without names all are made.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog, systemClock, systemRandom } from '../src/base/index.ts'
import { clipCacheDir } from '../src/commands/simulate.ts'
import { loadConfig } from '../src/config.ts'
import { demoRules, type Check, type RuleSet } from '../src/inspect/index.ts'
import { isFieldName, type FieldName } from '../src/registry/index.ts'
import { startService, type Service } from '../src/service/start.ts'
import { startFleet, type Scenario, type ScenarioChannel, type ScenarioDevice } from '../src/simulator/index.ts'
import { clipKey, makeClips, type ClipRequest } from '../src/simulator/io/clips.ts'

interface Wanted {
  /** Of the file. */
  readonly name: string
  readonly picture?: ScenarioChannel['picture']
  readonly laterPicture?: ScenarioChannel['picture']
  readonly fault?: ScenarioChannel['fault']
  readonly codec?: ScenarioChannel['codec']
  readonly media?: ScenarioDevice['media']
  readonly habits?: ScenarioDevice['habits']
  /** It is gone before it is asked. */
  readonly leaves?: true
  /** Where its first keyframe is to be written lies a folder: the check breaks, by a fault of ours. */
  readonly breaks?: true
  /** Somebody watches it already. */
  readonly isWatched?: true
  /** A longer look instead of the pictures. */
  readonly isRunning?: true
  readonly attempts?: number
  readonly device?: Partial<ScenarioDevice>
  readonly record?: Readonly<Record<string, string | undefined>>
  /** What the verdict must name. */
  readonly reason: string
}

const wanted: readonly Wanted[] = [
  { name: 'not-checked', picture: 'night', breaks: true, reason: 'not-checked' },
  { name: 'offline', leaves: true, reason: 'offline' },
  { name: 'wrong-container', fault: 'wrong-container', reason: 'wrong-container' },
  { name: 'no-keyframe', fault: 'no-keyframe', media: 'tcp-passive', reason: 'no-keyframe' },
  { name: 'undecodable', fault: 'undecodable', reason: 'undecodable' },
  { name: 'undecodable-h265', fault: 'undecodable', codec: 'h265', reason: 'undecodable' },
  { name: 'white', picture: 'white', reason: 'white' },
  { name: 'one-colour', picture: 'one-colour', codec: 'h265', reason: 'one-colour' },
  { name: 'no-signal-text', picture: 'no-signal-text', reason: 'no-signal-text' },
  { name: 'snow', picture: 'snow', reason: 'snow' },
  { name: 'grey-green', picture: 'grey-green', reason: 'grey-green' },
  { name: 'doubtful-sharpness', picture: 'gate', codec: 'h265', reason: 'doubtful-sharpness' },
  { name: 'undetermined-sharpness', picture: 'fog', reason: 'undetermined-sharpness' },
  { name: 'too-few-pictures', picture: 'gate', fault: 'rare-keyframes', reason: 'too-few-pictures' },
  { name: 'first-attempt-failed', picture: 'gate', fault: 'busy-first', attempts: 2, reason: 'first-attempt-failed' },
  { name: 'later-attempt-failed', picture: 'gate', fault: 'busy-later', attempts: 2, reason: 'later-attempt-failed' },
  { name: 'attempts-disagree', picture: 'gate', laterPicture: 'black', attempts: 2, reason: 'attempts-disagree' },
  { name: 'joined-running', picture: 'gate', isWatched: true, habits: ['busy-while-held'], reason: 'joined-running' },
  { name: 'record-incomplete', picture: 'gate', record: { longitude: undefined, latitude: undefined }, reason: 'record-incomplete' },
  { name: 'record-doubtful', picture: 'gate', record: { longitude: '118.800000', latitude: '32.380000' }, reason: 'record-doubtful' },
  { name: 'clock-off', picture: 'fog', device: { clockOffsetS: -600 }, reason: 'clock-off' },
  { name: 'osd-incomplete', picture: 'fog', device: { osd: 'off' }, reason: 'osd-incomplete' },
  { name: 'interrupted-stream', picture: 'night', isRunning: true, fault: 'pauses', reason: 'interrupted-stream' },
  { name: 'low-frame-rate', picture: 'night', isRunning: true, fault: 'half-rate', reason: 'low-frame-rate' },
  { name: 'packet-loss', picture: 'night', isRunning: true, fault: 'loses-packets', media: 'udp', reason: 'packet-loss' },
  { name: 'jitter', picture: 'night', isRunning: true, fault: 'bursts', reason: 'jitter' },
  { name: 'stream-restarted', picture: 'night', isRunning: true, fault: 'restarts', media: 'udp', reason: 'stream-restarted' },
  { name: 'rare-keyframes', picture: 'night', isRunning: true, fault: 'rare-keyframes', reason: 'rare-keyframes' },
  { name: 'picture-froze', isRunning: true, picture: 'frozen', reason: 'picture-froze' },
  { name: 'short-look', picture: 'night', isRunning: true, fault: 'ends-midway', reason: 'short-look' },
]

const area = '320116'
const password = 'only-for-recordings'
const sipPassword = 'of-no-camera'
/** By kind: noise costs most; what is judged by its sharpness must be large enough, or just not. */
const formats: Readonly<Partial<Record<string, { readonly width: number; readonly height: number; readonly fps: number }>>> = {
  snow: { width: 320, height: 180, fps: 3 },
  'gate/h265': { width: 848, height: 480, fps: 3 },
  fog: { width: 480, height: 270, fps: 3 },
  gate: { width: 960, height: 540, fps: 3 },
}
const small = { width: 480, height: 270, fps: 8 }
const running = { width: 320, height: 180, fps: 25 }

const [out = 'out/recordings', ...names] = process.argv.slice(2)
const chosen = wanted.filter(({ name }) => names.length === 0 || names.includes(name))
const codeOf = (index: number): string => `${area}00001320${String(900_001 + index).padStart(6, '0')}`

/** Kinds of clips that no two formats may share: a longer look sees the full rate. */
const clipsOf = async (isRunning: boolean): Promise<Awaited<ReturnType<typeof makeClips>>> => {
  const requests = chosen
    .filter((each) => (each.isRunning ?? false) === isRunning)
    .flatMap(({ picture = 'street', laterPicture, codec = 'h264' }) =>
      [picture, ...(laterPicture ? [laterPicture] : [])].map((kind): ClipRequest => ({ kind, codec, seconds: isRunning ? 15 : 6, startS: 36_000, ...(isRunning ? running : (formats[`${kind}/${codec}`] ?? formats[kind] ?? small)) })),
    )
  return makeClips(requests, { cacheDir: clipCacheDir, children: 2 })
}

function channelOf({ picture = 'street', laterPicture, fault = 'ok', codec = 'h264', name, isRunning, record = {} }: Wanted, index: number): ScenarioChannel {
  const id = codeOf(index)
  const declared = {
    code: id, name, manufacturer: '1', area, class: isRunning ? '2' : '1', model: 'IPC', cameraType: '3', functionType: '5', encoding: codec === 'h264' ? '2' : '4', address: `南京市六合区${name}`,
    longitude: (118.800137 + index * 0.000731).toFixed(6), latitude: (32.380259 + index * 0.000517).toFixed(6), positionType: '9', networking: 'networked', policeUnit: '320116510000', installedAt: '2023-01-15',
    managementUnit: '六合分局', contact: '025-55550100', recordDays: '90', status: '1', builtBy: isRunning ? '1' : '3', ...record,
  }
  return { id, name, codec, picture, fault, ...(laterPicture && { laterPicture }), record: Object.fromEntries(Object.entries(declared).filter((entry): entry is [string, string] => entry[1] !== undefined)), truth: { result: 'review', reasons: [], fault: name } }
}

const rules = (name: string, more: Partial<RuleSet>): RuleSet => ({
  ...demoRules, name, timeouts: { answerMs: 4_000, firstPacketMs: 5_000, firstKeyframeMs: 6_000 }, sampling: { pictures: 3, spacingMs: 1_000, windowMs: 5_000 }, attempts: 1,
  concurrency: { total: 3, perDevice: 1 }, ...more,
})

const dataDir = mkdtempSync(join(tmpdir(), 'yiji-recordings-'))
const environment = {
  YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: `${area}00002000000001`, YIJI_SIP_PASSWORD: sipPassword, YIJI_MEDIA_PORTS: '41200-41399',
  YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'silent', YIJI_MEDIA_RETRY: 'off',
}
const patience = (ms: number): Promise<void> => new Promise((resolve) => void systemClock.after(ms, resolve))

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let n = 0; n < 600; n++) {
    if (await holds()) return
    await patience(50)
  }
  throw new Error(`waited in vain: ${what}`)
}

async function record(service: Service, isRunning: boolean, attempts: number): Promise<void> {
  const parts = chosen.map((each, index) => ({ each, index, channel: channelOf(each, index) })).filter(({ each }) => (each.isRunning ?? false) === isRunning && (each.attempts ?? 1) === attempts)
  if (parts.length === 0) return
  const devices = parts.map(({ each, channel }): ScenarioDevice => ({
    id: channel.id, kind: 'camera', registers: true, signalling: each.leaves ? 'tcp' : 'udp', media: each.media ?? 'tcp-passive', charset: 'gb2312', edition: '2022', channels: [channel], ...(each.habits && { habits: each.habits }), ...each.device,
  }))
  const scenario: Scenario = { name: 'recordings', area, password: sipPassword, keepaliveS: 10, registrar: { id: environment.YIJI_SIP_ID, host: '127.0.0.1', port: service.sipPort }, devices }
  for (const { channel } of parts) await service.registry.importRows([Object.fromEntries(Object.entries(channel.record).filter((entry): entry is [FieldName, string] => isFieldName(entry[0])))], 'script')
  const clips = await clipsOf(isRunning)
  for (const { channel } of parts) if (!clips.has(clipKey({ kind: channel.picture, codec: channel.codec }))) throw new Error(`no clip for ${channel.name}`)
  const fleet = await startFleet({ scenario, clips, clock: systemClock, random: systemRandom, log: silentLog })
  const viewers: { readonly leave: () => Promise<void> }[] = []
  try {
    await fleet.registered
    for (const { each, channel } of parts) await service.registry.setMediaTransport(channel.id, each.media ?? 'tcp-passive')
    const catalogs = async (): Promise<boolean> => {
      const known = await service.registry.devices()
      return parts.every(({ channel }) => known.some(({ id, catalogAtMs }) => id === channel.id && catalogAtMs !== undefined))
    }
    await until(catalogs, 'catalogs')
    for (const { channel } of parts.filter(({ each }) => each.isWatched)) {
      const member = service.relays.join(channel.id, { kind: 'viewer' })
      await member.joined
      viewers.push(member)
    }
    for (const { channel } of parts.filter(({ each }) => each.leaves)) {
      await fleet.device(channel.id)?.close()
      await until(async () => (await service.registry.device(channel.id))?.presence === 'offline', `${channel.name} is gone`)
    }
    const own = rules(isRunning ? 'recordings-running' : 'recordings', { attempts, ...(isRunning && demoRules.running && { running: { ...demoRules.running, windowMs: 9_000, pictureEveryMs: 2_000, maxKeyframeMs: 3_000 } }) })
    const plan = isRunning ? { preset: 'notice-running' } : { strata: [{ class: '1', count: 200 }] }
    const started = await service.inspections.start({ area, seed: '00112233445566778899aabbccddeeff', rules: own, ...plan, redrawReason: 'recordings', by: 'script' })
    for (const { channel } of parts.filter(({ each }) => each.breaks)) {
      const n = started.draw.members.findIndex(({ id }) => id === channel.id) + 1
      mkdirSync(join(service.evidenceDir, started.id, 'keyframes', `${String(n).padStart(2, '0')}-${channel.id}-1-1.${channel.codec}`))
    }
    const { checks } = await service.inspections.finished(started.id)
    for (const { each, channel } of parts) keep(service, started.id, each, checks.find(({ camera }) => camera.id === channel.id))
  } finally {
    for (const viewer of viewers) await viewer.leave()
    // Its records would be drawn again.
    for (const { channel } of parts) await service.registry.retire(channel.id, 'script', 'recorded')
    await fleet.close()
  }
}

function keep(service: Service, id: string, { name, reason }: Wanted, check: Check | undefined): void {
  const said = check ? [check.verdict.result, ...check.verdict.reasons].join(' ') : 'not checked'
  const isRight = check?.verdict.reasons.some((each) => each === reason) === true
  process.stdout.write(`${isRight ? 'ok ' : 'NOT'} ${name}: ${said}; ${JSON.stringify(check?.attempts.map(({ outcome, sipStatus, detail, pictures }) => ({ outcome, sipStatus, detail, blur: pictures.map(({ blurPx }) => blurPx) })))}\n`)
  if (!isRight) process.exitCode = 1
  const file = check?.evidence.find(({ kind }) => kind === 'recording')?.file
  if (file === undefined || !isRight) return
  for (const end of ['pcapng', 'json']) copyFileSync(join(service.evidenceDir, id, file.replace(/pcapng$/, end)), join(out, `${name}.${end}`))
}

mkdirSync(out, { recursive: true })
const service = await startService(loadConfig(environment, join(dataDir, 'none.yaml')), silentLog)
try {
  await record(service, false, 1)
  await record(service, false, 2)
  await record(service, true, 1)
} finally {
  await service.close()
  rmSync(dataDir, { recursive: true, force: true })
}
