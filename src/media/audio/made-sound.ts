// The AAC that is made of G.711, and silence in AAC. ISO/IEC 14496-3 4.4.2.1 (raw_data_block), 4.4.2.7.
import { audioSpecificConfig } from './adts.ts'

/** Twice the rate of G.711: frames of 64 ms in place of 128, and players that know no 8 kHz. */
export const madeRate = 16_000
/** AAC-LC, 16 kHz, one channel. */
export const madeConfig: Buffer = audioSpecificConfig(2, 8, 1)

const aacLc = 2
// id 3 = 0 (one channel) | tag 4 | gain 8 | reserved 1, window sequence 2, shape 1, bands 6: 0 | predictor 1 | pulse 1, noise shaping 1, gain control 1: 0 | end 3 = 7
const silentMono = bits('000 0000 00000000 0 00 0 000000 0 0 0 0 111')
// id 3 = 1 (a pair) | tag 4 | common window 1 | reserved 1, window sequence 2, shape 1, bands 6 | predictor 1 | mid and side 2 | twice: gain 8, pulse 1, noise shaping 1, gain control 1 | end 3
const silentStereo = bits('001 0000 1 0 00 0 000000 0 00 00000000 0 0 0 00000000 0 0 0 111')

/** One access unit of silence for a decoder of this AudioSpecificConfig; undefined where it is not plain AAC of one or two channels. */
export function silenceFor(config: Buffer): Buffer | undefined {
  const [first = 0, second = 0] = config
  const channels = (second >> 3) & 0x0f
  if (first >> 3 !== aacLc) return undefined
  return channels === 1 ? silentMono : channels === 2 ? silentStereo : undefined
}

function bits(text: string): Buffer {
  const plain = text.replaceAll(' ', '')
  const padded = plain.padEnd(Math.ceil(plain.length / 8) * 8, '0')
  return Buffer.from(Array.from({ length: padded.length / 8 }, (_, n) => Number.parseInt(padded.slice(n * 8, n * 8 + 8), 2)))
}
