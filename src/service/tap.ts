// The inspector's way to a camera. Nobody watches: it joins the relay like any viewer, hears every byte, and leaves without lingering, so that its
// next attempt is a cold start again. Somebody watches: a stream that runs says nothing of the camera's response, so the device is asked for one
// more, beside it, over relays of the inspector's own; a device that gives none is listened to where it runs (GB/T 28181-2022 Annex L asks for one
// request per stream of the same number; this one has a number of its own).
import type { Clock } from '../base/index.ts'
import type { Tap, TapSession } from '../inspect/index.ts'
import type { JoinOutcome, Membership, Relays, WireEvent } from '../media/index.ts'
import type { Registry } from '../registry/index.ts'
import { carriersOver } from './carriers.ts'
import { askDeviceOver, type AskDeviceParts } from './device-word.ts'

export interface TapParts extends Omit<AskDeviceParts, 'registry'> {
  readonly relays: Relays
  /** The same, for streams of the inspector's own. */
  readonly own: Relays
  readonly registry: Pick<Registry, 'deviceOfChannel' | 'device' | 'camera'>
  readonly clock: Clock
}

/** Ours: a device that gave no second stream, or lost the first over it, is not asked for one for so long. */
const forgetUs = 3_600_000_000
const maxRemembered = 10_000

export function tapOver({ relays, own, registry, userAgent, clock }: TapParts): Tap {
  /** Cameras whose device gives one stream only, and since when that is known. */
  const single = new Map<string, number>()
  const isSingle = (camera: string): boolean => {
    const sinceUs = single.get(camera)
    return sinceUs !== undefined && clock.nowUs() - sinceUs < forgetUs
  }
  const noteSingle = (camera: string): void => {
    single.delete(camera)
    if (single.size >= maxRemembered) single.delete(single.keys().next().value ?? '')
    single.set(camera, clock.nowUs())
  }
  const streamOf = (camera: string) => relays.list().find((stream) => stream.camera === camera && stream.stream === 'main')
  const isWatched = (camera: string): boolean => {
    const stream = streamOf(camera)
    return stream !== undefined && stream.viewers > 0 && (stream.state === 'live' || stream.state === 'starting')
  }

  const joinRelay = (of: Relays, camera: string, onWire: (event: WireEvent) => void, onEnd: (reason: string) => void): Membership => of.join(camera, { kind: 'inspector', onWire, onEnd })
  const joinBeside = (camera: string, onWire: (event: WireEvent) => void, onEnd: (reason: string) => void, besideMs: number): TapSession => {
    const restartsBefore = streamOf(camera)?.restarts ?? 0
    let isOwn = true
    let isLeft = false
    const first = joinRelay(own, camera, (event) => isOwn && onWire(event), (reason) => isOwn && onEnd(reason))
    let second: Membership | undefined
    const patience = Promise.withResolvers<'late'>()
    const cancelPatience = clock.after(besideMs, () => patience.resolve('late'))
    const joined = (async (): Promise<JoinOutcome> => {
      const outcome = await Promise.race([first.joined, patience.promise])
      cancelPatience()
      if (outcome !== 'late' && outcome.ok) return outcome
      if (isLeft) return outcome === 'late' ? { ok: false, reason: 'stopped', detail: 'left' } : outcome
      noteSingle(camera)
      isOwn = false
      await first.leave({ linger: false })
      if (isLeft) return { ok: false, reason: 'stopped', detail: 'left' }
      second = joinRelay(relays, camera, onWire, onEnd)
      return second.joined
    })()
    return {
      isBeside: true,
      joined,
      leave: async () => {
        isLeft = true
        cancelPatience()
        patience.resolve('late')
        // Interop: a device may end the first stream for the second (GB/T 28181-2022 Annex K c read widely): whoever watches is not disturbed again.
        if (isOwn && (streamOf(camera)?.restarts ?? 0) > restartsBefore) noteSingle(camera)
        await Promise.all([isOwn ? first.leave({ linger: false }) : undefined, second?.leave({ linger: false })])
      },
    }
  }
  return {
    join: (camera, onWire, onEnd, { besideMs } = {}) => {
      if (besideMs !== undefined && isWatched(camera) && !isSingle(camera)) return joinBeside(camera, onWire, onEnd, besideMs)
      const membership = joinRelay(relays, camera, onWire, onEnd)
      return { joined: membership.joined, leave: () => membership.leave({ linger: false }) }
    },
    carriersOf: carriersOver(registry),
    askDevice: askDeviceOver({ registry, userAgent, clock }),
  }
}
