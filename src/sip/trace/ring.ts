// The records of one device in memory: bounded in bytes; what is ordinary goes first, what tells of trouble last.
// Plain state and functions over it: there are ten thousand of these.
import { costOf, isTrouble, type KeptRun, type TraceNote, type TraceRecord } from './types.ts'

export interface Ring {
  readonly limitBytes: number
  /** In the order of their numbers. */
  records: TraceRecord[]
  bytes: number
  /** How many of them tell of trouble. */
  troubles: number
}

/** Trimming goes this far below the bound, so that it is not done for every record. */
const trimTo = 0.85

export const emptyRing = (limitBytes: number): Ring => ({ limitBytes, records: [], bytes: 0, troubles: 0 })

/** Returns how many records went to make room. */
export function push(ring: Ring, record: TraceRecord): number {
  ring.records.push(record)
  ring.bytes += costOf(record)
  if (isTrouble(record)) ring.troubles++
  return ring.bytes > ring.limitBytes ? trim(ring, ring.limitBytes * trimTo) : 0
}

/** Takes the place of the record with the same number; false when that one is gone. */
export function replace(ring: Ring, record: KeptRun): boolean {
  const at = ring.records.findLastIndex(({ seq }) => seq === record.seq)
  if (at < 0) return false
  ring.records[at] = record
  return true
}

/** Takes out what the test picks. */
export function takeOut(ring: Ring, test: (record: TraceRecord) => boolean): readonly TraceRecord[] {
  const taken = ring.records.filter(test)
  if (taken.length > 0) drop(ring, 0, (record) => taken.includes(record))
  return taken
}

/** Drops records until at most so many bytes are held; returns how many went. */
export function trim(ring: Ring, target: number): number {
  if (ring.bytes <= target) return 0
  const before = ring.records.length
  const pinned = lastNotes(ring.records)
  drop(ring, target, (record) => !isTrouble(record) && !pinned.has(record))
  drop(ring, target, (record) => !pinned.has(record))
  drop(ring, target, (record) => !isTrouble(record))
  drop(ring, target, () => true)
  return before - ring.records.length
}

/** Drops what the test allows, oldest first, until few enough bytes are held. */
function drop(ring: Ring, target: number, mayGo: (record: TraceRecord) => boolean): void {
  if (ring.bytes <= target) return
  ring.records = ring.records.filter((record) => {
    if (ring.bytes <= target || !mayGo(record)) return true
    ring.bytes -= costOf(record)
    if (isTrouble(record)) ring.troubles--
    return false
  })
}

/** The last note of each kind outlives the messages around it: what stands when nothing else is left. */
function lastNotes(records: readonly TraceRecord[]): ReadonlySet<TraceRecord> {
  const last = new Map<string, TraceRecord>()
  for (const record of records) if (record.kind === 'note') last.set(pinOf(record.note), record)
  return new Set(last.values())
}

const pinOf = (note: TraceNote): string => ('decision' in note ? `${note.type} ${note.decision}` : 'outcome' in note ? `${note.type} ${note.outcome}` : note.type)
