// What every message must carry before a transaction looks at it. RFC 3261 8.1.1, 8.2.2.1, 16.3.
import { ParseError } from '../../base/index.ts'
import type { SipMessage } from '../types.ts'
import { canonicalName } from './header-names.ts'
import { splitList } from './header.ts'
import { readTag } from './name-addr.ts'
import type { Fault } from './start-line.ts'
import { checkUri, schemeOf } from './uri.ts'
import { parseCSeq, readViaKey, type ViaKey } from './via.ts'

/** The fields that say which transaction and call a message belongs to, read once. */
export interface Essentials {
  /** The top one. */
  readonly via: ViaKey
  readonly fromTag: string | undefined
  readonly toTag: string | undefined
  readonly callId: string
  /** Of CSeq. */
  readonly sequence: number
  readonly method: string
}

/** What is wrong with a message; with its top Via, where that can be read, it can still be answered. */
export interface Flaw {
  readonly fault: Fault
  readonly via?: ViaKey
}

/** Undefined when Via, From, To, Call-ID and CSeq are there once, readable, and fit the start line; a tag is not asked for (docs/interop.md Q14, Q15). */
export function checkMessage(message: SipMessage): Fault | undefined {
  const read = readEssentials(message)
  return 'fault' in read ? read.fault : undefined
}

/** The top Via; undefined when there is none or it cannot be read, so that nothing can be answered. */
export const topVia = (message: SipMessage): ViaKey | undefined => readEssentials(message).via

/** As `checkMessage`, and gives what it has read. */
export function readEssentials(message: SipMessage): Essentials | Flaw {
  const texts = collect(message)
  const via = attempt(readViaKey, texts.via)
  const flaw = (status: Fault['status'], reason: string): Flaw => ({ fault: { status, reason }, ...(via && { via }) })
  if (texts.twice !== undefined) return flaw(400, `More than one ${texts.twice}`)
  if (!texts.from) return flaw(400, 'Missing From')
  if (!texts.to) return flaw(400, 'Missing To')
  if (!texts.callId) return flaw(400, 'Missing Call-ID')
  if (!texts.cseq) return flaw(400, 'Missing CSeq')
  if (!via) return flaw(400, 'No valid Via')
  const from = attempt(tagged, texts.from)
  if (!from) return flaw(400, 'Bad From')
  const to = attempt(tagged, texts.to)
  if (!to) return flaw(400, 'Bad To')
  const cseq = attempt(parseCSeq, texts.cseq)
  if (!cseq) return flaw(400, 'Bad CSeq')
  if (message.kind === 'request') {
    if (cseq.method !== message.method) return flaw(400, 'CSeq is of another method')
    const scheme = schemeOf(message.uri)
    if (scheme !== undefined && scheme !== 'sip' && scheme !== 'sips') return flaw(416, 'Unsupported URI Scheme')
    if (!attempt(isUri, message.uri)) return flaw(400, 'Bad Request-URI')
  }
  return { via, fromTag: from.tag, toTag: to.tag, callId: texts.callId, sequence: cseq.sequence, method: cseq.method }
}

const tagged = (value: string): { readonly tag: string | undefined } => ({ tag: readTag(value) })

function isUri(text: string): true {
  checkUri(text)
  return true
}

interface Texts {
  via?: string | undefined
  from?: string
  to?: string
  callId?: string
  cseq?: string
  /** A field that may stand once and stands twice. */
  twice?: string
}

/** One pass over the headers. */
function collect(message: SipMessage): Texts {
  const texts: Texts = {}
  const once = (key: 'from' | 'to' | 'callId' | 'cseq', name: string, value: string): void => {
    if (texts[key] === undefined) texts[key] = value
    else texts.twice ??= name
  }
  for (const { name, value } of message.headers) {
    switch (canonicalName(name)) {
      case 'via':
        texts.via ??= value.includes(',') ? splitList(value)[0] : value || undefined
        break
      case 'from':
        once('from', 'From', value)
        break
      case 'to':
        once('to', 'To', value)
        break
      case 'call-id':
        once('callId', 'Call-ID', value)
        break
      case 'cseq':
        once('cseq', 'CSeq', value)
    }
  }
  return texts
}

function attempt<T>(parse: (text: string) => T, text: string | undefined): T | undefined {
  if (text === undefined) return undefined
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
