import t, { type Test } from 'tap'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededBytes, silentLog, systemClock, systemRandom, type Clock } from '../base/index.ts'
import { createPsMuxer, createSessionPipeline as createPipeline, frameRfc4571, packetize, splitAnnexB, type MediaTransport, type VideoCodec } from '../media/index.ts'
import { readSignal } from '../sip/index.ts'
import { createInspections, defaultRules, openDecoder, replay, type Decoder, type Inspection, type InspectionEvent, type Inspections, type InspectionsDeps, type InspectionStore, type PopulationMember, type Review, type RuleSet, type Tap, type TapSession } from './index.ts'

const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
t.teardown(() => decoder.close())
const software = 'yiji test'
/** The fixtures' keyframes come every fifth frame and are sent at once: pictures need no spacing. */
const rules: RuleSet = {
  ...defaultRules,
  name: 'quick',
  betweenAttemptsMs: 10,
  timeouts: { answerMs: 300, firstPacketMs: 450, firstKeyframeMs: 700 },
  sampling: { pictures: 3, spacingMs: 0, windowMs: 500 },
  // A slope with a square at 128x96 is no scene to measure sharpness on.
  sharpness: { ...defaultRules.sharpness, clearBelowPx: 20, unclearFromPx: 20, minHeight: 0 },
  response: { slowMs: 300_000 },
  concurrency: { total: 8, perDevice: 2 },
}
const seed = '0123456789abcdef'

/** What has been saved, in memory: the whole of the interface, nothing of a database. */
function memoryStore(): InspectionStore {
  const kept = new Map<string, { inspection: Inspection; population: readonly PopulationMember[] }>()
  const reviews: Review[] = []
  const change = (id: string, news: (inspection: Inspection) => Partial<Inspection>): void => {
    const found = kept.get(id)
    if (found) kept.set(id, { ...found, inspection: { ...found.inspection, ...news(found.inspection) } })
  }
  return {
    saveInspection: async (inspection, population) => void kept.set(inspection.id, { inspection, population }),
    saveCheck: async (id, check) => change(id, ({ checks }) => ({ checks: [...checks, check] })),
    finish: async (id, state, finishedAtMs) => change(id, () => ({ state, finishedAtMs })),
    inspection: async (id) => kept.get(id)?.inspection,
    population: async (id) => kept.get(id)?.population ?? [],
    inspections: async (limit) => [...kept.values()].map(({ inspection }) => inspection).reverse().slice(0, limit),
    saveReview: async (review) => void reviews.push(review),
    reviews: async (id) => reviews.filter(({ inspection }) => inspection === id),
    interruptRunning: async () => 0,
  }
}

const local = { host: '192.0.2.10', port: 5060 }
const remote = { host: '198.51.100.7', port: 5060 }
const mediaPort = 30_000

const message = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
const common = (method: string): readonly string[] => ['Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1', 'From: <sip:34020000002000000001@3402000000>;tag=1', 'To: <sip:32011600001320000001@3402000000>;tag=2', 'Call-ID: 1', `CSeq: 1 ${method}`]

const typeOf = (codec: VideoCodec, nal: Buffer): number => (codec === 'h264' ? (nal[0] ?? 0) & 0x1f : ((nal[0] ?? 0) >> 1) & 0x3f)
const isSlice = (codec: VideoCodec, nal: Buffer): boolean => (codec === 'h264' ? [1, 5].includes(typeOf(codec, nal)) : typeOf(codec, nal) < 32)
const isIdr = (codec: VideoCodec, nal: Buffer): boolean => (codec === 'h264' ? typeOf(codec, nal) === 5 : [19, 20].includes(typeOf(codec, nal)))

