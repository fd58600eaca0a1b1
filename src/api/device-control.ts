// Commands and questions to devices themselves: what they say, configuration, subscriptions, reboot, upgrade, cards; and what was set for them.
import type { App } from './app.ts'
import { AppError } from '../base/index.ts'
import type { ChannelTarget } from './control-deps.ts'
import type { ApiDeps } from './deps.ts'
import { deviceFor } from './devices.ts'
import { valueOf } from './errors.ts'
import {
  AlarmReset, CommandDone, Configuration, ConfigurationChange, ConfigurationQuery, ConfigurationTarget, ConfigurationType, Device, DeviceInformation, DeviceSettings, DeviceStatus, IdParams, InformationQuery,
  Items, PositionPage, PositionQuery, SdCard, SdCardFormat, Subscriptions, SubscriptionsAnswer, Upgrade, UpgradeAsked,
} from './schema/index.ts'

const itself = (deviceId: string): ChannelTarget => ({ deviceId, channelId: deviceId })
const configurationTypes = ConfigurationType.enum as readonly ConfigurationType[]

export function deviceControlRoutes(app: App, { registry, control, random }: ApiDeps): void {
  /** A channel must be one of the device's own. */
  const targetOf = async (deviceId: string, channel: string | undefined): Promise<ChannelTarget> => {
    if (channel === undefined || channel === deviceId) return itself(deviceId)
    if (!(await registry.listsChannel(deviceId, channel))) throw new AppError('not-found', `device ${deviceId} lists no channel ${channel}`)
    return { deviceId, channelId: channel }
  }

  app.get(
    '/devices/:id/information',
    { schema: { tags: ['devices'], summary: 'What the device says of itself', params: IdParams, querystring: InformationQuery, response: { 200: DeviceInformation } }, config: { allow: 'devices.see' } },
    async (request) => {
      const { id } = await deviceFor(request, registry, 'devices.see', request.params.id)
      const known = await registry.information(id)
      if (known.atMs !== undefined && request.query.fresh !== true) return known
      valueOf(await control.askInformation(id))
      return registry.information(id)
    },
  )
  app.get(
    '/devices/:id/status',
    { schema: { tags: ['devices'], summary: 'How the device says it is, asked now', params: IdParams, response: { 200: DeviceStatus } }, config: { allow: 'devices.see' } },
    async (request) => {
      const { id } = await deviceFor(request, registry, 'devices.see', request.params.id)
      valueOf(await control.askStatus(id))
      const { status } = await registry.information(id)
      if (!status) throw new AppError('not-found', `device ${id} said nothing of its state`)
      return status
    },
  )

  app.get(
    '/devices/:id/configuration',
    {
      schema: { tags: ['devices'], summary: 'Configuration, asked now; without passwords', params: IdParams, querystring: ConfigurationQuery, response: { 200: Configuration } },
      config: { allow: 'devices.operate' },
    },
    async (request) => {
      const { id } = await deviceFor(request, registry, 'devices.operate', request.params.id)
      const { types = 'BasicParam', channel } = request.query
      const wanted = types.split(/[,/]/).map((name) => {
        const found = configurationTypes.find((each) => each.toLowerCase() === name.toLowerCase())
        if (!found) throw new AppError('request.invalid', `"${name}" is no type of configuration: ${configurationTypes.join(', ')}`)
        return found
      })
      return valueOf(await control.configuration(await targetOf(id, channel), [...new Set(wanted)]))
    },
  )
  app.put(
    '/devices/:id/configuration',
    {
      schema: { tags: ['devices'], summary: 'Set blocks of the configuration', params: IdParams, querystring: ConfigurationTarget, body: ConfigurationChange, response: { 200: CommandDone } },
      config: { allow: 'devices.operate', audit: 'device.configure' },
    },
    async (request) => {
      const { id } = await deviceFor(request, registry, 'devices.operate', request.params.id)
      const target = await targetOf(id, request.query.channel)
      request.audited = { subject: target.channelId, detail: Object.keys(request.body).join(', ') }
      return valueOf(await control.configure(target, request.body))
    },
  )

  app.put(
    '/devices/:id/settings',
    { schema: { tags: ['devices'], summary: 'How we treat the device: charset, its notified states, its alarms', params: IdParams, body: DeviceSettings, response: { 200: Device } }, config: { allow: 'devices.change', audit: 'device.settings' } },
    async (request) => {
      const { id, settings } = await deviceFor(request, registry, 'devices.change', request.params.id)
      request.audited = { subject: id, detail: JSON.stringify(request.body) }
      const device = await registry.setSettings(id, { ...request.body, ...(settings?.subscriptions ? { subscriptions: settings.subscriptions } : {}) })
      await control.settingsChanged(id)
      return device
    },
  )

  app.get(
    '/devices/:id/subscriptions',
    { schema: { tags: ['devices'], summary: 'What the device is asked to tell by itself, and how that stands', params: IdParams, response: { 200: SubscriptionsAnswer } }, config: { allow: 'devices.see' } },
    async (request) => {
      const { id, settings } = await deviceFor(request, registry, 'devices.see', request.params.id)
      return { wanted: settings?.subscriptions ?? {}, states: control.subscriptions(id) }
    },
  )
  app.put(
    '/devices/:id/subscriptions',
    { schema: { tags: ['devices'], summary: 'Subscribe to catalog, alarms, positions; kept up over restarts and registrations', params: IdParams, body: Subscriptions, response: { 200: SubscriptionsAnswer } }, config: { allow: 'devices.operate', audit: 'device.subscribe' } },
    async (request) => {
      const { id, settings } = await deviceFor(request, registry, 'devices.operate', request.params.id)
      request.audited = { subject: id, detail: JSON.stringify(request.body) }
      await registry.setSettings(id, { ...settings, subscriptions: request.body })
      await control.settingsChanged(id)
      return { wanted: request.body, states: control.subscriptions(id) }
    },
  )

  app.get(
    '/devices/:id/positions',
    { schema: { tags: ['devices'], summary: 'Where the device was, newest first', params: IdParams, querystring: PositionQuery, response: { 200: PositionPage } }, config: { allow: 'devices.see' } },
    async (request) => {
      const { id } = await deviceFor(request, registry, 'devices.see', request.params.id)
      const { cursor, limit = 100 } = request.query
      const found = await registry.positions(id, cursor === undefined ? undefined : Number(cursor), limit + 1)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return { items, ...(found.length > limit && last ? { next: String(last.n) } : {}) }
    },
  )

  app.post(
    '/devices/:id/alarms/reset',
    { schema: { tags: ['devices'], summary: 'Let alarms of the device fire again', params: IdParams, body: AlarmReset, response: { 200: CommandDone } }, config: { allow: 'devices.operate', audit: 'device.alarm-reset' } },
    async (request) => {
      const { id } = await deviceFor(request, registry, 'devices.operate', request.params.id)
      const { channel, ...which } = request.body
      return valueOf(await control.command(await targetOf(id, channel), { kind: 'alarm-reset', ...which }))
    },
  )
  app.post(
    '/devices/:id/reboot',
    { schema: { tags: ['devices'], summary: 'Restart the device', params: IdParams, response: { 200: CommandDone } }, config: { allow: 'devices.operate', audit: 'device.reboot' } },
    async (request) => {
      const { id } = await deviceFor(request, registry, 'devices.operate', request.params.id)
      return valueOf(await control.command(itself(id), { kind: 'reboot' }))
    },
  )
  app.post(
    '/devices/:id/upgrade',
    { schema: { tags: ['devices'], summary: 'Have the device fetch and install firmware (2022)', params: IdParams, body: Upgrade, response: { 202: UpgradeAsked } }, config: { allow: 'devices.change', audit: 'device.upgrade' } },
    async (request, reply) => {
      const { id } = await deviceFor(request, registry, 'devices.change', request.params.id)
      const sessionId = random(16).toString('hex')
      request.audited = { subject: id, detail: `${request.body.firmware} ${sessionId}` }
      const { result } = valueOf(await control.command(itself(id), { kind: 'upgrade', ...request.body, sessionId }))
      return reply.code(202).send({ sessionId, ...(result === undefined ? {} : { result }) })
    },
  )
  app.get(
    '/devices/:id/sd-cards',
    { schema: { tags: ['devices'], summary: 'Memory cards, asked now (2022)', params: IdParams, response: { 200: Items(SdCard) } }, config: { allow: 'devices.see' } },
    async (request) => {
      const { id } = await deviceFor(request, registry, 'devices.see', request.params.id)
      return { items: valueOf(await control.sdCards(itself(id))) }
    },
  )
  app.post(
    '/devices/:id/sd-cards/format',
    { schema: { tags: ['devices'], summary: 'Erase a memory card (2022)', params: IdParams, body: SdCardFormat, response: { 200: CommandDone } }, config: { allow: 'devices.change', audit: 'device.format-sd-card' } },
    async (request) => {
      const { id } = await deviceFor(request, registry, 'devices.change', request.params.id)
      request.audited = { subject: id, detail: String(request.body.card) }
      return valueOf(await control.command(itself(id), { kind: 'format-sd-card', card: request.body.card }))
    },
  )
}
