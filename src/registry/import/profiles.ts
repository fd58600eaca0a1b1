// Code tables that programs disagree on. Which one a file uses is chosen by whoever imports it.
import { fieldRow } from '../field-table.ts'
import type { Words } from './types.ts'

export type ManufacturerTable = 'national' | 'jiangsu'

/** A registry UI of Jiangsu (2016): two digits, and other makers than the national table behind the same numbers. `code` is the national one. */
const jiangsu: readonly { readonly given: string; readonly zh: string; readonly en: string; readonly code: string }[] = [
  { given: '00', zh: '海康威视', en: 'Hikvision', code: '1' },
  { given: '01', zh: '大华', en: 'Dahua', code: '2' },
  { given: '02', zh: '科达', en: 'Kedacom', code: '4' },
  { given: '03', zh: '安讯士', en: 'Axis', code: '5' },
  { given: '04', zh: '英飞拓', en: 'Infinova', code: '8' },
  // The national table has no Pelco: the name is kept, and the rule on codes says so.
  { given: '05', zh: '派尔高', en: 'Pelco', code: '派尔高' },
  { given: '99', zh: '其它', en: 'other', code: '99' },
]

/** Two digits beginning with 0, or 0 itself, stand in both tables or only in Jiangsu's. */
export const isAmbiguousMaker = (text: string): boolean => /^0\d?$/.test(text)

export const makerByJiangsu = (text: string): string | undefined => jiangsu.find(({ given }) => given === text.padStart(2, '0'))?.code

const unknown: Words = { zh: '（表中没有）', en: '(not in the table)' }

export function makerMeanings(text: string): Readonly<Record<ManufacturerTable, Words>> {
  const plain = text.replace(/^0+(?=\d)/, '')
  const national = fieldRow('manufacturer').table?.find(({ code }) => code === plain)
  const other = jiangsu.find(({ given }) => given === text.padStart(2, '0'))
  return { national: national ? { zh: national.zh, en: national.en } : unknown, jiangsu: other ? { zh: other.zh, en: other.en } : unknown }
}
