// What a channel of a catalog says -> the record's fields, by the field table's word on how. GB/T 28181-2022 A.2.1.9 and the 2016 edition.
import { isIpv4, isIpv6 } from './addresses.ts'
import { makers, resolutionOf } from './catalog-codes.ts'
import { provinces } from './codes.ts'
import { fieldTable, type FieldName, type ReportedAs } from './field-table.ts'
import { normalise } from './normalise.ts'
import type { Channel, Fields } from './types.ts'

/** Text of the first of these elements that says something. */
type Elements = (...names: readonly string[]) => string | undefined

/** Element text by name, wherever a device put it: top level or Info, any case. Placeholders count as missing (Q46). */
function elementsOf(raw: Readonly<Record<string, string>>): Elements {
  const byName = new Map<string, string>()
  for (const [name, value] of Object.entries(raw)) byName.set(name.toLowerCase(), value.trim())
  return (...names) => {
    for (const name of names) {
      const element = name.replace(/^Info\./, '').toLowerCase()
      const value = byName.get(`info.${element}`) ?? byName.get(element)
      // Interop: devices send the element's own name where they know nothing (`<Owner>Owner</Owner>`).
      if (value !== undefined && value !== '' && value.toLowerCase() !== element && !/^(null|undefined|unknown|none|n\/a)$/i.test(value)) return value
    }
    return undefined
  }
}

/** The record's fields as a channel reports them; what has no counterpart in the record stays in the channel's raw elements. */
export function readChannel(channel: Channel): Fields {
  const element = elementsOf(channel.raw)
  const fields: Partial<Record<FieldName, string>> = {}
  for (const row of fieldTable) {
    if (!row.reported) continue
    const said = element(...(row.element === undefined ? [] : [row.element]), ...(row.reported.also ?? []))
    const value = valueOf(row.reported.as, said, channel)
    const stored = value === undefined ? undefined : normalise(row, value)
    if (stored !== undefined) fields[row.name] = stored
  }
  // One coordinate is no place.
  if (fields.longitude === undefined || fields.latitude === undefined) {
    delete fields.longitude
    delete fields.latitude
  }
  return fields
}

function valueOf(as: ReportedAs, said: string | undefined, channel: Channel): string | undefined {
  if (as === 'id') return channel.id
  if (as === 'name') return said ?? (channel.name === '' ? undefined : channel.name)
  if (said === undefined) return undefined
  if (typeof as === 'object') return codesOf(as.codes, said)
  switch (as) {
    case 'text':
      return said
    case 'maker':
      return makers.find(([name]) => name.test(said))?.[1]
    case 'division':
      // Interop: CivilCode may be the 10-digit domain or a 20-digit id; only whole divisions are taken. The record has six digits.
      return /^\d{6}(\d{2})?$/.test(said) && provinces.has(said.slice(0, 2)) ? said.slice(0, 6) : undefined
    case 'ipv4':
      return isIpv4(said) ? said : undefined
    case 'ipv6':
      return isIpv6(said) ? said : undefined
    case 'degrees':
      return Number.isFinite(Number(said)) && Number(said) !== 0 ? said : undefined
    case 'police-unit':
      return /^\d{12}$/.test(said) ? said : undefined
    case 'grassroots':
      return /^0*$/.test(said) ? undefined : said
    case 'resolution':
      return resolutionOf(said)
  }
}

/** Several joined by "/": those that have a counterpart. */
function codesOf(codes: Readonly<Record<string, string>>, said: string): string | undefined {
  const found = said.split('/').flatMap((part) => {
    const code = part.trim().replace(/^0+(?=\d)/, '')
    return Object.hasOwn(codes, code) ? [codes[code]] : []
  })
  return found.length === 0 ? undefined : [...new Set(found)].join('/')
}
