// Sessions of the simulator: one without habits over each transport, and one for each habit with what shows it.
import { silentLog, systemClock, systemRandom, type Clock } from '../../src/base/index.ts'
import { habits, startFleet, type Habit, type OpenFleet, type Scenario, type ScenarioChannel, type ScenarioDevice } from '../../src/simulator/index.ts'
import type { InviteSession } from '../../src/sip/index.ts'
import type { SessionService } from '../session-service.ts'
import { keep, password, pause, serverId, type Recipe } from './keep.ts'

const deviceId = '32011600001320000001'
const channel = (id: string, name: string): ScenarioChannel => ({ id, name, codec: 'h264', picture: 'street', fault: 'ok', record: { area: '320116', class: '1', managementUnit: '六合分局' }, truth: { result: 'pass', reasons: [], fault: 'none' } })
const camera: ScenarioDevice = { id: deviceId, kind: 'camera', registers: true, signalling: 'udp', media: 'udp', charset: 'gb2312', edition: '2016', rebootS: 10, channels: [channel(deviceId, '雄州街道路口')] }
const recorder: ScenarioDevice = { ...camera, id: '32011600001180000001', kind: 'recorder', edition: '2022', channels: [1, 2, 3, 4, 5].map((n) => channel(`3201160000132000010${n}`, `通道${n}`)) }

/** A clock in which a device's long waits are short, those of transactions as they are. */
const hurried: Clock = { ...systemClock, after: (ms, callback) => systemClock.after(ms > 2_500 && ms !== 32_000 ? ms / 40 : ms, callback) }

interface Stage {
  readonly service: SessionService
  readonly fleet: OpenFleet
  readonly id: string
  readonly channelId: string
}
type Act = (stage: Stage) => Promise<unknown>

const call = (kind: 'play' | 'playback' | 'download', more: (session: InviteSession) => Promise<unknown> = () => Promise.resolve(), answerTimeoutMs = 2_000, transport: 'udp' | 'tcp-passive' = 'udp', isLeftOpen = false): Act => async ({ service, id, channelId }) => {
  const fromS = 1_767_225_600
  const session = service.agent.invite({ deviceId: id, channelId, kind, ...(kind !== 'play' && { range: { fromS, toS: fromS + (kind === 'download' ? 1 : 60) } }), media: { host: '127.0.0.1', port: 39_000, transport }, answerTimeoutMs })
  await session.answered
  await pause(80)
  await more(session)
  if (isLeftOpen) return
  await session.bye()
  await pause(80)
}
const ask = (query: Parameters<SessionService['agent']['ask']>[1]): Act => ({ service, id }) => service.agent.ask(id, query)
const play = call('play')
const wait = (ms: number): Act => () => pause(ms)
const records: Act = ({ service, id, channelId }) => service.agent.queryRecords(id, { channelId, fromMs: 1_767_225_600_000, toMs: 1_767_225_600_000 + 8 * 3_600_000, recordType: 'all' })
const subscribe = (kind: 'catalog' | 'alarm' | 'mobile-position'): Act => async ({ service, id }) => {
  service.agent.subscribe(id, { kind, expiresS: 600, ...(kind === 'mobile-position' && { intervalS: 30 }) })
  await pause(150)
}
const alarm: Act = async ({ fleet, id }) => {
  fleet.device(id)?.alarm()
  await pause(100)
}
const change = (event: 'ON' | 'OFF' | 'ADD'): Act => async ({ fleet, id, channelId }) => {
  fleet.device(id)?.catalogChange(channelId, event)
  await pause(100)
}
const command = (value: Parameters<SessionService['agent']['command']>[2]): Act => ({ service, id, channelId }) => service.agent.command(id, channelId, value)
const refresh = wait(1_700)
const keepalive = wait(700)
const status = ask({ type: 'query-device-status', deviceId })
const info = ask({ type: 'query-device-info', deviceId })
const basicParam = ask({ type: 'query-config-download', deviceId, configTypes: ['BasicParam'] })
const configure: Act = ({ service, id, channelId }) => service.agent.configure(id, channelId, { basicParam: { name: '六合', heartBeatIntervalS: 60, heartBeatCount: 3 } })
/** Goes on before the other side has given up waiting. */
const impatient = (act: Act): Act => (stage) => Promise.race([act(stage), pause(400)])
const reboot: Act = async (stage) => {
  await command({ kind: 'reboot' })(stage)
  await pause(900)
}

