// HTTP-FLV (and WebSocket-FLV) for one viewer: starts at the kept keyframe, at time 0, and never lets a slow viewer hold the stream up.
import type { Cancel, Clock, Log } from '../../base/index.ts'
import { flvHeader } from '../flv/header.ts'
import { createSoundTrack, type TimedTag } from '../flv/sound-track.ts'
import { flvSequenceHeader } from '../flv/tag.ts'
import { createFlvTimeline } from '../flv/timeline.ts'
import { ownUnit } from '../gop.ts'
import { createReader, defaultReaderBounds, type ReaderBounds, type ReaderCounts } from '../reader.ts'
import type { AccessUnit, AudioFrame, JoinOutcome, ParameterSets, Relays, StreamKey } from '../types.ts'
import type { FlvSink } from './flv-sink.ts'
import { sendPicture, stamped } from './shared-tags.ts'

export interface FlvCounts extends ReaderCounts {
  readonly bytes: number
}

/** `closed` by the viewer, `ended` with the stream, `cut` because it did not read, `refused`: the join failed. */
export type FlvEnd = 'closed' | 'ended' | 'cut' | 'refused'

export interface FlvView {
  readonly joined: Promise<JoinOutcome>
  readonly done: Promise<FlvCounts & { readonly why: FlvEnd }>
  readonly counts: () => FlvCounts
  /** For a viewer that goes before the stream is live; later the sink's close says it. Twice is nothing. */
  readonly close: () => void
}

export interface FlvOptions {
  readonly relays: Relays
  readonly camera: StreamKey
  /** Called once, when the stream is live: the time to write the response's head. Never called when the join fails. */
  readonly open: () => FlvSink
  readonly clock: Clock
  readonly log: Log
  readonly bounds?: ReaderBounds
  /** False: pictures alone. Otherwise with the stream's sound where it is AAC. */
  readonly withSound?: boolean
  /** Written to be read later, at any speed: holes in its sound stay. */
  readonly isFile?: boolean
}

/** A stream that has just begun and names sound in its map has so long to send some: G.711 comes in packets of up to 180 ms. Ours. */
const soundWaitMs = 250
const maxHeld = 64

export function serveFlv(options: FlvOptions): FlvView {
  const { relays, camera, clock, log, bounds = defaultReaderBounds, withSound = true, isFile = false } = options
  const reader = createReader(bounds)
  const timeline = createFlvTimeline()
  /** There while sound may come; what was promised in the file header stays. */
  let sound = withSound ? createSoundTrack() : undefined
  /** Pictures that wait for the word on sound. */
  const held: AccessUnit[] = []
  let cancelWait: Cancel = () => {}
  const done = Promise.withResolvers<FlvCounts & { readonly why: FlvEnd }>()
  let sink: FlvSink | undefined
  let described: ParameterSets | undefined
  let bytes = 0
  let isDone = false
  /** The last keyframe has word of sound. */
  let isNamed = false

  const write = (pieces: readonly Buffer[]): void => {
    for (const piece of pieces) bytes += piece.length
    sink?.write(pieces)
  }
  const open = (): FlvSink => {
    cancelWait()
    if (sound?.isDescribed() === false) {
      if (isNamed && !isFile) sound.promise()
      else sound = undefined
    }
    sink = options.open()
    sink.onClose(() => finish('closed'))
    write([flvHeader({ hasVideo: true, hasAudio: sound !== undefined })])
    return sink
  }
  /**
   * The file header tells the tracks for good: a stream with sound is opened when its sound has said what it is, or has had its time. What is only
   * named then is promised all the same, and silence stands for it until it comes; a file has no need of that.
   */
  const hold = (unit: AccessUnit): void => {
    if (held.length === 0) cancelWait = clock.after(soundWaitMs, () => guarded(release))
    held.push(ownUnit(unit))
    if (held.length >= maxHeld) release()
  }
  const release = (): void => {
    if (isDone) return
    open()
    for (const unit of held.splice(0)) onPicture(unit)
  }
  const onUnit = (unit: AccessUnit): void => {
    if (isDone) return
    if (unit.isKeyframe) isNamed = unit.sound !== undefined
    const isAwaited = !sink && sound && (held.length > 0 || (unit.sound !== undefined && unit.sound !== 'unheard'))
    if (isAwaited && !sound?.isDescribed()) hold(unit)
    else onPicture(unit)
  }
  const onAudio = (frame: AudioFrame): void => {
    if (isDone || !sound || frame.codec !== 'aac' || (sink && sink.backlogBytes() > bounds.maxBacklogBytes)) return
    sound.note(frame)
    if (held.length > 0) release()
    if (sink) writeTimed(sound.push(frame, timeline.sound(frame.pts90k)))
  }
  const writeTimed = (tags: readonly TimedTag[]): void => {
    if (tags.length > 0) write(tags.flatMap(({ tag, ms }) => stamped(tag, Math.round(ms))))
  }
  const onPicture = (unit: AccessUnit): void => {
    const decision = reader.decide(unit, (sink ?? open()).backlogBytes(), clock.nowUs())
    if (decision === 'cut') return finish('cut')
    if (decision === 'drop') return
    const ms = timeline.picture(unit.pts90k)
    if (unit.isKeyframe && unit.parameterSets && !isSame(described, unit.parameterSets)) {
      described = unit.parameterSets
      write([flvSequenceHeader(unit, ms)])
    }
    if (sink) bytes += sendPicture(unit, ms, sink)
    if (sound) writeTimed(sound.fill(isFile ? 0 : ms))
  }
  const finish = (why: FlvEnd): void => {
    if (isDone) return
    isDone = true
    cancelWait()
    if (sink) closeSink(sink, why)
    const counts = { ...reader.counts(), bytes }
    if (counts.dropped > 0) log.info({ camera, why, ...counts }, 'viewer was too slow')
    done.resolve({ ...counts, why })
  }
  /** In order where the viewer still reads; one that does not is not waited for. */
  const closeSink = (open: FlvSink, why: FlvEnd): void => {
    if (why === 'cut') return open.cut()
    open.end()
    open.onClose(clock.after(bounds.cutAfterMs, open.cut))
  }
  const guarded = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      log.error({ camera, error }, 'viewer broke')
      finish('cut')
    }
  }
  const membership = relays.join(camera, {
    kind: 'viewer',
    isBrief: true,
    onUnit: (unit) => guarded(() => onUnit(unit)),
    ...(withSound && { onAudio: (frame) => guarded(() => onAudio(frame)) }),
    onEnd: () => {
      if (held.length > 0) guarded(release)
      finish('ended')
    },
  })
  void membership.joined.then((outcome) => {
    if (!outcome.ok) finish('refused')
  })
  // Not in finish itself: a running stream sends its kept GOP within join, before there is a membership.
  void done.promise.then(({ why }) => (why === 'ended' ? undefined : membership.leave()))
  return { joined: membership.joined, done: done.promise, counts: () => ({ ...reader.counts(), bytes }), close: () => finish('closed') }
}

function isSame(known: ParameterSets | undefined, next: ParameterSets): boolean {
  if (!known?.sps.equals(next.sps) || !known.pps.equals(next.pps)) return false
  return next.vps ? known.vps?.equals(next.vps) === true : known.vps === undefined
}
