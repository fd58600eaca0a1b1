// Whether a record whose errors are all waived counts as complete. A setting of the house, kept in the file so that every process that writes it
// (imports have one of their own) counts alike.
import type Database from 'better-sqlite3'
import { readMarks, writeMarks } from './marks.ts'

const ownErrors = `f.source = 'record' AND f.severity = 'error'`

export const excusesWaived = (raw: Database.Database): boolean => readMarks(raw).excusesWaived

/** Sets it, and counts again the records that it concerns: those with a waived error. */
export function setWaivers(raw: Database.Database, excuses: boolean): void {
  const concerned = `SELECT f.camera_id FROM findings f WHERE f.state = 'waived' AND ${ownErrors}`
  raw.transaction((): void => {
    writeMarks(raw, { ...readMarks(raw), excusesWaived: excuses })
    if (!excuses) raw.prepare(`UPDATE cameras SET is_complete = 0 WHERE is_complete = 1 AND id IN (${concerned})`).run()
    else raw.prepare<[], string>(concerned).pluck().all().forEach(recounter(raw))
  })()
}

/** Brings one record up to date where waived errors are excused. */
export function recounter(raw: Database.Database): (id: string) => void {
  const isComplete = `(is_draft = 0 AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.camera_id = cameras.id AND ${ownErrors} AND f.state IN ('open', 'accepted')))`
  const recount = raw.prepare<[string]>(`UPDATE cameras SET is_complete = ${isComplete} WHERE id = ? AND is_complete <> ${isComplete}`)
  return (id) => void recount.run(id)
}
