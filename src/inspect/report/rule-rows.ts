// A rule set as rows: each figure by its path, what it means, its value with unit, and where it comes from.
import type { RuleSet } from './../types.ts'
import { classes, reasons, resultWords, ruleWords, type Lang } from './texts/index.ts'

export interface RuleRow {
  readonly name: string
  readonly meaning: string
  readonly value: string
  readonly basis: string
}

/** Never printed as figures: they head the table. */
const heads = new Set(['name', 'version', 'title', 'bases'])
/** Deeper or longer than any rule set that reads. */
const [maxDepth, maxRows] = [6, 500]

export function ruleRows(rules: RuleSet, lang: Lang): readonly RuleRow[] {
  const rows: RuleRow[] = []
  const basisOf = (path: string): string => {
    const words = basesOf(rules)[path] ?? basesOf(rules)[path.split('.')[0] ?? '']
    return words?.[lang] ?? resultWords.unknownBasis[lang]
  }
  const add = (path: string, value: unknown, depth: number): void => {
    if (rows.length >= maxRows || depth > maxDepth || value === undefined || value === null) return
    const isLeaf = typeof value !== 'object' || (Array.isArray(value) && value.every((each) => typeof each !== 'object'))
    if (isLeaf || isText(value)) return void rows.push({ name: path, meaning: meaningOf(path, lang), value: valueOf(path, value, lang), basis: basisOf(path) })
    for (const [key, each] of Object.entries(value)) if (depth > 0 || !heads.has(key)) add(path === '' ? key : `${path}.${nameIn(value, key, each)}`, each, depth + 1)
  }
  add('', rules, 0)
  return rows
}

type Bases = Readonly<Record<string, Readonly<Record<Lang, string>>>>
const basesOf = (rules: RuleSet & { readonly bases?: Bases }): Bases => rules.bases ?? {}

const isText = (value: object): boolean => 'zh' in value && 'en' in value && Object.keys(value).length === 2

/** Items of a list by what they are called, else by their place. */
function nameIn(list: object, key: string, each: unknown): string {
  if (!Array.isArray(list) || typeof each !== 'object' || each === null) return Array.isArray(list) ? String(Number(key) + 1) : key
  const name = 'code' in each ? each.code : 'class' in each ? each.class : undefined
  return typeof name === 'string' ? name : String(Number(key) + 1)
}

function meaningOf(path: string, lang: Lang): string {
  const [section = '', second = '', third = ''] = path.split('.')
  const known = ruleWords[path] ?? ruleWords[`${section}.*.${third}`] ?? ruleWords[`${section}.${second}.*`] ?? ruleWords[`${section}.*`]
  const what = section === 'strata' ? classes[second]?.[lang] : section === 'judgement' ? (reasons as Readonly<Record<string, Readonly<Record<Lang, string>>>>)[second]?.[lang] : undefined
  return [known?.[lang], what].filter((part) => part !== undefined).join(': ')
}

function valueOf(path: string, value: unknown, lang: Lang): string {
  if (typeof value === 'object' && value !== null && isText(value)) return (value as Readonly<Record<Lang, string>>)[lang]
  if (Array.isArray(value)) return value.map(String).join(', ')
  const unit = ruleWords[path]?.unit
  return unit === undefined ? String(value) : `${String(value)} ${unit}`
}
