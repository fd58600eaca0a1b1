// What a device is asked when it registers anew: who it is, how it keeps alive, what it lists. Some at once, the others in turn, as after a power cut.
import type { Clock, Log } from '../../base/index.ts'
import type { Asks } from './asks.ts'
import type { Device } from '../device.ts'
import { createTurns } from './turns.ts'

export interface IntroductionsOptions {
  readonly clock: Clock
  readonly log: Log
  /** Devices asked at once. */
  readonly atOnce: number
  /** One after the other; each settles by itself. */
  readonly questions: readonly ((device: Device) => Promise<unknown>)[]
}

export interface Introductions {
  readonly welcome: (device: Device) => void
  readonly stats: () => { readonly running: number; readonly waiting: number }
  readonly close: () => void
}

/** Ours: a place is held no longer than this, so that the silent ones do not keep the others waiting. */
const placeMs = 10_000
/** Ours: devices that may wait for their first questions. */
const mostWaiting = 100_000

export function createIntroductions({ clock, log, atOnce, questions }: IntroductionsOptions): Introductions {
  const turns = createTurns({ atOnce, waiting: mostWaiting, waitingPerKey: 1 })

  const welcome = async (device: Device): Promise<void> => {
    const leave = await turns.take(device.id)
    if (!leave) return
    const cancel = clock.after(placeMs, leave)
    try {
      for (const ask of questions) await ask(device)
    } finally {
      cancel()
      leave()
    }
  }
  return {
    welcome: (device) => {
      if (questions.length > 0) welcome(device).catch((error: unknown) => log.error({ deviceId: device.id, error }, 'the first questions failed'))
    },
    stats: turns.stats,
    close: turns.close,
  }
}

/** Asks for BasicParam and lets presence go by it, which takes of it what makes sense. GB/T 28181-2022 A.2.1.19. */
export async function askKeepalive(asks: Asks, device: Device): Promise<void> {
  const outcome = await asks.ask(device.id, { type: 'query-config-download', deviceId: device.id, configTypes: ['BasicParam'] })
  const said = outcome.ok ? outcome.value.config.basicParam : undefined
  if (said?.heartBeatIntervalS === undefined) return
  device.heard({ type: 'rule', rule: { intervalMs: said.heartBeatIntervalS * 1000, misses: said.heartBeatCount ?? 0 } })
}
