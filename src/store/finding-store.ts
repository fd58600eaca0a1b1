// FindingStore on SQLite: pages in the order of area and number, counts from sums, and what people set.
import type Database from 'better-sqlite3'
import type { BulkOutcome, FindingChange, FindingCount, FindingEdit, FindingFilter, FindingPage, FindingQuery, FindingStore, Found, KeptFinding, ListedFinding } from '../registry/index.ts'
import { editFinding } from './finding-life.ts'
import { findingWriter, noneCounted, type Counted } from './finding-writer.ts'
import type { Task } from './trouble.ts'
import { excusesWaived, recounter } from './waivers.ts'

const maxPage = 1000

interface FindingRow {
  readonly n: number
  readonly cameraId: string
  readonly area: string
  readonly rule: string
  readonly field: string
  readonly severity: string
  readonly source: string
  readonly state: string
  readonly messageZh: string
  readonly messageEn: string
  readonly detail: string | null
  readonly owner: string | null
  readonly dueAtMs: number | null
  readonly reason: string | null
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly stateAtMs: number
  readonly stateBy: string | null
}

const columns = `f.n, f.camera_id AS cameraId, f.area, f.rule, f.field, f.severity, f.source, f.state, f.message_zh AS messageZh, f.message_en AS messageEn, f.detail, f.owner,
  f.due_at_ms AS dueAtMs, f.reason, f.first_at_ms AS firstAtMs, f.last_at_ms AS lastAtMs, f.state_at_ms AS stateAtMs, f.state_by AS stateBy`

