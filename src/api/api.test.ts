import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { createAccounts, type Role } from '../accounts/index.ts'
import { AppError, manualClock, seededBytes, silentLog, systemClock, type ErrorCode, type Log, type ManualClock } from '../base/index.ts'
import type { Check, Inspection, InspectionEvent, PopulationMember, RuleSet } from '../inspect/index.ts'
import { serveFlv, type AccessUnit, type JoinOutcome, type ReaderOptions, type Relays, type StreamFigures } from '../media/index.ts'
import { createRegistry, type Fields, type Registry } from '../registry/index.ts'
import { openStore } from '../store/index.ts'
import { formFile } from './device-snapshots.ts'
import { httpStatus, problemOf } from './errors.ts'
import { buildApi, startApi, UnreachableError, type ApiDeps, type App, type ControlDep, type DeviceFailure } from './index.ts'
import { createLiveTokens } from './live-token.ts'
import { isPlainPath } from './reports.ts'
import type { Playback } from './schema/index.ts'

// A district and its neighbour: every wall stands between these two.
const here = '320116'
const there = '320115'
const cameraHere = '32011601001320000001'
const cameraThere = '32011501001320000001'
const deviceHere = '32011601001110000001'
const deviceThere = '32011501001110000001'
const inspectionHere = 'i-here'
const inspectionThere = 'i-there'

const record = (code: string, area: string): Fields => ({ code, name: `路口 ${code.slice(-2)}`, area, class: '1', contact: '13812345678', managementUnit: '交警大队' })

const rules: RuleSet = {
  name: 'default',
  version: 1,
  title: { zh: '默认', en: 'Default' },
  strata: [{ class: '1', count: 10 }],
  attempts: 2,
  betweenAttemptsMs: 500,
  timeouts: { answerMs: 5000, firstPacketMs: 5000, firstKeyframeMs: 8000 },
  sampling: { pictures: 3, spacingMs: 500, windowMs: 4000 },
  response: { slowMs: 2000 },
  absence: { blackMean: 20, blackP99: 40, whiteMean: 235, oneColourStd: 3.5, frozenDifference: 0.25 },
  sharpness: { clearBelowPx: 2.5, unclearFromPx: 4.5, minBlocks: 12, minHeight: 360 },
  concurrency: { total: 8, perDevice: 2 },
}

const member = (id: string, area: string): PopulationMember => ({
  id,
  name: '路口',
  class: '1',
  area,
  owner: '交警大队',
  policeUnit: '320116000000',
  networking: 'networked',
  functionType: '1',
  longitude: '118.8',
  latitude: '32.3',
  builtBy: '1',
  findings: [{ field: 'longitude', rule: 'coordinates.missing', severity: 'error', message: { zh: '缺少坐标', en: 'no coordinates' } }],
})

const checkOf = (camera: PopulationMember): Check => {
  const stream = { codec: 'h265', width: 1920, height: 1080, fps: 25, kbps: 2048.5, lossRate: 0.001, jitterMs: 1.5, packets: 400, transport: 'udp', container: 'ps' } as const
  const measure = { width: 1920, height: 1080, mean: 100.5, std: 40.25, p01: 3, p99: 240, osdShare: 0.02, absence: 'black', difference: 4.5, blurPx: 1.25, blocks: 80, noise: 1.5 } as const
  return {
    n: 1,
    camera,
    record: { result: 'fail', findings: camera.findings },
    attempts: [
      { n: 1, isCold: true, outcome: 'refused', isOurFault: false, sipStatus: 486, hop: 'IPC/2.0', detail: 'Busy Here', times: {}, pictures: [], loopLagMs: 1.5 },
      { n: 2, isCold: true, outcome: 'ok', times: { ok: 40.1, firstPacket: 61.2, firstKeyframe: 300.3, firstPicture: 330.4 }, stream, pictures: [measure], loopLagMs: 2 },
    ],
    responseMs: 330.4,
    stream,
    picture: { present: false, absence: 'black', frozen: false, sharpness: { blurPx: 1.25, band: 'clear' }, brightness: 100.5, samples: 1 },
    verdict: { result: 'fail', reasons: ['black', 'first-attempt-failed'] },
    evidence: [{ file: 'pictures/01-2-1.jpg', sha256: 'ab'.repeat(32), kind: 'picture' }],
  }
}

const inspectionOf = (id: string, area: string, camera: PopulationMember): Inspection => ({
  id,
  area,
  startedAtMs: 1_767_225_600_000,
  state: 'running',
  createdBy: 'assessor',
  draw: {
    algorithm: 'sha256-order-1',
    seed: 'ab12',
    population: { size: 40, sha256: 'cd'.repeat(32) },
    strata: [{ class: '1', population: 20, asked: 10, drawn: 1 }],
    members: [camera],
  },
  rules,
  checks: [],
  total: 1,
})

interface Person {
  readonly name: string
  readonly role: Role
  readonly area: string
}
const people = [
  { name: 'admin', role: 'admin', area: '' },
  { name: 'chief', role: 'admin', area: here },
  { name: 'assessor', role: 'assessor', area: here },
  { name: 'editor', role: 'editor', area: here },
  { name: 'viewer', role: 'viewer', area: here },
  { name: 'stranger', role: 'admin', area: there },
] as const satisfies readonly Person[]
type Name = (typeof people)[number]['name']

