// One device's whole SIP conversation out of a capture: which bytes are the device's, which are the registrar's, message by message.
import { AppError, type Capture, type CapturedPayload } from '../../base/index.ts'
import { createFramer, header, parseMessage, parseNameAddr, parseUri, type SipMessage } from '../../sip/index.ts'
import { attempt } from './attempt.ts'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface RecordedMessage {
  readonly from: 'device' | 'ours'
  /** Microseconds after the first message. */
  readonly atUs: number
  readonly transport: 'udp' | 'tcp'
  /** The device's end: a changed port is another one. */
  readonly device: Endpoint
  readonly server: Endpoint
  /** Tells TCP connections apart; 0 for UDP. */
  readonly connection: number
  readonly bytes: Buffer
  /** Absent for bytes that are no message: what keeps a NAT open (Q2). */
  readonly message?: SipMessage
  /** TCP: offsets inside the message at which a segment ended. */
  readonly cuts: readonly number[]
  /** TCP: blank bytes that followed in the same segment. */
  readonly tail: Buffer
  /** TCP: the next message began in the same segment. */
  readonly isGlued: boolean
}

export interface Dialogue {
  readonly deviceId: string
  readonly serverId: string
  /** When the first message went, on the recording's clock. */
  readonly startUs: number
  readonly messages: readonly RecordedMessage[]
}

/** Ours: what one conversation may hold. */
const maxMessages = 20_000

/**
 * Picks the conversation of `deviceId`, or of the only device there is. Who sends REGISTER or Keepalive is a device, who gets it the registrar.
 * Throws AppError `recording.invalid` when there is none, or several to choose from.
 */
export function dialogueOf(capture: Capture, deviceId?: string): Dialogue {
  const units = unitsOf(capture.payloads)
  const arrivals = units.flatMap((unit) => {
    const id = unit.message && arrivingId(unit.message)
    return id === undefined ? [] : [{ unit, id }]
  })
  const ids = [...new Set(arrivals.map(({ id }) => id))]
  const left = capture.leftOut.length > 0 ? ` (left out: ${capture.leftOut.join('; ')})` : ''
  if (ids.length === 0) throw new AppError('recording.invalid', `the recording holds no REGISTER and no Keepalive of a device${left}`)
  const chosen = deviceId ?? (ids.length === 1 ? ids[0] : undefined)
  if (chosen === undefined) throw new AppError('recording.invalid', `the recording holds ${ids.length} devices (${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}): choose one with --device`)
  const own = arrivals.filter(({ id }) => id === chosen)
  const [first] = own
  if (!first) throw new AppError('recording.invalid', `the recording holds no REGISTER and no Keepalive of ${chosen}, but of ${ids.slice(0, 5).join(', ')}`)
  const servers = new Set(own.map(({ unit }) => unit.to.host))
  const ports = new Set(own.map(({ unit }) => keyOf(unit.to)))
  const devices = new Set(own.map(({ unit }) => unit.from.host))
  const areApart = ![...servers].some((host) => devices.has(host))
  const isServer = (end: Endpoint): boolean => (areApart ? servers.has(end.host) : ports.has(keyOf(end)))
  const foreign = callsOfOthers(units, chosen, ids)
  const ends = areApart ? undefined : endsOf(units, own.map(({ unit }) => keyOf(unit.from)), chosen)
  const isDevice = (end: Endpoint): boolean => (ends ? ends.has(keyOf(end)) : devices.has(end.host))
  const messages: RecordedMessage[] = []
  for (const { from, to, ...unit } of units) {
    const isTheirs = isDevice(from) && isServer(to)
    if (!isTheirs && !(isServer(from) && isDevice(to))) continue
    if (unit.message && foreign.has(header(unit.message, 'Call-ID') ?? '')) continue
    messages.push({ ...unit, from: isTheirs ? 'device' : 'ours', device: isTheirs ? from : to, server: isTheirs ? to : from })
    if (messages.length > maxMessages) throw new AppError('recording.invalid', `the conversation of ${chosen} has more than ${maxMessages} messages: cut the recording`)
  }
  const startUs = messages[0]?.atUs ?? 0
  const serverId = own.map(({ unit }) => addressed(unit.message)).find((id) => id !== undefined) ?? messages.map(({ from, message }) => (from === 'ours' && message?.kind === 'request' ? userIn(message, 'From') : undefined)).find((id) => id !== undefined) ?? ''
  return { deviceId: chosen, serverId, startUs, messages: messages.map((each) => ({ ...each, atUs: each.atUs - startUs })) }
}

