// What stands in for cameras and recorders: scripted by each test, read back by it.
import { join } from 'node:path'
import { AppError, type ManualClock } from '../../base/index.ts'
import type { InspectionEvent } from '../../inspect/index.ts'
import type { JoinOutcome, StreamFigures } from '../../media/index.ts'
import type { Fields, Registry } from '../../registry/index.ts'
import type { ApiDeps, ControlDep, DeviceFailure } from '../index.ts'
import type { Playback } from '../schema/index.ts'
import { cameraHere, cameraThere, deviceHere } from './things.ts'

/** What stands in for the wire in these tests: scripted by each test, read back by it. */
export interface Wire {
  figures: StreamFigures[]
  joined: JoinOutcome
  catalogsAsked: string[]
  /** What devices were told, and what they say to it where it is not yes. */
  told: unknown[]
  failure: DeviceFailure | undefined
  readonly pictures: Map<string, Buffer>
  logged: string[]
  isHealthy: boolean
  imported: Fields[]
  readonly events: Map<string, (event: InspectionEvent) => void>
  viewers: number
  /** What was asked of recordings, and of playbacks. */
  recordings: object[]
}

/** Devices that do what they are told, unless the test says otherwise. */
export function controlOver(wire: Wire, registry: Registry, clock: ManualClock): ControlDep {
  const tell = async <T>(said: unknown, value: T): Promise<{ readonly ok: true; readonly value: T } | DeviceFailure> => {
    wire.told.push(said)
    return wire.failure ?? { ok: true, value }
  }
  let owner: string | undefined
  const taken = { result: 'OK', hop: 'IPC/2.0' } as const
  return {
    targetOf: async (camera) => ({ ok: true, value: { deviceId: deviceHere, channelId: camera } }),
    move: async (target, move, by) => {
      const isNew = owner !== by
      owner = by
      return tell(['move', target.channelId, move], { isNew, heldUntilMs: clock.wallMs() + (move.holdMs ?? 0) })
    },
    stop: async (target, by) => {
      owner = undefined
      return tell(['stop', target.channelId, by === undefined ? 'everything' : 'own'], { wasMoving: true })
    },
    command: (target, command) => tell([target.channelId, command], taken),
    presets: (target) => tell(['presets', target], [{ id: '1', name: '大门' }, { id: '7' }]),
    homePosition: (target) => tell(['home-position', target], { isEnabled: true, resetTimeS: 60, presetIndex: 3 }),
    cruises: (target) => tell(['cruises', target], [{ number: 0, name: '巡航' }]),
    cruise: (target, n) => tell(['cruise', target, n], { number: n, points: [{ presetIndex: 1, stayTimeS: 5, speed: 4 }] }),
    ptzPosition: (target) => tell(['ptz-position', target], { pan: 10.5, tilt: -3, zoom: 2 }),
    sdCards: (target) => tell(['sd-cards', target], [{ id: 1, status: 'ok', capacityMb: 1000 }]),
    configuration: (target, types) => tell(['configuration', target, types], { basicParam: { name: 'IPC', heartBeatIntervalS: 60 }, frameMirror: 1 }),
    configure: (target, change) => tell(['configure', target, change], taken),
    askInformation: async (deviceId) => {
      await registry.applyInformation(deviceId, { name: 'IPC', firmware: 'V5', atMs: clock.wallMs() })
      return tell(['information', deviceId], undefined)
    },
    askStatus: async (deviceId) => {
      await registry.applyInformation(deviceId, { status: { online: 'online', clockOffsetMs: -1200, raw: { Encode: 'ON', Password: 'secret' }, atMs: clock.wallMs() } })
      return tell(['status', deviceId], undefined)
    },
    takeSnapshots: (target, order) => tell(['snapshots', target, order], taken),
    subscriptions: () => [{ kind: 'alarm', state: 'active', expiresAtMs: 9, notifies: 3 }],
    settingsChanged: async (deviceId) => void wire.told.push(['settings', deviceId]),
    passwordChanged: (deviceId) => void wire.told.push(['password', deviceId]),
    mediaTransports: ['udp', 'tcp-passive'],
  }
}

