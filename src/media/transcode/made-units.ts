// Pictures that were made, as access units. A stage: it remembers the parameter sets between keyframes.
import { splitAnnexB } from '../h26x/annexb.ts'
import { h264, h264Type } from '../h26x/h264.ts'
import { createParameterSetKeeper } from '../h26x/parameter-sets.ts'
import type { AccessUnit } from '../types.ts'
import type { MadePicture } from './messages.ts'

export interface MadeUnits {
  /** Nothing where no slice is in it. */
  readonly push: (picture: MadePicture, receivedUs: number) => AccessUnit | undefined
}

export function createMadeUnits(): MadeUnits {
  const keeper = createParameterSetKeeper()
  return {
    push: ({ pts90k, bytes }, receivedUs) => {
      const nalUnits = splitAnnexB(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).filter((nal) => h264Type(nal) !== h264.delimiter)
      for (const nal of nalUnits) if (keeper.isOne(nal)) keeper.note(nal)
      const isKeyframe = nalUnits.some((nal) => h264Type(nal) === h264.idr)
      if (!isKeyframe && !nalUnits.some((nal) => h264Type(nal) === h264.slice)) return undefined
      const known = isKeyframe ? keeper.known() : undefined
      return { codec: 'h264', pts90k, isKeyframe, nalUnits, ...(known && { parameterSets: known.sets, width: known.width, height: known.height }), receivedUs, isDamaged: false }
    },
  }
}
