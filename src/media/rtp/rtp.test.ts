// RTP: packets, order, figures and TCP framing. Bytes from fixtures/rtp.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { ParseError, seededRandom } from '../../base/index.ts'
import { createRtpFramer, frameRfc4571 } from './framing.ts'
import { isRtcp, packetize, parseRtp, writeRtp, type RtpPacket } from './packet.ts'
import { createMarkerWatch } from './marker.ts'
import { createReception } from './reception.ts'
import { createReorder, type Ordered } from './reorder.ts'
import { createUnwrapper, distance, sequenceDistance } from './sequence.ts'

const folder = join(import.meta.dirname, '../../../fixtures/rtp')
const fixture = (name: string): Buffer => readFileSync(join(folder, name))
const whole = ['plain.rtp', 'csrc-extension-padding.rtp', 'payload-68-marker.rtp'].map(fixture)

t.test('a plain packet', (t) => {
  const packet = parseRtp(fixture('plain.rtp'))
  t.match(packet, { payloadType: 96, hasMarker: true, sequence: 65000, timestamp: 90000, ssrc: 0x05f5ed76, csrcs: [], padding: 0 })
  t.equal(packet.extension, undefined)
  t.equal(packet.payload.toString('hex', 0, 4), '000001ba')
  t.end()
})

t.test('CSRC, extension and padding', (t) => {
  const bytes = fixture('csrc-extension-padding.rtp')
  const packet = parseRtp(bytes)
  t.match(packet, { hasMarker: false, timestamp: 0xffffffff, ssrc: 0, csrcs: [10, 11], padding: 3, extension: { profile: 0xbede } })
  t.equal(packet.extension?.bytes.toString('hex'), '10aa0000')
  t.equal(packet.payload.toString('hex'), 'c0ffee')
  t.equal(packet.payload.buffer, bytes.buffer, 'the payload is a view')
  t.end()
})

t.test('write(parse(x)) = x', (t) => {
  for (const bytes of whole) t.same(writeRtp(parseRtp(bytes)), bytes)
  t.end()
})

t.test('damaged packets are refused with rtp.malformed', (t) => {
  const damaged = readdirSync(folder).filter((name) => name.startsWith('damaged'))
  t.equal(damaged.length, 6)
  for (const name of damaged) t.throws(() => parseRtp(fixture(name)), { name: 'ParseError', code: 'rtp.malformed' }, name)
  t.end()
})

t.test('RTCP is told from RTP, payload type 68 with marker is not taken for it', (t) => {
  t.equal(isRtcp(fixture('rtcp-first.rtcp')), true)
  for (const bytes of whole) t.equal(isRtcp(bytes), false)
  t.equal(isRtcp(Buffer.from([0x80, 200])), false, 'too short')
  t.end()
})

t.test('packetize: one timestamp, numbers that wrap, the marker on the last', (t) => {
  const payload = Buffer.from(Array.from({ length: 2500 }, (_, i) => i & 0xff))
  const packets = packetize(payload, { payloadType: 96, ssrc: 7, timestamp: 2 ** 32 + 5, firstSequence: 65535, maxPayload: 1000 }).map(parseRtp)
  t.same(packets.map((p) => [p.sequence, p.timestamp, p.hasMarker, p.payload.length]), [[65535, 5, false, 1000], [0, 5, false, 1000], [1, 5, true, 500]])
  t.same(Buffer.concat(packets.map((p) => p.payload)), payload)
  t.same(packetize(Buffer.alloc(0), { payloadType: 96, ssrc: 7, timestamp: 0, firstSequence: 0, maxPayload: 1000 }), [])
  t.end()
})

t.test('numbers that wrap', (t) => {
  t.equal(sequenceDistance(65535, 0), 1)
  t.equal(sequenceDistance(0, 65535), -1)
  t.equal(distance(2 ** 33 - 1, 0, 33), 1)
  t.equal(distance(5, 2 ** 33 - 5, 33), -10)
  t.equal(distance(0, 0xffffffff, 32), -1)
  const unwrap = createUnwrapper(33)
  t.same([2 ** 33 - 3600, 0, 3600, 2 ** 33 - 1].map(unwrap), [2 ** 33 - 3600, 2 ** 33, 2 ** 33 + 3600, 2 ** 33 - 1])
  t.end()
})

