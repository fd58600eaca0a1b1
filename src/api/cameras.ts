// Records of cameras: list, create, read (now or as they were), change, retire, history.
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { areaOf, cameraFor, listed, maskCamera, maskChanges, mayWrite, queryOf } from './areas.ts'
import { insistOnArea, mayThere, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { Camera, CameraChange, CameraCreate, CameraListQuery, CameraPage, CameraQueryAt, CameraRetire, FieldChange, IdParams, Items } from './schema/index.ts'

const defaultLimit = 50

export function cameraRoutes(app: App, { registry }: ApiDeps): void {
  app.get(
    '/cameras',
    { schema: { tags: ['cameras'], summary: 'Records, by filter and page', querystring: CameraListQuery, response: { 200: CameraPage } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const { cursor, limit = defaultLimit, sort, order, ...filter } = request.query
      const page = await registry.cameras({ ...queryOf(request, filter, limit, cursor), ...(sort && { sort }), ...(order && { descending: order === 'desc' }) })
      return { ...page, items: page.items.map((camera) => listed(maskCamera(request, camera))) }
    },
  )

  app.post(
    '/cameras',
    {
      schema: { tags: ['cameras'], summary: 'Declare a record', body: CameraCreate, response: { 201: Camera } },
      config: { allow: 'cameras.change', audit: 'camera.create' },
    },
    async (request, reply) => {
      const { declared, why = '' } = request.body
      const { code } = declared
      if (code === undefined) throw new AppError('camera.invalid', 'a record needs its code')
      if (!(await mayWrite(request, registry, code, declared))) throw new AppError('area.outside', `camera ${code} is not within your area ${sessionOf(request).account.area}`)
      request.audited = { subject: code, detail: why }
      const camera = await registry.create(declared, sessionOf(request).account.name, why)
      return reply.code(201).header('location', `${request.url.split('?')[0]}/${camera.id}`).send(camera)
    },
  )

  app.get(
    '/cameras/:id',
    { schema: { tags: ['cameras'], summary: 'One record; with `at`, as it was then', params: IdParams, querystring: CameraQueryAt, response: { 200: Camera } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const { at } = request.query
      // Who may see it is decided by where it is now.
      const camera = await cameraFor(request, registry, 'cameras.see', request.params.id)
      if (at === undefined) return maskCamera(request, camera)
      const past = await registry.cameraAt(camera.id, instantOf(at))
      if (!past) throw new AppError('not-found', `there was no record of camera ${camera.id} at ${at}`)
      return mayThere(request, 'contacts.see', areaOf(camera)) ? past : maskCamera(request, past, areaOf(camera))
    },
  )

  app.patch(
    '/cameras/:id',
    {
      schema: { tags: ['cameras'], summary: 'Change fields of a record', params: IdParams, body: CameraChange, response: { 200: Camera } },
      config: { allow: 'cameras.change', audit: 'camera.change' },
    },
    async (request) => {
      const { fields, why = '', version } = request.body
      const camera = await cameraFor(request, registry, 'cameras.change', request.params.id)
      if (fields.area !== undefined) insistOnArea(request, 'cameras.change', fields.area ?? camera.id.slice(0, 6))
      request.audited = { subject: camera.id, detail: `${Object.keys(fields).join(', ')}${why === '' ? '' : `: ${why}`}` }
      return registry.change(camera.id, fields, sessionOf(request).account.name, why, version)
    },
  )

  app.delete(
    '/cameras/:id',
    {
      schema: { tags: ['cameras'], summary: 'Retire a record, with the reason', params: IdParams, querystring: CameraRetire, response: { 200: Camera } },
      config: { allow: 'cameras.change', audit: 'camera.retire' },
    },
    async (request) => {
      const camera = await cameraFor(request, registry, 'cameras.change', request.params.id)
      request.audited = { subject: camera.id, detail: request.query.why }
      return registry.retire(camera.id, sessionOf(request).account.name, request.query.why)
    },
  )

  app.get(
    '/cameras/:id/history',
    { schema: { tags: ['cameras'], summary: 'Who changed what, when and why', params: IdParams, response: { 200: Items(FieldChange) } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const camera = await cameraFor(request, registry, 'cameras.see', request.params.id)
      const changes = await registry.history(camera.id)
      return { items: mayThere(request, 'contacts.see', areaOf(camera)) ? changes : maskChanges(changes) }
    },
  )
}

/** The 31st of February has the form of a date, and is none. */
function instantOf(text: string): number {
  const ms = Date.parse(text)
  const day = Number(text.slice(8, 10))
  const isOne = !Number.isNaN(ms) && new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() === day
  if (!isOne) throw new AppError('request.invalid', `at: "${text}" is no date`)
  return ms
}
