// A stream in trouble: loss, disorder, clocks that jump or stand, frames beyond all measure. What is hurt is said, what is not is whole,
// and the next keyframe heals. Streams from fixtures/h26x, seeded accidents.
import t from 'tap'
import { chew } from '../base/chew.ts'
import { seededRandom } from '../base/index.ts'
import { createPipeline, createPsMuxer, frameRfc4571, packetize, parseRtp, writeRtp, type AccessUnit, type MediaTransport } from './index.ts'
import { pictures } from './io/scripted-camera.ts'

const ssrc = 100_003_190
const from = { host: '192.0.2.10', port: 5000 }

interface Sent {
  readonly bytes: Buffer
  readonly atUs: number
  readonly frame: number
}
interface Camera {
  readonly pts?: (frame: number) => number
  readonly timestamp?: (frame: number) => number
  readonly maxPayload?: number
}
/** The pictures round and round, 25 a second, a keyframe each fifth of a second. */
const film = (frames: number): readonly AccessUnit[] => Array.from({ length: frames }, (_, n) => pictures[n % pictures.length]).filter((unit) => unit !== undefined)
const send = (units: readonly AccessUnit[], { pts = (n) => n * 3600, timestamp = (n) => n * 3600, maxPayload = 100 }: Camera = {}): readonly Sent[] => {
  const muxer = createPsMuxer({ codec: 'h264' })
  let sequence = 65_000
  return units.flatMap((unit, frame) => {
    const pack = muxer.push({ nalUnits: unit.nalUnits, pts90k: pts(frame), isKeyframe: unit.isKeyframe })
    const packets = packetize(pack, { payloadType: 96, ssrc, timestamp: timestamp(frame), firstSequence: sequence, maxPayload })
    sequence += packets.length
    return packets.map((bytes, i) => ({ bytes, atUs: frame * 40_000 + i * 20, frame }))
  })
}
/** As live: the bytes are the sender's again after each push, and a picture's memory is that of the next ones. */
const run = (sent: readonly Sent[], transport: MediaTransport = 'udp') => {
  const pipeline = createPipeline({ transport, isBrief: true })
  const units: AccessUnit[] = []
  const keep = (given: readonly AccessUnit[]): void => void units.push(...given.map((unit) => ({ ...unit, nalUnits: unit.nalUnits.map((nal) => Buffer.from(nal)) })))
  for (const { bytes, atUs } of sent) {
    const lent = transport === 'udp' ? Buffer.from(bytes) : frameRfc4571(bytes)
    keep(pipeline.push(lent, atUs, 0, from))
    lent.fill(0xee)
  }
  keep(pipeline.flush())
  return { units, figures: pipeline.figures() }
}
const isWhole = (unit: AccessUnit, frame: number): boolean => {
  const sent = pictures[frame % pictures.length]
  return sent !== undefined && unit.nalUnits.length === sent.nalUnits.length && unit.nalUnits.every((nal, i) => sent.nalUnits[i]?.equals(nal) === true)
}

/** Each packet lost with this chance; in bursts of eight on average for `burst`. */
const lose = (sent: readonly Sent[], rate: number, kind: 'random' | 'burst', seed: number): readonly Sent[] => {
  const random = seededRandom(seed)
  let isBurst = false
  return sent.filter(() => {
    if (kind === 'random') return random() >= rate
    isBurst = isBurst ? random() >= 1 / 8 : random() < rate / (8 * (1 - rate))
    return !isBurst
  })
}

t.test('loss of 0.1 to 20 %, single or in bursts: counted, marked, and over with the next keyframe', (t) => {
  const frames = 1000
  const sent = send(film(frames))
  const healthy = send(film(frames + 100)).filter(({ frame }) => frame >= frames)
  for (const transport of ['udp', 'tcp-passive'] as const) {
    for (const kind of ['random', 'burst'] as const) {
      for (const rate of [0.001, 0.01, 0.05, 0.2]) {
        const name = `${rate * 100} % ${kind} over ${transport}`
        const arrived = lose(sent, rate, kind, 4)
        const { units, figures } = run([...arrived, ...healthy], transport)
        const gone = sent.length - arrived.length
        t.ok(Math.abs(figures.reception.lost - gone) <= 2, `${name}: ${figures.reception.lost} of ${gone} missing packets counted`)
        t.ok(units.length > 100, `${name}: ${units.length} pictures`)
        const wrong = units.filter((unit) => !unit.isDamaged && !isWhole(unit, unit.pts90k / 3600))
        t.same(wrong.map((unit) => unit.pts90k / 3600), [], `${name}: what is not marked is whole`)
        const after = units.filter((unit) => unit.pts90k >= (frames + 5) * 3600)
        t.same(after.map((unit) => [unit.pts90k / 3600, unit.isDamaged]), Array.from({ length: 95 }, (_, n) => [frames + 5 + n, false]), `${name}: all of it from the next keyframe on`)
      }
    }
  }
  t.end()
})

