// One picture of a camera now: the next keyframe of its stream, decoded in the child process.
import { UnreachableError } from '../api/index.ts'
import type { Clock } from '../base/index.ts'
import type { Decoder, RuleSet } from '../inspect/index.ts'
import type { AccessUnit, Relays } from '../media/index.ts'

const waitMs = 15_000

/** Joins the relay as a viewer, so a running stream costs no INVITE. Returns a JPEG; throws UnreachableError with the reason, and the SIP status with who gave it. */
export async function snapshot(camera: string, relays: Relays, decoder: Decoder, rules: RuleSet, clock: Clock): Promise<Buffer> {
  let found: (unit: AccessUnit | undefined) => void = () => {}
  const keyframe = new Promise<AccessUnit | undefined>((resolve) => (found = resolve))
  const cancel = clock.after(waitMs, () => found(undefined))
  const membership = relays.join(camera, {
    kind: 'viewer',
    onUnit: (unit) => unit.isKeyframe && !unit.isDamaged && found(unit),
    onEnd: () => found(undefined),
  })
  const session = decoder.open(rules)
  try {
    const joined = await membership.joined
    if (!joined.ok) throw new UnreachableError({ ...joined, detail: `${camera}: ${joined.reason}: ${joined.detail}` })
    const unit = await keyframe
    if (!unit) throw new UnreachableError({ ok: false, reason: 'no-keyframe', detail: `${camera}: no keyframe within ${waitMs / 1000} s` })
    const decoded = await session.push({ codec: unit.codec, nalUnits: unit.nalUnits })
    if (!decoded.ok) throw new UnreachableError({ ok: false, reason: decoded.reason, detail: `${camera}: ${decoded.reason}: ${decoded.detail}` })
    return decoded.picture.jpeg
  } finally {
    cancel()
    session.close()
    await membership.leave()
  }
}
