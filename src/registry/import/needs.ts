// What the values of a file leave open: how often each occurs, and what it would mean by each choice.
import { makerMeanings } from './profiles.ts'
import type { ImportTally } from './tally.ts'
import type { Choices, Need } from './types.ts'

export function choiceNeeds(tally: ImportTally, choices: Choices): readonly Need[] {
  const needs: Need[] = []
  const networking = tally.undecidedValues('networkingOne')
  const words = { networked: { zh: '已联网', en: 'networked' }, 'not-networked': { zh: '未联网', en: 'not networked' } }
  if (networking.length > 0 && choices.networkingOne === undefined) {
    needs.push({
      choice: 'networkingOne',
      message: { zh: '联网属性用0和1表示，而各地系统对0和1的含义相反：请选择1表示什么', en: '联网属性 is written as 0 and 1, and programs disagree on what they mean: say what 1 means' },
      options: [
        { value: 'networked', words: { zh: '1为已联网，0为未联网', en: '1 is networked, 0 is not' } },
        { value: 'not-networked', words: { zh: '1为未联网，0为已联网', en: '1 is not networked, 0 is' } },
      ],
      values: networking.map(({ value, count: times }) => {
        const isOne = value.endsWith('1')
        return { value, count: times, meanings: { networked: isOne ? words.networked : words['not-networked'], 'not-networked': isOne ? words['not-networked'] : words.networked } }
      }),
    })
  }
  const makers = tally.undecidedValues('manufacturerTable')
  if (makers.length > 0 && choices.manufacturerTable === undefined) {
    needs.push({
      choice: 'manufacturerTable',
      message: { zh: '设备厂商代码带前导0，全国代码表与江苏代码表含义不同：请选择', en: 'codes of makers begin with 0, and the national table and the one of Jiangsu disagree: choose one' },
      options: [
        { value: 'national', words: { zh: '全国（1海康、2大华…）', en: 'national (1 Hikvision, 2 Dahua …)' } },
        { value: 'jiangsu', words: { zh: '江苏（00海康威视、01大华…）', en: 'Jiangsu (00 Hikvision, 01 Dahua …)' } },
      ],
      values: makers.map(({ value, count: times }) => ({ value, count: times, meanings: makerMeanings(value) })),
    })
  }
  return needs
}

/** Further choices on top of those made: later ones win, mappings and columns are joined. */
export function mergeChoices(before: Choices, more: Choices | undefined): Choices {
  if (!more) return before
  const codes = { ...before.codes, ...Object.fromEntries(Object.entries(more.codes ?? {}).map(([field, mapping]) => [field, { ...before.codes?.[field as keyof typeof before.codes], ...mapping }])) }
  const columns = { ...before.columns, ...more.columns }
  return { ...before, ...more, ...(Object.keys(columns).length > 0 ? { columns } : {}), ...(Object.keys(codes).length > 0 ? { codes } : {}) }
}

export function isAnswered(need: Need, choices: Choices): boolean {
  if (need.choice === 'column') return need.field !== undefined && choices.columns?.[need.field] !== undefined
  return choices[need.choice] !== undefined
}