t.test('packets that overtake each other, and all of them twice: nothing is lost, both are counted', (t) => {
  const random = seededRandom(7)
  const sent = send(film(500))
  const shuffled = sent.map((packet, i) => ({ packet, key: i === 0 ? -1 : i + random() * 40 })).sort((a, b) => a.key - b.key)
  const arrivals = shuffled.flatMap(({ packet }, i) => [packet, packet].map((each) => ({ ...each, atUs: i * 500 })))
  const { units, figures } = run(arrivals)
  t.equal(units.length, 500)
  t.ok(units.every((unit, frame) => !unit.isDamaged && isWhole(unit, frame)))
  t.match(figures.reception, { lost: 0, duplicates: sent.length })
  t.ok((figures.reordered ?? 0) > 100, `${figures.reordered} overtaken`)
  t.ok((figures.late ?? 0) >= sent.length, 'what came twice was late the second time')
  t.end()
})

t.test('time stamps of RTP that stand, run by the packet, or jump: pictures go by their own times (Q97)', (t) => {
  const odd = { standing: () => 7, 'of another clock': (n: number) => n * 40, jumping: (n: number) => (n % 50 < 25 ? n * 3600 : 2 ** 31 + n * 3600), backwards: (n: number) => 2 ** 31 - n * 3600 }
  for (const [name, timestamp] of Object.entries(odd)) {
    const { units, figures } = run(send(film(200), { timestamp }))
    t.equal(units.length, 200, name)
    t.ok(units.every((unit, frame) => !unit.isDamaged && isWhole(unit, frame) && unit.pts90k === frame * 3600), name)
    t.ok(Number.isFinite(figures.reception.jitterMs), `${name}: jitter ${Math.round(figures.reception.jitterMs)} ms`)
  }
  t.end()
})

t.test('times of the pictures that stand or jump: every picture is given all the same', (t) => {
  const odd = { jumping: (n: number) => (n < 100 ? n * 3600 : 5_000_000_000 + n * 3600), back: (n: number) => (n < 100 ? 90_000_000 + n * 3600 : n * 3600), wrapping: (n: number) => (2 ** 33 - 100 * 3600 + n * 3600) % 2 ** 33 }
  for (const [name, pts] of Object.entries(odd)) {
    const { units } = run(send(film(200), { pts }))
    t.equal(units.length, 200, name)
    t.ok(units.every((unit, frame) => isWhole(unit, frame) && Number.isFinite(unit.pts90k)), name)
  }
  const wrapped = run(send(film(200), { pts: odd.wrapping })).units
  t.ok(wrapped.every((unit, i) => i === 0 || unit.pts90k - (wrapped[i - 1]?.pts90k ?? 0) === 3600), 'a wrap is no jump')
  const standing = run(send(film(200), { pts: () => 900 })).units
  t.equal(standing.length, 200)
  t.ok(standing.every((unit, i) => i === 0 || Math.abs(unit.pts90k - (standing[i - 1]?.pts90k ?? 0) - 3600) < 200), 'a clock that stands is replaced by the times of arrival')
  t.end()
})

