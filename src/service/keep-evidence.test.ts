// What goes and what stays: by age, by size, of patrols; what is in dispute is never touched; a disk without room.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { manualClock, silentLog, type ManualClock } from '../base/index.ts'
import { createRecording, presets, type Check, type Evidence, type Inspection, type KeepingRules, type Plan, type Result } from '../inspect/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { keepEvidence, type EvidenceKeeper } from './keep-evidence.ts'

const rules: KeepingRules = { days: { recording: 30, keyframe: 60, picture: 0 }, maxBytes: 0, minFreeBytes: 1_000, patrol: 'picture' }
const dayMs = 86_400_000

interface Home {
  readonly keeper: EvidenceKeeper
  readonly store: Store
  readonly clock: ManualClock
  readonly has: (id: string, file: string) => boolean
  readonly inspect: (id: string, results: readonly Result[], plan?: Plan) => Promise<void>
  readonly free: { bytes: number }
}

async function open(t: Test, more: Partial<KeepingRules> = {}): Promise<Home> {
  const folder = t.testdir({ evidence: {} })
  const evidenceDir = join(folder, 'evidence')
  const clock = manualClock()
  const store = await openStore({ file: join(folder, 'yiji.sqlite'), clock })
  const free = { bytes: 5_000 }
  const keeper = await keepEvidence({ store: store.evidence, evidenceDir, rules: { ...rules, ...more }, clock, log: silentLog, freeBytes: () => Promise.resolve(free.bytes) })
  t.teardown(async () => {
    await keeper.close()
    await store.close()
  })
  const inspections = keeper.over(store.inspections)
  const inspect = async (id: string, results: readonly Result[], plan?: Plan): Promise<void> => {
    for (const part of ['recordings', 'keyframes', 'pictures']) mkdirSync(join(evidenceDir, id, part), { recursive: true })
    const draw = { algorithm: 'sha256-order-1', seed: '00', population: { size: 0, sha256: '' }, strata: [], members: [] }
    await inspections.saveInspection({ id, area: '320116', startedAtMs: clock.wallMs(), state: 'running', createdBy: 'a', draw, rules: { name: 'd', version: 1 }, checks: [], total: 1, ...(plan && { plan }) } as unknown as Inspection, [])
    for (const [index, result] of results.entries()) {
      const name = `0${index + 1}-c`
      const list: readonly (readonly [string, Evidence['kind']])[] = [[`recordings/${name}.pcapng`, 'recording'], [`keyframes/${name}-2-1.h264`, 'keyframe'], [`pictures/${name}-1-1.jpg`, 'picture'], [`pictures/${name}-2-1.jpg`, 'picture'], [`recordings/${name}.json`, 'verdict']]
      for (const [file] of list) writeFileSync(join(evidenceDir, id, file), 'x'.repeat(100))
      const evidence = list.map(([file, kind]): Evidence => ({ file, kind, sha256: 'ab'.repeat(32), ...(index === 0 ? {} : { size: 100 }) }))
      await inspections.saveCheck(id, { n: index + 1, camera: { id: 'c' }, attempts: [{ n: 1, outcome: 'refused' }, { n: 2, outcome: 'ok' }], verdict: { result, reasons: [] }, evidence } as unknown as Check)
    }
    await inspections.finish(id, 'done', clock.wallMs())
  }
  return { keeper, store, clock, free, inspect, has: (id, file) => existsSync(join(evidenceDir, id, file)) }
}
const evidenceOf = async ({ store }: Home, id: string, n = 1): Promise<readonly Evidence[]> => (await store.inspections.inspection(id))?.checks.find((check) => check.n === n)?.evidence ?? []

