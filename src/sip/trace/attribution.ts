// Which device a message is about: by the Call-ID of something we began, by the id it names, by the address it came from.
import { header } from '../message/index.ts'
import { userOf } from '../access/registrar.ts'
import type { Address, SipMessage, TraceEntry } from '../types.ts'
import { strangersKey, type TraceKey } from './types.ts'

export interface Attribution {
  readonly of: (entry: TraceEntry) => Attributed
  /** A device is registered there; undefined: nowhere any more. */
  readonly bind: (deviceId: string, address: Address | undefined) => void
  readonly addressOf: (deviceId: string) => Address | undefined
  /** All messages of this Call-ID are the device's. */
  readonly claim: (callId: string, deviceId: string) => void
  /** Has somebody told us of this device, so that its messages are more than a name on a packet? */
  readonly isKnown: (deviceId: string) => boolean
  readonly know: (deviceId: string) => void
}

export interface Attributed {
  readonly key: TraceKey
  /** Where the device is registered: one object for all its messages. */
  readonly home?: Address | undefined
  /** It came from, or went to, an address where the device is not registered. */
  readonly isForeign: boolean
}

/** Call-IDs of ours that are remembered; a session is over long before. */
const maxCalls = 20_000

const addressKey = ({ transport, host, port }: Address): string => `${transport} ${host} ${port}`

/** `ourId` names nobody but us, and so no device. */
export function createAttribution(ourId: string): Attribution {
  const calls = new Map<string, string>()
  const addresses = new Map<string, Address>()
  const residents = new Map<string, Set<string>>()
  const known = new Set<string>()

  const claim = (callId: string, deviceId: string): void => {
    calls.delete(callId)
    calls.set(callId, deviceId)
    const [oldest] = calls.keys()
    if (calls.size > maxCalls && oldest !== undefined) calls.delete(oldest)
  }
  const attributed = (key: TraceKey, { transport, host, port }: Address): Attributed => {
    const home = addresses.get(key)
    return { key, home, isForeign: home?.port !== port || home.host !== host || home.transport !== transport }
  }
  /** The device at that address, when it is alone there. */
  const alone = (remote: Address): string | undefined => {
    const here = residents.get(addressKey(remote))
    return here?.size === 1 ? [...here][0] : undefined
  }
  const named = (message: SipMessage, name: 'To' | 'From'): string | undefined => {
    const id = userOf(header(message, name) ?? '')
    return id !== undefined && id !== ourId && /^[\w.-]{1,64}$/.test(id) ? id : undefined
  }
  /** Who the message names at the other end, known or not. */
  const peerOf = (message: SipMessage, isOurs: boolean): string | undefined => {
    const isTo = isOurs || (message.kind === 'request' ? message.method === 'REGISTER' : /REGISTER\s*$/.test(header(message, 'CSeq') ?? ''))
    const to = isTo ? named(message, 'To') : undefined
    if (to !== undefined && known.has(to)) return to
    const from = named(message, 'From')
    return from !== undefined && known.has(from) ? from : (to ?? from)
  }
  return {
    of: ({ direction, remote, message }) => {
      if (!message) {
        const only = alone(remote)
        return only === undefined ? { key: strangersKey, isForeign: true } : attributed(only, remote)
      }
      const callId = header(message, 'Call-ID') ?? ''
      const claimed = calls.get(callId)
      if (claimed !== undefined) return attributed(claimed, remote)
      // A request that we sent, and its responses, name the other end in To; what a device began names it in From.
      const isOurs = (message.kind === 'request') === (direction === 'out')
      const peer = peerOf(message, isOurs)
      const key = (peer !== undefined && known.has(peer) ? peer : alone(remote)) ?? (isOurs ? undefined : peer) ?? strangersKey
      if (isOurs && callId !== '' && key !== strangersKey) claim(callId, key)
      return attributed(key, remote)
    },
    bind: (deviceId, address) => {
      const before = addresses.get(deviceId)
      if (before) {
        const there = residents.get(addressKey(before))
        there?.delete(deviceId)
        if (there?.size === 0) residents.delete(addressKey(before))
        addresses.delete(deviceId)
      }
      known.add(deviceId)
      if (!address) return
      addresses.set(deviceId, address)
      const there = residents.get(addressKey(address)) ?? new Set()
      residents.set(addressKey(address), there.add(deviceId))
    },
    addressOf: (deviceId) => addresses.get(deviceId),
    claim,
    isKnown: (deviceId) => known.has(deviceId),
    know: (deviceId) => void known.add(deviceId),
  }
}
