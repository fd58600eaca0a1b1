// Content-Length, and how far it is believed in a datagram. RFC 3261 18.3, 20.14; docs/interop.md Q22.
import type { Header, SipMessage } from '../types.ts'
import { canonicalName } from './header-names.ts'
import { header } from './header.ts'

/** Bytes of body the sender claims; `bad` when it is no number or said twice with different numbers. */
export function contentLength(headers: readonly Header[]): number | 'bad' | undefined {
  let found: string | undefined
  for (const field of headers) {
    if (canonicalName(field.name) !== 'content-length') continue
    if (found !== undefined && found !== field.value) return 'bad'
    found = field.value
  }
  if (found === undefined) return undefined
  if (found === '0') return 0
  return /^\d{1,9}$/.test(found) ? Number(found) : 'bad'
}

/**
 * The body is the rest of the bytes whatever Content-Length says, since devices count wrongly in both directions (docs/interop.md Q22).
 * It cuts only what cannot be body: padding, a second message, or anything at all where no Content-Type announces a body.
 */
export function cutBody(headers: readonly Header[], body: Buffer, length: number): Buffer {
  const surplus = body.toString('latin1', length, length + 200)
  const isBody = headers.some((field) => canonicalName(field.name) === 'content-type') && /[^\s\0]/.test(surplus) && !isStartLine(surplus.trimStart())
  return isBody ? body : body.subarray(0, length)
}

/** Whether a text begins like a SIP message: enough of a start line to tell. */
export const isStartLine = (text: string): boolean => /^(?:SIP\/\d\.\d \d{3}|[A-Z]{3,20} +(?:sips?|tel):)/i.test(text)

/** Bytes by which a count may be off, a line or two; a claim that misses by more says that the body was cut on its way. */
const miscount = 200

/** Whether a datagram lost the end of its body. XML is not asked: whoever reads it sees whether it is whole. */
export function isCutShort(message: SipMessage): boolean {
  const claimed = contentLength(message.headers)
  if (typeof claimed !== 'number' || claimed - message.body.length <= miscount) return false
  return header(message, 'Content-Type')?.toLowerCase().includes('xml') !== true
}
