// A pipeline that follows an RTSP session on the wire: its messages say which media comes where, its media goes through the same stages as any
// other. Live and from a recording alike: nothing else goes in. RFC 2326 10.4, 10.12.
import { ParseError } from '../../base/index.ts'
import { createPipeline } from '../pipeline.ts'
import { isRtcp, parseRtp } from '../rtp/packet.ts'
import { createReorder, type Ordered } from '../rtp/reorder.ts'
import { createUnwrapper } from '../rtp/sequence.ts'
import { announced, createAudioClock } from '../audio/clock.ts'
import { createAudioMeter } from '../audio/meter.ts'
import type { AccessUnit, AudioFrame, Pipeline } from '../types.ts'
import { aacSamples, createAudioDepacketizer } from './audio.ts'
import { readDescription, type Description } from './describe.ts'
import { splitFrames } from './framing.ts'
import { cseqOf, header, parseRtsp, type RtspMessage, type RtspRequest, type RtspResponse } from './message.ts'
import { createReportedClock, pictureTime, type ReportedClock } from './reported-clock.ts'
import type { AudioTrack, RtpAudioFrame, VideoTrack } from './track.ts'
import { askedPort, parseGrant, type RtspWay } from './transport.ts'

/** `report`: on the picture's packets, not framed. */
export type RtspPipeline = Pipeline & Required<Pick<Pipeline, 'learn' | 'report'>>

export interface RtspPipelineOptions {
  /** Hears the sound of the session, if it has any that we can take. */
  readonly onAudio?: (frame: AudioFrame) => void
}

/** Where one track's packets go. */
interface Intake {
  readonly push: (packet: Buffer, atUs: number, from?: MediaAddress) => readonly AccessUnit[]
}
type MediaAddress = NonNullable<Parameters<Pipeline['push']>[3]>

/** Reports of cameras whose tracks keep clocks of their own contradict the arrivals: then these are believed. 0.5 s, ours. */
const maxReportedApart = 45_000
/** Ours: requests without an answer that are remembered. */
const maxOpen = 16
const nothing: readonly AccessUnit[] = []