const asked = (transport: MediaTransport = 'udp'): Script => [{ does: 'asked', transport }, { does: 'answers', status: 100, reason: 'Trying', waitMs: 1 }]
const answered: Script = [{ does: 'answers', status: 200, reason: 'OK', agent: 'Camera 1.0', waitMs: 5 }]
const streams = (codec: VideoCodec, transport: MediaTransport, units = unitsOf(codec)): Script => [
  ...asked(transport),
  ...answered,
  { does: 'sends', bytes: sendable(codec, [...units, ...units], transport), waitMs: 5 },
  { does: 'lives', isCold: true },
]
const h264 = unitsOf('h264')
const garbled = h264.map((unit) => unit.map((nal, n) => (isSlice('h264', nal) ? Buffer.concat([nal.subarray(0, 1), seededBytes(n)(300).map((byte) => byte | 1)]) : nal)))
const strange = Array.from({ length: 80 }, (_, n) => packetize(Buffer.from(seededBytes(n)(1400).map((byte) => byte | 1)), { payloadType: 96, ssrc: 9, timestamp: n, firstSequence: n, maxPayload: 1400 })).flat()
const endsMidway: Script = [...asked(), ...answered, { does: 'sends', bytes: sendable('h264', h264.slice(0, 8), 'udp') }, { does: 'lives', isCold: true }]

/** Each camera by its name: what it does, and what an inspection must say. */
const cameras: Readonly<Record<string, { readonly scripts: readonly Script[]; readonly verdict: string; readonly outcomes: string; readonly own?: Partial<PopulationMember> }>> = {
  healthy: { scripts: [streams('h264', 'udp')], verdict: 'pass', outcomes: 'ok ok' },
  'healthy-h265-tcp': { scripts: [streams('h265', 'tcp-passive')], verdict: 'pass', outcomes: 'ok ok' },
  frozen: { scripts: [streams('h264', 'tcp-passive', h264.slice(0, 5).concat(h264.slice(0, 5)))], verdict: 'fail frozen', outcomes: 'ok ok' },
  busy: { scripts: [[...asked(), { does: 'answers', status: 486, reason: 'Busy Here', agent: 'Platform 2' }, { does: 'fails', reason: 'refused', detail: '486' }]], verdict: 'fail refused', outcomes: 'refused refused' },
  silent: { scripts: [[{ does: 'asked', transport: 'udp' }]], verdict: 'fail no-answer', outcomes: 'no-answer no-answer' },
  mute: { scripts: [[...asked(), ...answered]], verdict: 'fail no-media', outcomes: 'no-media no-media' },
  unregistered: { scripts: [[{ does: 'fails', reason: 'not-registered', detail: 'no device lists it' }]], verdict: 'fail not-registered', outcomes: 'not-registered not-registered' },
  'no-port': { scripts: [[{ does: 'fails', reason: 'no-port', detail: 'all ports are in use' }]], verdict: 'review no-answer', outcomes: 'no-answer no-answer no-answer' },
  'not-ps': { scripts: [[...asked(), ...answered, { does: 'sends', bytes: strange }]], verdict: 'fail wrong-container', outcomes: 'wrong-container wrong-container' },
  'no-keyframe': { scripts: [[...asked(), ...answered, { does: 'sends', bytes: sendable('h264', h264.slice(1, 5), 'udp') }]], verdict: 'fail no-keyframe', outcomes: 'no-keyframe no-keyframe' },
  garbled: { scripts: [streams('h264', 'udp', garbled)], verdict: 'fail undecodable', outcomes: 'undecodable undecodable' },
  'hangs-up': { scripts: [[...endsMidway, { does: 'hangs-up', waitMs: 20 }, { does: 'ends', reason: 'BYE' }]], verdict: 'review lost-midway', outcomes: 'lost-midway lost-midway' },
  'closes-tcp': { scripts: [[...endsMidway, { does: 'ends', reason: 'connection closed', waitMs: 20 }]], verdict: 'review lost-midway', outcomes: 'lost-midway lost-midway' },
  'second-try': { scripts: [[...asked(), { does: 'fails', reason: 'no-answer', detail: '' }], streams('h264', 'udp')], verdict: 'review first-attempt-failed', outcomes: 'no-answer ok' },
  'second-fails': { scripts: [streams('h264', 'udp'), [...asked(), { does: 'fails', reason: 'no-answer', detail: '' }]], verdict: 'review later-attempt-failed', outcomes: 'ok no-answer' },
  disagrees: { scripts: [streams('h264', 'tcp-passive', h264.slice(0, 5).concat(h264.slice(0, 5))), streams('h264', 'udp')], verdict: 'review frozen attempts-disagree', outcomes: 'ok ok' },
  watched: { scripts: [[{ does: 'lives', isCold: false }, { does: 'sends', bytes: sendable('h264', [...h264.slice(3), ...h264, ...h264], 'udp'), waitMs: 5 }]], verdict: 'review joined-running', outcomes: 'ok ok' },
  'no-coordinates': {
    scripts: [streams('h265', 'udp')],
    verdict: 'review record-incomplete',
    outcomes: 'ok ok',
    own: { longitude: '', findings: [{ field: 'longitude', rule: 'coordinates.missing', severity: 'error', message: { zh: '缺', en: 'missing' } }] },
  },
}
const member = (name: string): PopulationMember => ({
  id: name, name, class: '1', area: '320116', owner: 'o', policeUnit: 'p', networking: 'networked', functionType: '5', longitude: '118.8', latitude: '32.3', builtBy: '1', findings: [], ...cameras[name]?.own,
})

