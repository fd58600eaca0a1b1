// The heart of an inspection: one attempt's recorded events in, what happened out. The live check feeds it as the bytes come, the replay
// from the file; both get the same attempt, since nothing else goes in. Times count from the attempt's first event, so that the pipeline
// sees the same numbers whatever clock wrote them.
import type { AccessUnit, Pipeline, StreamTransport, WireEvent } from '../media/index.ts'
import { describeAttempt } from './attempt.ts'
import { createLook, type Look } from './look.ts'
import { runningDefault } from './rules/running.ts'
import { runningFigures } from './running.ts'
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
  /** Others have the stream; this one is the check's own. */
  readonly isBeside: boolean
  /** It is looked at for so long. */
  readonly lookMs?: number
  /** The recording's bound was reached. */
  readonly isFull: boolean
  readonly timeline: Timeline
  readonly transport?: StreamTransport
  readonly samples: readonly Sample[]
  readonly isSampled: boolean
  readonly damagedKeyframes: number
  readonly units?: { readonly count: number; readonly firstPts90k: number; readonly lastPts90k: number }
  readonly firstMediaUs?: number
  readonly lastMediaUs?: number
  readonly endedUs?: number
  readonly end?: Extract<Note, { type: 'attempt-end' }>['why']
  readonly failed?: { readonly reason: string; readonly detail: string }
  readonly loopLagMs: number
}

/** Ours: a look of ten minutes with a picture each ten seconds. */
const maxSamples = 60