t.test('each kind goes at its age; the check goes on naming it, with its hash, since when and why; verdicts stay', async (t) => {
  const home = await open(t)
  await home.inspect('i-1', ['pass'])
  writeFileSync(join(t.testdirName, 'evidence/i-1/recordings/01-c.1.cut'), 'cut')
  await home.keeper.sweep()
  t.ok(home.has('i-1', 'recordings/01-c.pcapng'), 'too young')
  home.clock.advance(31 * dayMs)
  await home.keeper.sweep()
  t.notOk(home.has('i-1', 'recordings/01-c.pcapng'))
  t.notOk(home.has('i-1', 'recordings/01-c.1.cut'), 'nor what an earlier end of the service had left of it')
  t.ok(home.has('i-1', 'keyframes/01-c-2-1.h264'))
  t.match(await evidenceOf(home, 'i-1'), [
    { file: 'recordings/01-c.pcapng', sha256: 'ab'.repeat(32), removedAt: /^\d{4}-\d\d-\d\dT/, removedWhy: 'older than 30 days (evidence.days.recordings)' },
    { kind: 'keyframe', removedAt: undefined }, { kind: 'picture' }, { kind: 'picture' }, { kind: 'verdict' },
  ])
  home.clock.advance(3000 * dayMs)
  await home.keeper.sweep()
  t.notOk(home.has('i-1', 'keyframes/01-c-2-1.h264'))
  t.ok(home.has('i-1', 'pictures/01-c-1-1.jpg'), '0 days: for ever')
  t.ok(home.has('i-1', 'recordings/01-c.json'), 'a verdict is never removed')
  t.match(await home.keeper.state(), { totals: [{ kind: 'picture', files: 2, bytes: 200 }], hasRoom: true })
  t.match(readFileSync(join(t.testdirName, 'evidence/i-1/recordings/01-c.json'), 'utf8'), 'x')
})

t.test('what is in dispute stays: appealed, reviewed otherwise, contradicted, held; released it goes', async (t) => {
  const home = await open(t)
  const { store, clock, keeper } = home
  await home.inspect('i-1', ['fail', 'fail', 'fail', 'fail', 'fail', 'fail'])
  await home.inspect('i-2', ['pass', 'pass'])
  await store.reviews.saveAppeal({ inspection: 'i-1', n: 1, text: 'the power was cut', by: 'owner', atMs: 1 })
  await store.inspections.saveReview({ inspection: 'i-1', n: 2, result: 'pass', reason: 'seen', by: 'chief', atMs: 1 })
  await store.inspections.saveReview({ inspection: 'i-1', n: 3, result: 'fail', reason: 'so it is', by: 'chief', atMs: 1 })
  const one = await store.evidence.hold({ inspection: 'i-1', n: 4, reason: 'announced', by: 'chief', atMs: 1 })
  const all = await store.evidence.hold({ inspection: 'i-2', reason: 'court', by: 'chief', atMs: 1 })
  const letGo = keeper.use('i-1')
  clock.advance(100 * dayMs)
  await keeper.sweep()
  t.ok([1, 2, 3, 4, 5].every((n) => home.has('i-1', `recordings/0${n}-c.pcapng`)), 'a package of it is being read')
  letGo()
  letGo()
  await keeper.sweep()
  t.same([1, 2, 3, 4, 5, 6].map((n) => home.has('i-1', `recordings/0${n}-c.pcapng`)), [true, true, false, true, false, false])
  t.same([1, 2].map((n) => home.has('i-2', `recordings/0${n}-c.pcapng`)), [true, true])
  t.equal((await store.evidence.release('i-1', one.id, { atMs: 2, by: 'chief', reason: 'settled' }))?.released?.reason, 'settled')
  t.equal(await store.evidence.release('i-1', one.id, { atMs: 3, by: 'chief', reason: 'again' }), undefined, 'once')
  t.equal(await store.evidence.release('i-1', all.id, { atMs: 3, by: 'chief', reason: 'of another inspection' }), undefined)
  await keeper.sweep()
  t.same([1, 2, 4].map((n) => home.has('i-1', `recordings/0${n}-c.pcapng`)), [true, true, false])
  t.match(await store.evidence.holds('i-1'), [{ n: 4, reason: 'announced', released: { by: 'chief', reason: 'settled' } }])
  await t.rejects(store.evidence.hold({ inspection: 'i-1', n: 99, reason: 'x', by: 'y', atMs: 1 }), { code: 'not-found' })
  await t.rejects(store.evidence.hold({ inspection: 'none', reason: 'x', by: 'y', atMs: 1 }), { code: 'not-found' })
})

