// Whole streams as the field sends them, from RTP to access units: every trouble that program streams are known for, over both transports and in
// small and large packets. Not one costs a picture; what is lost costs no more than its own. docs/interop.md Q79 to Q91.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { decodeG711 } from '../audio/g711.ts'
import { joinAnnexB } from '../h26x/annexb.ts'
import { createAccessUnitAssembler, createPipeline, createPsMuxer, frameRfc4571, packetize, type AccessUnit, type AudioFrame, type VideoCodec } from '../index.ts'
import { maxPesPayload, writePes } from './pes.ts'
import { writePsm } from './psm.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../fixtures', name))
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const unitsOf = (codec: VideoCodec): readonly AccessUnit[] => {
  const assembler = createAccessUnitAssembler()
  return [...assembler.push({ streamId: 0xe0, bytes: fixture(`h26x/plain.${codec}`), isDamaged: false, receivedUs: 0 }), ...assembler.flush()]
}
const pictures = { h264: unitsOf('h264'), h265: unitsOf('h265') }

/** One pack in its parts, for a trouble to be made of. */
interface Pack {
  readonly header: Buffer
  readonly system: Buffer
  readonly map: Buffer
  readonly pts: number
  readonly nalUnits: readonly Buffer[]
  readonly isKeyframe: boolean
  readonly n: number
  readonly codec: VideoCodec
}
const parts = (codec: VideoCodec): readonly Pack[] => {
  const muxer = createPsMuxer({ codec })
  return pictures[codec].map(({ nalUnits, isKeyframe }, n) => {
    const pts = 900_000 + n * 3600
    const pack = muxer.push({ nalUnits, isKeyframe, pts90k: pts })
    const at = (id: number): number => pack.indexOf(Buffer.from([0, 0, 1, id]))
    return { header: pack.subarray(0, 14), system: isKeyframe ? pack.subarray(14, at(0xbc)) : Buffer.alloc(0), map: isKeyframe ? pack.subarray(at(0xbc), at(0xe0)) : Buffer.alloc(0), pts, nalUnits, isKeyframe, n, codec }
  })
}
const video = ({ pts, nalUnits }: Pack): Buffer => writePes(0xe0, pts, joinAnnexB(nalUnits))
const plain = (pack: Pack): readonly Buffer[] => [pack.header, pack.system, pack.map, video(pack)]
/** A PES packet that goes on with a frame: no PTS. */
const more = (payload: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 1, 0xe0, (payload.length + 3) >> 8, (payload.length + 3) & 0xff, 0x80, 0, 0]), payload])
const unbounded = (pes: Buffer): Buffer => Buffer.concat([pes.subarray(0, 4), hex('0000'), pes.subarray(6)])
const damaged = (bytes: Buffer, at: number, value: number): Buffer => {
  if (bytes.length === 0) return bytes
  const copy = Buffer.from(bytes)
  copy[(at + copy.length) % copy.length] = value
  return copy
}
const other = { h264: 0x24, h265: 0x1b } as const
const stuffed = (pes: Buffer): Buffer => {
  const body = Buffer.concat([pes.subarray(6, 8), Buffer.from([5 + 9]), pes.subarray(9, 14), Buffer.alloc(9, 0xff), pes.subarray(14)])
  return Buffer.concat([pes.subarray(0, 4), Buffer.from([body.length >> 8, body.length & 0xff]), body])
}
const mpeg1 = ({ pts, nalUnits }: Pack): Buffer => {
  const body = Buffer.concat([hex('ffff 4020'), writePes(0xe0, pts, Buffer.alloc(0)).subarray(9, 14), joinAnnexB(nalUnits)])
  return Buffer.concat([hex('000001e0'), Buffer.from([body.length >> 8, body.length & 0xff]), body])
}
const privateOnes = hex('000001bd 000a 8080 05 2100010001 aabb 000001be 0004 ffffffff 000001bf 0004 000001ba')

