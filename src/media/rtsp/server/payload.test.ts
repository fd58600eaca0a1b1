// Pictures and sound in packets, read back by the depacketizers; what a player is told of them; reports on one clock.
import t from 'tap'
import { createDepacketizer } from '../../h26x/depacketizer.ts'
import { recorded } from '../../io/scripted-stage.ts'
import { defaultReaderBounds } from '../../reader.ts'
import { parseRtp } from '../../rtp/packet.ts'
import { parseRtcp } from '../../rtp/rtcp.ts'
import type { AccessUnit } from '../../types.ts'
import { createAudioDepacketizer } from '../audio.ts'
import { parseDescription } from '../describe.ts'
import { splitFrames } from '../framing.ts'
import { soundPackets, soundPayloadType, type Sound } from './audio-payload.ts'
import { writeDescription } from './description.ts'
import { layOut, maxPayloadBytes, stamped } from './packets.ts'
import { createPlayout, type Outgoing, type PlayoutTrack } from './playout.ts'
import { videoPackets, videoPayloads } from './video-payload.ts'

const h264 = recorded('h264-pcma-digest-tcp')
const h265 = recorded('h265-aac-basic-udp')
const payloadsOf = (unit: AccessUnit, max?: number): readonly Buffer[] => videoPayloads(unit, max).map(({ parts }) => Buffer.concat([...parts]))
const unit = (nalUnits: readonly Buffer[], more: Partial<AccessUnit> = {}): AccessUnit => ({ codec: 'h264', pts90k: 0, isKeyframe: false, nalUnits, receivedUs: 0, isDamaged: false, ...more })

for (const [codec, { units }, delimiter] of [['h264', h264, 9], ['h265', h265, 35]] as const) {
  t.test(`${codec}: every picture of a recording comes back whole, whatever the size of a packet`, (t) => {
    for (const max of [maxPayloadBytes, 100, 1000]) {
      const depacketizer = createDepacketizer(codec)
      for (const each of units) {
        const payloads = payloadsOf(each, max)
        t.ok(payloads.every((payload) => payload.length <= max), 'none beyond the bound')
        const back = payloads.flatMap((payload) => depacketizer.push(payload))
        t.notOk(back.some(({ isDamaged }) => isDamaged))
        const typeOf = (nal: Buffer): number => (codec === 'h264' ? (nal[0] ?? 0) & 31 : ((nal[0] ?? 0) >> 1) & 63)
        const carried = back.map(({ nal }) => nal)
        const wanted = each.nalUnits.filter((nal) => typeOf(nal) !== delimiter)
        t.strictSame(carried.slice(-wanted.length), wanted)
        if (each.isKeyframe) t.ok(carried.some((nal) => nal.equals(each.parameterSets?.sps ?? Buffer.alloc(0))), 'a keyframe has its parameter sets')
        t.equal(carried.length, new Set([...carried]).size)
      }
    }
    t.end()
  })
}

t.test('parameter sets travel together; the marker ends the picture; what RTP would misread stays behind', (t) => {
  const [sps, pps, idr] = [Buffer.from('6742000af841a2', 'hex'), Buffer.from('68ce3880', 'hex'), Buffer.concat([Buffer.from('6588', 'hex'), Buffer.alloc(3000, 1)])]
  const keyframe = unit([Buffer.from('0910', 'hex'), idr], { isKeyframe: true, parameterSets: { sps, pps } })
  const payloads = videoPayloads(keyframe)
  t.equal(Buffer.concat([...(payloads[0]?.parts ?? [])]).toString('hex'), `78${'0007'}${sps.toString('hex')}0004${pps.toString('hex')}`, 'STAP-A, though the camera sent them elsewhere')
  t.strictSame(payloads.map(({ hasMarker }) => hasMarker), [false, false, false, true])
  t.strictSame(payloads.slice(1).map(({ parts }) => parts[0]?.toString('hex')), ['7c85', '7c05', '7c45'], 'FU-A: start, middle, end')
  t.equal(payloadsOf(unit([sps, pps, idr], { isKeyframe: true, parameterSets: { sps, pps } })).length, payloads.length, 'those that are there are not said twice')
  t.strictSame(payloadsOf(unit([Buffer.from('7c8141', 'hex'), Buffer.from('00', 'hex'), Buffer.alloc(0), Buffer.from('419a', 'hex')])).map((payload) => payload.toString('hex')), ['419a'])
  t.strictSame(payloadsOf(unit([Buffer.from('6001aa', 'hex'), Buffer.from('02', 'hex'), Buffer.from('0201bb', 'hex')], { codec: 'h265' })).map((payload) => payload.toString('hex')), ['0201bb'])
  t.strictSame(videoPackets(unit([])).starts, [])
  t.end()
})

