// FLV tags, and those of video. Adobe FLV 10.1 Annex E.4.3 for H.264; Enhanced RTMP v1 for H.265 (FourCC hvc1: mpegts.js 1.7.3, FFmpeg 6.1 and later).
// Each function returns a whole tag with the size that follows it: one buffer, shared by all viewers.
import { h264, h264Type } from '../h26x/h264.ts'
import { h265, h265Type } from '../h26x/h265.ts'
import type { AccessUnit, ParameterSets } from '../types.ts'
import { avcConfiguration, hevcConfiguration } from './configuration.ts'

const tagHeaderBytes = 11
const newRoom = (size: number): Buffer => Buffer.allocUnsafe(size)
const videoTag = 9
const fourCc = Buffer.from('hvc1')
/** AVCPacketType and the enhanced PacketType. */
const sequenceStart = 0
const avcNalUnits = 1
/** Coded frames without a composition time: presentation is decoding order. */
const codedFramesX = 3

/** Decoder configuration of a keyframe that carries its parameter sets: avcC or hvcC. `timestampMs` is taken modulo 2^32. */
export function flvSequenceHeader(unit: AccessUnit, timestampMs: number): Buffer {
  const sets = unit.parameterSets
  if (!sets) throw new Error('an FLV sequence header needs parameter sets: take them from a keyframe')
  const configuration = unit.codec === 'h264' ? avcConfiguration(sets) : hevcConfiguration(sets)
  return writeTag(videoTag, [videoPrefix({ ...unit, isKeyframe: true }, sequenceStart), configuration], timestampMs)
}

/** One picture: NAL units behind four-byte lengths. Delimiters and the parameter sets of the sequence header are left out. `room`: where it is written. */
export function flvVideoTag(unit: AccessUnit, timestampMs: number, room = newRoom): Buffer {
  const parts: Buffer[] = [videoPrefix(unit, unit.codec === 'h264' ? avcNalUnits : codedFramesX)]
  for (const nal of unit.nalUnits) {
    if (isSaidElsewhere(unit, nal)) continue
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32BE(nal.length, 0)
    parts.push(length, nal)
  }
  return writeTag(videoTag, parts, timestampMs, room)
}

// H.264: frame type 4, codec 7 | packet type 8 | composition time 24
// H.265: 1, frame type 3, packet type 4 | FourCC 32
function videoPrefix(unit: AccessUnit, packetType: number): Buffer {
  const frameType = unit.isKeyframe ? 1 : 2
  if (unit.codec === 'h264') return Buffer.from([(frameType << 4) | 7, packetType, 0, 0, 0])
  return Buffer.concat([Buffer.from([0x80 | (frameType << 4) | packetType]), fourCc])
}

function isSaidElsewhere(unit: AccessUnit, nal: Buffer): boolean {
  const isDelimiter = unit.codec === 'h264' ? h264Type(nal) === h264.delimiter : h265Type(nal) === h265.delimiter
  return isDelimiter || isOneOf(unit.parameterSets, nal)
}
const isOneOf = (sets: ParameterSets | undefined, nal: Buffer): boolean => sets !== undefined && (sets.sps.equals(nal) || sets.pps.equals(nal) || sets.vps?.equals(nal) === true)

// type 8 | data size 24 | timestamp 24, its upper 8 | stream id 24 = 0 | data | size of this tag 32
export function writeTag(type: number, parts: readonly Buffer[], timestampMs: number, room = newRoom): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const tag = room(tagHeaderBytes + size + 4)
  const time = Math.round(timestampMs) % 0x1_0000_0000
  tag[0] = type
  tag.writeUIntBE(size, 1, 3)
  tag.writeUIntBE(time % 0x100_0000, 4, 3)
  tag[7] = Math.floor(time / 0x100_0000)
  tag.writeUIntBE(0, 8, 3)
  let at = tagHeaderBytes
  for (const part of parts) at += part.copy(tag, at)
  tag.writeUInt32BE(tagHeaderBytes + size, at)
  return tag
}