const troubles: Readonly<Record<string, (pack: Pack) => readonly Buffer[]>> = {
  'as the standard has it': plain,
  'no map (Q80)': ({ map: _, ...pack }) => [pack.header, pack.system, video({ ...pack, map: Buffer.alloc(0) })],
  'no map and no system header (Q80)': (pack) => [pack.header, video(pack)],
  'a map that comes with the second keyframe (Q80)': (pack) => (pack.n === 0 ? [pack.header, video(pack)] : plain(pack)),
  'a map without a system header': (pack) => [pack.header, pack.map, video(pack)],
  'another version of the map at each keyframe (Q80)': (pack) => [pack.header, pack.system, pack.isKeyframe ? writePsm([{ streamType: other[pack.codec] === 0x24 ? 0x1b : 0x24, streamId: 0xe0 }], pack.n) : pack.map, video(pack)],
  'a map that names the other codec (Q83)': (pack) => [pack.header, pack.system, pack.isKeyframe ? writePsm([{ streamType: other[pack.codec], streamId: 0xe0 }]) : pack.map, video(pack)],
  'a map of another stream id': (pack) => [pack.header, pack.system, pack.isKeyframe ? writePsm([{ streamType: 0x1b, streamId: 0xe7 }]) : pack.map, video(pack)],
  'a map with a wrong CRC (Q82)': (pack) => [pack.header, pack.system, damaged(pack.map, -1, 0x99), video(pack)],
  'a map whose own lengths overrun (Q82)': (pack) => [pack.header, pack.system, damaged(pack.map, 11, 0xff), video(pack)],
  'a map of nothing': (pack) => [pack.header, pack.system, pack.isKeyframe ? hex('000001bc 0002 e0ff') : pack.map, video(pack)],
  'PES length 0 (Q86)': (pack) => [pack.header, pack.system, pack.map, unbounded(video(pack))],
  'one NAL unit in a PES packet, each with the PTS (Q86)': (pack) => [pack.header, pack.system, pack.map, ...pack.nalUnits.map((nal) => writePes(0xe0, pack.pts, joinAnnexB([nal])))],
  'one NAL unit in a PES packet, the PTS in the first': (pack) => [pack.header, pack.system, pack.map, ...pack.nalUnits.map((nal, i) => (i === 0 ? writePes(0xe0, pack.pts, joinAnnexB([nal])) : more(joinAnnexB([nal]))))],
  'one NAL unit in a pack': (pack) => pack.nalUnits.flatMap((nal, i) => [pack.header, ...(i === 0 ? [pack.system, pack.map] : []), writePes(0xe0, pack.pts, joinAnnexB([nal]))]),
  'PES packets that cut NAL units anywhere (Q86)': (pack) => {
    const frame = joinAnnexB(pack.nalUnits)
    return [pack.header, pack.system, pack.map, ...Array.from({ length: Math.ceil(frame.length / 77) }, (_, i) => (i === 0 ? writePes(0xe0, pack.pts, frame.subarray(0, 77)) : more(frame.subarray(i * 77, (i + 1) * 77))))]
  },
  'private streams and padding before, behind and between (Q89)': (pack) => [privateOnes, pack.header, pack.system, pack.map, privateOnes, video(pack), privateOnes],
  'a private stream without a header of its own (Q89)': (pack) => [pack.header, hex('000001bd 0006 000000000000'), pack.system, pack.map, video(pack)],
  'stuffing in pack and PES headers': (pack) => [damaged(pack.header, 13, 0xff), Buffer.alloc(7, 0xff), pack.system, pack.map, stuffed(video(pack))],
  'zeros between packets': (pack) => [pack.header, Buffer.alloc(5), pack.system, pack.map, Buffer.alloc(3), video(pack), Buffer.alloc(2)],
  'pack headers of four bytes (Q87)': (pack) => [pack.header.subarray(0, 4), pack.system, pack.map, video(pack)],
  'pack headers cut in the middle (Q87)': (pack) => [pack.header.subarray(0, 9), pack.system, pack.map, video(pack)],
  'a stuffing length that is wrong (Q87)': (pack) => [damaged(pack.header, 13, 0xff), pack.system, pack.map, video(pack)],
  'MPEG-1 packs and PES headers (Q88)': (pack) => [hex('000001ba 2100010001 80270f'), mpeg1(pack)],
  'an end code behind each pack': (pack) => [...plain(pack), hex('000001b9')],
  'PES header length one too long (Q90)': (pack) => [pack.header, pack.system, pack.map, damaged(video(pack), 8, 6)],
  'PES header length one too short (Q90)': (pack) => [pack.header, pack.system, pack.map, damaged(video(pack), 8, 4)],
  'no PTS at all': (pack) => [pack.header, pack.system, pack.map, more(joinAnnexB(pack.nalUnits))],
}

interface Wire {
  readonly transport: 'udp' | 'tcp-passive'
  readonly maxPayload: number
}
const wires: readonly Wire[] = [{ transport: 'udp', maxPayload: 100 }, { transport: 'udp', maxPayload: 1400 }, { transport: 'tcp-passive', maxPayload: 333 }]

