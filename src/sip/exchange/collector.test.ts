import t from 'tap'
import { manualClock, silentLog } from '../../base/index.ts'
import { collect, type Collected } from './collection.ts'
import { collectorStart, collectorStep, type Attempt, type CollectorEvent, type CollectorState } from './collector.ts'

const times = { firstMs: 120_000, idleMs: 8_000, settleMs: 400 }
interface Thing {
  readonly id: string
  readonly turn: number
}

/** One run on a manual clock; `asked` are the attempts sent, `results` what it came to. */
function run(limit = 100) {
  const clock = manualClock()
  const asked: Attempt[] = []
  const results: Collected<Thing, string>[] = []
  let fail: (failure: string) => void = () => {}
  const collecting = collect<Thing, string>({
    times, limit, keyOf: ({ id }) => id, clock, log: silentLog, label: {},
    ask: (attempt, failed) => {
      asked.push(attempt)
      fail = failed
    },
  })
  void collecting.result.then((result) => results.push(result))
  let turn = 0
  const page = (sumNum: number, ...ids: string[]): void => collecting.page({ sumNum, items: ids.map((id) => ({ id, turn: ++turn })), attempt: asked.at(-1) })
  const ended = async (ms: number): Promise<Collected<Thing, string> | undefined> => {
    clock.advance(ms)
    await Promise.resolve()
    return results[0]
  }
  return { clock, asked, collecting, page, ended, fail: (failure: string) => fail(failure) }
}
const idsOf = (result: Collected<Thing, string> | undefined): readonly string[] => result?.items.map(({ id }) => id) ?? []

t.test('one item per message, as many as told', async (t) => {
  const { clock, page, ended } = run()
  for (const id of ['a', 'b', 'c']) {
    clock.advance(1000)
    page(3, id)
  }
  t.equal(await ended(300), undefined, 'it waits a moment for more')
  t.match(await ended(200), { isComplete: true, isAnswered: true, isReportedEmpty: false, sumNum: 3, attempts: 1, items: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] })
  t.equal(clock.pending(), 0)
})

t.test('a total of 0 is an answer, and said to be one', async (t) => {
  const { page, ended } = run()
  page(0)
  t.match(await ended(500), { isComplete: true, isAnswered: true, isReportedEmpty: true, items: [], sumNum: 0 })
})

t.test('duplicates count once, the last word counts, and repeating them does not keep the query open', async (t) => {
  const { clock, asked, page, ended } = run()
  page(3, 'a', 'b')
  for (let i = 0; i < 7; i++) {
    clock.advance(1000)
    page(3, 'a')
  }
  clock.advance(1100)
  t.same(asked, [1, 2], 'eight seconds without news: asked again')
  page(3, 'a', 'b', 'c')
  const result = await ended(500)
  t.match(result, { isComplete: true, attempts: 2 }, 'both answers together are the whole')
  t.same(idsOf(result), ['a', 'b', 'c'])
  t.equal(result?.items[0]?.turn, 10, 'what was said last')
})

t.test('a total that is told too high ends incomplete after the repeat', async (t) => {
  const { clock, asked, page, ended } = run()
  page(3, 'a', 'b')
  clock.advance(8000)
  for (const id of ['a', 'b']) {
    clock.advance(5000)
    page(3, id)
  }
  t.equal(await ended(0), undefined, 'old items are news to the repeat')
  t.match(await ended(8000), { isComplete: false, isAnswered: true, sumNum: 3, reason: '2 of 3 items, then silence' })
  t.same(asked, [1, 2])
  t.equal(clock.pending(), 0)
})

t.test('a total that counts doubles is believed when the repeat brings the same again', async (t) => {
  const { clock, page, ended } = run()
  page(4, 'a', 'b', 'a', 'c')
  clock.advance(8000)
  page(4, 'a', 'b', 'a', 'c')
  t.match(await ended(8000), { isComplete: true, attempts: 2, sumNum: 4, reason: 'complete: 1 of 4 entries are doubles' })
})

t.test('late messages of the first query make no doubles of the second', async (t) => {
  const { clock, collecting, page, ended } = run()
  const late = (...ids: string[]): void => collecting.page({ sumNum: 6, items: ids.map((id) => ({ id, turn: 0 })), attempt: 1 })
  page(6, 'a', 'b')
  clock.advance(8000)
  late('c', 'd')
  page(6, 'a', 'b', 'c', 'd')
  t.match(await ended(8000), { isComplete: false, reason: '4 of 6 items, then silence' })
})

