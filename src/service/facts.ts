// Facts from signalling into the registry: one direction, each awaited before its answer leaves.
import type { Log } from '../base/index.ts'
import type { Registry } from '../registry/index.ts'
import type { SipFact, StoredBinding } from '../sip/index.ts'

export async function applyFact(registry: Registry, fact: SipFact, log: Log): Promise<void> {
  const { deviceId } = fact
  switch (fact.type) {
    case 'registered':
      return registry.applyBinding(deviceId, fact.binding)
    case 'unregistered':
      return registry.applyBinding(deviceId, undefined)
    case 'stranger':
      return registry.applyStranger(deviceId)
    case 'presence':
      return registry.applyPresence({ deviceId, from: fact.from, to: fact.to, reason: fact.reason, atMs: fact.atMs })
    case 'catalog':
      return registry.applyCatalog(deviceId, fact.items, fact.isComplete && fact.isCut !== true)
    case 'catalog-changes':
      return registry.applyCatalogChanges(deviceId, fact.changes.map(({ event, item }) => ({ event, channel: item })))
    case 'alarm': {
      const { type: _type, ...alarm } = fact
      return registry.applyAlarm(alarm)
    }
    case 'positions':
      return registry.applyPositions(fact.positions.flatMap((position) => positionOf(deviceId, position, fact.atMs)))
    case 'device-info': {
      const { type: _type, deviceId: _id, ...said } = fact
      return registry.applyInformation(deviceId, said)
    }
    case 'device-status': {
      const { type: _type, deviceId: _id, ...status } = fact
      return registry.applyInformation(deviceId, { status })
    }
    case 'faulty':
      return registry.applyInformation(deviceId, { faulty: { channelIds: fact.channelIds, atMs: fact.atMs } })
    case 'upgrade-result': {
      const { type: _type, deviceId: _id, ...upgrade } = fact
      return registry.applyInformation(deviceId, { upgrade })
    }
    case 'snapshot-finished':
      return registry.finishSnapshots(fact.sessionId, fact.files)
    case 'video-upload':
      return log.info({ deviceId, channelId: fact.channelId, raw: fact.raw }, 'the device says that it hands in recordings of a time without a network')
    case 'subscription':
      return log.info({ deviceId, kind: fact.kind, isActive: fact.isActive, detail: fact.detail }, 'subscription')
  }
}

type Fix = Extract<SipFact, { readonly type: 'positions' }>['positions'][number]

/** A position without a place is none. The flat form of 2016 names the device, the list of 2022 each channel. */
function positionOf(deviceId: string, { deviceId: channelId, timeMs, longitude, latitude, speedKmh, direction, altitudeM, heightM }: Fix, atMs: number): Parameters<Registry['applyPositions']>[0] {
  if (longitude === undefined || latitude === undefined) return []
  return [
    {
      deviceId,
      channelId: channelId || deviceId,
      atMs,
      longitude,
      latitude,
      ...(timeMs === undefined ? {} : { fixedAtMs: timeMs }),
      ...(speedKmh === undefined ? {} : { speedKmh }),
      ...(direction === undefined ? {} : { direction }),
      ...(altitudeM === undefined ? {} : { altitudeM }),
      ...(heightM === undefined ? {} : { heightM }),
    },
  ]
}

/** Bindings that a stopped service left: a keepalive from one of them is accepted at once (GB/T 28181-2022 9.6.1). */
export async function restoredBindings(registry: Registry, offlineBefore: () => Promise<readonly string[]>): Promise<readonly { deviceId: string; binding: StoredBinding; wasOffline: boolean }[]> {
  const [devices, offline] = [await registry.devices(), new Set(await offlineBefore())]
  return devices.flatMap(({ id, binding }) => (binding ? [{ deviceId: id, binding, wasOffline: offline.has(id) }] : []))
}
