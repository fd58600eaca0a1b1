// One picture of a camera now: the next keyframe of its stream, decoded in the child process. Who asks at the same time gets the same.
import { UnreachableError } from '../api/index.ts'
import type { Clock } from '../base/index.ts'
import type { Decoder, RuleSet } from '../inspect/index.ts'
import type { AccessUnit, Relays, StreamKey } from '../media/index.ts'

export interface Still {
  readonly jpeg: Buffer
  /** When its last byte came from the camera. */
  readonly takenAtMs: number
}

export interface SnapshotDeps {
  readonly relays: Relays
  readonly decoder: Pick<Decoder, 'open'>
  readonly rules: RuleSet
  readonly clock: Clock
}

const waitMs = 15_000
/** A kept keyframe that is older than this is a picture of then; a newer one is waited for, for a while. Cameras with a keyframe in thirty seconds exist. */
const freshUs = 3_000_000
const fresherMs = 4_000

/** Throws UnreachableError with the reason, and the SIP status with who gave it. */
export function createSnapshots(deps: SnapshotDeps): (key: StreamKey) => Promise<Still> {
  const running = new Map<StreamKey, Promise<Still>>()
  return (key) => {
    const known = running.get(key)
    if (known) return known
    const still = snapshot(key, deps).finally(() => running.delete(key))
    running.set(key, still)
    return still
  }
}

/** Joins the relay as a viewer, so a running stream costs no INVITE. */
async function snapshot(key: StreamKey, { relays, decoder, rules, clock }: SnapshotDeps): Promise<Still> {
  const { promise: keyframe, resolve: found } = Promise.withResolvers<AccessUnit | undefined>()
  let old: AccessUnit | undefined
  let cancelFresher = (): void => {}
  const cancel = clock.after(waitMs, () => found(old))
  const membership = relays.join(key, {
    kind: 'viewer',
    onUnit: (unit) => {
      if (!unit.isKeyframe || unit.isDamaged) return
      if (clock.nowUs() - unit.receivedUs <= freshUs) return found(unit)
      old ??= unit
      cancelFresher()
      cancelFresher = clock.after(fresherMs, () => found(old))
    },
    onEnd: () => found(old),
  })
  const session = decoder.open(rules)
  try {
    const joined = await membership.joined
    if (!joined.ok) throw new UnreachableError({ ...joined, detail: `${key}: ${joined.reason}: ${joined.detail}` })
    const unit = await keyframe
    if (!unit) throw new UnreachableError({ ok: false, reason: 'no-keyframe', detail: `${key}: no keyframe within ${waitMs / 1000} s` })
    const takenAtMs = Math.round(clock.wallMs() - (clock.nowUs() - unit.receivedUs) / 1000)
    const decoded = await session.jpeg({ codec: unit.codec, nalUnits: unit.nalUnits })
    if (!decoded.ok) throw new UnreachableError({ ok: false, reason: decoded.reason, detail: `${key}: ${decoded.reason}: ${decoded.detail}` })
    return { jpeg: decoded.jpeg, takenAtMs }
  } finally {
    cancel()
    cancelFresher()
    session.close()
    await membership.leave()
  }
}
