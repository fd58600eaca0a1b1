// InspectionStore on SQLite: the frozen population, each check as it was judged, and what people said about it.
import { and, asc, desc, eq } from './drizzle.ts'
import { AppError } from '../base/index.ts'
import type { Check, Inspection, InspectionState, InspectionStore, PopulationMember, Result } from '../inspect/index.ts'
import type { Connection } from './database.ts'
import { checks, inspections, populationMembers, reviews } from './schema/index.ts'
import type { Task } from './trouble.ts'

export function inspectionStore({ raw, typed }: Connection, task: Task): InspectionStore {
  const saveMember = raw.prepare('INSERT INTO population_members (inspection, position, member) VALUES (?, ?, ?)')
  const checksOf = raw.prepare<[string], { document: string }>('SELECT document FROM checks WHERE inspection = ? ORDER BY n')
  /** For lists: the verdicts without the attempts, which are most of the text. */
  const outlineOf = raw.prepare<[string], { document: string }>(`SELECT json_set(document, '$.attempts', json('[]')) AS document FROM checks WHERE inspection = ? ORDER BY n`)
  const parsed = (rows: readonly { document: string }[]): readonly Check[] => rows.map((row) => JSON.parse(row.document) as Check)

  const write = raw.transaction((inspection: Inspection, population: readonly PopulationMember[]): void => {
    const { id, area, startedAtMs, finishedAtMs = null, state, createdBy, total } = inspection
    if (typed.select({ id: inspections.id }).from(inspections).where(eq(inspections.id, id)).get()) throw new AppError('conflict', `inspection ${id} exists already: its population is frozen`)
    typed.insert(inspections).values({ id, area, startedAtMs, finishedAtMs, state, createdBy, total, draw: JSON.stringify(inspection.draw), rules: JSON.stringify(inspection.rules) }).run()
    for (const [position, member] of population.entries()) saveMember.run(id, position, JSON.stringify(member))
    for (const check of inspection.checks) writeCheck(id, check)
  })
  const writeCheck = (inspection: string, check: Check): void => {
    const document = JSON.stringify(check)
    typed.insert(checks).values({ inspection, n: check.n, check: document }).onConflictDoUpdate({ target: [checks.inspection, checks.n], set: { check: document } }).run()
  }
  const known = (id: string): void => {
    if (!typed.select({ id: inspections.id }).from(inspections).where(eq(inspections.id, id)).get()) throw new AppError('not-found', `there is no inspection ${id}`)
  }
  const inspectionOf = (row: typeof inspections.$inferSelect, list: readonly Check[]): Inspection => ({
    id: row.id,
    area: row.area,
    startedAtMs: row.startedAtMs,
    ...(row.finishedAtMs === null ? {} : { finishedAtMs: row.finishedAtMs }),
    state: row.state as InspectionState,
    createdBy: row.createdBy,
    draw: JSON.parse(row.draw) as Inspection['draw'],
    rules: JSON.parse(row.rules) as Inspection['rules'],
    checks: list,
    total: row.total,
  })

  return {
    saveInspection: (inspection, population) => task(() => write.immediate(inspection, population)),
    saveCheck: (inspection, check) =>
      task(() => {
        known(inspection)
        writeCheck(inspection, check)
      }),
    finish: (inspection, state, atMs) =>
      task(() => {
        known(inspection)
        typed.update(inspections).set({ state, finishedAtMs: atMs }).where(eq(inspections.id, inspection)).run()
      }),
    inspection: (id) =>
      task(() => {
        const row = typed.select().from(inspections).where(eq(inspections.id, id)).get()
        return row && inspectionOf(row, parsed(checksOf.all(id)))
      }),
    population: (id) =>
      task(() =>
        typed
          .select({ member: populationMembers.member })
          .from(populationMembers)
          .where(eq(populationMembers.inspection, id))
          .orderBy(asc(populationMembers.position))
          .all()
          .map((row) => JSON.parse(row.member) as PopulationMember),
      ),
    inspections: (limit) =>
      task(() =>
        typed
          .select()
          .from(inspections)
          .orderBy(desc(inspections.startedAtMs), desc(inspections.id))
          .limit(limit)
          .all()
          .map((row) => inspectionOf(row, parsed(outlineOf.all(row.id)))),
      ),
    saveReview: (review) =>
      task(() => {
        const found = typed.select({ n: checks.n }).from(checks).where(and(eq(checks.inspection, review.inspection), eq(checks.n, review.n))).get()
        if (!found) throw new AppError('not-found', `inspection ${review.inspection} has no check ${review.n}`)
        typed.insert(reviews).values(review).run()
      }),
    reviews: (inspection) =>
      task(() =>
        typed
          .select()
          .from(reviews)
          .where(eq(reviews.inspection, inspection))
          .orderBy(asc(reviews.order))
          .all()
          .map(({ order: _order, ...review }) => ({ ...review, result: review.result as Result })),
      ),
    interruptRunning: (atMs) => task(() => typed.update(inspections).set({ state: 'interrupted', finishedAtMs: atMs }).where(eq(inspections.state, 'running')).run().changes),
  }
}
