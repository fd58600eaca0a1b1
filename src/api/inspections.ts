// Inspections: start, list, read, cancel; one check, and what a person says of it.
import type { FastifyRequest } from 'fastify'
import { AppError } from '../base/index.ts'
import { drawPartOf, type Check, type Inspection, type Result } from '../inspect/index.ts'
import type { Action } from '../accounts/index.ts'
import type { App } from './app.ts'
import { areaFor } from './areas.ts'
import { insistOnArea, mayThere, sessionOf } from './auth.ts'
import type { ApiDeps, InspectionsDep } from './deps.ts'
import { setsFor } from './draws.ts'
import { namedRules } from './rule-sets.ts'
import { CheckDetail, CheckList, CheckListQuery, CheckParams, IdParams, InspectionDetail, InspectionList, InspectionListQuery, InspectionStart, InspectionSummary, Review, ReviewBody } from './schema/index.ts'

const defaultLimit = 50
/** Ours: of a larger sample the inspection itself tells counts, and its checks come by page. */
const paged = 200

export function inspectionRoutes(app: App, { inspections, ruleBook, draws }: ApiDeps): void {
  /** Without its checks, which of a patrol are tens of megabytes. */
  const heads = { get: inspections.head }
  app.get(
    '/inspections',
    { schema: { tags: ['inspections'], summary: 'Inspections, newest first', querystring: InspectionListQuery, response: { 200: InspectionList } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const { limit = defaultLimit, area: asked, rules, ...plain } = request.query
      const area = areaFor(request, asked)
      const [name = '', version] = rules?.split('@') ?? []
      // One more than is asked for tells whether any follow.
      const found = await inspections.list(limit + 1, { ...plain, ...(area === '' ? {} : { area }), ...(rules === undefined ? {} : { rules: { name, version: Number(version) } }) })
      const items = found.slice(0, limit).map(summaryOf)
      const next = found.length > limit ? items.at(-1)?.id : undefined
      return { items, ...(next === undefined ? {} : { next }) }
    },
  )

  app.post(
    '/inspections',
    {
      schema: { tags: ['inspections'], summary: 'Freeze a population, draw a sample and check it', body: InspectionStart, response: { 202: InspectionSummary } },
      config: { allow: 'inspections.run', audit: 'inspection.start' },
    },
    async (request, reply) => {
      const { draw: seedDraw, rules, ...asked } = request.body
      const { area } = asked
      const drawn = seedDraw === undefined ? undefined : (await draws.seedDraws.get(seedDraw))?.rules
      const named = rules ?? (drawn && `${drawn.name}@${drawn.version}`)
      insistOnArea(request, 'inspections.run', area)
      if (asked.sampleOf !== undefined) await inspectionFor(request, heads, 'inspections.run', asked.sampleOf)
      const inspection = await inspections.start({ ...asked, ...(named === undefined ? {} : { rules: await namedRules(ruleBook, named) }), ...(seedDraw === undefined ? {} : { seedDraw }), by: sessionOf(request).account.name })
      request.audited = { subject: inspection.id, detail: startedText(inspection) }
      return reply.code(202).header('location', `${request.url.split('?')[0]}/${inspection.id}`).send(summaryOf(inspection))
    },
  )

  app.get(
    '/inspections/:id',
    { schema: { tags: ['inspections'], summary: 'One inspection with what is done of it', params: IdParams, response: { 200: InspectionDetail } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const head = await inspectionFor(request, heads, 'inspections.see', request.params.id)
      const isPaged = head.total > paged
      const inspection = isPaged ? head : await inspectionFor(request, inspections, 'inspections.see', head.id)
      const { rules, draw, checks, software } = inspection
      const dayMs = 86_400_000
      const sets = await draws.sets(inspection.area, inspection.startedAtMs - dayMs, inspection.startedAtMs + dayMs)
      const { drawnIn, ...about } = drawPartOf({ ...inspection, draws: setsFor(request, sets) })
      return {
        ...summaryOf(inspection),
        ...about,
        ...(drawnIn && !isPaged && { drawnIn }),
        rules,
        ...(software === undefined ? {} : { software }),
        ...(isPaged ? { sample: [], checks: [], reviews: [], isPaged } : { sample: draw.members, checks, reviews: await inspections.reviews(inspection.id) }),
      }
    },
  )

  app.get(
    '/inspections/:id/checks',
    { schema: { tags: ['inspections'], summary: 'What was drawn, in that order, with the checks that are done: a page at a time', params: IdParams, querystring: CheckListQuery, response: { 200: CheckList } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const { id } = await inspectionFor(request, heads, 'inspections.see', request.params.id)
      const { limit = defaultLimit, cursor, done, text, ...wish } = request.query
      const { items, next, total } = await inspections.checkPage(id, { ...wish, limit, ...(cursor === undefined ? {} : { after: Number(cursor) }), ...(done === undefined ? {} : { isDone: done }), ...(text === undefined ? {} : { text: text.trim() }) })
      const said = Map.groupBy(await inspections.reviews(id), ({ n }) => n)
      return { items: items.map((item) => ({ ...item, ...(said.has(item.n) && { reviews: said.get(item.n)! }) })), ...(next === undefined ? {} : { next: String(next) }), total }
    },
  )

  app.post(
    '/inspections/:id/cancel',
    { schema: { tags: ['inspections'], summary: 'Stop it; what is done stays', params: IdParams, response: { 202: InspectionSummary } }, config: { allow: 'inspections.run', audit: 'inspection.cancel' } },
    async (request, reply) => {
      const { id } = await inspectionFor(request, heads, 'inspections.run', request.params.id)
      request.audited = { subject: id }
      await inspections.cancel(id)
      return reply.code(202).send(summaryOf(await inspectionFor(request, heads, 'inspections.run', id)))
    },
  )

  for (const [verb, summary] of [['pause', 'Begin nothing more; what is under way is brought to its end'], ['resume', 'Go on with what was paused, or cut by a restart; what is done stays']] as const) {
    app.post(
      `/inspections/:id/${verb}`,
      { schema: { tags: ['inspections'], summary, params: IdParams, response: { 202: InspectionSummary } }, config: { allow: 'inspections.run', audit: `inspection.${verb}` } },
      async (request, reply) => {
        const { id } = await inspectionFor(request, heads, 'inspections.run', request.params.id)
        request.audited = { subject: id }
        return reply.code(202).send(summaryOf(await inspections[verb](id)))
      },
    )
  }

  app.get(
    '/inspections/:id/checks/:n',
    { schema: { tags: ['inspections'], summary: 'One check with every attempt', params: CheckParams, response: { 200: CheckDetail } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const { id, n } = request.params
      const check = await checkFor(request, inspections, 'inspections.see', id, n)
      return { ...check, reviews: (await inspections.reviews(id)).filter((review) => review.n === n) }
    },
  )

  app.post(
    '/inspections/:id/checks/:n/review',
    {
      schema: { tags: ['inspections'], summary: 'Confirm or overrule, with a reason; the machine’s verdict stays', params: CheckParams, body: ReviewBody, response: { 201: Review } },
      config: { allow: 'inspections.review', audit: 'check.review' },
    },
    async (request, reply) => {
      const { id, n } = request.params
      const { result, reason } = request.body
      await checkFor(request, inspections, 'inspections.review', id, n)
      request.audited = { subject: `${id}/${n}`, detail: `${result}: ${reason}` }
      return reply.code(201).send(await inspections.review({ inspection: id, n, result, reason, by: sessionOf(request).account.name }))
    },
  )
}

/** The inspection, if there is one and the account may do this to it; else the same 404 for both. */
export async function inspectionFor(request: FastifyRequest, inspections: Pick<InspectionsDep, 'get'>, action: Action, id: string): Promise<Inspection> {
  const inspection = await inspections.get(id)
  if (!inspection || !mayThere(request, action, inspection.area)) throw new AppError('not-found', `there is no inspection ${id}`)
  return inspection
}

/** One check that is done, read alone; the same 404 for one that is not, and for an inspection that the account may not see. */
export async function checkFor(request: FastifyRequest, inspections: Pick<InspectionsDep, 'head' | 'check'>, action: Action, id: string, n: number): Promise<Check> {
  await inspectionFor(request, { get: inspections.head }, action, id)
  const check = await inspections.check(id, n)
  if (!check) throw new AppError('not-found', `inspection ${id} has no finished check ${n}`)
  return check
}

const startedText = ({ area, draw, plan, redrawReason, sampleOf }: Inspection): string =>
  [`area ${area}`, `seed ${draw.seed}${draw.seedFrom ? ` (${draw.seedFrom})` : ''}`, ...(plan ? [`plan ${plan.name}`] : []), ...(sampleOf === undefined ? [] : [`sample of ${sampleOf}`]), ...(redrawReason === undefined ? [] : [`drawn again: ${redrawReason}`])].join(', ')

function summaryOf(inspection: Inspection): InspectionSummary {
  const { id, area, startedAtMs, finishedAtMs, state, createdBy, draw, plan, redrawReason, sampleOf, rules, checks, total, progress, pausedBecause, resumedAtMs } = inspection
  const count = (result: Result): number => checks.filter((check) => check.verdict.result === result).length
  const { done, ...results } = inspection.counts ?? { done: checks.length, pass: count('pass'), fail: count('fail'), review: count('review') }
  return {
    id,
    area,
    startedAtMs,
    ...(finishedAtMs === undefined ? {} : { finishedAtMs }),
    state,
    createdBy,
    seed: draw.seed,
    algorithm: draw.algorithm,
    population: draw.population,
    strata: draw.strata,
    ...(plan && { plan }),
    ...(draw.seedFrom && { seedFrom: draw.seedFrom }),
    ...(redrawReason === undefined ? {} : { redrawReason }),
    ...(sampleOf === undefined ? {} : { sampleOf }),
    ruleSet: { name: rules.name, version: rules.version },
    total,
    done,
    results,
    ...(progress && { progress }),
    ...(pausedBecause && { pausedBecause }),
    ...(resumedAtMs && { resumedAtMs }),
  }
}
