// The rule sets that ship or have shipped, and one of them by its name.
import { AppError } from '../../base/index.ts'
import type { RuleSet } from '../types.ts'
import { checkRules } from './check.ts'
import { defaultRules } from './default.ts'
import { demoRules } from './demo.ts'
import { earlierRuleSets } from './earlier.ts'
import { secondFigure } from './second-figure.ts'

/** The newest version of each. */
export const ruleSets: readonly RuleSet[] = [defaultRules, demoRules, secondFigure]
export const shippedRuleSets: readonly RuleSet[] = [...earlierRuleSets, ...ruleSets]

/** A rule set by its name, or by `name@version`, or a user's own, checked; the default when none is asked for. Throws AppError `request.invalid`. */
export function chooseRules(rules?: string | RuleSet): RuleSet {
  if (rules === undefined) return defaultRules
  if (typeof rules !== 'string') return checkRules(rules)
  const found = ruleSets.find((each) => each.name === rules) ?? shippedRuleSets.find((each) => `${each.name}@${each.version}` === rules)
  if (!found) throw new AppError('request.invalid', `there is no rule set "${rules}": choose one of ${ruleSets.map((each) => each.name).join(', ')}`)
  return found
}
