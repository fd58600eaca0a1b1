// The three values of a record's fields: what was verified on site, all of them side by side, and a channel taken over as a record.
import { AppError } from '../base/index.ts'
import type { FieldName, Values } from '../registry/index.ts'
import type { App } from './app.ts'
import { areaFor, areaOf, cameraFor, maskCamera, maskValues } from './areas.ts'
import { insistOnArea, mayThere, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { Adoption, AdoptionBulk, AdoptionOutcome, Camera, IdParams, Items, Values as ValuesView, Verification, type AdoptionBulk as Bulk } from './schema/index.ts'
import type { FastifyRequest } from 'fastify'

/** Channels taken over in one request. */
const maxBulk = 500

export function valueRoutes(app: App, deps: ApiDeps): void {
  const { registry } = deps
  app.get(
    '/cameras/:id/values',
    { schema: { tags: ['cameras'], summary: 'What is declared, reported and verified, side by side, with who and when', params: IdParams, response: { 200: Items(ValuesView) } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const camera = await cameraFor(request, registry, 'cameras.see', request.params.id)
      const seesAll = mayThere(request, 'contacts.see', areaOf(camera))
      const values = Object.entries(await registry.values(camera.id)) as [FieldName, Values][]
      return { items: values.map(([field, each]) => ({ field, ...(seesAll ? each : maskValues(field, each)) })) }
    },
  )

  app.post(
    '/cameras/:id/verified',
    {
      schema: { tags: ['cameras'], summary: 'Note what was seen on site; what is declared stays', params: IdParams, body: Verification, response: { 200: Camera } },
      config: { allow: 'cameras.verify', audit: 'camera.verify' },
    },
    async (request) => {
      const { values, why, evidence } = request.body
      const camera = await cameraFor(request, registry, 'cameras.verify', request.params.id)
      if (Object.keys(values).length === 0) throw new AppError('request.invalid', 'values is empty: give at least one field')
      request.audited = { subject: camera.id, detail: `${Object.keys(values).join(', ')}: ${why}` }
      return maskCamera(request, await registry.verify(camera.id, { values, ...(evidence === undefined ? {} : { evidence }) }, sessionOf(request).account.name, why))
    },
  )

  app.post(
    '/cameras/:id/adopt',
    {
      schema: { tags: ['cameras'], summary: 'Make a record of a channel that a catalog lists, with the values it reports', params: IdParams, body: Adoption, response: { 200: Camera } },
      config: { allow: 'cameras.change', audit: 'camera.adopt' },
    },
    async (request) => {
      const { accept, fields, why = '', version } = request.body
      const camera = await cameraFor(request, registry, 'cameras.change', request.params.id)
      insistOnArea(request, 'cameras.change', adoptedArea(camera.id, fields?.area, accept, camera.reported?.fields.area))
      request.audited = { subject: camera.id, detail: why }
      const adoption = { ...(accept ? { accept } : {}), ...(fields ? { fields } : {}) }
      return registry.adopt(camera.id, adoption, sessionOf(request).account.name, why, version)
    },
  )

  app.post(
    '/cameras/adopt',
    {
      schema: { tags: ['cameras'], summary: 'Make records of many channels, in one transaction', body: AdoptionBulk, response: { 200: AdoptionOutcome } },
      config: { allow: 'cameras.change', audit: 'camera.adopt' },
    },
    async (request) => adoptMany(request, request.body, deps),
  )
}

/** Where the record would lie: what is written, what is taken, or what its code says. */
const adoptedArea = (id: string, written: string | undefined, accept: readonly FieldName[] | undefined, reported: string | undefined): string =>
  written?.trim() || (accept === undefined || accept.includes('area') ? reported : undefined) || id.slice(0, 6)

async function adoptMany(request: FastifyRequest, { ids, from, accept, fields, why = '' }: Bulk, { registry }: ApiDeps): Promise<AdoptionOutcome> {
  if ((ids === undefined) === (from === undefined)) throw new AppError('request.invalid', 'give either ids or from')
  const drafts = ids ?? (await registry.drafts(areaFor(request, from?.area), from?.device, maxBulk + 1))
  const wanted = drafts.slice(0, maxBulk)
  const skipped: { id: string; reason: string }[] = []
  const allowed: string[] = []
  for (const id of wanted) {
    const camera = await registry.camera(id)
    const isOurs = camera && mayThere(request, 'cameras.change', areaOf(camera))
    if (!isOurs) skipped.push({ id, reason: `there is no record of camera ${id}` })
    else if (!mayThere(request, 'cameras.change', adoptedArea(id, fields?.area, accept, camera.reported?.fields.area))) skipped.push({ id, reason: 'its division would lie outside your area' })
    else allowed.push(id)
  }
  const outcome = await registry.adoptMany(allowed, { ...(accept ? { accept } : {}), ...(fields ? { fields } : {}) }, sessionOf(request).account.name, why)
  request.audited = { subject: `${outcome.adopted.length} channels`, detail: [why, outcome.adopted.slice(0, 20).join(' '), outcome.adopted.length > 20 ? '…' : ''].filter((part) => part !== '').join(': ') }
  return { adopted: outcome.adopted, skipped: [...skipped, ...outcome.skipped], ...(from ? { left: drafts.length > maxBulk || undefined } : {}) } as AdoptionOutcome
}
