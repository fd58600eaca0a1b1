// ReportStore on SQLite: what summaries and comparisons read, an inspection at a time and its checks a few at a time.
import type Database from 'better-sqlite3'
import type { Check, InspectionHead, ReportStore } from '../inspect/index.ts'
import { aboutOf } from './sample-rows.ts'
import type { Task } from './trouble.ts'

interface HeadRow {
  readonly id: string
  readonly area: string
  readonly startedAtMs: number
  readonly finishedAtMs: number | null
  readonly state: string
  readonly createdBy: string
  readonly draw: string
  readonly rules: string
  readonly total: number
  readonly about: string | null
}

const columns = 'id, area, started_at_ms AS startedAtMs, finished_at_ms AS finishedAtMs, state, created_by AS createdBy, draw, rules, total, about'

export function reportStore(raw: Database.Database, task: Task): ReportStore {
  const heads = raw.prepare<{ from: string; to: string; fromMs: number; toMs: number; state: string | null; limit: number }, HeadRow>(
    `SELECT ${columns} FROM inspections WHERE area >= @from AND area < @to AND started_at_ms BETWEEN @fromMs AND @toMs AND (@state IS NULL OR state = @state) ORDER BY started_at_ms DESC, id DESC LIMIT @limit`,
  )
  const checks = raw.prepare<[string, number, number], { document: string }>('SELECT document FROM checks WHERE inspection = ? AND n > ? ORDER BY n LIMIT ?')
  return {
    // Digits end before ':': a prefix is a range. Exactly one area ends before its first child.
    heads: ({ area, isExact = false, fromMs, toMs, state, limit }) => task(() => heads.all({ from: area, to: isExact ? `${area}\u0000` : `${area}:`, fromMs, toMs, state: state ?? null, limit }).map(headOf)),
    checks: (inspection, after, limit) => task(() => checks.all(inspection, after, limit).map(({ document }) => JSON.parse(document) as Check)),
  }
}

const headOf = ({ id, area, startedAtMs, finishedAtMs, state, createdBy, draw, rules, total, about }: HeadRow): InspectionHead => ({
  id,
  area,
  startedAtMs,
  ...(finishedAtMs === null ? {} : { finishedAtMs }),
  state: state as InspectionHead['state'],
  createdBy,
  draw: JSON.parse(draw) as InspectionHead['draw'],
  ...aboutOf(about),
  rules: JSON.parse(rules) as InspectionHead['rules'],
  total,
})
