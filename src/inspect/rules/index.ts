// Rule sets: what ships, how one from outside is read, and what one of an earlier version goes by.
// A new section is a file of its own here (default, reading), a line in default.ts and one in check.ts.
export { checkRules } from './check.ts'
export { chooseRules, ruleSets } from './choose.ts'
export { defaultRules } from './default.ts'
export { demoRules } from './demo.ts'
export { consequenceOf } from './judgement.ts'
export { strata } from './strata.ts'
