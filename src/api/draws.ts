// Plans that ship, draws whose seed two sides make, and every set that was drawn of an area.
import type { FastifyRequest } from 'fastify'
import { may, type Action } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import { leftOutText, populationText, type DrawnSet, type SeedDraw } from '../inspect/index.ts'
import type { App } from './app.ts'
import { areaFor } from './areas.ts'
import { insistOnArea, mayThere, sessionOf } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { namedRules } from './rule-sets.ts'
import { AreaListQuery, DrawOutlook, DrawOutlookQuery, DrawnSetList, DrawnSetQuery, IdParams, PlanList, SeedCommitment, SeedDraw as SeedDrawView, SeedDrawList, SeedDrawOpen, SeedReveal } from './schema/index.ts'

const defaultLimit = 50
const dayMs = 86_400_000
/** One question looks at so much time. Ours. */
const longestMs = 31 * dayMs

export function drawRoutes(app: App, { draws, accounts, clock, ruleBook }: ApiDeps): void {
  const { seedDraws } = draws
  app.get('/plans', { schema: { tags: ['inspections'], summary: 'Plans that ship: the notice’s checks, and patrols', response: { 200: PlanList } }, config: { allow: 'inspections.see' } }, async () => ({ items: draws.presets }))

  app.get(
    '/drawn-sets',
    { schema: { tags: ['inspections'], summary: 'Every set that was drawn of an area, whatever became of it, oldest first', querystring: DrawnSetQuery, response: { 200: DrawnSetList } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const { area, toMs = clock.wallMs(), fromMs = toMs - dayMs } = request.query
      if (!(fromMs <= toMs && toMs - fromMs <= longestMs)) throw new AppError('request.invalid', 'fromMs comes before toMs, 31 days at most')
      return { items: setsFor(request, await draws.sets(areaFor(request, area), fromMs, toMs)) }
    },
  )

  app.get(
    '/draws',
    { schema: { tags: ['inspections'], summary: 'Draws of two sides, newest first; those that expired too', querystring: AreaListQuery, response: { 200: SeedDrawList } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const { area, limit = defaultLimit } = request.query
      return { items: (await seedDraws.list(areaFor(request, area), limit)).filter((draw) => mayThere(request, 'inspections.see', draw.area)) }
    },
  )

  app.post(
    '/draws',
    {
      schema: { tags: ['inspections'], summary: 'Open a draw of two sides: plan and list are frozen now, the seed comes from both', body: SeedDrawOpen, response: { 201: SeedDrawView } },
      config: { allow: 'inspections.run', audit: 'draw.open' },
    },
    async (request, reply) => {
      const { openForS = 3600, rules, ...opening } = request.body
      insistOnArea(request, 'inspections.run', opening.area)
      const other = await accounts.find(opening.other)
      if (!other || !may(other, 'draws.join', opening.area)) throw new AppError('request.invalid', `"${opening.other}" is no account that may take part in draws of area ${opening.area}`)
      const draw = await draws.open({ ...opening, by: sessionOf(request).account.name, openForMs: openForS * 1000 }, rules === undefined ? undefined : await namedRules(ruleBook, rules))
      request.audited = { subject: draw.id, detail: `area ${draw.area}, with ${opening.other}, plan ${draw.plan.name}, list ${draw.population.sha256}${draw.reason === undefined ? '' : `, drawn again: ${draw.reason}`}` }
      return reply.code(201).header('location', `${request.url.split('?')[0]}/${draw.id}`).send(draw)
    },
  )

  app.get(
    '/draws/outlook',
    {
      schema: { tags: ['inspections'], summary: 'What a draw would be made of now, stratum by stratum, and who would be left out: nothing is drawn', querystring: DrawOutlookQuery, response: { 200: DrawOutlook } },
      config: { allow: 'inspections.run' },
    },
    async (request) => {
      const { rules, ...asked } = request.query
      insistOnArea(request, 'inspections.run', asked.area)
      return draws.outlook(asked, rules === undefined ? undefined : await namedRules(ruleBook, rules))
    },
  )

  app.get('/draws/:id', { schema: { tags: ['inspections'], summary: 'One draw of two sides', params: IdParams, response: { 200: SeedDrawView } }, config: { allow: 'inspections.see' } }, async (request) =>
    find(request, 'inspections.see', request.params.id),
  )

  for (const [name, summary] of [['population', 'The list that is drawn from, as it is hashed'], ['left-out', 'Who of the area is not drawn from, and why']] as const) {
    app.get(
      `/draws/:id/${name}.tsv`,
      { schema: { tags: ['inspections'], summary, params: IdParams, response: { 200: { description: 'the list', content: { 'text/tab-separated-values': { schema: Binary } } } } }, config: { allow: 'inspections.see' } },
      async (request, reply) => {
        const { id } = await find(request, 'inspections.see', request.params.id)
        const { population, leftOut } = await seedDraws.lists(id)
        const text = name === 'population' ? populationText(population) : leftOutText(leftOut)
        return reply.type('text/tab-separated-values; charset=utf-8').header('content-disposition', `attachment; filename="${name}.tsv"`).send(Buffer.from(text))
      },
    )
  }

  app.post(
    '/draws/:id/commitment',
    { schema: { tags: ['inspections'], summary: 'Commit to one’s half of the seed; once', params: IdParams, body: SeedCommitment, response: { 200: SeedDrawView } }, config: { allow: 'draws.join', audit: 'draw.commit' } },
    async (request) => {
      const { id } = await find(request, 'draws.join', request.params.id)
      request.audited = { subject: id, detail: request.body.commitment }
      return seedDraws.commit(id, sessionOf(request).account.name, request.body.commitment)
    },
  )

  app.post(
    '/draws/:id/reveal',
    { schema: { tags: ['inspections'], summary: 'Reveal one’s half, when both have committed; with the second the seed is made', params: IdParams, body: SeedReveal, response: { 200: SeedDrawView } }, config: { allow: 'draws.join', audit: 'draw.reveal' } },
    async (request) => {
      const { id } = await find(request, 'draws.join', request.params.id)
      const draw = await seedDraws.reveal(id, sessionOf(request).account.name, request.body.half, request.body.salt)
      request.audited = { subject: id, detail: draw.seed === undefined ? '' : `seed ${draw.seed}` }
      return draw
    },
  )

  /** The draw, if there is one and the account may do this there; else the same 404 for both. */
  async function find(request: FastifyRequest, action: Action, id: string): Promise<SeedDraw> {
    const draw = await seedDraws.get(id)
    if (!draw || !mayThere(request, action, draw.area)) throw new AppError('not-found', `there is no draw ${id}`)
    return draw
  }
}

/** That a wider area was drawn from is told to those who see a part of it; which cameras, only to those who see all of it. */
export const setsFor = (request: FastifyRequest, sets: readonly DrawnSet[]): readonly DrawnSet[] => sets.map((set) => (mayThere(request, 'inspections.see', set.area) ? set : { ...set, cameras: [] }))
