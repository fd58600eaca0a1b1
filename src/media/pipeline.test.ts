// The pipeline from wire to access units: both transports, loss, order, strangers, foreign containers. Streams from fixtures/h26x.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../base/chew.ts'
import { seededRandom } from '../base/index.ts'
import { createAccessUnitAssembler, createPipeline, createPsMuxer, createRtpFramer, frameRfc4571, packetize, type AccessUnit, type MediaTransport } from './index.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../fixtures', name))
const unitsOf = (name: string): AccessUnit[] => {
  const assembler = createAccessUnitAssembler()
  return [...assembler.push({ streamId: 0xe0, bytes: fixture(name), isDamaged: false, receivedUs: 0 }), ...assembler.flush()]
}
const source = unitsOf('h26x/plain.h264')
const streams = { h264: source, h265: unitsOf('h26x/plain.h265') } as const

interface Sent {
  readonly bytes: Buffer
  readonly atUs: number
  readonly frame: number
}
/** Twenty-five frames a second as RTP datagrams of small payloads, so that frames take several. */
const send = (units: readonly AccessUnit[], options: { ssrc?: number; firstSequence?: number; startUs?: number; codec?: 'h264' | 'h265' } = {}): Sent[] => {
  const { ssrc = 100_003_190, firstSequence = 65_500, startUs = 0, codec = 'h264' } = options
  const muxer = createPsMuxer({ codec })
  let sequence = firstSequence
  return units.flatMap((unit, frame) => {
    const pack = muxer.push({ nalUnits: unit.nalUnits, pts90k: frame * 3600, isKeyframe: unit.isKeyframe })
    const packets = packetize(pack, { payloadType: 96, ssrc, timestamp: frame * 3600, firstSequence: sequence, maxPayload: 100 })
    sequence += packets.length
    return packets.map((bytes, i) => ({ bytes, atUs: startUs + frame * 40_000 + i * 50, frame }))
  })
}
const run = (sent: readonly Sent[], transport: MediaTransport = 'udp') => {
  const pipeline = createPipeline({ transport })
  const units = sent.flatMap(({ bytes, atUs }) => pipeline.push(transport === 'udp' ? bytes : frameRfc4571(bytes), atUs))
  units.push(...pipeline.flush())
  return { units, figures: pipeline.figures(), firstPacketUs: pipeline.firstPacketUs() }
}
const nalUnits = (units: readonly AccessUnit[]): Buffer[][] => units.map((unit) => [...unit.nalUnits])
const rtcp = fixture('rtp/rtcp-first.rtcp')

t.test('both codecs over both transports: every unit, its time, its arrival', (t) => {
  for (const codec of ['h264', 'h265'] as const) {
    for (const transport of ['udp', 'tcp-passive'] as const) {
      const sent = send(streams[codec], { codec, startUs: 1_000_000 })
      const { units, figures, firstPacketUs } = run(sent, transport)
      t.same(nalUnits(units), nalUnits(streams[codec]), `${codec} over ${transport}`)
      t.match(units[0], { codec, isKeyframe: true, width: 128, height: 96, isDamaged: false })
      t.same(units.map((unit) => unit.pts90k), units.map((_, i) => i * 3600))
      t.same(units.map((unit) => unit.receivedUs), units.map((_, i) => sent.filter(({ frame }) => frame === i).at(-1)?.atUs))
      t.match(figures, { codec, accessUnits: 10, keyframes: 2, packs: 10, resynchronisations: 0, container: 'ps', reception: { packets: sent.length, expected: sent.length, lost: 0, ssrc: 100_003_190, payloadType: 96 } })
      t.equal(firstPacketUs, 1_000_000)
    }
  }
  t.end()
})

/** Units given with each frame's packets, and at the end. */
const givenBy = (sent: readonly Sent[]) => {
  const pipeline = createPipeline({ transport: 'udp' })
  const given = Array.from({ length: 1 + Math.max(...sent.map((packet) => packet.frame)) }, () => 0)
  for (const { bytes, atUs, frame } of sent) given[frame] = (given[frame] ?? 0) + pipeline.push(bytes, atUs).length
  return { given, rest: pipeline.flush().length }
}
const marked = (sent: readonly Sent[], isMarked: (packet: Sent, i: number) => boolean): Sent[] =>
  sent.map((packet, i) => {
    const bytes = Buffer.from(packet.bytes)
    bytes[1] = isMarked(packet, i) ? 0xe0 : 0x60
    return { ...packet, bytes }
  })

