// Sound of a program stream, from the wire to the kept GOP: G.711 and AAC as cameras put them in, maps that lie, private streams, cuts and loss,
// sound that never comes or comes late. Pictures from fixtures/h26x, sound from fixtures/audio.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../base/chew.ts'
import { createAdtsFramer, writeAdts } from './audio/adts.ts'
import { createPipeline, createPsMuxer, packetize, writeRtp, type AccessUnit, type AudioCodec, type AudioFrame } from './index.ts'
import { pictures } from './io/scripted-camera.ts'
import { writePes } from './ps/pes.ts'
import { writePsm } from './ps/psm.ts'
import { createStream } from './stream.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../fixtures', name))
const files = { pcma: 'audio/voice.alaw', pcmu: 'audio/voice.mulaw', aac: 'audio/voice-16k-mono.aac' } as const
const ssrc = 100_003_190
/** 40 ms, as the picture. */
const g711Bytes = 320
const picture90k = 3600

interface Piece {
  readonly bytes: Buffer
  /** Of its first sample, from the first picture on. */
  readonly at90k: number
}
/** One second of sound as packets of a program stream hold it. */
function pieces(codec: AudioCodec, size = g711Bytes): readonly Piece[] {
  if (codec === 'aac') return createAdtsFramer().push(fixture(files.aac)).map(({ config, data }, n) => ({ bytes: writeAdts(config, data), at90k: n * 5760 }))
  const bytes = fixture(files[codec])
  return Array.from({ length: bytes.length / size }, (_, n) => ({ bytes: bytes.subarray(n * size, (n + 1) * size), at90k: (n * size * 90_000) / 8000 }))
}

interface Camera {
  readonly codec: AudioCodec
  readonly sound?: readonly Piece[]
  /** What the map says; absent: as it is. */
  readonly map?: Buffer | 'none'
  readonly streamId?: number
  /** Camera time of a piece; undefined: no PTS. */
  readonly pts?: (at90k: number, n: number) => number | undefined
  readonly startPts?: number
  readonly frames?: number
}
/** Packs of pictures with the packets of sound that are due before each, as bytes per picture. */
function packs({ codec, sound = pieces(codec), map, streamId = 0xc0, pts = (at90k) => at90k, startPts = 900_000, frames = 30 }: Camera): readonly Buffer[] {
  const muxer = createPsMuxer({ codec: 'h264', audio: codec })
  const plain = createPsMuxer({ codec: 'h264' })
  const queue = sound.map((piece, n) => ({ ...piece, n }))
  return Array.from({ length: frames }, (_, frame) => {
    const { nalUnits = [], isKeyframe = false } = pictures[frame % pictures.length] ?? {}
    const unit = { nalUnits, isKeyframe, pts90k: startPts + frame * picture90k }
    let pack = (map === undefined ? muxer : plain).push(unit)
    if (map !== undefined && isKeyframe) {
      const at = pack.indexOf(Buffer.from([0, 0, 1, 0xbc]))
      pack = Buffer.concat([pack.subarray(0, at), map === 'none' ? Buffer.alloc(0) : map, pack.subarray(at + 6 + pack.readUInt16BE(at + 4))])
    }
    const parts = [pack]
    while (queue[0] && queue[0].at90k < (frame + 1) * picture90k) {
      const { bytes, at90k, n } = queue.shift()!
      const own = pts(at90k, n)
      const pes = writePes(streamId, own === undefined ? 0 : (startPts + own) % 2 ** 33, bytes)
      if (own === undefined) pes.set([0x80, 0x00, 0x05, 0xff, 0xff, 0xff, 0xff, 0xff], 6)
      parts.push(pes)
    }
    return Buffer.concat(parts)
  })
}
interface Arrived {
  readonly units: readonly AccessUnit[]
  readonly frames: readonly AudioFrame[]
  readonly figures: ReturnType<ReturnType<typeof createPipeline>['figures']>
}
function run(list: readonly Buffer[], options: { readonly drop?: (n: number) => boolean; readonly maxPayload?: number } = {}): Arrived {
  const frames: AudioFrame[] = []
  const pipeline = createPipeline({ transport: 'udp', onAudio: (frame) => frames.push(frame) })
  let sequence = 65_500
  let n = 0
  const units: AccessUnit[] = []
  list.forEach((bytes, frame) => {
    const packets = packetize(bytes, { payloadType: 96, ssrc, timestamp: frame * 3600, firstSequence: sequence, maxPayload: options.maxPayload ?? 1200 })
    sequence += packets.length
    packets.forEach((packet, i) => {
      if (!(options.drop?.(n++) ?? false)) units.push(...pipeline.push(packet, frame * 40_000 + i * 20))
    })
  })
  units.push(...pipeline.flush())
  return { units, frames, figures: pipeline.figures() }
}
const bytesOf = (frames: readonly AudioFrame[]): Buffer => Buffer.concat(frames.map(({ data }) => data))
/** Sound without its first frames: none is given before the first picture, and G.711 is listened to for 0.1 s. */
const isTail = (whole: Buffer, tail: Buffer): boolean => tail.length > 0 && whole.subarray(whole.length - tail.length).equals(tail)
const raw = createAdtsFramer().push(fixture(files.aac))
const streamOf = (codec: AudioCodec): Buffer => (codec === 'aac' ? Buffer.concat(raw.map(({ data }) => data)) : fixture(files[codec]))