const numbered = (sequence: number, ssrc = 1) => parseRtp(writeRtp({ payloadType: 96, sequence: sequence & 0xffff, timestamp: 0, ssrc, payload: Buffer.from([sequence & 0xff]) }))
/** Pushes the numbers one millisecond apart; a gap shows as `-lost`. */
const order = (sequences: readonly number[], options = { depth: 8, waitUs: 1_000_000 }): number[] => {
  const reorder = createReorder(options)
  const show = (o: Ordered): number => (o.type === 'gap' ? 0 - o.lost : o.packet.sequence)
  return [...sequences.flatMap((s, i) => reorder.push(numbered(s), i * 1000)), ...reorder.flush()].map(show)
}

t.test('reorder', (t) => {
  t.same(order([1, 2, 3]), [1, 2, 3])
  t.same(order([1, 3, 2, 4]), [1, 2, 3, 4], 'swapped')
  t.same(order([65534, 0, 65535, 1]), [65534, 65535, 0, 1], 'swapped over the wrap')
  t.same(order([1, 2, 2, 1, 3]), [1, 2, 3], 'repeated')
  t.same(order([1, 3, 3, 2]), [1, 2, 3], 'repeated while held')
  t.same(order([1, 4, 5]), [1, -2, 4, 5], 'two lost, said at the end')
  t.same(order([1, 3, 4, 5, 2], { depth: 2, waitUs: 1_000_000 }), [1, -1, 3, 4, 5], 'depth bounds the wait')
  t.same(order([1, 3, 5, 6, 7], { depth: 8, waitUs: 1500 }), [1, -1, 3, -1, 5, 6, 7], 'arrival time bounds the wait')
  t.same(order([1, 3, 4], { depth: 0, waitUs: 0 }), [1, -1, 3, 4], 'depth 0 holds nothing')
  t.same(order([10, 11, 40000, 12, 13]), [10, 11, 12, 13], 'one stray number is no new numbering')
  t.same(order([10, 11, 40000, 40001, 40002]), [10, 11, 0, 40001, 40002], 'two in a row are')
  t.end()
})

t.test('reorder holds no more than its depth, whatever comes', (t) => {
  const random = seededRandom(11)
  const reorder = createReorder({ depth: 16, waitUs: 50_000 })
  const given: number[] = []
  let mostHeld = 0
  for (let i = 0; i < 5000; i++) {
    const sequence = Math.max(0, i + Math.floor(random() * 30) - 15)
    for (const ordered of reorder.push(numbered(sequence), i * 1000)) if (ordered.type === 'packet') given.push(ordered.packet.sequence)
    mostHeld = Math.max(mostHeld, reorder.stats().held)
  }
  t.ok(given.length > 2000)
  t.same(given, [...new Set(given)].sort((a, b) => a - b), 'in order, each once')
  t.equal(mostHeld, 16)
  t.end()
})

const timed = (sequence: number, timestamp: number, ssrc = 1) => parseRtp(writeRtp({ payloadType: 96, sequence: sequence & 0xffff, timestamp: timestamp >>> 0, ssrc, payload: Buffer.alloc(10) }))

t.test('reception: loss by RFC 3550 A.3', (t) => {
  const reception = createReception()
  t.same(reception.figures(), { packets: 0, bytes: 0, expected: 0, lost: 0, lossRate: 0, jitterMs: 0, duplicates: 0 })
  for (const sequence of [65533, 65534, 0, 65535, 3, 3]) reception.note(timed(sequence, 0), 22, 0)
  t.match(reception.figures(), { packets: 6, bytes: 132, expected: 7, lost: 2, lossRate: 2 / 7, duplicates: 1, ssrc: 1, payloadType: 96 })
  reception.note(timed(1, 0), 22, 0)
  t.match(reception.figures(), { lost: 1 }, 'a late one counts as received')
  t.end()
})

t.test('reception: a new numbering goes on counting, a stray number does not count', (t) => {
  const reception = createReception()
  for (const sequence of [1, 2, 3]) reception.note(timed(sequence, 0), 22, 0)
  reception.note(timed(50000, 0), 22, 0)
  t.match(reception.figures(), { packets: 3, expected: 3, lost: 0 })
  for (const sequence of [20, 21, 23]) reception.note(timed(sequence, 0, 2), 22, 0)
  t.match(reception.figures(), { packets: 6, expected: 7, lost: 1, ssrc: 2 })
  t.end()
})

t.test('reception: jitter by RFC 3550 A.8', (t) => {
  const steady = createReception()
  for (let i = 0; i < 50; i++) steady.note(timed(i, i * 3600 + 0xfffff000), 22, i * 40_000)
  t.equal(steady.figures().jitterMs, 0, 'an even stream, over the wrap of the timestamp')
  const uneven = createReception()
  // Every second packet is 8 ms late: each transit differs by 8 ms = 720 ticks from the one before.
  let expected = 0
  for (let i = 0; i < 20; i++) {
    uneven.note(timed(i, i * 3600), 22, i * 40_000 + (i % 2) * 8000)
    if (i > 0) expected += (720 - expected) / 16
  }
  t.ok(Math.abs(uneven.figures().jitterMs - expected / 90) < 1e-9)
  t.end()
})