/** What stands in for the wire in these tests: scripted by each test, read back by it. */
interface Wire {
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

interface House {
  readonly app: App
  readonly deps: ApiDeps
  readonly registry: Registry
  readonly clock: ManualClock
  readonly wire: Wire
  readonly evidenceDir: string
  readonly token: (name: Name) => string
  readonly ask: (name: Name | undefined, method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object) => Promise<LightMyRequestResponse>
}

async function house(test: Test, more: Partial<ApiDeps> = {}): Promise<House> {
  const clock = manualClock()
  const random = seededBytes(42)
  const store = await openStore({ file: ':memory:', clock })
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  const token = (name: Name): string => createHash('sha256').update(name).digest('base64url')
  for (const { name, role, area } of people) {
    await store.accounts.saveAccount({ name, role, area, passwordHash: 'none', createdAtMs: clock.wallMs(), disabled: false })
    await store.accounts.saveSession(createHash('sha256').update(token(name)).digest('hex'), name, clock.wallMs() + 3600_000)
  }
  for (const [code, area] of [[cameraHere, here], [cameraThere, there]] as const) await registry.create(record(code, area), 'office', 'first')
  for (const id of [deviceHere, deviceThere]) await registry.applyStranger(id)
  for (const [id, area, camera] of [[inspectionHere, here, cameraHere], [inspectionThere, there, cameraThere]] as const) {
    const drawn = member(camera, area)
    await store.inspections.saveInspection(inspectionOf(id, area, drawn), [drawn])
    await store.inspections.saveCheck(id, checkOf(drawn))
    await store.inspections.finish(id, 'done', clock.wallMs() + 1000)
  }
  const evidenceDir = await mkdtemp(join(tmpdir(), 'yiji-api-'))
  await mkdir(join(evidenceDir, inspectionHere, 'pictures'), { recursive: true })
  await writeFile(join(evidenceDir, inspectionHere, 'pictures', '01-2-1.jpg'), 'jpeg')
  await writeFile(join(evidenceDir, inspectionHere, '01.pcapng'), 'wire')
  await writeFile(join(evidenceDir, 'secret.txt'), 'secret')

  const wire: Wire = { figures: [], joined: { ok: true, isCold: true }, catalogsAsked: [], told: [], failure: undefined, pictures: new Map(), logged: [], isHealthy: true, imported: [], events: new Map(), viewers: 0, recordings: [] }
  const log: Log = { ...silentLog, error: (fields, message) => void wire.logged.push(`${message} ${JSON.stringify(fields)}`) }
  const deps: ApiDeps = {
    host: '127.0.0.1',
    port: 0,
    version: '0.1.0',
    clock,
    random,
    log,
    registry,
    accounts: createAccounts({ store: store.accounts, clock, random }),
    inspections: {
      start: async ({ area, by }) => {
        const drawn = member(cameraHere, area)
        const inspection = { ...inspectionOf(`i-${by}`, area, drawn), createdBy: by }
        await store.inspections.saveInspection(inspection, [drawn])
        return inspection
      },
      get: (id) => store.inspections.inspection(id),
      list: (limit) => store.inspections.inspections(limit),
      cancel: (id) => store.inspections.finish(id, 'cancelled', clock.wallMs()),
      on: (id, listener) => {
        wire.events.set(id, listener)
        return () => void wire.events.delete(id)
      },
      review: async (said) => {
        const review = { ...said, atMs: clock.wallMs() }
        await store.inspections.saveReview(review)
        return review
      },
      reviews: (id) => store.inspections.reviews(id),
    },
    ruleSets: [rules],
    reports: { render: async (id, format, lang) => ({ contentType: format === 'json' ? 'application/json' : 'text/html', fileName: `报告 ${id}.${format}`, body: Buffer.from(`{"lang":"${lang}"}`) }) },
    evidence: { file: async (id, relativePath) => ({ path: join(evidenceDir, id, relativePath), contentType: 'image/jpeg' }) },
    transfer: {
      read: async (bytes) => ({ rows: JSON.parse(bytes.toString()) as Fields[], rowNumbers: [2, 3, 4] }),
      write: async (cameras) => Buffer.from(JSON.stringify(cameras.map((camera) => camera.declared))),
    },
    relays: { list: () => wire.figures },
    serveFlv: (_camera, open) => {
      wire.viewers++
      let isClosed = false
      return {
        joined: (async () => {
          if (wire.joined.ok) open().write([Buffer.from('FLV')])
          return wire.joined
        })(),
        close: () => {
          if (!isClosed) wire.viewers--
          isClosed = true
        },
      }
    },
    snapshot: async () => {
      if (!wire.joined.ok) throw new UnreachableError(wire.joined)
      return Buffer.from('jpeg')
    },
    control: controlOver(wire, registry, clock),
    snapshots: {
      urlFor: (token) => `http://10.0.0.1:8080${v1}/snapshot-uploads/${token}`,
      store: async (session, name, jpeg) => {
        wire.pictures.set(`${name}.jpg`, jpeg)
        await registry.addSnapshot(session, { file: `${name}.jpg`, name, bytes: jpeg.length, sha256: 'ab' })
      },
      read: async (file) => wire.pictures.get(file),
    },
    signalling: () => [{ name: 'sip_devices', isCounter: false, value: 2 }, { name: 'sip_refused_total', isCounter: true, value: 5 }],
    playbacks: scriptedPlaybacks(wire, evidenceDir),
    traces: scriptedTraces(wire),
    commands: { queryCatalog: async (id) => void wire.catalogsAsked.push(id) },
    health: async () => ({ store: true, sip: wire.isHealthy }),
    ...more,
  }
  const app = await buildApi(deps)
  test.teardown(async () => {
    await app.close()
    await store.close()
    await rm(evidenceDir, { recursive: true })
  })
  return {
    app,
    deps,
    registry,
    clock,
    wire,
    evidenceDir,
    token,
    ask: (name, method, url, payload) =>
      app.inject({ method, url, ...(name ? { headers: { authorization: `Bearer ${token(name)}` } } : {}), ...(payload ? { payload } : {}) }),
  }
}

/** Devices that do what they are told, unless the test says otherwise. */
function controlOver(wire: Wire, registry: Registry, clock: ManualClock): ControlDep {
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
function scriptedTraces(wire: Wire): ApiDeps['traces'] {
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

const playbackHere = 'p-00000000000000aa'
const playbackThere = 'p-00000000000000bb'
const playbackOver = 'p-00000000000000cc'
const hour = { from: 1_767_225_600_000, to: 1_767_229_200_000 }

/** Three playbacks: one here, one there, and a download here that was stopped midway. */
function scriptedPlaybacks(wire: Wire, folder: string): ApiDeps['playbacks'] {
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

/** Full-width digits, as input methods write them. */
const wide = (code: string): string => code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))

function upload(rows: readonly object[], name = 'cameras.csv'): { headers: Record<string, string>; payload: string } {
  const boundary = 'cut-here'
  const payload = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n${JSON.stringify(rows)}\r\n--${boundary}--\r\n`
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, payload }
}

// Every route once: how it is asked, who may, and what a success is.
interface Sample {
  readonly route: string
  readonly url: string
  readonly may: readonly Name[]
  readonly status: number
  readonly payload?: object
  /** The same thing on the other side of the wall. */
  readonly outside?: string
}
const everyone: readonly Name[] = ['admin', 'chief', 'assessor', 'editor', 'viewer']
const editors: readonly Name[] = ['admin', 'chief', 'editor']
const admins: readonly Name[] = ['admin', 'chief']
const assessors: readonly Name[] = ['admin', 'chief', 'assessor']
const turners: readonly Name[] = ['admin', 'chief', 'assessor', 'editor']
const lookingBack: readonly Name[] = ['admin', 'chief', 'assessor', 'editor']
const v1 = '/api/v1'
const samples: readonly Sample[] = [
  { route: 'GET /session', url: '/session', may: everyone, status: 200 },
  { route: 'DELETE /session', url: '/session', may: everyone, status: 204 },
  { route: 'GET /cameras', url: '/cameras', may: everyone, status: 200 },
  { route: 'POST /cameras', url: '/cameras', payload: { declared: record('32011601001320000009', here), why: 'new' }, may: editors, status: 201 },
  { route: 'GET /cameras/{id}', url: `/cameras/${cameraHere}`, outside: `/cameras/${cameraThere}`, may: everyone, status: 200 },
  { route: 'PATCH /cameras/{id}', url: `/cameras/${cameraHere}`, outside: `/cameras/${cameraThere}`, payload: { fields: { name: '新名' }, why: 'renamed' }, may: editors, status: 200 },
  { route: 'DELETE /cameras/{id}', url: `/cameras/${cameraHere}?why=gone`, outside: `/cameras/${cameraThere}?why=gone`, may: editors, status: 200 },
  { route: 'GET /cameras/{id}/history', url: `/cameras/${cameraHere}/history`, outside: `/cameras/${cameraThere}/history`, may: everyone, status: 200 },
  { route: 'GET /cameras/{id}/findings', url: `/cameras/${cameraHere}/findings`, outside: `/cameras/${cameraThere}/findings`, may: everyone, status: 200 },
  { route: 'GET /cameras/{id}/source', url: `/cameras/${cameraHere}/source`, outside: `/cameras/${cameraThere}/source`, may: editors, status: 200 },
  { route: 'PUT /cameras/{id}/source', url: `/cameras/${cameraHere}/source`, outside: `/cameras/${cameraThere}/source`, payload: { url: 'rtsp://10.0.0.64/ch1', username: 'admin', password: 'rtsp secret' }, may: editors, status: 200 },
  { route: 'DELETE /cameras/{id}/source', url: `/cameras/${cameraHere}/source`, outside: `/cameras/${cameraThere}/source`, may: editors, status: 200 },
  { route: 'GET /exports', url: '/exports?format=csv', may: everyone, status: 200 },
  { route: 'GET /devices', url: '/devices', may: everyone, status: 200 },
  { route: 'GET /devices/{id}', url: `/devices/${deviceHere}`, outside: `/devices/${deviceThere}`, may: everyone, status: 200 },
  { route: 'GET /devices/{id}/channels', url: `/devices/${deviceHere}/channels`, outside: `/devices/${deviceThere}/channels`, may: everyone, status: 200 },
  { route: 'POST /devices/{id}/approve', url: `/devices/${deviceHere}/approve`, outside: `/devices/${deviceThere}/approve`, may: admins, status: 200 },
  { route: 'PUT /devices/{id}/password', url: `/devices/${deviceHere}/password`, outside: `/devices/${deviceThere}/password`, payload: { password: 'sip secret' }, may: admins, status: 200 },
  { route: 'PUT /devices/{id}/media-transport', url: `/devices/${deviceHere}/media-transport`, outside: `/devices/${deviceThere}/media-transport`, payload: { mediaTransport: 'udp' }, may: admins, status: 200 },
  { route: 'POST /devices/{id}/catalog', url: `/devices/${deviceHere}/catalog`, outside: `/devices/${deviceThere}/catalog`, may: admins, status: 202 },
  { route: 'GET /devices/{id}/information', url: `/devices/${deviceHere}/information`, outside: `/devices/${deviceThere}/information`, may: everyone, status: 200 },
  { route: 'GET /devices/{id}/status', url: `/devices/${deviceHere}/status`, outside: `/devices/${deviceThere}/status`, may: everyone, status: 200 },
  { route: 'GET /devices/{id}/configuration', url: `/devices/${deviceHere}/configuration?types=BasicParam,framemirror`, outside: `/devices/${deviceThere}/configuration`, may: editors, status: 200 },
  { route: 'PUT /devices/{id}/configuration', url: `/devices/${deviceHere}/configuration`, outside: `/devices/${deviceThere}/configuration`, payload: { basicParam: { heartBeatIntervalS: 30 } }, may: editors, status: 200 },
  { route: 'PUT /devices/{id}/settings', url: `/devices/${deviceHere}/settings`, outside: `/devices/${deviceThere}/settings`, payload: { charset: 'utf-8' }, may: admins, status: 200 },
  { route: 'GET /devices/{id}/subscriptions', url: `/devices/${deviceHere}/subscriptions`, outside: `/devices/${deviceThere}/subscriptions`, may: everyone, status: 200 },
  { route: 'PUT /devices/{id}/subscriptions', url: `/devices/${deviceHere}/subscriptions`, outside: `/devices/${deviceThere}/subscriptions`, payload: { alarm: true }, may: editors, status: 200 },
  { route: 'GET /devices/{id}/positions', url: `/devices/${deviceHere}/positions`, outside: `/devices/${deviceThere}/positions`, may: everyone, status: 200 },
  { route: 'GET /devices/{id}/trace', url: `/devices/${deviceHere}/trace`, outside: `/devices/${deviceThere}/trace`, may: everyone, status: 200 },
  { route: 'GET /devices/{id}/trace.pcapng', url: `/devices/${deviceHere}/trace.pcapng`, outside: `/devices/${deviceThere}/trace.pcapng`, may: everyone, status: 200 },
  { route: 'GET /trace/strangers', url: '/trace/strangers', may: ['admin'], status: 200 },
  { route: 'GET /trace/strangers.pcapng', url: '/trace/strangers.pcapng', may: ['admin'], status: 200 },
  { route: 'POST /devices/{id}/alarms/reset', url: `/devices/${deviceHere}/alarms/reset`, outside: `/devices/${deviceThere}/alarms/reset`, payload: {}, may: editors, status: 200 },
  { route: 'POST /devices/{id}/reboot', url: `/devices/${deviceHere}/reboot`, outside: `/devices/${deviceThere}/reboot`, may: editors, status: 200 },
  { route: 'POST /devices/{id}/upgrade', url: `/devices/${deviceHere}/upgrade`, outside: `/devices/${deviceThere}/upgrade`, payload: { firmware: 'V6', fileUrl: 'http://10.0.0.9/v6.bin', manufacturer: 'H' }, may: admins, status: 202 },
  { route: 'GET /devices/{id}/sd-cards', url: `/devices/${deviceHere}/sd-cards`, outside: `/devices/${deviceThere}/sd-cards`, may: everyone, status: 200 },
  { route: 'POST /devices/{id}/sd-cards/format', url: `/devices/${deviceHere}/sd-cards/format`, outside: `/devices/${deviceThere}/sd-cards/format`, payload: { card: 1 }, may: admins, status: 200 },
  { route: 'GET /alarms', url: '/alarms', may: everyone, status: 200 },
  { route: 'POST /cameras/{id}/ptz', url: `/cameras/${cameraHere}/ptz`, outside: `/cameras/${cameraThere}/ptz`, payload: { pan: 0.5 }, may: turners, status: 200 },
  { route: 'GET /cameras/{id}/ptz-position', url: `/cameras/${cameraHere}/ptz-position`, outside: `/cameras/${cameraThere}/ptz-position`, may: turners, status: 200 },
  { route: 'GET /cameras/{id}/presets', url: `/cameras/${cameraHere}/presets`, outside: `/cameras/${cameraThere}/presets`, may: turners, status: 200 },
  { route: 'PUT /cameras/{id}/presets/{n}', url: `/cameras/${cameraHere}/presets/3`, outside: `/cameras/${cameraThere}/presets/3`, payload: { name: '大门' }, may: editors, status: 200 },
  { route: 'POST /cameras/{id}/presets/{n}/call', url: `/cameras/${cameraHere}/presets/3/call`, outside: `/cameras/${cameraThere}/presets/3/call`, may: turners, status: 200 },
  { route: 'DELETE /cameras/{id}/presets/{n}', url: `/cameras/${cameraHere}/presets/3`, outside: `/cameras/${cameraThere}/presets/3`, may: editors, status: 200 },
  { route: 'GET /cameras/{id}/home-position', url: `/cameras/${cameraHere}/home-position`, outside: `/cameras/${cameraThere}/home-position`, may: turners, status: 200 },
  { route: 'PUT /cameras/{id}/home-position', url: `/cameras/${cameraHere}/home-position`, outside: `/cameras/${cameraThere}/home-position`, payload: { isEnabled: true, resetTimeS: 60, presetIndex: 1 }, may: editors, status: 200 },
  { route: 'GET /cameras/{id}/cruises', url: `/cameras/${cameraHere}/cruises`, outside: `/cameras/${cameraThere}/cruises`, may: turners, status: 200 },
  { route: 'GET /cameras/{id}/cruises/{n}', url: `/cameras/${cameraHere}/cruises/0`, outside: `/cameras/${cameraThere}/cruises/0`, may: turners, status: 200 },
  { route: 'POST /cameras/{id}/commands', url: `/cameras/${cameraHere}/commands`, outside: `/cameras/${cameraThere}/commands`, payload: { kind: 'keyframe' }, may: turners, status: 200 },
  { route: 'POST /cameras/{id}/device-snapshots', url: `/cameras/${cameraHere}/device-snapshots`, outside: `/cameras/${cameraThere}/device-snapshots`, payload: { count: 2 }, may: editors, status: 202 },
  { route: 'GET /cameras/{id}/device-snapshots', url: `/cameras/${cameraHere}/device-snapshots`, outside: `/cameras/${cameraThere}/device-snapshots`, may: everyone, status: 200 },
  { route: 'GET /live', url: '/live', may: everyone, status: 200 },
  { route: 'GET /live/{camera}', url: `/live/${cameraHere}`, outside: `/live/${cameraThere}`, may: everyone, status: 200 },
  { route: 'GET /live/{camera}.jpg', url: `/live/${cameraHere}.jpg`, outside: `/live/${cameraThere}.jpg`, may: everyone, status: 200 },
  { route: 'GET /cameras/{id}/recordings', url: `/cameras/${cameraHere}/recordings?from=${hour.from}&to=${hour.to}`, outside: `/cameras/${cameraThere}/recordings?from=${hour.from}&to=${hour.to}`, may: lookingBack, status: 200 },
  { route: 'POST /cameras/{id}/playbacks', url: `/cameras/${cameraHere}/playbacks`, outside: `/cameras/${cameraThere}/playbacks`, payload: { ...hour, kind: 'playback' }, may: lookingBack, status: 201 },
  { route: 'GET /playbacks', url: '/playbacks', may: lookingBack, status: 200 },
  { route: 'GET /playbacks/{id}', url: `/playbacks/${playbackHere}`, outside: `/playbacks/${playbackThere}`, may: lookingBack, status: 200 },
  { route: 'POST /playbacks/{id}/control', url: `/playbacks/${playbackHere}/control`, outside: `/playbacks/${playbackThere}/control`, payload: { action: 'pause' }, may: lookingBack, status: 200 },
  { route: 'DELETE /playbacks/{id}', url: `/playbacks/${playbackHere}`, outside: `/playbacks/${playbackThere}`, may: lookingBack, status: 200 },
  { route: 'GET /playbacks/{id}/file', url: `/playbacks/${playbackOver}/file`, outside: `/playbacks/${playbackThere}/file`, may: lookingBack, status: 200 },
  { route: 'GET /rule-sets', url: '/rule-sets', may: everyone, status: 200 },
  { route: 'GET /inspections', url: '/inspections', may: everyone, status: 200 },
  { route: 'POST /inspections', url: '/inspections', payload: { area: here, seed: 'AB12', strata: [{ class: '1', count: 1 }], rules: 'default' }, may: assessors, status: 202 },
  { route: 'GET /inspections/{id}', url: `/inspections/${inspectionHere}`, outside: `/inspections/${inspectionThere}`, may: everyone, status: 200 },
  { route: 'POST /inspections/{id}/cancel', url: `/inspections/${inspectionHere}/cancel`, outside: `/inspections/${inspectionThere}/cancel`, may: assessors, status: 202 },
  { route: 'GET /inspections/{id}/events', url: `/inspections/${inspectionHere}/events`, outside: `/inspections/${inspectionThere}/events`, may: everyone, status: 200 },
  { route: 'GET /inspections/{id}/report.{format}', url: `/inspections/${inspectionHere}/report.html`, outside: `/inspections/${inspectionThere}/report.html`, may: everyone, status: 200 },
  { route: 'GET /inspections/{id}/checks/{n}', url: `/inspections/${inspectionHere}/checks/1`, outside: `/inspections/${inspectionThere}/checks/1`, may: everyone, status: 200 },
  {
    route: 'POST /inspections/{id}/checks/{n}/review',
    url: `/inspections/${inspectionHere}/checks/1/review`,
    outside: `/inspections/${inspectionThere}/checks/1/review`,
    payload: { result: 'pass', reason: 'seen on site' },
    may: assessors,
    status: 201,
  },
  { route: 'GET /inspections/{id}/evidence/{*}', url: `/inspections/${inspectionHere}/evidence/pictures/01-2-1.jpg`, outside: `/inspections/${inspectionThere}/evidence/pictures/01-2-1.jpg`, may: everyone, status: 200 },
  { route: 'GET /users', url: '/users', may: admins, status: 200 },
  { route: 'POST /users', url: '/users', payload: { name: 'new', password: 'long enough', role: 'viewer', area: here }, may: admins, status: 201 },
  { route: 'PATCH /users/{name}', url: '/users/viewer', outside: '/users/stranger', payload: { disabled: true }, may: admins, status: 200 },
  { route: 'GET /audit', url: '/audit', may: ['admin'], status: 200 },
]
/** Asked in tests of their own: a password, a file, an endless answer, open to all. */
const elsewhere = [
  'GET /cameras/{id}/device-snapshots/{n}.jpg', 'POST /snapshot-uploads/{token}', 'PUT /snapshot-uploads/{token}', 'POST /snapshot-uploads/{token}/{*}', 'PUT /snapshot-uploads/{token}/{*}',
  'POST /session', 'POST /imports', 'GET /live/{camera}.flv', 'GET /playbacks/{id}.flv', 'GET /healthz', 'GET /metrics']

const methodOf = (sample: Sample): 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' => sample.route.split(' ')[0] as 'GET'

t.test('every route is described, and every described route is asked here', async (t) => {
  const { app } = await house(t)
  const { paths } = (await app.inject('/openapi.json')).json<{ paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>> }>()
  const described = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(v1, '')}`))
  t.same([...described].sort(), [...samples.map((sample) => sample.route), ...elsewhere].sort())
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    t.type(operation.summary, 'string')
    t.ok(operation.responses['default'], 'says what an error looks like')
  }
  t.equal((await app.inject('/docs/')).statusCode, 200)
})

