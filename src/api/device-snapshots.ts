// Pictures that a device takes and uploads itself: ordered here, received here, listed here. GB/T 28181-2022 9.14; the way of upload is HTTP, as devices do it.
import type { FastifyRequest } from 'fastify'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { cameraFor } from './areas.ts'
import { sessionOf } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { valueOf } from './errors.ts'
import { IdParams, Items, SnapshotOrder, SnapshotParams, SnapshotRequest, Uploaded, UploadParams } from './schema/index.ts'
import { createUploadTokens } from './upload-token.ts'

/** A picture of 4K is about 2 MB. */
const pictureLimit = 8 * 1024 * 1024
/** Time to upload after the last picture was to be taken. */
const graceMs = 10 * 60_000
const listedOrders = 50

export function deviceSnapshotRoutes(app: App, { registry, control, snapshots, random, clock }: ApiDeps): void {
  const tokens = createUploadTokens({ clock, random })

  app.post(
    '/cameras/:id/device-snapshots',
    {
      schema: { tags: ['control'], summary: 'Have the camera take pictures and upload them (2022)', params: IdParams, body: SnapshotRequest, response: { 202: SnapshotOrder } },
      config: { allow: 'devices.operate', audit: 'camera.device-snapshots' },
    },
    async (request, reply) => {
      const camera = await cameraFor(request, registry, 'devices.operate', request.params.id)
      const { count = 1, intervalS = 1 } = request.body
      request.audited = { subject: camera.id, detail: String(count) }
      const target = valueOf(await control.targetOf(camera.id))
      const session = random(16).toString('hex')
      const order = { session, cameraId: camera.id, deviceId: target.deviceId, by: sessionOf(request).account.name, count }
      // Kept first: a quick device uploads before its answer is here.
      await registry.orderSnapshots(order)
      const uploadUrl = snapshots.urlFor(tokens.make(session, count * intervalS * 1000 + graceMs))
      valueOf(await control.takeSnapshots(target, { count, intervalS, uploadUrl, sessionId: session }))
      return reply.code(202).send((await registry.snapshotOrder(session)) ?? { ...order, atMs: clock.wallMs(), pictures: [] })
    },
  )

  app.get(
    '/cameras/:id/device-snapshots',
    { schema: { tags: ['control'], summary: 'Orders and the pictures that came, newest first', params: IdParams, response: { 200: Items(SnapshotOrder) } }, config: { allow: 'live.view' } },
    async (request) => ({ items: await registry.snapshotOrders((await cameraFor(request, registry, 'live.view', request.params.id)).id, listedOrders) }),
  )
  app.get(
    '/cameras/:id/device-snapshots/:n.jpg',
    {
      schema: { tags: ['control'], summary: 'One of the pictures', params: SnapshotParams, response: { 200: { description: 'JPEG', content: { 'image/jpeg': { schema: Binary } } } } },
      config: { allow: 'live.view', audit: 'live.snapshot' },
    },
    async (request, reply) => {
      const { id } = await cameraFor(request, registry, 'live.view', request.params.id)
      request.audited = { subject: id, detail: `picture ${request.params.n} of the device` }
      const orders = await registry.snapshotOrders(id, listedOrders)
      const picture = orders.flatMap((order) => order.pictures).find(({ n }) => n === request.params.n)
      const jpeg = picture && (await snapshots.read(picture.file))
      if (!jpeg) throw new AppError('not-found', `there is no picture ${request.params.n} of camera ${id}`)
      return reply.type('image/jpeg').header('cache-control', 'private, max-age=3600').send(jpeg)
    },
  )

  /** Devices POST or PUT the bare picture or a form, some with their own file name behind the address they were told. */
  const take = async (request: FastifyRequest<{ Params: { token: string; '*'?: string } }>): Promise<{ stored: true }> => {
    const session = tokens.check(request.params.token)
    if (session === undefined) throw new AppError('not-found', 'no pictures are awaited here, or no longer')
    const { name, bytes } = await pictureOf(request)
    request.audited = { subject: (await registry.snapshotOrder(session))?.cameraId ?? '', detail: name }
    await snapshots.store(session, name, bytes)
    return { stored: true }
  }
  void app.register(async (uploads: App) => {
    uploads.removeAllContentTypeParsers()
    uploads.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: pictureLimit }, (_request, body, done) => done(null, body))
    for (const url of ['/snapshot-uploads/:token', '/snapshot-uploads/:token/*']) {
      for (const method of ['POST', 'PUT'] as const) {
        uploads.route({
          method,
          url,
          bodyLimit: pictureLimit,
          schema: { tags: ['control'], summary: 'For devices: the address that they are told to upload pictures to', security: [], params: UploadParams, response: { 200: Uploaded } },
          config: { allow: 'anyone', audit: 'camera.device-snapshot-uploaded' },
          handler: take,
        })
      }
    }
  })
}

async function pictureOf(request: FastifyRequest<{ Params: { token: string; '*'?: string } }>): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const disposed = /filename="?([^";]{1,200})/i.exec(request.headers['content-disposition'] ?? '')?.[1]
  const own = disposed ?? (request.params['*'] ?? '').slice(0, 200).split('/').at(-1) ?? ''
  const type = request.headers['content-type'] ?? ''
  const { body } = request
  if (!Buffer.isBuffer(body) || body.length === 0) throw new AppError('request.invalid', 'the request holds no picture')
  if (!/^multipart\//i.test(type)) return { name: own, bytes: body }
  const form = formFile(type, body)
  if (!form) throw new AppError('request.invalid', 'the form holds no file')
  return { name: form.name || own, bytes: form.bytes }
}

/** The first part of a form that is a file or a picture. Devices write forms by hand: only the boundary is relied on. RFC 7578. */
export function formFile(contentType: string, body: Buffer): { readonly name: string; readonly bytes: Buffer } | undefined {
  const boundary = /boundary="?([^";]{1,200})"?/i.exec(contentType)?.[1]
  if (boundary === undefined) return undefined
  const mark = Buffer.from(`--${boundary}`)
  for (let at = body.indexOf(mark), parts = 0; at >= 0 && parts < 16; parts++) {
    const headEnd = body.indexOf('\r\n\r\n', at)
    const next = headEnd < 0 ? -1 : body.indexOf(mark, headEnd)
    if (headEnd < 0) return undefined
    const head = body.toString('latin1', at + mark.length, Math.min(headEnd, at + mark.length + 4096))
    if (/filename=|content-type:\s*(image|application\/octet-stream)/i.test(head)) {
      const end = next < 0 ? body.length : next
      const bytes = body.subarray(headEnd + 4, end)
      const isEnded = bytes.length >= 2 && bytes.toString('latin1', bytes.length - 2) === '\r\n'
      return { name: /filename="?([^";\r\n]{0,200})/i.exec(head)?.[1] ?? '', bytes: isEnded ? bytes.subarray(0, -2) : bytes }
    }
    at = next
  }
  return undefined
}
