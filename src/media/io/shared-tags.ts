// The tag of a picture, made once for all its viewers. Connections that take it at once are lent it, each with its own time stamped in, and
// its memory is then that of the next picture; a connection that has to wait for its network keeps the tag, and the next one is made elsewhere.
import { flvVideoTag } from '../flv/tag.ts'
import type { AccessUnit } from '../types.ts'
import type { FlvSink } from './flv-sink.ts'

/** Memory of the tags that are lent. Grows with the largest picture. */
let room: Buffer = Buffer.alloc(0)
const firstRoom = 64 * 1024

/** The last picture's, as it is lent and as it is kept. A memo, no state: pictures come to all viewers of a stream in a row. */
let lent: { readonly unit: AccessUnit; readonly tag: Buffer } | undefined
let lasting: { readonly unit: AccessUnit; readonly tag: Buffer } | undefined

/** Writes a picture to one viewer; returns its bytes. */
export function sendPicture(unit: AccessUnit, ms: number, sink: FlvSink): number {
  if (!sink.lend || sink.backlogBytes() > 0) {
    const tag = lastingTag(unit)
    sink.write(stamped(tag, ms))
    return tag.length
  }
  const tag = lentTag(unit)
  stamp(tag, ms)
  if (!sink.lend(tag)) {
    room = room.subarray(0, 0)
    lent = undefined
  }
  return tag.length
}

function lentTag(unit: AccessUnit): Buffer {
  if (lent?.unit !== unit) {
    const take = (size: number): Buffer => {
      if (room.length < size) room = Buffer.allocUnsafeSlow(Math.max(size, firstRoom))
      return room.subarray(0, size)
    }
    lent = { unit, tag: flvVideoTag(unit, 0, take) }
  }
  return lent.tag
}

function lastingTag(unit: AccessUnit): Buffer {
  if (lasting?.unit !== unit) lasting = { unit, tag: flvVideoTag(unit, 0) }
  return lasting.tag
}

//   0      1..3       4..6              7               8..10      11..
// | type | dataSize | timestamp 23..0 | timestamp 31..24 | streamId | data ...     FLV 10.1 E.4.1
const tagHeaderBytes = 11

function stamp(tag: Buffer, ms: number): void {
  tag.writeUIntBE(ms & 0xffffff, 4, 3)
  tag.writeUInt8((ms >>> 24) & 0xff, 7)
}

/** Below this a copy costs less than a second piece. */
const smallTagBytes = 2048

/** A shared tag with a viewer's own time: a header of its own before the shared rest. */
export function stamped(tag: Buffer, ms: number): readonly Buffer[] {
  const isSmall = tag.length <= smallTagBytes
  const header = Buffer.from(isSmall ? tag : tag.subarray(0, tagHeaderBytes))
  stamp(header, ms)
  return isSmall ? [header] : [header, tag.subarray(tagHeaderBytes)]
}
