import t, { type Test } from 'tap'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock, silentLog, type ManualClock } from '../../base/index.ts'
import { openStore, type Store } from '../../store/index.ts'
import { defaultRules } from '../rules/index.ts'
import type { Check, Draw, Inspection, PopulationMember, ReasonCode, Result, RuleSet } from '../types.ts'
import type { CheckAgain } from './needs.ts'
import { createRechecks, type Rechecks } from './rechecks.ts'

const camera: PopulationMember = { id: '32011601001320000001', name: '路口', class: '1', area: '320116', owner: 'o', policeUnit: 'p', networking: 'networked', functionType: '5', longitude: '118.8', latitude: '32.3', builtBy: '1', findings: [] }
const check = (n: number, result: Result, ...reasons: readonly ReasonCode[]): Check => ({ n, camera, record: { result: 'pass', findings: [] }, attempts: [], verdict: { result, reasons }, evidence: [] })
const rules: RuleSet = { ...defaultRules, name: 'twice', recheck: { after: ['offline', 'black'], minutes: 15, times: 2 } }
const draw: Draw = { algorithm: 'sha256-order-1', seed: '00'.repeat(8), population: { size: 1, sha256: 'x' }, strata: [], members: [camera] }
const inspection: Inspection = { id: 'i', area: '320116', startedAtMs: 0, state: 'running', createdBy: 'a', draw, rules, checks: [], total: 3 }

interface Scene {
  readonly store: Store
  readonly clock: ManualClock
  readonly rechecks: Rechecks
  /** Further checks that wait for their outcome: the camera is ours to play, the rest is real. */
  readonly begun: { readonly n: number; readonly recheck: number; readonly end: (check: Check | undefined) => void; readonly broke: (error: Error) => void }[]
}

function scene(store: Store, clock: ManualClock): Scene {
  const begun: Scene['begun'] = []
  const checkAgain: CheckAgain = ({ n, recheck }) => {
    const { promise: done, resolve, reject } = Promise.withResolvers<Check | undefined>()
    begun.push({ n, recheck, end: resolve, broke: reject })
    return { done, cancel: () => resolve(undefined) }
  }
  const rechecks = createRechecks({ store: store.reviews, inspections: store.inspections, checkAgain, clock, log: silentLog })
  return { store, clock, rechecks, begun }
}

async function house(t: Test): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'yiji-rechecks-'))
  const clock = manualClock()
  const store = await openStore({ file: join(folder, 'yiji.sqlite'), clock })
  await store.inspections.saveInspection(inspection, [camera])
  for (const each of [check(1, 'fail', 'offline'), check(2, 'review', 'slow-response'), check(3, 'pass')]) await store.inspections.saveCheck('i', each)
  const made = scene(store, clock)
  t.teardown(async () => {
    await made.rechecks.close()
    await store.close()
    await rm(folder, { recursive: true })
  })
  return made
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (await holds()) return
    await new Promise<void>((go) => setTimeout(go, 5))
  }
  throw new Error('it did not come about')
}
const states = async ({ store }: Scene): Promise<readonly string[]> => (await store.reviews.rechecks('i')).map(({ n, state, why }) => `${n} ${why} ${state}`)

t.test('after a reason of the rule set, once the minutes are over, as often as it says, and no more', async (t) => {
  const home = await house(t)
  const { clock, rechecks, begun } = home
  for (const each of [check(1, 'fail', 'offline'), check(2, 'review', 'slow-response'), check(3, 'pass')]) await rechecks.consider(inspection, each)
  t.same(await states(home), ['1 automatic due'])
  await until(() => clock.pending() === 1)
  clock.advance(15 * 60_000 - 1)
  t.equal(begun.length, 0, 'not before')
  clock.advance(1)
  await until(() => begun.length === 1)
  t.same(await states(home), ['1 automatic running'])
  begun[0]?.end({ ...check(1, 'fail', 'black'), recheck: 1 })
  await until(async () => (await states(home)).length === 2)
  t.same(await states(home), ['1 automatic done', '1 automatic due'])
  await until(() => clock.pending() === 1)
  clock.advance(15 * 60_000)
  await until(() => begun.length === 2)
  begun[1]?.end({ ...check(1, 'fail', 'offline'), recheck: 2 })
  await until(async () => (await states(home))[1] === '1 automatic done')
  await rechecks.consider(inspection, check(1, 'fail', 'offline'))
  t.same(await states(home), ['1 automatic done', '1 automatic done'], 'twice, as the rule set says')
  const [first] = await home.store.reviews.rechecks('i')
  t.match(first, { reason: 'offline', by: '', check: { verdict: { reasons: ['black'] } } })
  t.match((await home.store.inspections.inspection('i'))?.checks[0]?.verdict, { reasons: ['offline'] }, 'the first verdict is as it was')
})

