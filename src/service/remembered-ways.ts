// The transport that brought a device's media when the one that is set did not: the next start begins with it, for a while, so that viewers
// need not wait for the first to fail each time. Held in memory alone; what is set for a device stays what it is, and inspections go by that.
import type { Clock } from '../base/index.ts'
import type { MediaTransport } from '../media/index.ts'
import type { Device } from '../registry/index.ts'

export interface RememberedWays {
  /** Undefined where the transport that is set is to be begun with. */
  readonly of: (device: Pick<Device, 'id' | 'mediaTransport'>) => MediaTransport | undefined
  /** A picture came by this transport, or none did although the device had accepted. */
  readonly note: (device: Pick<Device, 'id' | 'mediaTransport'>, transport: MediaTransport, isLive: boolean) => void
}

/** An hour, ours: then the transport that is set is tried again, since a firewall may have been opened. */
const rememberUs = 3_600_000_000
/** The oldest are forgotten. */
const maxDevices = 10_000

export function createRememberedWays(clock: Pick<Clock, 'nowUs'>): RememberedWays {
  const known = new Map<string, { readonly transport: MediaTransport; readonly set: MediaTransport; readonly untilUs: number }>()
  const of: RememberedWays['of'] = ({ id, mediaTransport }) => {
    const entry = known.get(id)
    if (entry && entry.set === mediaTransport && clock.nowUs() < entry.untilUs) return entry.transport
    known.delete(id)
    return undefined
  }
  return {
    of,
    note: (device, transport, isLive) => {
      const { id, mediaTransport: set } = device
      const before = of(device)
      // Working again does not make it last longer: the transport that is set would never be tried again.
      if (isLive ? transport === before : transport !== before) return
      known.delete(id)
      if (isLive && transport !== set) known.set(id, { transport, set, untilUs: clock.nowUs() + rememberUs })
      for (const oldest of known.keys()) {
        if (known.size <= maxDevices) break
        known.delete(oldest)
      }
    },
  }
}
