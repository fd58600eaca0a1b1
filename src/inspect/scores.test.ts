import t from 'tap'
import { factsOf, type Facts } from './facts.ts'
import { concludeCheck } from './judge.ts'
import { defaultRules } from './rules/index.ts'
import { fourDecimals, scoreOf } from './scores.ts'
import { summarise } from './summary.ts'
import type { Attempt, Check, PictureMeasure, PopulationMember, Review, RuleSet, ScoreRules } from './types.ts'

const camera: PopulationMember = { id: '1', name: '广场', class: '1', area: '320116', owner: 'o', policeUnit: 'p', networking: 'networked', functionType: '5', longitude: '118.8', latitude: '32.3', builtBy: '1', findings: [] }
const sharp: PictureMeasure = { width: 1920, height: 1080, mean: 110, std: 50, p01: 10, p99: 230, osdShare: 0.02, blurPx: 0.4, blocks: 100, noise: 1 }
const seen = (over: Partial<PictureMeasure> = {}): Attempt => ({ n: 1, isCold: true, outcome: 'ok', times: { ok: 90, firstPicture: 221 }, pictures: [1, 2, 3].map((n) => ({ ...sharp, ...(n > 1 && { difference: 4 }), ...over })), loopLagMs: 1 })
const silent = (outcome: Attempt['outcome'], over: Partial<Attempt> = {}): Attempt => ({ n: 1, isCold: true, outcome, times: {}, pictures: [], loopLagMs: 1, ...over })
const check = (n: number, attempts: readonly Attempt[], over: Partial<PopulationMember> = {}): Check => concludeCheck(n, { ...camera, ...over }, attempts, defaultRules, [])
const facts = (attempts: readonly Attempt[], over: Partial<PopulationMember> = {}): Facts => factsOf(check(1, attempts, over), defaultRules)

t.test('half up at the fourth decimal, exactly', async (t) => {
  for (const [n, d, expected] of [[1, 3, 0.3333], [2, 3, 0.6667], [1, 20_000, 0.0001], [1, 20_001, 0], [3, 20_000, 0.0002], [1, 1, 1], [0, 7, 0], [0, 0, null], [20_007, 160_000, 0.125], [20_008, 160_000, 0.1251]] as const) t.equal(fourDecimals(n, d), expected, `${n}/${d}`)
  // Beside what the division itself would give: 0.00005 is not a double, and Math.round goes by what is.
  for (let d = 1; d < 400; d++) for (let n = 0; n <= d; n++) {
    const exact = (BigInt(n) * 20_000n + BigInt(d)) / (2n * BigInt(d))
    if (fourDecimals(n, d) !== Number(exact) / 10_000) t.fail(`${n}/${d}`)
  }
})

t.test('what is certain of a camera, and what is not', async (t) => {
  t.match(facts([seen()]), { assessed: true, filed: true, located: true, connected: true, online: true, present: true, clear: true, intact: true, prompt: true, runs: undefined, passed: true })
  t.match(facts([silent('not-registered')]), { connected: false, online: false, present: false, intact: false, clear: undefined, passed: false })
  t.match(facts([silent('offline')]), { connected: true, online: false, present: false })
  t.match(facts([silent('no-media', { times: { ok: 50 } })]), { online: true, present: false, intact: false })
  t.match(facts([silent('no-answer', { isOurFault: true })]), { connected: true, online: undefined, present: undefined, intact: undefined, passed: undefined }, 'our own fault says nothing')
  t.match(facts([seen({ blurPx: 1.5 })]), { clear: undefined, intact: undefined, passed: undefined }, 'doubtful is for a person to say')
  t.match(facts([seen({ blurPx: 4 })]), { clear: false, intact: false })
  t.match(facts([seen({ absence: 'black' })]), { present: false, intact: false, clear: false })
  for (const [longitude, latitude, located] of [['', '32.3', false], ['0', '32.3', false], ['118.8', '0.0', false], ['118.8', 'x', false], ['118.8', '32.3', true]] as const) t.equal(facts([seen()], { longitude, latitude }).located, located, `${longitude} ${latitude}`)
})

