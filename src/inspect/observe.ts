// The heart of an inspection: one attempt's recorded events in, what happened out. The live check feeds it as the bytes come, the replay
// from the file; both get the same attempt, since nothing else goes in. Times count from the attempt's first event, so that the pipeline
// sees the same numbers whatever clock wrote them.
import type { AccessUnit, Pipeline, StreamTransport, WireEvent } from '../media/index.ts'
import { describeAttempt } from './attempt.ts'
import { emptyTimeline, readTimeline, type Timeline } from './timeline.ts'
import type { Attempt, DecodeOutcome, Note, PictureMeasure, ReadSignal, RecordedEvent, RuleSet } from './types.ts'

export interface ObserverParts {
  readonly createPipeline: (options: { readonly transport: StreamTransport }) => Pipeline
  readonly readSignal: ReadSignal
}

/** A keyframe as the decoder takes it: parameter sets first. */
export type Keyframe = Pick<AccessUnit, 'codec' | 'nalUnits'>

/** News of an attempt, in order; each of the first four comes once at most. */
export type Observed =
  | { readonly type: 'asked' }
  | { readonly type: 'answered' }
  | { readonly type: 'packet' }
  | { readonly type: 'hung-up' }
  /** To be decoded as the attempt's n-th picture, from 1. */
  | { readonly type: 'picture'; readonly picture: number; readonly keyframe: Keyframe }
  /** As many pictures as the rules want: nothing after this counts. */
  | { readonly type: 'sampled' }

export interface Observer {
  readonly push: (event: RecordedEvent) => readonly Observed[]
  /** What the decoder made of a picture. */
  readonly decoded: (picture: number, outcome: DecodeOutcome) => void
  /** The attempt, once its events are over and its pictures are decoded. */
  readonly attempt: () => Attempt
}

/** A sampled keyframe, and what became of it. */
export interface Sample {
  readonly receivedUs: number
  readonly width?: number
  readonly height?: number
  readonly measure?: PictureMeasure
  /** Decoding time as noted when it was live. */
  readonly decodeUs?: number
  readonly failure?: { readonly reason: 'undecodable' | 'decoder-lost'; readonly detail: string }
}

/** Everything that is known of an attempt; times in microseconds since its first event. */
export interface Observation {
  readonly n: number
  readonly isCold: boolean
  readonly timeline: Timeline
  readonly transport?: StreamTransport
  readonly samples: readonly Sample[]
  readonly isSampled: boolean
  readonly damagedKeyframes: number
  readonly units: { readonly count: number; readonly firstPts90k: number; readonly lastPts90k: number }
  readonly firstMediaUs?: number
  readonly lastMediaUs?: number
  readonly endedUs?: number
  readonly end?: Extract<Note, { type: 'attempt-end' }>['why']
  readonly failed?: { readonly reason: string; readonly detail: string }
  readonly loopLagMs: number
}

