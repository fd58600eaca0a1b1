// Figures of areas: completeness by group and by day, and all the counts of a dashboard at once.
import type { FastifyRequest } from 'fastify'
import type { CompletenessFilter } from '../registry/index.ts'
import type { App } from './app.ts'
import { areaFor } from './areas.ts'
import type { ApiDeps } from './deps.ts'
import { CompletenessDay, CompletenessGroups, CompletenessHistoryQuery, CompletenessQuery, Counts, CountsQuery, Items } from './schema/index.ts'

const defaultLimit = 200
/** Before any day that was ever written. */
const firstDay = '0000-00-00'

export function completenessRoutes(app: App, { registry }: ApiDeps): void {
  app.get(
    '/completeness',
    {
      schema: { tags: ['completeness'], summary: 'Complete of all records, filled of mandatory fields, by class, owner, builder or division', querystring: CompletenessQuery, response: { 200: CompletenessGroups } },
      config: { allow: 'cameras.see' },
    },
    async (request) => {
      const { by = 'class', limit = defaultLimit, ...filter } = request.query
      return registry.completeness(filterOf(request, filter), by, limit)
    },
  )

  app.get(
    '/completeness/history',
    { schema: { tags: ['completeness'], summary: 'The same figure day by day', querystring: CompletenessHistoryQuery, response: { 200: Items(CompletenessDay) } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const { from = firstDay, ...filter } = request.query
      return { items: await registry.completenessHistory(filterOf(request, filter), from) }
    },
  )

  app.get(
    '/counts',
    { schema: { tags: ['completeness'], summary: 'Cameras by class, presence and completeness, and findings that stand by severity', querystring: CountsQuery, response: { 200: Counts } }, config: { allow: 'cameras.see' } },
    async (request) => registry.counts(areaFor(request, request.query.area)),
  )
}

const filterOf = (request: FastifyRequest, { area, ...rest }: Partial<CompletenessFilter>): CompletenessFilter => ({ ...rest, area: areaFor(request, area) })