t.test('too much in all: the oldest recordings go, then keyframes, then pictures, and no more than need be', async (t) => {
  const home = await open(t, { days: { recording: 0, keyframe: 0, picture: 0 }, maxBytes: 950 })
  for (const id of ['i-1', 'i-2', 'i-3']) {
    await home.inspect(id, ['fail'])
    home.clock.advance(1000)
  }
  await home.keeper.sweep()
  t.same(['i-1', 'i-2', 'i-3'].map((id) => home.has(id, 'recordings/01-c.pcapng')), [false, false, false].map((_, index) => index > 2), 'twelve files of 100 bytes: three recordings go')
  t.same(['i-1', 'i-2', 'i-3'].map((id) => home.has(id, 'keyframes/01-c-2-1.h264')), [true, true, true])
  t.equal((await home.keeper.state()).totals.reduce((sum, { bytes }) => sum + bytes, 0), 900)
  t.match((await evidenceOf(home, 'i-1'))[0]?.removedWhy, /evidence\.gb/)
})

t.test('a patrol keeps of checks that passed one picture, of the others everything; a sample keeps everything', async (t) => {
  const home = await open(t)
  const patrol = presets.find(({ name }) => name === 'patrol')
  t.ok(patrol, 'the preset is there')
  await home.inspect('patrol', ['pass', 'fail', 'review'], patrol)
  await home.inspect('sample', ['pass'], presets.find(({ name }) => name === 'notice-image'))
  t.same(['recordings/01-c.pcapng', 'keyframes/01-c-2-1.h264', 'pictures/01-c-1-1.jpg', 'pictures/01-c-2-1.jpg', 'recordings/01-c.json'].map((file) => home.has('patrol', file)), [false, false, false, true, true], 'of the attempt that was judged')
  t.match(await evidenceOf(home, 'patrol'), [{ kind: 'recording', removedWhy: /patrol/ }, { removedAt: /./ }, { removedAt: /./ }, { removedAt: undefined }, { removedAt: undefined }])
  for (const name of ['02-c', '03-c']) t.ok(home.has('patrol', `recordings/${name}.pcapng`), name)
  t.ok(home.has('sample', 'recordings/01-c.pcapng'))
  t.match(await home.store.evidence.totals(), [{ kind: 'keyframe', files: 3 }, { kind: 'picture', files: 7 }, { kind: 'recording', files: 3 }])
  const whole = await open(t, { patrol: 'all' })
  await whole.inspect('patrol', ['pass'], patrol)
  t.ok(whole.has('patrol', 'recordings/01-c.pcapng'))
})

t.test('a disk without room: nothing is recorded, and it is said; with room again it goes on', async (t) => {
  const home = await open(t)
  t.equal(home.keeper.hasRoom(), true)
  const path = join(t.testdirName, 'evidence', 'x.pcapng')
  const options = { path, software: 'test', wallOffsetUs: 0, hasRoom: home.keeper.hasRoom }
  const begun = await createRecording(options)
  home.free.bytes = 999
  home.clock.advance(5_000)
  await new Promise(setImmediate)
  t.equal(home.keeper.hasRoom(), false)
  await t.rejects(createRecording(options), { code: 'disk.full', message: /evidence\.disk\.mb/ })
  begun.write({ kind: 'note', atUs: 1, note: { type: 'lag', attempt: 1, maxMs: 1 } })
  await t.rejects(begun.close(), { code: 'disk.full' })
  t.notOk(existsSync(path), 'no half of a recording')
  home.free.bytes = 5_000
  home.clock.advance(5_000)
  await new Promise(setImmediate)
  t.equal(home.keeper.hasRoom(), true)
})