t.test('a total that shrank is believed when the repeat brings all that is known, and no less', async (t) => {
  const shrank = run()
  shrank.page(10, 'a', 'b')
  shrank.clock.advance(8000)
  shrank.page(2, 'a', 'b')
  t.match(await shrank.ended(500), { isComplete: true, sumNum: 10 })

  const lost = run()
  lost.page(10, 'a', 'b', 'c')
  lost.clock.advance(8000)
  lost.page(2, 'a', 'b')
  t.match(await lost.ended(8000), { isComplete: false }, 'an item that the repeat lacks is in doubt')
  t.same(idsOf(await lost.ended(0)), ['a', 'b', 'c'])
})

t.test('a total that is told too low still collects what follows at once', async (t) => {
  const { clock, page, ended } = run()
  for (const id of ['a', 'b', 'c']) {
    page(1, id)
    clock.advance(100)
  }
  page(5, 'd')
  t.equal(await ended(5000), undefined, 'a total that grows reopens the query')
  page(5, 'e')
  const result = await ended(500)
  t.match(result, { isComplete: true, sumNum: 5 })
  t.equal(result?.items.length, 5)
})

t.test('the first message may take two minutes; silence is asked once more and ends unanswered', async (t) => {
  const late = run()
  late.clock.advance(119_000)
  late.page(1, 'a')
  t.match(await late.ended(500), { isComplete: true })

  const silent = run()
  t.match(await silent.ended(240_000), { isComplete: false, isAnswered: false, items: [], reason: 'no answer' })
  t.same(silent.asked, [1, 2])
})

t.test('a query that fails is sent once more, and the last failure is kept', async (t) => {
  const { asked, fail, ended } = run()
  fail('408')
  t.same([asked, await ended(0)], [[1, 2], undefined])
  fail('500')
  t.match(await ended(0), { isComplete: false, isAnswered: false, failure: '500' })
})

t.test('what finds no room is left out and said so, and is not asked for again', async (t) => {
  const { clock, asked, page, ended } = run(3)
  page(6, 'a', 'b')
  page(6, 'c', 'd')
  clock.advance(7000)
  page(6, 'e', 'f')
  const result = await ended(8000)
  t.match(result, { isComplete: false, isCut: true, sumNum: 6, attempts: 1 })
  t.same(idsOf(result), ['a', 'b', 'c'])
  t.same(asked, [1])
})

t.test('a hundred thousand items take time in proportion', async (t) => {
  const spent = (count: number): number => {
    const { page, collecting } = run(200_000)
    const started = performance.now()
    for (let at = 0; at < count; at++) page(count, String(at))
    collecting.stop()
    return performance.now() - started
  }
  spent(1000)
  const [small, large] = [spent(10_000), spent(100_000)]
  // Linear is 10; copying what is there at each message was 100.
  t.ok(large < 40 * small, `10,000 one by one: ${small.toFixed(0)} ms; 100,000: ${large.toFixed(0)} ms`)
})

t.test('walk: every state and event; the caller is answered exactly once and no timer is left', async (t) => {
  const page = (sumNum: number, size: number, fresh: number, isCut = false): CollectorEvent<string> => ({ type: 'page', sumNum, entries: 1, size, fresh, isCut })
  const events: readonly CollectorEvent<string>[] = [
    { type: 'begin' }, page(2, 1, 1), page(1, 1, 1), page(0, 0, 0), page(9, 3, 2), page(9, 3, 3, true), { type: 'query-failed', attempt: 1, failure: 'x' }, { type: 'query-failed', attempt: 2, failure: 'x' },
    { type: 'silent' }, { type: 'settled' }, { type: 'stop' },
  ]
  const step = collectorStep<string>(times)
  let steps = 0
  const walk = (state: CollectorState, depth: number): void => {
    for (const event of events) {
      steps++
      const [next, ...effects] = step(state, event, 0)
      const done = effects.filter((effect) => effect.type === 'done').length
      const wasOver = state.name === 'complete' || state.name === 'incomplete'
      const isOver = next.name === 'complete' || next.name === 'incomplete'
      if (done !== (isOver && !wasOver ? 1 : 0)) t.fail(`${state.name} on ${event.type}: ${done} answers`)
      if (wasOver && effects.length > 0) t.fail(`${state.name} acts on ${event.type}`)
      if (isOver && !wasOver && effects.filter((effect) => effect.type === 'cancel').length !== 2) t.fail('a timer is left')
      if (next.attempt < state.attempt || next.size < 0) t.fail('goes back')
      if (depth > 0) walk(next, depth - 1)
    }
  }
  walk(collectorStart, 3)
  t.ok(steps > 10_000, `${steps} steps`)
})