t.test('each codec: its bytes, its times on the pictures\' clock, its figures', (t) => {
  for (const codec of ['pcma', 'pcmu', 'aac'] as const) {
    for (const startPts of [900_000, 2 ** 33 - 5 * picture90k]) {
      const { units, frames, figures } = run(packs({ codec, startPts }))
      t.equal(units.length, 30, codec)
      t.ok(isTail(streamOf(codec), bytesOf(frames)), `${codec}: nothing between is lost or altered`)
      t.ok(bytesOf(frames).length > 0.8 * streamOf(codec).length, `${codec}: and hardly anything before`)
      const step = codec === 'aac' ? 5760 : picture90k
      const all = pieces(codec)
      frames.forEach((frame, i) => {
        const at = startPts + (all[all.length - frames.length + i]?.at90k ?? 0)
        if (frame.pts90k !== at || (i > 0 && frame.pts90k - (frames[i - 1]?.pts90k ?? 0) !== step)) t.fail(`${codec}: frame ${i} at ${frame.pts90k}, not ${at}`)
      })
      t.match(frames[0], codec === 'aac' ? { codec, sampleRate: 16_000, channels: 1, config: Buffer.from('1408', 'hex') } : { codec, sampleRate: 8000, channels: 1 })
      t.match(figures, { container: 'ps', resynchronisations: 0, audio: { codec, declared: codec, frames: frames.length } })
      t.strictSame(units.flatMap(({ isKeyframe, sound }) => (isKeyframe ? [sound] : [])).slice(1), units.flatMap(({ isKeyframe }) => (isKeyframe ? ['heard'] : [])).slice(1))
    }
  }
  t.end()
})

t.test('without a listener sound is not looked at, and the pictures are the same', (t) => {
  const list = packs({ codec: 'pcma' })
  const pipeline = createPipeline({ transport: 'udp' })
  const units = list.flatMap((bytes, frame) => packetize(bytes, { payloadType: 96, ssrc, timestamp: frame * 3600, firstSequence: frame * 100, maxPayload: 60_000 }).flatMap((packet) => [...pipeline.push(packet, frame * 40_000)]))
  t.equal(pipeline.figures().audio, undefined)
  t.notOk(units.some((unit) => 'sound' in unit))
  t.end()
})