t.test('packets: laid out once, stamped for each', (t) => {
  const shared = layOut([{ parts: [Buffer.from('aa', 'hex'), Buffer.from('bbcc', 'hex')], hasMarker: false, ticks: 0 }, { parts: [Buffer.from('dd', 'hex')], hasMarker: true, ticks: 160 }], 96)
  const before = Buffer.from(shared.bytes)
  const frames = splitFrames(stamped(shared, { channel: 4, sequence: 0xffff, timestamp: 0xffff_ffff, ssrc: 0xdeadbeef }))
  t.strictSame(frames.map(({ channel }) => channel), [4, 4])
  t.match(frames.map(({ packet }) => parseRtp(packet)), [
    { payloadType: 96, hasMarker: false, sequence: 0xffff, timestamp: 0xffff_ffff, ssrc: 0xdeadbeef, payload: Buffer.from('aabbcc', 'hex') },
    { payloadType: 96, hasMarker: true, sequence: 0, timestamp: 159, ssrc: 0xdeadbeef, payload: Buffer.from('dd', 'hex') },
  ])
  t.strictSame(shared.bytes, before, 'what is shared is not touched')
  t.equal(videoPackets(h264.units[0] as AccessUnit), videoPackets(h264.units[0] as AccessUnit))
  t.end()
})

t.test('sound comes back as it went: G.711 of any length, AAC in one packet or in parts', (t) => {
  const back = (sound: Sound): readonly { readonly pts: number; readonly bytes: Buffer }[] => {
    const sdp = writeDescription({ codec: 'h264', parameterSets: h264.units[0]?.parameterSets as NonNullable<AccessUnit['parameterSets']>, sound }, { name: 'x', id: 1, host: '10.0.0.1' })
    const track = parseDescription(sdp, 'rtsp://h/a/').tracks.find(({ kind }) => kind === 'audio')
    if (track?.kind !== 'audio') throw new Error('no sound described')
    t.equal(track.payloadType, soundPayloadType(sound))
    const depacketizer = createAudioDepacketizer(track.format)
    const packets = splitFrames(soundPackets(sound).bytes).map(({ packet }) => parseRtp(packet))
    return packets.flatMap((packet) => depacketizer.push(packet.payload, packet.timestamp, packet.hasMarker, 0)).map(({ pts, bytes }) => ({ pts, bytes }))
  }
  for (const { frames } of [h264, h265]) for (const frame of frames.slice(0, 5)) t.strictSame(back(frame), [{ pts: 0, bytes: frame.data }])
  const long: Sound = { codec: 'pcma', sampleRate: 8000, channels: 1, data: Buffer.from(Array.from({ length: 3000 }, (_, i) => i & 255)) }
  t.strictSame(back(long).map(({ pts }) => pts), [0, 1388, 2776])
  t.strictSame(Buffer.concat(back(long).map(({ bytes }) => bytes)), long.data)
  const wide: Sound = { codec: 'pcmu', sampleRate: 16_000, channels: 2, data: Buffer.alloc(1400, 3) }
  t.strictSame(back(wide).map(({ pts, bytes }) => [pts, bytes.length]), [[0, 1388], [694, 12]])
  const aac: Sound = { codec: 'aac', sampleRate: 48_000, channels: 2, config: Buffer.from('1190', 'hex'), data: Buffer.alloc(4000, 7) }
  t.strictSame(back(aac), [{ pts: 0, bytes: aac.data }])
  t.equal(soundPackets(aac).starts.length, 3)
  for (const bytes of [0, 9000]) t.strictSame(soundPackets({ ...aac, data: Buffer.alloc(bytes) }).starts, [], `an access unit of ${bytes} bytes is none`)
  t.end()
})

t.test('a description is read as it was meant', (t) => {
  for (const [name, { units, frames }] of [['h264', h264], ['h265', h265]] as const) {
    const sets = units[0]?.parameterSets
    const [frame] = frames
    if (!sets || !frame) throw new Error('nothing recorded')
    const text = writeDescription({ codec: name, parameterSets: sets, sound: frame }, { name: '32011600001320000013', id: 7, host: 'fe80::1' })
    t.match(text.toString(), /o=- 7 1 IN IP6 fe80::1\r\n/)
    const { tracks, control } = parseDescription(text, 'rtsp://h/live/c?token=t/')
    t.equal(control, 'rtsp://h/live/c?token=t/')
    const { vps, sps, pps } = sets
    t.match(tracks, [
      { kind: 'video', codec: name, payloadType: 96, control: 'rtsp://h/live/c?token=t/trackID=0', parameterSets: [...(vps ? [vps] : []), sps, pps] },
      { kind: 'audio', control: 'rtsp://h/live/c?token=t/trackID=1', format: { codec: frame.codec, clockRate: frame.sampleRate, channels: 1, ...(frame.config && { config: frame.config }) } },
    ])
    t.equal(parseDescription(writeDescription({ codec: name, parameterSets: sets }, { name: 'x', id: 1, host: '10.0.0.1' }), 'rtsp://h/').tracks.length, 1)
  }
  t.end()
})