t.test('the shipped score, with formula, numerators and denominators', async (t) => {
  const cameras = [seen(), seen(), seen({ blurPx: 4 }), seen({ blurPx: 1.5 }), silent('no-media', { times: { ok: 1 } }), silent('offline'), silent('not-registered')].map((attempt) => facts([attempt]))
  const { scores } = defaultRules
  if (!scores) return t.fail('the default has a score')
  const score = scoreOf(scores, cameras)
  t.match(score.items, [
    { code: 'filed', numerator: { count: 7 }, denominator: { count: 7 }, undiagnosed: 0, unsettled: 0, rate: 1, points: 25 },
    { code: 'connected', numerator: { name: 'connected', title: { zh: '上联数' }, count: 6 }, denominator: { name: 'assessed', count: 7 }, rate: 0.8571, points: 21.4275 },
    { code: 'online', numerator: { count: 5 }, denominator: { count: 6 }, rate: 0.8333, points: 20.8325 },
    { code: 'intact', numerator: { count: 2 }, denominator: { count: 4 }, undiagnosed: 1, rate: 0.5, points: 12.5 },
  ])
  t.equal(score.value, 79.76)
  t.equal(score.formula.zh, '100 × (0.25 × 档案合格数 / 考核点位数 + 0.25 × 上联数 / 考核点位数 + 0.25 × 在线数 / 上联数 + 0.25 × 完好数 / 在线数)')
})

t.test('nothing to divide by: certain that there is none is 0, not found out is no score', async (t) => {
  const one = (numerator: 'online' | 'intact', denominator: 'connected' | 'online'): ScoreRules => ({ title: { zh: '分', en: 'score' }, items: [{ code: 'x', title: { zh: '分', en: 'x' }, weight: 1, numerator, denominator }] })
  t.match(scoreOf(one('intact', 'online'), [facts([silent('offline')])]), { value: 0, items: [{ rate: null, points: 0 }] })
  t.match(scoreOf(one('intact', 'online'), [facts([silent('no-answer', { isOurFault: true })])]), { value: null, items: [{ rate: null, points: null, unsettled: 1 }] })
  t.match(scoreOf(one('intact', 'online'), [facts([seen({ blurPx: 1.5 })])]), { value: null, items: [{ undiagnosed: 1, denominator: { count: 0 } }] })
  t.match(scoreOf(one('intact', 'online'), []), { value: null })
})

t.test('no rate above one, no numerator from outside its denominator, for any cameras at all', async (t) => {
  const { scores } = defaultRules
  const kinds = [seen(), seen({ blurPx: 1.5 }), silent('offline'), silent('refused', { isOurFault: true }), seen({ absence: 'snow' })].map((attempt) => facts([attempt]))
  for (let mask = 0; mask < 3 ** 5; mask++) {
    const cameras = kinds.flatMap((each, n) => Array.from({ length: Math.floor(mask / 3 ** n) % 3 }, () => each))
    for (const item of scoreOf(scores ?? { title: { zh: '', en: '' }, items: [] }, cameras).items) {
      if (item.numerator.count > item.denominator.count || (item.rate ?? 0) > 1 || (item.points ?? 0) > 100 * item.weight) t.fail(`${item.code} of ${mask}`)
      if (item.denominator.count + item.undiagnosed + cameras.filter((each) => each[item.denominator.name] !== true).length !== cameras.length) t.fail(`${item.code} of ${mask}: everybody is somewhere`)
    }
  }
})

t.test('after review: what persons said beside the machine’s rates, which stay', async (t) => {
  const checks = [check(1, [seen()]), check(2, [silent('offline')]), check(3, [seen({ blurPx: 4 })])]
  const said = (n: number, result: Review['result'], atMs: number): Review => ({ inspection: 'i', n, result, reason: 'r', by: 'x', atMs })
  const rules: RuleSet = { ...defaultRules, scores: { title: { zh: '分', en: 's' }, items: [{ code: 'p', title: { zh: '率', en: 'p' }, weight: 1, numerator: 'passed', denominator: 'assessed' }] } }
  t.notOk('afterReview' in summarise(checks, rules))
  const summary = summarise(checks, rules, [said(2, 'review', 1), said(2, 'pass', 2), said(3, 'fail', 3), said(9, 'fail', 4)])
  t.match(summary, {
    passed: { numerator: 1, denominator: 3 },
    failed: { numerator: 1 },
    review: { numerator: 1 },
    scores: { value: 50, items: [{ undiagnosed: 1 }] },
    afterReview: { reviewed: 2, passed: { numerator: 2, denominator: 3, rate: 0.6667 }, failed: { numerator: 1 }, review: { numerator: 0 }, scores: { value: 66.67, items: [{ undiagnosed: 0 }] } },
  })
  t.notOk('scores' in summarise(checks), 'of a rule set without a score: none')
})

t.test('a check of the record alone is judged by the record, and is in no rate of pictures', async (t) => {
  const ofRecord: Check = { ...check(1, []), kinds: ['record'] }
  t.match(summarise([check(1, [seen()]), { ...ofRecord, n: 2 }]), { picturePresent: { numerator: 1, denominator: 1, of: { en: /asked for/ } }, responded: { denominator: 1 }, recordComplete: { denominator: 2 } })
  t.match(factsOf(ofRecord, defaultRules), { present: undefined, online: undefined, connected: undefined, filed: true })
})