function open(folder: string, names: readonly string[], over: Partial<InspectionsDeps> = {}): { inspections: Inspections; tap: ReturnType<typeof scriptedTap>; store: InspectionStore } {
  const tap = scriptedTap(systemClock, (name) => cameras[name]?.scripts ?? [])
  const store = memoryStore()
  const inspections = createInspections({ store, population: async () => names.map(member), tap, decoder, createPipeline, readSignal, clock: systemClock, random: systemRandom, log: silentLog, evidenceDir: folder, software, ...over })
  return { inspections, tap, store }
}
const strata = [{ class: '1', count: 99 }]

t.test('an inspection of every kind of camera, and its verdicts again from the recordings alone', async (t) => {
  const folder = t.testdir()
  const { inspections, tap, store } = open(folder, Object.keys(cameras))
  const begun = await inspections.start({ area: '320116', seed, strata, rules, by: 'assessor' })
  t.match(begun, { state: 'running', total: Object.keys(cameras).length, createdBy: 'assessor', draw: { seed } })
  const heard: InspectionEvent[] = []
  inspections.on(begun.id, (event) => heard.push(event))
  const done = await inspections.finished(begun.id)
  t.equal(done.state, 'done')
  t.equal(tap.open(), 0, 'every stream was left')

  for (const check of done.checks) {
    const expected = cameras[check.camera.id]
    t.equal([check.verdict.result, ...check.verdict.reasons].join(' '), expected?.verdict, `${check.camera.id}: verdict`)
    t.equal(check.attempts.map(({ outcome }) => outcome).join(' '), expected?.outcomes, `${check.camera.id}: attempts`)
    for (const { file, sha256 } of check.evidence) t.equal(createHash('sha256').update(readFileSync(join(folder, begun.id, file))).digest('hex'), sha256, file)
  }
  const of = (name: string) => done.checks.find(({ camera }) => camera.id === name)
  t.match(of('busy')?.attempts[0], { sipStatus: 486, hop: 'Platform 2', detail: 'Busy Here' })
  t.match(of('not-ps')?.stream, { container: 'other', packets: strange.length })
  t.match(of('healthy-h265-tcp'), { stream: { codec: 'h265', width: 128, height: 96, fps: 25, transport: 'tcp-passive', container: 'ps', lossRate: 0 }, picture: { present: true, samples: 3 } })
  const { ok = 0, firstPacket = 0, firstKeyframe = 0, firstPicture = 0 } = of('healthy')?.attempts[0]?.times ?? {}
  t.ok(0 < ok && ok < firstPacket && firstPacket <= firstKeyframe && firstKeyframe < firstPicture, `times ${ok} ${firstPacket} ${firstKeyframe} ${firstPicture}`)
  t.equal(of('healthy')?.responseMs, firstPicture)
  t.notOk('responseMs' in (of('watched') ?? {}))
  t.same(of('watched')?.attempts[0]?.times, {})

  const count = (type: InspectionEvent['type']): number => heard.filter((event) => event.type === type).length
  t.equal(count('check-done'), done.total)
  t.equal(count('attempt'), done.checks.reduce((sum, { attempts }) => sum + attempts.length, 0))
  t.same(heard.at(-1), { type: 'finished', inspection: begun.id, state: 'done' })

  const list = readFileSync(join(folder, begun.id, 'population.tsv'))
  t.equal(createHash('sha256').update(list).digest('hex'), done.draw.population.sha256, 'sha256sum of the published list')
  t.same(JSON.parse(readFileSync(join(folder, begun.id, 'population.json'), 'utf8')), await inspections.population(begun.id))
  t.notOk(readdirSync(join(folder, begun.id), { recursive: true }).some((name) => String(name).endsWith('.part')), 'nothing half-written')
  t.same((await store.inspection(begun.id))?.checks.length, done.total)
  t.match(await inspections.report(begun.id), { inspection: { id: begun.id, software, ruleSet: { name: 'quick' } }, summary: { passed: { numerator: 2 } } })

  let replayed = 0
  for await (const { file, kept, computed, differences, remarks } of replay(join(folder, begun.id), { decoder, createPipeline, readSignal, software })) {
    t.same(differences, [], file)
    t.same(remarks, [])
    t.equal(computed.verdict.result, kept?.verdict.result)
    replayed++
  }
  t.equal(replayed, done.total)

  t.test('a verdict that was changed, other rules and another program are seen', async (t) => {
    const recordings = join(folder, begun.id, 'recordings')
    const name = readdirSync(recordings).find((each) => each.endsWith('-healthy.pcapng')) ?? ''
    const beside = join(recordings, name.replace('.pcapng', '.json'))
    const kept = readFileSync(beside, 'utf8')
    writeFileSync(beside, kept.replace('"result": "pass",\n  "reasons": []', '"result": "fail",\n  "reasons": []'))
    for await (const { differences, remarks } of replay([join(recordings, name)], { decoder, createPipeline, readSignal, software: 'yiji later' }, { rules: { ...rules, name: 'slow-is-bad', response: { slowMs: 0 } } })) {
      t.same(differences, ['verdict.result: "fail" → "review"', 'verdict.reasons.0: absent → "slow-response"'])
      t.same(remarks, ['recorded by yiji test, computed by yiji later', 'judged by quick 1, computed by slow-is-bad 1'])
    }
    writeFileSync(beside, kept)
    writeFileSync(join(recordings, '99-broken.pcapng'), readFileSync(join(recordings, name)).subarray(0, 1001))
    let seen = 0
    await t.rejects(async () => {
      for await (const _ of replay(recordings, { decoder, createPipeline, readSignal, software })) seen++
    }, { code: 'recording.invalid', message: /99-broken/ })
    t.equal(seen, done.total, 'the others are replayed all the same')
  })
})

