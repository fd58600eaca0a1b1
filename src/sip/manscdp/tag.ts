// The parts of an XML document: start tags, end tags, what stands aside, references. XML 1.0 2.4-3.1, with ASCII names as GB/T 28181-2022 A.2 has them.
import { ParseError } from '../../base/index.ts'

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

/** Of the many elements without any: one value for all, told by identity. */
export const noAttributes: Readonly<Record<string, string>> = Object.freeze({})

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

/** Name and end of the end tag at `lt`. Interop: its `>` may be missing. */
export function endTag(text: string, lt: number): { readonly name: string; readonly next: number } {
  const near = text.slice(lt + 2, lt + 2 + 2 * maxName)
  const stop = near.search(/[<>]/)
  const length = stop < 0 ? near.length : stop
  return { name: near.slice(0, length).trim(), next: lt + 2 + length + (near[stop] === '>' ? 1 : 0) }
}

/** Comments, CDATA sections and declarations: how they begin and end. */
const asides: readonly (readonly [start: string, end: string])[] = [['<!--', '-->'], ['<![CDATA[', ']]>'], ['<?', '?>']]

/**
 * What stands aside at `lt`, with the text of a CDATA section; undefined for anything else, which is text then. `endless` remembers
 * the ends that the rest of this document does not have, so that it is searched for them once.
 */
export function asideAt(text: string, lt: number, endless: Set<string>): { readonly text: string; readonly next: number } | undefined {
  if (/^<!DOCTYPE/i.test(text.slice(lt, lt + 9))) throw malformed('a document type')
  const [start, end] = asides.find(([begin]) => text.startsWith(begin, lt)) ?? []
  if (start === undefined || end === undefined || endless.has(end)) return undefined
  const at = text.indexOf(end, lt + start.length)
  if (at < 0) {
    endless.add(end)
    return undefined
  }
  return { text: start === '<![CDATA[' ? text.slice(lt + start.length, at).trim() : '', next: at + end.length }
}

export function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) > 0x20) return false
  return true
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** References of XML become their characters; any other `&` stays. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (whole, name?: string, decimal?: string, hex?: string) => {
    if (name) return named[name] ?? whole
    const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16)
    const isCharacter = code >= 0x20 && code !== 0x7f && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    return isCharacter ? String.fromCodePoint(code) : ''
  })
}

export const malformed = (what: string): ParseError => new ParseError('manscdp.malformed', `not a MANSCDP body: ${what}`)
