import t, { type Test } from 'tap'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { seededBytes, silentLog, systemClock, systemRandom } from '../base/index.ts'
import { createSessionPipeline as createPipeline, packetize, type MediaTransport, type VideoCodec } from '../media/index.ts'
import { readSignal } from '../sip/index.ts'
import { createInspections, defaultRules, openDecoder, replay, type Decoder, type InspectionEvent, type Inspections, type InspectionsDeps, type InspectionStore, type PopulationMember, type RuleSet } from './index.ts'
import { isSlice, memoryStore, scriptedTap, sendable, unitsOf, type Script } from './test/scripted.ts'

const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
t.teardown(() => decoder.close())
const software = 'yiji test'
/** The fixtures' keyframes come every fifth frame and are sent at once: pictures need no spacing. */
const rules: RuleSet = {
  ...defaultRules,
  name: 'quick',
  version: 1,
  betweenAttemptsMs: 10,
  timeouts: { answerMs: 300, firstPacketMs: 450, firstKeyframeMs: 700 },
  sampling: { pictures: 3, spacingMs: 0, windowMs: 500 },
  // A slope with a square at 128x96 is no scene to measure sharpness on.
  judgement: { 'undetermined-sharpness': 'note' },
  sharpness: { ...defaultRules.sharpness, clearBelowPx: 20, unclearFromPx: 20, minHeight: 0 },
  response: { slowMs: 300_000 },
  concurrency: { total: 8, perDevice: 2 },
}
const seed = '0123456789abcdef'

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
const cameras: Record<string, { readonly scripts: readonly Script[]; readonly verdict: string; readonly outcomes: string; readonly own?: Partial<PopulationMember> }> = {
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
  const { trying = 0, ok = 0, firstPacket = 0, firstKeyframe = 0, firstPicture = 0 } = of('healthy')?.attempts[0]?.times ?? {}
  t.ok(0 < trying && trying < ok && ok < firstPacket && firstPacket <= firstKeyframe && firstKeyframe < firstPicture, `times ${ok} ${firstPacket} ${firstKeyframe} ${firstPicture}`)
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
    t.match(check?.verdict, { result: 'pass', reasons: { length: 0 } })
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

t.test('cancelled or closed in the middle: streams are left, the state says so, what was cut goes on', async (t) => {
  for (const state of ['cancelled', 'running'] as const) {
    const folder = t.testdir()
    const patient = { ...rules, timeouts: { answerMs: 30_000, firstPacketMs: 30_000, firstKeyframeMs: 30_000 } }
    const { inspections, tap, store } = open(folder, ['silent', 'mute', 'healthy'])
    const { id } = await inspections.start({ area: '320116', seed, rules: patient, by: 'x' })
    while ((await inspections.get(id))?.checks.length === 0 || tap.joins.length < 3) await new Promise<void>((resolve) => void systemClock.after(5, resolve))
    if (state === 'cancelled') t.match(await inspections.cancel(id), { state })
    else await inspections.close()
    t.equal(tap.open(), 0)
    t.match(await store.inspection(id), { state, checks: [{ camera: { id: 'healthy' } }] })
    const left = readdirSync(join(folder, id, 'recordings')).filter((name) => name.endsWith('.part'))
    t.match(await inspections.finished(id), { state })
    if (state === 'cancelled') {
      t.same(left, [], 'files of checks that were not finished are gone')
      await t.rejects(inspections.cancel(id), { code: 'not-found' })
      await t.rejects(inspections.resume(id), { code: 'conflict' })
      continue
    }
    t.equal(left.length, 2, 'what was recorded of the two stays')
    await t.rejects(inspections.start({ area: '320116', by: 'x' }), { code: 'busy' })
    const next = open(folder, ['silent', 'mute', 'healthy'], { store })
    t.equal(await next.inspections.pickUpUnfinished(), 1)
    while (next.tap.joins.length < 2) await new Promise<void>((resolve) => void systemClock.after(5, resolve))
    t.match(await next.inspections.outline(id), { state: 'running', progress: { total: 3, done: 1, running: 2, waiting: 0 } })
    t.same(next.tap.joins.filter((camera) => camera === 'healthy'), [], 'what is done is not done again')
    t.equal(readdirSync(join(folder, id, 'recordings')).filter((name) => name.endsWith('.1.cut')).length, 2, 'and has a name of its own')
    await next.inspections.close()
    const last = open(folder, ['silent', 'mute', 'healthy'], { store })
    cameras['silent'] = { ...cameras['busy']!, verdict: '' }
    cameras['mute'] = { ...cameras['busy']!, verdict: '' }
    // A page that is open over the restart asks again before the inspection is picked up.
    const heard: string[] = []
    last.inspections.on(id, ({ type }) => heard.push(type))
    last.inspections.on(id, () => t.fail('who has gone hears nothing'))()
    t.equal(await last.inspections.pickUpUnfinished(), 1)
    const done = await last.inspections.finished(id)
    t.match(done, { state: 'done', resumedAtMs: { length: 2 }, checks: { length: 3 } })
    t.same([heard[0], heard.filter((type) => type === 'check-done').length, heard.at(-1)], ['progress', 2, 'finished'], 'and is told of all of it')
    t.same(done.checks.map(({ cutBefore }) => cutBefore).sort(), [2, 2, undefined], 'each says how often it was cut')
    t.same(await last.inspections.pickUpUnfinished(), 0)
    for await (const { differences } of replay(join(folder, id), { decoder, createPipeline, readSignal, software })) t.same(differences, [])
  }
})

t.test('limits: few per device, few inspections, and a seed that is made', async (t) => {
  const folder = t.testdir()
  const tap = scriptedTap(systemClock, () => [[{ does: 'asked', transport: 'udp' }]], () => [{ id: 'one-recorder', kind: 'device' }])
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
  for (const { id } of begun) t.equal((await inspections.get(id))?.state, 'running', 'the next service goes on with it')
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

t.test('a disk that does not take the recording pauses the inspection, which goes on when it does', async (t) => {
  const folder = t.testdir()
  const { inspections, tap, store } = open(folder, ['busy', 'mute'])
  const heard: InspectionEvent[] = []
  const { id } = await inspections.start({ area: '320116', rules, by: 'x' })
  inspections.on(id, (event) => heard.push(event))
  await rm(join(folder, id, 'recordings'), { recursive: true })
  while ((await inspections.outline(id))?.state !== 'paused' || tap.open() > 0) await new Promise<void>((resolve) => void systemClock.after(5, resolve))
  t.match(await store.outline(id), { state: 'paused', pausedBecause: { code: 'data.unwritable' } })
  t.match(await inspections.outline(id), { pausedBecause: { code: 'data.unwritable' }, progress: { done: 0, waiting: 2 } })
  t.match(heard.at(-1), { type: 'progress', state: 'paused' })
  await mkdir(join(folder, id, 'recordings'))
  t.match(await inspections.resume(id), { state: 'running', resumedAtMs: { length: 1 } })
  const done = await inspections.finished(id)
  t.match(done, { state: 'done', checks: [{ verdict: { result: 'fail' } }, { verdict: { result: 'fail' } }] })
  t.notOk('pausedBecause' in done)
})

t.test('once an attempt was ok the next one takes fewer pictures; it cannot say that a frozen one moves, and replays alike', async (t) => {
  const folder = t.testdir()
  const { inspections } = open(folder, ['healthy', 'frozen', 'second-try'])
  const brief = { ...rules, sampling: { ...rules.sampling, pictures: 3, again: 1 } }
  const { id } = await inspections.start({ area: '320116', seed, rules: brief, by: 'x' })
  const { checks } = await inspections.finished(id)
  const of = (camera: string) => checks.find((check) => check.camera.id === camera)
  t.same(of('healthy')?.attempts.map(({ pictures }) => pictures.length), [3, 1])
  t.equal(of('healthy')?.verdict.result, 'pass')
  t.same(of('second-try')?.attempts.map(({ pictures }) => pictures.length), [0, 3], 'the first that is ok is looked at in full')
  t.match(of('frozen')?.verdict, { result: 'fail', reasons: ['frozen'] })
  for await (const { differences } of replay(join(folder, id), { decoder, createPipeline, readSignal, software })) t.same(differences, [])
})

t.test('what this service began is not what the one before it left: picked up once, conducted once', async (t) => {
  const { inspections, tap } = open(t.testdir(), ['healthy', 'busy'])
  const starting = inspections.start({ area: '320116', seed, rules, by: 'x' })
  const looks = [inspections.pickUpUnfinished()]
  for (let n = 0; n < 200; n++) {
    await new Promise(setImmediate)
    if (n % 10 === 0) looks.push(inspections.pickUpUnfinished())
  }
  const { id } = await starting
  looks.push(inspections.pickUpUnfinished())
  t.same([...new Set(await Promise.all(looks))], [0])
  const done = await inspections.finished(id)
  t.match(done, { state: 'done', checks: { length: 2 } })
  t.notOk(done.resumedAtMs)
  t.equal(tap.joins.length, done.checks.reduce((sum, { attempts }) => sum + attempts.length, 0), 'each camera is asked as often as its attempts say')
})

t.test('paused: what is under way is finished, nothing begins; a restart leaves it paused', async (t) => {
  const folder = t.testdir()
  const one = { ...rules, concurrency: { total: 1, perDevice: 1 } }
  const { inspections, tap, store } = open(folder, ['busy', 'healthy', 'mute'])
  const { id } = await inspections.start({ area: '320116', rules: one, by: 'x' })
  t.match(await inspections.pause(id), { state: 'paused' })
  while (tap.open() > 0 || (await inspections.outline(id))?.counts?.done !== 1) await new Promise<void>((resolve) => void systemClock.after(5, resolve))
  t.match(await inspections.outline(id), { state: 'paused', progress: { done: 1, running: 0, waiting: 2 }, counts: { done: 1 } })
  await inspections.close()
  const next = open(folder, ['busy', 'healthy', 'mute'], { store })
  t.equal(await next.inspections.pickUpUnfinished(), 1)
  t.match(await next.inspections.outline(id), { state: 'paused', progress: { done: 1, waiting: 2 } })
  t.same(next.tap.joins, [])
  await next.inspections.resume(id)
  t.match(await next.inspections.finished(id), { state: 'done', checks: { length: 3 } })
  await t.rejects(next.inspections.pause(id), { code: 'not-found' })
})
