// The sound of a session beside its pictures: elementary pieces of a program stream, or RTP packets of a payload type of its own, to frames on
// the pictures' clock. GB/T 28181-2022 Annex C.1, C.2.4. Nobody waits for it: it may be announced and never come (Q100).
import type { PictureClock } from '../h26x/timeline.ts'
import type { ElementaryPiece } from '../ps/demuxer.ts'
import { streamTypes, type ProgramStreamMap } from '../ps/psm.ts'
import type { RtpPacket } from '../rtp/packet.ts'
import { sequenceDistance } from '../rtp/sequence.ts'
import type { AccessUnit, AudioFigures, AudioFrame } from '../types.ts'
import { aacSamples, beginsWithAdts, createAdtsFramer, type AdtsFrame } from './adts.ts'
import { createAudioWatch, type AudioName } from './audio-watch.ts'
import { createBareAac, looksBare } from './bare-aac.ts'
import { announced, createAudioClock } from './clock.ts'
import { createAudioMeter } from './meter.ts'

export interface Sound {
  /** A piece of a stream that is no video, with the map as it is known by now. */
  readonly push: (piece: ElementaryPiece, map: ProgramStreamMap | undefined) => void
  /** A packet of a payload type of its own. */
  readonly pushRtp: (packet: RtpPacket, receivedUs: number) => void
  /** Bytes are missing here: what was begun is dropped. */
  readonly gap: () => void
  /** Named by the map, it may be worth a wait, or not. */
  readonly state: (map: ProgramStreamMap | undefined) => AccessUnit['sound']
  readonly figures: (map: ProgramStreamMap | undefined) => AudioFigures | undefined
}

/** Stream types of the map. GB/T 28181-2022 C.1; SVAC's older code by interop (Q85); the rest ISO/IEC 13818-1 table 2-34. */
const names: ReadonlyMap<number, AudioName> = new Map<number, AudioName>([
  [streamTypes.g711a, 'pcma'], [streamTypes.g711u, 'pcmu'], [streamTypes.aac, 'aac'], [0x92, 'g722.1'], [0x93, 'g723.1'], [0x99, 'g729'], [0x9b, 'svac'], [0x81, 'svac'], [0x03, 'mpeg'], [0x04, 'mpeg'], [0x11, 'latm'],
])
/** Payload types of G.711 in RTP. RFC 3551 table 4. */
const g711Types: ReadonlyMap<number, 'pcma' | 'pcmu'> = new Map([[8, 'pcma'], [0, 'pcmu']])
const firstDynamicType = 96
const maxOvertaken = 100

/** Sound beside an elementary stream: under the payload type of G.711, or AAC by its framing; no NAL unit looks like it. */
export const isRtpSound = ({ payloadType, payload }: RtpPacket): boolean => g711Types.has(payloadType) || (payloadType >= firstDynamicType && (looksBare(payload) || beginsWithAdts(payload)))

/** Cameras that put G.711 there have no other place for it; others put data of their own there, which is not taken for sound lightly. */
const privateStream = 0xbd
const isAudioId = (id: number): boolean => id >= 0xc0 && id <= 0xdf
/** G.711 without a map has the standard's rate. */
const g711Rate = 8_000
/** A private stream that the map does not name: so many packets of one plausible size. 5 ms of G.711 at least. */
const privatePackets = 10
const privateUnit = 40
const minPrivateBytes = 80

