// Section `strata`: classes, and how many of each are drawn.
import type { RuleSet } from '../types.ts'
import { coreNotice, document, type SectionBasis } from './basis.ts'
import { count, record, text, wrong } from './reading.ts'

export const strataDefault: RuleSet['strata'] = [
  { class: '1', count: 10 },
  { class: '2', count: 5 },
  { class: '3', count: 5 },
]

export const strataBasis: SectionBasis = {
  '[*].class': document(coreNotice, '在线核查 1', '按一类、二类、三类点位分别抽取', 'drawn by Class I, II and III'),
  '[*].count': document(coreNotice, '在线核查 1', '随机抽取一类 10 个、二类 5 个、三类 5 个点位', '10 of Class I, 5 of Class II, 5 of Class III, at random'),
}

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
