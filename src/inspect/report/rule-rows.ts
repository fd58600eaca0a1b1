// A rule set as rows: each figure by its path, what it means, its value with unit, and where it comes from.
import { basisOf, defaultRules, figuresOf, isWords } from '../rules/index.ts'
import type { RuleSet } from '../types.ts'
import { classes, consequenceNames, reasons, resultWords, ruleWords, type Lang, type Text } from './texts/index.ts'

export interface RuleRow {
  readonly name: string
  readonly meaning: string
  readonly value: string
  readonly basis: string
  /** A document gives it; else it was chosen. */
  readonly isDocumented: boolean
}

/** More than any rule set that reads. */
const maxRows = 1_000

export function ruleRows(rules: RuleSet, lang: Lang): readonly RuleRow[] {
  const shipped = figuresOf(defaultRules)
  return [...figuresOf(rules)]
    .filter(([path]) => !isWords(path))
    .slice(0, maxRows)
    .map(([path, value]) => {
      const basis = shipped.get(path) === value ? basisOf(path) : undefined
      return {
        name: path,
        meaning: meaningOf(path, rules, lang),
        value: valueOf(path, value, lang),
        basis: basis === undefined ? resultWords.changed[lang] : basis.by === 'document' ? `${basis.document} ${basis.clause}: ${basis[lang]}` : `${resultWords.unknownBasis[lang]}: ${basis[lang]}`,
        isDocumented: basis?.by === 'document',
      }
    })
}

/** Words of the figure; of a list's item with what the item is called. */
function meaningOf(path: string, rules: RuleSet, lang: Lang): string {
  const [, section = '', place, last = ''] = /^(\w+)\[(\d+)\](?:\.(.*))?$/.exec(path) ?? []
  if (section === 'strata') return `${words(`strata.${last}`, lang)}: ${classes[rules.strata[Number(place)]?.class ?? '']?.[lang] ?? ''}`
  const items = /^scores\.items\[(\d+)\]\.(.*)$/.exec(path)
  if (items) return `${rules.scores?.items[Number(items[1])]?.title[lang] ?? ''}: ${words(`scores.item.${items[2] ?? ''}`, lang)}`
  const [head = '', ...rest] = path.split('.')
  if (head === 'judgement') return (reasons as Readonly<Record<string, Text>>)[rest.join('.')]?.[lang] ?? path
  if (path.startsWith('running.minFps.')) return `${words('running.minFps', lang)}: ${classes[rest.at(-1) ?? '']?.[lang] ?? rest.at(-1) ?? ''}`
  return words(path.replace(/\[\d+\]/g, ''), lang)
}

const words = (path: string, lang: Lang): string => ruleWords[path]?.[lang] ?? ''

function valueOf(path: string, value: string | number | boolean | null, lang: Lang): string {
  if (path.startsWith('judgement.')) return consequenceNames[value as keyof typeof consequenceNames]?.[lang] ?? String(value)
  if (typeof value === 'boolean') return value ? resultWords.yes[lang] : resultWords.no[lang]
  const unit = ruleWords[path]?.unit
  return unit === undefined ? String(value) : `${String(value)} ${unit}`
}
