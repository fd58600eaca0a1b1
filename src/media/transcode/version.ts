// The H.264 version of one stream: one reader of the stream, one encoder, shared by all who ask for it.
//
//             first picture            last leaves
//   starting ---------------> live <----------------> lingering
//      | no picture in time     | the stream ends, the encoder    | time is over, the place is needed
//      v                        v keeps failing                   v
//     over <--------------------+---------------------------------+
import type { Cancel, Clock, Log } from '../../base/index.ts'
import { createStream } from '../stream.ts'
import type { AccessUnit, JoinOutcome, Membership, ReaderOptions, Relays, StreamKey, VideoCodec } from '../types.ts'
import { createMadeUnits } from './made-units.ts'
import type { MadePicture, PictureBounds } from './messages.ts'

export interface TranscoderFigures {
  /** Units that were left out because it was behind, and those only decoded. */
  readonly dropped: number
  readonly skipped: number
  readonly undecodable: number
  /** Share of a core. */
  readonly cpu: number
}

/** A process that encodes. Declared here, fitted by io. */
export interface Transcoder {
  readonly pid: number
  readonly push: (unit: AccessUnit) => void
  readonly figures: () => TranscoderFigures
  /** Twice is nothing; resolves when the process is gone. */
  readonly close: () => Promise<void>
}
export type OpenTranscoder = (label: Readonly<Record<string, string>>, bounds: PictureBounds, events: { readonly onPicture: (picture: MadePicture) => void; readonly onLost: (detail: string) => void }) => Transcoder

export interface VersionOptions {
  readonly relays: Relays
  readonly open: OpenTranscoder
  readonly bounds: PictureBounds
  readonly lingerMs: number
  readonly clock: Clock
  readonly log: Log
  readonly onOver: () => void
}

export interface VersionFigures extends TranscoderFigures {
  readonly key: StreamKey
  readonly state: 'starting' | 'live' | 'lingering'
  readonly from?: VideoCodec
  readonly to: 'h264'
  readonly width?: number
  readonly height?: number
  readonly fps?: number
  readonly kbps?: number
  readonly viewers: number
  readonly restarts: number
}

export interface Version {
  readonly join: (reader: ReaderOptions) => Membership
  readonly figures: () => VersionFigures
  readonly isLingering: () => boolean
  readonly close: (reason: string) => Promise<void>
}

/** From the start to the first picture. */
const startMs = 15_000
/** Encoders that may die in a row; one that lived so long after was well. */
const maxRestarts = 3
const steadyMs = 60_000
const restartMs = 500

interface Member {
  readonly options: ReaderOptions
  readonly settle: (outcome: JoinOutcome) => void
  detach?: () => void
}

