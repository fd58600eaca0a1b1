// All traces of a user agent: who a message is about, what is kept of it, what is only counted.
import type { Clock } from '../../base/index.ts'
import { header } from '../message/index.ts'
import type { Address, SipMessage, TraceEntry } from '../types.ts'
import { createAttribution } from './attribution.ts'
import { take } from './bucket.ts'
import { keepaliveAnswered, keepaliveBytes, keepaliveCame } from './keepalives.ts'
import { redact } from './redact.ts'
import { push, replace, takeOut } from './ring.ts'
import { createShelf, rates, traceLimits, type DeviceTrace, type TraceLimits } from './shelf.ts'
import { createSources, type StrangeSource } from './sources.ts'
import { hasTroubledText, type KeptMessage, type TraceKey, type TraceNote, type TraceRecord } from './types.ts'

/** Of one message: in memory, and for the disk. */
const memoryMessageBytes = 8 * 1024
const diskMessageBytes = 64 * 1024
/** A count of keepalives goes to the disk this often while it grows. */
const runEveryUs = 3_600_000_000

export interface TracesOptions {
  readonly ourId: string
  readonly clock: Clock
  readonly limits?: TraceLimits
  /** Hears every record once, with the whole text up to 64 KiB; counts again as they grow. */
  readonly onRecord?: (key: TraceKey, record: TraceRecord) => void
}

export interface TraceStats {
  readonly devices: number
  readonly candidates: number
  readonly bytes: number
  readonly records: number
  /** Messages above a rate, counted and not kept. */
  readonly unkept: number
  /** Records that went to make room. */
  readonly evicted: number
}

export interface Traces {
  readonly entry: (entry: TraceEntry) => void
  readonly note: (deviceId: string, note: TraceNote) => void
  /** Where the device is registered; undefined: nowhere any more. */
  readonly bind: (deviceId: string, address: Address | undefined) => void
  /** What a message of ours began belongs to this device: its channels are invited by ids of their own. */
  readonly claim: (callId: string, deviceId: string) => void
  /** In order; the key '' gives those of nobody known. */
  readonly records: (key: TraceKey) => readonly TraceRecord[]
  readonly addressOf: (deviceId: string) => Address | undefined
  readonly strangers: () => { readonly sources: readonly StrangeSource[]; readonly ids: readonly string[] }
  readonly stats: () => TraceStats
  /** Hands growing counts to the disk; the traces stay readable. */
  readonly flush: () => void
}

