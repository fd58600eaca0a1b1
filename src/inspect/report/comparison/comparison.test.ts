import t from 'tap'
import { comparisonSheets, compareInspections, comparisonDocument, pageOf } from '../index.ts'
import { inspectionOf, textOf } from '../test/samples.ts'
import { seededRandom } from '../../../base/index.ts'
import { differenceInterval, fisher, signTest } from './exact-tests.ts'

t.test('Fisher’s exact test gives what tables of it give', async (t) => {
  // The lady tasting tea (Fisher 1935): 3 of 4 against 1 of 4; and tables computed by hand from binomial coefficients.
  t.ok(Math.abs(fisher(3, 4, 1, 4) - 34 / 70) < 1e-9)
  t.ok(Math.abs(fisher(4, 4, 0, 4) - 2 / 70) < 1e-9)
  t.ok(Math.abs(fisher(1, 10, 11, 14) - 0.0027594) < 1e-6)
  t.ok(Math.abs(fisher(5, 20, 5, 20) - 1) < 1e-9)
  t.ok(Math.abs(fisher(0, 20, 0, 20) - 1) < 1e-9)
  t.ok(fisher(0, 20, 5, 20) > 0.04 && fisher(0, 20, 5, 20) < 0.05, 'none of 20 against 5 of 20 is just unlike chance')
  t.ok(Math.abs(fisher(2, 7, 5, 9) - fisher(5, 9, 2, 7)) < 1e-12, 'either way round')
  t.ok(fisher(4_000, 10_000, 5_000, 10_000) < 1e-9 && fisher(5_000, 10_000, 5_010, 10_000) > 0.8, 'of patrols too')
  for (const [a, n] of [[3, 2], [-1, 2], [0.5, 2]] as const) t.throws(() => fisher(a, n, 0, 1), RangeError)
})

t.test('p of every small table lies in (0, 1], and equal rates are no difference', async (t) => {
  for (let n = 1; n <= 8; n++) for (let m = 1; m <= 8; m++) for (let a = 0; a <= n; a++) for (let b = 0; b <= m; b++) {
    const p = fisher(a, n, b, m)
    if (!(p > 0 && p <= 1) || (a * m === b * n && p < 0.999)) t.fail(`${a}/${n} ${b}/${m}: ${p}`)
  }
})

t.test('the interval of a difference: what Newcombe prints, and about its confidence', async (t) => {
  // Newcombe 1998, table II, method 10: (a) 56/70 - 48/80, (b) 9/10 - 3/10, (e) 5/56 - 0/29, (h) 10/10 - 0/10; ours is later less earlier.
  for (const [a, n, b, m, low, high] of [[48, 80, 56, 70, 0.0524, 0.3339], [3, 10, 9, 10, 0.1705, 0.809], [0, 29, 5, 56, -0.0381, 0.1926], [0, 10, 10, 10, 0.6075, 1]] as const) {
    const [l, h] = differenceInterval(a, n, b, m)
    t.ok(Math.abs(l - low) < 1e-3 && Math.abs(h - high) < 1e-3, `${a}/${n} to ${b}/${m}: ${l} … ${h}`)
  }
  const random = seededRandom(5)
  const hits = (n: number, share: number): number => Array.from({ length: n }).filter(() => random() < share).length
  let covered = 0
  for (let tries = 0; tries < 2_000; tries++) {
    const [l, h] = differenceInterval(hits(20, 0.9), 20, hits(20, 0.75), 20)
    covered += Number(l <= -0.15 && -0.15 <= h)
  }
  t.ok(covered > 1_860, `${covered} of 2000 hold the true difference`)
})

t.test('the sign test', async (t) => {
  t.equal(signTest(0, 0), null)
  t.ok(Math.abs((signTest(5, 0) ?? 0) - 0.0625) < 1e-12)
  t.ok(Math.abs((signTest(8, 1) ?? 0) - 20 / 512) < 1e-12)
  t.equal(signTest(3, 3), 1)
})

t.test('two inspections: which changed, which were in both, and what chance alone would do', async (t) => {
  const [earlier, other] = [inspectionOf(20, 1, { id: 'early', startedAtMs: Date.UTC(2026, 9, 1) }), inspectionOf(20, 2, { id: 'late' })]
  const comparison = compareInspections({ inspection: other, reviews: [] }, { inspection: earlier, reviews: [] })
  t.match(comparison, { earlier: { id: 'early' }, later: { id: 'late' }, inBoth: 20, isWhole: false, cautions: [] })
  t.equal(comparison.improved + comparison.worsened + comparison.cameras.filter(({ change }) => change === 'same').length, 20)
  for (const { earlier: was, later: is, p } of comparison.rates) if (was.denominator > 0 && is.denominator > 0) t.ok(p !== null && p > 0 && p <= 1)
  const failing = other.checks.find(({ verdict }) => verdict.result === 'fail')
  const overruled = compareInspections({ inspection: other, reviews: [{ inspection: 'late', n: failing?.n ?? 0, result: 'pass', reason: '断电', by: 'a', atMs: 1 }] }, { inspection: earlier, reviews: [] })
  t.equal(overruled.cameras.find(({ id }) => id === failing?.camera.id)?.later, 'pass', 'what a person said stands')
  const rateOf = ({ rates }: typeof overruled, name: string): (typeof rates)[number] | undefined => rates.find((each) => each.name === name)
  const [machine, standing] = [rateOf(comparison, 'failed'), rateOf(overruled, 'failed')]
  t.equal(standing?.later.numerator, (machine?.later.numerator ?? 0) - 1, 'and the rates count it, as the list does')
  t.same(standing?.machine, { earlier: machine?.earlier, later: machine?.later }, 'with the machine’s beside')
  t.notOk(machine?.machine, 'where nobody spoke there is one count')
  t.notOk(rateOf(overruled, 'clear')?.machine)
  t.equal(overruled.later.reviewed, 1)
  for (const { difference, interval95 } of overruled.rates) if (difference !== null) t.ok(interval95 && interval95[0] <= difference && difference <= interval95[1], `${difference} in ${String(interval95)}`)
  t.same(compareInspections({ inspection: earlier, reviews: [] }, { inspection: { ...other, state: 'cancelled', area: '3201', rules: { ...other.rules, version: 9 } }, reviews: [] }).cautions, ['other-area', 'other-rules', 'not-finished'])
  const whole = { ...other, draw: { ...other.draw, population: { ...other.draw.population, size: 20 } } }
  t.equal(compareInspections({ inspection: whole, reviews: [] }, { inspection: { ...whole, id: 'x', startedAtMs: 0 }, reviews: [] }).isWhole, true)
  const zh = await textOf(pageOf(comparisonDocument(comparison, 'zh', 'yiji'), async () => undefined))
  t.ok(zh.includes('不同样本的比率会因偶然而不同') && zh.includes('仅由抽样的偶然产生'))
  const en = await textOf(pageOf(comparisonDocument(comparison, 'en', 'yiji'), async () => undefined))
  t.ok(en.includes('p is the chance that sampling alone'))
  t.notMatch(en, /[上本]次|好转|恶化/)
  t.equal([...(comparisonSheets(comparison, 'zh')[1]?.rows() ?? [])].length, 20)
})
