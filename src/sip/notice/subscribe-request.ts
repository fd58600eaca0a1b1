// SUBSCRIBE, first and again: always with Contact and Expires, in one dialog. GB/T 28181-2022 9.11; RFC 6665 4.1; docs/interop.md Q25, Q29.
import { ParseError } from '../../base/index.ts'
import { newCallId, type Party } from '../session/dialog.ts'
import type { SubscriptionKind } from './facts.ts'
import { header, headers, parseNameAddr, writeHostPort, writeNameAddr } from '../message/index.ts'
import { manscdpType } from '../manscdp/index.ts'
import type { Address, Header, SipRequest, SipResponse } from '../types.ts'

/** Our side of a subscription: what stays the same from one SUBSCRIBE to the next. */
export interface SubscriptionDialog {
  readonly callId: string
  readonly fromTag: string
  /** Of `Event: Catalog;id=…`. */
  readonly eventId: number
  readonly cseq: number
  /** The device's To, with its tag; absent before its first 200. */
  readonly to?: string
}

export function newSubscriptionDialog(us: Party): SubscriptionDialog {
  return { callId: newCallId(us), fromTag: us.random(8).toString('hex'), eventId: us.random(2).readUInt16BE(), cseq: 0 }
}

/** The dialog as this response leaves it. A 200 without a To tag leaves it as it was: the device knows it by Call-ID. */
export function answeredDialog(dialog: SubscriptionDialog, response: SipResponse): SubscriptionDialog {
  const to = header(response, 'To')
  return to !== undefined && hasTag(to) ? { ...dialog, to } : dialog
}

/** The spellings of Event, the standard's first. */
const events: Readonly<Record<SubscriptionKind, readonly string[]>> = {
  catalog: ['Catalog', 'presence', 'catalog'],
  alarm: ['presence', 'Alarm', 'alarm'],
  'mobile-position': ['presence', 'MobilePosition', 'mobileposition'],
}

export interface SubscribeDraft {
  readonly dialog: SubscriptionDialog
  readonly kind: SubscriptionKind
  /** Which spelling of Event, from 0. */
  readonly form: number
  readonly targetId: string
  readonly target: Address
  /** Seconds; 0 ends it. */
  readonly expiresS: number
  readonly body: Buffer
}

/** The request, and the dialog with its CSeq spent. */
export function newSubscribe(us: Party, draft: SubscribeDraft): readonly [SipRequest, SubscriptionDialog] {
  const { kind, form, targetId, target, expiresS, body } = draft
  const dialog: SubscriptionDialog = { ...draft.dialog, cseq: draft.dialog.cseq + 1 }
  const event = events[kind][form] ?? 'presence'
  const fields: Header[] = [
    { name: 'From', value: writeNameAddr({ uri: `sip:${us.id}@${us.domain}`, parameters: { tag: dialog.fromTag } }) },
    { name: 'To', value: dialog.to ?? writeNameAddr({ uri: `sip:${targetId}@${us.domain}`, parameters: {} }) },
    { name: 'Call-ID', value: dialog.callId },
    { name: 'CSeq', value: `${dialog.cseq} SUBSCRIBE` },
    { name: 'Contact', value: `<sip:${us.id}@${writeHostPort(us.host, us.port)}>` },
    { name: 'Expires', value: String(expiresS) },
    { name: 'Event', value: event === 'Catalog' ? `Catalog;id=${dialog.eventId}` : event },
    { name: 'Content-Type', value: manscdpType },
  ]
  return [{ kind: 'request', method: 'SUBSCRIBE', uri: `sip:${targetId}@${writeHostPort(target.host, target.port)}`, headers: fields, body }, dialog]
}

/** Seconds that a 200 grants: its Expires, or what we asked where it says none or nonsense. */
export function grantedS(response: SipResponse, askedS: number): number {
  const text = header(response, 'Expires')?.trim() ?? ''
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : askedS
  return seconds > 0 ? seconds : askedS
}

/** Seconds of a header such as Retry-After or Min-Expires. */
export function secondsOf(response: SipResponse, name: string): number | undefined {
  const text = /^\s*(\d{1,9})/.exec(headers(response, name)[0] ?? '')?.[1]
  return text === undefined ? undefined : Number(text)
}

function hasTag(to: string): boolean {
  try {
    return parseNameAddr(to).parameters['tag'] !== undefined
  } catch (error) {
    if (error instanceof ParseError) return false
    throw error
  }
}
