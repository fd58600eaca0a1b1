// Rule sets: what ships, how one from outside is read, and what one of an earlier version goes by.
// A new section is a file of its own here (default, basis, reading), a line in default.ts, one in check.ts and one in bases.ts.
export { basisOf, isWords } from './bases.ts'
export type { Basis } from './basis.ts'
export { checkRules } from './check.ts'
export { chooseRules, ruleSets, shippedRuleSets } from './choose.ts'
export { defaultRules } from './default.ts'
export { demoRules } from './demo.ts'
export { figuresOf, ruleDifferences, type RuleDifference } from './differences.ts'
export { canonicalJson, rulesSha256 } from './digest.ts'
export { recheckOf } from './earlier.ts'
export { consequenceOf, judgementTable, reasonCodes } from './judgement.ts'
export { countNames, inTenThousandths } from './scores.ts'
export { strata } from './strata.ts'
