// A simulated device's voice: its identity, its numbers, its charset; bodies and requests leave through here, habits and all.
import type { RandomBytes } from '../../base/index.ts'
import { header, manscdpType, parseNameAddr, parseUri, writeManscdp, type Address, type ClientEvent, type Header, type Manscdp, type SipRequest } from '../../sip/index.ts'
import { roughBody } from '../device/rough.ts'
import type { Habits } from '../habits.ts'
import { attempt } from '../recording/attempt.ts'
import { ownRequest, type Call, type Identity } from '../requests.ts'
import type { ScenarioDevice } from '../types.ts'
import type { Port } from './port.ts'

export interface Line {
  readonly who: Identity
  readonly habits: Habits
  readonly contentType: Header
  readonly nextSn: () => number
  readonly token: () => string
  /** Numbers of a request outside any dialog. */
  readonly call: () => Call
  readonly body: (value: Manscdp) => Buffer
  readonly request: (request: SipRequest, on?: (event: ClientEvent) => void) => void
  /** A body in a MESSAGE of its own. */
  readonly message: (value: Manscdp, on?: (event: ClientEvent) => void) => void
  /** One after the other, each after the answer to the one before (GB/T 28181-2022 Annex M). */
  readonly serially: (values: readonly Manscdp[]) => void
  readonly raw: (bytes: Buffer) => void
  /** The id that a request is for. */
  readonly named: (request: SipRequest) => string
}

/** A constant that one make uses for every call (Q16). */
const constantCallId = '12345678911'

export function createLine(options: { readonly device: ScenarioDevice; readonly who: Identity; readonly port: () => Port; readonly target: Address; readonly random: RandomBytes }): Line {
  const { device, who, port, target, random } = options
  const { habits } = who
  let sequence = 0
  const token = (): string => random(8).toString('hex')
  const nextSn = (): number => ++sequence
  const charset = habits.has('utf8-as-gb2312') ? 'utf-8' : device.charset
  const constant = { callId: constantCallId, tag: '500485376' }
  const call = (): Call => (habits.has('constant-call-id') ? { ...constant, sequence: nextSn() } : { callId: `${token()}@${port().local().host}`, tag: token(), sequence: nextSn() })
  const body = (value: Manscdp): Buffer => roughBody(writeManscdp(value, charset, device.edition), habits)
  const contentType: Header = { name: 'Content-Type', value: manscdpType }
  const request: Line['request'] = (made, on = () => {}) => void port().layer.request(made, target, on)
  const message: Line['message'] = (value, on) => request(ownRequest(who, 'MESSAGE', call(), [contentType], body(value)), on)
  return {
    who, habits, contentType, nextSn, token, call, body, request, message,
    serially: (values) => {
      const from = (n: number): void => {
        const value = values[n]
        if (value) message(value, (event) => event.type === 'response' && event.response.status >= 200 && from(n + 1))
      }
      from(0)
    },
    raw: (bytes) => port().raw(bytes),
    named: (asked) => attempt(() => parseUri(asked.uri).user) ?? attempt(() => parseUri(parseNameAddr(header(asked, 'To') ?? '').uri).user) ?? '',
  }
}
