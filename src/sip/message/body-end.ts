// Where a body ends in a byte stream when Content-Length cannot be believed. docs/interop.md Q22, Q23.
import type { SipMessage } from '../types.ts'
import { header } from './header.ts'
import { contentLength } from './length.ts'

/** A start line that stands on a line of its own, whole: what no body of GB/T 28181 holds. */
export const startLine = /\n(?=SIP\/\d\.\d \d{3} |[A-Z]{3,20} +(?:sips?|tel):\S{1,300} +SIP\/\d\.\d)/
/** The beginning of such a line that is not all there yet. */
const startLinePrefix = /^[A-Z]{1,20}(?:\/[\d.]* ?\d{0,3}| +\S{0,300}(?: +[SIP/\d.]*)?)?$/
/** Longest text the two can match: how far a search steps back into what it has seen. */
const startLineReach = 360

export type Repair = 'length-missing' | 'length-short' | 'length-long'

export interface BodyEnd {
  /** Bytes of body. */
  readonly at: number
  readonly repaired?: Repair
}

/** Finds the end of one body while it arrives; remembers what it has searched, so that slow arrival costs no more than fast. */
export function createBodyEnd(head: SipMessage): { readonly find: (body: Buffer, isQuiet: boolean) => BodyEnd | undefined } {
  const length = contentLength(head.headers)
  const claimed = length === 'bad' ? undefined : length
  const type = header(head, 'Content-Type')?.toLowerCase()
  const isXml = type?.includes('xml') === true
  const mayHoldSip = type?.includes('sipfrag') === true || type?.startsWith('multipart') === true
  let searched = 0
  let rootEnd: number | undefined
  /** The length was put beside the closing root, once. */
  let isMeasured = false

  const search = (body: Buffer): number | undefined => {
    const from = Math.max(0, searched - startLineReach)
    if (isXml) rootEnd ??= closingRoot(body, from)
    // The newline before the body is the header part's own; it makes a start line at offset 0 one like any other.
    const text = (from === 0 ? '\n' : '') + body.toString('latin1', from)
    const shift = from === 0 ? -1 : from
    const found = text.search(startLine)
    searched = body.length
    const next = found < 0 ? [] : [shift + found + 1]
    // It may also follow without a line end, after the root or where the length says.
    const glued = [rootEnd, claimed].filter((at) => at !== undefined).filter((at) => startsAt(body, at))
    const starts = mayHoldSip ? [] : [...next, ...glued]
    return starts.length === 0 ? undefined : Math.min(...starts)
  }

  /** Without a length: an XML body ends with its root, any other with the next message or a pause. */
  const findUnclaimed = (body: Buffer, next: number | undefined, isQuiet: boolean): BodyEnd | undefined => {
    if (type === undefined) return { at: 0, repaired: 'length-missing' }
    if (isXml && rootEnd !== undefined) return { at: Math.min(rootEnd, next ?? rootEnd), repaired: 'length-missing' }
    const at = next ?? (isQuiet && !isXml ? body.length : undefined)
    return at === undefined ? undefined : { at, repaired: 'length-missing' }
  }

  return {
    find: (body, isQuiet) => {
      if (claimed === 0 && type === undefined) return { at: 0 }
      if (!isMeasured && claimed !== undefined && isXml && body.length >= claimed) {
        isMeasured = true
        if (endsWithRoot(body, claimed)) return { at: claimed }
      }
      const next = search(body)
      if (claimed === undefined) return findUnclaimed(body, next, isQuiet)
      if (next !== undefined && next < claimed) return { at: next, repaired: 'length-long' }
      if (body.length < claimed) return isQuiet && rootEnd !== undefined ? { at: body.length, repaired: 'length-long' } : undefined
      if (isXml && (rootEnd === undefined || rootEnd > claimed)) {
        const at = rootEnd !== undefined && (next === undefined || rootEnd <= next) ? rootEnd : next
        if (at !== undefined) return at === claimed ? { at } : { at, repaired: 'length-short' }
        return isQuiet ? { at: claimed } : undefined
      }
      return !isQuiet && !mayHoldSip && endsInsideStartLine(body, claimed, rootEnd) ? undefined : { at: claimed }
    },
  }
}

/** Whether the length is plainly right: the root closes at it, or only blanks follow up to it. Spares the search that a wrong one needs. */
function endsWithRoot(body: Buffer, claimed: number): boolean {
  let end = claimed
  while (end > 0 && isBlank(body[end - 1])) end--
  return closingRoot(body, 0) === end
}

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0d || byte === 0x0a || byte === 0x09 || byte === 0

const startsAt = (body: Buffer, at: number): boolean => at < body.length && `\n${body.toString('latin1', at, at + startLineReach)}`.search(startLine) === 0

/** Whether the last claimed bytes may be the beginning of the next start line, so that more must be seen to tell. */
function endsInsideStartLine(body: Buffer, claimed: number, rootEnd: number | undefined): boolean {
  const lineStart = claimed === 0 ? 0 : body.lastIndexOf(0x0a, claimed - 1) + 1
  const from = rootEnd !== undefined && rootEnd > lineStart && rootEnd <= claimed ? rootEnd : lineStart
  return from < claimed && startLinePrefix.test(body.toString('latin1', from, Math.min(body.length, from + startLineReach)))
}

/** The offset after `</Root>`, where Root is the first element of the body. */
function closingRoot(body: Buffer, from: number): number | undefined {
  const root = /<([A-Za-z_][\w.:-]{0,60})/.exec(body.toString('latin1', 0, 1000))?.[1]
  if (root === undefined) return undefined
  for (let at = body.indexOf(`</${root}`, from, 'latin1'); at >= 0; at = body.indexOf(`</${root}`, at + 1, 'latin1')) {
    const close = /^\s{0,20}>/.exec(body.toString('latin1', at + root.length + 2, at + root.length + 24))
    if (close) return at + root.length + 2 + close[0].length
  }
  return undefined
}
