// One start tag, `<Name>` or `<Item Num="3"/>`. XML 1.0 3.1, with ASCII names as GB/T 28181-2022 A.2 has them.
import { decodeEntities } from './scan.ts'

export interface OpenTag {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly isEmpty: boolean
  /** Just behind it. */
  readonly next: number
}

const maxName = 64
/** Ours: of a tag with its attributes, so that a quote that is never closed costs little. */
const maxTag = 4096
const maxAttributes = 64

const noAttributes: Readonly<Record<string, string>> = Object.freeze({})

/** Letters and `_` begin a name (1); digits, `.`, `:` and `-` continue it (2). Anything else, Chinese included, makes the `<` text. */
const nameCodes = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z_]/.test(String.fromCharCode(code)) ? 1 : /[\d.:-]/.test(String.fromCharCode(code)) ? 2 : 0))

function nameEnd(text: string, from: number): number {
  if (nameCodes[text.charCodeAt(from)] !== 1) return from
  let at = from + 1
  while ((nameCodes[text.charCodeAt(at)] ?? 0) > 0) at++
  return at - from > maxName ? from : at
}

/** The start tag at `lt`; undefined when what stands there is none. */
export function openTag(text: string, lt: number): OpenTag | undefined {
  const end = nameEnd(text, lt + 1)
  if (end === lt + 1) return undefined
  const name = text.slice(lt + 1, end)
  if (text.charCodeAt(end) === 0x3e) return { name, attributes: noAttributes, isEmpty: false, next: end + 1 }
  return withAttributes(text, name, end, lt + maxTag)
}

/** Interop: an attribute's value may lack its quotes. */
function withAttributes(text: string, name: string, from: number, limit: number): OpenTag | undefined {
  const attributes: Record<string, string> = {}
  let count = 0
  for (let at = from; at < limit; ) {
    const start = skipBlank(text, at)
    const code = text.charCodeAt(start)
    const isEmpty = code === 0x2f && text.charCodeAt(start + 1) === 0x3e
    if (code === 0x3e || isEmpty) return { name, attributes: count > 0 ? attributes : noAttributes, isEmpty, next: start + (isEmpty ? 2 : 1) }
    const stop = nameEnd(text, start)
    const equals = skipBlank(text, stop)
    if (stop === start || text.charCodeAt(equals) !== 0x3d || ++count > maxAttributes) return undefined
    const value = skipBlank(text, equals + 1)
    const quote = text[value]
    const isQuoted = quote === '"' || quote === "'"
    const valueEnd = isQuoted ? text.indexOf(quote, value + 1) : bareEnd(text, value)
    if (valueEnd < 0 || valueEnd > limit) return undefined
    const key = text.slice(start, stop)
    if (key !== '__proto__') attributes[key] = decodeEntities(text.slice(isQuoted ? value + 1 : value, valueEnd)).trim()
    at = isQuoted ? valueEnd + 1 : valueEnd
  }
  return undefined
}

function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++
  return at
}

function bareEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && !/[\s<>"'/]/.test(text.charAt(at))) at++
  return at
}