t.test('maps that lie or lack: the bytes tell (Q84)', (t) => {
  const said = (streamType: number, streamId = 0xc0): Buffer => writePsm([{ streamType: 0x1b, streamId: 0xe0 }, { streamType, streamId }])
  for (const codec of ['pcma', 'pcmu', 'aac'] as const) {
    for (const [name, map] of [['no map', 'none'], ['says A-law', said(0x90)], ['says µ-law', said(0x91)], ['says AAC', said(0x0f)], ['says something unheard of', said(0xee)], ['names the pictures alone', writePsm([{ streamType: 0x1b, streamId: 0xe0 }])]] as const) {
      const sound = [...pieces(codec), ...pieces(codec).map(({ bytes, at90k }) => ({ bytes, at90k: at90k + 90_000 }))]
      const { frames, figures, units } = run(packs({ codec, map, sound, frames: 60 }))
      t.equal(units.length, 60)
      t.strictSame([...new Set(frames.map((frame) => frame.codec))], [codec], `${codec}, the map ${name}`)
      t.ok(isTail(streamOf(codec), bytesOf(frames).subarray(-1000)), name)
      t.match(figures.audio, { codec, declared: { 'says A-law': 'pcma', 'says µ-law': 'pcmu', 'says AAC': 'aac' }[name as string] })
    }
  }
  t.end()
})

t.test('sound that cannot be given on is counted and named', (t) => {
  for (const [type, name] of [[0x92, 'g722.1'], [0x93, 'g723.1'], [0x99, 'g729'], [0x9b, 'svac'], [0x81, 'svac']] as const) {
    const noise = fixture('audio/loud-noise.alaw')
    const sound = Array.from({ length: 25 }, (_, n) => ({ bytes: noise.subarray(n * 40, n * 40 + 40), at90k: n * 3600 }))
    const { units, frames, figures } = run(packs({ codec: 'pcma', sound, map: writePsm([{ streamType: 0x1b, streamId: 0xe0 }, { streamType: type, streamId: 0xc0 }]) }))
    t.equal(units.length, 30)
    t.strictSame(frames, [])
    t.match(figures.audio, { codec: name, declared: name, frames: 25 })
    t.notOk(units.some(({ sound }) => sound === 'heard'))
  }
  t.end()
})

t.test('private streams: sound where the map or the bytes say so, and nothing of other data', (t) => {
  const sound = [...pieces('pcma'), ...pieces('pcma').map(({ bytes, at90k }) => ({ bytes, at90k: at90k + 90_000 }))]
  const mapped = run(packs({ codec: 'pcma', sound, frames: 50, streamId: 0xbd, map: writePsm([{ streamType: 0x1b, streamId: 0xe0 }, { streamType: 0x90, streamId: 0xbd }]) }))
  t.ok(isTail(streamOf('pcma'), bytesOf(mapped.frames).subarray(-8000)))
  const bare = run(packs({ codec: 'pcma', sound, frames: 50, streamId: 0xbd, map: 'none' }))
  t.ok(isTail(streamOf('pcma'), bytesOf(bare.frames).subarray(-8000)), 'no map: like nothing but G.711')
  t.equal(bare.units.length, 50)
  const data = Array.from({ length: 50 }, (_, n) => ({ bytes: Buffer.from(`HK ${String(n).padStart(8, '0')} object 12,34,56,78 rule 0 `.repeat(4)).subarray(0, 160), at90k: n * 3600 }))
  const other = run(packs({ codec: 'pcma', sound: data, frames: 50, streamId: 0xbd, map: 'none' }))
  t.strictSame([other.frames.length, other.figures.audio, other.units.length], [0, undefined, 50], 'a camera\'s own data')
  const headless = packs({ codec: 'pcma', sound: [], frames: 10 }).map((pack) => Buffer.concat([Buffer.from('000001bd0010', 'hex'), Buffer.alloc(16, 0x33), pack]))
  t.match(run(headless), { figures: { resynchronisations: 0 }, units: { length: 10 } }, 'a private packet without a header costs nothing')
  t.end()
})