t.test('a frame of 8 MB is taken, one beyond our bound is marked, and what comes after is whole', (t) => {
  for (const [transport, size] of [['udp', 8_000_000], ['tcp-passive', 8_000_000], ['udp', 12_000_000]] as const) {
    const huge = film(20).map((unit, frame) => {
      if (frame !== 7) return unit
      const slice = Buffer.concat([unit.nalUnits.at(-1) ?? Buffer.alloc(0), Buffer.alloc(size, 0x5a)])
      return { ...unit, nalUnits: [...unit.nalUnits.slice(0, -1), slice] }
    })
    const { units, figures } = run(send(huge, { maxPayload: 1400 }), transport)
    const big = units.find((unit) => unit.pts90k === 7 * 3600)
    const bytes = big?.nalUnits.reduce((sum, nal) => sum + nal.length, 0) ?? 0
    const isTaken = size <= 8_000_000
    t.equal(big?.isDamaged ?? true, !isTaken, `${bytes} bytes given of ${size}`)
    t.equal(bytes > size, isTaken)
    for (const frame of [0, 5, 10, 11, 15, 19]) t.ok(units.some((unit) => unit.pts90k === frame * 3600 && !unit.isDamaged && isWhole(unit, frame)), `frame ${frame} over ${transport}`)
    t.match(figures.reception, { lost: 0 })
  }
  t.end()
})

t.test('a sender that begins anew under another SSRC, number and time is followed within its first two keyframes', (t) => {
  const again = send(film(200)).map(({ bytes, atUs, frame }) => {
    const packet = parseRtp(bytes)
    return { bytes: writeRtp({ ...packet, hasMarker: packet.hasMarker, sequence: (packet.sequence + 20_000) & 0xffff, timestamp: (packet.timestamp + 1e9) >>> 0, ssrc: 5 }), atUs: atUs + 4_000_000, frame }
  })
  const { units, figures } = run([...send(film(100)), ...again])
  t.match(figures.reception, { ssrc: 5 })
  t.ok(units.length >= 100 + 190, `${units.length} of 300 pictures, without a second of silence between`)
  t.ok(units.slice(-150).every((unit) => !unit.isDamaged))
  t.end()
})

t.test('a TCP connection that breaks off and is made again: what was cut is lost, and nothing else', (t) => {
  const bytes = Buffer.concat(send(film(100)).map((each) => frameRfc4571(each.bytes)))
  for (const [broken, again] of [[0.405, 0.405], [0.405, 0.43], [0.405, 0.39]] as const) {
    const [end, begin] = [Math.floor(bytes.length * broken), Math.floor(bytes.length * again)]
    const pipeline = createPipeline({ transport: 'tcp-passive' })
    // A camera begins its new connection with a whole packet.
    const packetAt = [...starts(bytes)].find((at) => at >= begin) ?? 0
    const units = [...pipeline.push(bytes.subarray(0, end), 0, 0, from), ...pipeline.push(bytes.subarray(packetAt), 1_000_000, 0, { ...from, port: 5001 }), ...pipeline.flush()]
    const whole = units.filter((unit) => !unit.isDamaged && isWhole(unit, unit.pts90k / 3600))
    t.ok(whole.length >= 100 - Math.ceil(100 * Math.abs(again - broken)) - 3, `${whole.length} of 100 pictures unharmed`)
    t.match(pipeline.figures(), { framing: 'rfc4571', reception: { ssrc } })
  }
  t.end()
})

/** Where the frames of RFC 4571 begin. */
function* starts(bytes: Buffer): Iterable<number> {
  for (let at = 0; at + 2 <= bytes.length; at += 2 + bytes.readUInt16BE(at)) yield at
}

t.test('chewed packets from many senders: nothing is thrown, memory is bounded, the camera is still seen', (t) => {
  const random = seededRandom(9)
  const sent = send(film(2000))
  const bites = chew([...sent.slice(0, 40).map(({ bytes }) => bytes), ...sent.slice(400, 440).map(({ bytes }) => bytes)], 20_000, 8)
  const pipeline = createPipeline({ transport: 'udp' })
  const units: AccessUnit[] = []
  const before = process.memoryUsage().heapUsed
  let chewed = 0
  for (const { bytes, atUs } of sent) {
    units.push(...pipeline.push(bytes, atUs, 0, from))
    for (let n = 0; n < 3; n++) {
      const bite = bites.next().value
      if (!bite) break
      chewed++
      pipeline.push(bite, atUs, 0, random() < 0.02 ? from : { host: '192.0.2.99', port: 1 + Math.floor(random() * 60_000) })
    }
  }
  t.ok(chewed >= 10_000, `${chewed} chewed packets between those of the camera`)
  t.ok(units.length > 1500, `${units.length} of 2000 pictures`)
  t.ok((pipeline.figures().discarded?.strangers ?? 0) > 1000)
  t.ok((pipeline.strangers?.() ?? []).length <= 8)
  t.ok(process.memoryUsage().heapUsed - before < 200e6)
  t.end()
})
