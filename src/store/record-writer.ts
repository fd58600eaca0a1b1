// Records with what hangs on them: their history, the findings of their own rules, and those that came with them. Call it inside a transaction.
import type Database from 'better-sqlite3'
import type { Camera, FieldChange, Found } from '../registry/index.ts'
import { cameraWriter } from './camera-rows.ts'
import { findingWriter } from './finding-writer.ts'
import { excusesWaived, recounter } from './waivers.ts'

/** Changes of what devices report, kept for each camera; a vehicle's place may change every minute. What people declare and verify is kept for ever. Ours. */
export const maxReportedChanges = 500

export interface FoundAt {
  readonly found: readonly Found[]
  readonly atMs: number
}

export type WriteRecords = (cameras: readonly Camera[], changes: readonly FieldChange[], more?: FoundAt) => void

/** Of a draft a catalog says that it has no record; of a retired record nothing is asked any more. */
const ownFindings = (camera: Camera): Found => ({ cameraId: camera.id, source: camera.isDraft ? 'catalog' : 'record', findings: camera.isRetired ? [] : camera.findings })

export function recordWriter(raw: Database.Database): WriteRecords {
  const writeRows = cameraWriter(raw)
  const writeFindings = findingWriter(raw)
  const moveFindings = raw.prepare('UPDATE findings SET area = c.area FROM (SELECT area FROM cameras WHERE id = @id) AS c WHERE camera_id = @id AND findings.area <> c.area')
  // Asked first: an UPDATE with triggers costs a savepoint even where there is nothing to move, four times as much as the look.
  const hasMoved = raw.prepare<[{ id: string }], number>('SELECT 1 FROM findings f JOIN cameras c ON c.id = f.camera_id WHERE f.camera_id = @id AND f.area <> c.area LIMIT 1').pluck()
  const recount = excusesWaived(raw) ? recounter(raw) : undefined
  const trim = raw.prepare(`
    DELETE FROM field_changes WHERE camera_id = @id AND side = 'reported'
      AND n <= (SELECT n FROM field_changes WHERE camera_id = @id AND side = 'reported' ORDER BY n DESC LIMIT 1 OFFSET ${maxReportedChanges})`)

  return (cameras, changes, more) => {
    writeRows(cameras, changes)
    const altered = new Map<string, Set<string>>()
    const reported = new Set<string>()
    for (const { cameraId, field, side } of changes) {
      if (side === 'reported') reported.add(cameraId)
      else if (side === undefined) altered.set(cameraId, (altered.get(cameraId) ?? new Set()).add(field))
    }
    for (const camera of cameras) {
      if (camera.version > 1 && hasMoved.get({ id: camera.id }) !== undefined) moveFindings.run({ id: camera.id })
      writeFindings(ownFindings(camera), more?.atMs ?? camera.updatedAtMs, undefined, altered.get(camera.id))
      recount?.(camera.id)
    }
    for (const id of reported) trim.run({ id })
    if (more) for (const found of more.found) writeFindings(found, more.atMs)
  }
}
