// A value as the owner wrote it -> the one form that is stored. Says nothing about right or wrong: that is rules.ts.
import type { FieldRow } from './field-table.ts'

/** Blanks of all kinds at both ends, and the invisible marks that copying from web pages leaves. */
const trim = (text: string): string => text.replace(/[\u200b-\u200f\ufeff\u0000]/g, '').trim()

/** Full-width digits, letters and signs (U+FF01–FF5E) to ASCII; only where the value is a code, never in names. */
const foldWidth = (text: string): string => text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)).replaceAll('\u3000', ' ')

/** Returns the stored form, or undefined where nothing is left of the value: "°" and "'" alone are empty too. */
export function normalise(row: FieldRow, given: string): string | undefined {
  const text = trim(row.type === 'text' ? given : foldWidth(given))
  return text === '' ? undefined : trim(formOf(row, text)) || undefined
}

function formOf(row: FieldRow, text: string): string {
  switch (row.type) {
    case 'text':
      return text
    case 'digits':
      return text.replace(/^'/, '').replace(/\s/g, '')
    case 'integer':
      return text.replace(/^(\d+)\s*天$/, '$1').replace(/^(\d+)\.0+$/, '$1')
    case 'decimal':
      return text.replace(/[°\s]+$/, '').replace(/^(\d+(?:\.\d+)?)\s*(?:米|m)$/i, '$1')
    case 'code':
      return toCode(row, text)
    case 'codes':
      return [...new Set(text.split(/[/,、;|]/).map((part) => toCode(row, part.trim())).filter((code) => code !== ''))].join('/')
    case 'date':
      return toDate(text)
    case 'mac':
      return /^([0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i.test(text) ? (text.toUpperCase().replace(/[:-]/g, '').match(/../g) ?? []).join('-') : text
    case 'ipv4':
    case 'ipv6':
      return text.toLowerCase()
  }
}

/** "01" and the Chinese or English label all mean the code of the table; what the table does not know is left as it is. */
function toCode(row: FieldRow, text: string): string {
  const plain = text.replace(/^0+(?=\d)/, '').replace(/^(\d+)\.0+$/, '$1')
  const lower = text.toLowerCase()
  const found = row.table?.find((entry) => entry.code.replace(/^0+(?=\d)/, '') === plain || entry.code === lower || foldWidth(entry.zh) === text || entry.en.toLowerCase() === lower)
  return found?.code ?? text
}

/** 2020/1/2, 2020.1.2, 20200102, 2020年1月2日, with or without a time -> 2020-01-02 or 2020-01-02T08:00:00. */
function toDate(text: string): string {
  // Without separators only eight digits are a day: 202103 is a month, and stays what it is.
  const dashed = text.replace(/^(\d{4})(\d{2})(\d{2})(?!\d)/, '$1-$2-$3')
  const match = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]*(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?Z?)?$/.exec(dashed)
  if (!match) return text
  const [, year, month, day, hour, minute, second] = match
  const two = (part: string | undefined): string => (part ?? '0').padStart(2, '0')
  const date = `${year}-${two(month)}-${two(day)}`
  return hour === undefined || `${two(hour)}${two(minute)}${two(second)}` === '000000' ? date : `${date}T${two(hour)}:${two(minute)}:${two(second)}`
}
