// Facts from signalling into the registry: one direction, each awaited before its answer leaves.
import type { Registry } from '../registry/index.ts'
import type { SipFact, StoredBinding } from '../sip/index.ts'

export async function applyFact(registry: Registry, fact: SipFact): Promise<void> {
  switch (fact.type) {
    case 'registered':
      return registry.applyBinding(fact.deviceId, fact.binding)
    case 'unregistered':
      return registry.applyBinding(fact.deviceId, undefined)
    case 'stranger':
      return registry.applyStranger(fact.deviceId)
    case 'presence':
      return registry.applyPresence({ deviceId: fact.deviceId, from: fact.from, to: fact.to, reason: fact.reason, atMs: fact.atMs })
    case 'catalog':
      return registry.applyCatalog(fact.deviceId, fact.items, fact.isComplete)
  }
}

/** Bindings that a stopped service left: a keepalive from one of them is accepted at once (GB/T 28181-2022 9.6.1). */
export async function restoredBindings(registry: Registry): Promise<readonly { deviceId: string; binding: StoredBinding }[]> {
  const devices = await registry.devices()
  return devices.flatMap(({ id, binding }) => (binding ? [{ deviceId: id, binding }] : []))
}
