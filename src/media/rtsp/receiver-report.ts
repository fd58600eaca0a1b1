// Sign of life to a camera: an empty receiver report with a name, and the datagrams that open a way through a NAT. RFC 3550 6.4.2, 6.5.

const version = 0x80
const receiverReport = 201
const sourceDescription = 202
const canonicalName = 1

/** Report blocks are none: 6.4.2 has the empty one for who reports nothing; cameras look only for its coming. */
export function writeReceiverReport(ssrc: number, name: string): Buffer {
  const report = Buffer.alloc(8)
  report.writeUInt8(version, 0)
  report.writeUInt8(receiverReport, 1)
  report.writeUInt16BE(1, 2)
  report.writeUInt32BE(ssrc, 4)
  const text = Buffer.from(name, 'latin1').subarray(0, 255)
  // One chunk: SSRC, the item, and zeros up to the next word, at least one.
  const chunk = Buffer.alloc(4 + Math.ceil((2 + text.length + 1) / 4) * 4)
  chunk.writeUInt32BE(ssrc, 0)
  chunk.writeUInt8(canonicalName, 4)
  chunk.writeUInt8(text.length, 5)
  text.copy(chunk, 6)
  const head = Buffer.from([version | 1, sourceDescription, 0, chunk.length / 4])
  return Buffer.concat([report, head, chunk])
}

/** An RTP packet without payload; a camera that reads it finds nothing in it. */
export function writePunch(ssrc: number): Buffer {
  const packet = Buffer.alloc(12)
  packet.writeUInt8(version, 0)
  packet.writeUInt32BE(ssrc, 8)
  return packet
}