const stream = Array.from({ length: 12 }, (_, i) =>
  writeRtp({ payloadType: 96, sequence: 65530 + i - (i > 5 ? 65536 : 0), timestamp: i * 3600, ssrc: 0x05f5ed76, payload: Buffer.alloc(20 + i * 37, i) }),
)
const interleave = (packet: Buffer, channel = 0): Buffer => Buffer.concat([Buffer.from([0x24, channel, packet.length >> 8, packet.length & 0xff]), packet])
const rtcp = fixture('rtcp-first.rtcp')
const frame = (bytes: Buffer, cut = bytes.length): Buffer[] => {
  const framer = createRtpFramer()
  const packets: Buffer[] = []
  for (let at = 0; at < bytes.length; at += cut) packets.push(...framer.push(bytes.subarray(at, at + cut)).map((packet) => Buffer.from(packet)))
  return packets
}

t.test('framing: RFC 4571 and interleaved, RTCP among them, cut anywhere', (t) => {
  for (const wrap of [frameRfc4571, interleave]) {
    const expected = [rtcp, ...stream.slice(0, 4), rtcp, ...stream.slice(4)]
    const bytes = Buffer.concat(expected.map((packet) => wrap(packet)))
    t.same(frame(bytes), expected)
    for (let at = 1; at < bytes.length; at++) {
      const framer = createRtpFramer()
      const packets = [...framer.push(bytes.subarray(0, at)).map((packet) => Buffer.from(packet)), ...framer.push(bytes.subarray(at))]
      if (!Buffer.concat(packets).equals(Buffer.concat(expected))) t.fail(`cut at ${at}`)
    }
    t.same(frame(bytes, 1), expected, 'byte by byte')
  }
  t.end()
})

t.test('framing: lengths that went wrong (Q93)', (t) => {
  const frames = stream.map(frameRfc4571)
  // The fifth packet lost its last 30 bytes on a short write: its length reaches into the sixth.
  const short = Buffer.concat(frames.map((bytes, i) => (i === 4 ? bytes.subarray(0, bytes.length - 30) : bytes)))
  const framer = createRtpFramer()
  const packets = framer.push(short)
  t.same(packets.slice(0, 4), stream.slice(0, 4))
  t.same(packets.slice(-6), stream.slice(6), 'goes on with the second packet after the damage')
  t.match(framer.stats(), { resynchronisations: 1, framing: 'rfc4571' })
  for (const cut of [1, 7, 100]) t.same(frame(short, cut), packets, `in chunks of ${cut}`)

  const inserted = Buffer.concat([...frames.slice(0, 5), Buffer.from('garbage between two frames, long enough'), ...frames.slice(5)])
  t.same(frame(inserted), stream, 'garbage between frames costs nothing')
  for (const cut of [1, 13]) t.same(frame(inserted, cut), stream)
  t.end()
})

/** The last is larger than a chunk of a network. */
const packetsOf68 = [...stream.map((packet, i) => (i === 0 ? Buffer.concat([Buffer.from([0x80, 68]), packet.subarray(2)]) : packet))]
const header = Buffer.concat([Buffer.from([1, 0, 1, 0]), Buffer.alloc(252, 0x31)])
/** With a byte 0D behind the RTP header. */
const marked = (packet: Buffer): Buffer => Buffer.concat([packet.subarray(0, 12), Buffer.from([0x0d]), packet.subarray(12)])

