// Section `strata`: classes, and how many of each are drawn.
import type { RuleSet } from '../types.ts'
import { count, record, text, wrong } from './reading.ts'

export const strataDefault: RuleSet['strata'] = [
  { class: '1', count: 10 },
  { class: '2', count: 5 },
  { class: '3', count: 5 },
]

/** Classes and how many of each. Throws AppError `request.invalid` naming the field. */
export function strata(value: unknown, field: string): RuleSet['strata'] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 20) throw wrong(field, 'a list of 1 to 20 classes')
  const list = value.map((each: unknown, index) => {
    const stratum = record(each, `${field}[${index}]`)
    return { class: text(stratum.class, `${field}[${index}].class`, /^[\w-]{1,16}$/), count: count(stratum.count, `${field}[${index}].count`, 0, 10_000) }
  })
  if (new Set(list.map((each) => each.class)).size < list.length) throw wrong(field, 'a list that names each class once')
  return list
}