export function createTraces(options: TracesOptions): Traces {
  const { clock } = options
  const attribution = createAttribution(options.ourId)
  const sources = createSources()
  const shelf = createShelf(options.limits ?? traceLimits, attribution.isKnown)
  const startS = Math.floor(clock.wallMs() / 1000)
  const count = { records: 0, unkept: 0, evicted: 0 }
  /** The few addresses that we send from: one object each, not one a message. */
  const locals = new Map<string, Address>()
  let seq = 0

  const nextSeq = (): number => startS * 1e6 + ++seq
  const wallUs = (atUs: number): number => clock.wallMs() * 1000 - (clock.nowUs() - atUs)
  const localOf = (local: Address): Address => {
    const key = `${local.transport} ${local.host} ${local.port}`
    const known = locals.get(key)
    if (known) return known
    if (locals.size < 1000) locals.set(key, local)
    return local
  }

  const keep = (trace: DeviceTrace, record: TraceRecord): void => {
    const before = trace.ring.bytes
    count.records++
    count.evicted += push(trace.ring, record.kind === 'message' ? cut(record, memoryMessageBytes) : record)
    options.onRecord?.(trace.key, record)
    if (trace !== shelf.strangers) count.evicted += shelf.grew(trace.ring.bytes - before)
  }
  const countUnkept = (trace: DeviceTrace, atUs: number, remote: Address): void => {
    count.unkept++
    const run = trace.unkept && { ...trace.unkept, count: trace.unkept.count + 1, lastUs: atUs, remote }
    if (run && replace(trace.ring, run)) {
      trace.unkept = run
      return
    }
    trace.unkept = { kind: 'run', what: 'unkept', seq: nextSeq(), atUs, lastUs: atUs, count: 1, remote }
    keep(trace, trace.unkept)
  }
  const closeRuns = (trace: DeviceTrace): void => {
    const { run } = trace.keepalives
    const before = keepaliveBytes(trace.keepalives)
    delete trace.keepalives.run
    shelf.grew(keepaliveBytes(trace.keepalives) - before)
    if (run) keep(trace, run)
    if (trace.unkept) options.onRecord?.(trace.key, trace.unkept)
    delete trace.unkept
  }

  const entry = (given: TraceEntry): void => {
    const { direction, message } = given
    const { key, isForeign, home } = attribution.of(given)
    const atUs = wallUs(given.atUs)
    if (isForeign && direction === 'in') sources.note(given, atUs, key)
    const trace = shelf.of(key, given.remote.host)
    trace.heardUs = given.atUs
    const remote = isForeign ? given.remote : (home ?? given.remote)
    const call = message && trace.keepalives.waiting && message.kind === 'response' && direction === 'out' ? callOf(message) : ''
    const isKeepalive = message !== undefined && !isForeign && isKeepaliveRequest(message, direction)
    const isItsAnswer = call !== '' && trace.keepalives.waiting?.call === call
    // The usual keepalives are counted and cost no rate.
    if (!isKeepalive && !isItsAnswer && !(isForeign ? take(trace.foreign, rates.foreign, given.atUs) : take(trace.own, rates.own, given.atUs))) return countUnkept(trace, atUs, remote)
    const text = redact(given.bytes.toString('latin1', 0, diskMessageBytes))
    const record: KeptMessage = { kind: 'message', seq: nextSeq(), atUs, direction, local: localOf(given.local), remote, text, length: given.bytes.length, ...(hasTroubledText(text) && { isTrouble: true }) }
    if (isKeepalive) for (const each of keepaliveCame(trace.keepalives, record, callOf(message))) keep(trace, each)
    else if (isItsAnswer && message?.kind === 'response') takeAnswer(trace, record, message.status)
    else keep(trace, record)
  }
  const takeAnswer = (trace: DeviceTrace, record: KeptMessage, status: number): void => {
    const before = keepaliveBytes(trace.keepalives)
    for (const each of keepaliveAnswered(trace.keepalives, record, status, nextSeq)) keep(trace, each)
    if (trace !== shelf.strangers) count.evicted += shelf.grew(keepaliveBytes(trace.keepalives) - before)
    const { run, whole } = trace.keepalives
    if (!run || (run.count > 1 && record.atUs - trace.runWrittenUs < runEveryUs)) return
    trace.runWrittenUs = record.atUs
    for (const each of run.count === 1 ? [...whole, run] : [run]) options.onRecord?.(trace.key, each)
  }

  const claim = (callId: string, deviceId: string): void => {
    attribution.know(deviceId)
    attribution.claim(callId, deviceId)
    const trace = shelf.of(deviceId, undefined)
    for (const record of takeOut(shelf.strangers.ring, (each) => each.kind === 'message' && callIdOf(each.text) === callId)) keep(trace, record)
  }
  const note = (deviceId: string, value: TraceNote): void => {
    if (value.type === 'invite' && value.callId !== undefined) claim(value.callId, deviceId)
    const host = hostOfName(value)
    if (host === undefined) attribution.know(deviceId)
    const trace = shelf.of(deviceId, host)
    const nowUs = clock.nowUs()
    if (!take(trace.notes, rates.notes, nowUs)) {
      count.unkept++
      return
    }
    if (value.type === 'presence' && value.from !== value.to) closeRuns(trace)
    keep(trace, { kind: 'note', seq: nextSeq(), atUs: wallUs(nowUs), note: value })
  }

  return {
    entry,
    note,
    claim,
    bind: attribution.bind,
    addressOf: attribution.addressOf,
    records: (key) => {
      const trace = shelf.find(key)
      if (!trace) return []
      const { run, whole } = trace.keepalives
      return [...trace.ring.records, ...(run ? [run] : []), ...whole].sort((one, other) => one.seq - other.seq)
    },
    strangers: () => ({ sources: sources.list(), ids: Array.from(shelf.candidates(), ({ key }) => key).reverse() }),
    stats: () => ({ ...shelf.figures(), ...count }),
    flush: () => {
      for (const { key, keepalives, unkept } of shelf.devices()) {
        if (keepalives.run) options.onRecord?.(key, keepalives.run)
        if (unkept) options.onRecord?.(key, unkept)
      }
    },
  }
}

/** A copy of its own: a part of a string keeps the whole alive. */
const cut = (message: KeptMessage, limit: number): KeptMessage => (message.text.length <= limit ? message : { ...message, text: Buffer.from(message.text.slice(0, limit), 'latin1').toString('latin1') })

const callOf = (message: SipMessage): string => `${header(message, 'Call-ID') ?? ''} ${header(message, 'CSeq') ?? ''}`

const isKeepaliveRequest = (message: SipMessage, direction: 'in' | 'out'): boolean =>
  direction === 'in' && message.kind === 'request' && message.method === 'MESSAGE' && message.body.length < 4096 && message.body.includes('>Keepalive<')

/** Who was turned away has only named itself: the host that did; undefined for what is said of a device. */
const hostOfName = (note: TraceNote): string | undefined => ((note.type === 'registration' && note.decision !== 'accepted') || note.type === 'elsewhere' ? note.source.host : undefined)

const callIdOf = (text: string): string | undefined => /[\r\n](?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]*)/i.exec(text)?.[1]?.trim()
