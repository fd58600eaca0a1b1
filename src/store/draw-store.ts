// DrawStore on SQLite: exemptions, two-party draws, and every set that was drawn of an area. What is told to be kept is on the disk.
import type Database from 'better-sqlite3'
import type { Clock } from '../base/index.ts'
import type { CheckKind, Draw, DrawnSet, DrawStore, Exemption, Inspection, KeptSeedDraw, LeftOutMember, PopulationMember } from '../inspect/index.ts'
import type { Write } from './group-commit.ts'
import type { Task } from './trouble.ts'

/** Codes that a drawn set is shown with; a patrol of a whole area has no choice in it and shows none. Ours. */
const shownCameras = 500

/** In the area, or around it: one of the two is the beginning of the other. */
const overlaps = `(substr(area, 1, length(@area)) = @area OR substr(@area, 1, length(area)) = area)`

interface ExemptionRow {
  readonly n: number
  readonly camera: string | null
  readonly area: string
  readonly reason: string
  readonly document: string
  readonly fromMs: number
  readonly untilMs: number
  readonly by: string
  readonly atMs: number
  readonly endedAtMs: number | null
  readonly endedBy: string | null
  readonly endedReason: string | null
}

export function drawStore(raw: Database.Database, task: Task, write: Write, clock: Clock): DrawStore {
  return { ...exemptionRows(raw, task, write), ...seedDrawRows(raw, task, write), drawnSets: drawnSetsOf(raw, task, clock) }
}

function exemptionRows(raw: Database.Database, task: Task, write: Write): Pick<DrawStore, 'addExemption' | 'exemption' | 'exemptions' | 'endExemption'> {
  const columns = 'n, camera, area, reason, document, from_ms AS fromMs, until_ms AS untilMs, by, at_ms AS atMs, ended_at_ms AS endedAtMs, ended_by AS endedBy, ended_reason AS endedReason'
  const add = raw.prepare(`INSERT INTO exemptions (camera, area, reason, document, from_ms, until_ms, by, at_ms) VALUES (@camera, @area, @reason, @document, @fromMs, @untilMs, @by, @atMs)`)
  const one = raw.prepare<[number], ExemptionRow>(`SELECT ${columns} FROM exemptions WHERE n = ?`)
  const end = raw.prepare<[object]>(`UPDATE exemptions SET ended_at_ms = @atMs, ended_by = @by, ended_reason = @reason WHERE n = @n AND ended_at_ms IS NULL`)
  return {
    addExemption: (exemption) => write(() => ({ ...exemption, n: Number(add.run({ camera: null, ...exemption }).lastInsertRowid) })),
    exemption: (n) =>
      task(() => {
        const row = one.get(n)
        return row && exemptionOf(row)
      }),
    exemptions: ({ area, camera, atMs, before, limit }) =>
      task(() => {
        const terms = [overlaps]
        if (camera !== undefined) terms.push('camera = @camera')
        if (atMs !== undefined) terms.push('from_ms <= @atMs AND until_ms > @atMs AND (ended_at_ms IS NULL OR ended_at_ms > @atMs)')
        if (before !== undefined) terms.push('n < @before')
        return raw.prepare<[object], ExemptionRow>(`SELECT ${columns} FROM exemptions WHERE ${terms.join(' AND ')} ORDER BY n DESC LIMIT @limit`).all({ area, limit, ...(camera === undefined ? {} : { camera }), ...(atMs === undefined ? {} : { atMs }), ...(before === undefined ? {} : { before }) }).map(exemptionOf)
      }),
    endExemption: (n, ended) => write(() => end.run({ n, ...ended }).changes === 1),
  }
}

function exemptionOf({ camera, endedAtMs, endedBy, endedReason, ...row }: ExemptionRow): Exemption {
  return { ...row, ...(camera === null ? {} : { camera }), ...(endedAtMs === null ? {} : { ended: { atMs: endedAtMs, by: endedBy ?? '', reason: endedReason ?? '' } }) }
}

