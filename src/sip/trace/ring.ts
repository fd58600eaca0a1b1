// The records of one device in memory: bounded in bytes; what is ordinary goes first, what tells of trouble last.
import { costOf, isTrouble, type KeptNote, type KeptRun, type TraceNote, type TraceRecord } from './types.ts'

export interface Ring {
  readonly push: (record: TraceRecord) => void
  /** Takes the place of the record with the same number; false when that one is gone. */
  readonly replace: (record: KeptRun) => boolean
  /** Takes out what the test picks. */
  readonly take: (test: (record: TraceRecord) => boolean) => readonly TraceRecord[]
  /** In the order of their numbers. */
  readonly records: () => readonly TraceRecord[]
  readonly bytes: () => number
  readonly hasTrouble: () => boolean
  /** Drops records until at most so many bytes are held; returns how many records went. */
  readonly trim: (bytes: number) => number
}

/** Trimming goes this far below the bound, so that it is not done for every record. */
const trimTo = 0.85

/** The last note of each kind outlives the messages around it: what stands when nothing else is left. */
const pinOf = (note: TraceNote): string => ('decision' in note ? `${note.type} ${note.decision}` : 'outcome' in note ? `${note.type} ${note.outcome}` : note.type)

export function createRing(limitBytes: number): Ring {
  let records: TraceRecord[] = []
  let bytes = 0
  let troubles = 0
  const pins = new Map<string, KeptNote>()

  const isPinned = (record: TraceRecord): record is KeptNote => record.kind === 'note' && pins.get(pinOf(record.note)) === record
  const forget = (record: TraceRecord): void => {
    bytes -= costOf(record)
    if (isTrouble(record)) troubles--
    if (isPinned(record)) pins.delete(pinOf(record.note))
  }
  /** Drops what the test allows, oldest first, until few enough bytes are held. */
  const drop = (target: number, mayGo: (record: TraceRecord) => boolean): void => {
    if (bytes <= target) return
    records = records.filter((record) => {
      if (bytes <= target || !mayGo(record)) return true
      forget(record)
      return false
    })
  }
  const trim = (target: number): number => {
    const before = records.length
    drop(target, (record) => !isTrouble(record) && !isPinned(record))
    drop(target, (record) => !isPinned(record))
    drop(target, (record) => !isTrouble(record))
    drop(target, () => true)
    return before - records.length
  }
  return {
    push: (record) => {
      if (record.kind === 'note') pins.set(pinOf(record.note), record)
      records.push(record)
      bytes += costOf(record)
      if (isTrouble(record)) troubles++
      if (bytes > limitBytes) trim(limitBytes * trimTo)
    },
    replace: (record) => {
      const at = records.findLastIndex(({ seq }) => seq === record.seq)
      if (at < 0) return false
      records[at] = record
      return true
    },
    take: (test) => {
      const taken = records.filter(test)
      if (taken.length > 0) records = records.filter((record) => !taken.includes(record))
      for (const record of taken) forget(record)
      return taken
    },
    records: () => records,
    bytes: () => bytes,
    hasTrouble: () => troubles > 0,
    trim,
  }
}
