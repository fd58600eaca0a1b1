// All traces of a user agent: who a message is about, what is kept of it, and what must go when there is too much.
// Bounds: 32 KiB a device, 64 MiB in all, a rate for each; of 10,000 devices that answer as they should about 6 KiB each is left.
import type { Clock } from '../../base/index.ts'
import { header } from '../message/index.ts'
import type { Address, SipMessage, TraceEntry } from '../types.ts'
import { createAttribution } from './attribution.ts'
import { createBucket, type Bucket } from './bucket.ts'
import { createKeepalives, type Keepalives } from './keepalives.ts'
import { redact } from './redact.ts'
import { createRing, type Ring } from './ring.ts'
import { createSources, type StrangeSource } from './sources.ts'
import { strangersKey, type KeptMessage, type KeptRun, type TraceKey, type TraceNote, type TraceRecord } from './types.ts'

export interface TraceLimits {
  readonly deviceBytes: number
  readonly totalBytes: number
  readonly strangersBytes: number
  /** Ids that nobody registered and nobody told us of, and how much is kept of each. */
  readonly candidates: number
  readonly candidateBytes: number
  readonly candidatesPerHost: number
}
export const traceLimits: TraceLimits = { deviceBytes: 32 * 1024, totalBytes: 64 * 1024 * 1024, strangersBytes: 256 * 1024, candidates: 500, candidateBytes: 8 * 1024, candidatesPerHost: 32 }

/** Of one message: in memory, and for the disk. */
const memoryMessageBytes = 8 * 1024
const diskMessageBytes = 64 * 1024
/** Messages of one trace that are kept at once, then per second: a catalog of thousands of pages shows its beginning. From elsewhere it is less. */
const ownRate = { burst: 400, perS: 10 }
const foreignRate = { burst: 60, perS: 0.5 }
const noteRate = { burst: 100, perS: 1 }
/** What a device costs beside its records. */
const deviceCost = 1500
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

interface DeviceTrace {
  readonly ring: Ring
  readonly keepalives: Keepalives
  readonly own: Bucket
  readonly foreign: Bucket
  readonly notes: Bucket
  /** Host of an id that nobody knows. */
  readonly candidateOf?: string
  unkept?: KeptRun
  runWrittenUs: number
}