function seedDrawRows(raw: Database.Database, task: Task, write: Write): Pick<DrawStore, 'addSeedDraw' | 'seedDraw' | 'seedDrawLists' | 'seedDraws' | 'changeSeedDraw'> {
  const add = raw.prepare('INSERT INTO seed_draws (id, area, at_ms, document) VALUES (@id, @area, @atMs, @document)')
  const change = raw.prepare('UPDATE seed_draws SET document = @document WHERE id = @id')
  const put = raw.prepare('INSERT INTO seed_draw_members (draw, position, member, left_out) VALUES (?, ?, ?, ?)')
  const one = raw.prepare<[string], string>('SELECT document FROM seed_draws WHERE id = ?').pluck()
  const some = raw.prepare<[object], string>(`SELECT document FROM seed_draws WHERE ${overlaps} ORDER BY at_ms DESC, rowid DESC LIMIT @limit`).pluck()
  const members = raw.prepare<[string], { readonly member: string; readonly leftOut: string | null }>('SELECT member, left_out AS leftOut FROM seed_draw_members WHERE draw = ? ORDER BY position')
  const read = (document: string): KeptSeedDraw => JSON.parse(document) as KeptSeedDraw
  return {
    addSeedDraw: (draw, population, leftOut) =>
      write(() => {
        add.run({ id: draw.id, area: draw.area, atMs: draw.atMs, document: JSON.stringify(draw) })
        for (const [position, member] of population.entries()) put.run(draw.id, position, JSON.stringify(member), null)
        for (const [index, { member, ...why }] of leftOut.entries()) put.run(draw.id, population.length + index, JSON.stringify(member), JSON.stringify(why))
      }),
    changeSeedDraw: (draw) => write(() => void change.run({ id: draw.id, document: JSON.stringify(draw) })),
    seedDraw: (id) =>
      task(() => {
        const document = one.get(id)
        return document === undefined ? undefined : read(document)
      }),
    seedDrawLists: (id) =>
      task(() => {
        const rows = members.all(id).map(({ member, leftOut }) => ({ member: JSON.parse(member) as PopulationMember, why: leftOut === null ? undefined : (JSON.parse(leftOut) as Omit<LeftOutMember, 'member'>) }))
        return { population: rows.flatMap(({ member, why }) => (why ? [] : [member])), leftOut: rows.flatMap(({ member, why }) => (why ? [{ member, ...why }] : [])) }
      }),
    seedDraws: (area, limit) => task(() => some.all({ area, limit }).map(read)),
  }
}

interface SetRow {
  readonly id: string
  readonly area: string
  readonly startedAtMs: number
  readonly state: string
  readonly createdBy: string
  readonly draw: string
  readonly about: string | null
  readonly total: number
}

