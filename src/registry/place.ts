// Whether the rule on places could be applied to a division.
export { outlineNotApplied } from './rules/of-place.ts'
