// The inspector's way to a camera: it joins the relay like any viewer, hears every byte, and leaves without lingering,
// so that its next attempt is a cold start again.
import type { Tap } from '../inspect/index.ts'
import type { Relays } from '../media/index.ts'
import type { Registry } from '../registry/index.ts'

export function tapOver(relays: Relays, registry: Pick<Registry, 'deviceOfChannel'>): Tap {
  return {
    join: (camera, onWire, onEnd) => {
      const membership = relays.join(camera, { kind: 'inspector', onWire, onEnd })
      return { joined: membership.joined, leave: () => membership.leave({ linger: false }) }
    },
    deviceOf: (camera) => registry.deviceOfChannel(camera),
  }
}
