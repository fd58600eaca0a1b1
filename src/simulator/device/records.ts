// What a simulated recorder has recorded: an hour in each file, day and night. GB/T 28181-2022 9.7, A.2.1.10, A.2.6.7.
import type { Habits } from '../habits.ts'
import type { FileItem, ValueOf } from '../manscdp.ts'

const hourMs = 3_600_000
/** Ours: files in one answer, a month of hours. */
const maxFiles = 24 * 31

/** The files that touch the time asked for, none in the future. */
export function recordsOf(query: ValueOf<'query-record-info'>, nowMs: number, habits: Habits): readonly FileItem[] {
  const { deviceId, startMs = 0, endMs = nowMs, recordType } = query
  if (habits.has('records-need-type') && recordType !== 'all') return []
  const files: FileItem[] = []
  const first = Math.floor(startMs / hourMs) * hourMs
  const last = Math.min(endMs, nowMs)
  for (let at = first; at < last && files.length < maxFiles; at += hourMs) {
    const end = Math.min(at + hourMs, nowMs)
    const type = at % (4 * hourMs) === 0 ? 'alarm' : 'time'
    if (recordType !== undefined && recordType !== 'all' && recordType !== type) continue
    files.push({ deviceId, name: `REC${at / hourMs}`, filePath: `/record/${at / hourMs}.ps`, address: 'Address1', startMs: at, endMs: end, secrecy: 0, recordType: type, recorderId: deviceId, fileSize: Math.round(((end - at) / 1000) * 500_000) })
  }
  return habits.has('odd-record-times') ? files.map(odd) : files
}

/** A time that the typed field cannot say stands as raw text. Q54. */
function odd(file: FileItem, n: number): FileItem {
  const { startMs = 0, endMs = 0, ...rest } = file
  const beijing = (ms: number): string => new Date(ms + 8 * hourMs).toISOString()
  const text = (ms: number): string => (n % 2 === 0 ? `${beijing(ms).slice(0, 19)}+08:00` : beijing(ms).slice(0, 23))
  return { ...rest, raw: { ...file.raw, StartTime: text(startMs), EndTime: text(endMs) } }
}
