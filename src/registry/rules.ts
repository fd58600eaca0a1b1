// The rules' own door: what camera.ts, imports and checks of areas take.
export { checkRecord, recordCheck, recordRules, recordRulesOf, ruleTable } from './rules/table.ts'
export { outlineNotApplied } from './rules/of-place.ts'
export { ruleLimits, type RuleLimits } from './rules/limits.ts'
export type { Basis, Needs, RecordRule, RuleContext, RuleRow, RuleSources } from './rules/rule.ts'
export { checkArea, type CheckedRecord, type Judged } from './rules/check-area.ts'
export { createAreaCheck, type AreaCheck, type AreaFinding, type AreaRecord } from './rules/area-check.ts'