t.test('a unit is given with the next frame, and with its own last packet once the camera has marked eight frames rightly', (t) => {
  t.same(givenBy(send(source)), { given: [0, 1, 1, 1, 1, 1, 1, 1, 2, 1], rest: 0 })
  t.end()
})

t.test('who marks no packet, each packet or the wrong one is not believed (Q98)', (t) => {
  const sent = send(source)
  for (const [name, wrong] of [['none', () => false], ['all', () => true], ['the first', (packet: Sent, i: number) => sent[i - 1]?.frame !== packet.frame]] as const) {
    t.same(givenBy(marked(sent, wrong)), { given: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1], rest: 1 }, name)
    t.same(nalUnits(run(marked(sent, wrong)).units), nalUnits(source), name)
  }
  t.end()
})

/** Packets of a file of length-prefixed ones. */
const packetsOf = (name: string): Buffer[] => createRtpFramer().push(fixture(name)).map((packet) => Buffer.from(packet))

t.test('elementary streams in RTP, as FFmpeg sends them: single, aggregated and fragmented NAL units (Q96)', (t) => {
  for (const codec of ['h264', 'h265'] as const) {
    const packets = packetsOf(`rtp/ffmpeg-${codec}.rfc4571`)
    for (const transport of ['udp', 'tcp-passive'] as const) {
      const { units, figures } = run(packets.map((bytes, i) => ({ bytes, atUs: i * 10_000, frame: i })), transport)
      t.same(nalUnits(units), nalUnits(streams[codec]), `${codec} over ${transport}`)
      t.match(units[0], { codec, isKeyframe: true, width: 128, height: 96, isDamaged: false })
      t.same(units.map((unit) => unit.pts90k - (units[0]?.pts90k ?? 0)), units.map((_, i) => i * 3600))
      t.match(figures, { codec, container: 'elementary', packs: 0, accessUnits: 10, keyframes: 2 })
    }
    const fragment = packets.findLastIndex((bytes) => (codec === 'h264' ? (bytes[12] ?? 0) % 32 === 28 : (bytes[12] ?? 0) >> 1 === 49))
    const { units } = run(packets.filter((_, i) => i !== fragment).map((bytes, i) => ({ bytes, atUs: i * 10_000, frame: i })))
    t.same(nalUnits(units), nalUnits(streams[codec].filter((_, i) => i !== 5)), `${codec}: with a fragment its only slice is lost, and no other`)
  }
  t.end()
})

t.test('a camera that turns from an elementary stream to a program stream is followed', (t) => {
  const elementary = packetsOf('rtp/ffmpeg-h264.rfc4571').map((bytes, i) => ({ bytes, atUs: i * 10_000, frame: 0 }))
  const first = elementary[0]?.bytes
  const ssrc = first?.readUInt32BE(8) ?? 0
  const next = ((elementary.at(-1)?.bytes.readUInt16BE(2) ?? 0) + 1) & 0xffff
  const { units, figures } = run([...elementary, ...send(source, { ssrc, firstSequence: next, startUs: 1_000_000 })])
  t.same(nalUnits(units), nalUnits([...source, ...source]))
  t.equal(figures.container, 'ps')
  t.end()
})

t.test('a TCP stream in any chunks gives the same units', (t) => {
  const bytes = Buffer.concat(send(source).map((sent) => frameRfc4571(sent.bytes)))
  for (const cut of [1, 37, 1000, bytes.length]) {
    const pipeline = createPipeline({ transport: 'tcp-passive' })
    const units: AccessUnit[] = []
    for (let at = 0; at < bytes.length; at += cut) units.push(...pipeline.push(bytes.subarray(at, at + cut), at))
    t.same(nalUnits([...units, ...pipeline.flush()]), nalUnits(source), `chunks of ${cut}`)
  }
  t.end()
})

t.test('disorder and repetition within the window cost nothing', (t) => {
  const random = seededRandom(28181)
  const sent = send(source)
  const shuffled = sent.map((packet, i) => ({ packet, key: i === 0 ? -1 : i + random() * 8 })).sort((a, b) => a.key - b.key).flatMap(({ packet }) => (random() < 0.2 ? [packet, packet] : [packet]))
  const arrivals = shuffled.map((packet, i) => ({ ...packet, atUs: i * 1000 }))
  const { units, figures } = run(arrivals)
  t.same(nalUnits(units), nalUnits(source))
  t.match(figures.reception, { lost: 0, expected: sent.length, duplicates: arrivals.length - sent.length })
  t.end()
})

