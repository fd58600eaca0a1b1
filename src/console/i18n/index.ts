// Two languages, Chinese first; the choice is remembered in this browser.
import { createI18n, useI18n } from 'vue-i18n'
import type { Problem } from '../../api/schema/index.ts'
import { recall, remember } from '../client/kept.ts'
import { en } from './en.ts'
import { zh, type Messages } from './zh.ts'

export type Lang = 'zh' | 'en'
export type Translate = (key: string, named?: Record<string, unknown>) => string

const kept = 'yiji.lang'
const isLang = (text: string | undefined): text is Lang => text === 'zh' || text === 'en'

export const i18n = createI18n<[Messages], Lang, false>({ legacy: false, locale: firstLang(), fallbackLocale: 'zh', messages: { zh, en } })

export function setLang(lang: Lang): void {
  i18n.global.locale.value = lang
  remember(kept, lang)
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
}
export const lang = (): Lang => i18n.global.locale.value as Lang

/** Translation by a key that may be made of a code: a code without words shows as itself. */
export function useWords(): { readonly t: Translate; readonly word: (group: string, code: string) => string; readonly explain: (problem: Problem) => string } {
  const { t: translate, te } = useI18n()
  // A message of two forms chooses by its `n`.
  const t: Translate = (key, named = {}) => (typeof named['n'] === 'number' ? translate(key, named, named['n']) : translate(key, named))
  const word = (group: string, code: string): string => (te(`${group}.${code}`) ? t(`${group}.${code}`) : code)
  const explain = (problem: Problem): string => {
    const key = `problem.${problem.code.replaceAll('.', '-')}`
    const detail = problem.detail ?? problem.title
    if (problem.code === 'camera.unreachable' && problem.reason !== undefined && te(`problem.reason.${problem.reason}`)) return t(`problem.reason.${problem.reason}`)
    return te(key) ? t(key, { detail, instance: problem.instance ?? '–' }) : t('problem.other', { code: problem.code, detail })
  }
  return { t, word, explain }
}

function firstLang(): Lang {
  const before = recall(kept)
  return isLang(before) ? before : 'zh'
}