function keptOf(row: FindingRow): KeptFinding {
  return {
    n: row.n,
    cameraId: row.cameraId,
    area: row.area,
    rule: row.rule,
    field: row.field as KeptFinding['field'],
    severity: row.severity as KeptFinding['severity'],
    source: row.source as KeptFinding['source'],
    state: row.state as KeptFinding['state'],
    message: { zh: row.messageZh, en: row.messageEn },
    ...(row.detail === null ? {} : { detail: JSON.parse(row.detail) as NonNullable<KeptFinding['detail']> }),
    ...(row.owner === null ? {} : { owner: row.owner }),
    ...(row.dueAtMs === null ? {} : { dueAtMs: row.dueAtMs }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    firstAtMs: row.firstAtMs,
    lastAtMs: row.lastAtMs,
    stateAtMs: row.stateAtMs,
    ...(row.stateBy === null ? {} : { stateBy: row.stateBy }),
  }
}

interface Where {
  readonly sql: string
  readonly values: Readonly<Record<string, string | number>>
  /** What the sums, which know no owners, can be asked instead; those that somebody has are then taken off. */
  readonly inSums?: { readonly sql: string; readonly isWithoutOwners: boolean }
}

function whereOf(filter: FindingFilter): Where {
  const terms: string[] = ['1']
  const values: Record<string, string | number> = {}
  const equal = (column: string, name: 'rule' | 'severity' | 'state' | 'source' | 'camera'): void => {
    const value = filter[name]
    if (value === undefined) return
    terms.push(`${column} = @${name}`)
    values[name] = value
  }
  if (filter.area !== undefined && filter.area !== '') {
    // Digits sort below ":": the prefix is a range of the index.
    terms.push('area >= @area AND area < @areaEnd')
    Object.assign(values, { area: filter.area, areaEnd: `${filter.area}:` })
  }
  for (const name of ['rule', 'severity', 'state', 'source'] as const) equal(name, name)
  if (filter.standing === true) terms.push(`state IN ('open', 'accepted')`)
  const isSummed = (filter.owner ?? '') === '' && filter.dueBeforeMs === undefined && filter.camera === undefined
  const inSums = { sql: terms.join(' AND '), isWithoutOwners: filter.owner === '' }
  equal('camera_id', 'camera')
  if (filter.owner === '') terms.push('owner IS NULL')
  else if (filter.owner !== undefined) {
    terms.push('owner = @owner')
    values['owner'] = filter.owner
  }
  if (filter.dueBeforeMs !== undefined) {
    terms.push(`state IN ('open', 'accepted') AND due_at_ms < @dueBeforeMs`)
    values['dueBeforeMs'] = filter.dueBeforeMs
  }
  return { sql: terms.join(' AND '), values, ...(isSummed ? { inSums } : {}) }
}

/** Few of an owner or a camera: found by theirs. The rest by the index in the order of pages; SQLite, without statistics of ours, might walk the table. */
const indexFor = (filter: FindingFilter): string => (filter.camera !== undefined ? 'findings_key' : filter.owner !== undefined && filter.owner !== '' ? 'findings_owner' : 'findings_search')

function cursorOf(cursor: string | undefined): { readonly area: string; readonly n: number } {
  const match = /^(.*):(\d{1,15})$/s.exec(cursor ?? '')
  return { area: match?.[1] ?? '', n: Number(match?.[2] ?? 0) }
}

export function findingStore(raw: Database.Database, task: Task): FindingStore {
  const write = findingWriter(raw)
  const recount = excusesWaived(raw) ? recounter(raw) : undefined
  const keep = raw.transaction((found: readonly Found[], atMs: number): Counted => {
    const counted = noneCounted()
    for (const each of found) {
      write(each, atMs, counted)
      if (each.source === 'record') recount?.(each.cameraId)
    }
    return counted
  })
  const one = raw.prepare<[number], FindingRow>(`SELECT ${columns} FROM findings f WHERE f.n = ?`)
  const ofCamera = raw.prepare<[string], FindingRow>(`SELECT ${columns} FROM findings f WHERE f.camera_id = ? ORDER BY f.state = 'fixed', f.n`)
  const changesOf = raw.prepare<[number], { what: string; from: string | null; to: string | null; reason: string; atMs: number; by: string }>(
    'SELECT what, from_value AS "from", to_value AS "to", reason, at_ms AS atMs, by FROM finding_changes WHERE finding = ? ORDER BY n',
  )
  const found = raw
    .prepare<[object], string>(
      `SELECT DISTINCT camera_id FROM findings WHERE source = @source AND state <> 'fixed' AND camera_id > @after AND (@area = '' OR area >= @area AND area < @areaEnd) ORDER BY camera_id LIMIT @limit`,
    )
    .pluck()
  const edit = editor(raw)

  return {
    keepFindings: (list, atMs) => task(() => keep.immediate(list, atMs)),
    findings: (query) => task(() => findFindings(raw, query)),
    finding: (n) => task(() => optional(one.get(n))),
    findingsOf: (cameraId) => task(() => ofCamera.all(cameraId).map(keptOf)),
    findingChanges: (n) =>
      task(() =>
        changesOf.all(n).map(({ what, from, to, reason, atMs, by }) => ({ what: what as FindingChange['what'], ...(from === null ? {} : { from }), ...(to === null ? {} : { to }), reason, atMs, by })),
      ),
    editFindings: (which, area, change, by, atMs, atMost) => task(() => edit(which, area, change, by, atMs, atMost)),
    camerasFound: (source, area, after, limit) => task(() => found.all({ source, area, areaEnd: `${area}:`, after, limit })),
  }
}

const optional = (row: FindingRow | undefined): KeptFinding | undefined => row && keptOf(row)

function findFindings(raw: Database.Database, query: FindingQuery): FindingPage {
  const { sql, values } = whereOf(query)
  const limit = Math.max(1, Math.min(maxPage, Math.floor(query.limit)))
  const after = cursorOf(query.cursor)
  const rows = raw
    .prepare<[object], FindingRow & { readonly cameraName: string | null }>(
      `WITH page AS MATERIALIZED (SELECT n, area FROM findings INDEXED BY ${indexFor(query)} WHERE ${sql} AND (area, n) > (@afterArea, @afterN) ORDER BY area, n LIMIT @limit)
       SELECT ${columns}, c.name AS cameraName FROM page p JOIN findings f ON f.n = p.n LEFT JOIN cameras c ON c.id = f.camera_id ORDER BY p.area, p.n`,
    )
    .all({ ...values, afterArea: after.area, afterN: after.n, limit: limit + 1 })
  const items = rows.slice(0, limit).map((row): ListedFinding => ({ ...keptOf(row), cameraName: row.cameraName ?? '' }))
  const last = items.at(-1)
  const counts = raw.prepare<[object], FindingCount>(countsOf(query)).all(values)
  return { items, ...(rows.length > limit && last ? { next: `${last.area}:${last.n}` } : {}), total: counts.reduce((sum, { n }) => sum + n, 0), counts }
}

/** From the sums where they can tell: of a hundred thousand records' findings it takes no longer than of a hundred's. */
function countsOf(filter: FindingFilter): string {
  const { sql, inSums } = whereOf(filter)
  if (!inSums) return `SELECT rule, severity, state, count(*) AS n FROM findings INDEXED BY ${indexFor(filter)} WHERE ${sql} GROUP BY 1, 2, 3`
  const owned = `SELECT rule, severity, state, -1 AS n FROM findings INDEXED BY findings_owner WHERE owner >= '' AND ${inSums.sql}`
  const all = `SELECT rule, severity, state, n FROM finding_sums WHERE ${inSums.sql}`
  return `SELECT rule, severity, state, sum(n) AS n FROM (${all}${inSums.isWithoutOwners ? ` UNION ALL ${owned}` : ''}) GROUP BY 1, 2, 3 HAVING sum(n) > 0`
}

interface HeldRow {
  readonly n: number
  readonly cameraId: string
  readonly state: KeptFinding['state']
  readonly reason: string | null
  readonly owner: string | null
  readonly dueAtMs: number | null
}

function editor(raw: Database.Database): (which: readonly number[] | FindingFilter, area: string, edit: FindingEdit, by: string, atMs: number, atMost: number) => BulkOutcome {
  const held = 'n, camera_id AS cameraId, state, reason, owner, due_at_ms AS dueAtMs'
  const recount = excusesWaived(raw) ? recounter(raw) : undefined
  const byNumber = raw.prepare<[object], HeldRow>(`SELECT ${held} FROM findings WHERE n IN (SELECT value FROM json_each(@ns)) AND (@area = '' OR area >= @area AND area < @areaEnd) ORDER BY n`)
  const save = raw.prepare('UPDATE findings SET state = @state, reason = @reason, owner = @owner, due_at_ms = @dueAtMs WHERE n = @n')
  const stamp = raw.prepare('UPDATE findings SET state_at_ms = ?, state_by = ? WHERE n = ?')
  const note = raw.prepare('INSERT INTO finding_changes (finding, what, from_value, to_value, reason, at_ms, by) VALUES (@n, @what, @from, @to, @reason, @atMs, @by)')
  /** All that is meant; where that is more than may be, only how many. */
  const select = (which: readonly number[] | FindingFilter, area: string, atMost: number): { readonly rows: readonly HeldRow[]; readonly matched: number } => {
    if (Array.isArray(which)) {
      const rows = byNumber.all({ ns: JSON.stringify(which), area, areaEnd: `${area}:` })
      return { rows, matched: rows.length }
    }
    const filter = which as FindingFilter
    const { sql, values } = whereOf(filter)
    const within = area === '' ? '1' : 'area >= @within AND area < @withinEnd'
    const given = { ...values, ...(area === '' ? {} : { within: area, withinEnd: `${area}:` }) }
    const from = `FROM findings INDEXED BY ${indexFor(filter)} WHERE ${sql} AND ${within}`
    const matched = raw.prepare<[object], number>(`SELECT count(*) ${from}`).pluck().get(given) ?? 0
    return { rows: matched > atMost ? [] : raw.prepare<[object], HeldRow>(`SELECT ${held} ${from} ORDER BY area, n`).all(given), matched }
  }
  const run = raw.transaction((which: readonly number[] | FindingFilter, area: string, edit: FindingEdit, by: string, atMs: number, atMost: number): BulkOutcome => {
    const { rows, matched } = select(which, area, atMost)
    if (matched > atMost) return { matched, changed: 0, unchanged: 0, fixed: 0 }
    let [changed, fixed] = [0, 0]
    for (const row of rows) {
      if (row.state === 'fixed') fixed++
      const { after, changes } = editFinding(row, edit)
      if (changes.length === 0) continue
      changed++
      save.run({ n: row.n, state: after.state, reason: after.reason, owner: after.owner, dueAtMs: after.dueAtMs })
      if (changes.some(({ what }) => what === 'state')) {
        stamp.run(atMs, by, row.n)
        recount?.(row.cameraId)
      }
      for (const change of changes) note.run({ n: row.n, what: change.what, from: change.from ?? null, to: change.to ?? null, reason: change.reason, atMs, by })
    }
    return { matched: rows.length, changed, unchanged: rows.length - changed, fixed }
  })
  return (...given) => run.immediate(...given)
}
