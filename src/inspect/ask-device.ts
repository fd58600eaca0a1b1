// What a device says of itself, asked between attempts, so that no response is measured beside it.
import type { Clock, Log } from '../base/index.ts'
import type { DeviceAnswer, Tap } from './types.ts'

/** Ours: how long what a device says of itself is waited for before a check is concluded without it. */
const askMs = 8_000

/** Resolves when it has answered or its time is over; what comes later is not told. */
export async function askDevice(camera: string, { tap, clock, log }: { readonly tap: Pick<Tap, 'askDevice'>; readonly clock: Clock; readonly log: Log }, onAnswer: (answer: DeviceAnswer) => void): Promise<void> {
  let isLate = false
  const said = tap.askDevice?.(camera, (answer) => {
    if (!isLate) onAnswer(answer)
  })
  let cancelPatience = (): void => {}
  const patience = new Promise<void>((resolve) => (cancelPatience = clock.after(askMs, resolve)))
  try {
    await Promise.race([said, patience])
  } catch (error) {
    log.warn({ camera, error: error instanceof Error ? error.message : String(error) }, 'the device could not be asked')
  } finally {
    isLate = true
    cancelPatience()
  }
}
