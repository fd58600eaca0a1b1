// Tells an elementary stream from a program stream by its bytes: a sequence parameter set in a payload of its own decides.
// GB/T 28181-2022 Annex C.2; interop: program stream offered and H.264 sent directly, under any payload type (Q96).
import { ParseError } from '../../base/index.ts'
import { createDepacketizer } from '../h26x/depacketizer.ts'
import { parseH264Sps } from '../h26x/h264.ts'
import { h265, h265Type, parseH265Sps } from '../h26x/h265.ts'
import { startsSystemLayer } from '../ps/start-code.ts'
import type { VideoCodec } from '../types.ts'

/** No camera's parameter set comes near it; the middle of a frame is longer. */
const maxSetBytes = 256
/** Profiles of H.264 Annex A and G that cameras have. */
const profiles: ReadonlySet<number> = new Set([66, 77, 83, 86, 88, 100, 110, 122, 244])

/** The codec whose sequence parameter set a payload holds, alone or aggregated; undefined for everything else, a program stream among it. */
export function elementaryCodec(payload: Buffer): VideoCodec | undefined {
  if (startsSystemLayer(payload)) return undefined
  if (createDepacketizer('h264').push(payload).some(({ nal }) => isH264Set(nal))) return 'h264'
  return createDepacketizer('h265').push(payload).some(({ nal }) => isH265Set(nal)) ? 'h265' : undefined
}

const isH264Set = (nal: Buffer): boolean => [0x27, 0x47, 0x67].includes(nal[0] ?? 0) && isReadable(nal, () => profiles.has(parseH264Sps(nal).profileIdc))
const isH265Set = (nal: Buffer): boolean => h265Type(nal) === h265.sps && ((nal[0] ?? 0) & 0x81) === 0 && nal[1] === 1 && isReadable(nal, () => parseH265Sps(nal).width > 0)

function isReadable(nal: Buffer, read: () => boolean): boolean {
  if (nal.length > maxSetBytes) return false
  try {
    return read()
  } catch (error) {
    if (error instanceof ParseError) return false
    throw error
  }
}
