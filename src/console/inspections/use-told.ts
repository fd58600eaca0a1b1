// Differences and remarks of a check computed again, in the language of the page. What has no words is shown as the service says it.
import type { Check } from '../../api/schema/index.ts'
import { useWords } from '../i18n/index.ts'
import { plainNumber } from './review/figure-rules.ts'
import { differenceOf, remarkOf, type Told } from './told.ts'

/** The check that the differences are of, as far as it is at hand: it tells which figure is the third. */
export type Of = Pick<Check, 'picture' | 'running' | 'device'>

/** Longer texts (the grid of a scene) are cut. */
const maxText = 60
const isPlace = (step: string): boolean => /^\d+$/.test(step)
/** Codes by the field that holds them, with the group of their words. */
const groups: Readonly<Record<string, string>> = {
  reasons: 'reason', notes: 'reason', absence: 'reason', band: 'band', outcome: 'outcome', code: 'figure', severity: 'told.severityOf', start: 'told.startOf', clock: 'look.osdClockOf', cut: 'look.cut', clockMissing: 'look.clockMissing', osdMissing: 'look.osdMissing', transport: 'transport',
}

export function useTold(): { readonly difference: (line: string, of?: Of) => string; readonly remark: (line: string) => string } {
  const { t, word } = useWords()

  const figureAt = (steps: readonly string[], of: Of | undefined): string | undefined => {
    const [group, , place] = steps
    return group === 'picture' || group === 'running' || group === 'device' ? of?.[group]?.figures?.[Number(place)]?.code : undefined
  }
  const nameOf = (steps: readonly string[], of: Of | undefined): string => {
    const names = steps.flatMap((step, at) => {
      if (isPlace(step)) return []
      const [name, place] = [word('told.part', step).replace(/^told\.part\./, ''), steps[at + 1] ?? '']
      const code = step === 'figures' && at === 1 ? figureAt(steps, of) : undefined
      if (code !== undefined) return [word('figure', code)]
      // Of codes in a list the place says nothing.
      return [isPlace(place) && groups[step] === undefined ? t('told.place', { what: name, n: Number(place) + 1 }) : name]
    })
    return names.join(t('told.join'))
  }
  const textOf = (text: string, key: string, steps: readonly string[]): string => {
    if (key === 'result') return steps.includes('figures') ? word('look.resultOf', text) : word('result', text)
    const group = groups[key]
    return group === undefined ? text : word(group, text)
  }
  const valueOf = (value: Told, steps: readonly string[]): string => {
    const key = steps.findLast((step) => !isPlace(step)) ?? ''
    if (value === undefined || value === null) return t('told.absent')
    if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
    if (typeof value === 'number') return key === 'lossRate' ? `${(value * 100).toFixed(2)} %` : `${plainNumber(value)}${/Ms$|^ms$/.test(key) || steps.includes('times') ? ' ms' : ''}`
    if (typeof value === 'string') {
      const text = textOf(value, key, steps)
      return text.length > maxText ? `${text.slice(0, maxText)}…` : text
    }
    if ('code' in value && typeof value.code === 'string') return `${word('figure', value.code)} ${typeof value['value'] === 'number' ? plainNumber(value['value']) : ''}`.trim()
    return t('told.fields', { n: Object.keys(value).length })
  }
  const remark = (line: string): string => {
    const said = remarkOf(line)
    return said ? t(`told.remark.${said.key}`, { file: '', ...said.named }).trim() : line
  }
  const difference = (line: string, of?: Of): string => {
    const told = differenceOf(line)
    return told ? t('told.line', { what: nameOf(told.steps, of), kept: valueOf(told.kept, told.steps), computed: valueOf(told.computed, told.steps) }) : remark(line)
  }
  return { difference, remark }
}
