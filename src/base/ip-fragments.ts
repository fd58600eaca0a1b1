// IPv4 datagrams that a network cut in pieces, put together again. RFC 791 3.2. A stage: whole packets pass through, the last piece of one gives it back.
import { ParseError } from './errors.ts'

/** Ours: unfinished datagrams and bytes held at once; beyond it the oldest is given up. */
const maxOpen = 64
const maxDatagram = 65_535

interface Open {
  readonly head: Buffer
  readonly pieces: Map<number, Buffer>
  /** Of the payload; known with the last piece. */
  total: number | undefined
}

export interface Fragments {
  /** The packet to read now: itself when it is whole, the joined one when this was the last piece missing, else undefined. */
  readonly push: (packet: Buffer) => Buffer | undefined
  /** Datagrams that never became whole. */
  readonly unfinished: () => number
}

export function createFragments(): Fragments {
  const open = new Map<string, Open>()
  let givenUp = 0
  return {
    push: (packet) => {
      if ((packet[0] ?? 0) >> 4 !== 4 || packet.length < 20) return packet
      const word = packet.readUInt16BE(6)
      const offset = (word & 0x1fff) * 8
      const isLast = (word & 0x2000) === 0
      if (offset === 0 && isLast) return packet
      const headerLength = ((packet[0] ?? 0) & 0x0f) * 4
      const end = packet.readUInt16BE(2)
      if (headerLength < 20 || end < headerLength || end > packet.length) throw new ParseError('pcapng.malformed', 'an IPv4 fragment contradicts its lengths')
      const key = `${packet.toString('hex', 12, 20)} ${packet.readUInt16BE(4)} ${packet[9]}`
      const found: Open = open.get(key) ?? { head: packet.subarray(0, headerLength), pieces: new Map<number, Buffer>(), total: undefined }
      found.pieces.set(offset, packet.subarray(headerLength, end))
      if (isLast) found.total = offset + end - headerLength
      open.set(key, found)
      const [oldest] = open.keys()
      if (open.size > maxOpen && oldest !== undefined) {
        open.delete(oldest)
        givenUp++
      }
      const payload = joined(found)
      if (!payload) return undefined
      open.delete(key)
      const whole = Buffer.concat([found.head, payload])
      whole.writeUInt16BE(whole.length, 2)
      whole.writeUInt16BE(0, 6)
      return whole
    },
    unfinished: () => givenUp + open.size,
  }
}

/** The payload when no byte of it is missing. */
function joined({ pieces, total }: Open): Buffer | undefined {
  if (total === undefined || total > maxDatagram) return undefined
  const bytes = Buffer.alloc(total)
  let covered = 0
  for (const [offset, piece] of [...pieces].sort(([one], [other]) => one - other)) {
    if (offset > covered) return undefined
    piece.copy(bytes, offset)
    covered = Math.max(covered, offset + piece.length)
  }
  return covered >= total ? bytes : undefined
}
