// Which device a message is about: by the Call-ID of something we began, by the id it names, by the address it came from.
import { header } from '../message/index.ts'
import { userOf } from '../registrar.ts'
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
  const isAt = (deviceId: string, remote: Address): boolean => residents.get(addressKey(remote))?.has(deviceId) ?? false
  /** The device at that address, when it is alone there. */
  const alone = (remote: Address): string | undefined => {
    const here = residents.get(addressKey(remote))
    return here?.size === 1 ? [...here][0] : undefined
  }
  /** Who the message names at the other end. */
  const peerOf = (message: SipMessage, isOurs: boolean): readonly string[] => {
    const method = message.kind === 'request' ? message.method : (header(message, 'CSeq') ?? '').trim().split(/\s+/)[1]
    const names = isOurs || method === 'REGISTER' ? ['To', 'From'] : ['From']
    return names.map((name) => userOf(header(message, name) ?? '')).filter((id) => id !== undefined && id !== ourId && /^[\w.-]{1,64}$/.test(id)) as string[]
  }
  return {
    of: ({ direction, remote, message }) => {
      if (!message) {
        const only = alone(remote)
        return only === undefined ? { key: strangersKey, isForeign: true } : { key: only, isForeign: false }
      }
      const callId = header(message, 'Call-ID') ?? ''
      const claimed = calls.get(callId)
      if (claimed !== undefined) return { key: claimed, isForeign: !isAt(claimed, remote) }
      // A request that we sent, and its responses, name the other end in To; what a device began names it in From.
      const isOurs = (message.kind === 'request') === (direction === 'out')
      const named = peerOf(message, isOurs)
      const key = named.find((id) => known.has(id)) ?? alone(remote) ?? (isOurs ? undefined : named[0]) ?? strangersKey
      if (isOurs && callId !== '' && key !== strangersKey) claim(callId, key)
      return { key, isForeign: !isAt(key, remote) }
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
