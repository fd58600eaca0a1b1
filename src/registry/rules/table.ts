// The one table of rules: what docs/rules.md lists and every finding's code is found in.
import type { FieldRow } from '../field-table.ts'
import { areaRules } from './of-area.ts'
import { catalogRules } from './of-catalog.ts'
import { codeRules } from './of-code.ts'
import { fieldRules } from './of-fields.ts'
import { placeNotes, placeRules } from './of-place.ts'
import { valueRules } from './of-values.ts'
import { applied, findingOf, type RecordRule, type RuleContext, type RuleRow } from './rule.ts'
import type { Fields, Finding } from '../types.ts'

/** In the order in which findings are given: what is missing first. */
export const recordRulesOf = (table?: readonly FieldRow[]): readonly RecordRule[] => [...fieldRules(table), ...codeRules, ...placeRules, ...valueRules]
export const recordRules = recordRulesOf()

export const ruleTable: readonly RuleRow[] = [...recordRules, ...placeNotes, ...areaRules, ...catalogRules]

/** All findings of one record after the other, in the order of the rules; the same record gives the same findings. */
export function recordCheck(context: RuleContext, rules: readonly RecordRule[] = recordRules): (record: Fields) => readonly Finding[] {
  const whole = applied(context)
  return (record) => {
    const findings: Finding[] = []
    for (const rule of rules) {
      const said = rule.check(record, whole)
      if (said) findings.push(findingOf(rule, said))
    }
    return findings
  }
}

export const checkRecord = (record: Fields, context: RuleContext): readonly Finding[] => recordCheck(context)(record)
