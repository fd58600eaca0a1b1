import t from 'tap'
import { AppError, seededRandom } from '../../base/index.ts'
import type { RuleSet } from '../types.ts'
import { basisOf, bases, isWords } from './bases.ts'
import { canonicalJson } from './digest.ts'
import { figuresOf } from './differences.ts'
import { earlierRuleSets } from './earlier.ts'
import { judgementTable, reasonCodes } from './judgement.ts'
import { checkRules, chooseRules, defaultRules, demoRules, ruleDifferences, rulesSha256, shippedRuleSets } from './index.ts'

const printed = (rules: unknown): unknown => JSON.parse(JSON.stringify(rules))

t.test('what is printed reads as what it was, shipped now or before', async (t) => {
  for (const rules of shippedRuleSets) t.same(checkRules(printed(rules)), rules, `${rules.name}@${rules.version}`)
  t.same(new Set(shippedRuleSets.map(({ name, version }) => `${name}@${version}`)).size, shippedRuleSets.length)
})

t.test('what has shipped never changes: another figure is another version', async (t) => {
  t.same(earlierRuleSets.map((rules) => `${rules.name}@${rules.version} ${rulesSha256(rules)}`), [
    'default@1 8979eaef815363c5ade8a76b9c889f2a106ea4b656faec4fc9c1119f57c14715',
    'demo@1 89e683bd14f9dd23d334ed0e39d9963ac1955e7fb68926f8fcc440722a4a7be3',
  ])
})

t.test('one name and version is one content; a name alone is its newest', async (t) => {
  t.equal(chooseRules(), defaultRules)
  t.equal(chooseRules('demo'), demoRules)
  t.equal(chooseRules('default@1'), earlierRuleSets[0])
  t.equal(chooseRules(`default@${defaultRules.version}`), defaultRules)
  for (const name of ['default@9', 'default@', 'strict', 'default@x']) t.throws(() => chooseRules(name), { code: 'request.invalid', message: /there is no rule set/ }, name)
})

t.test('every figure of the default says who chose it, and nothing else does', async (t) => {
  const used = new Set<string>()
  for (const path of figuresOf(defaultRules).keys()) {
    if (isWords(path)) continue
    const basis = basisOf(path)
    t.ok(basis, `${path} has a basis`)
    used.add(path.replace(/\[\d+\]/g, '[*]'))
    if (!basis) continue
    t.ok(basis.zh.length > 3 && basis.en.length > 8, `${path}: in both languages`)
    if (basis.by === 'document') t.match(`${basis.document} ${basis.clause}`, /\d{4}.* \S/, `${path}: number with its year, and clause`)
  }
  t.same([...bases.keys()].filter((path) => !used.has(path)), [], 'no basis without a figure')
})

t.test('the digest is of the content alone, whatever the order of its members', async (t) => {
  const shuffled = Object.fromEntries(Object.entries(printed(defaultRules) as object).reverse()) as unknown as RuleSet
  t.equal(rulesSha256(shuffled), rulesSha256(defaultRules))
  t.equal(rulesSha256({ ...defaultRules, name: 'other', version: 7 }), rulesSha256(defaultRules))
  t.not(rulesSha256({ ...defaultRules, attempts: 3 }), rulesSha256(defaultRules))
  t.equal(canonicalJson({ b: [1, { d: undefined, c: 'ä"' }], a: 1e21, A: null }), '{"A":null,"a":1e+21,"b":[1,{"c":"ä\\""}]}')
})

t.test('differences name each figure once', async (t) => {
  t.same(ruleDifferences(defaultRules, defaultRules), [])
  const { scores: _scores, ...without } = defaultRules
  const other: RuleSet = { ...without, attempts: 3, strata: [...defaultRules.strata, { class: '4', count: 1 }] }
  t.same(ruleDifferences(defaultRules, other).filter(({ path }) => !path.startsWith('scores')), [
    { path: 'attempts', from: 2, to: 3 },
    { path: 'strata[3].class', to: '4' },
    { path: 'strata[3].count', to: 1 },
  ])
  t.match(ruleDifferences(other, defaultRules).find(({ path }) => path === 'scores.items[0].weight'), { to: 0.25 })
})

