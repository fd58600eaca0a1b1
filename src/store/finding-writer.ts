// Findings as rows: what a source finds of a camera now against what stands there. Call it inside a transaction.
import type Database from 'better-sqlite3'
import type { Finding, FindingState, Found } from '../registry/index.ts'
import { detailText, stepFinding, type Standing } from './finding-life.ts'

interface StandingRow extends Standing {
  readonly n: number
  readonly rule: string
  readonly field: string
}

export interface Counted {
  opened: number
  reopened: number
  fixed: number
  standing: number
}

/** `altered` are fields that somebody has just changed. A camera that is not there has no findings. */
export type WriteFindings = (found: Found, atMs: number, counted?: Counted, altered?: ReadonlySet<string>) => void

export const noneCounted = (): Counted => ({ opened: 0, reopened: 0, fixed: 0, standing: 0 })

const keyOf = ({ rule, field }: { readonly rule: string; readonly field: string }): string => `${rule} ${field}`
/** Longitude and latitude are one value. */
const partner: Readonly<Record<string, string>> = { longitude: 'latitude', latitude: 'longitude' }

export function findingWriter(raw: Database.Database): WriteFindings {
  const standing = raw.prepare<[string, string], StandingRow>(
    'SELECT n, rule, field, state, severity, message_zh AS messageZh, message_en AS messageEn, detail, last_at_ms AS lastAtMs FROM findings WHERE camera_id = ? AND source = ?',
  )
  const insert = raw.prepare(`
    INSERT INTO findings (camera_id, area, rule, field, severity, source, state, message_zh, message_en, detail, first_at_ms, last_at_ms, state_at_ms)
    SELECT id, area, @rule, @field, @severity, @source, 'open', @zh, @en, @detail, @atMs, @atMs, @atMs FROM cameras WHERE id = @cameraId`)
  const see = raw.prepare('UPDATE findings SET severity = @severity, message_zh = @zh, message_en = @en, detail = @detail, last_at_ms = @atMs WHERE n = @n')
  const reopen = raw.prepare(`
    UPDATE findings SET state = 'open', reason = NULL, due_at_ms = NULL, state_at_ms = @atMs, state_by = NULL, severity = @severity, message_zh = @zh, message_en = @en,
      detail = @detail, last_at_ms = @atMs WHERE n = @n`)
  const fix = raw.prepare(`UPDATE findings SET state = 'fixed', state_at_ms = ?, state_by = NULL WHERE n = ?`)
  const note = raw.prepare(`INSERT INTO finding_changes (finding, what, from_value, to_value, reason, at_ms, by) VALUES (?, 'state', ?, ?, ?, ?, '')`)
  const say = (finding: Finding, atMs: number) => ({ severity: finding.severity, zh: finding.message.zh, en: finding.message.en, detail: detailText(finding), atMs })
  const close = ({ n, state }: { readonly n: number; readonly state: FindingState }, atMs: number): void => {
    fix.run(atMs, n)
    note.run(n, state, 'fixed', 'no-longer-found', atMs)
  }

  return ({ cameraId, source, findings }, atMs, counted = noneCounted(), altered = new Set()) => {
    // The first of a kind speaks for the others: rules name each thing once.
    const found = new Map<string, Finding>()
    for (const finding of findings) if (!found.has(keyOf(finding))) found.set(keyOf(finding), finding)
    const isAltered = ({ field }: Finding): boolean => altered.has(field) || altered.has(partner[field] ?? '')
    for (const before of standing.all(cameraId, source)) {
      const finding = found.get(keyOf(before))
      found.delete(keyOf(before))
      const step = stepFinding(before, finding, atMs, finding !== undefined && isAltered(finding))
      if (step.do === 'fix') {
        close(before, atMs)
        counted.fixed++
      } else if (step.do === 'reopen' && finding) {
        reopen.run({ n: before.n, ...say(finding, atMs) })
        note.run(before.n, before.state, 'open', step.why, atMs)
        counted.reopened++
      } else if (finding) {
        if (step.do === 'see') see.run({ n: before.n, ...say(finding, atMs) })
        counted.standing++
      }
    }
    for (const finding of found.values()) counted.opened += insert.run({ cameraId, source, rule: finding.rule, field: finding.field, ...say(finding, atMs) }).changes
  }
}
