import t from 'tap'
import { historyFiltersOf, pointsOf, wishOf, type Inspected } from './history.ts'

t.test('filters', (t) => {
  t.same(wishOf(historyFiltersOf({ state: 'gone', area: '3', rules: 'default', by: '' })), {}, 'what does not fit is no filter')
  const query = { state: 'done', area: '3201', plan: 'notice', by: '王核查', rules: 'default@3' }
  t.same(wishOf(historyFiltersOf(query)), query)
  t.end()
})

const rate = (numerator: number, denominator: number): Inspected['passed'] => ({ numerator, denominator, of: { zh: '', en: '' }, rate: denominator === 0 ? null : numerator / denominator, interval95: denominator === 0 ? null : [0.1, 0.9] })
const at = (id: string, day: number, passed: Inspected['passed']): Inspected => ({ id, startedAt: `2026-11-0${day}T00:00:00Z`, passed }) as unknown as Inspected

t.test('points of a trend: by time, and none where nothing divides', (t) => {
  const points = pointsOf([at('c', 5, rate(9, 10)), at('b', 2, rate(0, 0)), at('a', 1, rate(1, 2))], 'passed')
  t.same(points.map(({ id, x, y, low }) => [id, x, y, low]), [['a', 0, 0.5, 0.1], ['c', 1, 0.9, 0.1]])
  t.equal(pointsOf([at('a', 1, rate(1, 2))], 'passed')[0]?.x, 0.5, 'one stands in the middle')
  t.same(pointsOf([], 'passed'), [])
  t.end()
})
