// Whether two values of a field say the same. What one of them does not say is no disagreement: devices of the 2016 edition send few fields.
import { fieldRow, type FieldName } from '../field-table.ts'

/** Codes for "other" and "unknown": who sends them says nothing. */
const saysNothing: ReadonlySet<string> = new Set(['9', '99'])

/** Full-width and half-width forms, blanks and case make no other name. */
const plain = (text: string): string => text.normalize('NFKC').replace(/\s+/g, '').toLowerCase()

export function agrees(name: FieldName, declared: string, told: string): boolean {
  if (declared === told) return true
  const row = fieldRow(name)
  switch (row.type) {
    case 'code':
      // A table where 9 or 99 means other or unknown; elsewhere a 9 is a code like any.
      return saysNothing.has(told) && /other|unknown/.test(row.table?.find(({ code }) => code === told)?.en ?? '')
    case 'codes':
      return plain([...declared.split('/')].sort().join('/')) === plain([...told.split('/')].sort().join('/'))
    case 'integer':
    case 'decimal':
      return declared.trim() !== '' && told.trim() !== '' && Number(declared) === Number(told)
    case 'date':
      // A device may know the day without the time.
      return declared.slice(0, 10) === told.slice(0, 10)
    default:
      return plain(declared) === plain(told)
  }
}