function packets(packs: readonly (readonly Buffer[])[], { transport, maxPayload }: Wire): readonly { readonly bytes: Buffer; readonly atUs: number; readonly frame: number }[] {
  let sequence = 65_530
  return packs.flatMap((pack, frame) => {
    const list = packetize(Buffer.concat(pack), { payloadType: 96, ssrc: 5, timestamp: frame * 3600, firstSequence: sequence, maxPayload })
    sequence += list.length
    return list.map((bytes, i) => ({ bytes: transport === 'udp' ? bytes : frameRfc4571(bytes), atUs: frame * 40_000 + i * 20, frame }))
  })
}
function run(list: ReturnType<typeof packets>, transport: Wire['transport'], onAudio?: (frame: AudioFrame) => void) {
  const pipeline = createPipeline({ transport, ...(onAudio && { onAudio }) })
  let firstAfter: number | undefined
  const units = list.flatMap(({ bytes, atUs, frame }) => {
    const given = pipeline.push(bytes, atUs)
    if (given.length > 0) firstAfter ??= frame
    return [...given]
  })
  units.push(...pipeline.flush())
  return { units, figures: pipeline.figures(), firstAfter }
}
const nals = (units: readonly AccessUnit[]): readonly string[] => units.map(({ nalUnits }) => nalUnits.map((nal) => nal.toString('hex')).join(' '))

t.test('not one of them costs a picture, a mark, or time', (t) => {
  for (const codec of ['h264', 'h265'] as const) {
    const expected = nals(pictures[codec])
    for (const [name, trouble] of Object.entries(troubles)) {
      for (const wire of wires) {
        for (const onAudio of [undefined, () => {}]) {
          const { units, figures, firstAfter } = run(packets(parts(codec).map(trouble), wire), wire.transport, onAudio)
          const what = `${codec}: ${name}, ${wire.transport} in packets of ${wire.maxPayload}${onAudio ? ', heard' : ''}`
          const isRight = nals(units).join() === expected.join() && units.every((unit) => unit.codec === codec && !unit.isDamaged) && figures.resynchronisations === 0 && figures.container === 'ps'
          // Without any time the next picture must have come whole to be known for one.
          if (!isRight || firstAfter !== (name.startsWith('no PTS') ? 2 : 1)) t.fail(`${what}: ${units.length} pictures, ${figures.resynchronisations} resynchronisations, the first with packet ${firstAfter}`)
          const times = units.map(({ pts90k }) => pts90k)
          if (times.some((pts, i) => i > 0 && Math.abs(pts - (times[i - 1] ?? 0) - 3600) > 90)) t.fail(`${what}: times ${times.join()}`)
        }
      }
    }
    t.pass(`${Object.keys(troubles).length} of ${codec}`)
  }
  t.end()
})

t.test('pictures above 65,535 bytes: joined by id and PTS, whether it stands in each packet or the first alone (Q86)', (t) => {
  const [sps, pps, slice] = pictures.h264[0]?.nalUnits.filter((nal) => [7, 8, 5].includes((nal[0] ?? 0) & 31)) ?? []
  if (!sps || !pps || !slice) throw new Error('no keyframe')
  const large = Array.from({ length: 4 }, (_, n) => [sps, pps, Buffer.concat([slice, Buffer.alloc(150_000 + n * 70_000, 0x5b)])])
  const header = parts('h264')[0]?.header ?? Buffer.alloc(0)
  for (const isInAll of [true, false]) {
    for (const size of [maxPesPayload, 60_000, 5_000]) {
      const packs = large.map((nalUnits, n) => {
        const frame = joinAnnexB(nalUnits)
        return [header, ...Array.from({ length: Math.ceil(frame.length / size) }, (_, i) => (i === 0 || isInAll ? writePes(0xe0, 900_000 + n * 3600, frame.subarray(i * size, (i + 1) * size)) : more(frame.subarray(i * size, (i + 1) * size))))]
      })
      for (const wire of wires.slice(1)) {
        const { units } = run(packets(packs, wire), wire.transport)
        t.same(nals(units), large.map((nalUnits) => nalUnits.map((nal) => nal.toString('hex')).join(' ')), `${size} bytes, PTS in ${isInAll ? 'each' : 'the first'}, ${wire.transport}`)
      }
    }
  }
  t.end()
})

t.test('joined anywhere: nothing before the next keyframe, everything from it on', (t) => {
  for (const codec of ['h264', 'h265'] as const) {
    const list = packets(parts(codec).map(plain), { transport: 'udp', maxPayload: 100 })
    for (let from = 1; from < list.length; from++) {
      const { units } = run(list.slice(from), 'udp')
      const expected = nals(pictures[codec].slice((list[from]?.frame ?? 0) < 5 || (list[from]?.frame === 5 && list[from - 1]?.frame === 4) ? 5 : 10))
      if (nals(units).join() !== expected.join()) t.fail(`${codec} from packet ${from}: ${units.length} pictures`)
    }
    t.pass(`${list.length} places in ${codec}`)
  }
  t.end()
})

