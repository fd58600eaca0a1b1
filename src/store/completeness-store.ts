// CompletenessStore on SQLite. Figures come from sums that triggers keep; a day is what changed in them since the day before it.
import type Database from 'better-sqlite3'
import type { CameraCount, Completeness, CompletenessBy, CompletenessDay, CompletenessFilter, CompletenessGroups, CompletenessStore, Counts } from '../registry/index.ts'
import type { Task } from './trouble.ts'

const figures = 'coalesce(sum(records), 0) AS records, coalesce(sum(complete), 0) AS complete, coalesce(sum(mandatory), 0) AS mandatory, coalesce(sum(filled), 0) AS filled'
const groupBy: Readonly<Record<CompletenessBy, string>> = { class: 'class', owner: 'owner', builtBy: 'built_by', division: 'area' }

function whereOf({ area, class: pointClass, owner, builtBy }: CompletenessFilter): { readonly sql: string; readonly values: Readonly<Record<string, string>> } {
  const terms = ['1']
  const values: Record<string, string> = {}
  const equal = (column: string, name: string, value: string | undefined): void => {
    if (value === undefined) return
    terms.push(`${column} = @${name}`)
    values[name] = value
  }
  if (area !== '') {
    terms.push('area >= @area AND area < @areaEnd')
    Object.assign(values, { area, areaEnd: `${area}:` })
  }
  equal('class', 'class', pointClass)
  equal('owner', 'owner', owner)
  equal('built_by', 'builtBy', builtBy)
  return { sql: terms.join(' AND '), values }
}

export function completenessStore(raw: Database.Database, task: Task): CompletenessStore {
  const within = `(@area = '' OR area >= @area AND area < @areaEnd)`
  const cameraCounts = raw.prepare<[object], Omit<CameraCount, 'isComplete' | 'isDraft'> & { isComplete: number; isDraft: number }>(
    `SELECT class, presence, is_complete AS isComplete, is_draft AS isDraft, sum(n) AS n FROM camera_sums WHERE ${within} GROUP BY 1, 2, 3, 4 HAVING sum(n) > 0`,
  )
  const findingCounts = raw.prepare<[object], Counts['findings'][number]>(
    `SELECT severity, sum(n) AS n FROM finding_sums WHERE ${within} AND state IN ('open', 'accepted') GROUP BY 1 HAVING sum(n) > 0`,
  )
  const run = raw.prepare<[string], number>('SELECT 1 FROM completeness_runs WHERE day = ?').pluck()
  const writeDay = dayWriter(raw)

  return {
    counts: (area) =>
      task(() => {
        const values = { area, areaEnd: `${area}:` }
        return { cameras: cameraCounts.all(values).map((row) => ({ ...row, isComplete: row.isComplete === 1, isDraft: row.isDraft === 1 })), findings: findingCounts.all(values) }
      }),
    completeness: (filter, by, limit) => task(() => groupsOf(raw, filter, by, limit)),
    completenessDays: (filter, from) => task(() => daysOf(raw, filter, from)),
    writeCompletenessDay: (day, atMs) => task(() => writeDay.immediate(day, atMs)),
    hasCompletenessDay: (day) => task(() => run.get(day) !== undefined),
  }
}

function groupsOf(raw: Database.Database, filter: CompletenessFilter, by: CompletenessBy, limit: number): CompletenessGroups {
  const { sql, values } = whereOf(filter)
  const all = raw
    .prepare<[object], Completeness & { readonly value: string }>(
      `SELECT ${groupBy[by]} AS value, ${figures} FROM completeness_sums WHERE ${sql} GROUP BY 1 HAVING sum(records) > 0 ORDER BY sum(records) DESC, value`,
    )
    .all(values)
  const total = { records: 0, complete: 0, mandatory: 0, filled: 0 }
  for (const group of all) for (const name of Object.keys(total) as (keyof Completeness)[]) total[name] += group[name]
  return { total, groups: all.slice(0, limit), more: Math.max(0, all.length - limit) }
}

/** Sums up what each day added. A day that changed nothing has no rows, but was written: it is as the day before. */
function daysOf(raw: Database.Database, filter: CompletenessFilter, from: string): readonly CompletenessDay[] {
  const { sql, values } = whereOf(filter)
  const added = new Map(raw.prepare<[object], CompletenessDay>(`SELECT day, ${figures} FROM completeness_days WHERE ${sql} GROUP BY day`).all(values).map((row) => [row.day, row]))
  const level = { records: 0, complete: 0, mandatory: 0, filled: 0 }
  const days: CompletenessDay[] = []
  for (const day of raw.prepare<[], string>('SELECT day FROM completeness_runs ORDER BY day').pluck().all()) {
    const more = added.get(day)
    if (more) for (const name of Object.keys(level) as (keyof Completeness)[]) level[name] += more[name]
    if (day >= from) days.push({ day, ...level })
  }
  return days
}

function dayWriter(raw: Database.Database) {
  const note = raw.prepare('INSERT INTO completeness_runs (day, at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const differs = 'records <> last_records OR complete <> last_complete OR mandatory <> last_mandatory OR filled <> last_filled'
  const add = raw.prepare(`
    INSERT INTO completeness_days (area, class, owner, built_by, day, records, complete, mandatory, filled)
    SELECT area, class, owner, built_by, ?, records - last_records, complete - last_complete, mandatory - last_mandatory, filled - last_filled FROM completeness_sums WHERE ${differs}`)
  const remember = raw.prepare(`UPDATE completeness_sums SET last_records = records, last_complete = complete, last_mandatory = mandatory, last_filled = filled WHERE ${differs}`)
  const tidy = raw.prepare('DELETE FROM completeness_sums WHERE records = 0 AND last_records = 0')
  return raw.transaction((day: string, atMs: number): boolean => {
    if (note.run(day, atMs).changes === 0) return false
    add.run(day)
    remember.run()
    tidy.run()
    return true
  })
}
