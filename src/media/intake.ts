// What an attempt does with each arrival: bytes through the pipeline to the stream, and the milestones as they are passed.
import type { AttemptEvent } from './relay-state.ts'
import { heardEveryMs } from './relay-times.ts'
import type { Stream } from './stream.ts'
import type { AccessUnit, AudioFrame, MediaSource, Pipeline, PipelineFigures } from './types.ts'

export interface Intake {
  readonly push: (bytes: Buffer, atUs: number, host: string, port: number, ownPort?: number) => void
  /** Sound of the pipeline, on the clock of its pictures. */
  readonly hear: (frame: AudioFrame) => void
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

/** Pictures that need something lost are worth nothing until the next keyframe: after this long it is asked for. */
const staleUs = 10_000_000
/** A keyframe's place in time after a stream that was lost: one picture at 25 fps at least. */
const pictureTicks = 3600
const maxEarly = 64

/** `after`: the last picture of the stream that this one goes on for; times run on from it. */
export function createIntake(pipeline: Pipeline, stream: Stream, tell: (event: AttemptEvent) => void, after?: Pick<AccessUnit, 'pts90k' | 'receivedUs'>): Intake {
  let hasPacket = false
  let isWrong = false
  let heardPackets = 0
  let heardUs = 0
  /** Made anew only where the sender changes: this is asked for every datagram. */
  let from = { host: '', port: 0 }

  let shift90k: number | undefined
  let damagedUs: number | undefined
  /** Sound that came with the first pictures, while these are on their way. */
  const early: AudioFrame[] = []

  const timed = (unit: AccessUnit): AccessUnit => {
    shift90k ??= after ? after.pts90k + Math.max(pictureTicks, Math.round((unit.receivedUs - after.receivedUs) * 0.09)) - unit.pts90k : 0
    return shift90k === 0 ? unit : { ...unit, pts90k: unit.pts90k + shift90k }
  }
  const hear = (frame: AudioFrame): void => {
    if (shift90k !== undefined) stream.publishAudio(shift90k === 0 ? frame : { ...frame, pts90k: frame.pts90k + shift90k })
    else if (early.length < maxEarly) early.push(frame)
  }
  const publish = (units: readonly AccessUnit[]): void => {
    for (const unit of units) {
      const wasLive = stream.isLive()
      stream.publish(timed(unit))
      if (!wasLive && stream.isLive()) tell({ type: 'keyframe' })
      noteDamage(unit)
    }
    if (early.length > 0 && shift90k !== undefined) for (const frame of early.splice(0)) hear(frame)
  }
  /** Told once for each ten seconds without an unharmed keyframe since something was lost. */
  const noteDamage = ({ isKeyframe, isDamaged, receivedUs }: AccessUnit): void => {
    if (isKeyframe && !isDamaged) damagedUs = undefined
    else if (isDamaged) damagedUs ??= receivedUs
    if (damagedUs === undefined || receivedUs - damagedUs < staleUs) return
    damagedUs = receivedUs
    tell({ type: 'stale' })
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
    heardUs = atUs
    const { packets } = pipeline.figures().reception
    if (packets === heardPackets) return
    heardPackets = packets
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
    hear,
    // What the end has cut off is no picture.
    flush: () => publish(pipeline.flush().filter(({ isDamaged }) => !isDamaged)),
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
