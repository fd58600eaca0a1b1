// What a rule is: a row of the one table of rules (table.ts), from which checks, docs/rules.md and every message come.
import type { FieldName } from '../field-table.ts'
import { shippedDivisions, type Divisions } from '../divisions/index.ts'
import type { Outline } from '../outline.ts'
import type { Fields, Finding } from '../types.ts'
import { ruleLimits, type RuleLimits } from './limits.ts'
import { readPlace, type ReadPlace } from './read-place.ts'

/** What a rule must see: the record alone, all records together, catalogs, presence, or what an inspection saw. */
export type Needs = 'record' | 'area' | 'catalog' | 'presence' | 'inspection'

/** sourced: a standard, a notice or a record program has it, and `text` says which. ours: nobody prescribes it; never print such a rule as "the standard says". */
export interface Basis {
  readonly kind: 'sourced' | 'ours'
  readonly text: string
}
export const sourced = (text: string): Basis => ({ kind: 'sourced', text })
export const ours = (text: string): Basis => ({ kind: 'ours', text })

export interface RuleRow {
  /** Stable, `field.what`. With the field it is the rule's key. */
  readonly code: string
  /** Where its findings stand; any: at the field that it is about. */
  readonly field: FieldName | 'record' | 'any'
  readonly severity: Finding['severity']
  readonly needs: Needs
  /** What it asks for, in general; a finding says what it met. */
  readonly zh: string
  readonly en: string
  readonly basis: Basis
}

export interface RuleContext {
  /** Wall time: an installation cannot lie in the future. */
  readonly nowMs: number
  /** District outlines; without them the rules on places say that they were not applied (`outlineNotApplied`). */
  readonly outlines?: readonly Outline[]
  /** The shipped table where absent. */
  readonly divisions?: Divisions
  readonly limits?: RuleLimits
}

/** What the rules go by beside the time. */
export type RuleSources = Omit<RuleContext, 'nowMs'>

/** The context with everything in it. */
export interface Applied {
  readonly nowMs: number
  /** Beijing time, YYYY-MM-DD. */
  readonly today: string
  readonly tomorrow: string
  readonly outlines: readonly Outline[]
  readonly divisions: Divisions
  readonly limits: RuleLimits
  /** Where the record says that it stands; a dozen rules ask for it, one after the other. */
  readonly placeOf: (record: Fields) => ReadPlace
}

function lastPlace(): Applied['placeOf'] {
  let last: Fields | undefined
  let place: ReadPlace = 'missing'
  return (record) => {
    if (record !== last) {
      last = record
      place = readPlace(record)
    }
    return place
  }
}

const beijingDay = (ms: number): string => new Date(ms + 8 * 3600_000).toISOString().slice(0, 10)

export const applied = ({ nowMs, outlines = [], divisions = shippedDivisions(), limits = ruleLimits }: RuleContext): Applied => ({
  nowMs,
  today: beijingDay(nowMs),
  tomorrow: beijingDay(nowMs + 86_400_000),
  outlines,
  divisions,
  limits,
  placeOf: lastPlace(),
})

export interface Words {
  readonly zh: string
  readonly en: string
}
export const words = (zh: string, en: string): Words => ({ zh, en })

/** A rule on one record: undefined where nothing is wrong. */
export interface RecordRule extends RuleRow {
  readonly field: FieldName
  readonly check: (record: Fields, context: Applied) => Words | undefined
}

export const recordRule = (row: Omit<RecordRule, 'needs'>): RecordRule => ({ ...row, needs: 'record' })

export const findingOf = ({ code, field, severity }: Pick<RuleRow, 'code' | 'severity'> & Pick<Finding, 'field'>, { zh, en }: Words, detail?: Finding['detail']): Finding => ({
  field,
  rule: code,
  severity,
  message: { zh, en },
  ...(detail === undefined ? {} : { detail }),
})

/** A name in the middle of a sentence: "IPv4 address" keeps its capitals, "Device name" does not. */
export const inSentence = (en: string): string => (/^[A-Z][a-z-]+($| )/.test(en) ? en.slice(0, 1).toLowerCase() + en.slice(1) : en)
