// Where a camera's picture is taken from. Passwords come in and never go out.
import { AppError } from '../base/index.ts'
import { parseRtspUrl } from '../media/index.ts'
import type { ShownSource } from '../registry/index.ts'
import type { App } from './app.ts'
import { cameraFor } from './areas.ts'
import type { ApiDeps } from './deps.ts'
import { CameraSource, CameraSourceChange, IdParams } from './schema/index.ts'

export function sourceRoutes(app: App, { registry }: ApiDeps): void {
  app.get(
    '/cameras/:id/source',
    { schema: { tags: ['cameras'], summary: 'Where its picture is taken from', params: IdParams, response: { 200: CameraSource } }, config: { allow: 'cameras.change' } },
    async (request) => {
      const camera = await cameraFor(request, registry, 'cameras.change', request.params.id)
      return viewOf(await registry.shownSource(camera.id))
    },
  )

  app.put(
    '/cameras/:id/source',
    {
      schema: { tags: ['cameras'], summary: 'Pull it from an RTSP address', params: IdParams, body: CameraSourceChange, response: { 200: CameraSource } },
      config: { allow: 'cameras.change', audit: 'camera.source' },
    },
    async (request) => {
      const camera = await cameraFor(request, registry, 'cameras.change', request.params.id)
      const { url, username, password, transport = 'tcp' } = request.body
      const address = parseRtspUrl(url)
      if (!address) throw new AppError('request.invalid', 'url: an RTSP address is rtsp://host[:port]/path')
      const user = username ?? address.username
      const secret = password === undefined ? address.password : password
      request.audited = { subject: camera.id, detail: `${address.text} ${transport}` }
      return viewOf(await registry.setSource(camera.id, { url: address.text, transport, ...(user !== undefined && { username: user }), ...(secret !== undefined && { password: secret }) }))
    },
  )

  app.delete(
    '/cameras/:id/source',
    {
      schema: { tags: ['cameras'], summary: 'Take it from its device again', params: IdParams, response: { 200: CameraSource } },
      config: { allow: 'cameras.change', audit: 'camera.source' },
    },
    async (request) => {
      const camera = await cameraFor(request, registry, 'cameras.change', request.params.id)
      request.audited = { subject: camera.id, detail: 'taken away' }
      await registry.removeSource(camera.id)
      return viewOf(undefined)
    },
  )
}

const viewOf = (source: ShownSource | undefined): CameraSource => (source ? { kind: 'rtsp', ...source } : { kind: 'gb28181' })