export function createTraces(options: TracesOptions): Traces {
  const { clock, limits = traceLimits } = options
  const attribution = createAttribution(options.ourId)
  const sources = createSources()
  /** Least recently heard first. */
  const devices = new Map<string, DeviceTrace>()
  const perHost = new Map<string, number>()
  const startS = Math.floor(clock.wallMs() / 1000)
  const count = { records: 0, unkept: 0, evicted: 0 }
  let candidates = 0
  let total = 0
  let seq = 0

  const nextSeq = (): number => startS * 1e6 + ++seq
  const wallUs = (atUs: number): number => clock.wallMs() * 1000 - (clock.nowUs() - atUs)
  const newTrace = (limitBytes: number, candidateOf?: string): DeviceTrace => ({
    ring: createRing(limitBytes), keepalives: createKeepalives(nextSeq), own: createBucket(ownRate), foreign: createBucket(foreignRate), notes: createBucket(noteRate), runWrittenUs: 0,
    ...(candidateOf !== undefined && { candidateOf }),
  })
  const strangers = newTrace(limits.strangersBytes)

  const drop = (key: string, trace: DeviceTrace): void => {
    total -= trace.ring.bytes() + deviceCost
    count.evicted += trace.ring.records().length
    devices.delete(key)
    if (trace.candidateOf === undefined) return
    candidates--
    const left = (perHost.get(trace.candidateOf) ?? 1) - 1
    if (left > 0) perHost.set(trace.candidateOf, left)
    else perHost.delete(trace.candidateOf)
  }
  /** An id that was only a name, and is a device now, keeps what was seen of it. */
  const promote = (key: string, trace: DeviceTrace): DeviceTrace => {
    const known = newTrace(limits.deviceBytes)
    drop(key, trace)
    for (const record of trace.ring.records()) known.ring.push(record)
    count.evicted -= trace.ring.records().length
    total += known.ring.bytes() + deviceCost
    devices.set(key, known)
    return known
  }
  /** The trace to write in; undefined for a name too many. */
  const traceOf = (key: TraceKey, host: string | undefined): DeviceTrace | undefined => {
    if (key === strangersKey) return strangers
    const found = devices.get(key)
    const isKnown = attribution.isKnown(key)
    if (found) {
      if (isKnown && found.candidateOf !== undefined) return promote(key, found)
      devices.delete(key)
      devices.set(key, found)
      return found
    }
    const isCandidate = !isKnown && host !== undefined
    if (isCandidate) {
      if ((perHost.get(host) ?? 0) >= limits.candidatesPerHost) return undefined
      if (candidates >= limits.candidates) {
        const oldest = [...devices].find(([, trace]) => trace.candidateOf !== undefined)
        if (oldest) drop(...oldest)
      }
      candidates++
      perHost.set(host, (perHost.get(host) ?? 0) + 1)
    }
    const made = isCandidate ? newTrace(limits.candidateBytes, host) : newTrace(limits.deviceBytes)
    devices.set(key, made)
    total += deviceCost
    return made
  }

  const push = (key: TraceKey, trace: DeviceTrace, record: TraceRecord): void => {
    const before = trace.ring.bytes()
    const held = trace.ring.records().length
    trace.ring.push(record.kind === 'message' ? cut(record, memoryMessageBytes) : record)
    count.records++
    count.evicted += held + 1 - trace.ring.records().length
    options.onRecord?.(key, record)
    if (trace === strangers) return
    total += trace.ring.bytes() - before
    if (total > limits.totalBytes) makeRoom()
  }
  const makeRoom = (): void => {
    const target = limits.totalBytes * 0.9
    // Names first, then what is ordinary of the devices that answer as they should, then of the others, the least recently heard first.
    for (const [key, trace] of devices) if (trace.candidateOf !== undefined && total > target) drop(key, trace)
    for (const hasTrouble of [false, true]) {
      for (let level = limits.deviceBytes / 2; level >= 1024 && total > target; level /= 2) {
        for (const trace of devices.values()) {
          if (total <= target) break
          if (trace.ring.hasTrouble() !== hasTrouble || trace.ring.bytes() <= level) continue
          const before = trace.ring.bytes()
          count.evicted += trace.ring.trim(level)
          total += trace.ring.bytes() - before
        }
      }
    }
    for (const [key, trace] of devices) if (total > target) drop(key, trace)
  }

  const countUnkept = (key: TraceKey, trace: DeviceTrace, atUs: number, remote: Address): void => {
    count.unkept++
    const run = trace.unkept
    if (run && trace.ring.replace({ ...run, count: run.count + 1, lastUs: atUs, remote })) {
      trace.unkept = { ...run, count: run.count + 1, lastUs: atUs, remote }
      return
    }
    trace.unkept = { kind: 'run', what: 'unkept', seq: nextSeq(), atUs, lastUs: atUs, count: 1, remote }
    push(key, trace, trace.unkept)
  }
  const closeRuns = (key: TraceKey, trace: DeviceTrace): void => {
    const ended = trace.keepalives.close()
    if (ended) push(key, trace, ended)
    if (trace.unkept) options.onRecord?.(key, trace.unkept)
    delete trace.unkept
  }

  const entry = (given: TraceEntry): void => {
    const { direction, local, remote, message } = given
    const { key, isForeign } = attribution.of(given)
    const atUs = wallUs(given.atUs)
    if (isForeign && direction === 'in') sources.note(given, atUs, key)
    const trace = traceOf(key, remote.host) ?? strangers
    const where = trace === strangers ? strangersKey : key
    const call = message ? `${header(message, 'Call-ID') ?? ''} ${header(message, 'CSeq') ?? ''}` : ''
    const isKeepalive = message !== undefined && !isForeign && isKeepaliveRequest(message, direction)
    const isItsAnswer = message?.kind === 'response' && direction === 'out' && trace.keepalives.awaits(call)
    // The usual keepalives are counted and cost no rate.
    if (!isKeepalive && !isItsAnswer && !(isForeign ? trace.foreign : trace.own).take(given.atUs)) return countUnkept(where, trace, atUs, remote)
    const record: KeptMessage = { kind: 'message', seq: nextSeq(), atUs, direction, local, remote, ...kept(given.bytes) }
    if (isKeepalive) for (const each of trace.keepalives.request(record, call)) push(where, trace, each)
    else if (isItsAnswer) takeAnswer(where, trace, record, call, message.status)
    else push(where, trace, record)
  }
  const takeAnswer = (key: TraceKey, trace: DeviceTrace, record: KeptMessage, call: string, status: number): void => {
    for (const each of trace.keepalives.response(record, call, status)) push(key, trace, each)
    const run = trace.keepalives.run()
    if (!run || (run.count > 1 && record.atUs - trace.runWrittenUs < runEveryUs)) return
    trace.runWrittenUs = record.atUs
    for (const each of run.count === 1 ? [...trace.keepalives.whole(), run] : [run]) options.onRecord?.(key, each)
  }

  const claim = (callId: string, deviceId: string): void => {
    attribution.know(deviceId)
    attribution.claim(callId, deviceId)
    const trace = traceOf(deviceId, undefined)
    const isOf = (record: TraceRecord): boolean => record.kind === 'message' && callIdOf(record.text) === callId
    if (trace && trace !== strangers) for (const record of strangers.ring.take(isOf)) push(deviceId, trace, record)
  }

  const note = (deviceId: string, value: TraceNote): void => {
    if (value.type === 'invite' && value.callId !== undefined) claim(value.callId, deviceId)
    const host = hostOfName(value)
    if (host === undefined) attribution.know(deviceId)
    const trace = traceOf(deviceId, host)
    const nowUs = clock.nowUs()
    if (!trace?.notes.take(nowUs)) {
      count.unkept++
      return
    }
    if (value.type === 'presence' && value.from !== value.to) closeRuns(deviceId, trace)
    push(deviceId, trace, { kind: 'note', seq: nextSeq(), atUs: wallUs(nowUs), note: value })
  }

  return {
    entry,
    note,
    claim,
    bind: attribution.bind,
    addressOf: attribution.addressOf,
    records: (key) => {
      const trace = key === strangersKey ? strangers : devices.get(key)
      if (!trace) return []
      const run = trace.keepalives.run()
      return [...trace.ring.records(), ...(run ? [run] : []), ...trace.keepalives.whole()].sort((one, other) => one.seq - other.seq)
    },
    strangers: () => ({ sources: sources.list(), ids: [...devices].flatMap(([key, trace]) => (trace.candidateOf === undefined ? [] : [key])).reverse() }),
    stats: () => ({ devices: devices.size - candidates, candidates, bytes: total + strangers.ring.bytes(), ...count }),
    flush: () => {
      for (const [key, trace] of devices) {
        const run = trace.keepalives.run()
        if (run) options.onRecord?.(key, run)
        if (trace.unkept) options.onRecord?.(key, trace.unkept)
      }
    },
  }
}

/** A copy as text: no receive buffer is kept alive by it. Cut first, so that a large message costs no more to look through. */
function kept(bytes: Buffer): { readonly text: string; readonly length: number } {
  return { text: redact(bytes.toString('latin1', 0, diskMessageBytes)), length: bytes.length }
}

const cut = (message: KeptMessage, limit: number): KeptMessage => (message.text.length <= limit ? message : { ...message, text: Buffer.from(message.text.slice(0, limit), 'latin1').toString('latin1') })

const isKeepaliveRequest = (message: SipMessage, direction: 'in' | 'out'): boolean =>
  direction === 'in' && message.kind === 'request' && message.method === 'MESSAGE' && message.body.length < 4096 && message.body.includes('>Keepalive<')

/** Who was turned away has only named itself: the host that did; undefined for what is said of a device. */
const hostOfName = (note: TraceNote): string | undefined => ((note.type === 'registration' && note.decision !== 'accepted') || note.type === 'elsewhere' ? note.source.host : undefined)

const callIdOf = (text: string): string | undefined => /[\r\n](?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]*)/i.exec(text)?.[1]?.trim()
