// All rules over the records of an area, in small parts: whatever else the process does has its turn in between.
import type { Presence } from '../device-types.ts'
import type { Finding } from '../types.ts'
import { createAreaCheck, type AreaRecord } from './area-check.ts'
import { recordCheck } from './table.ts'
import type { RuleContext } from './rule.ts'

/** Records judged, and cameras handed on, between two turns: a few milliseconds. Ours. */
const partSize = 100

export interface CheckedRecord extends AreaRecord {
  readonly presence?: Presence
}

/** All that the record's own rules, or those over many records, find of one camera. */
export interface Judged {
  readonly cameraId: string
  readonly source: 'record' | 'area'
  readonly findings: readonly Finding[]
}

/**
 * `records` come in parts of any size. First each record's own findings, an empty list too, so that what is fixed is known; then those that only many
 * records show, of cameras that have some. `onNote` hears once of each division whose outline is missing.
 */
export async function* checkArea(
  records: AsyncIterable<readonly CheckedRecord[]> | Iterable<readonly CheckedRecord[]>,
  context: RuleContext,
  turn: () => Promise<void>,
  onNote: (area: string, finding: Finding) => void = () => {},
): AsyncGenerator<readonly Judged[]> {
  const together = createAreaCheck(context)
  const check = recordCheck(context)
  for await (const part of records) {
    for (let at = 0; at < part.length; at += partSize) {
      const few = part.slice(at, at + partSize)
      yield few.map((record): Judged => {
        together.push(record)
        return { cameraId: record.id, source: 'record', findings: check(record.declared) }
      })
      await turn()
    }
  }
  for (const { area, finding } of together.notes()) onNote(area, finding)
  let judged: Judged[] = []
  let own: { readonly cameraId: string; readonly findings: Finding[] } | undefined
  for (const { cameraId, finding } of together.finish()) {
    if (own?.cameraId === cameraId) {
      own.findings.push(finding)
      continue
    }
    if (own) judged.push({ ...own, source: 'area' })
    own = { cameraId, findings: [finding] }
    if (judged.length < partSize) continue
    yield judged
    judged = []
    await turn()
  }
  if (own) judged.push({ ...own, source: 'area' })
  if (judged.length > 0) yield judged
}