t.test('what a rule set may not make of a reason is refused, with why', async (t) => {
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['joined-running', 'fail', /judgement\.joined-running must be review or note, since .*watching/],
    ['undetermined-sharpness', 'fail', /could not be measured fails nobody/],
    ['attempts-disagree', 'fail', /contradicts itself/],
    ['black', 'note', /judgement\.black must be fail or review, since a camera without a picture never passes/],
    ['no-answer', 'note', /never passes/],
    ['black', 'maybe', /judgement\.black must be one of fail, review/],
    ['out-of-tune', 'fail', /judgement\.out-of-tune must be absent: there is no such reason/],
  ]
  for (const [code, consequence, message] of wrong) t.throws(() => checkRules({ ...defaultRules, judgement: { [code]: consequence } }), { code: 'request.invalid', message }, `${code} ${String(consequence)}`)
  t.same(checkRules({ ...defaultRules, judgement: { 'slow-response': 'fail', unclear: 'note' } }).judgement, { 'slow-response': 'fail', unclear: 'note' })
  for (const code of reasonCodes) t.not(judgementTable[code].never?.consequence, judgementTable[code].by, `${code}: the table keeps its own rule`)
})

t.test('scores and re-checks that make no sense are refused', async (t) => {
  const item = { code: 'a', title: { zh: '甲', en: 'a' }, weight: 0.5, numerator: 'online', denominator: 'connected' }
  const score = (...items: readonly object[]): unknown => ({ ...defaultRules, scores: { title: { zh: '分', en: 'score' }, items } })
  t.ok(checkRules(score(item, { ...item, code: 'b' })))
  for (const [rules, message] of [
    [score(item), /scores\.items must be items whose weights make 1, not 0\.5/],
    [score(item, item), /names each item once/],
    [score({ ...item, weight: 0.50001 }), /at most four decimals/],
    [score({ ...item, weight: 1, numerator: 'connected' }), /another count than the denominator/],
    [score({ ...item, weight: 1, numerator: 'nice' }), /scores\.items\[0\]\.numerator must be one of assessed/],
    [score(), /a list of 1 to 20/],
    [{ ...defaultRules, recheck: { after: ['black', 'black'], minutes: 1, times: 1 } }, /each reason once/],
    [{ ...defaultRules, recheck: { after: [], minutes: -1, times: 1 } }, /recheck\.minutes must be a number from 0/],
  ] as const) t.throws(() => checkRules(rules), { code: 'request.invalid', message })
})

t.test('chewed rule sets: one clear line each, and the input as it was', async (t) => {
  const random = seededRandom(7)
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const odd = [null, undefined, -1, 0, 1e308, Number.NaN, '', 'x'.repeat(5000), [], {}, [[]], true, { __proto__: 1 }, '\u0000', 0.1]
  let refused = 0
  for (let n = 0; n < 3000; n++) {
    const rules = structuredClone(defaultRules) as unknown as Record<string, unknown>
    let place: Record<string, unknown> = rules
    for (let depth = 0; depth < 4; depth++) {
      const key = pick(Object.keys(place)) ?? 'new'
      const within = place[key]
      if (typeof within === 'object' && within !== null && random() < 0.7) place = within as Record<string, unknown>
      else {
        if (random() < 0.2) Reflect.deleteProperty(place, key)
        else place[key] = pick(odd)
        break
      }
    }
    const before = JSON.stringify(rules)
    try {
      if (JSON.stringify(checkRules(rules)).length > 100_000) t.fail('it grew')
    } catch (error) {
      refused++
      if (!(error instanceof AppError) || error.code !== 'request.invalid' || /\n/.test(error.message) || error.message.length > 1500) t.fail(`${String(error)} of ${before.slice(0, 200)}`)
    }
    if (JSON.stringify(rules) !== before) t.fail('the input was changed')
  }
  t.ok(refused > 1000, `${refused} refused`)
})
