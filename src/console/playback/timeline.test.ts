// Days of Beijing time, and where playing begins.
import t from 'tap'
import { dayMs, dayOf, playableFrom, segmentsOf, startOf } from './timeline.ts'

t.test('a day begins at midnight in Beijing', async (t) => {
  t.equal(startOf('2026-11-21'), Date.UTC(2026, 10, 20, 16))
  t.equal(dayOf(Date.UTC(2026, 10, 20, 16)), '2026-11-21')
  t.equal(dayOf(Date.UTC(2026, 10, 20, 15, 59)), '2026-11-20')
  for (const odd of ['', 'today', '2026-13-01', '2026-1-1']) t.ok(Number.isNaN(startOf(odd)), odd)
})

t.test('segments are cut to the day, and played on over files without a gap', async (t) => {
  const items = [{ startMs: 900, endMs: 90_000, type: 'time' as const }, { startMs: -500, endMs: 800 }, { startMs: 90_500, endMs: 200_000, type: 'alarm' as const }, { startMs: 5, endMs: 5 }, { endMs: 7 }, { startMs: dayMs + 1, endMs: dayMs + 5 }, { startMs: 500_000, endMs: 600_000 }]
  const segments = segmentsOf(items, 0, dayMs)
  t.same(segments.map(({ fromMs, toMs }) => [fromMs, toMs]), [[0, 800], [900, 90_000], [90_500, 200_000], [500_000, 600_000]])
  t.same(playableFrom(segments, 50_000), { fromMs: 50_000, toMs: 200_000 })
  t.same(playableFrom(segments, 300_000), { fromMs: 500_000, toMs: 600_000 }, 'in a gap: the next one')
  t.equal(playableFrom(segments, 599_500), undefined)
  t.equal(playableFrom([], 0), undefined)
})
