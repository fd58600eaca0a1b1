// A patrol that is held up: cancelled while it is paused or runs, cut by a restart beside another, on a disk that is really full. What is done stays.
import t from 'tap'
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { silentLog, systemClock, systemRandom } from '../base/index.ts'
import { createSessionPipeline as createPipeline } from '../media/index.ts'
import { readSignal } from '../sip/index.ts'
import { createInspections, createRecording, defaultRules, isPatrol, openDecoder, presets, replay, reportDocument, pageOf, type Check, type Inspections, type InspectionsDeps, type InspectionStore, type PictureContext, type PopulationMember, type RuleSet } from './index.ts'
import { textOf } from './report/test/samples.ts'
import { memoryStore, scriptedTap, sendable, unitsOf, type Script } from './test/scripted.ts'

t.setTimeout(180_000)
const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog, timeoutMs: 60_000 })
t.teardown(() => decoder.close())
const rules: RuleSet = {
  ...defaultRules, name: 'quick', betweenAttemptsMs: 5, timeouts: { answerMs: 400, firstPacketMs: 600, firstKeyframeMs: 900 }, sampling: { pictures: 3, spacingMs: 0, windowMs: 500 }, judgement: { 'undetermined-sharpness': 'note' },
  sharpness: { ...defaultRules.sharpness, clearBelowPx: 20, unclearFromPx: 20, minHeight: 0 }, response: { slowMs: 300_000 }, concurrency: { total: 1, perDevice: 1 },
}
const plain = unitsOf('h264')
const asked: Script = [{ does: 'asked', transport: 'udp' }, { does: 'answers', status: 200, reason: 'OK', agent: 'Camera 1.0', waitMs: 2 }]
const healthy: Script = [...asked, { does: 'sends', bytes: sendable('h264', [...plain, ...plain], 'udp'), waitMs: 5 }, { does: 'lives', isCold: true }]
const frozen: Script = [...asked, { does: 'sends', bytes: sendable('h264', [...plain.slice(0, 5), ...plain.slice(0, 5), ...plain.slice(0, 5)], 'udp'), waitMs: 5 }, { does: 'lives', isCold: true }]
const busy: Script = [{ does: 'asked', transport: 'udp' }, { does: 'answers', status: 486, reason: 'Busy Here' }, { does: 'fails', reason: 'refused', detail: '486' }]
const scripts: Readonly<Record<string, Script>> = { healthy, frozen, busy }
const member = (id: string): PopulationMember => ({ id, name: id, class: '1', area: '320116', owner: 'o', policeUnit: 'p', networking: 'networked', functionType: '5', longitude: '118.8', latitude: '32.3', builtBy: '1', findings: [] })
const plan = presets.find(isPatrol)!
const moment = (): Promise<void> => new Promise<void>((resolve) => void systemClock.after(5, resolve))
const start = { area: '320116', seed: '0123456789abcdef', rules, plan, by: 'x', redrawReason: 'test' }

/** Cameras by what they do and a number: healthy-1. */
function open(folder: string, names: readonly string[], store: InspectionStore = memoryStore(), more: Partial<InspectionsDeps> = {}): { readonly inspections: Inspections; readonly joins: readonly string[]; readonly isIdle: () => boolean; readonly store: InspectionStore } {
  const tap = scriptedTap(systemClock, (name) => [scripts[name.split('-')[0] ?? ''] ?? busy])
  const inspections = createInspections({ store, population: async () => names.map(member), tap, decoder, createPipeline, readSignal, clock: systemClock, random: systemRandom, log: silentLog, evidenceDir: folder, software: 'yiji test', isThinned: isPatrol, ...more })
  return { inspections, joins: tap.joins, isIdle: () => tap.open() === 0, store }
}
const done = async ({ head }: Inspections, id: string): Promise<number> => (await head(id))?.counts?.done ?? 0
const files = (folder: string, id: string, { n }: Check): readonly string[] => ['recordings', 'keyframes', 'pictures'].flatMap((part) => readdirSync(join(folder, id, part)).filter((name) => Number(name.slice(0, 2)) === n))