export function createRtspPipeline({ onAudio }: RtspPipelineOptions = {}): RtspPipeline {
  const open = new Map<number, RtspRequest>()
  /** By channel of the connection, and by our port. */
  const channels = new Map<number, Intake>()
  const ports = new Map<number, Intake>()
  let description: Description | undefined
  let video: Pipeline = createPipeline({ transport: 'udp' })
  const pictureReports = createReportedClock()
  const meter = createAudioMeter()
  let hasSound = false
  let firstPacketUs: number | undefined

  const lay = (request: RtspRequest, response: RtspResponse): void => {
    const track = [...(description?.tracks ?? []), ...(description?.otherwise?.tracks ?? [])].find((each) => each.control === request.uri)
    const asked = header(request, 'Transport') ?? ''
    const port = askedPort(asked)
    const channel = Number(/interleaved=(\d{1,3})/.exec(asked)?.[1] ?? 0)
    const grant = track && parseGrant(header(response, 'Transport') ?? '', { way: port === undefined ? 'tcp' : 'udp', channel })
    if (!track || !grant) return
    const intake = track.kind === 'video' ? takeVideo(track, grant.way) : takeAudio(track, grant.way)
    // The camera's reports come beside its packets, and are told from them by their bytes.
    const ways = grant.way === 'tcp' ? ([[channels, grant.channel], [channels, grant.rtcpChannel]] as const) : ([[ports, port ?? 0], [ports, (port ?? 0) + 1]] as const)
    for (const [by, number] of ways) by.set(number, intake)
  }
  const takeVideo = (track: VideoTrack, way: RtspWay): Intake => {
    firstPacketUs ??= video.firstPacketUs()
    const { codec, parameterSets } = track
    const own = createPipeline({ transport: way === 'udp' ? 'udp' : 'tcp-passive', isCut: true, soundOf, ...(codec && { elementary: { codec, parameterSets } }) })
    video = own
    return {
      push: (packet, atUs, from) => {
        if (hasSound && isRtcp(packet)) pictureReports.note(packet)
        return own.push(packet, atUs, undefined, from)
      },
    }
  }
  const soundOf = (): AccessUnit['sound'] => (!hasSound ? undefined : meter.figures()?.frames ? 'heard' : announced(video.clock) ? 'declared' : 'unheard')
  const takeAudio = (track: AudioTrack, way: RtspWay): Intake => {
    const { codec, clockRate, channels } = track.format
    hasSound = true
    meter.declare(codec)
    const soundReports = createReportedClock()
    const place = createAudioClock({ last: () => video.clock?.last() }, maxReportedApart)
    return createAudioIntake(track, way, soundReports, ({ pts, bytes, receivedUs, config }) => {
      const raw = pictureTime(pts, clockRate, soundReports, pictureReports)
      const samples = codec === 'aac' ? aacSamples : bytes.length / channels
      const pts90k = place(raw === undefined ? undefined : video.clock?.locate(raw, 32), (samples * 90_000) / clockRate, receivedUs)
      if (pts90k === undefined) return
      const frame = { codec, pts90k, sampleRate: clockRate, channels, data: bytes, ...(config && { config }), receivedUs }
      meter.note(frame)
      onAudio?.(frame)
    })
  }

  const answered = (request: RtspRequest, response: RtspResponse): void => {
    if (response.status < 200 || response.status > 299) return
    if (request.method === 'DESCRIBE') description = readDescription(response, request.uri) ?? description
    if (request.method === 'SETUP') lay(request, response)
  }
  return {
    learn: (direction, bytes) => {
      const message = read(bytes)
      const cseq = message && cseqOf(message)
      if (message?.kind === 'request' && direction === 'out') {
        if (open.size >= maxOpen) open.delete(open.keys().next().value ?? 0)
        open.set(cseq ?? 0, message)
      } else if (message?.kind === 'response' && direction === 'in') {
        // An answer without a number is for what was asked last.
        const number = cseq ?? [...open.keys()].at(-1)
        const request = number === undefined ? undefined : open.get(number)
        if (number !== undefined && message.status >= 200) open.delete(number)
        if (request) answered(request, message)
      }
    },
    push: (bytes, atUs, port, from) => {
      const own = port === undefined ? undefined : ports.get(port)
      if (own) return own.push(bytes, atUs, from)
      let units = nothing
      for (const { channel, packet } of splitFrames(bytes)) {
        const more = channels.get(channel)?.push(packet, atUs) ?? nothing
        if (more.length > 0) units = units.length === 0 ? more : [...units, ...more]
      }
      return units
    },
    flush: () => video.flush(),
    figures: () => {
      const audio = meter.figures()
      return { ...video.figures(), ...(audio && { audio }) }
    },
    report: (name, nowUs) => video.report?.(name, nowUs),
    source: () => video.source?.(),
    firstPacketUs: () => firstPacketUs ?? video.firstPacketUs(),
  }
}

/** A datagram may overtake another; a hole on a connection is the camera's. */
const udpOrder = { depth: 32, waitUs: 100_000 }
const tcpOrder = { depth: 0, waitUs: 0 }

function createAudioIntake(track: AudioTrack, way: RtspWay, reports: ReportedClock, onFrame: (frame: RtpAudioFrame) => void): Intake {
  const reorder = createReorder(way === 'udp' ? udpOrder : tcpOrder)
  const depacketizer = createAudioDepacketizer(track.format)
  const unwrap = createUnwrapper(32)
  const settle = (ordered: Ordered): void => {
    if (ordered.type === 'gap') return depacketizer.gap()
    const { packet, atUs } = ordered
    if (packet.payloadType !== track.payloadType) return
    for (const frame of depacketizer.push(packet.payload, unwrap(packet.timestamp), packet.hasMarker, atUs)) onFrame(frame)
  }
  return {
    push: (bytes, atUs) => {
      if (isRtcp(bytes)) {
        reports.note(bytes)
        return nothing
      }
      try {
        for (const ordered of reorder.push(parseRtp(bytes), atUs)) settle(ordered)
      } catch (error) {
        if (!(error instanceof ParseError)) throw error
      }
      return nothing
    },
  }
}

function read(bytes: Buffer): RtspMessage | undefined {
  try {
    return parseRtsp(bytes)
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
