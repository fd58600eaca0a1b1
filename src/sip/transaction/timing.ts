// The timers' base values. RFC 3261 17.1.1.1 and table 4.
import type { Transport } from '../types.ts'

export interface Timing {
  /** Estimate of the round trip: 500 ms in the standard. */
  readonly t1Ms: number
  /** Longest pause between retransmissions of a non-INVITE request or an INVITE's response: 4 s. */
  readonly t2Ms: number
  /** Longest time a message stays in the network: 5 s. */
  readonly t4Ms: number
  /** How long a transaction lives at most: 64 T1 = 32 s (timers B, F, H, J, L, M and D). */
  readonly lifeMs: number
  /** Over TCP nothing is sent twice and nothing is waited for after the end. */
  readonly isReliable: boolean
}

/** All values keep the standard's proportion to T1. */
export const timingOf = (transport: Transport, t1Ms: number): Timing => ({ t1Ms, t2Ms: 8 * t1Ms, t4Ms: 10 * t1Ms, lifeMs: 64 * t1Ms, isReliable: transport === 'tcp' })

/** What a server transaction needs to know of an answer; the rest is its owner's. */
export interface Answered {
  readonly status: number
}
