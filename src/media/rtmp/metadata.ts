// What an RTMP player is told of a stream before it: FFmpeg does not look for sound that nobody named. AMF 0 (Adobe), FLV 10.1 Annex E.5.
import type { FlvTag } from './tags.ts'

const h264 = 7
const aac = 10

/** The body of an onMetaData message for a stream that begins with this configuration of a decoder. */
export function metadataOf(video: Pick<FlvTag, 'body'>, { hasAudio }: { readonly hasAudio: boolean }): Buffer {
  // Enhanced RTMP names a codec by the number of its FourCC.
  const isEnhanced = ((video.body[0] ?? 0) & 0x80) !== 0 && video.body.length >= 5
  const fields = [numberField('videocodecid', isEnhanced ? video.body.readUInt32BE(1) : h264), ...(hasAudio ? [numberField('audiocodecid', aac)] : [])]
  const count = Buffer.alloc(4)
  count.writeUInt32BE(fields.length)
  return Buffer.concat([Buffer.from([stringMark]), text('onMetaData'), Buffer.from([arrayMark]), count, ...fields, objectEnd])
}

const stringMark = 2
const arrayMark = 8
const objectEnd = Buffer.from([0, 0, 9])

function text(value: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(value.length)
  return Buffer.concat([length, Buffer.from(value, 'latin1')])
}
function numberField(name: string, value: number): Buffer {
  const number = Buffer.alloc(9)
  number.writeDoubleBE(value, 1)
  return Buffer.concat([text(name), number])
}
