// How late this process itself is: a timer that should fire every so often, and by how much it did not. A slow inspector must not be taken
// for a slow camera. One timer serves all checks of a clock: two hundred of them would be a load of their own.
import type { Cancel, Clock } from '../base/index.ts'

const everyMs = 20

interface Meter {
  readonly watches: Set<{ maxUs: number }>
  dueUs: number
  cancel: Cancel
}

const meters = new WeakMap<Clock, Meter>()

/** Starts measuring. The returned function stops it and answers with the largest delay seen, in ms to 0.1 ms. */
export function measureLag(clock: Clock): () => number {
  const meter = meters.get(clock) ?? { watches: new Set(), dueUs: 0, cancel: () => {} }
  meters.set(clock, meter)
  const watch = { maxUs: 0 }
  meter.watches.add(watch)
  if (meter.watches.size === 1) arm(clock, meter)
  return () => {
    if (!meter.watches.delete(watch)) return tenths(watch.maxUs)
    watch.maxUs = Math.max(watch.maxUs, clock.nowUs() - meter.dueUs)
    if (meter.watches.size === 0) meter.cancel()
    return tenths(watch.maxUs)
  }
}

function arm(clock: Clock, meter: Meter): void {
  meter.dueUs = clock.nowUs() + everyMs * 1000
  meter.cancel = clock.after(everyMs, () => {
    const lateUs = clock.nowUs() - meter.dueUs
    for (const watch of meter.watches) if (lateUs > watch.maxUs) watch.maxUs = lateUs
    arm(clock, meter)
  })
}

const tenths = (us: number): number => Math.round(us / 100) / 10