export function createVersion(key: StreamKey, options: VersionOptions): Version {
  const { relays, open, bounds, clock, log } = options
  const stream = createStream()
  const members = new Set<Member>()
  let made = createMadeUnits()
  let transcoder: Transcoder | undefined
  let from: VideoCodec | undefined
  let isLive = false
  let isOver = false
  /** A new encoder begins with a keyframe; after one that died there is a while without. */
  let isWaiting = true
  let isResting = false
  let restarts = 0
  let failuresInARow = 0
  let cancelLinger: Cancel | undefined
  let cancelRestart: Cancel = () => {}
  let cancelSteady: Cancel = () => {}
  const ending: Promise<unknown>[] = []

  const publish = (unit: AccessUnit): void => {
    if (!stream.publish(unit) || isLive) return
    isLive = true
    cancelStart()
    for (const member of members) admit(member)
  }
  const start = (): void => {
    made = createMadeUnits()
    const own = open({ stream: key }, bounds, {
      onPicture: (picture) => {
        const unit = made.push(picture, clock.nowUs())
        if (unit && transcoder === own) publish(unit)
      },
      onLost: (detail) => {
        if (transcoder === own) lost(detail)
      },
    })
    transcoder = own
    cancelSteady = clock.after(steadyMs, () => (failuresInARow = 0))
  }
  const stop = (): void => {
    cancelSteady()
    if (transcoder) ending.push(transcoder.close())
    transcoder = undefined
  }
  const lost = (detail: string): void => {
    stop()
    restarts++
    failuresInARow++
    log.warn({ stream: key, detail, restarts }, 'H.264 encoder lost')
    if (failuresInARow > maxRestarts) return void over(`the H.264 encoder keeps failing: ${detail}`)
    isResting = true
    cancelRestart = clock.after(restartMs * failuresInARow, () => {
      isResting = false
      isWaiting = true
    })
  }
  const onUnit = (unit: AccessUnit): void => {
    if (isOver) return
    if (unit.codec === 'h264') {
      // The camera was set to what is wanted: it is passed on, from its next keyframe.
      if (from !== 'h264' && !unit.isKeyframe) return
      if (from !== 'h264') {
        cancelRestart()
        isResting = false
        stop()
      }
      from = 'h264'
      return publish(unit)
    }
    if (from === 'h264') isWaiting = true
    from = unit.codec
    if (isResting || (isWaiting && !unit.isKeyframe)) return
    isWaiting = false
    if (!transcoder) start()
    transcoder?.push(unit)
  }

  const admit = (member: Member): void => {
    member.settle({ ok: true, isCold: false })
    const { onUnit: onPicture, onAudio } = member.options
    if (!onPicture || !members.has(member)) return
    const guard = (call: () => void): void => {
      if (!members.has(member)) return
      try {
        call()
      } catch (error) {
        log.error({ stream: key, error }, 'a reader of the H.264 version broke')
        leave(member)
      }
    }
    member.detach = stream.attach((unit) => guard(() => onPicture(unit)), onAudio && ((frame) => guard(() => onAudio(frame))))
    if (!members.has(member)) member.detach()
  }
  const leave = (member: Member): void => {
    member.detach?.()
    if (!members.delete(member) || members.size > 0 || isOver) return
    cancelLinger = clock.after(options.lingerMs, () => void over('nobody watches it'))
  }
  const over = (reason: string, failure?: JoinOutcome): Promise<unknown> => {
    if (!isOver) {
      isOver = true
      for (const cancel of [cancelStart, cancelRestart, cancelLinger]) cancel?.()
      stop()
      options.onOver()
      for (const member of [...members]) {
        members.delete(member)
        member.detach?.()
        if (!isLive) member.settle(failure ?? { ok: false, reason: 'no-keyframe', detail: reason })
        else member.options.onEnd?.(reason)
      }
      ending.push(source.leave({ linger: false }))
    }
    return Promise.all(ending)
  }

  const cancelStart = clock.after(startMs, () => void over(`no picture of the H.264 version within ${startMs / 1000} s`))
  const source = relays.join(key, { kind: 'viewer', onUnit, onAudio: stream.publishAudio, onEnd: (reason) => void over(reason) })
  void source.joined.then((outcome) => outcome.ok || over(outcome.detail, outcome))

  return {
    join: (reader) => {
      const { promise, resolve } = Promise.withResolvers<JoinOutcome>()
      const member: Member = { options: reader, settle: resolve }
      if (isOver) resolve({ ok: false, reason: 'stopped', detail: 'the H.264 version has just ended' })
      else {
        cancelLinger?.()
        cancelLinger = undefined
        members.add(member)
        if (isLive) admit(member)
      }
      return {
        joined: promise,
        leave: () => {
          leave(member)
          return Promise.resolve()
        },
      }
    },
    figures: () => ({
      key,
      state: cancelLinger ? 'lingering' : isLive ? 'live' : 'starting',
      ...(from && { from }),
      to: 'h264',
      ...pictureOf(stream.figures(clock.nowUs())),
      viewers: members.size,
      restarts,
      ...(transcoder?.figures() ?? { dropped: 0, skipped: 0, undecodable: 0, cpu: 0 }),
    }),
    isLingering: () => cancelLinger !== undefined,
    close: async (reason) => {
      await over(reason, { ok: false, reason: 'stopped', detail: reason })
    },
  }
}

function pictureOf({ width, height, fps, kbps }: ReturnType<ReturnType<typeof createStream>['figures']>): Pick<VersionFigures, 'width' | 'height' | 'fps' | 'kbps'> {
  return { ...(width !== undefined && { width }), ...(height !== undefined && { height }), ...(fps !== undefined && { fps }), ...(kbps !== undefined && { kbps }) }
}
