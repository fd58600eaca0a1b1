import t from 'tap'
import { manualClock, runMachine, silentLog } from '../base/index.ts'
import { catalogStart, catalogStep, catalogTimes, type CatalogDone, type CatalogEvent, type CatalogState } from './catalog.ts'
import type { CatalogItem } from './manscdp/index.ts'

const item = (id: string): CatalogItem => ({ id, name: id, status: 'on', type: 'channel', raw: {} })
const page = (sumNum: number, ...ids: string[]): CatalogEvent => ({ type: 'page', sumNum, items: ids.map(item) })

/** Runs one query on a manual clock; `asked` counts the queries sent. */
function query() {
  const clock = manualClock()
  const asked: number[] = []
  const results: CatalogDone[] = []
  const machine = runMachine({
    initial: catalogStart,
    step: catalogStep(catalogTimes),
    perform: (effect) => void (effect.type === 'ask' ? asked.push(effect.attempt) : results.push(effect)),
    clock, log: silentLog, label: {},
  })
  machine.send({ type: 'begin' })
  return { clock, asked, results, machine }
}

t.test('one item per message, as many as told', async (t) => {
  const { clock, results, machine } = query()
  for (const id of ['a', 'b', 'c']) {
    clock.advance(1000)
    machine.send(page(3, id))
  }
  t.equal(results.length, 0, 'it waits a moment for more')
  clock.advance(500)
  t.match(results, [{ isComplete: true, isAnswered: true, sumNum: 3, items: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }])
  t.equal(clock.pending(), 0)
})

t.test('an empty catalog is complete', async (t) => {
  const { clock, results, machine } = query()
  machine.send(page(0))
  clock.advance(500)
  t.match(results, [{ isComplete: true, items: [], sumNum: 0 }])
})

t.test('duplicates count once, and repeating them does not keep the query open', async (t) => {
  const { clock, asked, results, machine } = query()
  machine.send(page(3, 'a', 'b'))
  for (let i = 0; i < 7; i++) {
    clock.advance(1000)
    machine.send(page(3, 'a'))
  }
  clock.advance(1100)
  t.same(asked, [1, 2], 'eight seconds without news: asked again')
  machine.send(page(3, 'a', 'b', 'c'))
  clock.advance(500)
  t.match(results, [{ isComplete: true, items: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }], 'both answers together are the catalog')
})

t.test('a total that is told too high ends incomplete after the repeat', async (t) => {
  const { clock, asked, results, machine } = query()
  machine.send(page(3, 'a', 'b'))
  clock.advance(8000)
  for (const id of ['a', 'b']) {
    clock.advance(5000)
    machine.send(page(3, id))
  }
  t.equal(results.length, 0, 'old items are news to the repeat')
  clock.advance(8000)
  t.same(asked, [1, 2])
  t.match(results, [{ isComplete: false, isAnswered: true, sumNum: 3, items: [{ id: 'a' }, { id: 'b' }], reason: '2 of 3 items, then silence' }])
  t.equal(clock.pending(), 0)
})

t.test('a total that is told too low still collects what follows at once', async (t) => {
  const { clock, results, machine } = query()
  for (const id of ['a', 'b', 'c']) {
    machine.send(page(1, id))
    clock.advance(100)
  }
  machine.send(page(5, 'd'))
  clock.advance(5000)
  t.equal(results.length, 0, 'a total that grows reopens the query')
  machine.send(page(5, 'e'))
  clock.advance(500)
  t.match(results, [{ isComplete: true, sumNum: 5 }])
  t.equal(results[0]?.items.length, 5)
})

t.test('the first page may take two minutes; silence is asked once more and ends unanswered', async (t) => {
  const late = query()
  late.clock.advance(119_000)
  late.machine.send(page(1, 'a'))
  late.clock.advance(500)
  t.match(late.results, [{ isComplete: true }])

  const silent = query()
  silent.clock.advance(240_000)
  t.same(silent.asked, [1, 2])
  t.match(silent.results, [{ isComplete: false, isAnswered: false, items: [], reason: 'no answer' }])
})

t.test('a query that fails is sent once more; a failure of the first is nothing to the second', async (t) => {
  const { asked, results, machine } = query()
  machine.send({ type: 'query-failed', attempt: 1, detail: '408' })
  machine.send({ type: 'query-failed', attempt: 1, detail: 'late news' })
  t.same([asked, results.length], [[1, 2], 0])
  machine.send({ type: 'query-failed', attempt: 2, detail: '500' })
  t.match(results, [{ isComplete: false, isAnswered: false, reason: '500' }])
})

t.test('walk: every state and event; the caller is answered exactly once and no timer is left', async (t) => {
  const events: readonly CatalogEvent[] = [
    { type: 'begin' }, page(2, 'a'), page(1, 'b'), page(9, 'c'), { type: 'query-failed', attempt: 1, detail: 'x' }, { type: 'query-failed', attempt: 2, detail: 'x' },
    { type: 'silent' }, { type: 'settled' }, { type: 'stop' },
  ]
  const step = catalogStep(catalogTimes)
  const walk = (state: CatalogState, depth: number): void => {
    for (const event of events) {
      const [next, ...effects] = step(state, event, 0)
      const done = effects.filter((effect) => effect.type === 'done').length
      const wasOver = state.name === 'complete' || state.name === 'incomplete'
      const isOver = next.name === 'complete' || next.name === 'incomplete'
      if (done !== (isOver && !wasOver ? 1 : 0)) t.fail(`${state.name} on ${event.type}: ${done} answers`)
      if (wasOver && effects.length > 0) t.fail(`${state.name} acts on ${event.type}`)
      if (isOver && !wasOver && effects.filter((effect) => effect.type === 'cancel').length !== 2) t.fail('a timer is left')
      if (depth > 0) walk(next, depth - 1)
    }
  }
  walk(catalogStart, 4)
  t.pass('walked')
})