/** A trace with one stage; what is asked of it is written down. */
export function scriptedTraces(wire: Wire): ApiDeps['traces'] {
  const both = (zh: string, en: string) => ({ zh, en })
  return {
    words: async (deviceId) => ({
      deviceId, atMs: 1, summary: both('地址', 'address'), failed: 'address', disk: 'ok', hints: [],
      stages: [{ stage: 'address', name: both('地址', 'address'), state: 'failed', stateName: both('失败', 'failed'), code: 'address.silent', values: { device: deviceId }, seen: both('从未', 'never'), cause: both('地址', 'address'), remedy: both('核对', 'check'), evidence: [{ n: 1, atMs: 1 }] }],
      records: [{ n: 1, atMs: 1, kind: 'message', direction: 'in', transport: 'udp', remote: '192.0.2.1:5060', text: 'REGISTER sip:1@2 SIP/2.0', about: '1 REGISTER', bytes: 300 }],
    }),
    capture: async (deviceId, more) => {
      wire.told.push(['capture', deviceId, more])
      return [Buffer.from('pcap'), Buffer.from('ng')]
    },
    strangers: async () => ({ atMs: 1, sources: [{ host: '192.0.2.9', ports: [1], transports: ['tcp'], messages: 0, unreadable: 3, firstMs: 1, lastMs: 2, ids: [], lastLine: 'GET / HTTP/1.1' }], ids: [], records: [] }),
    captureStrangers: async () => [Buffer.from('pcapng')],
  }
}

export const playbackHere = 'p-00000000000000aa'
export const playbackThere = 'p-00000000000000bb'
export const playbackOver = 'p-00000000000000cc'
export const hour = { from: 1_767_225_600_000, to: 1_767_229_200_000 }

/** Three playbacks: one here, one there, and a download here that was stopped midway. */
export function scriptedPlaybacks(wire: Wire, folder: string): ApiDeps['playbacks'] {
  const one = (id: string, camera: string): Playback => ({
    id, camera, deviceId: deviceHere, kind: 'playback', fromMs: hour.from, toMs: hour.to, by: 'assessor', createdAtMs: hour.to, state: 'playing', viewers: 1, positionMs: 4_000, receivedBytes: 9, notes: [],
  })
  const over: Playback = { ...one(playbackOver, cameraHere), kind: 'download', state: 'ended', end: { how: 'stopped', reason: 'ended by its user', atMs: hour.to } }
  const all = new Map([one(playbackHere, cameraHere), one(playbackThere, cameraThere), over].map((playback) => [playback.id, playback]))
  const get = (id: string): Playback => all.get(id) ?? over
  return {
    recordings: async (query) => {
      wire.recordings.push(query)
      return { items: [{ name: '路口', startMs: query.fromMs, endMs: query.toMs, type: 'time', fileSize: 1_000 }], isComplete: false, isCut: false, missing: [{ fromMs: query.fromMs, toMs: query.toMs, told: 9, got: 1 }], hop: 'NVR/1' }
    },
    start: async (request) => {
      wire.recordings.push(request)
      return { ...one('p-00000000000000dd', request.camera), kind: request.kind, state: 'waiting' }
    },
    get: (id) => all.get(id),
    list: () => [...all.values()],
    control: async (id, action) => {
      wire.recordings.push({ id, ...action })
      if (id === playbackOver) throw new AppError('conflict', 'it is over')
      return get(id)
    },
    stop: async (id) => get(id),
    serveFlv: (_id, open) => ({
      joined: (async () => {
        const sink = open()
        sink.write([Buffer.from('FLV')])
        sink.end()
        return wire.joined
      })(),
      close: () => {},
    }),
    file: (id) => (id === playbackOver ? { path: join(folder, 'secret.txt'), bytes: 6, isWhole: false, partialBecause: 'ended by its user' } : undefined),
  }
}
