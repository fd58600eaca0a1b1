// Which traces there are: one for each device, a few small ones for ids that are only names on packets, one for all others.
// Bounds: so many bytes in all; of 10,000 devices that answer as they should some 4 KiB each is left.
import { fullBucket, type Bucket, type Rate } from './bucket.ts'
import { keepaliveBytes, type Keepalives } from './keepalives.ts'
import { emptyRing, push, trim, type Ring } from './ring.ts'
import { strangersKey, type KeptRun, type TraceKey } from './types.ts'

export interface TraceLimits {
  readonly deviceBytes: number
  readonly totalBytes: number
  readonly strangersBytes: number
  /** Ids that nobody registered and nobody told us of, and how much is kept of each. */
  readonly candidates: number
  readonly candidateBytes: number
  readonly candidatesPerHost: number
}
export const traceLimits: TraceLimits = { deviceBytes: 32 * 1024, totalBytes: 40 * 1024 * 1024, strangersBytes: 256 * 1024, candidates: 500, candidateBytes: 8 * 1024, candidatesPerHost: 32 }

/** Messages of one trace that are kept at once, then per second: a catalog of thousands of pages shows its beginning. From elsewhere it is less. */
export const rates = { own: { burst: 400, perS: 10 }, foreign: { burst: 60, perS: 0.5 }, notes: { burst: 100, perS: 1 } } as const satisfies Readonly<Record<string, Rate>>

export interface DeviceTrace {
  readonly key: TraceKey
  readonly ring: Ring
  readonly keepalives: Keepalives
  readonly own: Bucket
  readonly foreign: Bucket
  readonly notes: Bucket
  /** Host of an id that nobody knows. */
  readonly candidateOf?: string
  /** Monotonic, of the last record. */
  heardUs: number
  unkept?: KeptRun
  /** When the count of keepalives last went to the disk; wall microseconds. */
  runWrittenUs: number
}

export interface Shelf {
  readonly strangers: DeviceTrace
  /** The trace to write in; that of strangers for a name too many. `host`: who brings up a name. */
  readonly of: (key: TraceKey, host: string | undefined) => DeviceTrace
  readonly find: (key: TraceKey) => DeviceTrace | undefined
  /** A trace grew by so many bytes; returns how many records went to make room. */
  readonly grew: (bytes: number) => number
  readonly devices: () => Iterable<DeviceTrace>
  readonly candidates: () => Iterable<DeviceTrace>
  readonly figures: () => { readonly devices: number; readonly candidates: number; readonly bytes: number }
}

/** What a device costs beside its records; measured. */
const deviceCost = 1400
/** What is left of each at the last: enough for its last notes. */
const leastBytes = 1024

export function createShelf(limits: TraceLimits, isKnown: (key: TraceKey) => boolean): Shelf {
  const devices = new Map<TraceKey, DeviceTrace>()
  /** Least recently heard first. */
  const candidates = new Map<TraceKey, DeviceTrace>()
  const perHost = new Map<string, number>()
  const strangers = newTrace(strangersKey, limits.strangersBytes)
  let total = 0

  const bytesOf = (trace: DeviceTrace): number => trace.ring.bytes + keepaliveBytes(trace.keepalives) + deviceCost
  const add = (to: Map<TraceKey, DeviceTrace>, trace: DeviceTrace): DeviceTrace => {
    to.set(trace.key, trace)
    total += bytesOf(trace)
    return trace
  }
  /** Returns how many records went. */
  const remove = (trace: DeviceTrace): number => {
    total -= bytesOf(trace)
    const host = trace.candidateOf
    if (host === undefined) devices.delete(trace.key)
    else {
      candidates.delete(trace.key)
      const left = (perHost.get(host) ?? 1) - 1
      if (left > 0) perHost.set(host, left)
      else perHost.delete(host)
    }
    return trace.ring.records.length
  }
  const shrink = (trace: DeviceTrace, level: number): number => {
    const before = bytesOf(trace)
    const gone = trim(trace.ring, level)
    // The count of its keepalives stays, the exchange that stands for them goes at the last.
    if (level <= leastBytes) trace.keepalives.whole = []
    total += bytesOf(trace) - before
    return gone
  }
  /** Names first, then what is ordinary of the devices that answer as they should, then of the others, the least recently heard first. */
  const makeRoom = (): number => {
    const target = limits.totalBytes * 0.9
    let gone = 0
    const dropAll = (traces: Iterable<DeviceTrace>): void => {
      for (const trace of traces) if (total > target) gone += remove(trace)
    }
    dropAll([...candidates.values()])
    const byAge = [...devices.values()].sort((one, other) => one.heardUs - other.heardUs)
    for (const hasTrouble of [false, true]) {
      const some = byAge.filter((trace) => trace.ring.troubles > 0 === hasTrouble)
      for (let level = limits.deviceBytes / 2; level >= leastBytes && total > target; level /= 2) {
        for (const trace of some) if (total > target && trace.ring.bytes > level) gone += shrink(trace, level)
      }
    }
    dropAll(byAge)
    return gone
  }
  /** An id that was only a name, and is a device now, keeps what was seen of it. */
  const promote = (trace: DeviceTrace): DeviceTrace => {
    remove(trace)
    const known = newTrace(trace.key, limits.deviceBytes)
    for (const record of trace.ring.records) push(known.ring, record)
    return add(devices, known)
  }
  const candidate = (key: TraceKey, host: string): DeviceTrace | undefined => {
    const found = candidates.get(key)
    if (found) {
      candidates.delete(key)
      candidates.set(key, found)
      return found
    }
    const count = perHost.get(host) ?? 0
    if (count >= limits.candidatesPerHost) return undefined
    const [oldest] = candidates.values()
    if (candidates.size >= limits.candidates && oldest) remove(oldest)
    perHost.set(host, (perHost.get(host) ?? 0) + 1)
    return add(candidates, newTrace(key, limits.candidateBytes, host))
  }
  return {
    strangers,
    of: (key, host) => {
      if (key === strangersKey) return strangers
      const found = devices.get(key)
      if (found) return found
      if (host !== undefined && !isKnown(key)) return candidate(key, host) ?? strangers
      const before = candidates.get(key)
      return before ? promote(before) : add(devices, newTrace(key, limits.deviceBytes))
    },
    find: (key) => (key === strangersKey ? strangers : (devices.get(key) ?? candidates.get(key))),
    grew: (bytes) => {
      total += bytes
      return total > limits.totalBytes ? makeRoom() : 0
    },
    devices: () => devices.values(),
    candidates: () => candidates.values(),
    figures: () => ({ devices: devices.size, candidates: candidates.size, bytes: total + strangers.ring.bytes }),
  }
}

const newTrace = (key: TraceKey, limitBytes: number, candidateOf?: string): DeviceTrace => ({
  key, ring: emptyRing(limitBytes), keepalives: { whole: [] }, own: fullBucket(rates.own), foreign: fullBucket(rates.foreign), notes: fullBucket(rates.notes), heardUs: 0, runWrittenUs: 0,
  ...(candidateOf !== undefined && { candidateOf }),
})
