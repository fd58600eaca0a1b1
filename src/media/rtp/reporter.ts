// What we answer to a sender's reports: how its packets came, and when its last report did. RFC 3550 6.4.1, A.3, A.8.
import { ParseError } from '../../base/index.ts'
import type { RtcpFigures } from '../types.ts'
import { cname, parseRtcp, writeRtcp, type RtcpPacket } from './rtcp.ts'

/** A reception as a report block has it. */
export interface ReceptionSoFar {
  readonly ssrc: number
  readonly expected: number
  /** Duplicates included. */
  readonly received: number
  /** With its wraps above the lower 16 bits. */
  readonly highestSequence: number
  readonly jitterTicks: number
}

export interface Reporter {
  /** A datagram of RTCP; one that is none is counted. */
  readonly heard: (bytes: Buffer, atUs: number) => void
  /** A receiver report with our name. Each call ends an interval of the fraction lost. */
  readonly report: (reception: ReceptionSoFar, name: string, nowUs: number) => Buffer
  readonly figures: () => RtcpFigures
}

export function createReporter(): Reporter {
  let sender: { readonly report: Extract<RtcpPacket, { type: 'sender-report' }>; readonly atUs: number } | undefined
  let before = { ssrc: 0, expected: 0, received: 0 }
  let figures = { senderReports: 0, receiverReports: 0, byes: 0, malformed: 0, sent: 0 }

  const take = (packet: RtcpPacket, atUs: number): void => {
    if (packet.type === 'sender-report') {
      sender = { report: packet, atUs }
      figures.senderReports++
    } else if (packet.type === 'receiver-report') figures.receiverReports++
    else if (packet.type === 'bye') figures.byes++
  }
  const heard = (bytes: Buffer, atUs: number): void => {
    try {
      for (const packet of parseRtcp(bytes)) take(packet, atUs)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      figures.malformed++
    }
  }
  const report = (reception: ReceptionSoFar, name: string, nowUs: number): Buffer => {
    const { ssrc, expected, received, highestSequence, jitterTicks } = reception
    if (before.ssrc !== ssrc || before.expected > expected) before = { ssrc, expected: 0, received: 0 }
    const due = expected - before.expected
    const missing = due - (received - before.received)
    before = { ssrc, expected, received }
    figures = { ...figures, sent: figures.sent + 1 }
    const known = sender?.report.ssrc === ssrc ? sender : undefined
    const block = {
      ssrc,
      fractionLost: due <= 0 || missing <= 0 ? 0 : Math.min(255, Math.floor((missing * 256) / due)),
      lost: expected - received,
      highestSequence: highestSequence >>> 0,
      jitter: Math.min(0xffffffff, Math.round(jitterTicks)),
      lastSr: known ? middle(known.report.ntp) : 0,
      delaySinceLastSr: known ? Math.min(0xffffffff, Math.round(((nowUs - known.atUs) * 65_536) / 1_000_000)) : 0,
    }
    const own = ownSsrc(ssrc)
    return writeRtcp([
      { type: 'receiver-report', ssrc: own, reports: [block] },
      { type: 'description', sources: [{ ssrc: own, items: [{ id: cname, text: name }] }] },
    ])
  }
  return { heard, report, figures: () => ({ ...figures }) }
}

/** There are two in this session: any other number than the sender's will do. */
const ownSsrc = (ssrc: number): number => (ssrc ^ 0xffffffff) >>> 0

/** The middle 32 bits of NTP time. RFC 3550 4. */
const middle = ({ seconds, fraction }: { readonly seconds: number; readonly fraction: number }): number => (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0
