// One player's stream: joined at DESCRIBE and held, so that it can be described and is there at once; joined anew at PLAY, which brings the kept GOP.
import type { Cancel, Clock, Log } from '../../base/index.ts'
import type { ReaderBounds, ReaderCounts } from '../reader.ts'
import type { StreamFacts } from '../rtsp/server/description.ts'
import type { SoundFormat } from '../rtsp/server/audio-payload.ts'
import { createPlayout, type Outgoing, type Playout, type PlayoutOptions, type PlayoutTrack } from '../rtsp/server/playout.ts'
import type { AccessUnit, JoinOutcome, Membership, ReaderOptions, Relays, StreamKey } from '../types.ts'

export interface RtspViewOptions {
  readonly relays: Relays
  readonly key: StreamKey
  readonly clock: Clock
  readonly log: Log
  readonly bounds: ReaderBounds
  /** CNAME of its RTCP. */
  readonly name: string
  readonly write: (outgoing: Outgoing) => void
  readonly allocate: NonNullable<PlayoutOptions['allocate']>
  readonly backlogBytes: () => number
  /** The stream ended, or the player does not keep up; once. */
  readonly onOver: (reason: string) => void
}

export type Opening = { readonly ok: true; readonly facts: StreamFacts } | { readonly ok: false; readonly failure: Extract<JoinOutcome, { ok: false }> }

export interface RtspView {
  /** Settles when the stream can be described, or is known not to come. */
  readonly opening: Promise<Opening>
  /** From the kept keyframe on; after a pause from the next kept one, numbered on. Only when it has been opened. */
  readonly play: (tracks: readonly PlayoutTrack[]) => void
  readonly pause: () => void
  /** Leaves; a player that still listens is told by RTCP. A second time is nothing. */
  readonly close: () => void
  readonly counts: () => ReaderCounts
}

/** Ours: how long a stream with pictures is listened to for its sound, by its own clock and by ours; none may ever come. */
const soundSpan90k = 27_000
const soundWaitMs = 400
/** Ours: for a keyframe, of a stream that runs and keeps none. */
const keyframeWaitMs = 10_000
const reportMs = 5_000

export function openRtspView(options: RtspViewOptions): RtspView {
  const { relays, key, clock, log, bounds, name, write, allocate, backlogBytes, onOver } = options
  const opening = Promise.withResolvers<Opening>()
  let facts: StreamFacts | undefined
  let sound: SoundFormat | undefined
  let first90k: number | undefined
  let playout: Playout | undefined
  let isClosed = false
  let isReporting = false
  let cancelWait: Cancel = () => {}
  let cancelReport: Cancel = () => {}

  /** A reader that breaks is cut: the stream's other readers must not notice. */
  const guarded = <T>(take: (value: T) => void) => (value: T): void => {
    if (isClosed) return
    try {
      take(value)
    } catch (error) {
      log.error({ key, error }, 'an RTSP player broke')
      over('internal error')
    }
  }
  const over = (reason: string): void => {
    if (isClosed) return
    opening.resolve({ ok: false, failure: { ok: false, reason: 'stopped', detail: reason } })
    onOver(reason)
  }
  const join = (reader: Pick<ReaderOptions, 'onUnit' | 'onAudio'>): Membership => {
    const membership = relays.join(key, { kind: 'viewer', ...reader, onEnd: (reason) => over(`the stream ended: ${reason}`) })
    void membership.joined.then((outcome) => {
      if (outcome.ok) return
      opening.resolve({ ok: false, failure: outcome })
      if (playout) over(`the stream could not be joined: ${outcome.detail}`)
    })
    return membership
  }
  /** Never within `join`: a running stream sends its kept GOP there, before there is a membership. */
  const leave = (membership: Membership | undefined): void => {
    if (membership) queueMicrotask(() => void membership.leave())
  }

  const described = (): void => {
    cancelWait()
    if (facts) opening.resolve({ ok: true, facts: { ...facts, ...(sound && { sound }) } })
  }
  const look = (unit: AccessUnit): void => {
    if (unit.isKeyframe && unit.parameterSets && !facts) {
      facts = { codec: unit.codec, parameterSets: unit.parameterSets }
      first90k = unit.pts90k
      cancelWait()
      cancelWait = clock.after(soundWaitMs, described)
    }
    if (first90k !== undefined && (sound || unit.pts90k - first90k >= soundSpan90k)) described()
  }
  const listen = ({ codec, sampleRate, channels, config }: SoundFormat): void => {
    sound ??= { codec, sampleRate, channels, ...(config && { config }) }
    if (facts) described()
  }
  const hold = (): Membership => join({ onUnit: guarded(look), onAudio: guarded(listen) })

  const send = (given: Playout, unit: AccessUnit): void => {
    const decision = given.unit(unit, backlogBytes(), clock.nowUs())
    if (decision === 'cut') return over('it did not read for too long')
    if (decision === 'changed') return over(`the stream is ${unit.codec} now, and was described otherwise`)
    if (decision === 'drop') return
    write(decision)
    if (!isReporting) report()
  }
  const report = (): void => {
    isReporting = true
    playout?.reports(clock.nowUs(), clock.wallMs()).forEach(write)
    cancelReport = clock.after(reportMs, report)
  }
  let membership: Membership | undefined = hold()
  /** The next membership first, so that the stream does not stop between the two. */
  const change = (next: () => Membership): void => {
    const before = membership
    const joined = next()
    // It may have been cut within.
    if (isClosed) return leave(joined)
    membership = joined
    leave(before)
  }
  void membership.joined.then((outcome) => {
    if (!outcome.ok || isClosed || facts) return
    cancelWait = clock.after(keyframeWaitMs, () => opening.resolve({ ok: false, failure: { ok: false, reason: 'no-keyframe', detail: `no keyframe within ${keyframeWaitMs} ms` } }))
  })

  return {
    opening: opening.promise,
    play: (tracks) => {
      if (isClosed || !facts) return
      if (playout) playout.resume()
      const given = (playout ??= createPlayout({ codec: facts.codec, ...(sound && { format: sound }), tracks, bounds, name, allocate }))
      change(() =>
        join({
          onUnit: guarded((unit) => send(given, unit)),
          onAudio: guarded((frame) => {
            const decision = given.sound(frame, backlogBytes())
            if (decision !== 'drop') write(decision)
          }),
        }),
      )
    },
    pause: () => {
      cancelReport()
      isReporting = false
      if (!isClosed && playout) change(hold)
    },
    close: () => {
      if (isClosed) return
      isClosed = true
      cancelWait()
      cancelReport()
      playout?.byes().forEach(write)
      opening.resolve({ ok: false, failure: { ok: false, reason: 'stopped', detail: 'the player left' } })
      leave(membership)
      membership = undefined
    },
    counts: () => playout?.counts() ?? { delivered: 0, dropped: 0 },
  }
}
