import t from 'tap'
import type { Check, InspectionDetail } from '../../../api/schema/index.ts'
import type { Card } from '../progress.ts'
import { cardsAtOnce, countsOf, filtersOf, pageOf, queryOf } from './filters.ts'

const total = 5_000
const results = ['pass', 'review', 'fail'] as const
const sample = Array.from({ length: total }, (_, index) => ({ id: `${index}`, class: String((index % 3) + 1) })) as unknown as InspectionDetail['sample']
const cards: readonly Card[] = sample.map((camera, index) => ({
  n: index + 1, camera, attempts: [], ...(index < 3_000 ? { stage: 'done', check: { verdict: { result: results[index % 3] } } as unknown as Check } : { stage: index < 3_010 ? 'running' : 'waiting' }),
}))
const detail = { sample, strata: [{ class: '1' }, { class: '2' }, { class: '3' }] } as unknown as InspectionDetail
const all = filtersOf({})

t.test('a patrol of thousands is paged', (t) => {
  t.match(pageOf(cards, detail, all), { total, page: 1, pages: total / cardsAtOnce })
  t.equal(pageOf(cards, detail, all).cards.length, cardsAtOnce)
  t.equal(pageOf(cards, detail, { ...all, page: 2 }).cards[0]?.n, cardsAtOnce + 1)
  t.match(pageOf(cards, detail, { ...all, page: 9_999 }), { page: total / cardsAtOnce }, 'beyond the last is the last')
  t.same(countsOf(cards), { pass: 1_000, review: 1_000, fail: 1_000, running: 10, waiting: 1_990 })
  t.end()
})

t.test('by verdict, by stratum, by both; a camera of two strata is in both', (t) => {
  t.equal(pageOf(cards, detail, { ...all, verdict: 'fail' }).total, 1_000)
  t.equal(pageOf(cards, detail, { ...all, stratum: 0 }).total, 1_667)
  t.equal(pageOf(cards, detail, { ...all, verdict: 'fail', stratum: 0 }).total, 0)
  t.equal(pageOf(cards, detail, { ...all, verdict: 'running' }).cards.length, 10)
  const twice = { ...detail, drawnIn: [[0, 2], [1]] }
  t.same([0, 1, 2, 3].map((stratum) => pageOf(cards, twice, { ...all, stratum }).total), [1, 1, 1, 0])
  t.end()
})

t.test('the address says it, and what does not fit is left out', (t) => {
  const query = { verdict: 'fail', stratum: '1', page: '3' }
  t.same(queryOf(filtersOf(query)), query)
  t.same(filtersOf({ verdict: 'good', stratum: '-1', page: '0' }), all)
  t.same(queryOf(all), {})
  t.end()
})