const tracks: readonly PlayoutTrack[] = [
  { kind: 'video', ssrc: 11, sequence: 65_530, timestamp: 0xffff_ff00, channels: [0, 1] },
  { kind: 'sound', ssrc: 12, sequence: 100, timestamp: 5000, channels: [2, 3] },
]
const packetsIn = (sent: readonly (Outgoing | string)[]) => sent.flatMap((each) => (typeof each === 'string' ? [] : splitFrames(each.bytes)))

t.test('a player from keyframe to keyframe, numbered on, its tracks on one clock', (t) => {
  const { units, frames } = h264
  const [frame] = frames
  if (!frame) throw new Error('no sound')
  const playout = createPlayout({ codec: 'h264', format: frame, tracks, bounds: defaultReaderBounds, name: 'yiji@h' })
  t.strictSame(playout.reports(0, 0), [], 'nothing to report before the first packet')
  t.equal(playout.sound(frame, 0), 'drop', 'no sound before a picture')
  t.equal(playout.unit(units[1] as AccessUnit, 0, 0), 'drop', 'not in the middle of a GOP')
  const sent = units.map((each) => playout.unit({ ...each, receivedUs: 1_000_000 }, 0, 0))
  const video = packetsIn(sent).map(({ packet }) => parseRtp(packet))
  t.equal(video[0]?.timestamp, 0xffff_ff00, 'the first picture has the time that was promised')
  t.strictSame(video.map(({ sequence }) => sequence), video.map((_, i) => (65_530 + i) & 0xffff))
  const last = units.at(-1) as AccessUnit
  t.equal(video.at(-1)?.timestamp, (0xffff_ff00 + last.pts90k - (units[0] as AccessUnit).pts90k) % 2 ** 32)
  const later = playout.sound({ ...frame, pts90k: last.pts90k }, 0)
  const [sound] = packetsIn([later]).map(({ packet }) => parseRtp(packet))
  t.equal(sound?.timestamp, 5000 + Math.round(((last.pts90k - (units[0] as AccessUnit).pts90k) * 8000) / 90_000))
  t.equal(playout.sound({ ...frame, codec: 'pcmu', pts90k: last.pts90k }, 0), 'drop', 'sound of another kind is not passed off as the described one')

  const wallMs = Date.UTC(2026, 0, 1)
  const reports = packetsIn(playout.reports(3_000_000, wallMs))
  t.strictSame(reports.map(({ channel }) => channel), [1, 3])
  const read = reports.map(({ packet }) => parseRtcp(packet))
  const ntp = { seconds: wallMs / 1000 - 2 + 2_208_988_800, fraction: 0 }
  t.match(read, [
    [{ type: 'sender-report', ssrc: 11, ntp, rtpTimestamp: video.at(-1)?.timestamp, packets: video.length }, { type: 'description', sources: [{ ssrc: 11, items: [{ id: 1, text: 'yiji@h' }] }] }],
    [{ type: 'sender-report', ssrc: 12, ntp, rtpTimestamp: sound?.timestamp, packets: 1, octets: frame.data.length }, { type: 'description' }],
  ])
  t.strictSame(packetsIn(playout.byes()).map(({ packet }) => parseRtcp(packet).at(-1)), [{ type: 'bye', ssrcs: [11] }, { type: 'bye', ssrcs: [12] }])
  t.equal(playout.unit({ ...last, codec: 'h265' }, 0, 0), 'changed')

  playout.resume()
  t.equal(playout.unit(units[0] as AccessUnit, 0, 0), 'drop', 'what came before the pause is not sent again')
  const again = playout.unit({ ...(units[0] as AccessUnit), pts90k: last.pts90k + 9000 }, 0, 0)
  t.equal(packetsIn([again]).map(({ packet }) => parseRtp(packet))[0]?.sequence, (65_530 + video.length) & 0xffff)
  t.equal(playout.counts().delivered, units.length + 1)
  t.end()
})

t.test('a slow player waits for the next keyframe, then is cut', (t) => {
  const playout = createPlayout({ codec: 'h264', tracks: tracks.slice(0, 1), bounds: { maxBacklogBytes: 1000, cutAfterMs: 10 }, name: 'x' })
  const [keyframe, inter] = h264.units as [AccessUnit, AccessUnit]
  t.type(playout.unit(keyframe, 0, 0), 'object')
  t.equal(playout.unit(inter, 1001, 0), 'drop')
  t.equal(playout.unit(inter, 0, 1000), 'drop', 'the rest of its GOP could not be decoded')
  t.type(playout.unit(keyframe, 0, 1000), 'object')
  t.equal(playout.unit(inter, 1001, 2000), 'drop')
  t.equal(playout.unit(inter, 1001, 12_000), 'cut')
  t.end()
})