const everything: readonly Act[] = [
  info, status, records, basicParam, ask({ type: 'query-preset-query', deviceId }), command({ kind: 'ptz', code: 'A50F0101190000CF' }), command({ kind: 'guard', isOn: true }), command({ kind: 'record', isOn: true }),
  command({ kind: 'alarm-reset' }), command({ kind: 'keyframe' }), subscribe('catalog'), subscribe('alarm'), alarm, change('OFF'), play,
  call('playback', async (session) => {
    await session.control({ action: 'pause' })
    await session.control({ action: 'resume' })
    await session.control({ action: 'scale', scale: 2 })
    await session.control({ action: 'seek', seconds: 30 })
  }),
  keepalive,
]

/** What shows each habit, beside registration and catalog. */
const shows: Readonly<Partial<Record<Habit, readonly Act[]>>> = {
  'old-nonce-on-refresh': [refresh], 'never-refreshes': [keepalive], 'expires-in-contact': [], 'no-expires': [], 'rotating-port': [refresh], 'keepalive-from-another-port': [keepalive],
  'constant-call-id': [keepalive], 'nat-bytes': [wait(600)], 'options-pings': [keepalive], 'private-contact': [play], 'via-without-cookie': [info], 'via-last': [info], 'odd-spacing': [info],
  'sends-twice': [info], 'no-content-length': [info], 'content-length-zero': [info], 'content-length-short': [info], 'content-length-long': [info], 'split-messages': [info], 'glued-messages': [info],
  'no-trying': [play], 'bare-to-in-bye': [call('play', () => pause(2_700))], 'wrong-tags-in-bye': [call('play', () => pause(2_700))], 'jumping-cseq': [subscribe('alarm'), alarm],
  'device-info-2011': [info], 'offline-beside-ok': [status], 'records-need-type': [records], 'records-reject-type': [records], 'odd-record-times': [records],
  'old-keyframe-word': [command({ kind: 'keyframe' })], 'config-without-answer': [impatient(configure)], 'password-in-config': [basicParam], 'odd-case': [info, status],
  'alarm-pair': [alarm], 'alarm-as-message': [subscribe('alarm'), alarm], 'notify-without-dialog': [subscribe('catalog'), change('ON'), alarm], 'subscribe-body': [subscribe('catalog'), subscribe('alarm')],
  'subscribe-without-expires': [subscribe('mobile-position')], 'status-storm': [subscribe('catalog'), change('ON')], 'busy-while-held': [call('play', async () => {}, 2_000, 'udp', true), play], 'ok-after-cancel': [call('play', undefined, 300)],
  'no-contact': [play], 'unusable-contact': [play], 'media-before-ack': [play], 'rejects-offer': [play], 'y-absent': [play], 'y-zero': [play], 'own-ssrc': [play], 'other-ssrc-in-media': [play],
  'no-address': [play], 'setup-over-udp': [play], 'private-rtpmap': [play], 'times-from-1900': [call('playback')],
  'media-status-in-dialog': [call('download', () => pause(1_300))], 'media-status-122': [call('download', () => pause(1_300))],
}

/** Habits that need a device other than the camera over UDP. */
const of: Readonly<Partial<Record<Habit, Partial<ScenarioDevice>>>> = {
  'no-content-length': { signalling: 'tcp' }, 'content-length-short': { signalling: 'tcp' }, 'split-messages': { signalling: 'tcp' }, 'glued-messages': { signalling: 'tcp' },
  'utf8-as-gb2312': { charset: 'utf-8' }, 'old-keyframe-word': { edition: '2022' },
  'bare-to-in-bye': { channels: [{ ...channel(deviceId, '雄州街道路口'), fault: 'ends-midway' }] }, 'wrong-tags-in-bye': { channels: [{ ...channel(deviceId, '雄州街道路口'), fault: 'ends-midway' }] },
}
const manyChannels: ReadonlySet<Habit> = new Set(['one-item-per-message', 'sum-too-large', 'sum-changes', 'repeats-items', 'wrong-sn', 'vendor-elements', 'status-words', 'odd-parents', 'placeholder-fields'])