t.test('each packet lost once: its picture is hurt and said to be, the next pack is believed again (Q91)', (t) => {
  for (const codec of ['h264', 'h265'] as const) {
    for (const [name, trouble] of Object.entries(troubles)) {
      if (name === 'one NAL unit in a pack') continue
      const wire = { transport: 'udp', maxPayload: 100 } as const
      const list = packets([...parts(codec), ...parts(codec).map((pack) => ({ ...pack, pts: pack.pts + 36_000 }))].map(trouble), wire)
      const all = [...pictures[codec], ...pictures[codec]]
      for (let lost = 1; lost < list.length; lost += 3) {
        const { units } = run(list.filter((_, i) => i !== lost), 'udp')
        const hurt = list[lost]?.frame ?? 0
        const whole = new Set(nals(all))
        const broken = units.filter((unit) => !unit.isDamaged && !whole.has(nals([unit])[0] ?? ''))
        // The last keyframe's GOP is beyond the loss wherever it was before it.
        const tail = nals(units.slice(-5)).join() === nals(all.slice(-5)).join()
        if (broken.length > 0 || (hurt < 15 && !tail) || units.length < (hurt === 0 ? 15 : 19)) t.fail(`${codec}: ${name}, packet ${lost} of picture ${hurt}: ${units.length} pictures, ${broken.length} broken and not marked`)
      }
    }
  }
  t.pass('and none of them is taken for whole')
  t.end()
})

t.test('cameras as another writer imitates them: no map; G.711 beside short packets', (t) => {
  const source = nals(pictures.h264)
  for (const name of ['camera-like-no-psm.ps', 'camera-like-audio-short-pes.ps']) {
    const bytes = fixture(`ps/${name}`)
    const starts: number[] = []
    for (let at = bytes.indexOf('000001ba', 0, 'hex'); at >= 0; at = bytes.indexOf('000001ba', at + 4, 'hex')) starts.push(at)
    const frames: AudioFrame[] = []
    const list = packets(starts.map((at, i) => [bytes.subarray(at, starts[i + 1] ?? bytes.length)]), { transport: 'udp', maxPayload: 1400 })
    const { units, figures } = run(list, 'udp', (frame) => frames.push(frame))
    t.equal(units.length, 25, name)
    // The writer puts a probe (SEI) into each picture.
    const slices = units.map(({ nalUnits }) => nalUnits.filter((nal) => ((nal[0] ?? 0) & 31) !== 6).map((nal) => nal.toString('hex')).join(' '))
    t.ok(slices.every((slice, i) => slice === nals([{ ...pictures.h264[i % 10], nalUnits: pictures.h264[i % 10]?.nalUnits.filter((nal) => ((nal[0] ?? 0) & 31) !== 6) ?? [] } as AccessUnit])[0]), `${source.length} pictures, two and a half times over`)
    t.match(figures, { resynchronisations: 0, container: 'ps' })
    if (name.includes('audio')) {
      t.match(figures.audio, { codec: 'pcma', declared: 'pcma' })
      const samples = decodeG711('pcma', Buffer.concat(frames.map(({ data }) => data)))
      // A tone of 1 kHz repeats itself each eight samples.
      t.ok(samples.length > 6_000 && samples.every((sample, i) => i < 8 || sample === samples[i - 8]) && Math.max(...samples) > 7_000, 'the tone')
      t.ok(frames.every(({ pts90k }, i) => pts90k === (units[0]?.pts90k ?? 0) + (25 - frames.length + i) * 3600), 'beside its pictures')
    } else t.equal(figures.audio, undefined)
  }
  t.end()
})

t.test('chewed streams of every kind: nothing is thrown, and the next whole stream is whole', (t) => {
  const samples = Object.values(troubles).map((trouble) => Buffer.concat(parts('h264').slice(0, 6).flatMap(trouble)))
  const pipeline = createPipeline({ transport: 'udp', onAudio: () => {} })
  let sequence = 0
  let atUs = 0
  const feed = (bytes: Buffer): readonly AccessUnit[] => {
    const list = packetize(bytes, { payloadType: 96, ssrc: 5, timestamp: (sequence * 3600) % 2 ** 32, firstSequence: sequence, maxPayload: 1400 })
    sequence += list.length
    return list.flatMap((packet) => [...pipeline.push(packet, (atUs += 500))])
  }
  for (const bytes of chew(samples, 3_000, 13_818)) feed(bytes)
  const units = [...parts('h264'), ...parts('h264')].flatMap((pack) => feed(Buffer.concat([...plain(pack)])))
  t.ok(nals([...units, ...pipeline.flush()]).join().includes(nals(pictures.h264.slice(0, 9)).join()))
  t.end()
})