t.test('a decoder that dies costs an attempt, not the camera; over a recording it costs nothing', async (t) => {
  for (const moment of ['during', 'after'] as const) {
    const folder = t.testdir()
    const { inspections } = open(folder, ['healthy'], { decoder: await mortalDecoder(t, moment, 1) })
    const { id } = await inspections.start({ area: '320116', seed, rules, by: 'x' })
    const [check] = (await inspections.finished(id)).checks
    t.match(check?.attempts, [{ isOurFault: true }, { outcome: 'ok' }], `killed ${moment} a picture`)
    t.same(check?.verdict, { result: 'pass', reasons: [] })
    for (const again of [decoder, await mortalDecoder(t, 'during', 2), await mortalDecoder(t, 'after', 2)]) {
      for await (const { differences } of replay(join(folder, id), { decoder: again, createPipeline, readSignal, software })) t.same(differences, [], `replayed after ${moment}`)
    }
  }
})

/** A real decoder whose only child is killed once: during or after the `nth` picture it is given. */
async function mortalDecoder(t: Test, moment: 'during' | 'after', nth: number): Promise<Decoder> {
  const mortal = openDecoder({ children: 1, clock: systemClock, log: silentLog })
  t.teardown(() => mortal.close())
  const child = Number(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').at(-1))
  await mortal.open(rules).push({ codec: 'h264', nalUnits: h264[0] ?? [] })
  let given = 0
  return {
    ...mortal,
    open: (ruleSet) => {
      const session = mortal.open(ruleSet)
      return {
        ...session,
        push: async (keyframe) => {
          const isIts = ++given === nth
          const outcome = session.push(keyframe)
          if (isIts && moment === 'during') {
            process.kill(child, 'SIGSTOP')
            systemClock.after(50, () => process.kill(child, 'SIGKILL'))
          }
          const answer = await outcome
          if (isIts && moment === 'after') {
            process.kill(child, 'SIGKILL')
            // Its end is noticed before the next picture comes.
            await new Promise<void>((done) => systemClock.after(50, done))
          }
          return answer
        },
      }
    },
  }
}

t.test('a full recording ends the sampling: what is not kept is not judged', async (t) => {
  const folder = t.testdir()
  const { inspections } = open(folder, ['healthy'], { recordingLimitBytes: 6_000 })
  const { id } = await inspections.start({ area: '320116', seed, rules, by: 'x' })
  const [check] = (await inspections.finished(id)).checks
  t.match(check, { attempts: [{ outcome: 'ok' }], verdict: { result: 'review', reasons: ['too-few-pictures'] } })
  t.ok(readFileSync(join(folder, id, check?.evidence[0]?.file ?? '')).length < 9_000)
  for await (const { differences } of replay(join(folder, id), { decoder, createPipeline, readSignal, software })) t.same(differences, [])
})

t.test('cancelled or closed in the middle: streams are left, files are gone, the state says so', async (t) => {
  for (const state of ['cancelled', 'interrupted'] as const) {
    const folder = t.testdir()
    const patient = { ...rules, timeouts: { answerMs: 30_000, firstPacketMs: 30_000, firstKeyframeMs: 30_000 } }
    const { inspections, tap, store } = open(folder, ['silent', 'mute', 'healthy'])
    const { id } = await inspections.start({ area: '320116', seed, rules: patient, by: 'x' })
    while ((await inspections.get(id))?.checks.length === 0 || tap.joins.length < 3) await new Promise<void>((resolve) => void systemClock.after(5, resolve))
    if (state === 'cancelled') t.match(await inspections.cancel(id), { state })
    else await inspections.close()
    t.equal(tap.open(), 0)
    t.match(await store.inspection(id), { state, checks: [{ camera: { id: 'healthy' } }] })
    t.same(readdirSync(join(folder, id, 'recordings')).length, 2, 'the finished check alone')
    t.match(await inspections.finished(id), { state })
    if (state === 'cancelled') await t.rejects(inspections.cancel(id), { code: 'not-found' })
    else await t.rejects(inspections.start({ area: '320116', by: 'x' }), { code: 'busy' })
  }
})

t.test('limits: few per device, few inspections, and a seed that is made', async (t) => {
  const folder = t.testdir()
  const tap = scriptedTap(systemClock, () => [[{ does: 'asked', transport: 'udp' }]], () => 'one-recorder')
  const { inspections } = open(folder, ['a', 'b', 'c', 'd'], { tap })
  const begun = [await inspections.start({ area: '320116', rules, by: 'x' }), await inspections.start({ area: '320116', rules, by: 'x' })]
  await new Promise<void>((resolve) => void systemClock.after(30, resolve))
  t.equal(tap.open(), 2, 'two of one device, over both inspections')
  t.match(begun[0]?.draw.seed, /^[0-9a-f]{32}$/)
  begun.push(await inspections.start({ area: '320116', rules, by: 'x' }), await inspections.start({ area: '320116', rules, by: 'x' }))
  await t.rejects(inspections.start({ area: '320116', rules, by: 'x' }), { code: 'inspection.busy' })
  t.equal((await inspections.list(3)).length, 3)
  await inspections.close()
  t.equal(tap.open(), 0)
  for (const { id } of begun) t.equal((await inspections.get(id))?.state, 'interrupted')
})

t.test('what cannot start says why, and leaves nothing', async (t) => {
  const folder = t.testdir({ file: '' })
  const { inspections } = open(folder, ['healthy'])
  const start = { area: '320116', by: 'x' }
  await t.rejects(inspections.start({ ...start, seed: 'xyz' }), { code: 'draw.invalid' })
  await t.rejects(inspections.start({ ...start, rules: 'unknown' }), { code: 'request.invalid' })
  await t.rejects(inspections.start({ ...start, strata: [{ class: '3', count: 5 }] }), { code: 'draw.invalid', message: /320116 has 1 cameras/ })
  t.same(await inspections.list(10), [])
  t.same(readdirSync(folder), ['file'])
  await t.rejects(open(join(folder, 'file'), ['healthy']).inspections.start(start), { code: 'data.unwritable' })
  await t.rejects(inspections.report('none'), { code: 'not-found' })
  await t.rejects(inspections.review({ inspection: 'none', n: 1, result: 'pass', reason: 'r', by: 'x' }), { code: 'not-found' })
})

t.test('a person’s word stands beside the machine’s', async (t) => {
  const { inspections } = open(t.testdir(), ['busy'])
  const { id } = await inspections.start({ area: '320116', rules, by: 'x' })
  await inspections.finished(id)
  const review = await inspections.review({ inspection: id, n: 1, result: 'pass', reason: 'planned works', by: 'chief' })
  t.same(await inspections.reviews(id), [review])
  t.equal((await inspections.get(id))?.checks[0]?.verdict.result, 'fail')
  await t.rejects(inspections.review({ inspection: id, n: 2, result: 'pass', reason: 'r', by: 'x' }), { code: 'not-found' })
  await t.rejects(inspections.review({ inspection: id, n: 1, result: 'pass', reason: ' ', by: 'x' }), { code: 'request.invalid' })
})

t.test('a disk that does not take the recording ends the inspection, not the process', async (t) => {
  const folder = t.testdir()
  const { inspections, tap } = open(folder, ['silent', 'mute'])
  const { id } = await inspections.start({ area: '320116', rules, by: 'x' })
  t.ok(existsSync(join(folder, id)))
  const { rm } = await import('node:fs/promises')
  await rm(join(folder, id, 'recordings'), { recursive: true })
  t.equal((await inspections.finished(id)).state, 'interrupted')
  t.equal(tap.open(), 0)
})

// A tap whose cameras say real bytes: SIP text, and program streams in RTP over UDP or TCP, from fixtures/h26x.

/** One thing a camera does; `waitMs` passes before it. */
type Act =
  | { readonly does: 'asked'; readonly transport: MediaTransport }
  | { readonly does: 'answers'; readonly status: number; readonly reason: string; readonly agent?: string }
  | { readonly does: 'sends'; readonly bytes: readonly Buffer[] }
  | { readonly does: 'hangs-up' }
  | { readonly does: 'lives'; readonly isCold: boolean }
  | { readonly does: 'fails'; readonly reason: string; readonly detail: string }
  | { readonly does: 'ends'; readonly reason: string }

type Script = readonly (Act & { readonly waitMs?: number })[]

function invite(transport: MediaTransport): Buffer {
  const sdp = ['v=0', 'o=- 0 0 IN IP4 192.0.2.10', 's=Play', 'c=IN IP4 192.0.2.10', 't=0 0', `m=video ${mediaPort} ${transport === 'udp' ? 'RTP/AVP' : 'TCP/RTP/AVP'} 96`, 'a=recvonly', 'a=rtpmap:96 PS/90000', ...(transport === 'udp' ? [] : ['a=setup:passive', 'a=connection:new']), 'y=0116000001', ''].join('\r\n')
  return Buffer.concat([message('INVITE sip:32011600001320000001@3402000000 SIP/2.0', ...common('INVITE'), 'Content-Type: application/sdp', `Content-Length: ${sdp.length}`), Buffer.from(sdp)])
}

/** `scriptsOf`: what a camera does at its first, second … joining; the last is repeated. */
function scriptedTap(clock: Clock, scriptsOf: (camera: string) => readonly Script[], deviceOf: (camera: string) => string | undefined = (camera) => camera): Tap & { readonly joins: string[]; readonly open: () => number } {
  const joins: string[] = []
  let open = 0
  const join: Tap['join'] = (camera, onWire, onEnd): TapSession => {
    const scripts = scriptsOf(camera)
    const script = scripts[Math.min(joins.filter((each) => each === camera).length, scripts.length - 1)] ?? []
    joins.push(camera)
    open++
    const { promise: joined, resolve } = Promise.withResolvers<Awaited<TapSession['joined']>>()
    let isLeft = false
    let transport: MediaTransport = 'udp'
    const signal = (direction: 'in' | 'out', bytes: Buffer): void => onWire({ layer: 'signal', direction, atUs: clock.nowUs(), transport: 'udp', local, remote, bytes })
    const media = (bytes: Buffer): void => {
      onWire({ layer: 'media', direction: 'in', atUs: clock.nowUs(), transport: transport === 'udp' ? 'udp' : 'tcp', local: { ...local, port: mediaPort }, remote: { ...remote, port: 40_000 }, bytes })
    }
    const play = (at: number): void => {
      const act = script[at]
      if (!act || isLeft) return
      const perform = (): void => {
        if (isLeft) return
        if (act.does === 'asked') {
          transport = act.transport
          signal('out', invite(act.transport))
        } else if (act.does === 'answers') signal('in', message(`SIP/2.0 ${act.status} ${act.reason}`, ...common('INVITE'), ...(act.agent === undefined ? [] : [`User-Agent: ${act.agent}`]), 'Content-Length: 0'))
        else if (act.does === 'sends') act.bytes.forEach(media)
        else if (act.does === 'hangs-up') signal('in', message('BYE sip:34020000002000000001@192.0.2.10 SIP/2.0', ...common('BYE'), 'Content-Length: 0'))
        else if (act.does === 'lives') resolve({ ok: true, isCold: act.isCold })
        else if (act.does === 'fails') resolve({ ok: false, reason: act.reason, detail: act.detail })
        else onEnd(act.reason)
        play(at + 1)
      }
      clock.after(act.waitMs ?? 0, perform)
    }
    play(0)
    return {
      joined,
      leave: async () => {
        if (isLeft) return
        isLeft = true
        open--
        resolve({ ok: false, reason: 'stopped', detail: 'left' })
        if (script.some(({ does }) => does === 'asked')) signal('out', message('BYE sip:32011600001320000001@198.51.100.7 SIP/2.0', ...common('BYE'), 'Content-Length: 0'))
      },
    }
  }
  return { join, deviceOf: async (camera) => deviceOf(camera), joins, open: () => open }
}

/** Access units of an Annex B fixture: parameter sets and one slice each. */
function unitsOf(codec: VideoCodec, fixture = `plain.${codec}`): readonly (readonly Buffer[])[] {
  const units: Buffer[][] = [[]]
  for (const nal of splitAnnexB(readFileSync(new URL(`../../fixtures/h26x/${fixture}`, import.meta.url)))) {
    units.at(-1)?.push(nal)
    if (isSlice(codec, nal)) units.push([])
  }
  return units.slice(0, -1)
}

/** Access units as a camera sends them: 25 a second, a pack each, in RTP; over TCP in chunks that cut the packets anywhere. */
function sendable(codec: VideoCodec, units: readonly (readonly Buffer[])[], transport: MediaTransport, from = 0): readonly Buffer[] {
  const muxer = createPsMuxer({ codec })
  let firstSequence = 65_530 + from * 100
  const packets = units.flatMap((nalUnits, index) => {
    const pts90k = (from + index) * 3600
    const pack = muxer.push({ nalUnits, pts90k, isKeyframe: nalUnits.some((nal) => isIdr(codec, nal)) })
    const frame = packetize(pack, { payloadType: 96, ssrc: 0x01020304, timestamp: pts90k, firstSequence, maxPayload: 1400 })
    firstSequence += frame.length
    return frame
  })
  if (transport === 'udp') return packets
  const stream = Buffer.concat(packets.map(frameRfc4571))
  return Array.from({ length: Math.ceil(stream.length / 997) }, (_, n) => stream.subarray(n * 997, (n + 1) * 997))
}
