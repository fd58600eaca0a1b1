// Devices: what registered, whether it may, how it sends, and its channels.
import type { FastifyRequest } from 'fastify'
import { AppError } from '../base/index.ts'
import type { Device as DeviceRecord, Registry } from '../registry/index.ts'
import type { Action } from '../accounts/index.ts'
import type { App } from './app.ts'
import { maskChannels } from './areas.ts'
import { mayThere, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { CatalogAsked, ChannelListQuery, ChannelPage, Device, DeviceDetail, DeviceList, DeviceMediaTransport, DevicePassword, IdParams } from './schema/index.ts'

/** Channels in one answer unless more are asked for. */
const firstPage = 100

export function deviceRoutes(app: App, { registry, commands, control }: ApiDeps): void {
  app.get(
    '/devices',
    { schema: { tags: ['devices'], summary: 'What registered', response: { 200: DeviceList } }, config: { allow: 'devices.see' } },
    async (request) => ({ items: (await registry.devices()).filter((device) => mayThere(request, 'devices.see', device.id)) }),
  )

  app.get(
    '/devices/:id',
    { schema: { tags: ['devices'], summary: 'One device with its channels and how its presence went', params: IdParams, response: { 200: DeviceDetail } }, config: { allow: 'devices.see' } },
    async (request) => {
      const device = await deviceFor(request, registry, 'devices.see', request.params.id)
      const { items } = await registry.channels(device.id, { limit: firstPage, area: sessionOf(request).account.area })
      return { ...device, channels: maskChannels(request, items), presenceHistory: await registry.presenceHistory(device.id) }
    },
  )

  app.get(
    '/devices/:id/channels',
    {
      schema: { tags: ['devices'], summary: 'Its channels, in pages; one level of the tree with `parent`', params: IdParams, querystring: ChannelListQuery, response: { 200: ChannelPage } },
      config: { allow: 'devices.see' },
    },
    async (request) => {
      const device = await deviceFor(request, registry, 'devices.see', request.params.id)
      const { parent, cursor, limit = firstPage } = request.query
      const page = await registry.channels(device.id, { limit, area: sessionOf(request).account.area, ...(parent === undefined ? {} : { parent }), ...(cursor === undefined ? {} : { cursor }) })
      return { ...page, items: maskChannels(request, page.items) }
    },
  )

  app.post(
    '/devices/:id/approve',
    { schema: { tags: ['devices'], summary: 'Let a stranger in', params: IdParams, response: { 200: Device } }, config: { allow: 'devices.change', audit: 'device.approve' } },
    async (request) => {
      const device = await deviceFor(request, registry, 'devices.change', request.params.id)
      const approved = await registry.approve(device.id)
      await control.settingsChanged(device.id)
      return approved
    },
  )

  app.post(
    '/devices/:id/refuse',
    { schema: { tags: ['devices'], summary: 'Take no registration of it from now on, until it is approved; where it is registered, until that ends', params: IdParams, response: { 200: Device } }, config: { allow: 'devices.change', audit: 'device.refuse' } },
    async (request) => {
      const device = await deviceFor(request, registry, 'devices.change', request.params.id)
      const refused = await registry.refuse(device.id)
      await control.settingsChanged(device.id)
      return refused
    },
  )

  app.put(
    '/devices/:id/password',
    {
      schema: { tags: ['devices'], summary: 'Set or take away the device’s own SIP password', params: IdParams, body: DevicePassword, response: { 200: Device } },
      config: { allow: 'devices.change', audit: 'device.password' },
    },
    async (request) => {
      const device = await deviceFor(request, registry, 'devices.change', request.params.id)
      const { password } = request.body
      request.audited = { subject: device.id, detail: password === null ? 'taken away' : 'set' }
      await registry.setPassword(device.id, password ?? undefined)
      await control.settingsChanged(device.id)
      control.passwordChanged(device.id)
      return (await registry.device(device.id)) ?? device
    },
  )

  app.put(
    '/devices/:id/media-transport',
    {
      schema: { tags: ['devices'], summary: 'How the device is asked to send media', params: IdParams, body: DeviceMediaTransport, response: { 200: Device } },
      config: { allow: 'devices.change', audit: 'device.media-transport' },
    },
    async (request) => {
      const device = await deviceFor(request, registry, 'devices.change', request.params.id)
      const { mediaTransport } = request.body
      if (!control.mediaTransports.includes(mediaTransport)) {
        throw new AppError('request.invalid', `this service cannot do ${mediaTransport} yet, since its media cannot dial a device: choose ${control.mediaTransports.join(' or ')}`)
      }
      request.audited = { subject: device.id, detail: mediaTransport }
      return registry.setMediaTransport(device.id, mediaTransport)
    },
  )

  app.post(
    '/devices/:id/catalog',
    { schema: { tags: ['devices'], summary: 'Ask for the catalog again', params: IdParams, response: { 202: CatalogAsked } }, config: { allow: 'devices.change', audit: 'device.catalog' } },
    async (request, reply) => {
      const device = await deviceFor(request, registry, 'devices.change', request.params.id)
      await commands.queryCatalog(device.id)
      return reply.code(202).send({ asked: true })
    },
  )
}

/** A device lies where the first digits of its id say (GB/T 28181-2022 Annex E); an ill-formed id lies nowhere but everywhere. */
export async function deviceFor(request: FastifyRequest, registry: Registry, action: Action, id: string): Promise<DeviceRecord> {
  const device = await registry.device(id)
  if (!device || !mayThere(request, action, device.id)) throw new AppError('not-found', `there is no device ${id}`)
  request.audited = { subject: device.id }
  return device
}