t.test('packets of 20 to 180 ms, times that repeat or are absent, another zero', (t) => {
  for (const size of [160, 480, 800, 1440]) {
    const { frames } = run(packs({ codec: 'pcma', sound: pieces('pcma', size).slice(0, Math.floor(8000 / size)) }))
    const expected = frames.map((_, i) => (frames[0]?.pts90k ?? 0) + (i * size * 90_000) / 8000)
    t.strictSame(frames.map(({ pts90k }) => pts90k), expected, `${size / 8} ms`)
  }
  for (const [name, pts] of [['none', () => undefined], ['every second one again', (at: number, n: number) => at - (n % 2) * 3600], ['8 kHz ticks from another zero', (at: number) => 77_777_777 + (at * 8) / 90], ['always the same', () => 0]] as const) {
    const { frames } = run(packs({ codec: 'pcma', pts }))
    t.ok(frames.length >= 20, name)
    const off = frames.map((frame, i) => frame.pts90k - 900_000 - (25 - frames.length + i) * picture90k)
    t.ok(off.every((ticks) => Math.abs(ticks) <= picture90k), `${name}: within 40 ms of the pictures: ${Math.max(...off.map(Math.abs)) / 90} ms`)
  }
  t.end()
})

t.test('AAC cut without regard to its frames, several in a packet', (t) => {
  const whole = Buffer.concat([fixture(files.aac), fixture(files.aac), fixture(files.aac)])
  for (const size of [100, 333, 1000]) {
    const sound = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) => ({ bytes: whole.subarray(n * size, (n + 1) * size), at90k: Math.floor(((n * size) / whole.length) * 270_000) }))
    const { frames } = run(packs({ codec: 'aac', sound, frames: 80 }))
    t.ok(frames.length >= 25, `pieces of ${size}: ${frames.length}`)
    t.ok(frames.every(({ data }) => raw.some((each) => each.data.equals(data))), 'whole frames alone')
  }
  t.end()
})

t.test('loss: pictures and sound come back with the next pack', (t) => {
  for (const codec of ['pcma', 'aac'] as const) {
    const sound = [0, 1, 2, 3].flatMap((second) => pieces(codec).map(({ bytes, at90k }) => ({ bytes, at90k: at90k + second * 90_000 })))
    const { units, frames, figures } = run(packs({ codec, sound, frames: 100 }), { drop: (n) => n % 23 === 7, maxPayload: 300 })
    t.ok(units.length > 60 && figures.reception.lost > 0)
    const valid = pieces(codec).map(({ bytes }) => (codec === 'aac' ? bytes.subarray(7) : bytes))
    t.ok(frames.length > 40 && frames.every(({ data }) => valid.some((each) => each.equals(data))), `${codec}: ${frames.length} frames, each whole`)
    t.ok(frames.every(({ pts90k }, i) => i === 0 || pts90k > (frames[i - 1]?.pts90k ?? 0)))
  }
  t.end()
})

t.test('announced and never sent; sent from the third second on (Q100)', (t) => {
  const never = run(packs({ codec: 'pcma', sound: [] }))
  t.equal(never.units.length, 30)
  t.strictSame(never.figures.audio, { codec: 'none', frames: 0, declared: 'pcma' })
  t.strictSame(never.units.filter(({ isKeyframe }) => isKeyframe).map(({ sound }) => sound), never.units.filter(({ isKeyframe }) => isKeyframe).map(() => 'declared'))
  const old = run(packs({ codec: 'pcma', sound: [], frames: 100 })).units.filter(({ isKeyframe }) => isKeyframe)
  t.strictSame([old[0]?.sound, old.at(-1)?.sound], ['declared', 'unheard'], 'after two seconds nobody is told to wait')
  const late = run(packs({ codec: 'pcma', sound: pieces('pcma').map(({ bytes, at90k }) => ({ bytes, at90k: at90k + 270_000 })), frames: 100 }))
  t.equal(late.frames.at(-1)?.pts90k, 900_000 + 270_000 + 24 * picture90k)
  t.end()
})

t.test('a clock that jumps takes sound and pictures along', (t) => {
  const first = packs({ codec: 'pcma', startPts: 900_000, frames: 25 })
  const second = packs({ codec: 'pcma', startPts: 500_000_000, frames: 25 })
  const { units, frames } = run([...first, ...second])
  t.equal(units.length, 50)
  const last = units.at(-1)?.pts90k ?? 0
  t.ok(Math.abs(last - 900_000 - 49 * picture90k) <= picture90k, 'the line goes on')
  t.ok(Math.abs((frames.at(-1)?.pts90k ?? 0) - last) <= picture90k, `sound ends with the pictures: ${((frames.at(-1)?.pts90k ?? 0) - last) / 90} ms apart`)
  t.ok(frames.every(({ pts90k }, i) => i === 0 || pts90k > (frames[i - 1]?.pts90k ?? 0)))
  t.end()
})

