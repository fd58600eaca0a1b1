// InspectionStore on SQLite: the frozen population, each check as it was judged, and what people said about it.
import { and, desc, eq, sql, type SQL } from './drizzle.ts'
import { AppError } from '../base/index.ts'
import type { Check, Draw, Inspection, InspectionState, InspectionStore, InspectionWish, LeftOutMember, PopulationMember, Review } from '../inspect/index.ts'
import { checkPages } from './check-pages.ts'
import type { Connection } from './database.ts'
import { runState } from './run-state.ts'
import { aboutOf, aboutText, sampleRows } from './sample-rows.ts'
import { checks, inspections, reviews } from './schema/index.ts'
import type { Task } from './trouble.ts'

export function inspectionStore({ raw, typed }: Connection, task: Task): InspectionStore {
  const samples = sampleRows(raw)
  const pages = checkPages(raw, (id) => drawOf(id))
  const checksOf = raw.prepare<[string], { document: string }>('SELECT document FROM checks WHERE inspection = ? ORDER BY n')
  const { countsOf, unfinishedIds, ...run } = runState(raw, task)
  const firstKept = raw.prepare<[string, number]>('INSERT INTO check_times (inspection, n, at_ms) VALUES (?, ?, wall_ms()) ON CONFLICT DO NOTHING')
  const reviewsOf = raw.prepare<[string], Omit<Review, 'appeal' | 'decision'> & { appeal: number | null; decision: 'granted' | 'rejected' | null }>(
    'SELECT r.inspection, r.n, r.result, r.reason, r.by, r.at_ms AS atMs, d.appeal, d.decision FROM reviews r LEFT JOIN appeal_decisions d ON d.review = r."order" WHERE r.inspection = ? ORDER BY r."order"',
  )
  const parsed = (rows: readonly { document: string }[]): readonly Check[] => rows.map((row) => JSON.parse(row.document) as Check)

  const write = raw.transaction((inspection: Inspection, population: readonly PopulationMember[], leftOut: readonly LeftOutMember[]): void => {
    const { id, area, startedAtMs, finishedAtMs = null, state, createdBy, total } = inspection
    if (typed.select({ id: inspections.id }).from(inspections).where(eq(inspections.id, id)).get()) throw new AppError('conflict', `inspection ${id} exists already: its population is frozen`)
    typed.insert(inspections).values({ id, area, startedAtMs, finishedAtMs, state, createdBy, total, draw: '{}', rules: JSON.stringify(inspection.rules), about: aboutText(inspection) }).run()
    const draw = samples.save(id, inspection.draw, population, leftOut)
    typed.update(inspections).set({ draw: JSON.stringify(draw) }).where(eq(inspections.id, id)).run()
    for (const check of inspection.checks) writeCheck(id, check)
  })
  const writeCheck = (inspection: string, check: Check): void => {
    const document = JSON.stringify(check)
    pages.put(inspection, check)
    typed.insert(checks).values({ inspection, n: check.n, check: document }).onConflictDoUpdate({ target: [checks.inspection, checks.n], set: { check: document } }).run()
    firstKept.run(inspection, check.n)
  }
  const known = (id: string): void => {
    if (!typed.select({ id: inspections.id }).from(inspections).where(eq(inspections.id, id)).get()) throw new AppError('not-found', `there is no inspection ${id}`)
  }
  const drawOf = (id: string): Draw | undefined => {
    const row = typed.select({ draw: inspections.draw }).from(inspections).where(eq(inspections.id, id)).get()
    return row && (JSON.parse(row.draw) as Draw)
  }
  const inspectionOf = (row: typeof inspections.$inferSelect, list: readonly Check[]): Inspection => ({
    id: row.id,
    area: row.area,
    startedAtMs: row.startedAtMs,
    ...(row.finishedAtMs === null ? {} : { finishedAtMs: row.finishedAtMs }),
    state: row.state as InspectionState,
    createdBy: row.createdBy,
    draw: JSON.parse(row.draw) as Draw,
    ...aboutOf(row.about),
    rules: JSON.parse(row.rules) as Inspection['rules'],
    checks: list,
    total: row.total,
  })

  return {
    saveInspection: (inspection, population, leftOut = []) => task(() => write.immediate(inspection, population, leftOut)),
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
        if (!row) return undefined
        const inspection = inspectionOf(row, parsed(checksOf.all(id)))
        return { ...inspection, draw: samples.whole(id, inspection.draw) }
      }),
    outline: (id) =>
      task(() => {
        const row = typed.select().from(inspections).where(eq(inspections.id, id)).get()
        if (!row) return undefined
        const inspection = inspectionOf(row, [])
        return { ...inspection, draw: samples.whole(id, inspection.draw), counts: countsOf(id) }
      }),
    head: (id) =>
      task(() => {
        const row = typed.select().from(inspections).where(eq(inspections.id, id)).get()
        return row && { ...inspectionOf(row, []), counts: countsOf(id) }
      }),
    check: (id, n) => task(() => pages.check(id, n)),
    checkPage: (id, wish) => task(() => pages.page(id, wish)),
    population: (id) => task(() => samples.population(id)),
    leftOut: (id) => task(() => samples.leftOut(id)),
    inspections: (limit, wish = {}) =>
      task(() =>
        typed
          .select()
          .from(inspections)
          .where(and(...conditionsOf(wish)))
          .orderBy(desc(inspections.startedAtMs), desc(inspections.id))
          .limit(limit)
          .all()
          .map((row) => ({ ...inspectionOf(row, []), counts: countsOf(row.id) })),
      ),
    saveReview: (review) =>
      task(() => {
        const found = typed.select({ n: checks.n }).from(checks).where(and(eq(checks.inspection, review.inspection), eq(checks.n, review.n))).get()
        if (!found) throw new AppError('not-found', `inspection ${review.inspection} has no check ${review.n}`)
        typed.insert(reviews).values(review).run()
      }),
    reviews: (inspection) => task(() => reviewsOf.all(inspection).map(({ appeal, decision, ...review }) => ({ ...review, ...(appeal !== null && decision !== null && { appeal, decision }) }))),
    ...run,
    unfinished: () => task(() => unfinishedIds().flatMap((id) => typed.select().from(inspections).where(eq(inspections.id, id)).all()).map((row) => inspectionOf(row, []))),
  }
}

/** An area is digits: it needs no escape. */
const conditionsOf = ({ area, state, by, plan, rules, before }: InspectionWish): readonly SQL[] => [
  ...(area === undefined || area === '' ? [] : [sql`${inspections.area} LIKE ${`${area}%`}`]),
  ...(state === undefined ? [] : [eq(inspections.state, state)]),
  ...(by === undefined ? [] : [eq(inspections.createdBy, by)]),
  ...(plan === undefined ? [] : [sql`coalesce(json_extract(${inspections.about}, '$.plan.name'), 'classes') = ${plan}`]),
  ...(rules === undefined ? [] : [sql`json_extract(${inspections.rules}, '$.name') = ${rules.name} AND json_extract(${inspections.rules}, '$.version') = ${rules.version}`]),
  ...(before === undefined ? [] : [sql`(${inspections.startedAtMs}, ${inspections.id}) < (SELECT started_at_ms, id FROM inspections AS one WHERE one.id = ${before})`]),
]