t.test('of a check that passes one picture is made; of one that does not, every keyframe and picture is there', async (t) => {
  const folder = t.testdir()
  const { inspections } = open(folder, ['healthy-1', 'frozen-1', 'busy-1'])
  const { id } = await inspections.start(start)
  const { checks } = await inspections.finished(id)
  const of = (name: string): Check => checks.find(({ camera }) => camera.id === name)!
  const kinds = (name: string): readonly string[] => of(name).evidence.map(({ kind }) => kind).sort()
  t.equal(of('healthy-1').verdict.result, 'pass')
  const seen = of('healthy-1').attempts.reduce((sum, { pictures }) => sum + pictures.length, 0)
  t.same(kinds('healthy-1'), [...Array.from({ length: seen }, () => 'keyframe'), 'picture', 'recording', 'verdict'], 'what is not kept is named with its hash')
  t.same(files(folder, id, of('healthy-1')).filter((name) => /h264|jpg/.test(name)).map((name) => name.replace(/^\d+-/, '')), ['healthy-1-1-1.jpg'])
  t.match(of('frozen-1').verdict, { result: 'fail', reasons: ['frozen'] })
  t.same(kinds('frozen-1').filter((kind) => kind === 'picture').length, of('frozen-1').attempts.reduce((sum, { pictures }) => sum + pictures.length, 0), 'its other pictures are made from the keyframes')
  for (const { file } of of('frozen-1').evidence) t.ok(existsSync(join(folder, id, file)), file)
  t.equal(of('busy-1').verdict.result, 'fail')
})

t.test('cancelled, while it runs and while it is paused: it is over at once, and keeps what it has', async (t) => {
  for (const isPaused of [false, true]) {
    const folder = t.testdir()
    const { inspections, joins, isIdle } = open(folder, ['busy-1', 'busy-2', 'busy-3', 'busy-4', 'healthy-1', 'healthy-2'])
    const { id } = await inspections.start(start)
    while ((await done(inspections, id)) < 2) await moment()
    if (isPaused) {
      await inspections.pause(id)
      while (!isIdle() || (await inspections.head(id))?.progress?.running !== 0) await moment()
    }
    const before = (await inspections.get(id))?.checks ?? []
    const asked_ = joins.length
    t.match(await inspections.cancel(id), { state: 'cancelled', counts: { done: Number } })
    const over = (await inspections.get(id))!
    t.ok(over.finishedAtMs)
    t.same(over.checks.slice(0, before.length), before, 'as it was')
    t.ok(over.checks.length < 6)
    for (const { evidence } of over.checks) for (const { file, kind } of evidence) if (kind !== 'keyframe') t.ok(existsSync(join(folder, id, file)), file)
    t.same(readdirSync(join(folder, id, 'recordings')).filter((name) => name.endsWith('.part')), [], 'and nothing half')
    t.match((await inspections.report(id)).checks.length, over.checks.length, 'it has its report')
    await moment()
    if (isPaused) t.equal(joins.length, asked_, 'nobody is asked any more')
    for (const act of ['pause', 'cancel'] as const) await t.rejects(inspections[act](id), { code: 'not-found' })
    await t.rejects(inspections.resume(id), { code: 'conflict' })
    t.equal(await inspections.pickUpUnfinished(), 0)
  }
})

t.test('a restart cuts one that runs and one that is paused: the first goes on by itself, the second waits', async (t) => {
  const folder = t.testdir()
  const names = ['busy-1', 'busy-2', 'busy-3', 'busy-4', 'busy-5', 'busy-6']
  const first = open(folder, names)
  const paused = await first.inspections.start(start)
  await first.inspections.pause(paused.id)
  while (!first.isIdle() || (await first.inspections.head(paused.id))?.progress?.running !== 0) await moment()
  const running = await first.inspections.start(start)
  while ((await done(first.inspections, running.id)) < 1) await moment()
  await first.inspections.close()
  const kept = { running: await done(first.inspections, running.id), paused: await done(first.inspections, paused.id) }
  t.ok(kept.running < 6 && kept.paused < 6)
  const next = open(folder, names, first.store)
  t.equal(await next.inspections.pickUpUnfinished(), 2)
  t.match(await next.inspections.finished(running.id), { state: 'done', resumedAtMs: { length: 1 }, checks: { length: 6 } })
  t.match(await next.inspections.head(paused.id), { state: 'paused', counts: { done: kept.paused }, progress: { waiting: 6 - kept.paused } })
  t.notOk((await next.inspections.head(paused.id))?.resumedAtMs)
  await next.inspections.resume(paused.id)
  t.match(await next.inspections.finished(paused.id), { state: 'done', resumedAtMs: { length: 1 }, checks: { length: 6 } })
})

