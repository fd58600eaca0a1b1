// Sound to RTP payloads. G.711: RFC 3551 4.5.14, table 4; AAC: RFC 3640 3.3.6 (mpeg4-generic, AAC-hbr).
import { layOut, maxPayloadBytes, type Packets, type Payload } from './packets.ts'

/** A frame of sound: G.711 samples of any number, or one AAC access unit without a header. */
export interface Sound extends SoundFormat {
  readonly data: Buffer
}

export interface SoundFormat {
  readonly codec: 'pcma' | 'pcmu' | 'aac'
  readonly sampleRate: number
  readonly channels: number
  /** AAC: AudioSpecificConfig, ISO/IEC 14496-3 1.6.2.1. */
  readonly config?: Buffer
}

/** The fixed types stand for 8000 Hz and one channel; whatever else has a number of its own, beside the picture's. */
export function soundPayloadType({ codec, sampleRate, channels }: SoundFormat): number {
  const isFixed = codec !== 'aac' && sampleRate === 8000 && channels === 1
  return !isFixed ? 97 : codec === 'pcmu' ? 0 : 8
}

const laidOut = new WeakMap<Sound, Packets>()

export function soundPackets(sound: Sound): Packets {
  const known = laidOut.get(sound)
  if (known) return known
  const packets = layOut(sound.codec === 'aac' ? aacPayloads(sound.data) : g711Payloads(sound), soundPayloadType(sound))
  laidOut.set(sound, packets)
  return packets
}

/** Each sample is one byte a channel, so that a long frame may be cut anywhere between. */
function g711Payloads({ data, channels }: Sound): readonly Payload[] {
  const each = maxPayloadBytes - (maxPayloadBytes % channels)
  return Array.from({ length: Math.ceil(data.length / each) }, (_, n) => ({ parts: [data.subarray(n * each, (n + 1) * each)], hasMarker: false, ticks: (n * each) / channels }))
}

/** Ours: what 13 bits of size can say. */
const maxUnitBytes = 0x1fff

// AU-headers-length 16 = 16 | AU-size 13, AU-index 3 = 0 | access unit, or a part of it under the size of the whole; the marker ends it
function aacPayloads(unit: Buffer): readonly Payload[] {
  if (unit.length === 0 || unit.length > maxUnitBytes) return []
  const header = Buffer.from([0, 16, 0, 0])
  header.writeUInt16BE(unit.length << 3, 2)
  const each = maxPayloadBytes - header.length
  const count = Math.ceil(unit.length / each)
  return Array.from({ length: count }, (_, n) => ({ parts: [header, unit.subarray(n * each, (n + 1) * each)], hasMarker: n === count - 1, ticks: 0 }))
}