export function createObserver(rules: Pick<RuleSet, 'sampling' | 'running' | 'absence'>, parts: ObserverParts): Observer {
  let seen: Observation = {
    n: 0,
    isCold: true,
    isBeside: false,
    isFull: false,
    timeline: emptyTimeline,
    samples: [],
    isSampled: false,
    damagedKeyframes: 0,
    loopLagMs: 0,
  }
  let zeroUs: number | undefined
  let pipeline: Pipeline | undefined
  let look: Look | undefined
  /** What changes with each datagram: put into the observation at its end. */
  const hot: { transport?: StreamTransport; firstMediaUs?: number; lastMediaUs?: number; units: { count: number; firstPts90k: number; lastPts90k: number } } = { units: { count: 0, firstPts90k: 0, lastPts90k: 0 } }
  const learn = (news: Partial<Observation>): void => {
    seen = { ...seen, ...news }
  }
  const changeSample = (picture: number, news: Partial<Sample>): void =>
    learn({ samples: seen.samples.map((sample, index) => (index === picture - 1 ? { ...sample, ...news } : sample)) })

  const takeNote = (note: Note, atUs: number): void => {
    switch (note.type) {
      case 'attempt':
        return begin(note)
      case 'failed':
        return learn({ failed: seen.failed ?? { reason: note.reason, detail: note.detail } })
      case 'decoded':
        return changeSample(note.picture, { decodeUs: Math.round(note.decodeMs * 1000) })
      case 'lag':
        return learn({ loopLagMs: note.maxMs })
      case 'attempt-end':
        return learn({ end: note.why, endedUs: atUs })
      case 'full':
        return learn({ isFull: true })
      case 'check':
      case 'device':
      case 'broken':
        return
    }
  }
  const begin = ({ attempt, isCold, isBeside = false, runningMs }: Extract<Note, { type: 'attempt' }>): void => {
    // The device gave no stream of its own: what it answered to that is not about the one that is joined now.
    if (!isCold && seen.timeline.askedUs !== undefined) {
      learn({ timeline: emptyTimeline })
      pipeline = undefined
    }
    learn({ n: attempt, isCold, isBeside, ...(runningMs !== undefined && { lookMs: runningMs }) })
    if (runningMs !== undefined) look ??= createLook(rules.running ?? runningDefault)
  }
  const takeSignal = (wire: WireEvent): readonly Observed[] => {
    const before = seen.timeline
    const timeline = readTimeline(before, wire, parts.readSignal)
    learn({ timeline })
    if (timeline.protocol === 'rtsp') pipelineOf('rtsp-tcp').learn?.(wire.direction, wire.bytes)
    else if (before.okUs === undefined && timeline.okUs !== undefined) expect()
    if (before.askedUs === undefined && timeline.askedUs !== undefined) return [{ type: 'asked' }]
    if (before.okUs === undefined && timeline.okUs !== undefined) return [{ type: 'answered' }]
    return !before.isHungUp && timeline.isHungUp ? [{ type: 'hung-up' }] : nothing
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
    if (wire.direction !== 'in' || isElsewhere) return nothing
    const transport = protocol === 'rtsp' ? (`rtsp-${wire.transport}` as const) : (media?.transport ?? (wire.transport === 'udp' ? 'udp' : 'tcp-passive'))
    const taking = pipelineOf(transport)
    const hadPacket = taking.firstPacketUs() !== undefined
    const units = taking.push(wire.bytes, wire.atUs, wire.local.port, wire.remote)
    hot.transport = transport
    hot.firstMediaUs ??= wire.atUs
    hot.lastMediaUs = wire.atUs
    look?.arrival(wire, taking.figures, () => taking.source?.())
    const isFirst = !hadPacket && taking.firstPacketUs() !== undefined
    if (units.length === 0) return isFirst ? firstPacket : nothing
    return [...(isFirst ? firstPacket : nothing), ...units.flatMap(takeUnit)]
  }
  const takeUnit = (unit: AccessUnit): readonly Observed[] => {
    if (seen.isSampled && !look) return nothing
    const { units } = hot
    units.firstPts90k = units.count === 0 ? unit.pts90k : Math.min(units.firstPts90k, unit.pts90k)
    units.lastPts90k = units.count === 0 ? unit.pts90k : Math.max(units.lastPts90k, unit.pts90k)
    units.count++
    look?.unit(unit)
    if (!unit.isKeyframe || !unit.parameterSets) return nothing
    if (unit.isDamaged) {
      learn({ damagedKeyframes: seen.damagedKeyframes + 1 })
      return nothing
    }
    const previous = seen.samples.at(-1)
    const spacingMs = seen.isSampled ? (rules.running ?? runningDefault).pictureEveryMs : rules.sampling.spacingMs
    if (previous && unit.receivedUs - previous.receivedUs < spacingMs * 1000) return nothing
    if (seen.samples.length >= maxSamples) return nothing
    const sample: Sample = { receivedUs: unit.receivedUs, ...(unit.width === undefined ? {} : { width: unit.width }), ...(unit.height === undefined ? {} : { height: unit.height }) }
    const samples = [...seen.samples, sample]
    const isSampled = samples.length >= rules.sampling.pictures
    learn({ samples, isSampled })
    const picture: Observed = { type: 'picture', picture: samples.length, keyframe: withParameterSets(unit) }
    return isSampled && !look ? [picture, { type: 'sampled' }] : [picture]
  }
  return {
    push: (event) => {
      const atUs = event.kind === 'wire' ? event.wire.atUs : event.atUs
      zeroUs ??= atUs
      if (event.kind === 'note') {
        takeNote(event.note, atUs - zeroUs)
        return nothing
      }
      if (seen.end !== undefined || (seen.isSampled && !look)) return nothing
      const wire = { ...event.wire, atUs: atUs - zeroUs }
      return wire.layer === 'signal' ? takeSignal(wire) : takeMedia(wire)
    },
    decoded: (picture, outcome) => changeSample(picture, outcome.ok ? { measure: outcome.picture.measure } : { failure: { reason: outcome.reason, detail: outcome.detail } }),
    attempt: () => {
      const figures = pipeline?.figures()
      learn(hot)
      const running = look && figures && seen.lookMs !== undefined ? runningFigures(look, seen.lookMs, seen, figures, rules.absence.frozenDifference) : undefined
      return describeAttempt(seen, figures, pipeline?.firstPacketUs(), running)
    },
  }
}

const nothing: readonly Observed[] = []
const firstPacket: readonly Observed[] = [{ type: 'packet' }]

/** Some cameras send parameter sets in an access unit of their own: the decoder gets them with the keyframe all the same. */
function withParameterSets(unit: AccessUnit): Keyframe {
  const { codec, nalUnits, parameterSets } = unit
  if (!parameterSets || nalUnits.some((nal) => nal.equals(parameterSets.sps))) return { codec, nalUnits }
  const { vps, sps, pps } = parameterSets
  return { codec, nalUnits: [...(vps ? [vps] : []), sps, pps, ...nalUnits] }
}
