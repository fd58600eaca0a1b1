// How late this process itself is: a timer that should fire every so often, and by how much it did not. A slow inspector must not be taken
// for a slow camera.
import type { Clock } from '../base/index.ts'

const everyMs = 20

/** Starts measuring. The returned function stops it and answers with the largest delay seen, in ms to 0.1 ms. */
export function measureLag(clock: Clock): () => number {
  let maxUs = 0
  let cancel = (): void => {}
  const note = (dueUs: number): void => {
    maxUs = Math.max(maxUs, clock.nowUs() - dueUs)
  }
  let dueUs = 0
  const arm = (): void => {
    dueUs = clock.nowUs() + everyMs * 1000
    cancel = clock.after(everyMs, () => {
      note(dueUs)
      arm()
    })
  }
  arm()
  return () => {
    cancel()
    note(dueUs)
    return Math.round(maxUs / 100) / 10
  }
}
