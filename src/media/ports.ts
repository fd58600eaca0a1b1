// Leased RTP ports: even ones within a range (RFC 3550 11: RTCP is the odd one above), one per stream, kept back for a while after use.
import { AppError, type Clock } from '../base/index.ts'

export interface PortLease {
  readonly port: number
  /** Gives it back; a second time is nothing. */
  readonly release: () => void
}

export interface PortFigures {
  readonly total: number
  readonly leased: number
  /** Given back but not yet lent again. */
  readonly resting: number
}

export interface Ports {
  /** Throws AppError `ports.too-few` when all are in use or at rest. */
  readonly lease: () => PortLease
  readonly figures: () => PortFigures
}

/**
 * Interop: devices that keep sending after BYE (ZLMediaKit 1298, 1517). A port rests before the next stream gets it, so that one
 * camera's media cannot pass for another's. 30 s: longer than a device takes to notice.
 */
const defaultRestMs = 30_000

/** `first` to `last`, both included. */
export function createPorts(options: { readonly first: number; readonly last: number; readonly restMs?: number; readonly clock: Clock }): Ports {
  const { first, last, restMs = defaultRestMs, clock } = options
  const lowest = first + (first % 2)
  const total = Math.max(0, Math.floor((last - lowest) / 2) + 1)
  const leased = new Set<number>()
  const restUntilUs = new Map<number, number>()
  let cursor = 0

  const wake = (): void => {
    for (const [port, untilUs] of restUntilUs) if (untilUs <= clock.nowUs()) restUntilUs.delete(port)
  }
  const lend = (port: number): PortLease => {
    leased.add(port)
    let isOut = true
    return {
      port,
      release: () => {
        if (!isOut) return
        isOut = false
        leased.delete(port)
        restUntilUs.set(port, clock.nowUs() + restMs * 1000)
      },
    }
  }
  return {
    lease: () => {
      wake()
      for (let tried = 0; tried < total; tried++) {
        const port = lowest + 2 * cursor
        cursor = (cursor + 1) % total
        if (!leased.has(port) && !restUntilUs.has(port)) return lend(port)
      }
      throw new AppError('ports.too-few', `no media port free in ${first}-${last}: ${leased.size} in use, ${restUntilUs.size} at rest; widen media.ports`)
    },
    figures: () => {
      wake()
      return { total, leased: leased.size, resting: restUntilUs.size }
    },
  }
}