t.test('a lost packet damages its frame and no other, on both transports', (t) => {
  const sent = send(source)
  for (const transport of ['udp', 'tcp-passive'] as const) {
    for (const frame of [0, 3, 5] as const) {
      const lost = sent.findIndex((packet) => packet.frame === frame) + 1
      const { units, figures } = run(sent.filter((_, i) => i !== lost), transport)
      t.equal(figures.reception.lost, 1)
      t.equal(figures.resynchronisations, 1)
      if (frame === 0) t.equal(units[0]?.pts90k, 5 * 3600, 'the second packet held the parameter sets: the gate waits for the next keyframe')
      else if (frame === 5) t.same(units.map((unit) => unit.pts90k / 3600), [0, 1, 2, 3, 4, 6, 7, 8, 9], 'no slice of it was left')
      else t.same(units.filter((unit) => unit.isDamaged).map((unit) => unit.pts90k), [frame * 3600], `frame ${frame} over ${transport}`)
      for (const unit of units.filter((u) => !u.isDamaged)) t.same(unit.nalUnits, source[unit.pts90k / 3600]?.nalUnits)
    }
  }
  t.end()
})

t.test('a damaged keyframe is given and marked', (t) => {
  const sent = send(source)
  const last = sent.findLastIndex((packet) => packet.frame === 0)
  const { units } = run(sent.filter((_, i) => i !== last - 1))
  t.match(units[0], { isKeyframe: true, isDamaged: true, width: 128 })
  t.same(units.map((unit) => unit.isDamaged), source.map((_, i) => i === 0))
  t.end()
})

t.test('a stream joined midway: nothing before the first keyframe (Q99)', (t) => {
  const { units, figures } = run(send(source).filter((packet) => packet.frame >= 2))
  t.same(nalUnits(units), nalUnits(source.slice(5)))
  t.match(figures, { keyframes: 1, packs: 8, container: 'ps' })
  const without = run(send(source).filter((packet) => packet.frame % 5 !== 0))
  t.same(without.units, [])
  t.match(without.figures, { keyframes: 0, packs: 8 })
  t.end()
})

t.test('RTCP that comes first binds nothing (Q94)', (t) => {
  const { units, figures, firstPacketUs } = run([{ bytes: rtcp, atUs: 5, frame: 0 }, ...send(source, { startUs: 100 })])
  t.equal(units.length, 10)
  t.equal(firstPacketUs, 100)
  t.match(figures, { discarded: { rtcp: 1, strangers: 0, malformed: 0 } })
  t.end()
})

t.test('strangers are counted and dropped; the camera that restarts with another SSRC is followed (Q95)', (t) => {
  const sent = send(source)
  const stranger = send(source, { ssrc: 9, firstSequence: 7 })
  const mixed = sent.flatMap((packet, i) => (i === 0 ? [packet] : [{ ...(stranger[i] ?? packet), atUs: packet.atUs }, packet]))
  const { units, figures } = run(mixed)
  t.same(nalUnits(units), nalUnits(source))
  t.match(figures, { discarded: { strangers: sent.length - 1 }, reception: { ssrc: 100_003_190, lost: 0 } })

  const restarted = run([...sent.slice(0, 20), ...send(source, { ssrc: 9, firstSequence: 65_100, startUs: 2_000_000 })])
  t.same(nalUnits(restarted.units.slice(-10)), nalUnits(source))
  t.match(restarted.figures.reception, { ssrc: 9, lost: 0 })
  const times = restarted.units.map((unit) => unit.pts90k)
  t.ok(times.every((pts, i) => i === 0 || pts > (times[i - 1] ?? 0)), 'the times run on')
  t.end()
})

t.test('what is no RTP is counted', (t) => {
  const { units, figures } = run([{ bytes: Buffer.from('hello'), atUs: 0, frame: 0 }, ...send(source)])
  t.equal(units.length, 10)
  t.match(figures, { discarded: { malformed: 1 } })
  t.match(createPipeline({ transport: 'udp' }).figures(), { container: 'unknown', packs: 0, payloadBytes: 0, accessUnits: 0 })
  t.end()
})

