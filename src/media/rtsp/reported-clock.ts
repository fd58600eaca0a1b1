// What sender reports say of two tracks' clocks: a time of one, told in the time of the other. RFC 3550 6.4.1.
import { ParseError } from '../../base/index.ts'
import { parseRtcp } from '../rtp/rtcp.ts'

/** The last sender report of one track: this RTP time was that moment. */
export interface ReportedClock {
  /** RTCP of the track. */
  readonly note: (bytes: Buffer) => void
  readonly report: () => { readonly seconds: number; readonly rtpTimestamp: number } | undefined
}

const circle = 2 ** 32

export function createReportedClock(): ReportedClock {
  let report: { readonly seconds: number; readonly rtpTimestamp: number } | undefined
  return {
    note: (bytes) => {
      try {
        for (const packet of parseRtcp(bytes)) if (packet.type === 'sender-report') report = { seconds: packet.ntp.seconds + packet.ntp.fraction / circle, rtpTimestamp: packet.rtpTimestamp }
      } catch (error) {
        if (!(error instanceof ParseError)) throw error
      }
    },
    report: () => report,
  }
}

/** A sound's RTP time as the picture's RTP time of the same moment, 32 bits at 90 kHz; undefined until both tracks have reported. */
export function pictureTime(timestamp: number, clockRate: number, sound: ReportedClock, picture: ReportedClock): number | undefined {
  const [own, other] = [sound.report(), picture.report()]
  if (!own || !other) return undefined
  const seconds = own.seconds - other.seconds + ((timestamp - own.rtpTimestamp) | 0) / clockRate
  const ticks = Math.round(other.rtpTimestamp + seconds * 90_000) % circle
  return ticks < 0 ? ticks + circle : ticks
}
