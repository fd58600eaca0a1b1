import t from 'tap'
import { chew } from './chew.ts'
import { createPcapngWriter, ParseError, readPcapng, seededBytes, type Captured, type CapturedWire } from './index.ts'

const random = seededBytes(11)
const wire = (over: Partial<CapturedWire>): Captured => ({
  kind: 'wire',
  wire: {
    layer: 'media',
    direction: 'in',
    atUs: 1_760_000_000_123_456,
    transport: 'udp',
    local: { host: '192.0.2.10', port: 30_000 },
    remote: { host: '198.51.100.7', port: 40_000 },
    bytes: random(100),
    ...over,
  },
})
const tcp = { transport: 'tcp', local: { host: '192.0.2.10', port: 30_002 }, remote: { host: '198.51.100.7', port: 50_000 } } as const

function write(all: readonly Captured[]): Buffer {
  const writer = createPcapngWriter('test 1')
  return Buffer.concat([writer.header(), ...all.map((one) => (one.kind === 'wire' ? writer.wire(one.wire) : writer.note(one.atUs, one.text)))])
}

const table: readonly (readonly [string, readonly Captured[]])[] = [
  ['nothing', []],
  ['a note', [{ kind: 'note', atUs: 5, text: '{"type":"attempt","name":"六合"}' }]],
  ['signalling out over UDP', [wire({ layer: 'signal', direction: 'out', bytes: Buffer.from('INVITE sip:x SIP/2.0\r\n\r\n') })]],
  ['datagrams of 0, 1, 3 and the most bytes', [0, 1, 3, 65_507].map((length) => wire({ bytes: random(length) }))],
  ['TCP in both directions', [wire(tcp), wire({ ...tcp, direction: 'out' }), wire(tcp)]],
  ['TCP chunks at and above one segment', [1, 64_999, 65_000, 65_001, 200_000].map((length, n) => wire({ ...tcp, atUs: 1000 + n, bytes: random(length) }))],
  ['two TCP chunks of one moment stay two', [wire({ ...tcp, bytes: random(65_000) }), wire({ ...tcp, bytes: random(10) })]],
  ['IPv6', ['2001:db8::1', '::1', 'fe80::1:0:0:2', '1:2:3:4:5:6:7:8', '::ffff:192.0.2.1'].map((host) => wire({ local: { host, port: 1 }, remote: { host: '2001:db8::1:0:0:9', port: 2 } }))],
  ['times at both ends', [wire({ atUs: 0 }), wire({ atUs: 2 ** 52 })]],
]

t.test('what was written is read again', async (t) => {
  for (const [name, all] of table) t.same(readPcapng(write(all)), all, name)
})

t.test('a mixed pair of address families is written as IPv6', async (t) => {
  const [read] = readPcapng(write([wire({ local: { host: '0.0.0.0', port: 1 }, remote: { host: '::1', port: 2 } })]))
  t.match(read, { wire: { local: { host: '::ffff:0.0.0.0' }, remote: { host: '::1' } } })
})

/** IP packets of a capture, as the blocks hold them. */
function packets(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) === 6) found.push(bytes.subarray(at + 28, at + 28 + bytes.readUInt32LE(at + 20)))
  }
  return found
}

/** RFC 1071: the ones' complement sum over data that contains its own checksum is all ones. */
function onesSum(bytes: Buffer): number {
  const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)])
  let total = 0
  for (let at = 0; at < padded.length; at += 2) {
    total += padded.readUInt16BE(at)
    if (total > 0xffff) total -= 0xffff
  }
  return total
}

