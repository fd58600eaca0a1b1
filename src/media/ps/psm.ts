// Program stream map: which elementary stream has which codec. ISO/IEC 13818-1 2.5.4; codes of GB/T 28181-2022 Annex C.1.
// Read for information only: the demuxer trusts bytes. Interop: wrong CRC, wrong map lengths, wrong types (Q82, Q83).
import { ParseError } from '../../base/index.ts'

export const streamTypes = { h264: 0x1b, h265: 0x24, g711a: 0x90, g711u: 0x91, aac: 0x0f } as const

export interface MappedStream {
  readonly streamType: number
  readonly streamId: number
}

export interface ProgramStreamMap {
  readonly version: number
  readonly streams: readonly MappedStream[]
  readonly isCrcRight: boolean
}

/** ISO/IEC 13818-1 2.5.4.1: program_stream_map_length shall not exceed 1018. */
export const maxMapLength = 1018

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc >>> 0
})

/** CRC_32 of MPEG systems: polynomial 04C11DB7, all ones first, no reflection. Over a map with its CRC it is 0. Annex A of 13818-1. */
export function crc32Mpeg(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = ((crc << 8) ^ (crcTable[(crc >>> 24) ^ byte] ?? 0)) >>> 0
  return crc
}

// 00 00 01 BC | length 16 | current 1, xx, version 5 | 7 x 1, marker 1 | info length 16 | info | map length 16 | map | CRC 32
// map entry: type 8 | stream id 8 | info length 16 | info
/** Reads one map from its start code on. Lengths that overrun are clamped; throws ParseError `ps.malformed` where nothing can be read. */
export function parsePsm(bytes: Buffer): ProgramStreamMap {
  if (bytes.length < 16 || bytes.readUInt32BE(0) !== 0x1bc) throw new ParseError('ps.malformed', `PSM: no map in ${bytes.length} bytes`)
  const end = Math.min(bytes.length, 6 + bytes.readUInt16BE(4))
  const crcAt = end - 4
  const mapAt = 10 + bytes.readUInt16BE(8)
  const streams: MappedStream[] = []
  for (let at = mapAt + 2; at + 4 <= crcAt; at += 4 + bytes.readUInt16BE(at + 2)) {
    streams.push({ streamType: bytes.readUInt8(at), streamId: bytes.readUInt8(at + 1) })
  }
  return { version: bytes.readUInt8(6) & 0x1f, streams, isCrcRight: crc32Mpeg(bytes.subarray(0, end)) === 0 }
}

export function writePsm(streams: readonly MappedStream[], version = 0): Buffer {
  const map = Buffer.alloc(16 + streams.length * 4)
  map.writeUInt32BE(0x1bc, 0)
  map.writeUInt16BE(map.length - 6, 4)
  map[6] = 0x80 | 0x60 | (version & 0x1f)
  map[7] = 0xff
  map.writeUInt16BE(streams.length * 4, 10)
  streams.forEach(({ streamType, streamId }, i) => {
    map[12 + i * 4] = streamType
    map[13 + i * 4] = streamId
  })
  map.writeUInt32BE(crc32Mpeg(map.subarray(0, map.length - 4)), map.length - 4)
  return map
}
