// Which transport a large request takes when its target is UDP. RFC 3261 18.1.1.
import type { Address } from '../types.ts'

/** Chosen by the standard for paths of unknown MTU. */
export const datagramLimit = 1300
/** Ours: what an attempt at TCP may cost a request, and how long a peer that took none is not asked again. */
export const largeConnectMs = 2_000
const refusedUs = 600_000_000
const maxRefused = 10_000

export type Route = 'udp' | 'tcp' | 'try-tcp'

export interface LargeRoutes {
  /** `tcp`: a connection is open. `try-tcp`: one may be opened, and UDP is to follow when that fails. */
  readonly of: (byTcp: Address, bytes: number, nowUs: number) => Route
  readonly refused: (byTcp: Address, nowUs: number) => void
}

export function createLargeRoutes(isConnected: (remote: Address) => boolean): LargeRoutes {
  const refusedUntil = new Map<string, number>()
  const keyOf = ({ host, port }: Address): string => `${host} ${port}`
  return {
    of: (byTcp, bytes, nowUs) => {
      if (bytes <= datagramLimit) return 'udp'
      if (isConnected(byTcp)) return 'tcp'
      return nowUs < (refusedUntil.get(keyOf(byTcp)) ?? Number.NEGATIVE_INFINITY) ? 'udp' : 'try-tcp'
    },
    refused: (byTcp, nowUs) => {
      refusedUntil.delete(keyOf(byTcp))
      refusedUntil.set(keyOf(byTcp), nowUs + refusedUs)
      const [oldest] = refusedUntil.keys()
      if (refusedUntil.size > maxRefused && oldest !== undefined) refusedUntil.delete(oldest)
    },
  }
}