t.test('an elementary stream in RTP with G.711 beside it, by payload type', (t) => {
  for (const [payloadType, codec] of [[8, 'pcma'], [0, 'pcmu']] as const) {
    const frames: AudioFrame[] = []
    const pipeline = createPipeline({ transport: 'tcp-passive', isCut: true, onAudio: (frame) => frames.push(frame) })
    const units: AccessUnit[] = []
    const sound = pieces(codec)
    let sequence = 0
    for (let n = 0; n < 25; n++) {
      const at = n * 40_000
      for (const payload of pictures[n % pictures.length]?.nalUnits ?? []) units.push(...pipeline.push(writeRtp({ payloadType: 98, sequence: sequence++, timestamp: n * 3600, ssrc, payload }), at))
      units.push(...pipeline.push(writeRtp({ payloadType, sequence: sequence++, timestamp: 5_000_000 + n * 320, ssrc, payload: sound[n]?.bytes ?? Buffer.alloc(0) }), at + 10_000))
    }
    units.push(...pipeline.flush())
    t.equal(units.length, 25)
    t.ok(isTail(streamOf(codec), bytesOf(frames)) && frames.length >= 20, `${frames.length} frames of ${codec}`)
    t.match(pipeline.figures(), { container: 'elementary', audio: { codec, declared: codec } })
    t.ok(frames.every(({ pts90k }, i) => Math.abs(pts90k - (units[0]?.pts90k ?? 0) - (25 - frames.length + i) * 3600) <= 3600), 'placed by arrival')
  }
  t.end()
})

/** H.264 in RTP, one packet a NAL unit, and sound in packets of its own, for `seconds`; frames of sound that came out. */
function elementary(options: { readonly payloadType: number; readonly ssrc?: number; readonly every90k: number; readonly payload: (n: number) => Buffer; readonly seconds: number }) {
  const from = { host: '192.0.2.7', port: 5000 }
  const frames: AudioFrame[] = []
  const pipeline = createPipeline({ transport: 'udp', onAudio: (frame) => frames.push(frame) })
  const units: AccessUnit[] = []
  const isOwn = options.ssrc !== undefined
  let [sequence, own, next] = [0, 60_000, 0]
  for (let n = 0; n < 25 * options.seconds; n++) {
    const atUs = n * 40_000
    for (const payload of pictures[n % pictures.length]?.nalUnits ?? []) units.push(...pipeline.push(writeRtp({ payloadType: 98, sequence: sequence++ & 0xffff, timestamp: n * 3600, ssrc, payload }), atUs, undefined, from))
    for (; next * options.every90k < (n + 1) * 3600; next++) {
      const packet = writeRtp({ payloadType: options.payloadType, sequence: (isOwn ? own++ : sequence++) & 0xffff, timestamp: 77 + next * 1024, ssrc: options.ssrc ?? ssrc, payload: options.payload(next), hasMarker: true })
      units.push(...pipeline.push(packet, atUs + 5_000, undefined, from))
      if (isOwn && next % 7 === 3) units.push(...pipeline.push(packet, atUs + 6_000, undefined, from))
    }
  }
  units.push(...pipeline.flush())
  return { frames, units, figures: pipeline.figures() }
}
const inAuHeader = (data: Buffer): Buffer => Buffer.concat([Buffer.from([0, 16, (data.length << 3) >> 8, (data.length << 3) & 0xff]), data])

