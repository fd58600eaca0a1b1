// The recordings of a channel over a time: asked whole, then in halves where the answer stays incomplete. GB/T 28181-2022 9.7, A.2.4.5, Annex M.
import type { ExchangeOutcome, RecordsAnswer, RecordsQuery } from './asking.ts'
import type { Collected } from './collection.ts'
import type { CollectorTimes } from './collector.ts'
import type { Failure } from './exchange.ts'
import type { RecordType } from '../manscdp/query.ts'
import type { FileItem } from '../manscdp/record.ts'

export const recordTimes: CollectorTimes = { firstMs: 15_000, idleMs: 5_000, settleMs: 300 }
/** Ours: recordings kept of one query, the shortest span that is halved no more, and the queries that one asking may cost. */
export const mostRecordings = 20_000
const leastSliceMs = 600_000
const mostQueries = 16

export interface Slice {
  readonly fromMs: number
  readonly toMs: number
}

/** Two halves, or none of a span that is too short to be worth it. */
export function halve({ fromMs, toMs }: Slice): readonly Slice[] {
  if (toMs - fromMs < 2 * leastSliceMs) return []
  const middleMs = fromMs + Math.floor((toMs - fromMs) / 2000) * 1000
  return [{ fromMs, toMs: middleMs }, { fromMs: middleMs, toMs }]
}

/** The same recording may come from two slices: it lies across their border. */
export const recordingKey = ({ deviceId, startMs, endMs, filePath, name, raw }: FileItem): string => [deviceId, startMs ?? raw?.['StartTime'], endMs ?? raw?.['EndTime'], filePath, name].join('|')

export interface RecordsOptions {
  /** Asks for one slice; `recordType` absent leaves Type out. */
  readonly ask: (slice: Slice, recordType: RecordType | undefined) => Promise<Collected<FileItem, Failure>>
  /** Whether this device wants Type left out, as it showed before; and its new memory of that. docs/interop.md Q54. */
  readonly leavesTypeOut: boolean
  readonly onTypeLeftOut: () => void
}

/** `missing` are slices that stayed incomplete after all; what came of them is in `items` all the same. */
export async function queryRecords(query: RecordsQuery, options: RecordsOptions): Promise<ExchangeOutcome<RecordsAnswer>> {
  const found = new Map<string, FileItem>()
  const missing: { fromMs: number; toMs: number; told: number; got: number }[] = []
  let isCut = false
  let queries = 0
  let recordType = query.recordType ?? (options.leavesTypeOut ? undefined : 'all')

  const ask = async (slice: Slice): Promise<Collected<FileItem, Failure>> => {
    queries++
    return options.ask(slice, recordType)
  }
  const pending: Slice[] = [{ fromMs: query.fromMs, toMs: query.toMs }]
  for (let slice = pending.shift(); slice; slice = pending.shift()) {
    let answer = await ask(slice)
    if (!answer.isAnswered && queries === 1 && query.recordType === undefined && recordType !== undefined && mayBeOfType(answer.failure)) {
      recordType = undefined
      answer = await ask(slice)
      if (answer.isAnswered) options.onTypeLeftOut()
    }
    if (!answer.isAnswered && found.size === 0 && missing.length === 0) return answer.failure ?? { ok: false, reason: 'no-answer', detail: answer.reason }
    for (const item of answer.items) {
      if (found.size >= mostRecordings) isCut = true
      else found.set(recordingKey(item), item)
    }
    isCut ||= answer.isCut
    if (answer.isComplete || isCut) continue
    const halves = answer.failure?.reason === 'stopped' || answer.failure?.reason === 'offline' ? [] : halve(slice)
    if (halves.length > 0 && queries + pending.length + halves.length <= mostQueries) pending.unshift(...halves)
    else missing.push({ ...slice, told: answer.sumNum, got: answer.items.length })
  }
  const items = [...found.values()].sort((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0) || (a.endMs ?? 0) - (b.endMs ?? 0))
  return { ok: true, value: { items, isComplete: missing.length === 0 && !isCut, missing, isCut } }
}

/** A refusal, or silence on what the device does not understand; not that it was not there to be asked. */
const mayBeOfType = (failure: Failure | undefined): boolean => failure === undefined || failure.reason === 'refused' || failure.reason === 'no-answer'
