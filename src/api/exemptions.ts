// The list of exempted cameras and areas (报备): added, ended early with a reason, never taken out.
import { AppError } from '../base/index.ts'
import type { Exemption } from '../inspect/index.ts'
import { isWithin } from '../accounts/index.ts'
import type { App } from './app.ts'
import { areaFor, areaOf, cameraFor } from './areas.ts'
import { insistOnArea, mayThere, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { Exemption as ExemptionView, ExemptionCreate, ExemptionEnd, ExemptionListQuery, ExemptionPage, ExemptionParams } from './schema/index.ts'
import type { FastifyRequest } from 'fastify'

const defaultLimit = 100

export function exemptionRoutes(app: App, { draws: { exemptions }, registry }: ApiDeps): void {
  app.get(
    '/exemptions',
    { schema: { tags: ['inspections'], summary: 'Exempted cameras and areas, newest first; with `at`, those in force then', querystring: ExemptionListQuery, response: { 200: ExemptionPage } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const { area, camera, at, before, limit = defaultLimit } = request.query
      const found = await exemptions.list({ area: areaFor(request, area), ...(camera === undefined ? {} : { camera }), ...(at === undefined ? {} : { atMs: at }), ...(before === undefined ? {} : { before }), limit: limit + 1 })
      const page = found.slice(0, limit)
      const last = found.length > limit ? page.at(-1) : undefined
      return { items: page.filter((exemption) => concerns(request, exemption)), ...(last ? { next: last.n } : {}) }
    },
  )

  app.post(
    '/exemptions',
    {
      schema: { tags: ['inspections'], summary: 'Exempt a camera or an area for a time', body: ExemptionCreate, response: { 201: ExemptionView } },
      config: { allow: 'exemptions.change', audit: 'exemption.add' },
    },
    async (request, reply) => {
      const { camera, area, ...said } = request.body
      if ((camera === undefined) === (area === undefined)) throw new AppError('request.invalid', 'give either a camera or an area')
      const place = camera === undefined ? (area ?? '') : areaOf(await cameraFor(request, registry, 'exemptions.change', camera))
      insistOnArea(request, 'exemptions.change', place)
      const exemption = await exemptions.add({ ...said, area: place, ...(camera === undefined ? {} : { camera }), by: sessionOf(request).account.name })
      request.audited = { subject: `${exemption.n}`, detail: `${camera ?? `area ${place}`}, ${new Date(said.fromMs).toISOString()} to ${new Date(said.untilMs).toISOString()}, ${said.document}: ${said.reason}` }
      return reply.code(201).header('location', `${request.url.split('?')[0]}/${exemption.n}`).send(exemption)
    },
  )

  app.get(
    '/exemptions/:n',
    { schema: { tags: ['inspections'], summary: 'One exemption', params: ExemptionParams, response: { 200: ExemptionView } }, config: { allow: 'inspections.see' } },
    async (request) => find(request, request.params.n),
  )

  app.post(
    '/exemptions/:n/end',
    {
      schema: { tags: ['inspections'], summary: 'End it early, with a reason; what it held for stays', params: ExemptionParams, body: ExemptionEnd, response: { 200: ExemptionView } },
      config: { allow: 'exemptions.change', audit: 'exemption.end' },
    },
    async (request) => {
      const { n, area } = await find(request, request.params.n)
      // An exemption of a division around one's own is seen, and is not one's own to end.
      insistOnArea(request, 'exemptions.change', area)
      request.audited = { subject: `${n}`, detail: request.body.reason }
      return exemptions.end(n, sessionOf(request).account.name, request.body.reason)
    },
  )

  async function find(request: FastifyRequest, n: number): Promise<Exemption> {
    const exemption = await exemptions.get(n)
    if (!exemption || !concerns(request, exemption)) throw new AppError('not-found', `there is no exemption ${n}`)
    return exemption
  }
}

/** It lies in the account's area, or holds for all of it. */
const concerns = (request: FastifyRequest, { area, camera }: Exemption): boolean => mayThere(request, 'inspections.see', area) || (camera === undefined && isWithin(sessionOf(request).account.area, area))