function drawnSetsOf(raw: Database.Database, task: Task, clock: Clock): DrawStore['drawnSets'] {
  const rows = raw.prepare<[object], SetRow>(
    `SELECT id, area, started_at_ms AS startedAtMs, state, created_by AS createdBy, draw, about, total FROM inspections WHERE started_at_ms BETWEEN @fromMs AND @toMs AND ${overlaps} ORDER BY started_at_ms, id`,
  )
  const codes = raw.prepare<[string, number], string>(`SELECT json_extract(member, '$.id') FROM population_members WHERE inspection = ? AND drawn IS NOT NULL ORDER BY drawn LIMIT ?`).pluck()
  const setOf = ({ id, area, startedAtMs, state, createdBy, draw: text, about, total }: SetRow): readonly DrawnSet[] => {
    const draw = JSON.parse(text) as Partial<Draw>
    const { plan, redrawReason, sampleOf } = (about === null ? {} : JSON.parse(about)) as Pick<Inspection, 'plan' | 'redrawReason' | 'sampleOf'>
    if (sampleOf !== undefined) return []
    const strata = draw.strata ?? []
    const kinds = new Set(strata.flatMap((stratum): readonly CheckKind[] => stratum.kinds ?? ['record', 'image']))
    const isChoice = strata.some(({ drawn, population }) => drawn > 0 && drawn < population)
    const inDraw = (draw.members ?? []).map((member) => member.id)
    const cameras = !isChoice ? [] : inDraw.length > 0 ? inDraw.slice(0, shownCameras) : codes.all(id, shownCameras)
    return [
      {
        id,
        of: 'inspection',
        area,
        plan: plan?.name ?? 'classes',
        kinds: [...kinds],
        seed: draw.seed ?? '',
        ...(draw.seedFrom && { seedFrom: draw.seedFrom }),
        populationSha256: draw.population?.sha256 ?? '',
        size: total,
        cameras,
        by: createdBy,
        atMs: startedAtMs,
        state,
        ...(redrawReason === undefined ? {} : { reason: redrawReason }),
      },
    ]
  }
  // A draw is open for a day at most, and drawn or expired in that time.
  const seedDraws = raw.prepare<[object], string>(`SELECT document FROM seed_draws WHERE at_ms BETWEEN @fromMs - 86400000 AND @toMs AND ${overlaps}`).pluck()
  return (area, fromMs, toMs) =>
    task(() => {
      const unused = seedDraws.all({ area, fromMs, toMs }).flatMap((document) => setOfSeedDraw(JSON.parse(document) as KeptSeedDraw, clock.wallMs()))
      return [...rows.all({ area, fromMs, toMs }).flatMap(setOf), ...unused.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)].sort((a, b) => a.atMs - b.atMs)
    })
}

/** A two-party draw that no inspection was made of: what was drawn, or that a side did not go on. */
function setOfSeedDraw(kept: KeptSeedDraw, nowMs: number): readonly DrawnSet[] {
  const { id, area, state, plan, set, seed = '', population, sides, drawnAtMs, reason } = kept
  const abandoned = abandonedSet(kept, nowMs)
  if (abandoned) return [abandoned]
  if (state !== 'drawn' || !set || drawnAtMs === undefined) return []
  return [{ id, of: 'seed-draw', area, plan: plan.name, ...set, seed, seedFrom: 'two-party', populationSha256: population.sha256, by: sides.map(({ by }) => by).join(', '), atMs: drawnAtMs, state, ...(reason === undefined ? {} : { reason }) }]
}

/** A two-party draw without a seed, as it stands at `nowMs`: expired, or waiting for a side to reveal. Undefined where nothing is known yet, or it was drawn. */
function abandonedSet({ id, area, state, plan, population, sides, expiresAtMs, reason }: KeptSeedDraw, nowMs: number): DrawnSet | undefined {
  if (state !== 'committing' && state !== 'revealing' && state !== 'expired') return undefined
  const isOver = state === 'expired' || nowMs >= expiresAtMs
  if (!isOver && state !== 'revealing') return undefined
  const missing = sides.flatMap(({ by, commitment, revealedAtMs }) => (revealedAtMs !== undefined ? [] : [{ by, step: commitment === undefined ? ('commit' as const) : ('reveal' as const) }]))
  return {
    id,
    of: 'seed-draw',
    area,
    plan: plan.name,
    kinds: [...new Set(plan.samples.flatMap(({ kinds }) => kinds))],
    seed: '',
    seedFrom: 'two-party',
    populationSha256: population.sha256,
    size: 0,
    cameras: [],
    by: sides.map(({ by }) => by).join(', '),
    atMs: isOver ? expiresAtMs : Math.max(...sides.map(({ committedAtMs = 0 }) => committedAtMs)),
    state: isOver ? 'expired' : state,
    ...(reason === undefined ? {} : { reason }),
    abandoned: { expiresAtMs, missing, isChoice: plan.samples.some(({ strata }) => strata.some(({ count }) => count !== 'all')) },
  }
}
