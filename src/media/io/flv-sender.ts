// HTTP-FLV (and WebSocket-FLV) for one viewer: starts at the kept keyframe, at time 0, and never lets a slow viewer hold the stream up.
import type { Writable } from 'node:stream'
import type { Clock, Log } from '../../base/index.ts'
import { flvHeader } from '../flv/header.ts'
import { flvSequenceHeader, flvVideoTag } from '../flv/tag.ts'
import { createReader, defaultReaderBounds, type ReaderBounds, type ReaderCounts } from '../reader.ts'
import type { AccessUnit, JoinOutcome, ParameterSets, Relays, StreamKey } from '../types.ts'

/** Where the bytes of one viewer go. */
export interface FlvSink {
  /** Pieces of one write, in order; they are shared between viewers and must not be altered. */
  readonly write: (pieces: readonly Buffer[]) => void
  /** Bytes taken but not yet given to the network. */
  readonly backlogBytes: () => number
  /** At once where it is closed already. */
  readonly onClose: (callback: () => void) => void
  /** After what was written. */
  readonly end: () => void
  /** At once. */
  readonly cut: () => void
}

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
}

export function serveFlv(options: FlvOptions): FlvView {
  const { relays, camera, clock, log, bounds = defaultReaderBounds } = options
  const reader = createReader(bounds)
  const timeline = createTimeline()
  const done = Promise.withResolvers<FlvCounts & { readonly why: FlvEnd }>()
  let sink: FlvSink | undefined
  let described: ParameterSets | undefined
  let bytes = 0
  let isDone = false

  const write = (pieces: readonly Buffer[]): void => {
    for (const piece of pieces) bytes += piece.length
    sink?.write(pieces)
  }
  const open = (): FlvSink => {
    sink = options.open()
    sink.onClose(() => finish('closed'))
    write([flvHeader({ hasVideo: true, hasAudio: false })])
    return sink
  }
  const onUnit = (unit: AccessUnit): void => {
    if (isDone) return
    const decision = reader.decide(unit, (sink ?? open()).backlogBytes(), clock.nowUs())
    if (decision === 'cut') return finish('cut')
    if (decision === 'drop') return
    const ms = timeline(unit.pts90k)
    if (unit.isKeyframe && unit.parameterSets && !isSame(described, unit.parameterSets)) {
      described = unit.parameterSets
      write([flvSequenceHeader(unit, ms)])
    }
    write(stamped(sharedTag(unit), ms))
  }
  const finish = (why: FlvEnd): void => {
    if (isDone) return
    isDone = true
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
  const membership = relays.join(camera, {
    kind: 'viewer',
    isBrief: true,
    onUnit: (unit) => {
      try {
        onUnit(unit)
      } catch (error) {
        log.error({ camera, error }, 'viewer broke')
        finish('cut')
      }
    },
    onEnd: () => finish('ended'),
  })
  void membership.joined.then((outcome) => {
    if (!outcome.ok) finish('refused')
  })
  // Not in finish itself: a running stream sends its kept GOP within join, before there is a membership.
  void done.promise.then(({ why }) => (why === 'ended' ? undefined : membership.leave()))
  return { joined: membership.joined, done: done.promise, counts: () => ({ ...reader.counts(), bytes }), close: () => finish('closed') }
}

/** A viewer at the end of any Writable: an HTTP response, a socket. */
export function writableSink(writable: Writable): FlvSink {
  return {
    write: (pieces) => {
      if (writable.destroyed || writable.writableEnded) return
      writable.cork()
      for (const piece of pieces) writable.write(piece)
      writable.uncork()
    },
    backlogBytes: () => writable.writableLength,
    onClose: (callback) => {
      if (writable.destroyed) return callback()
      writable.on('error', callback)
      writable.on('close', callback)
    },
    end: () => void writable.end(),
    cut: () => void writable.destroy(),
  }
}

/** The tag of a unit, made once for all its viewers with time 0. A memo, no state: it goes with the unit. */
const tags = new WeakMap<AccessUnit, Buffer>()

function sharedTag(unit: AccessUnit): Buffer {
  const known = tags.get(unit)
  if (known) return known
  const tag = flvVideoTag(unit, 0)
  tags.set(unit, tag)
  return tag
}

//   0      1..3       4..6              7               8..10      11..
// | type | dataSize | timestamp 23..0 | timestamp 31..24 | streamId | data ...     FLV 10.1 E.4.1
const tagHeaderBytes = 11

/** The shared tag with a viewer's own time: a header of its own before the shared rest. */
function stamped(tag: Buffer, ms: number): readonly Buffer[] {
  const header = Buffer.from(tag.subarray(0, tagHeaderBytes))
  header.writeUIntBE(ms & 0xffffff, 4, 3)
  header.writeUInt8((ms >>> 24) & 0xff, 7)
  return [header, tag.subarray(tagHeaderBytes)]
}

/** A jump of the camera's clock by more than this is no passing of time. */
const maxStepMs = 10_000
/** What a jump is replaced by: one picture at 25 fps. */
const pictureMs = 40

/** Presentation times to milliseconds from 0 that never run backwards, whatever the camera's clock does. */
function createTimeline(): (pts90k: number) => number {
  let last: { readonly ptsMs: number; readonly ms: number } | undefined
  return (pts90k) => {
    const ptsMs = Math.round(pts90k / 90)
    const step = last ? ptsMs - last.ptsMs : 0
    const passed = Math.abs(step) > maxStepMs ? pictureMs : step
    // Pictures out of display order keep the time of the one before; the next in order catches up.
    if (last && passed < 0) return last.ms
    last = { ptsMs, ms: (last?.ms ?? 0) + passed }
    return last.ms
  }
}

function isSame(known: ParameterSets | undefined, next: ParameterSets): boolean {
  if (!known?.sps.equals(next.sps) || !known.pps.equals(next.pps)) return false
  return next.vps ? known.vps?.equals(next.vps) === true : known.vps === undefined
}
