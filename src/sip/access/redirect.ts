// Sending devices on to another server: 302 with its address, for who registers anew. GB/T 28181-2022 9.1.2.3, 7.1.
import { createBounded } from '../bounded.ts'

/** Who is sent on, and where to. */
export interface RedirectPolicy {
  /** The other server: a SIP URI such as `sip:34020000002000000002@192.0.2.9:5060`. */
  readonly to: string
  /** Devices that are registered here before any is sent on; 0 sends all. */
  readonly above: number
  /** Ids begin with one of these; none means every device. */
  readonly prefixes: readonly string[]
}

/** Ours: who is back within this time was refused there, or found nobody: it stays here. The agent returns to the redirector then (9.1.2.3). */
const backWithinUs = 600_000_000
const maxRemembered = 100_000

export interface Redirect {
  /** The URI to send this device to; undefined: it is taken here. Asked once for each authenticated registration. */
  readonly target: (deviceId: string, here: { readonly isRegistered: boolean; readonly count: number }, nowUs: number) => string | undefined
}

/** A device that is registered here stays, so that its refreshing costs no move. */
export function createRedirect(policy: RedirectPolicy | undefined): Redirect {
  const sentUs = createBounded<number>(maxRemembered)
  return {
    target: (deviceId, { isRegistered, count }, nowUs) => {
      if (!policy || isRegistered || count < policy.above) return undefined
      if (policy.prefixes.length > 0 && !policy.prefixes.some((prefix) => deviceId.startsWith(prefix))) return undefined
      const last = sentUs.get(deviceId)
      if (last !== undefined && nowUs - last < backWithinUs) return undefined
      sentUs.set(deviceId, nowUs)
      return policy.to
    },
  }
}