t.test('AAC beside an elementary stream: RFC 3640 that nothing describes, ADTS; sound under an SSRC of its own', (t) => {
  for (const [name, sampleRate, channels] of [['voice-16k-mono', 16_000, 1], ['voice-48k-stereo', 48_000, 2]] as const) {
    const all = createAdtsFramer().push(fixture(`audio/${name}.aac`))
    const at = (n: number): (typeof all)[number] => all[n % all.length] ?? all[0]!
    for (const [how, payload] of [['RFC 3640', (n: number) => inAuHeader(at(n).data)], ['ADTS', (n: number) => writeAdts(at(n).config, at(n).data)]] as const) {
      const { frames, units, figures } = elementary({ payloadType: 102, every90k: (1024 * 90_000) / sampleRate, payload, seconds: 6 })
      t.equal(units.length, 150, `${name} as ${how}`)
      t.ok(units.every(({ isDamaged, nalUnits }, i) => !isDamaged && nalUnits.length === pictures[i % 10]?.nalUnits.length))
      t.ok(frames.length > (how === 'ADTS' ? 5 : 3) * (sampleRate / 1024) && frames.every(({ data }) => all.some((each) => each.data.equals(data))), `${frames.length} frames, each whole`)
      t.match(frames[0], { codec: 'aac', sampleRate, channels, config: all[0]?.config })
      t.match(figures, { container: 'elementary', audio: { codec: 'aac', sampleRate, channels }, reception: { lost: 0 } })
    }
  }
  const voice = fixture(files.pcma)
  const own = elementary({ payloadType: 8, ssrc: 4711, every90k: 3600, payload: (n) => voice.subarray((n % 25) * 320, (n % 25) * 320 + 320), seconds: 3 })
  t.equal(own.units.length, 75)
  t.ok(isTail(Buffer.concat([voice, voice, voice]), bytesOf(own.frames)) && own.frames.length > 70, `${own.frames.length} packets, repetitions left out`)
  t.match(own.figures, { audio: { codec: 'pcma' }, discarded: { strangers: 0 }, reception: { lost: 0, ssrc } })
  t.end()
})

t.test('a newcomer gets the kept GOP with its sound, in order of time', (t) => {
  const stream = createStream()
  const pipeline = createPipeline({ transport: 'udp', onAudio: stream.publishAudio })
  packs({ codec: 'pcma', frames: 24 }).forEach((bytes, frame) => {
    for (const packet of packetize(bytes, { payloadType: 96, ssrc, timestamp: frame * 3600, firstSequence: frame * 100, maxPayload: 60_000 })) for (const unit of pipeline.push(packet, frame * 40_000)) stream.publish(unit)
  })
  const seen: { readonly kind: string; readonly pts90k: number }[] = []
  const detach = stream.attach((unit) => seen.push({ kind: unit.isKeyframe ? 'key' : 'unit', pts90k: unit.pts90k }), ({ pts90k }) => seen.push({ kind: 'sound', pts90k }))
  t.equal(seen[0]?.kind, 'key')
  t.ok(seen.filter(({ kind }) => kind === 'sound').length >= 3)
  t.ok(seen.every(({ pts90k }, i) => i === 0 || pts90k >= (seen[i - 1]?.pts90k ?? 0)), 'in order of time')
  const before = seen.length
  detach()
  stream.publishAudio({ codec: 'pcma', pts90k: 9e9, sampleRate: 8000, channels: 1, data: Buffer.alloc(1), receivedUs: 0 })
  t.equal(seen.length, before)
  t.end()
})

t.test('chewed streams with sound: nothing is thrown, nothing grows, sound stays sound', (t) => {
  const samples = (['pcma', 'aac'] as const).map((codec) => Buffer.concat(packs({ codec, frames: 10 })))
  const pipeline = createPipeline({ transport: 'udp', onAudio: (frame) => frame.data.length > 65_536 && t.fail('a frame beyond measure') })
  let sequence = 0
  let atUs = 0
  for (const bytes of chew(samples, 1500, 1318)) {
    const packets = packetize(bytes, { payloadType: 96, ssrc, timestamp: sequence, firstSequence: sequence, maxPayload: 1300 })
    sequence += packets.length
    for (const packet of packets) pipeline.push(packet, (atUs += 1000))
  }
  t.ok(pipeline.figures().accessUnits > 100)
  t.end()
})
