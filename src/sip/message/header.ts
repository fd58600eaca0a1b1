// Header fields of a message: found in any case and in compact form, lists split at their own commas. RFC 3261 7.3.
import type { Header, SipMessage } from '../types.ts'

/** One-letter names and what they stand for. RFC 3261 20, RFC 6665 8.2.1, RFC 3515, RFC 3841, RFC 4028. */
const compactForms: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
}

/** Headers whose value is a list, so that one line may hold several. A date or a digest has commas of its own and is not here. */
const listHeaders: ReadonlySet<string> = new Set(['via', 'contact', 'route', 'record-route', 'path', 'allow', 'accept', 'supported', 'unsupported', 'require', 'proxy-require'])

const canonical = (name: string): string => {
  const lower = name.toLowerCase()
  return lower.length === 1 ? (compactForms[lower] ?? lower) : lower
}

/** Whether two header names mean the same field: case and compact form do not count. */
export const isSameHeader = (one: string, other: string): boolean => canonical(one) === canonical(other)

/** The value of the first header of that name, as it was written; undefined when there is none. */
export function header(message: SipMessage, name: string): string | undefined {
  const wanted = canonical(name)
  return message.headers.find((field) => canonical(field.name) === wanted)?.value
}

/** All values of that name in their order. Via, Contact, Route, Record-Route and token lists are split at commas; empty elements are dropped. */
export function headers(message: SipMessage, name: string): string[] {
  const wanted = canonical(name)
  const values = message.headers.filter((field) => canonical(field.name) === wanted).map((field) => field.value)
  return listHeaders.has(wanted) ? values.flatMap(splitList) : values
}

/** A copy of the message with exactly one header of that name, at the place of the first or at the end. */
export function withHeader<Message extends SipMessage>(message: Message, name: string, value: string): Message {
  const at = message.headers.findIndex((field) => isSameHeader(field.name, name))
  const kept: Header[] = message.headers.filter((field, i) => i === at || !isSameHeader(field.name, name))
  const place = at < 0 ? kept.length : message.headers.slice(0, at).filter((field) => !isSameHeader(field.name, name)).length
  kept.splice(place, at < 0 ? 0 : 1, { name, value })
  return { ...message, headers: kept }
}

/** Splits at commas that stand outside quotes and angle brackets. */
export function splitList(text: string): string[] {
  return splitOutside(text, ',').filter((part) => part !== '')
}

/** Splits at each `separator` that stands outside quotes and angle brackets; parts are trimmed. An unclosed quote runs to the end. */
export function splitOutside(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = []
  let from = 0
  let isQuoted = false
  let isBracketed = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (isQuoted) {
      if (char === '\\') i++
      else if (char === '"') isQuoted = false
    } else if (char === '"') isQuoted = true
    else if (char === '<') isBracketed = true
    else if (char === '>') isBracketed = false
    else if (char === separator && !isBracketed) {
      parts.push(text.slice(from, i).trim())
      from = i + 1
    }
  }
  parts.push(text.slice(from).trim())
  return parts
}
