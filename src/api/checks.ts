// Checks of whole areas: begun on demand, followed, cancelled. They run in the background; what they find is kept as findings.
import type { FastifyRequest } from 'fastify'
import { isWithin } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { AreaCheckRun, Registry } from '../registry/index.ts'
import type { App } from './app.ts'
import { areaFor } from './areas.ts'
import { sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { AreaCheck, AreaCheckRequest, IdParams, Items } from './schema/index.ts'

export function checkRoutes(app: App, { registry }: ApiDeps): void {
  app.post(
    '/cameras/checks',
    {
      schema: { tags: ['findings'], summary: 'Look at all records of an area again', body: AreaCheckRequest, response: { 202: AreaCheck } },
      config: { allow: 'cameras.check', audit: 'area.check' },
    },
    async (request, reply) => {
      const area = areaFor(request, request.body.area)
      const check = registry.startCheck(area, sessionOf(request).account.name)
      request.audited = { subject: check.id, detail: `area "${area}"` }
      return reply.code(202).header('location', `${request.url.split('?')[0]}/${check.id}`).send(check)
    },
  )

  app.get(
    '/cameras/checks',
    { schema: { tags: ['findings'], summary: 'The last fifty checks of areas, newest first', response: { 200: Items(AreaCheck) } }, config: { allow: 'cameras.see' } },
    async (request) => ({ items: registry.checks().filter((check) => sees(request, check)) }),
  )

  app.get(
    '/cameras/checks/:id',
    { schema: { tags: ['findings'], summary: 'How far it is, and what it found', params: IdParams, response: { 200: AreaCheck } }, config: { allow: 'cameras.see' } },
    async (request) => checkFor(request, registry, request.params.id),
  )

  app.delete(
    '/cameras/checks/:id',
    {
      schema: { tags: ['findings'], summary: 'Stop it; what it has kept stays', params: IdParams, response: { 200: AreaCheck } },
      config: { allow: 'cameras.check', audit: 'area.check-cancel' },
    },
    async (request) => {
      const check = checkFor(request, registry, request.params.id)
      request.audited = { subject: check.id, detail: `area "${check.area}"` }
      return registry.cancelCheck(check.id) ?? check
    },
  )
}

const sees = (request: FastifyRequest, check: AreaCheckRun): boolean => isWithin(check.area, sessionOf(request).account.area)

function checkFor(request: FastifyRequest, registry: Registry, id: string): AreaCheckRun {
  const check = registry.check(id)
  if (!check || !sees(request, check)) throw new AppError('not-found', `there is no check ${id}`)
  return check
}
