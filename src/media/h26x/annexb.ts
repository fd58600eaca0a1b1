// Byte stream of NAL units between start codes. H.264 (2021) Annex B; H.265 (2021) Annex B.

const startCode = Buffer.from([0, 0, 1])
const longStartCode = Buffer.from([0, 0, 0, 1])

/** Where a NAL unit stands in its picture: what says that a new one begins, what continues it, what only stands by. */
export type NalRole = 'first-slice' | 'slice' | 'before' | 'beside'

/** NAL units as views without start codes and trailing zeros; bytes before the first start code are none. */
export function splitAnnexB(bytes: Buffer): Buffer[] {
  const nalUnits: Buffer[] = []
  let at = bytes.indexOf(startCode)
  while (at !== -1) {
    const start = at + 3
    at = bytes.indexOf(startCode, start)
    let end = at === -1 ? bytes.length : at
    while (end > start && bytes[end - 1] === 0) end--
    if (end > start) nalUnits.push(bytes.subarray(start, end))
  }
  return nalUnits
}

/** Each NAL unit behind a start code of four bytes. */
export const joinAnnexB = (nalUnits: readonly Buffer[]): Buffer => Buffer.concat(nalUnits.flatMap((nal) => [longStartCode, nal]))

/** True when a NAL unit begins right here, so that what came before is complete. */
export function startsNalUnit(bytes: Buffer): boolean {
  let zeros = 0
  while (bytes[zeros] === 0) zeros++
  return zeros >= 2 && bytes[zeros] === 1
}