t.test('framing: EHOME, a header of 256 bytes before interleaved packets (Q92)', (t) => {
  const packs = stream.map((packet) => Buffer.concat([packet.subarray(0, 12), Buffer.from([0, 0, 1, 0xba]), packet.subarray(12)]))
  const shapes: Record<string, readonly [Buffer, readonly Buffer[]]> = {
    'once': [Buffer.concat([header, ...stream.map((packet) => interleave(packet))]), stream],
    'before the first three': [Buffer.concat(stream.map((packet, i) => Buffer.concat([i < 3 ? header : Buffer.alloc(0), interleave(packet)]))), stream],
    'before each': [Buffer.concat(stream.map((packet) => Buffer.concat([header, interleave(packet)]))), stream],
    'before two-byte lengths': [Buffer.concat([header, ...stream.map(frameRfc4571)]), stream],
    'with a byte more before each payload': [Buffer.concat([header, ...packs.map((packet) => interleave(marked(packet)))]), packs],
  }
  for (const [name, [bytes, expected]] of Object.entries(shapes)) {
    for (const cut of [bytes.length, 1, 7, 100]) t.same(frame(bytes, cut), expected, `${name}, in chunks of ${cut}`)
    const framer = createRtpFramer()
    framer.push(bytes)
    t.match(framer.stats(), { framing: 'ehome', resynchronisations: 0, skippedBytes: 0 })
  }
  const long = writeRtp({ payloadType: 96, sequence: 65_529, timestamp: 1, ssrc: 0x05f5ed76, payload: Buffer.alloc(244, 1) })
  const framer = createRtpFramer()
  t.same(framer.push(Buffer.concat([long, ...stream].map(frameRfc4571))), [long, ...stream], 'a first packet of 256 bytes has the same two bytes')
  t.match(framer.stats(), { framing: 'rfc4571', resynchronisations: 0 })
  t.same(frame(Buffer.concat([interleave(marked(stream[0] ?? long)), ...stream.slice(1).map((packet) => interleave(packet))]))[0], marked(stream[0] ?? long), 'where there is no EHOME no byte is taken away')
  t.end()
})

t.test('framing: payload type 68 with private bytes before each packet: found by its SSRC, learned, and no trouble from then on (Q92)', (t) => {
  const lead = Buffer.from('HKMI, and 20 more ..')
  const bytes = Buffer.concat(packetsOf68.map((packet, i) => Buffer.concat([i === 0 ? Buffer.alloc(0) : lead, frameRfc4571(packet)])))
  for (const cut of [bytes.length, 1, 7, 100]) t.same(frame(bytes, cut), packetsOf68, `in chunks of ${cut}`)
  const framer = createRtpFramer()
  framer.push(bytes)
  t.match(framer.stats(), { framing: 'rfc4571', resynchronisations: 3, leadBytes: 20, skippedBytes: 60 })
  t.end()
})

t.test('framing: begins in garbage, another SSRC takes over', (t) => {
  const frames = stream.map(frameRfc4571)
  t.same(frame(Buffer.concat([Buffer.alloc(300, 0x55), ...frames])), stream)
  const other = stream.map((packet) => Buffer.concat([packet.subarray(0, 8), Buffer.from([0, 0, 0, 9]), packet.subarray(12)]))
  t.same(frame(Buffer.concat([...frames, ...other.map(frameRfc4571)])), [...stream, ...other])
  t.end()
})

t.test('chewing: only ParseError, input not altered, memory bounded', (t) => {
  const samples = [...whole, rtcp]
  const before = samples.map((bytes) => Buffer.from(bytes))
  for (const bytes of chew(samples, 20_000, 3550)) {
    try {
      const copy = Buffer.from(bytes)
      const packet = parseRtp(bytes)
      if (!bytes.equals(copy) || packet.payload.length > bytes.length) t.fail('altered its input')
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
  const framed = [Buffer.concat(stream.map(frameRfc4571)), Buffer.concat(stream.map((p) => interleave(p)))]
  const framer = createRtpFramer()
  let held = 0
  for (const bytes of chew(framed, 1500, 4571)) {
    held += bytes.length
    for (const packet of framer.push(bytes)) held -= packet.length
  }
  t.ok(held - framer.stats().skippedBytes < 200_000, 'what is neither given nor skipped is bounded')
  t.same(samples, before)
  t.end()
})

t.test('the marker is believed after eight frames, and after a lie only when it was right for twice as long', (t) => {
  const watch = createMarkerWatch()
  let sequence = 0
  let timestamp = 0
  const packet = (hasMarker: boolean): RtpPacket => parseRtp(writeRtp({ payloadType: 96, hasMarker, sequence: sequence++ & 0xffff, timestamp, ssrc: 1, payload: Buffer.alloc(4) }))
  /** Three packets, the last marked; whether that one is said to end the frame. */
  const frame = (): boolean => {
    timestamp += 3600
    const [first, second, last] = [watch.endsFrame(packet(false)), watch.endsFrame(packet(false)), watch.endsFrame(packet(true))]
    t.notOk(first || second, 'only a marked packet ends a frame')
    return last
  }
  const frames = (count: number): number => Array.from({ length: count }, frame).filter(Boolean).length
  t.equal(frames(8), 0)
  t.equal(frames(5), 5)
  watch.gap()
  t.equal(frames(2), 2, 'a loss says nothing of the camera')
  timestamp += 3600
  watch.endsFrame(packet(true))
  t.equal(watch.endsFrame(packet(true)), false, 'more of the frame after its mark')
  t.equal(frames(15), 0)
  t.equal(frames(5), 5)
  t.end()
})