/** The clip that calls send: a file of the folder of fixtures is not needed, since media is not recorded. */
const act = (device: ScenarioDevice, acts: readonly Act[]) => async (service: SessionService): Promise<void> => {
  const clip = { kind: 'street', codec: 'h264', width: 16, height: 16, fps: 25, seconds: 1, startS: 0, units: [{ bytes: Buffer.from('00000001658880', 'hex'), isKeyframe: true }] } as const
  const scenario: Scenario = { name: 'session', area: '320116', password, keepaliveS: 20, registrar: { id: serverId, host: '127.0.0.1', port: service.agent.port }, devices: [device] }
  const fleet = await startFleet({ scenario, clips: new Map([['street/h264', clip]]), clock: hurried, random: systemRandom, log: silentLog })
  try {
    await fleet.registered
    await pause(400)
    if (device.habits?.includes('late-first-answer')) await pause(300)
    const stage = { service, fleet, id: device.id, channelId: device.channels[0]?.id ?? device.id }
    for (const one of acts) await one(stage)
    await pause(150)
  } finally {
    await fleet.close()
  }
}

export async function keepHabits(wanted: (name: string) => boolean): Promise<void> {
  const plain: readonly Recipe[] = [
    { name: 'plain-camera-2016-udp', what: 'a camera of 2016 over UDP, through everything', origin: 'simulator', deviceId, act: act(camera, everything) },
    { name: 'plain-camera-2022-tcp', what: 'a camera of 2022 over TCP, through everything', origin: 'simulator', deviceId, act: act({ ...camera, signalling: 'tcp', edition: '2022', charset: 'utf-8' }, everything) },
    { name: 'plain-recorder-2022', what: 'a recorder with five channels, catalog in three messages', origin: 'simulator', deviceId: recorder.id, act: act(recorder, [ask({ type: 'query-device-info', deviceId: recorder.id }), play]) },
    { name: 'plain-platform', what: 'a lower platform with 230 channels under organisations two deep', origin: 'simulator', deviceId: '32011600002000000009', act: act({ ...recorder, id: '32011600002000000009', itemsPerMessage: 10, catalog: { channels: 230, levels: 2 } }, []) },
    { name: 'plain-2022-queries', what: 'the queries and commands that only the 2022 edition has', origin: 'simulator', deviceId, act: act({ ...camera, edition: '2022' }, [
      ask({ type: 'query-home-position-query', deviceId }), ask({ type: 'query-cruise-track-list-query', deviceId }), ask({ type: 'query-cruise-track-query', deviceId, number: 0 }),
      ask({ type: 'query-ptz-position', deviceId }), ask({ type: 'query-sd-card-status', deviceId }), command({ kind: 'ptz-precise', pan: 90, tilt: 10, zoom: 2 }), command({ kind: 'format-sd-card', card: 1 }),
      command({ kind: 'target-track', mode: 'Auto' }), subscribe('mobile-position'), configure,
    ]) },
    { name: 'plain-reboot', what: 'a remote restart: unregistered 5 s later, silence, back', origin: 'simulator', deviceId, act: act(camera, [reboot]) },
  ]
  const each = (Object.keys(habits) as Habit[]).map((habit): Recipe => {
    const device: ScenarioDevice = { ...(manyChannels.has(habit) ? recorder : camera), ...of[habit], habits: [habit] }
    return { name: `habit-${habit}`, what: habits[habit], origin: 'simulator', deviceId: device.id, act: act(device, shows[habit] ?? []) }
  })
  for (const recipe of [...plain, ...each]) if (wanted(recipe.name)) await keep(recipe)
}