export function createObserver(rules: Pick<RuleSet, 'sampling'>, parts: ObserverParts): Observer {
  let seen: Observation = {
    n: 0,
    isCold: true,
    timeline: emptyTimeline,
    samples: [],
    isSampled: false,
    damagedKeyframes: 0,
    units: { count: 0, firstPts90k: 0, lastPts90k: 0 },
    loopLagMs: 0,
  }
  let zeroUs: number | undefined
  let pipeline: Pipeline | undefined
  const learn = (news: Partial<Observation>): void => {
    seen = { ...seen, ...news }
  }
  const changeSample = (picture: number, news: Partial<Sample>): void =>
    learn({ samples: seen.samples.map((sample, index) => (index === picture - 1 ? { ...sample, ...news } : sample)) })

  const takeNote = (note: Note, atUs: number): void => {
    switch (note.type) {
      case 'attempt':
        return learn({ n: note.attempt, isCold: note.isCold })
      case 'failed':
        return learn({ failed: seen.failed ?? { reason: note.reason, detail: note.detail } })
      case 'decoded':
        return changeSample(note.picture, { decodeUs: Math.round(note.decodeMs * 1000) })
      case 'lag':
        return learn({ loopLagMs: note.maxMs })
      case 'attempt-end':
        return learn({ end: note.why, endedUs: atUs })
      case 'check':
      case 'full':
        return
    }
  }
  const takeSignal = (wire: WireEvent): readonly Observed[] => {
    const before = seen.timeline
    const timeline = readTimeline(before, wire, parts.readSignal)
    learn({ timeline })
    if (timeline.protocol === 'rtsp') pipelineOf('rtsp-tcp').learn?.(wire.direction, wire.bytes)
    else if (before.okUs === undefined && timeline.okUs !== undefined) expect()
    if (before.askedUs === undefined && timeline.askedUs !== undefined) return [{ type: 'asked' }]
    if (before.okUs === undefined && timeline.okUs !== undefined) return [{ type: 'answered' }]
    return !before.isHungUp && timeline.isHungUp ? [{ type: 'hung-up' }] : []
  }
  const pipelineOf = (transport: StreamTransport): Pipeline => {
    if (pipeline) return pipeline
    pipeline = parts.createPipeline({ transport })
    expect()
    return pipeline
  }
  /** As live: agreed with the answer, not before it, since a camera may name another than the offer. */
  const expect = (): void => {
    const { ssrc, okUs } = seen.timeline
    if (ssrc !== undefined && okUs !== undefined) pipeline?.expect?.(ssrc)
  }
  const takeMedia = (wire: WireEvent): readonly Observed[] => {
    const { media, protocol } = seen.timeline
    // Where we connect ourselves the offer names no port.
    const isElsewhere = media !== undefined && media.transport !== 'tcp-active' && media.port !== wire.local.port
    if (wire.direction !== 'in' || isElsewhere) return []
    const transport = protocol === 'rtsp' ? (`rtsp-${wire.transport}` as const) : (media?.transport ?? (wire.transport === 'udp' ? 'udp' : 'tcp-passive'))
    const taking = pipelineOf(transport)
    const hadPacket = taking.firstPacketUs() !== undefined
    const units = taking.push(wire.bytes, wire.atUs, wire.local.port, wire.remote)
    learn({ transport, firstMediaUs: seen.firstMediaUs ?? wire.atUs, lastMediaUs: wire.atUs })
    const first: readonly Observed[] = !hadPacket && taking.firstPacketUs() !== undefined ? [{ type: 'packet' }] : []
    return [...first, ...units.flatMap(takeUnit)]
  }
  const takeUnit = (unit: AccessUnit): readonly Observed[] => {
    if (seen.isSampled) return []
    const { count, firstPts90k, lastPts90k } = seen.units
    learn({ units: count === 0 ? { count: 1, firstPts90k: unit.pts90k, lastPts90k: unit.pts90k } : { count: count + 1, firstPts90k: Math.min(firstPts90k, unit.pts90k), lastPts90k: Math.max(lastPts90k, unit.pts90k) } })
    if (!unit.isKeyframe || !unit.parameterSets) return []
    if (unit.isDamaged) {
      learn({ damagedKeyframes: seen.damagedKeyframes + 1 })
      return []
    }
    const previous = seen.samples.at(-1)
    if (previous && unit.receivedUs - previous.receivedUs < rules.sampling.spacingMs * 1000) return []
    const sample: Sample = { receivedUs: unit.receivedUs, ...(unit.width === undefined ? {} : { width: unit.width }), ...(unit.height === undefined ? {} : { height: unit.height }) }
    const samples = [...seen.samples, sample]
    const isSampled = samples.length >= rules.sampling.pictures
    learn({ samples, isSampled })
    const picture: Observed = { type: 'picture', picture: samples.length, keyframe: withParameterSets(unit) }
    return isSampled ? [picture, { type: 'sampled' }] : [picture]
  }
  return {
    push: (event) => {
      const atUs = event.kind === 'wire' ? event.wire.atUs : event.atUs
      zeroUs ??= atUs
      if (event.kind === 'note') {
        takeNote(event.note, atUs - zeroUs)
        return []
      }
      if (seen.end !== undefined || seen.isSampled) return []
      const wire = { ...event.wire, atUs: atUs - zeroUs }
      return wire.layer === 'signal' ? takeSignal(wire) : takeMedia(wire)
    },
    decoded: (picture, outcome) => changeSample(picture, outcome.ok ? { measure: outcome.picture.measure } : { failure: { reason: outcome.reason, detail: outcome.detail } }),
    attempt: () => describeAttempt(seen, pipeline?.figures(), pipeline?.firstPacketUs()),
  }
}

/** Some cameras send parameter sets in an access unit of their own: the decoder gets them with the keyframe all the same. */
function withParameterSets(unit: AccessUnit): Keyframe {
  const { codec, nalUnits, parameterSets } = unit
  if (!parameterSets || nalUnits.some((nal) => nal.equals(parameterSets.sps))) return { codec, nalUnits }
  const { vps, sps, pps } = parameterSets
  return { codec, nalUnits: [...(vps ? [vps] : []), sps, pps, ...nalUnits] }
}
