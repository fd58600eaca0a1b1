// Video into a program stream, one pack per frame, sound in packets between them. GB/T 28181-2022 Annex C.1; ISO/IEC 13818-1 2.5.3.
import { joinAnnexB } from '../h26x/annexb.ts'
import type { AudioCodec, VideoCodec } from '../types.ts'
import { maxPesPayload, writePes } from './pes.ts'
import { streamTypes, writePsm } from './psm.ts'

export interface PsMuxer {
  /** One frame as one pack: pack header, on keyframes system header and PSM, then PES packets that share the PTS. */
  readonly push: (unit: { readonly nalUnits: readonly Buffer[]; readonly pts90k: number; readonly isKeyframe: boolean }) => Buffer
  /** One packet of sound: G.711, or AAC in its ADTS framing. 64 KB at most. */
  readonly pushAudio: (frame: { readonly data: Buffer; readonly pts90k: number }) => Buffer
}

const videoStreamId = 0xe0
const audioStreamId = 0xc0
/** Multiplex rate in 50 bytes/s: 20 Mbit/s, more than any camera we send for. */
const muxRate = 50_000
const clockBits = 2 ** 33
const audioTypes = { pcma: streamTypes.g711a, pcmu: streamTypes.g711u, aac: streamTypes.aac } as const

/** `audio`: named in the map and the system header. */
export function createPsMuxer({ codec, audio }: { readonly codec: VideoCodec; readonly audio?: AudioCodec }): PsMuxer {
  const map = writePsm([{ streamType: streamTypes[codec], streamId: videoStreamId }, ...(audio ? [{ streamType: audioTypes[audio], streamId: audioStreamId }] : [])])
  const system = systemHeader(audio !== undefined)
  const push: PsMuxer['push'] = ({ nalUnits, pts90k, isKeyframe }) => {
    const pts = pts90k % clockBits
    const parts = [packHeader(pts)]
    if (isKeyframe) parts.push(system, map)
    const frame = joinAnnexB(nalUnits)
    for (let at = 0; at < frame.length; at += maxPesPayload) parts.push(writePes(videoStreamId, pts, frame.subarray(at, at + maxPesPayload)))
    return Buffer.concat(parts)
  }
  return { push, pushAudio: ({ data, pts90k }) => writePes(audioStreamId, pts90k % clockBits, data.subarray(0, maxPesPayload)) }
}

// 00 00 01 BA | 01 SCR[32..30] 1 SCR[29..15] 1 SCR[14..0] 1 extension[8..0] 1 | mux rate 22, 1 1 | 11111 stuffing 3
function packHeader(scr: number): Buffer {
  const header = Buffer.alloc(14)
  header.writeUInt32BE(0x1ba, 0)
  const high = Math.floor(scr / 2 ** 30) & 0x07
  header[4] = 0x44 | (high << 3) | ((scr >>> 28) & 0x03)
  header[5] = (scr >>> 20) & 0xff
  header[6] = 0x04 | ((scr >>> 12) & 0xf8) | ((scr >>> 13) & 0x03)
  header[7] = (scr >>> 5) & 0xff
  header[8] = 0x04 | ((scr << 3) & 0xf8)
  header[9] = 0x01
  header.writeUIntBE(muxRate * 4 + 3, 10, 3)
  header[13] = 0xf8
  return header
}

// 00 00 01 BB | length 16 | 1 rate bound 22 1 | audio bound 6, fixed, CSPS | audio lock, video lock, 1, video bound 5
// | restriction 1, 7 x 1 | per stream: id 8, 11, scale 1, buffer size 13 (in KiB where scale is 1)
function systemHeader(hasAudio: boolean): Buffer {
  const header = Buffer.alloc(hasAudio ? 18 : 15)
  header.writeUInt32BE(0x1bb, 0)
  header.writeUInt16BE(header.length - 6, 4)
  header.writeUIntBE(0x800001 | (muxRate << 1), 6, 3)
  header[9] = hasAudio ? 0x04 : 0x00
  header[10] = 0x21
  header[11] = 0x7f
  header[12] = videoStreamId
  header.writeUInt16BE(0xe000 | 2048, 13)
  if (hasAudio) {
    // Scale 0: units of 128 bytes.
    header[15] = audioStreamId
    header.writeUInt16BE(0xc000 | 32, 16)
  }
  return header
}
