// Header fields of a message: found in any case and in compact form, lists split at their own commas. RFC 3261 7.3.
import type { Header, SipMessage } from '../types.ts'
import { canonicalName, isList } from './header-names.ts'
import { splitOutside } from './quoted.ts'

/** Whether two header names mean the same field: case and compact form do not count. */
export const isSameHeader = (one: string, other: string): boolean => canonicalName(one) === canonicalName(other)

/** The value of the first header of that name, as it was written; undefined when there is none. */
export function header(message: SipMessage, name: string): string | undefined {
  const wanted = canonicalName(name)
  for (const field of message.headers) if (canonicalName(field.name) === wanted) return field.value
  return undefined
}

/** All values of that name in their order. Via, Contact, Route, Record-Route and token lists are split at commas; empty elements are dropped. */
export function headers(message: SipMessage, name: string): string[] {
  const wanted = canonicalName(name)
  const isSplit = isList(wanted)
  const values: string[] = []
  for (const field of message.headers) {
    if (canonicalName(field.name) !== wanted) continue
    if (isSplit && field.value.includes(',')) values.push(...splitList(field.value))
    else if (!isSplit || field.value !== '') values.push(field.value)
  }
  return values
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