t.test('headers carry right checksums', async (t) => {
  for (const transport of ['udp', 'tcp'] as const) {
    for (const length of [0, 1, 2, 777, 65_000]) {
      for (const host of ['192.0.2.10', '2001:db8::1']) {
        if (transport === 'tcp' && length === 0) continue
        const [packet = Buffer.alloc(0)] = packets(write([wire({ transport, local: { host, port: 9 }, remote: { host, port: 65_535 }, bytes: random(length) })]))
        const isVersion4 = packet[0] === 0x45
        const segment = packet.subarray(isVersion4 ? 20 : 40)
        const pseudo = Buffer.alloc(8)
        pseudo.writeUInt32BE(segment.length, 0)
        pseudo.writeUInt32BE(transport === 'udp' ? 17 : 6, 4)
        if (isVersion4) t.equal(onesSum(packet.subarray(0, 20)), 0xffff, 'IPv4 header')
        t.equal(onesSum(Buffer.concat([packet.subarray(isVersion4 ? 12 : 8, isVersion4 ? 20 : 40), pseudo, segment])), 0xffff, `${transport} ${length} ${host}`)
      }
    }
  }
})

t.test('TCP numbers run on per direction and acknowledge the other', async (t) => {
  const all = [wire({ ...tcp, bytes: random(10) }), wire({ ...tcp, direction: 'out', bytes: random(5) }), wire({ ...tcp, bytes: random(70_000) }), wire({ ...tcp, bytes: random(1) })]
  const numbers = packets(write(all)).map((packet) => [packet.readUInt32BE(24), packet.readUInt32BE(28)])
  t.same(numbers, [[1, 1], [1, 11], [11, 6], [65_011, 6], [70_011, 6]])
})

t.test('blocks that are not understood are passed over', async (t) => {
  const all = [wire({}), { kind: 'note', atUs: 1, text: 'x' } as const]
  const bytes = write(all)
  const unknown = Buffer.alloc(16)
  unknown.writeUInt32LE(0x0bad, 0)
  unknown.writeUInt32LE(16, 4)
  unknown.writeUInt32LE(16, 12)
  t.same(readPcapng(Buffer.concat([bytes, unknown])), all)
})

t.test('another tool’s big-endian capture in nanoseconds is read', async (t) => {
  const block = (type: number, body: Buffer): Buffer => {
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(type, 0)
    frame.writeUInt32BE(body.length + 12, 4)
    return Buffer.concat([frame, body, frame.subarray(4)])
  }
  const section = block(0x0a0d0d0a, Buffer.from('1a2b3c4d00010000ffffffffffffffff', 'hex'))
  const description = block(1, Buffer.from('0065000000000000' + '0009000109000000' + '00000000', 'hex'))
  const [packet = Buffer.alloc(0)] = packets(write([wire({ layer: 'signal', bytes: Buffer.from('0123') })]))
  const fixed = Buffer.alloc(20)
  fixed.writeUInt32BE(5_000, 8)
  fixed.writeUInt32BE(packet.length, 12)
  t.same(readPcapng(Buffer.concat([section, description, block(6, Buffer.concat([fixed, packet]))])), [wire({ layer: 'signal', atUs: 5, bytes: Buffer.from('0123') })])
})

t.test('cut at every byte, the file is malformed or shorter, never wrong', async (t) => {
  const all = [wire({}), { kind: 'note', atUs: 1, text: 'note' } as const, wire({ ...tcp })]
  const bytes = write(all)
  for (let end = 0; end < bytes.length; end++) {
    try {
      const read = readPcapng(bytes.subarray(0, end))
      t.same(read, all.slice(0, read.length), 'whole blocks only')
    } catch (error) {
      if (!(error instanceof ParseError) || error.code !== 'pcapng.malformed') throw error
    }
  }
})

t.test('damage ends in ParseError or in a list no longer than the file', async (t) => {
  const samples = table.slice(0, 5).map(([, all]) => write(all))
  const before = samples.map((sample) => Buffer.from(sample))
  for (const bytes of chew(samples, 3000, 5)) {
    try {
      t.ok(readPcapng(bytes).length <= bytes.length / 12)
    } catch (error) {
      if (!(error instanceof ParseError) || error.code !== 'pcapng.malformed') throw error
    }
  }
  t.same(samples, before, 'the input is left alone')
})
