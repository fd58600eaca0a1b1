// AAC in RTP that nothing describes (GB/T 28181-2022 Annex C.2.4 gives it a payload type and no more): RFC 3640 in the form that cameras use, its
// channels by the first element of an access unit, its rate by how many of them come in a second.
import { createAudioDepacketizer, type AudioDepacketizer } from '../rtsp/audio.ts'
import { parseFmtp, genericAac } from '../rtsp/fmtp.ts'
import { aacRates, aacSamples } from './adts.ts'

export interface BareFrame {
  readonly data: Buffer
  readonly config: Buffer
  readonly sampleRate: number
  readonly channels: number
}

export interface BareAac {
  /** The next payload; nothing while the rate is being found out. */
  readonly push: (payload: Buffer, timestamp: number, hasMarker: boolean, atUs: number) => readonly BareFrame[]
}

/** Arrivals of two seconds tell neighbouring rates, 9 % apart, from each other though each may be 50 ms off. */
const listenUs = 2_000_000
const maxOff = 0.04
/** No camera has more. */
const highestRate = 48_000
const nothing: readonly BareFrame[] = []

// AU-headers-length 16 in bits | per unit: size 13, index 3 | units
/** Headers of 16 bits whose sizes add up to the payload: nothing else looks like it, a NAL unit least of all. RFC 3640 3.3.6. */
export function looksBare(payload: Buffer): boolean {
  if (payload.length < 5) return false
  const headers = payload.readUInt16BE(0)
  if (headers === 0 || headers % 16 !== 0 || headers > 16 * 32 || payload.length < 2 + headers / 8) return false
  let sum = 2 + headers / 8
  for (let at = 2; at < 2 + headers / 8; at += 2) sum += payload.readUInt16BE(at) >> 3
  return sum === payload.length
}

export function createBareAac(): BareAac {
  let began: { readonly atUs: number; units: number } | undefined
  let known: { readonly depacketizer: AudioDepacketizer; readonly sampleRate: number } | undefined

  const listen = (payload: Buffer, atUs: number): void => {
    if (!looksBare(payload)) return
    const units = payload.readUInt16BE(0) / 16
    if (!began) {
      began = { atUs, units: 0 }
      return
    }
    began.units += units
    if (atUs - began.atUs < listenUs) return
    const heard = (began.units * aacSamples * 1_000_000) / (atUs - began.atUs)
    const sampleRate = aacRates.find((rate) => rate <= highestRate && Math.abs(rate - heard) < maxOff * rate)
    // A packet lost, or one that came late: once more.
    began = { atUs, units: 0 }
    // id_syn_ele: 0 one channel, 1 a pair. ISO/IEC 14496-3 table 4.85.
    const element = (payload[2 + units * 2] ?? 0) >> 5
    const format = sampleRate !== undefined && element < 2 ? genericAac(parseFmtp('mode=AAC-hbr'), sampleRate, element + 1) : undefined
    if (format && sampleRate !== undefined) known = { depacketizer: createAudioDepacketizer(format), sampleRate }
  }
  return {
    push: (payload, timestamp, hasMarker, atUs) => {
      if (!known) {
        listen(payload, atUs)
        return nothing
      }
      const { depacketizer } = known
      return depacketizer.push(payload, timestamp, hasMarker, atUs).flatMap(({ bytes, config, clockRate, channels }) => (config ? [{ data: bytes, config, sampleRate: clockRate, channels }] : nothing))
    },
  }
}