t.test('a rule set of before there were re-checks has none', async (t) => {
  const home = await house(t)
  const { recheck: _recheck, ...before } = rules
  await home.rechecks.consider({ id: 'i', rules: before }, check(1, 'fail', 'offline'))
  t.same(await states(home), [])
})

t.test('the service ends in the middle: what was under way or due comes after the next start, and says that it is late', async (t) => {
  const home = await house(t)
  await home.rechecks.consider(inspection, check(1, 'fail', 'offline'))
  await home.rechecks.ask({ inspection: 'i', check: check(2, 'review'), reason: '复核', by: 'chief' })
  await until(() => home.begun.length === 1)
  await home.rechecks.close()
  t.same(await states(home), ['1 automatic due', '2 asked due'])
  home.clock.advance(3_600_000)
  const next = scene(home.store, home.clock)
  t.equal(await next.rechecks.pickUp(), 2)
  await until(() => next.begun.length === 2)
  t.same(next.begun.map(({ n }) => n), [2, 1], 'in order of when they were due')
  for (const { n, end } of next.begun) end(check(n, 'pass'))
  await until(async () => (await states(next)).every((state) => state.endsWith('done')))
  t.match(await home.store.reviews.rechecks('i'), [{ detail: /45 min after it was due/ }, { detail: /60 min after it was due/ }])
  await next.rechecks.close()
})

t.test('two at once; one that breaks says why, and the others go on', async (t) => {
  const home = await house(t)
  for (const n of [1, 2, 3]) await home.rechecks.ask({ inspection: 'i', check: check(n, 'fail'), reason: 'x', by: 'a' })
  await until(() => home.begun.length === 2)
  await t.rejects(home.rechecks.ask({ inspection: 'i', check: check(3, 'fail'), reason: 'x', by: 'a' }), { code: 'conflict' })
  home.begun[0]?.broke(new Error('disk full'))
  await until(() => home.begun.length === 3)
  t.same(await states(home), ['1 asked failed', '2 asked running', '3 asked running'])
  t.match((await home.store.reviews.rechecks('i'))[0], { detail: 'disk full' })
  await home.rechecks.cancel('i', 2, 'chief')
  t.match((await home.store.reviews.rechecks('i'))[1], { state: 'cancelled', detail: 'cancelled by chief' })
  await t.rejects(home.rechecks.cancel('i', 2, 'chief'), { code: 'conflict' })
  await t.rejects(home.rechecks.ask({ inspection: 'i', check: check(1, 'fail'), reason: ' ', by: 'a' }), { code: 'request.invalid' })
})

t.test('rule sets of recordings, old ones too, read as what they are', async (t) => {
  const { readRecording } = await import('../io/recording-file.ts')
  const { checkRules } = await import('../rules/index.ts')
  const folder = new URL('../../../fixtures/recordings/', import.meta.url).pathname
  const names = (await readdir(folder)).filter((name) => name.endsWith('.pcapng'))
  for (const name of names) {
    for (const event of await readRecording(join(folder, name))) {
      if (event.kind === 'note' && event.note.type === 'check') t.same(checkRules(event.note.rules), event.note.rules, name)
    }
  }
  t.ok(names.length > 5 && (await readFile(join(folder, names[0] ?? ''))).length > 0)
})
