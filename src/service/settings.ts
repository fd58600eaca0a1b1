// What was set for each device, held in memory for signalling to ask: charset, subscriptions, alarms that are reset.
import type { DeviceSettings, Registry } from '../registry/index.ts'
import type { UserAgent } from '../sip/index.ts'

export interface DeviceSettingsKept {
  readonly resetsAlarms: (deviceId: string) => boolean
  readonly isRefused: (deviceId: string) => boolean
  /** Reads what was set for every device; before signalling starts. */
  readonly begin: () => Promise<void>
  /** From now on signalling follows, beginning with all that was set. */
  readonly follow: (userAgent: Agent) => void
  /** Reads the device's settings again and has signalling follow. */
  readonly changed: (deviceId: string) => Promise<void>
}
type Agent = Pick<UserAgent, 'subscribe' | 'unsubscribe' | 'setCharset'>

export function keepSettings(registry: Pick<Registry, 'device' | 'devices'>): DeviceSettingsKept {
  const kept = new Map<string, DeviceSettings>()
  let agent: Agent | undefined

  const follow = (deviceId: string, settings: DeviceSettings, before: DeviceSettings): void => {
    kept.set(deviceId, settings)
    if (!agent) return
    if (settings.charset !== before.charset) agent.setCharset(deviceId, settings.charset)
    const { catalog, alarm, positionIntervalS } = settings.subscriptions ?? {}
    const was = before.subscriptions ?? {}
    if (catalog === true) agent.subscribe(deviceId, { kind: 'catalog' })
    else if (was.catalog === true) agent.unsubscribe(deviceId, 'catalog')
    if (alarm === true) agent.subscribe(deviceId, { kind: 'alarm' })
    else if (was.alarm === true) agent.unsubscribe(deviceId, 'alarm')
    if (positionIntervalS !== undefined) agent.subscribe(deviceId, { kind: 'mobile-position', intervalS: positionIntervalS })
    else if (was.positionIntervalS !== undefined) agent.unsubscribe(deviceId, 'mobile-position')
  }
  return {
    resetsAlarms: (deviceId) => kept.get(deviceId)?.resetsAlarms === true,
    isRefused: (deviceId) => kept.get(deviceId)?.isRefused === true,
    begin: async () => {
      for (const { id, settings } of await registry.devices()) if (settings) kept.set(id, settings)
    },
    follow: (userAgent) => {
      agent = userAgent
      for (const [id, settings] of kept) follow(id, settings, {})
    },
    changed: async (deviceId) => {
      const device = await registry.device(deviceId)
      if (device) follow(deviceId, device.settings ?? {}, kept.get(deviceId) ?? {})
    },
  }
}
