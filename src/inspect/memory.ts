// What a decoder remembers: each picture is compared with the one before it of the same session, and a child that was replaced in between
// has forgotten that one. Live check and replay draw the same conclusion from it.
import type { DecodeOutcome, PictureMeasure } from './types.ts'

const forgot = 'the decoding process that held the picture before has ended'

/** A picture of the same size that could not be compared with the one before counts as lost: then no one knows whether the picture stands still. */
export function insistOnMemory(outcome: DecodeOutcome, previous: PictureMeasure | undefined): DecodeOutcome {
  if (!outcome.ok || !previous) return outcome
  const { width, height, difference } = outcome.picture.measure
  if (difference !== undefined || width !== previous.width || height !== previous.height) return outcome
  return { ok: false, reason: 'decoder-lost', detail: forgot }
}

/** Whether a lost picture was decoded all the same, so that the child remembers it for the next one. */
export const isRemembered = (detail: string | undefined): boolean => detail === forgot
