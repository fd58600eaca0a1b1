// A figure of a rule set in words: its name, its unit, its value, and what a refusal of it says.
import { lang, useWords } from '../i18n/index.ts'
import type { RuleFigures } from '../client/rules.ts'
import { sectionOf, unitOf, wordsKey, type Leaf } from './figures.ts'
import type { Refusal } from './refusal.ts'

export interface FigureWords {
  readonly nameOf: (path: string) => string
  readonly unit: (path: string) => string
  readonly valueOf: (path: string, value: Leaf | undefined) => string
  readonly wrong: (refusal: Refusal, never: RuleFigures['never']) => string
}

export function useFigureWords(): FigureWords {
  const { t, word } = useWords()
  const className = (code: string): string => (/^[1-49]$/.test(code) ? word('class', code) : code)
  /** Rows of a list are counted from one. */
  const place = (path: string): string => (/\[(\d+)\]/.exec(path) ? ` ${Number(/\[(\d+)\]/.exec(path)?.[1]) + 1}` : '')
  const nameOf = (path: string): string => {
    const section = sectionOf(path)
    if (section === 'judgement') return word('reason', path.slice('judgement.'.length))
    const key = `rules.of.${wordsKey(path)}`
    const named = t(key, { class: className(path.slice(path.lastIndexOf('.') + 1)) })
    const text = named === key ? path : named
    return section === 'strata' || path.startsWith('scores.items') || path.startsWith('recheck.after') ? `${place(path).trim()} ${text}`.trim() : text
  }
  const valueOf = (path: string, value: Leaf | undefined): string => {
    if (value === undefined) return t('rules.nothing')
    if (typeof value === 'boolean') return t(value ? 'rules.yes' : 'rules.no')
    if (typeof value === 'number') return String(value)
    if (path.startsWith('judgement.')) return word('rules.consequence', value)
    if (path.startsWith('recheck.after')) return word('reason', value)
    if (/\.(numerator|denominator)$/.test(path)) return word('rules.count', value)
    return /^strata\[\d+\]\.class$/.test(path) ? className(value) : value
  }
  const wrong = ({ path, key, named }: Refusal, never: RuleFigures['never']): string => {
    const rule = key === 'never' ? never.find(({ reason }) => path === `judgement.${reason}`) : undefined
    return t(`rules.wrong.${key}`, rule ? { why: rule[lang()] } : { ...named })
  }
  return { nameOf, unit: (path) => (unitOf(path) === '' ? '' : t(`rules.unitOf.${unitOf(path)}`)), valueOf, wrong }
}