interface Unit {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly atUs: number
  readonly transport: 'udp' | 'tcp'
  readonly connection: number
  readonly bytes: Buffer
  readonly message?: SipMessage
  readonly cuts: readonly number[]
  readonly tail: Buffer
  readonly isGlued: boolean
}

const none = Buffer.alloc(0)
const keyOf = (end: Endpoint): string => `${end.host} ${end.port}`

/** Datagrams as they are, streams cut into messages, in order of their last byte. */
function unitsOf(payloads: readonly CapturedPayload[]): readonly Unit[] {
  const units: Unit[] = []
  const streams = new Map<string, CapturedPayload[]>()
  for (const payload of payloads) {
    if (payload.transport === 'udp') {
      const { bytes, from, to, atUs } = payload
      const message = attempt(() => parseMessage(bytes))
      if (message || bytes.length <= 4) units.push({ from, to, atUs, transport: 'udp', connection: 0, bytes, ...(message && { message }), cuts: [], tail: none, isGlued: false })
      continue
    }
    const key = `${payload.connection} ${keyOf(payload.from)}`
    const known = streams.get(key)
    if (known) known.push(payload)
    else streams.set(key, [payload])
  }
  for (const chunks of streams.values()) units.push(...cutStream(chunks))
  return units.map((unit, n) => ({ unit, n })).sort((one, other) => one.unit.atUs - other.unit.atUs || one.n - other.n).map(({ unit }) => unit)
}

/** A stream's messages, each with the places where its segments ended. */
function cutStream(chunks: readonly CapturedPayload[]): readonly Unit[] {
  const [first] = chunks
  if (!first) return []
  const framer = createFramer()
  const whole = Buffer.concat(chunks.map(({ bytes }) => bytes))
  const ends: { readonly at: number; readonly atUs: number }[] = []
  for (const { bytes, atUs } of chunks) ends.push({ at: (ends.at(-1)?.at ?? 0) + bytes.length, atUs })
  const found = [...chunks.flatMap(({ bytes }) => framer.push(bytes)), ...framer.flush()].flatMap((item) => (item.type === 'message' ? [item.bytes] : []))
  const units: Unit[] = []
  let at = 0
  for (const [n, bytes] of found.entries()) {
    const start = whole.indexOf(bytes, at)
    const end = start + bytes.length
    const last = ends.find((each) => each.at >= end)
    const message = attempt(() => parseMessage(bytes))
    const cuts = ends.filter((each) => each.at > start && each.at < end).map((each) => each.at - start)
    const next = found[n + 1]
    const nextAt = next ? whole.indexOf(next, end) : whole.length
    const tail = whole.subarray(end, Math.min(nextAt, last?.at ?? end))
    const isGlued = next !== undefined && last !== undefined && last.at > nextAt
    if (message) units.push({ from: first.from, to: first.to, atUs: last?.atUs ?? first.atUs, transport: 'tcp', connection: first.connection, bytes, message, cuts, tail, isGlued })
    at = end
  }
  return units
}

/** The id in a request that only a device sends first. */
function arrivingId(message: SipMessage): string | undefined {
  if (message.kind !== 'request') return undefined
  const isKeepalive = message.method === 'MESSAGE' && /<CmdType>\s*Keepalive\s*</i.test(message.body.toString('latin1'))
  return message.method === 'REGISTER' || isKeepalive ? userIn(message, 'From') : undefined
}

/** Whom a request is for. */
const addressed = (message: SipMessage | undefined): string | undefined => (message?.kind === 'request' ? attempt(() => parseUri(message.uri).user) : undefined)

const userIn = (message: SipMessage, name: string): string | undefined => attempt(() => parseUri(parseNameAddr(header(message, name) ?? '').uri).user)

/** On one machine: the ports that the device speaks from, also those that never registered. */
function endsOf(units: readonly Unit[], registered: readonly string[], id: string): ReadonlySet<string> {
  const ends = new Set(registered)
  for (const { from, to, message } of units) {
    if (message?.kind !== 'request') continue
    if (userIn(message, 'From') === id && message.method !== 'ACK') ends.add(keyOf(from))
    else if (userIn(message, 'To') === id) ends.add(keyOf(to))
  }
  return ends
}

/** Calls of other devices at the same address: those whose first request names one of them and not ours. */
function callsOfOthers(units: readonly Unit[], id: string, ids: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const others = new Set<string>()
  for (const { message } of units) {
    const callId = message && header(message, 'Call-ID')
    if (!message || callId === undefined || seen.has(callId)) continue
    seen.add(callId)
    const named = [userIn(message, 'From'), userIn(message, 'To')]
    if (!named.includes(id) && named.some((each) => each !== undefined && ids.includes(each))) others.add(callId)
  }
  return others
}
