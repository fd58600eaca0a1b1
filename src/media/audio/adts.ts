// AAC in ADTS: headers found, checked and taken off. ISO/IEC 13818-7 6.2; AudioSpecificConfig of ISO/IEC 14496-3 1.6.2.1.

export interface AdtsHeader {
  /** 7, or 9 with a CRC. */
  readonly headerBytes: number
  /** Header included. */
  readonly frameBytes: number
  readonly sampleRate: number
  readonly channels: number
  /** AudioSpecificConfig, two bytes. */
  readonly config: Buffer
}

export interface AdtsFrame extends Pick<AdtsHeader, 'sampleRate' | 'channels' | 'config'> {
  /** One raw data block. */
  readonly data: Buffer
  /** It began in an earlier push. */
  readonly isCarried: boolean
}

export interface AdtsFramer {
  readonly push: (bytes: Buffer) => readonly AdtsFrame[]
  /** Bytes are missing here: what was begun is dropped. */
  readonly gap: () => void
}

/** ISO/IEC 14496-3 table 1.18. */
export const aacRates: readonly number[] = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350]
/** Samples of one access unit and channel; cameras do not use the 960 of broadcast. ISO/IEC 14496-3 4.5.1.1. */
export const aacSamples = 1024

/** Channels by channel configuration; 0 leaves them to the stream. ISO/IEC 14496-3 table 1.19. */
const channelCounts: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8]
const nothing: readonly AdtsFrame[] = []

/** object type 5 | frequency index 4 | channel configuration 4 | 960 samples 1, core coder 1, extension 1: all 0 */
export function audioSpecificConfig(objectType: number, rateIndex: number, channelConfiguration: number): Buffer {
  return Buffer.from([(objectType << 3) | (rateIndex >> 1), ((rateIndex & 1) << 7) | (channelConfiguration << 3)])
}

// sync 12 = FFF | id 1 | layer 2 = 0 | no CRC 1 | profile 2 | frequency index 4 | private 1 | channels 3 | original, home, copyright 4
// | frame length 13 | buffer fullness 11 | raw data blocks - 1, 2
/** Undefined where there is no header that we can take: streams that describe their channels inside, and several blocks in a frame, among them. */
export function parseAdts(bytes: Buffer, at = 0): AdtsHeader | undefined {
  if (bytes.length < at + 7 || bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xf6) !== 0xf0) return undefined
  const [second = 0, third = 0, fourth = 0] = bytes.subarray(at + 1, at + 4)
  const rateIndex = (third >> 2) & 0x0f
  const configuration = ((third & 1) << 2) | (fourth >> 6)
  const sampleRate = aacRates[rateIndex]
  const channels = channelCounts[configuration]
  const frameBytes = ((fourth & 3) << 11) | (bytes.readUInt8(at + 4) << 3) | (bytes.readUInt8(at + 5) >> 5)
  const headerBytes = second & 1 ? 7 : 9
  if (sampleRate === undefined || !channels || frameBytes <= headerBytes || (bytes.readUInt8(at + 6) & 3) !== 0) return undefined
  return { headerBytes, frameBytes, sampleRate, channels, config: audioSpecificConfig((third >> 6) + 1, rateIndex, configuration) }
}

/** Puts the header before one raw data block; `config` as `parseAdts` gives it. */
export function writeAdts(config: Buffer, data: Buffer): Buffer {
  const [first = 0, second = 0] = config
  const rateIndex = ((first & 7) << 1) | (second >> 7)
  const configuration = (second >> 3) & 0x0f
  const size = data.length + 7
  const header = Buffer.from([0xff, 0xf1, (((first >> 3) - 1) << 6) | (rateIndex << 2) | (configuration >> 2), ((configuration & 3) << 6) | (size >> 11), (size >> 3) & 0xff, ((size & 7) << 5) | 0x1f, 0xfc])
  return Buffer.concat([header, data])
}

/** True where `bytes` begin with frames whose lengths lead from one header to the next, or to the end exactly. */
export function beginsWithAdts(bytes: Buffer): boolean {
  const header = parseAdts(bytes)
  if (!header) return false
  return header.frameBytes === bytes.length || parseAdts(bytes, header.frameBytes)?.config.equals(header.config) === true
}

/** Frames out of byte strings that are cut anywhere. Bytes that are no frame are passed over up to the next header. */
export function createAdtsFramer(): AdtsFramer {
  let rest: Buffer = Buffer.alloc(0)
  return {
    push: (bytes) => {
      const carried = rest.length
      const data = carried === 0 ? bytes : Buffer.concat([rest, bytes])
      const frames: AdtsFrame[] = []
      let at = 0
      while (at < data.length) {
        const header = parseAdts(data, at)
        if (!header) {
          if (data.length - at < 7 && isPrefix(data, at)) break
          const next = data.indexOf(0xff, at + 1)
          at = next === -1 ? data.length : next
          continue
        }
        const end = at + header.frameBytes
        if (end > data.length) break
        const { headerBytes, sampleRate, channels, config } = header
        frames.push({ data: Buffer.from(data.subarray(at + headerBytes, end)), sampleRate, channels, config, isCarried: at < carried })
        at = end
      }
      rest = at === data.length ? Buffer.alloc(0) : Buffer.from(data.subarray(at))
      return frames.length === 0 ? nothing : frames
    },
    gap: () => {
      rest = Buffer.alloc(0)
    },
  }
}

const isPrefix = (data: Buffer, at: number): boolean => data[at] === 0xff && (at + 1 === data.length || ((data[at + 1] ?? 0) & 0xf6) === 0xf0)
