// Start codes of the system layer among those of video. ISO/IEC 13818-1 2.5.3; ids from B9 up, video's own are all below.

export const startCode = Buffer.from([0, 0, 1])
export const packStart = Buffer.from([0, 0, 1, 0xba])
export const lowestSystemId = 0xb9

/** A payload that begins with a packet of the system layer: no NAL unit has such a header, whose highest bit is 0. */
export const startsSystemLayer = (payload: Buffer): boolean => payload.length > 3 && payload[0] === 0 && payload[1] === 0 && payload[2] === 1 && (payload[3] ?? 0) >= lowestSystemId

/** Interop: header_data_length wrong by one (Q90). The first video packet of a pack begins with a start code: where it does, one byte off, follow it. */
export function misalignment(data: Buffer, payloadAt: number): -1 | 0 | 1 {
  const isStart = (at: number): boolean => data[at] === 0 && data[at + 1] === 0 && (data[at + 2] === 1 || (data[at + 2] === 0 && data[at + 3] === 1))
  if (isStart(payloadAt)) return 0
  if (isStart(payloadAt + 1)) return 1
  return isStart(payloadAt - 1) ? -1 : 0
}

/**
 * Where the first start code of the system layer from `from` on stands, any with `isAnyId`, else a pack header only. Not sure: where one
 * may begin when more bytes come, or the end of the data, is n, said as -1 - n. Nothing beyond `limit` is looked at.
 */
export function findSystemStart(data: Buffer, from: number, limit: number, isAnyId: boolean): number {
  for (let found = data.indexOf(startCode, from); found !== -1; found = data.indexOf(startCode, found + 3)) {
    if (found >= limit || found + 3 >= data.length) return -1 - found
    const id = data.readUInt8(found + 3)
    if (id === 0xba || (isAnyId && id >= lowestSystemId)) return found
  }
  let tail = data.length
  while (tail > from && data.length - tail < 2 && data[tail - 1] === 0) tail--
  return -1 - tail
}
