// What an attempt does with each arrival: bytes through the pipeline to the stream, and the milestones as they are passed.
import { heardEveryMs, type AttemptEvent } from './relay.ts'
import type { Stream } from './stream.ts'
import type { AccessUnit, MediaSource, Pipeline, PipelineFigures } from './types.ts'

export interface Intake {
  readonly push: (bytes: Buffer, atUs: number, host: string, port: number, ownPort?: number) => void
  readonly flush: () => void
  readonly firstPacketUs: () => number | undefined
  readonly figures: () => PipelineFigures
  /** A receiver report, as the pipeline has it. */
  readonly report: (name: string, nowUs: number) => Buffer | undefined
  readonly expect: (ssrc: number) => void
  /** Who is followed; before anybody is, who was heard last. */
  readonly sender: () => { readonly host: string; readonly port: number }
  readonly source: () => MediaSource | undefined
}

export function createIntake(pipeline: Pipeline, stream: Stream, tell: (event: AttemptEvent) => void): Intake {
  let hasPacket = false
  let isWrong = false
  let heardPackets = 0
  let heardUs = 0
  /** Made anew only where the sender changes: this is asked for every datagram. */
  let from = { host: '', port: 0 }

  const publish = (units: readonly AccessUnit[]): void => {
    for (const unit of units) {
      const wasLive = stream.isLive()
      stream.publish(unit)
      if (!wasLive && stream.isLive()) tell({ type: 'keyframe' })
    }
  }
  const noteStart = (): void => {
    if (!hasPacket && pipeline.firstPacketUs() !== undefined) {
      hasPacket = true
      tell({ type: 'packet' })
    }
    if (hasPacket && !isWrong && pipeline.figures().container === 'other') {
      isWrong = true
      tell({ type: 'wrong-container' })
    }
  }
  /** Only valid RTP counts: RTCP and strangers do not keep a stream alive. */
  const noteLife = (atUs: number): void => {
    const { packets } = pipeline.figures().reception
    if (packets === heardPackets) return
    heardPackets = packets
    heardUs = atUs
    tell({ type: 'heard' })
  }
  return {
    push: (bytes, atUs, host, port, ownPort) => {
      if (from.port !== port || from.host !== host) from = { host, port }
      const units = pipeline.push(bytes, atUs, ownPort, from)
      if (!stream.isLive()) noteStart()
      if (units.length > 0) publish(units)
      if (atUs - heardUs >= heardEveryMs * 1000) noteLife(atUs)
    },
    flush: () => publish(pipeline.flush()),
    firstPacketUs: pipeline.firstPacketUs,
    figures: pipeline.figures,
    report: (name, nowUs) => pipeline.report?.(name, nowUs),
    expect: (ssrc) => pipeline.expect?.(ssrc),
    sender: () => {
      const { host, port } = pipeline.source?.() ?? {}
      return host === undefined || port === undefined ? from : { host, port }
    },
    source: () => pipeline.source?.(),
  }
}