t.test('recordings: what is asked, what is answered, and what is refused', async (t) => {
  const { ask, wire, app, clock } = await house(t)
  const list = await ask('editor', 'GET', `${v1}/cameras/${cameraHere}/recordings?from=${hour.from}&to=${hour.to}&type=alarm`)
  t.match(list.json(), { items: [{ startMs: hour.from, fileSize: 1_000 }], isComplete: false, missing: [{ told: 9, got: 1 }], hop: 'NVR/1' })
  t.same(wire.recordings.pop(), { camera: cameraHere, fromMs: hour.from, toMs: hour.to, type: 'alarm' })
  t.equal((await ask('editor', 'GET', `${v1}/cameras/${cameraHere}/recordings?from=${hour.to}&to=${hour.from}`)).statusCode, 400, 'backwards')
  t.equal((await ask('editor', 'GET', `${v1}/cameras/${cameraHere}/recordings?from=0&to=${hour.to}`)).statusCode, 400, 'too much at once')

  const made = await ask('editor', 'POST', `${v1}/cameras/${cameraHere}/playbacks`, { ...hour, kind: 'playback' })
  t.equal(made.headers['location'], `${v1}/playbacks/p-00000000000000dd`)
  t.match(made.json(), { state: 'waiting', flv: `${v1}/playbacks/p-00000000000000dd.flv`, control: `${v1}/playbacks/p-00000000000000dd/control`, external: { flv: /\.flv\?token=/ } })
  t.match(wire.recordings.pop(), { by: 'editor', kind: 'playback', type: 'all' })
  t.match((await ask('editor', 'POST', `${v1}/cameras/${cameraHere}/playbacks`, { ...hour, kind: 'download', speed: 4 })).json(), { fileUrl: `${v1}/playbacks/p-00000000000000dd/file` })
  t.match(wire.recordings.pop(), { speed: 4 })
  t.equal((await ask('editor', 'POST', `${v1}/cameras/${cameraHere}/playbacks`, { ...hour, kind: 'talk' })).statusCode, 400)

  t.same((await ask('editor', 'GET', `${v1}/playbacks`)).json<{ items: Playback[] }>().items.map(({ id }) => id), [playbackHere, playbackOver], 'those of the own area')
  for (const action of [{ action: 'resume' }, { action: 'scale', scale: 0.25 }, { action: 'seek', atMs: hour.from }, { action: 'reverse', scale: -2, fromMs: hour.to }]) {
    t.equal((await ask('editor', 'POST', `${v1}/playbacks/${playbackHere}/control`, action)).statusCode, 200, action.action)
    t.same(wire.recordings.pop(), { id: playbackHere, ...action })
  }
  for (const action of [{ action: 'scale' }, { action: 'scale', scale: 99 }, { action: 'seek' }, { action: 'teardown' }, { action: 'pause', scale: 1 }]) {
    t.equal((await ask('editor', 'POST', `${v1}/playbacks/${playbackHere}/control`, action)).statusCode, 400, JSON.stringify(action))
  }
  t.equal((await ask('editor', 'POST', `${v1}/playbacks/${playbackOver}/control`, { action: 'pause' })).statusCode, 409)

  const { external } = (await ask('editor', 'GET', `${v1}/playbacks/${playbackHere}`)).json<{ external: { flv: string } }>()
  const address = new URL(external.flv)
  const served = await app.listen({ host: '127.0.0.1', port: 0 })
  t.equal(await (await fetch(`${served}${address.pathname}${address.search}`)).text(), 'FLV', 'a player needs no log-in')
  t.equal((await app.inject(`${address.pathname.replace(playbackHere, playbackOver)}${address.search}`)).statusCode, 401, 'for this stream alone')
  clock.advance(6 * 60_000)
  t.equal((await app.inject(`${address.pathname}${address.search}`)).statusCode, 401, 'and not for ever')

  const file = await ask('editor', 'GET', `${v1}/playbacks/${playbackOver}/file`)
  t.equal(file.body, 'secret')
  t.match(file.headers, { 'x-partial': 'ended%20by%20its%20user', 'content-disposition': /-partial\.flv"$/, 'content-length': '6' })
  t.equal((await ask('editor', 'GET', `${v1}/playbacks/${playbackHere}/file`)).statusCode, 404, 'a playback has none')
  const audit = (await ask('admin', 'GET', `${v1}/audit`)).json<{ items: { action: string; subject: string }[] }>().items
  for (const action of ['recordings.query', 'playback.start', 'playback.view', 'playback.control', 'playback.file']) t.ok(audit.some((entry) => entry.action === action && entry.subject === cameraHere), action)
})

t.test('a source is kept with its password and shown without', async (t) => {
  const { ask, registry } = await house(t)
  const url = `${v1}/cameras/${cameraHere}/source`
  t.same((await ask('editor', 'GET', url)).json(), { kind: 'gb28181' })
  const put = await ask('editor', 'PUT', url, { url: 'rtsp://admin:p%40ss@10.0.0.64:8554/ch1?sub=1', transport: 'udp' })
  t.same(put.json(), { kind: 'rtsp', url: 'rtsp://10.0.0.64:8554/ch1?sub=1', username: 'admin', hasPassword: true, transport: 'udp' })
  t.same(await registry.sourceOf(cameraHere), { url: 'rtsp://10.0.0.64:8554/ch1?sub=1', username: 'admin', password: 'p@ss', transport: 'udp' })
  await ask('editor', 'PUT', url, { url: 'rtsp://10.0.0.64:8554/ch2', username: 'admin' })
  t.same(await registry.sourceOf(cameraHere), { url: 'rtsp://10.0.0.64:8554/ch2', username: 'admin', password: 'p@ss', transport: 'tcp' }, 'the same account of the same host: its password stays')
  t.match((await ask('editor', 'PUT', url, { url: 'rtsp://10.9.9.9/ch2', username: 'admin' })).json(), { hasPassword: false }, 'another host does not get it')
  await ask('editor', 'PUT', url, { url: 'rtsp://10.9.9.9/ch2', username: 'admin', password: 'new' })
  t.match((await ask('editor', 'PUT', url, { url: 'rtsp://10.9.9.9/ch2', username: 'admin', password: null })).json(), { hasPassword: false })
  for (const bad of ['http://10.0.0.1/', 'rtsp://', 'rtsp://10.0.0.1/a b', 'rtsp://10.0.0.1/\r\nX: y']) t.equal((await ask('editor', 'PUT', url, { url: bad })).statusCode, 400, bad)
  t.same((await ask('editor', 'DELETE', url)).json(), { kind: 'gb28181' })
  t.equal(await registry.sourceOf(cameraHere), undefined)
  const audit = (await ask('admin', 'GET', `${v1}/audit`)).body
  t.match(audit, /camera\.source/)
  t.notMatch(audit, /p%40ss|p@ss|"new"/)
})

t.test('a route that says too little stops the start', async (t) => {
  const { app } = await house(t)
  const response = { 200: Type.Object({}) }
  t.throws(() => app.get('/bare', () => ({})), /config.allow/)
  t.throws(() => app.get('/open', { schema: { response } }, () => ({})), /config.allow/)
  t.throws(() => app.get('/shapeless', { config: { allow: 'session' } }, () => ({})), /schema/)
  t.throws(() => app.post('/unseen', { schema: { response }, config: { allow: 'session' } }, () => ({})), /config.audit/)
})

t.test('every route: who is not logged in, whose role allows it, whose does not', async (t) => {
  const { ask } = await house(t)
  for (const sample of samples) {
    const nobody = await ask(undefined, methodOf(sample), v1 + sample.url, sample.payload)
    t.equal(nobody.statusCode, 401, `${sample.route}: nobody`)
    t.equal(nobody.json<{ code: string }>().code, 'auth.required')
    t.match(nobody.headers['content-type'], 'application/problem+json')
    for (const name of everyone.filter((each) => !sample.may.includes(each))) {
      const refused = await ask(name, methodOf(sample), v1 + sample.url, sample.payload)
      t.equal(refused.statusCode, 403, `${sample.route}: ${name}`)
      t.match(refused.json<{ code: string }>().code, /^(auth\.refused|area\.outside)$/)
    }
  }
  for (const name of everyone) {
    const { ask } = await house(t)
    const last = (sample: Sample): number => ['PATCH /users/{name}', 'DELETE /session'].indexOf(sample.route)
    for (const sample of samples.filter((each) => each.may.includes(name)).sort((a, b) => last(a) - last(b))) {
      const answer = await ask(name, methodOf(sample), v1 + sample.url, sample.payload)
      t.equal(answer.statusCode, sample.status, `${sample.route}: ${name}: ${answer.body.slice(0, 200)}`)
    }
  }
})

t.test('what lies in another area is answered as if it were not there, and stays as it was', async (t) => {
  const { ask, registry } = await house(t)
  const before = JSON.stringify([await registry.camera(cameraThere), await registry.device(deviceThere)])
  for (const sample of samples.filter((each) => each.outside !== undefined)) {
    const answer = await ask('chief', methodOf(sample), `${v1}${sample.outside}`, sample.payload)
    t.equal(answer.statusCode, 404, sample.route)
    t.equal(answer.json<{ code: string }>().code, 'not-found')
    const missing = await ask('chief', methodOf(sample), `${v1}${sample.outside?.replace('32011501', '32011502').replace('i-there', 'i-nowhere').replace('stranger', 'nobody')}`, sample.payload)
    t.equal(missing.json<{ detail: string }>().detail.replace('32011502', '32011501').replace('i-nowhere', 'i-there').replace('nobody', 'stranger'), answer.json<{ detail: string }>().detail, 'the same words as for nothing')
    t.equal((await ask('stranger', methodOf(sample), v1 + sample.url, sample.payload)).statusCode, 404, `${sample.route} from there`)
  }
  t.equal(JSON.stringify([await registry.camera(cameraThere), await registry.device(deviceThere)]), before)
})

/** Figures of a stream without its camera. */
const running: Omit<StreamFigures, 'camera' | 'viewers'> = {
  stream: 'main', state: 'live', lossRate: 0, jitterMs: 1, transport: 'udp', uptimeMs: 10, packets: 9, lost: 0, duplicates: 0, reordered: 0, late: 0,
  discarded: { malformed: 0, strangers: 0 }, reports: { received: 1, sent: 1 }, restarts: 0, keyframeRequests: 0,
}

t.test('lists end at the wall', async (t) => {
  const { ask, wire } = await house(t)
  wire.figures = [cameraHere, cameraThere].map((camera) => ({ camera, ...running, codec: 'h264', viewers: 1 }))
  const ids = async (name: Name, url: string): Promise<readonly unknown[]> => {
    const { items } = (await ask(name, 'GET', v1 + url)).json<{ items: { id?: string; camera?: string; name?: string }[] }>()
    return items.map((item) => item.id ?? item.camera ?? item.name)
  }
  for (const [url, mine, all] of [
    ['/cameras', [cameraHere], [cameraThere, cameraHere]],
    ['/devices', [deviceHere], [deviceThere, deviceHere]],
    ['/live', [cameraHere], [cameraHere, cameraThere]],
    ['/inspections', [inspectionHere], [inspectionHere, inspectionThere]],
  ] as const) {
    t.same(await ids('chief', url), mine, url)
    t.same(new Set(await ids('admin', url)), new Set<unknown>(all), url)
  }
  t.same(new Set(await ids('chief', '/users')), new Set(['chief', 'assessor', 'editor', 'viewer']))
  t.same(await ids('chief', '/cameras?area=3201'), [cameraHere], 'a wider question is cut to what is mine')
  t.same(await ids('chief', '/cameras?area='), [cameraHere])
  t.equal((await ask('chief', 'GET', `${v1}/cameras?area=${there}`)).json<{ code: string }>().code, 'area.outside')
  t.equal((await ask('chief', 'GET', `${v1}/exports?format=csv&area=${there}`)).json<{ code: string }>().code, 'area.outside')
  t.notMatch((await ask('viewer', 'GET', `${v1}/exports?format=csv`)).body, cameraThere)
})

t.test('nothing is moved, declared, drawn or given across the wall', async (t) => {
  const { ask, registry } = await house(t)
  const refused = async (method: 'POST' | 'PATCH', url: string, payload: object): Promise<void> => {
    const answer = await ask('chief', method, v1 + url, payload)
    t.equal(answer.statusCode, 403, JSON.stringify(payload))
    t.equal(answer.json<{ code: string }>().code, 'area.outside')
  }
  await refused('PATCH', `/cameras/${cameraHere}`, { fields: { area: there } })
  await refused('POST', '/cameras', { declared: record('32011501001320000005', there) })
  await refused('POST', '/cameras', { declared: record(cameraThere, here) })
  await refused('POST', '/cameras', { declared: record(` ${wide(cameraThere)}`, here) })
  await refused('POST', '/inspections', { area: there })
  await refused('POST', '/inspections', { area: '3201' })
  await refused('POST', '/inspections', { area: '' })
  await refused('POST', '/users', { name: 'mole', password: 'long enough', role: 'admin', area: '' })
  await registry.retire(cameraThere, 'office', 'gone')
  await refused('POST', '/cameras', { declared: record(cameraThere, here) })
  t.equal((await ask('chief', 'POST', `${v1}/users`, { name: 'mine', password: 'long enough', role: 'viewer' })).json<{ area: string }>().area, here, 'without an area: the maker’s')
})

t.test('an import is read whole or not at all, and never across the wall', async (t) => {
  const { app, token, registry } = await house(t)
  const send = (name: Name, rows: readonly object[], query = ''): Promise<LightMyRequestResponse> => {
    const { headers, payload } = upload(rows)
    return app.inject({ method: 'POST', url: `${v1}/imports${query}`, headers: { ...headers, authorization: `Bearer ${token(name)}` }, payload })
  }
  const fresh = record('32011601001320000007', here)
  const dry = await send('editor', [fresh, { code: 'x' }], '?dryRun=true')
  t.equal(dry.statusCode, 200, dry.body)
  t.match(dry.json(), { rows: 2, created: 1, dryRun: true, rejected: [{ row: 3, code: 'x' }] })
  t.equal(await registry.camera(fresh.code ?? ''), undefined)
  t.match((await send('editor', [fresh])).json(), { created: 1, dryRun: false })
  t.ok(await registry.camera(fresh.code ?? ''))
  for (const wrong of [record('32011501001320000008', there), { code: cameraThere, name: 'stolen' }, { code: cameraThere, area: here }, { code: `${cameraThere} `, area: here }, { code: `\u200b'${cameraThere}`, area: here }, { code: wide(cameraThere), area: here }]) {
    const refused = await send('editor', [{ ...fresh, name: 'not this either' }, wrong])
    t.equal(refused.statusCode, 403, JSON.stringify(wrong))
    t.match(refused.json<{ detail: string }>().detail, /1 of 2 rows lie outside your area 320116, nothing was read: rows 3 /)
  }
  t.not((await registry.camera(fresh.code ?? ''))?.declared.name, 'not this either')
  t.equal((await send('admin', [{ code: cameraThere, name: 'by the admin' }])).json<{ changed: number }>().changed, 1)
  t.equal((await send('viewer', [fresh])).statusCode, 403)
  const bare = await app.inject({ method: 'POST', url: `${v1}/imports`, headers: { authorization: `Bearer ${token('editor')}` }, payload: { rows: [] } })
  t.equal(bare.statusCode, 400)
  t.match(bare.json<{ detail: string }>().detail, 'multipart/form-data')
})

t.test('contacts are seen by those who keep the records, and by nobody else', async (t) => {
  const { ask } = await house(t)
  await ask('editor', 'PATCH', `${v1}/cameras/${cameraHere}`, { fields: { contact: '13900001111' } })
  for (const url of [`/cameras`, `/cameras/${cameraHere}`, `/cameras/${cameraHere}/history`, '/exports?format=csv']) {
    for (const name of ['editor', 'chief', 'admin'] as const) t.match((await ask(name, 'GET', v1 + url)).body, '13900001111', `${name} ${url}`)
    for (const name of ['viewer', 'assessor'] as const) {
      const { body } = await ask(name, 'GET', v1 + url)
      t.notMatch(body, /139000|138123/, `${name} ${url}`)
      t.match(body, '***')
    }
  }
})

t.test('a record: declared, read by filters and pages, changed, retired, with its history', async (t) => {
  const { ask } = await house(t)
  for (let i = 10; i < 15; i++) await ask('editor', 'POST', `${v1}/cameras`, { declared: { ...record(`320116010013200000${i}`, here), class: '2', longitude: `118.${i}`, latitude: '32.3' } })
  const codes: string[] = []
  let next: string | undefined = ''
  while (next !== undefined) {
    const page: { items: { id: string }[]; next?: string; total: number } = (await ask('viewer', 'GET', `${v1}/cameras?class=2&limit=2${next === '' ? '' : `&cursor=${encodeURIComponent(next)}`}`))
      .json()
    t.equal(page.total, 5)
    codes.push(...page.items.map((item) => item.id.slice(-2)))
    next = page.next
  }
  t.same(codes, ['10', '11', '12', '13', '14'])
  const count = async (query: string): Promise<number> => (await ask('viewer', 'GET', `${v1}/cameras?${query}`)).json<{ total: number }>().total
  t.equal(await count('box=118.105,32.2,118.125,32.4'), 2)
  t.equal(await count(`text=${encodeURIComponent('路口 12')}`), 1)
  t.equal(await count('online=true'), 0)
  t.equal(await count(`owner=${encodeURIComponent('交警大队')}`), 6)
  for (const wrong of ['box=1,2,3', 'box=5,5,1,1', 'class=7', 'limit=0', 'limit=501', 'online=perhaps', 'colour=red', 'area=12x']) {
    const answer = await ask('viewer', 'GET', `${v1}/cameras?${wrong}`)
    t.equal(answer.statusCode, 400, wrong)
    t.equal(answer.json<{ code: string }>().code, 'request.invalid')
  }
  const url = `${v1}/cameras/${cameraHere}`
  const changed = (await ask('editor', 'PATCH', url, { fields: { name: '东门', contact: null }, why: 'moved', version: 1 })).json<{ version: number; declared: Fields }>()
  t.equal(changed.version, 2)
  t.same([changed.declared.name, changed.declared.contact], ['东门', undefined])
  t.equal((await ask('editor', 'PATCH', url, { fields: { name: '西门' }, version: 1 })).json<{ code: string }>().code, 'conflict')
  t.equal((await ask('editor', 'PATCH', url, { fields: { colour: 'red' } })).statusCode, 400)
  t.equal((await ask('editor', 'DELETE', url)).statusCode, 400, 'a reason is asked for')
  t.equal((await ask('editor', 'DELETE', `${url}?why=demolished`)).json<{ isRetired: boolean }>().isRetired, true)
  t.equal(await count('class=1'), 0)
  t.equal(await count('class=1&includeRetired=true'), 1)
  const { items } = (await ask('editor', 'GET', `${url}/history`)).json<{ items: { field: string; by: string; why: string }[] }>()
  t.same(new Set(items.map((item) => `${item.field} ${item.by} ${item.why}`)), new Set(['record office first', 'name editor moved', 'contact editor moved', 'record editor demolished']))
  t.equal((await ask('editor', 'POST', `${v1}/cameras`, { declared: { name: 'no code' } })).json<{ code: string }>().code, 'camera.invalid')
  t.equal((await ask('editor', 'POST', `${v1}/cameras`, { declared: record('32011601001320000010', here) })).json<{ code: string }>().code, 'conflict')
})

t.test('devices: approved, given a password, a transport, asked for the catalog; channels end at the wall', async (t) => {
  const { ask, registry, wire } = await house(t)
  const url = `${v1}/devices/${deviceHere}`
  t.equal((await ask('chief', 'POST', `${url}/approve`)).json<{ approved: boolean }>().approved, true)
  await ask('chief', 'PUT', `${url}/password`, { password: 'sip secret' })
  t.equal(await registry.passwordOf(deviceHere), 'sip secret')
  await ask('chief', 'PUT', `${url}/password`, { password: null })
  t.equal(await registry.passwordOf(deviceHere), undefined)
  t.equal((await ask('chief', 'PUT', `${url}/media-transport`, { mediaTransport: 'udp' })).json<{ mediaTransport: string }>().mediaTransport, 'udp')
  t.equal((await ask('chief', 'PUT', `${url}/media-transport`, { mediaTransport: 'carrier pigeon' })).statusCode, 400)
  t.equal((await ask('chief', 'POST', `${url}/catalog`)).statusCode, 202)
  t.same(wire.catalogsAsked, [deviceHere])
  const given = [cameraHere, cameraThere].map((id) => ({ id, name: 'c', status: 'on' as const, raw: { DeviceID: id, 'Info.PTZType': '1' } }))
  await registry.applyCatalog(deviceHere, given, true)
  const channels = given.map((channel) => ({ ...channel, kind: 'camera', parents: [], hasChildren: false }))
  const seen = async (name: Name): Promise<unknown> => (await ask(name, 'GET', url)).json<{ channels: unknown }>().channels
  t.same(await seen('viewer'), channels.slice(0, 1))
  t.same(await seen('admin'), [...channels].reverse(), 'by code')
  t.same((await ask('admin', 'GET', `${url}/channels?limit=1`)).json(), { items: [channels[1]], next: cameraThere, total: 2 })
  t.same((await ask('admin', 'GET', `${url}/channels?parent=&cursor=${cameraThere}`)).json(), { items: [channels[0]], total: 2 })
  t.same((await ask('viewer', 'GET', `${url}/channels?limit=1`)).json(), { items: [channels[0]] }, 'a page ends at the wall')
  t.match((await ask('viewer', 'GET', `${v1}/cameras/${cameraHere}`)).json(), { reported: { deviceId: deviceHere, raw: { DeviceID: cameraHere } } })
  t.notOk((await ask('viewer', 'GET', `${v1}/cameras`)).json<{ items: { reported?: { raw?: unknown } }[] }>().items[0]?.reported?.raw, 'a list carries no raw elements')
})

t.test('turning a camera: told while it is held, written down once, stopped by whoever may', async (t) => {
  const { ask, wire } = await house(t)
  const url = `${v1}/cameras/${cameraHere}`
  const trail = async (action: string): Promise<readonly string[]> =>
    (await ask('admin', 'GET', `${v1}/audit`)).json<{ items: { action: string; detail: string }[] }>().items.filter((entry) => entry.action === action).map((entry) => entry.detail)
  t.match((await ask('editor', 'POST', `${url}/ptz`, { pan: -0.5, zoom: 1, holdMs: 500 })).json(), { isMoving: true, heldUntilMs: Number })
  await ask('editor', 'POST', `${url}/ptz`, { pan: -0.5, zoom: 1, holdMs: 500 })
  t.same((await ask('editor', 'POST', `${url}/ptz`, { stop: true })).json(), { isMoving: false })
  t.same(await trail('camera.ptz'), ['move'], 'one series, one entry')
  await ask('assessor', 'POST', `${url}/ptz`, { focus: 1 })
  await ask('assessor', 'POST', `${url}/ptz`, { stop: true, everything: true })
  t.same(await trail('camera.ptz'), ['stop everything', 'move', 'move'])
  t.same(wire.told, [
    ['move', cameraHere, { pan: -0.5, zoom: 1, holdMs: 500 }],
    ['move', cameraHere, { pan: -0.5, zoom: 1, holdMs: 500 }],
    ['stop', cameraHere, 'own'],
    ['move', cameraHere, { focus: 1 }],
    ['stop', cameraHere, 'everything'],
  ])
  for (const payload of [{ pan: 2 }, { pan: 1, holdMs: 60_000 }, { stop: false }, { pan: 1, sideways: 1 }]) t.equal((await ask('editor', 'POST', `${url}/ptz`, payload)).statusCode, 400, JSON.stringify(payload))
})

t.test('commands: each with its own right, in the audit trail with what was told', async (t) => {
  const { ask, wire } = await house(t)
  const url = `${v1}/cameras/${cameraHere}`
  t.same((await ask('editor', 'PUT', `${url}/presets/3`, { name: '大门' })).json(), { result: 'OK', hop: 'IPC/2.0' })
  await ask('assessor', 'POST', `${url}/presets/3/call`)
  await ask('editor', 'DELETE', `${url}/presets/3`)
  await ask('editor', 'PUT', `${url}/home-position`, { isEnabled: false })
  const commands = [
    { kind: 'drag-zoom', direction: 'in', area: { length: 704, width: 576, midPointX: 100, midPointY: 100, lengthX: 50, lengthY: 50 } },
    { kind: 'ptz-precise', pan: 90, tilt: -10 },
    { kind: 'cruise', action: 'start', track: 1 },
    { kind: 'scan', action: 'left-edge', group: 0 },
    { kind: 'auxiliary', number: 1, isOn: true },
    { kind: 'target-track', mode: 'Auto' },
  ]
  for (const command of commands) t.equal((await ask('assessor', 'POST', `${url}/commands`, command)).statusCode, 200, command.kind)
  const operating = [{ kind: 'guard', isOn: true }, { kind: 'record', isOn: false, streamNumber: 1 }, { kind: 'alarm-reset', alarmMethod: '2' }, { kind: 'cruise-point', action: 'add', track: 1, preset: 9 }, { kind: 'scan-speed', group: 0, speed: 100 }]
  for (const command of operating) {
    t.equal((await ask('assessor', 'POST', `${url}/commands`, command)).statusCode, 404, `${command.kind}: not for an assessor`)
    t.equal((await ask('editor', 'POST', `${url}/commands`, command)).statusCode, 200, command.kind)
  }
  t.same(wire.told, [
    [cameraHere, { kind: 'preset', action: 'set', n: 3, name: '大门' }],
    [cameraHere, { kind: 'preset', action: 'call', n: 3 }],
    [cameraHere, { kind: 'preset', action: 'delete', n: 3 }],
    [cameraHere, { kind: 'home-position', isEnabled: false }],
    ...[...commands, ...operating].map((command) => [cameraHere, command]),
  ])
  for (const wrong of [{ kind: 'self-destruct' }, { kind: 'guard' }, { kind: 'guard', isOn: true, more: 1 }, { kind: 'auxiliary', number: 300, isOn: true }]) t.equal((await ask('editor', 'POST', `${url}/commands`, wrong)).statusCode, 400, JSON.stringify(wrong))
  t.equal((await ask('editor', 'PUT', `${url}/presets/0`, {})).statusCode, 400, 'preset 0 is reserved')
  const { items } = (await ask('admin', 'GET', `${v1}/audit`)).json<{ items: { action: string; subject: string; detail: string }[] }>()
  t.match(items.find(({ action }) => action === 'camera.command'), { subject: cameraHere, detail: '{"kind":"scan-speed","group":0,"speed":100}' })
  t.same((await ask('viewer', 'GET', `${v1}/session`)).json<{ can: string[] }>().can.filter((action) => /control|operate|alarms/.test(action)), ['alarms.see'])
})

t.test('why a device did not do it: the reason, the SIP status and who gave it', async (t) => {
  const { ask, wire } = await house(t)
  wire.failure = { ok: false, reason: 'refused', sipStatus: 403, hop: 'Platform/1.0', detail: '403 Forbidden' }
  t.same((await ask('editor', 'PUT', `${v1}/cameras/${cameraHere}/presets/3`, {})).json(), { type: 'about:blank', title: 'The camera or device did not do it', status: 502, code: 'camera.unreachable', detail: '403 Forbidden', reason: 'refused', sipStatus: 403, hop: 'Platform/1.0' })
  t.match((await ask('viewer', 'GET', `${v1}/devices/${deviceHere}/status`)).json(), { code: 'camera.unreachable', sipStatus: 403 })
  wire.failure = { ok: false, reason: 'error', hop: 'IPC', detail: 'it answered ERROR' }
  t.match((await ask('editor', 'POST', `${v1}/devices/${deviceHere}/alarms/reset`, {})).json(), { status: 502, code: 'device.error', reason: 'error', hop: 'IPC' })
  wire.failure = { ok: false, reason: 'busy', detail: 'too many wait' }
  t.match((await ask('editor', 'POST', `${v1}/cameras/${cameraHere}/ptz`, { pan: 1 })).json(), { status: 503, code: 'busy' })
  t.same((await ask('admin', 'GET', `${v1}/audit`)).json<{ items: unknown[] }>().items, [], 'what failed was not done')
})

t.test('a device: what it says, its configuration, its channels only, what was set for it', async (t) => {
  const { ask, registry, wire } = await house(t)
  const url = `${v1}/devices/${deviceHere}`
  t.match((await ask('viewer', 'GET', `${url}/information`)).json(), { name: 'IPC', firmware: 'V5' })
  t.equal(wire.told.length, 1)
  await ask('viewer', 'GET', `${url}/information`)
  t.equal(wire.told.length, 1, 'once said is known')
  await ask('viewer', 'GET', `${url}/information?fresh=true`)
  t.equal(wire.told.length, 2)
  const status = await ask('viewer', 'GET', `${url}/status`)
  t.match(status.json(), { online: 'online', clockOffsetMs: -1200, raw: { Encode: 'ON' } })
  t.notMatch(status.body, 'secret')
  wire.told = []
  t.same((await ask('editor', 'GET', `${url}/configuration?types=osdconfig/BasicParam`)).json(), { basicParam: { name: 'IPC', heartBeatIntervalS: 60 }, frameMirror: 1 })
  t.same(wire.told, [['configuration', { deviceId: deviceHere, channelId: deviceHere }, ['OSDConfig', 'BasicParam']]])
  t.match((await ask('editor', 'GET', `${url}/configuration?types=Everything`)).json(), { code: 'request.invalid', detail: /OSDConfig/ })
  t.equal((await ask('editor', 'GET', `${url}/configuration?channel=${cameraThere}`)).statusCode, 404, 'a channel that it does not list')
  await registry.applyCatalog(deviceHere, [{ id: cameraHere, name: 'c', status: 'on', raw: {} }], true)
  wire.told = []
  const change = { osdConfig: { isTextShown: true, texts: [{ text: '东门', x: 1, y: 2 }] }, frameMirror: 2 }
  t.equal((await ask('editor', 'PUT', `${url}/configuration?channel=${cameraHere}`, change)).statusCode, 200)
  t.same(wire.told, [['configure', { deviceId: deviceHere, channelId: cameraHere }, change]])
  for (const wrong of [{}, { frameMirror: 9 }, { password: 'x' }, { basicParam: { password: 'x' } }]) t.equal((await ask('editor', 'PUT', `${url}/configuration`, wrong)).statusCode, 400, JSON.stringify(wrong))
  wire.told = []
  t.same((await ask('editor', 'PUT', `${url}/subscriptions`, { alarm: true, positionIntervalS: 5 })).json(), { wanted: { alarm: true, positionIntervalS: 5 }, states: [{ kind: 'alarm', state: 'active', expiresAtMs: 9, notifies: 3 }] })
  t.match((await ask('chief', 'PUT', `${url}/settings`, { charset: 'gb18030', ignoresNotifiedStatus: true })).json(), { settings: { charset: 'gb18030', subscriptions: { alarm: true } } }, 'the one leaves the other')
  t.same((await registry.device(deviceHere))?.settings, { charset: 'gb18030', ignoresNotifiedStatus: true, subscriptions: { alarm: true, positionIntervalS: 5 } })
  t.same(wire.told, [['settings', deviceHere], ['settings', deviceHere]])
  t.match((await ask('chief', 'PUT', `${url}/media-transport`, { mediaTransport: 'tcp-active' })).json(), { code: 'request.invalid', detail: /cannot dial a device/ })
  await ask('chief', 'PUT', `${url}/password`, { password: 'new secret' })
  t.same(wire.told.at(-1), ['password', deviceHere], 'failed attempts with the old one are forgotten')
  await registry.applyPositions([1, 2, 3].map((n) => ({ deviceId: deviceHere, channelId: cameraHere, atMs: n, longitude: 118 + n, latitude: 32 })))
  const page = (await ask('viewer', 'GET', `${url}/positions?limit=2`)).json<{ items: { atMs: number }[]; next: string }>()
  t.same(page.items.map(({ atMs }) => atMs), [3, 2])
  t.same((await ask('viewer', 'GET', `${url}/positions?cursor=${page.next}`)).json<{ items: { atMs: number }[] }>().items.map(({ atMs }) => atMs), [1])
  t.match((await ask('chief', 'POST', `${url}/upgrade`, { firmware: 'V6', fileUrl: 'http://10.0.0.9/v6.bin', manufacturer: 'H' })).json(), { sessionId: /^[0-9a-f]{32}$/, result: 'OK' })
})

t.test('alarms end at the wall', async (t) => {
  const { ask, registry } = await house(t)
  for (const [n, id] of [cameraHere, cameraThere, cameraHere].entries()) await registry.applyAlarm({ deviceId: deviceHere, channelId: id, atMs: n, method: '5', alarmType: String(n), priority: n + 1, raw: { AlarmMethod: '5' } })
  const seen = async (name: Name, query = ''): Promise<readonly number[]> => (await ask(name, 'GET', `${v1}/alarms${query}`)).json<{ items: { n: number }[] }>().items.map(({ n }) => n)
  t.same(await seen('admin'), [3, 2, 1])
  t.same(await seen('viewer'), [3, 1])
  t.same(await seen('viewer', '?type=2'), [3])
  t.same(await seen('viewer', '?priority=1'), [1])
  t.same(await seen('viewer', `?channel=${cameraThere}`), [])
  t.equal((await ask('viewer', 'GET', `${v1}/alarms?area=${there}`)).json<{ code: string }>().code, 'area.outside')
  t.match((await ask('viewer', 'GET', `${v1}/alarms?limit=1`)).json(), { items: [{ n: 3, channelId: cameraHere, area: here, method: '5', alarmType: '2' }], next: '3' })
  t.same(await seen('viewer', '?limit=1&cursor=3'), [1])
})

t.test('pictures of a device: ordered, uploaded with the token of the order, listed, and seen by whoever may watch', async (t) => {
  const { ask, app, wire, clock, registry } = await house(t)
  const url = `${v1}/cameras/${cameraHere}/device-snapshots`
  const order = (await ask('editor', 'POST', url, { count: 2, intervalS: 5 })).json<{ session: string }>()
  t.match(order, { cameraId: cameraHere, deviceId: deviceHere, by: 'editor', count: 2, pictures: [] })
  const [, , told] = wire.told.at(-1) as [string, object, { uploadUrl: string; sessionId: string; count: number; intervalS: number }]
  t.match(told, { count: 2, intervalS: 5, sessionId: order.session })
  const path = new URL(told.uploadUrl).pathname
  const jpeg = Buffer.from([0xff, 0xd8, 1, 2, 0xff, 0xd9])
  const form = Buffer.concat([Buffer.from('--x\r\ncontent-disposition: form-data; name="sn"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name="f"; filename="a 1.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'), jpeg, Buffer.from('\r\n--x--\r\n')])
  t.same((await app.inject({ method: 'POST', url: path, headers: { 'content-type': 'multipart/form-data; boundary=x' }, payload: form })).json(), { stored: true })
  t.same((await app.inject({ method: 'PUT', url: `${path}/320116-02.jpg`, headers: { 'content-type': 'image/jpeg' }, payload: jpeg })).json(), { stored: true }, 'with a name of its own behind')
  t.same([...wire.pictures], [['a 1.jpg.jpg', jpeg], ['320116-02.jpg.jpg', jpeg]])
  await registry.finishSnapshots(order.session, ['one', 'two'])
  const [listed] = (await ask('viewer', 'GET', url)).json<{ items: { pictures: { n: number; name: string }[] }[] }>().items
  t.match(listed, { fileIds: ['one', 'two'], finishedAtMs: Number, pictures: [{ n: 1, name: 'a 1.jpg' }, { n: 2, name: '320116-02.jpg' }] })
  const seen = await ask('viewer', 'GET', `${url}/2.jpg`)
  t.same([seen.statusCode, seen.headers['content-type'], seen.rawPayload], [200, 'image/jpeg', jpeg])
  t.equal((await ask('viewer', 'GET', `${url}/3.jpg`)).statusCode, 404)
  t.equal((await ask('viewer', 'GET', `${v1}/cameras/${cameraThere}/device-snapshots/1.jpg`)).statusCode, 404)
  t.equal((await ask(undefined, 'GET', `${url}/1.jpg`)).statusCode, 401)
  const post = (to: string, payload: Buffer | string = jpeg, type = 'image/jpeg'): Promise<LightMyRequestResponse> => app.inject({ method: 'POST', url: to, headers: { 'content-type': type }, payload })
  for (const wrong of [path.replace(/.$/, (last) => (last === '0' ? '1' : '0')), path.replace(order.session, 'f'.repeat(32)), `${v1}/snapshot-uploads/${'x'.repeat(60)}`]) t.equal((await post(wrong)).statusCode, 404, 'a token that is not ours')
  t.equal((await post(path, '')).statusCode, 400, 'nothing in it')
  t.equal((await post(path, '--x--', 'multipart/form-data; boundary=x')).statusCode, 400, 'a form without a file')
  t.equal((await post(path, Buffer.alloc(9 * 1024 * 1024))).statusCode, 413)
  clock.advance(11 * 60_000)
  t.equal((await post(path)).statusCode, 404, 'the time is over')
  wire.failure = { ok: false, reason: 'offline', detail: 'it is offline' }
  t.equal((await ask('editor', 'POST', url, {})).statusCode, 502)
})

t.test('forms of devices are read by their boundary alone', (t) => {
  const random = seededBytes(9)
  const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8]), random(200)])
  const form = Buffer.concat([Buffer.from('--b1\r\nContent-Type: image/jpeg\r\n\r\n'), jpeg, Buffer.from('\r\n--b1--')])
  t.same(formFile('multipart/form-data; boundary="b1"', form), { name: '', bytes: jpeg })
  t.same(formFile('multipart/form-data; boundary=b1', form.subarray(0, -8)), { name: '', bytes: jpeg }, 'without its end')
  t.equal(formFile('multipart/form-data', form), undefined)
  for (let n = 0; n < 2000; n++) {
    const chewed = Buffer.from(form)
    chewed[(random(1)[0] ?? 0) % 48] = random(1)[0] ?? 0
    const found = formFile('multipart/form-data; boundary=b1', chewed.subarray(0, (random(2).readUInt16BE() % chewed.length) + 1))
    if (found && found.bytes.length > form.length) return t.fail('more than there was')
  }
  t.end()
})