t.test('a container that is not PS is called by its name (Q79)', (t) => {
  // The structure of a Hikvision platform of 2013: PT 96, said to be PS, beginning 01 00 00 00 02 e2 42 00.
  const foreign = (frames: number, bytes: number): Sent[] => {
    let sequence = 1
    return Array.from({ length: frames }, (_, frame) => {
      const payload = Buffer.concat([Buffer.from('0100000002e24200', 'hex'), Buffer.alloc(bytes, 0x5a)])
      const packets = packetize(payload, { payloadType: 96, ssrc: 3, timestamp: frame * 3600, firstSequence: sequence, maxPayload: 1400 })
      sequence += packets.length
      return packets.map((packet) => ({ bytes: packet, atUs: frame * 40_000, frame }))
    }).flat()
  }
  t.equal(run(foreign(3, 2000)).figures.container, 'unknown', 'the third frame is not known to be whole')
  t.equal(run(foreign(4, 2000)).figures.container, 'other')
  t.equal(run(foreign(40, 500)).figures.container, 'unknown')
  t.equal(run(foreign(130, 500)).figures.container, 'other', '64 KiB')
  t.equal(run([...foreign(4, 2000), ...send(source, { ssrc: 4, startUs: 5_000_000 })]).figures.container, 'ps', 'a pack header overrules')
  t.end()
})

t.test('the same pushes give the same units, damage included', (t) => {
  const sent = send(source).filter((_, i) => i % 17 !== 5)
  t.same(run(sent), run(sent))
  t.end()
})

t.test('chewing: nothing is thrown, input is not altered, the stream comes back', (t) => {
  const random = seededRandom(2022)
  const sent = send(Array.from({ length: 30 }, () => source).flat())
  const bites = chew([...sent.slice(0, 50).map(({ bytes }) => bytes), rtcp], sent.length, 2022)
  const chewed = sent.map((packet) => {
    const bytes = bites.next().value ?? packet.bytes
    return random() < 0.03 ? { ...packet, bytes } : packet
  })
  const before = chewed.map(({ bytes }) => Buffer.from(bytes))
  for (const transport of ['udp', 'tcp-passive'] as const) {
    const { units } = run(chewed, transport)
    t.ok(units.length > 150, `${units.length} of 300 units over ${transport}`)
    t.ok(units.every((unit) => unit.nalUnits.length > 0))
    t.same(chewed.map(({ bytes }) => bytes), before)
  }
  const pipeline = createPipeline({ transport: 'tcp-passive' })
  let atUs = 0
  for (const bytes of chew([Buffer.concat(sent.slice(0, 60).map((packet) => frameRfc4571(packet.bytes)))], 500, 4571)) pipeline.push(bytes, (atUs += 20_000))
  pipeline.flush()
  t.ok(pipeline.figures().accessUnits > 0, 'a TCP stream bitten anywhere')
  t.end()
})

t.test('bytes are the sender\'s again after each push, and a brief unit\'s memory is the next one\'s: what is read in time is the same', (t) => {
  const random = seededRandom(11)
  const plain = send([...source, ...source, ...source])
  const sets: Record<string, readonly Sent[]> = {
    plain,
    'without markers': plain.map(({ bytes, ...rest }) => ({ ...rest, bytes: Buffer.from(bytes).fill((bytes[1] ?? 0) & 0x7f, 1, 2) })),
    lossy: plain.filter(() => random() > 0.05),
    disordered: plain.flatMap((each, i) => (i % 7 === 3 ? [] : i % 7 === 4 ? [each, ...plain.slice(i - 1, i)] : [each])),
  }
  for (const [name, sent] of Object.entries(sets)) {
    for (const transport of ['udp', 'tcp-passive'] as const) {
      const whole = transport === 'udp' ? sent.map(({ bytes }) => bytes) : cut(Buffer.concat(sent.map(({ bytes }) => frameRfc4571(bytes))), random)
      const [lasting, brief] = [createPipeline({ transport }), createPipeline({ transport, isBrief: true })]
      const wanted: AccessUnit[] = []
      const found: AccessUnit[] = []
      for (const [i, bytes] of whole.entries()) {
        wanted.push(...lasting.push(bytes, i * 100))
        const lent = Buffer.from(bytes)
        found.push(...brief.push(lent, i * 100).map((unit) => ({ ...unit, nalUnits: unit.nalUnits.map((nal) => Buffer.from(nal)) })))
        lent.fill(0xee)
      }
      wanted.push(...lasting.flush())
      found.push(...brief.flush())
      t.ok(wanted.length > 15, `${name} over ${transport}: ${wanted.length} units`)
      t.strictSame(found, wanted)
    }
  }
  t.end()
})

/** In pieces of any size. */
function cut(bytes: Buffer, random: () => number): readonly Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; ) pieces.push(bytes.subarray(at, (at += 1 + Math.floor(random() * 3000))))
  return pieces
}