t.test('a check that breaks by itself is tried again, and then kept as not checked: its recording says what broke, and a replay says the same', async (t) => {
  const folder = t.testdir()
  let broke = 0
  const contextOf = async (camera: string): Promise<PictureContext> => {
    if (camera === 'healthy-2' && ++broke > 0) throw new Error('a bug')
    return { atMs: 0, hour: 12 }
  }
  const { inspections } = open(folder, ['busy-1', 'healthy-2', 'busy-3', 'frozen-4', 'busy-5'], memoryStore(), { contextOf })
  const { id, draw } = await inspections.start(start)
  // A folder lies where keyframes go: they really cannot be written, which is of one check and not of the disk.
  const nameOf = (camera: string): string => `${String(draw.members.findIndex((each) => each.id === camera) + 1).padStart(2, '0')}-${camera}`
  mkdirSync(join(folder, id, 'keyframes', `${nameOf('frozen-4')}-1-1.h264`))
  // Nor can the recording of this one.
  mkdirSync(join(folder, id, 'recordings', `${nameOf('busy-5')}.pcapng`))
  const { state, checks } = await inspections.finished(id)
  const of = (name: string): Check => checks.find(({ camera }) => camera.id === name)!
  t.equal(state, 'done')
  t.equal(broke, 2)
  t.match(of('healthy-2'), { verdict: { result: 'review', reasons: ['not-checked'] }, broken: { code: 'internal', detail: 'a bug', tries: 2 }, attempts: { length: 0 }, evidence: [{ kind: 'recording' }, { kind: 'verdict' }] })
  t.match(of('frozen-4'), { verdict: { result: 'review', reasons: ['not-checked'] }, broken: { code: 'EISDIR', detail: /keyframes/, tries: 2 }, attempts: [{ outcome: 'ok' }, { outcome: 'ok' }], picture: undefined, responseMs: undefined })
  t.notOk(of('frozen-4').broken?.detail.includes(folder), 'where the evidence lies is not told')
  t.match(of('busy-5'), { verdict: { result: 'review', reasons: ['not-checked'] }, broken: { code: 'EISDIR', tries: 2 }, evidence: { length: 0 } })
  t.same(checks.flatMap(({ verdict }) => verdict.reasons).sort(), ['not-checked', 'not-checked', 'not-checked', 'refused', 'refused'], 'and none other is harmed')
  t.same(readdirSync(join(folder, id, 'recordings')).filter((name) => name.endsWith('.part')), [])
  rmSync(join(folder, id, 'recordings', `${nameOf('busy-5')}.pcapng`), { recursive: true })
  let replayed = 0
  for await (const { kept, computed, differences } of replay(join(folder, id, 'recordings'), { decoder, createPipeline, readSignal, software: 'yiji test' })) {
    t.ok(kept)
    t.same(differences, [], `${computed.camera.id} ${computed.verdict.reasons.join()}`)
    replayed++
  }
  t.equal(replayed, 4)
  const report = await inspections.report(id)
  t.match(report.summary, { review: { numerator: 3 }, failed: { numerator: 2 } })
  for (const [lang, words] of [['zh', '未能检查的原因'], ['en', 'why it could not be checked']] as const) t.match(await textOf(pageOf(reportDocument(report, lang), async () => undefined)), new RegExp(`${words}[\\s\\S]*EISDIR`), lang)
})

t.test('a disk that is really full (/dev/full): the inspection pauses and says so, no check is lost, none other is harmed', { skip: !existsSync('/dev/full') && 'no /dev/full here' }, async (t) => {
  const folder = t.testdir()
  const full = join(folder, 'full.pcapng')
  symlinkSync('/dev/full', `${full}.part`)
  const recording = await createRecording({ path: full, software: 'test', wallOffsetUs: 0 })
  recording.write({ kind: 'note', atUs: 1, note: { type: 'lag', attempt: 1, maxMs: 1 } })
  await t.rejects(recording.close(), { code: 'ENOSPC' })
  t.notOk(existsSync(full), 'what is not whole has no name')

  const { inspections, isIdle } = open(folder, ['frozen-1', 'busy-1'])
  const { id } = await inspections.start(start)
  const taken = ['01', '02'].map((n) => join(folder, id, 'keyframes', `${n}-frozen-1-1-1.h264.part`))
  for (const file of taken) symlinkSync('/dev/full', file)
  while ((await inspections.head(id))?.state !== 'paused' || !isIdle()) await moment()
  t.match(await inspections.head(id), { pausedBecause: { code: 'disk.full', detail: /ENOSPC/ } })
  for (const file of taken) rmSync(file, { force: true })
  await inspections.resume(id)
  const over = await inspections.finished(id)
  t.match(over, { state: 'done', checks: { length: 2 } })
  t.match(over.checks.map(({ verdict }) => verdict.reasons.join()).sort(), ['frozen', 'refused'])
  t.notOk(over.pausedBecause)
})