export function createSound(clock: PictureClock, onAudio: (frame: AudioFrame) => void): Sound {
  const place = createAudioClock(clock)
  const framer = createAdtsFramer()
  const meter = createAudioMeter()
  let watch = createAudioWatch()
  /** The stream that is followed: the first that brought something. RTP's own: -1. */
  let followed: number | undefined
  const scout = createAudioWatch()
  const bare = createBareAac()
  let lastSequence: number | undefined
  let alike = { bytes: 0, packets: 0 }
  let isHeard = false
  let lastPts: number | undefined
  let seen: ProgramStreamMap | undefined

  const give = (frame: Omit<AudioFrame, 'pts90k'>, camera90k: number | undefined, samples: number): void => {
    isHeard = true
    const pts90k = place(camera90k === undefined ? undefined : clock.locate(camera90k), (samples * 90_000) / frame.sampleRate, frame.receivedUs)
    if (pts90k === undefined) return
    const placed = { ...frame, pts90k: Math.round(pts90k) }
    meter.note(placed)
    onAudio(placed)
  }
  const giveAac = (frames: readonly AdtsFrame[], camera90k: number | undefined, receivedUs: number): void => {
    // The time of a packet is that of the first frame that begins in it. ISO/IEC 13818-1 2.4.3.7.
    let begun = 0
    for (const { isCarried, ...frame } of frames) {
      const at = camera90k === undefined || isCarried ? undefined : camera90k + (begun++ * aacSamples * 90_000) / frame.sampleRate
      give({ codec: 'aac', ...frame, receivedUs }, at, aacSamples)
    }
  }
  const take = (bytes: Buffer, camera90k: number | undefined, receivedUs: number): void => {
    const codec = watch.push(bytes)
    if (codec === undefined || bytes.length === 0) return
    if (codec === 'aac') giveAac(framer.push(bytes), camera90k, receivedUs)
    else if (codec === 'pcma' || codec === 'pcmu') give({ codec, sampleRate: g711Rate, channels: 1, data: bytes, receivedUs }, camera90k, bytes.length)
    else meter.noteOther(codec, bytes.length, receivedUs)
  }
  const pushBare = (payload: Buffer, timestamp: number, hasMarker: boolean, receivedUs: number): void => {
    meter.declare('aac')
    for (const frame of bare.push(payload, timestamp, hasMarker, receivedUs)) give({ codec: 'aac', ...frame, receivedUs }, undefined, aacSamples)
  }
  const follow = (id: number): void => {
    if (followed === id) return
    followed = id
    watch = createAudioWatch()
    seen = undefined
    framer.gap()
  }
  /** A private stream is named by the map, or like nothing but sound: AAC in its framing, or G.711 in packets of one size, a whole number of 5 ms. */
  const isSound = ({ streamId, bytes }: ElementaryPiece, map: ProgramStreamMap | undefined): boolean => {
    if (streamId !== privateStream) return isAudioId(streamId)
    if (declaredFor(streamId, map)) return true
    alike = { bytes: bytes.length, packets: alike.bytes === bytes.length ? alike.packets + 1 : 1 }
    const codec = followed === privateStream ? undefined : scout.push(bytes)
    const isG711 = (codec === 'pcma' || codec === 'pcmu') && bytes.length >= minPrivateBytes && bytes.length % privateUnit === 0 && alike.packets >= privatePackets
    return followed === privateStream || codec === 'aac' || isG711
  }
  return {
    push: (piece, map) => {
      const { streamId, bytes, pts90k, receivedUs } = piece
      if (followed !== undefined && followed !== streamId && !(followed === privateStream && isAudioId(streamId))) return
      if (bytes.length === 0 || piece.isDamaged || !isSound(piece, map)) return
      follow(streamId)
      const declared = seen === map ? undefined : declaredFor(streamId, map)
      seen = map
      if (declared) watch.declare(declared)
      // The same time again says nothing.
      take(bytes, pts90k === lastPts ? undefined : pts90k, receivedUs)
      lastPts = pts90k
    },
    pushRtp: ({ payloadType, payload, sequence, timestamp, hasMarker }, receivedUs) => {
      const declared = g711Types.get(payloadType)
      follow(-1)
      const ahead = lastSequence === undefined ? 1 : sequenceDistance(lastSequence, sequence)
      // Twice, or overtaken: sound under an SSRC of its own is not put in order.
      if (ahead <= 0 && ahead > -maxOvertaken) return
      lastSequence = sequence
      if (!declared && !beginsWithAdts(payload)) return pushBare(payload, timestamp, hasMarker, receivedUs)
      if (declared) {
        watch.declare(declared)
        meter.declare(declared)
      }
      // A copy: sound is kept longer than its datagram.
      take(Buffer.from(payload), undefined, receivedUs)
    },
    gap: framer.gap,
    state: (map) => (isHeard ? 'heard' : declaredIn(map) === undefined ? undefined : announced(clock) ? 'declared' : 'unheard'),
    figures: (map) => {
      const declared = declaredIn(map)
      if (declared) meter.declare(declared)
      return meter.figures()
    },
  }
}

const declaredFor = (streamId: number, map: ProgramStreamMap | undefined): AudioName | undefined => {
  const type = map?.streams.find((each) => each.streamId === streamId)?.streamType
  return type === undefined ? undefined : names.get(type)
}
const declaredIn = (map: ProgramStreamMap | undefined): AudioName | undefined => {
  for (const { streamId, streamType } of map?.streams ?? []) if (isAudioId(streamId) || streamId === privateStream) return names.get(streamType)
  return undefined
}
