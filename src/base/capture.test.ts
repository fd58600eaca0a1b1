import t from 'tap'
import { chew } from './chew.ts'
import { createPcapngWriter, ParseError, readCapture, seededBytes } from './index.ts'
import { writeIpPacket } from './ip-packet.ts'

const device = { host: '192.0.2.7', port: 5060 }
const server = { host: '198.51.100.1', port: 5060 }
const text = (from: string): Buffer => Buffer.from(`MESSAGE sip:${from}@x SIP/2.0\r\n\r\n`)
const datagram = (bytes: Buffer, hosts: 4 | 6 = 4): Buffer => writeIpPacket({ transport: 'udp', from: hosts === 4 ? device : { ...device, host: '2001:db8::7' }, to: hosts === 4 ? server : { ...server, host: '2001:db8::1' }, bytes, isPushed: true })
const segment = (bytes: Buffer, seq: number, isStart = false, port = 40_000): Buffer => {
  const packet = writeIpPacket({ transport: 'tcp', from: { ...device, port }, to: server, bytes, isPushed: true }, { seq, ack: 1 })
  if (isStart) packet[20 + 13] = 0x02
  return packet
}

/** A classic capture file: magic, version, link type, packets at whole seconds. */
function pcap(link: number, frames: readonly Buffer[], form: 'little' | 'big' | 'nano' = 'little'): Buffer {
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4)
    if (form === 'big') bytes.writeUInt32BE(value)
    else bytes.writeUInt32LE(value)
    return bytes
  }
  const head = [u32(form === 'nano' ? 0xa1b23c4d : 0xa1b2c3d4), Buffer.from(form === 'big' ? [0, 2, 0, 4] : [2, 0, 4, 0]), u32(0), u32(0), u32(65_535), u32(link)]
  return Buffer.concat([...head, ...frames.flatMap((frame, n) => [u32(100 + n), u32(form === 'nano' ? 5000 : 5), u32(frame.length), u32(frame.length), frame])])
}
const said = (bytes: Buffer): string[] => readCapture(bytes).payloads.map((payload) => payload.bytes.toString())
const one = (): Buffer => datagram(text('a'))
const typed = (length: number, type: number): Buffer => Buffer.concat([Buffer.alloc(length), Buffer.from([type >> 8, type & 0xff])])

t.test('link types: the same datagram in each of them', async (t) => {
  const frames: readonly (readonly [string, number, Buffer])[] = [
    ['Ethernet', 1, Buffer.concat([typed(12, 0x0800), one()])],
    ['Ethernet with a VLAN tag', 1, Buffer.concat([typed(12, 0x8100), Buffer.from([0, 7]), typed(0, 0x0800), one()])],
    ['BSD loopback', 0, Buffer.concat([Buffer.from([2, 0, 0, 0]), one()])],
    ['OpenBSD loopback', 108, Buffer.concat([Buffer.from([0, 0, 0, 2]), one()])],
    ['raw IP', 101, one()],
    ['raw IPv4', 228, one()],
    ['Linux cooked', 113, Buffer.concat([typed(14, 0x0800), one()])],
    ['Linux cooked 2', 276, Buffer.concat([typed(0, 0x0800), Buffer.alloc(18), one()])],
  ]
  for (const [name, link, frame] of frames) t.same(said(pcap(link, [frame])), [text('a').toString()], name)
  t.match(readCapture(pcap(1, [Buffer.concat([typed(12, 0x86dd), datagram(text('six'), 6)])])), { payloads: [{ from: { host: '2001:db8::7', port: 5060 } }] })
  t.same(said(pcap(1, [Buffer.concat([typed(12, 0x0806), Buffer.alloc(28)])])), [], 'ARP is nobody\'s loss')
  const wireless = readCapture(pcap(105, [one(), one()]))
  t.same(wireless, { payloads: [], leftOut: ['2 packets of IEEE 802.11, which is not read'] }, 'what cannot be read is said')
})