t.test('an inspection loses nothing on its way out', async (t) => {
  const { ask } = await house(t)
  const check = checkOf(member(cameraHere, here))
  t.same((await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}/checks/1`)).json(), { ...check, reviews: [] })
  const review = (await ask('assessor', 'POST', `${v1}/inspections/${inspectionHere}/checks/1/review`, { result: 'pass', reason: 'seen on site' })).json()
  const detail = (await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}`)).json<object>()
  t.match(detail, { id: inspectionHere, state: 'done', seed: 'ab12', total: 1, done: 1, results: { pass: 0, fail: 1, review: 0 }, population: { size: 40 }, ruleSet: { name: 'default', version: 1 } })
  t.match(detail, { rules, sample: [member(cameraHere, here)], checks: [check], reviews: [review] }, 'the machine’s verdict stays beside the review')
  t.match(review, { inspection: inspectionHere, n: 1, result: 'pass', reason: 'seen on site', by: 'assessor' })
  t.same((await ask('viewer', 'GET', `${v1}/rule-sets`)).json(), { items: [rules] })
  t.equal((await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}/checks/2`)).statusCode, 404)
  t.equal((await ask('assessor', 'POST', `${v1}/inspections/${inspectionHere}/checks/1/review`, { result: 'pass', reason: '' })).statusCode, 400)
})

t.test('an inspection: started, refused where it cannot be, its report only when it has ended', async (t) => {
  const { ask } = await house(t)
  const started = await ask('assessor', 'POST', `${v1}/inspections`, { area: here, seed: 'AB12' })
  t.equal(started.statusCode, 202)
  const { id } = started.json<{ id: string }>()
  t.equal(started.headers.location, `${v1}/inspections/${id}`)
  t.match(started.json(), { state: 'running', createdBy: 'assessor', area: here, done: 0 })
  t.equal((await ask('viewer', 'GET', `${v1}/inspections/${id}/report.html`)).json<{ code: string }>().code, 'conflict')
  t.equal((await ask('assessor', 'POST', `${v1}/inspections/${id}/cancel`)).json<{ state: string }>().state, 'cancelled')
  t.equal((await ask('viewer', 'GET', `${v1}/inspections/${id}/report.html`)).statusCode, 200)
  for (const wrong of [{}, { area: 'x' }, { area: here, seed: 'abc' }, { area: here, rules: 'unheard-of' }, { area: here, strata: [{ class: '1', count: -1 }] }, { area: here, rush: true }]) {
    t.equal((await ask('assessor', 'POST', `${v1}/inspections`, wrong)).statusCode, 400, JSON.stringify(wrong))
  }
})

t.test('a report: language, name of the file, and a page that may run nothing', async (t) => {
  const { ask } = await house(t)
  const url = `${v1}/inspections/${inspectionHere}/report`
  const page = await ask('viewer', 'GET', `${url}.html`)
  t.match(page.headers['content-security-policy'], /^default-src 'none'.*sandbox/)
  t.same(page.json(), { lang: 'zh' })
  const json = await ask('viewer', 'GET', `${url}.json?lang=en`)
  t.same(json.json(), { lang: 'en' })
  t.equal(json.headers['content-disposition'], `attachment; filename="___i-here.json"; filename*=UTF-8''${encodeURIComponent('报告 i-here.json')}`)
  t.equal((await ask('viewer', 'GET', `${url}.exe`)).statusCode, 400)
  t.equal((await ask('viewer', 'GET', `${url}.html?lang=fr`)).statusCode, 400)
})

t.test('evidence: what is there, and nothing beside it', async (t) => {
  const { ask } = await house(t)
  const url = `${v1}/inspections/${inspectionHere}/evidence`
  const picture = await ask('viewer', 'GET', `${url}/pictures/01-2-1.jpg`)
  t.same([picture.statusCode, picture.headers['content-type'], picture.headers['content-length'], picture.body], [200, 'image/jpeg', '4', 'jpeg'])
  t.equal((await ask('viewer', 'GET', `${url}/01.pcapng`)).body, 'wire')
  const climbs = ['..%2fsecret.txt', '%2e%2e/secret.txt', '../secret.txt', '..%5csecret.txt', 'pictures/..%2f..%2fsecret.txt', '%2fetc%2fpasswd', '/etc/passwd', 'pictures', 'pictures/', '.', '%00', 'pictures/01-2-1.jpg%00', 'C:%5cx', 'pictures//01-2-1.jpg', '.hidden', '%252e%252e/secret.txt']
  for (const path of climbs) {
    const answer = await ask('viewer', 'GET', `${url}/${path}`)
    t.ok([400, 404].includes(answer.statusCode), `${path}: ${answer.statusCode}`)
    t.notMatch(answer.body, /^secret|root:/)
  }
  for (const path of ['a', 'a/b.jpg', '01-2_x.y.z/k']) t.ok(isPlainPath(path), path)
  for (const path of ['', '/', '/a', 'a/', '..', 'a/..', '.a', 'a/.b', 'a..b', 'a\\b', 'a\0', 'a b', 'é']) t.notOk(isPlainPath(path), JSON.stringify(path))
})

t.test('a session by cookie: for the console’s own pages, and closed for good', async (t) => {
  const { app, deps, ask } = await house(t)
  await deps.accounts.create({ name: '王芳', password: 'eleven cameras', role: 'editor', area: here })
  const login = (payload: object): Promise<LightMyRequestResponse> => app.inject({ method: 'POST', url: `${v1}/session`, payload })
  const opened = await login({ name: '王芳', password: 'eleven cameras' })
  t.match(opened.json(), { account: { name: '王芳', role: 'editor', area: here }, can: ['cameras.see', 'cameras.change'] })
  t.notOk(opened.json<{ token?: string }>().token, 'a script in the page never sees the token')
  const [cookie] = opened.cookies
  t.match(cookie, { name: 'yiji_session', httpOnly: true, sameSite: 'Strict', path: '/' })
  const withCookie = (method: 'GET' | 'PATCH' | 'DELETE', url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
    app.inject({ method, url: v1 + url, headers: { host: 'yiji.local:8080', ...headers }, cookies: { yiji_session: cookie?.value ?? '' }, ...(method === 'PATCH' ? { payload: { fields: { name: 'n' } } } : {}) })
  t.equal((await withCookie('GET', '/session')).statusCode, 200)
  const change = `/cameras/${cameraHere}`
  t.equal((await withCookie('PATCH', change)).statusCode, 200)
  t.equal((await withCookie('PATCH', change, { origin: 'http://yiji.local:8080' })).statusCode, 200)
  t.equal((await withCookie('PATCH', change, { 'sec-fetch-site': 'same-origin' })).statusCode, 200)
  for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site', origin: 'http://yiji.local:8080' }] as Record<string, string>[]) {
    t.equal((await withCookie('PATCH', change, headers)).statusCode, 403, JSON.stringify(headers))
  }
  t.equal((await withCookie('DELETE', '/session')).statusCode, 204)
  t.equal((await withCookie('GET', '/session')).statusCode, 401)

  const bearer = (await login({ name: '王芳', password: 'eleven cameras', want: 'token' })).json<{ token: string }>().token
  t.equal((await app.inject({ url: `${v1}/cameras`, headers: { authorization: `Bearer ${bearer}` } })).statusCode, 200)
  for (const authorization of ['Bearer x', `Bearer ${bearer}x`, `Basic ${bearer}`, '']) t.equal((await app.inject({ url: `${v1}/cameras`, headers: { authorization } })).statusCode, 401)
  const wrong = await login({ name: '王芳', password: 'nine cameras' })
  t.same([wrong.statusCode, wrong.json<{ code: string }>().code, wrong.cookies.length], [401, 'auth.required', 0])
  for (const body of [{}, { name: 'a' }, { name: 'a', password: 1 }, { name: 'a', password: 'b', more: 1 }]) t.equal((await login(body)).statusCode, 400)
  t.match((await ask('admin', 'GET', `${v1}/audit`)).json(), { items: [{ action: 'session.refused', subject: '王芳' }] })
})

t.test('too many wrong passwords are answered 429', async (t) => {
  const { app } = await house(t)
  const codes: number[] = []
  for (let i = 0; i < 6; i++) codes.push((await app.inject({ method: 'POST', url: `${v1}/session`, payload: { name: 'admin', password: 'wrong' } })).statusCode)
  t.same(codes, [401, 401, 401, 401, 401, 429])
})

t.test('everything that changes something leaves a line in the audit trail; what fails does not', async (t) => {
  for (const sample of samples.filter((each) => methodOf(each) !== 'GET')) {
    const { ask, deps } = await house(t)
    await ask('viewer', methodOf(sample), v1 + sample.url, { ...sample.payload, bogus: 1 })
    if (sample.route !== 'DELETE /session') t.same(await deps.accounts.auditTrail(10), [], sample.route)
    const { ask: again, deps: fresh } = await house(t)
    await again('admin', methodOf(sample), v1 + sample.url, sample.payload)
    const [entry, ...others] = await fresh.accounts.auditTrail(10)
    t.match(entry, { account: 'admin', action: /^[a-z]+\.[a-z-]+$/, subject: /./ }, sample.route)
    t.same(others, [])
    t.notMatch(JSON.stringify(entry), /sip secret|long enough/)
  }
})

t.test('errors: one status per code, a reason for persons, and nothing of what was not expected', async (t) => {
  for (const [code, status] of Object.entries(httpStatus) as [ErrorCode, number][]) {
    t.match(problemOf(new AppError(code, 'why')), { type: 'about:blank', title: /./, status, code, detail: 'why' })
    t.ok(status >= 400 && status < 600)
  }
  t.equal(problemOf(new Error('a bug')), undefined)
  const { ask, app, wire } = await house(t, { commands: { queryCatalog: async () => Promise.reject(new Error('password=hunter2 at /srv/yiji')) } })
  const broken = await ask('admin', 'POST', `${v1}/devices/${deviceHere}/catalog`)
  t.match(broken.json(), { status: 500, code: 'internal', instance: /^[0-9a-f]{16}$/ })
  t.notMatch(broken.body, /hunter2|srv/)
  t.match(wire.logged, [/unexpected error in a request.*hunter2/])
  t.match(wire.logged[0], broken.json<{ instance: string }>().instance)
  t.match((await app.inject({ method: 'POST', url: `${v1}/session`, headers: { 'content-type': 'application/json' }, payload: '{"name":' })).json(), { status: 400, code: 'request.invalid' })
  t.match((await app.inject({ method: 'POST', url: `${v1}/session`, headers: { 'content-type': 'text/xml' }, payload: '<a/>' })).json(), { status: 415, code: 'request.invalid' })
  t.match((await app.inject({ method: 'POST', url: `${v1}/session`, payload: { name: 'a', password: 'x'.repeat(2_000_000) } })).json(), { status: 413 })
  t.match((await ask('admin', 'GET', `${v1}/nothing`)).json(), { status: 404, code: 'not-found' })
  t.match((await ask('viewer', 'GET', `${v1}/cameras/..%2f..%2fetc`)).json(), { status: 400, code: 'request.invalid' })
  const unreadable = await ask('viewer', 'GET', `${v1}/%zz`)
  t.match(unreadable.headers['content-type'], 'application/problem+json')
  t.match(unreadable.json(), { status: 400, code: 'request.invalid', detail: /%zz/ })
})

t.test('live: a picture, an address for players outside that ends soon, and why a camera gives nothing', async (t) => {
  const { ask, app, wire, clock, deps } = await house(t)
  t.same([(await ask('viewer', 'GET', `${v1}/live/${cameraHere}.jpg`)).headers['content-type'], (await ask('viewer', 'GET', `${v1}/live/${cameraHere}.jpg`)).body], ['image/jpeg', 'jpeg'])
  const sub = (await ask('viewer', 'GET', `${v1}/live/${cameraHere}?stream=sub`)).json<{ external: { jpg: string }; flv: string }>()
  t.equal(sub.flv, `${v1}/live/${cameraHere}.flv?stream=sub`)
  t.equal((await app.inject(new URL(sub.external.jpg).pathname + new URL(sub.external.jpg).search)).statusCode, 200, 'the sub stream with a token of its camera')
  t.equal((await ask('viewer', 'GET', `${v1}/live/${cameraHere}?stream=third`)).statusCode, 400)
  const { external, expiresAtMs, flv } = (await ask('viewer', 'GET', `${v1}/live/${cameraHere}`)).json<{ external: { flv: string; jpg: string }; expiresAtMs: number; flv: string }>()
  t.equal(flv, `${v1}/live/${cameraHere}.flv`)
  const outside = new URL(external.jpg)
  const open = (path: string): Promise<LightMyRequestResponse> => app.inject(path + outside.search)
  t.equal((await open(outside.pathname)).statusCode, 200)
  t.equal((await open(`${v1}/live/${cameraThere}.jpg`)).statusCode, 401, 'for this camera only')
  t.equal((await open(`${v1}/cameras`)).statusCode, 401, 'for nothing else')
  t.equal((await app.inject(`${outside.pathname}${outside.search.slice(0, -2)}AA`)).statusCode, 401)
  await deps.accounts.setDisabled('viewer', true)
  t.equal((await open(outside.pathname)).statusCode, 401, 'nor when its maker is out of use')
  await deps.accounts.setDisabled('viewer', false)
  clock.advance(expiresAtMs - clock.wallMs())
  t.equal((await open(outside.pathname)).statusCode, 401, 'nor later')
  wire.joined = { ok: false, reason: 'refused', sipStatus: 486, hop: 'NVR/1.0', detail: 'Busy Here' }
  t.same((await ask('viewer', 'GET', `${v1}/live/${cameraHere}.flv`)).json(), { type: 'about:blank', title: 'The camera or device did not do it', status: 502, code: 'camera.unreachable', detail: 'Busy Here', reason: 'refused', sipStatus: 486, hop: 'NVR/1.0' })
  t.match((await ask('viewer', 'GET', `${v1}/live/${cameraHere}.jpg`)).json(), { status: 502, code: 'camera.unreachable', reason: 'refused', sipStatus: 486, hop: 'NVR/1.0' })
})

t.test('a live token is signed: no part of it can be changed', async (t) => {
  const clock = manualClock()
  const tokens = createLiveTokens({ clock, random: seededBytes(1) })
  const { token, expiresAtMs } = tokens.make('camera', '王芳')
  t.same(tokens.check(token, 'camera'), { account: '王芳', expiresAtMs })
  const [expiry = '', name = '', signature = ''] = token.split('.')
  for (const forged of [`${Number(expiry) + 1}.${name}.${signature}`, `${expiry}.${Buffer.from('admin').toString('base64url')}.${signature}`, `${expiry}.${name}.${signature.slice(1)}A`, '', '..', 'x']) {
    t.equal(tokens.check(forged, 'camera'), undefined, forged)
  }
  t.equal(tokens.check(token, 'other'), undefined)
  t.equal(createLiveTokens({ clock, random: seededBytes(2) }).check(token, 'camera'), undefined, 'nor by another process')
})

t.test('health and counters are open, and name no camera', async (t) => {
  const { app, wire } = await house(t)
  t.match((await app.inject('/healthz')).json(), { ok: true, version: '0.1.0', parts: { store: true, sip: true } })
  wire.isHealthy = false
  const sick = await app.inject('/healthz')
  t.equal(sick.statusCode, 503)
  t.match(sick.json(), { ok: false, parts: { sip: false } })
  wire.figures = [{ camera: cameraHere, ...running, viewers: 3 }]
  const { body } = await app.inject('/metrics')
  t.match(body, /^yiji_streams 1$/m)
  t.match(body, /^yiji_viewers 3$/m)
  t.match(body, /^yiji_http_answers_total\{method="GET",status="5xx"\} 1$/m)
  t.notMatch(body, cameraHere)
})

t.test('the console: built or not, its own addresses lead into it, and it may load nothing from outside', async (t) => {
  const bare = await house(t)
  t.match((await bare.app.inject('/')).body, 'npm run build')
  const consoleDir = await mkdtemp(join(tmpdir(), 'yiji-console-'))
  t.teardown(() => rm(consoleDir, { recursive: true }))
  await mkdir(join(consoleDir, 'assets'))
  await writeFile(join(consoleDir, 'index.html'), '<title>Yiji</title>')
  await writeFile(join(consoleDir, 'assets', 'app-1a2b.js'), 'run()')
  const { app } = await house(t, { consoleDir })
  for (const path of ['/', '/cameras', `/cameras/${cameraHere}`, '/inspections/i-1?tab=checks']) {
    const page = await app.inject(path)
    t.same([page.statusCode, page.body, page.headers['cache-control']], [200, '<title>Yiji</title>', 'no-cache'], path)
    t.match(page.headers['content-security-policy'], /default-src 'self';.*media-src 'self' blob:;.*worker-src 'self' blob:/)
    t.notMatch(page.headers['content-security-policy'], /https?:|unsafe-eval|upgrade-insecure/)
  }
  t.match((await app.inject('/assets/app-1a2b.js')).headers, { 'cache-control': /immutable/, 'content-type': /javascript/ })
  for (const path of ['/assets/gone.js', '/api/v2/cameras', '/api', '/..%2fpackage.json']) t.equal((await app.inject(path)).statusCode, 404, path)
  for (const path of ['/%2e%2e/%2e%2e/etc/passwd', '//etc/passwd', '/..%2f..%2fetc/passwd']) t.notMatch((await app.inject(path)).body, 'root:', path)
})

// A scripted camera behind the real FLV sender: what is published reaches every reader.
function scriptedRelays(): { relays: Relays; publish: (n: number) => void; end: () => void; readers: Set<ReaderOptions>; goLive: (outcome: JoinOutcome) => void } {
  const readers = new Set<ReaderOptions>()
  const live = Promise.withResolvers<JoinOutcome>()
  const [sps, pps] = [Buffer.from('6742000af841a2', 'hex'), Buffer.from('68ce3880', 'hex')]
  const unit = (n: number): AccessUnit =>
    n % 5 === 0
      ? { codec: 'h264', pts90k: n * 3600, isKeyframe: true, nalUnits: [sps, pps, Buffer.alloc(2000, 0x65)], parameterSets: { sps, pps }, width: 128, height: 96, receivedUs: 0, isDamaged: false }
      : { codec: 'h264', pts90k: n * 3600, isKeyframe: false, nalUnits: [Buffer.alloc(500, 0x41)], receivedUs: 0, isDamaged: false }
  return {
    readers,
    goLive: live.resolve,
    publish: (n) => {
      for (const reader of readers) reader.onUnit?.(unit(n))
    },
    end: () => {
      for (const reader of readers) reader.onEnd?.('the camera hung up')
    },
    relays: {
      join: (_camera, reader) => {
        readers.add(reader)
        return { joined: live.promise, leave: async () => void readers.delete(reader) }
      },
      list: () => [],
      close: async () => {},
    },
  }
}

async function settled(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('the stream over a real socket: from the header on, until the client or the camera goes', async (t) => {
  const camera = scriptedRelays()
  const { deps, token } = await house(t, { relays: camera.relays, serveFlv: (key, open) => serveFlv({ relays: camera.relays, camera: key, open, clock: systemClock, log: silentLog }) })
  const api = await startApi(deps)
  t.teardown(api.close)
  const url = `${api.url}${v1}/live/${cameraHere}.flv`
  const bearer = { authorization: `Bearer ${token('viewer')}` }
  const watch = async (from: string, headers: Record<string, string>): Promise<{ response: Response; reader: ReadableStreamDefaultReader<Uint8Array>; leave: () => void }> => {
    const leaving = new AbortController()
    const wanted = camera.readers.size + 1
    const answer = fetch(from, { headers, signal: leaving.signal })
    await settled(() => camera.readers.size === wanted)
    camera.goLive({ ok: true, isCold: true })
    camera.publish(0)
    const response = await answer
    if (!response.body) throw new Error('an answer without a body')
    return { response, reader: response.body.getReader(), leave: () => leaving.abort() }
  }
  t.equal((await fetch(url)).status, 401)
  t.equal(camera.readers.size, 0, 'nobody unknown makes a camera send')

  const first = await watch(url, bearer)
  t.equal(first.response.headers.get('content-type'), 'video/x-flv')
  t.match(first.response.headers.get('content-security-policy'), "default-src 'self'")
  const head = Buffer.from((await first.reader.read()).value ?? [])
  t.equal(head.subarray(0, 4).toString('latin1'), 'FLV\x01')
  t.equal(head[4], 1, 'video, no audio')

  const { external } = (await (await fetch(`${api.url}${v1}/live/${cameraHere}`, { headers: bearer })).json()) as { external: { flv: string } }
  const second = await watch(external.flv, {})
  t.equal(second.response.status, 200, 'a player outside, by the address it was given')
  t.equal(camera.readers.size, 2)
  first.leave()
  await settled(() => camera.readers.size === 1)
  t.equal(camera.readers.size, 1, 'who closes the socket has left')
  camera.end()
  let last = await second.reader.read()
  while (!last.done) last = await second.reader.read()
  t.ok(last.done, 'the answer ends with the stream')
  t.match((await deps.accounts.auditTrail(10)).filter((entry) => entry.action === 'live.view'), [{ account: 'viewer', subject: cameraHere }, { account: 'viewer', subject: cameraHere }])
})

t.test('a client that goes while the camera is still being asked has left', async (t) => {
  const camera = scriptedRelays()
  const { deps, token } = await house(t, { serveFlv: (key, open) => serveFlv({ relays: camera.relays, camera: key, open, clock: systemClock, log: silentLog }) })
  const api = await startApi(deps)
  t.teardown(api.close)
  const leaving = new AbortController()
  const answer = fetch(`${api.url}${v1}/live/${cameraHere}.flv`, { headers: { authorization: `Bearer ${token('viewer')}` }, signal: leaving.signal })
  await settled(() => camera.readers.size === 1)
  leaving.abort()
  await t.rejects(answer)
  await settled(() => camera.readers.size === 0)
  t.equal(camera.readers.size, 0)
  camera.goLive({ ok: false, reason: 'no-answer', detail: 'nobody answered' })
  await api.close()
  await api.close()
})

t.test('progress over a real socket: what happened, what happens, a sign of life, and the end', async (t) => {
  const { deps, token, wire, clock, ask } = await house(t)
  const api = await startApi(deps)
  t.teardown(api.close)
  const headers = { authorization: `Bearer ${token('viewer')}` }
  const finished = await (await fetch(`${api.url}${v1}/inspections/${inspectionHere}/events`, { headers })).text()
  t.same(finished.match(/(?<=event: )\S+/g), ['started', 'check-done', 'finished'], 'of one that has ended: the whole, and the end')

  const { id } = (await ask('assessor', 'POST', `${v1}/inspections`, { area: here })).json<{ id: string }>()
  const response = await fetch(`${api.url}${v1}/inspections/${id}/events`, { headers })
  t.match(response.headers.get('content-type'), 'text/event-stream')
  const tell = wire.events.get(id)
  clock.advance(15_000)
  tell?.({ type: 'check-started', inspection: id, n: 1, camera: cameraHere, name: '路口' })
  tell?.({ type: 'check-done', inspection: id, n: 1, check: checkOf(member(cameraHere, here)) })
  clock.advance(15_000)
  tell?.({ type: 'finished', inspection: id, state: 'done' })
  const text = await response.text()
  t.same(text.match(/^(?:event: \S+|:.*)$/gm), ['event: started', ': still here', 'event: check-started', 'event: check-done', ': still here', 'event: finished'])
  const data = [...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? '') as InspectionEvent)
  t.same(data[2], { type: 'check-done', inspection: id, n: 1, check: checkOf(member(cameraHere, here)) })
  await settled(() => wire.events.size === 0)
  t.equal(wire.events.size, 0, 'nobody listens any more')
  t.equal(clock.pending(), 0, 'and no timer is left')

  const leaving = new AbortController()
  const other = (await ask('chief', 'POST', `${v1}/inspections`, { area: here })).json<{ id: string }>().id
  await fetch(`${api.url}${v1}/inspections/${other}/events`, { headers, signal: leaving.signal })
  t.equal(wire.events.size, 1)
  leaving.abort()
  await settled(() => wire.events.size === 0)
  t.equal(wire.events.size, 0, 'who closes the page has left')
})

t.test('a port that cannot be had is one line that says what to do', async (t) => {
  const { deps } = await house(t)
  const first = await startApi(deps)
  t.teardown(first.close)
  t.match(first.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  await t.rejects(startApi({ ...deps, port: first.port }), { code: 'port.taken', message: /YIJI_HTTP_PORT/ })
  await t.rejects(startApi({ ...deps, host: '192.0.2.1' }), { code: 'config.invalid', message: /YIJI_HTTP_HOST/ })
})

t.test('traces: in words for who sees devices, the capture is audited, strangers are for admins of everywhere', async (t) => {
  const { ask, wire, deps } = await house(t)
  const words = await ask('viewer', 'GET', `${v1}/devices/${deviceHere}/trace`)
  t.equal(words.statusCode, 200)
  t.match(words.json(), { failed: 'address', stages: [{ code: 'address.silent', seen: { zh: '从未' }, evidence: [{ n: 1 }] }], records: [{ text: 'REGISTER sip:1@2 SIP/2.0' }] })
  t.equal((await ask('viewer', 'GET', `${v1}/devices/32011699991110000009/trace`)).statusCode, 200, 'a device that never came has a trace that says so')
  t.equal((await ask('viewer', 'GET', `${v1}/devices/${deviceThere}/trace`)).statusCode, 404, 'another area is not there')
  t.equal((await ask(undefined, 'GET', `${v1}/devices/${deviceHere}/trace`)).statusCode, 401)

  const capture = await ask('viewer', 'GET', `${v1}/devices/${deviceHere}/trace.pcapng`)
  t.equal(capture.body, 'pcapng')
  t.match(capture.headers, { 'content-type': 'application/x-pcapng', 'content-disposition': `attachment; filename="trace-${deviceHere}.pcapng"` })
  t.equal((await ask('editor', 'GET', `${v1}/devices/${deviceHere}/trace.pcapng`)).statusCode, 200)
  t.same(wire.told, [['capture', deviceHere, { hidesContacts: true }], ['capture', deviceHere, { hidesContacts: false }]], 'phone numbers for those who may see them')
  t.equal((await ask('viewer', 'GET', `${v1}/devices/${deviceThere}/trace.pcapng`)).statusCode, 404)
  const trail = await deps.accounts.auditTrail(20)
  t.same(trail.filter(({ action }) => action === 'trace.take').map(({ account, subject }) => [account, subject]).sort(), [['editor', deviceHere], ['viewer', deviceHere]])

  t.match((await ask('admin', 'GET', `${v1}/trace/strangers`)).json(), { sources: [{ host: '192.0.2.9', unreadable: 3 }] })
  t.equal((await ask('admin', 'GET', `${v1}/trace/strangers.pcapng`)).body, 'pcapng')
  t.equal((await ask('chief', 'GET', `${v1}/trace/strangers`)).statusCode, 403, 'strangers lie in no area')
  t.equal((await ask('viewer', 'GET', `${v1}/trace/strangers`)).statusCode, 403)
})
