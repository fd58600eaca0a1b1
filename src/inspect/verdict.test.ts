// What rule sets may and may not make of reasons; the verdicts of the default stand in judge.test.ts.
import t from 'tap'
import { concludeCheck } from './judge.ts'
import { consequenceOf, defaultRules, judgementTable, reasonCodes } from './rules/index.ts'
import type { Attempt, Consequence, PictureMeasure, PopulationMember, ReasonCode, RuleSet } from './types.ts'

const camera: PopulationMember = { id: '1', name: '广场', class: '1', area: '320116', owner: 'o', policeUnit: 'p', networking: 'networked', functionType: '5', longitude: '118.8', latitude: '32.3', builtBy: '1', findings: [] }
const sharp: PictureMeasure = { width: 1920, height: 1080, mean: 110, std: 50, p01: 10, p99: 230, osdShare: 0.02, blurPx: 0.4, blocks: 100, noise: 1 }
const seen = (over: Partial<PictureMeasure> = {}, more: Partial<Attempt> = {}, count = 3): Attempt => ({ n: 1, isCold: true, outcome: 'ok', times: { ok: 90, firstPicture: 221 }, pictures: Array.from({ length: count }, (_, n) => ({ ...sharp, ...(n > 0 && { difference: 4 }), ...over })), loopLagMs: 1, ...more })
const silent = (outcome: Attempt['outcome'], over: Partial<Attempt> = {}): Attempt => ({ n: 1, isCold: true, outcome, times: {}, pictures: [], loopLagMs: 1, ...over })
const by = (judgement: Partial<Record<ReasonCode, Consequence>>): RuleSet => ({ ...defaultRules, judgement: { ...defaultRules.judgement, ...judgement } })
const say = (attempts: readonly Attempt[], rules: RuleSet): string => {
  const { result, reasons, notes = [] } = concludeCheck(1, camera, attempts, rules, []).verdict
  return [result, ...reasons, ...notes.map((note) => `(${note})`)].join(' ')
}
const slow = seen({}, { times: { firstPicture: 9000 } })

t.test('a rule set says what a reason does', async (t) => {
  t.equal(say([slow], defaultRules), 'review slow-response')
  t.equal(say([slow], by({ 'slow-response': 'fail' })), 'fail slow-response')
  t.equal(say([slow], by({ 'slow-response': 'note' })), 'pass (slow-response)')
  t.equal(say([seen({ blurPx: 5 }, { times: { firstPicture: 9000 } })], by({ unclear: 'fail', 'slow-response': 'note' })), 'fail unclear (slow-response)')
  t.equal(say([seen({ absence: 'black' })], by({ black: 'review' })), 'review black')
  t.equal(say([silent('offline')], by({ offline: 'review' })), 'review offline')
  t.equal(say([silent('offline'), silent('refused', { n: 2 })], by({ offline: 'review' })), 'fail offline refused', 'one reason that fails is enough, and the others are named')
})

t.test('a rule set that names no reasons, or not this one, goes by the shipped table', async (t) => {
  const { judgement: _judgement, ...rest } = defaultRules
  const before: RuleSet = rest
  t.equal(say([silent('no-media')], before), 'fail no-media')
  t.equal(say([slow], { ...defaultRules, judgement: { unclear: 'fail' } }), 'review slow-response')
  for (const code of reasonCodes) t.equal(consequenceOf(code, before), judgementTable[code].by, code)
})

t.test('whatever a rule set says: our own fault, one picture and contradiction fail nobody, and nothing seen never passes', async (t) => {
  const hardest = by(Object.fromEntries(reasonCodes.map((code) => [code, 'fail' as const])))
  const softest = by(Object.fromEntries(reasonCodes.map((code) => [code, 'note' as const])))
  t.match(say([silent('no-answer', { isOurFault: true })], hardest), /^review/)
  t.match(say([silent('no-answer', { isOurFault: true }), silent('offline', { n: 2 })], hardest), /^review/)
  t.match(say([seen({ absence: 'black' }, {}, 1)], by({ black: 'fail' })), /^review black/, 'one picture alone')
  t.match(say([seen({ absence: 'black' }), seen({}, { n: 2 })], by({ black: 'fail' })), /^review black attempts-disagree/)
  for (const outcome of ['offline', 'no-media', 'undecodable'] as const) t.match(say([silent(outcome)], softest), /^review/, outcome)
  t.match(say([], softest), /^review/, 'nothing was looked at')
})

t.test('a check of the record alone asks for no picture', async (t) => {
  const { verdict } = concludeCheck(1, camera, [], defaultRules, [], { kinds: ['record'] })
  t.same(verdict, { result: 'pass', reasons: [] })
})