t.test('file formats: byte orders, nanoseconds, pcapng', async (t) => {
  for (const form of ['little', 'big', 'nano'] as const) t.match(readCapture(pcap(101, [one(), one()], form)).payloads, [{ atUs: 100_000_005 }, { atUs: 101_000_005 }], form)
  const writer = createPcapngWriter('test')
  const ours = { layer: 'signal', direction: 'in', atUs: 7, transport: 'udp', local: server, remote: device, bytes: text('b') } as const
  const file = Buffer.concat([writer.header(), writer.wire(ours), writer.wire({ ...ours, layer: 'media' }), writer.note(8, '{}')])
  t.same(readCapture(file).payloads, [{ atUs: 7, transport: 'udp', from: device, to: server, bytes: text('b'), connection: 0 }], 'media and notes of our own recordings are no signalling')
  t.throws(() => readCapture(Buffer.from('SIP/2.0 200 OK\r\n\r\n and more of it')), ParseError)
  t.throws(() => readCapture(pcap(101, [one()]).subarray(0, -1)), /cut short/)
})

t.test('fragments in any order make one datagram', async (t) => {
  const whole = datagram(Buffer.alloc(3000, 'x'))
  const cut = (from: number, to: number): Buffer => {
    const piece = Buffer.concat([whole.subarray(0, 20), whole.subarray(20 + from, Math.min(20 + to, whole.length))])
    piece.writeUInt16BE(piece.length, 2)
    piece.writeUInt16BE((20 + to < whole.length ? 0x2000 : 0) | (from / 8), 6)
    return piece
  }
  const pieces = [cut(0, 1480), cut(1480, 2960), cut(2960, 4440)]
  for (const order of [[0, 1, 2], [2, 0, 1], [1, 1, 2, 0]]) t.same(said(pcap(101, order.flatMap((n) => pieces[n] ?? []))), ['x'.repeat(3000)], order.join())
  t.same(readCapture(pcap(101, pieces.slice(1))), { payloads: [], leftOut: ['1 fragmented datagrams with a piece missing'] })
})

t.test('TCP: out of order, sent twice, wrapped, a second connection on the same ports', async (t) => {
  const stream = Buffer.from('0123456789abcdefghij')
  const part = (from: number, to: number, start = 0): Buffer => segment(stream.subarray(from, to), (start + 1 + from) >>> 0)
  const joined = (bytes: Buffer): string => said(bytes).join('')
  const syn = (start = 0): Buffer => segment(Buffer.alloc(0), start >>> 0, true)
  t.equal(joined(pcap(101, [syn(), part(0, 5), part(10, 20), part(5, 10)])), stream.toString())
  t.equal(joined(pcap(101, [syn(), part(0, 8), part(0, 8), part(5, 12), part(12, 20), part(3, 9)])), stream.toString(), 'what was there before is not there twice')
  t.equal(joined(pcap(101, [syn(-10), part(0, 5, -10), part(5, 20, -10)])), stream.toString(), 'numbers that wrap')
  t.equal(joined(pcap(101, [part(4, 8), part(8, 20)])), stream.toString('latin1', 4), 'begun before the capture')
  const twice = readCapture(pcap(101, [syn(), part(0, 20), syn(7777), part(0, 20, 7777)]))
  t.same(twice.payloads.map(({ connection }) => connection), [1, 2])
  t.match(readCapture(pcap(101, [syn(), part(0, 5), part(10, 20)])), { leftOut: ['1 gaps in TCP streams'] })
})

t.test('chewed captures end in ParseError or in payloads no longer than the file', async (t) => {
  const samples = [pcap(1, [Buffer.concat([typed(12, 0x0800), one()]), Buffer.concat([typed(12, 0x0800), segment(seededBytes(3)(40), 9)])]), pcap(101, [one(), segment(text('c'), 1)], 'big'), pcap(276, [Buffer.concat([typed(0, 0x0800), Buffer.alloc(18), one()])], 'nano')]
  let read = 0
  for (const damaged of chew(samples, 20_000, 41)) {
    try {
      const { payloads } = readCapture(damaged)
      read++
      if (payloads.reduce((sum, { bytes }) => sum + bytes.length, 0) > damaged.length) t.fail('more came out than went in')
    } catch (error) {
      if (!(error instanceof ParseError)) t.fail(`${String(error)} from ${damaged.toString('base64')}`)
    }
  }
  t.ok(read > 1000, `${read} could be read`)
})
