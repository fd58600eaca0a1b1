// The H.264 version of one stream: one reader of the stream, one encoder, shared by all who ask for it. Its life is decided by
// `version-state.ts`; here pictures go their way and decisions are carried out.
import { runMachine, type Clock, type Log } from '../../base/index.ts'
import { createStream } from '../stream.ts'
import type { AccessUnit, JoinOutcome, Membership, ReaderOptions, Relays, StreamKey, VideoCodec } from '../types.ts'
import { createMadeUnits } from './made-units.ts'
import type { MadePicture, PictureBounds } from './messages.ts'
import { versionStep, type ReaderId, type VersionEffect, type VersionEvent, type VersionState, type VersionTimes } from './version-state.ts'

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

const versionTimes: Omit<VersionTimes, 'lingerMs'> = { startMs: 15_000, restartMs: 500, maxFailures: 3, steadyMs: 60_000 }

interface Member {
  readonly options: ReaderOptions
  readonly settle: (outcome: JoinOutcome) => void
  isGone: boolean
  detach?: () => void
}

export function createVersion(key: StreamKey, options: VersionOptions): Version {
  const { relays, open, bounds, lingerMs, clock, log } = options
  const stream = createStream()
  const members = new Map<ReaderId, Member>()
  let nextReader: ReaderId = 1
  let made = createMadeUnits()
  let transcoder: Transcoder | undefined
  let from: VideoCodec | undefined
  let restarts = 0
  /** A new encoder begins with a keyframe; after one that died there is a while without. */
  let needsKeyframe = true
  let isResting = false
  const ending: Promise<unknown>[] = []

  const publish = (unit: AccessUnit): void => {
    const isFirst = !stream.isLive()
    if (stream.publish(unit) && isFirst) machine.send({ type: 'picture' })
  }
  const start = (): Transcoder => {
    made = createMadeUnits()
    const own: Transcoder = open({ stream: key }, bounds, {
      onPicture: (picture) => {
        const unit = transcoder === own ? made.push(picture, clock.nowUs()) : undefined
        if (unit) publish(unit)
      },
      onLost: (detail) => {
        if (transcoder !== own) return
        restarts++
        log.warn({ stream: key, detail, restarts }, 'H.264 encoder lost')
        machine.send({ type: 'lost', detail })
      },
    })
    machine.send({ type: 'started' })
    return own
  }
  const stop = (): void => {
    if (transcoder) ending.push(transcoder.close())
    transcoder = undefined
  }
  const onUnit = (unit: AccessUnit): void => {
    if (machine.state().name === 'over') return
    if (unit.codec === 'h264') {
      // The camera was set to what is wanted: it is passed on, from its next keyframe.
      if (from !== 'h264' && !unit.isKeyframe) return
      if (from !== 'h264') {
        stop()
        machine.send({ type: 'unneeded' })
      }
      from = 'h264'
      return publish(unit)
    }
    if (from === 'h264') needsKeyframe = true
    from = unit.codec
    if (isResting || (needsKeyframe && !unit.isKeyframe)) return
    needsKeyframe = false
    transcoder ??= start()
    transcoder.push(unit)
  }

  const attach = (id: ReaderId, member: Member): void => {
    const { onUnit: onPicture, onAudio } = member.options
    if (!onPicture || member.isGone) return
    /** A reader's callback that throws costs the reader, never the version. */
    const guard = (call: () => void): void => {
      if (member.isGone) return
      try {
        call()
      } catch (error) {
        log.error({ stream: key, error }, 'a reader of the H.264 version broke')
        leave(id, member)
      }
    }
    const detach = stream.attach((unit) => guard(() => onPicture(unit)), onAudio && ((frame) => guard(() => onAudio(frame))))
    member.detach = detach
    if (member.isGone) detach()
  }
  const leave = (id: ReaderId, member: Member): void => {
    member.isGone = true
    member.detach?.()
    members.delete(id)
    machine.send({ type: 'leave', reader: id })
  }
  const each = (ids: readonly ReaderId[], act: (member: Member) => void): void => {
    for (const id of ids) {
      const member = members.get(id)
      members.delete(id)
      member?.detach?.()
      if (member && !member.isGone) act(member)
    }
  }
  const perform = (effect: VersionEffect): void => {
    switch (effect.type) {
      case 'admit': {
        const member = members.get(effect.reader)
        member?.settle({ ok: true, isCold: false })
        return member && attach(effect.reader, member)
      }
      case 'reject':
        return each(effect.readers, (member) => member.settle(effect.failure))
      case 'end':
        return each(effect.readers, (member) => member.options.onEnd?.(effect.reason))
      case 'rest':
        isResting = true
        return stop()
      case 'resume':
        isResting = false
        needsKeyframe = true
        return
      case 'finish':
        stop()
        options.onOver()
        // Not within the relay's own work, and not before its membership is here.
        return void ending.push(Promise.resolve().then(() => source.leave({ linger: false })))
    }
  }
  const machine = runMachine<VersionState, VersionEvent, VersionEffect>({ initial: { name: 'idle' }, step: versionStep({ ...versionTimes, lingerMs }), perform, clock, log, label: { h264: key } })
  machine.send({ type: 'begin' })
  const source = relays.join(key, { kind: 'viewer', onUnit, onAudio: stream.publishAudio, onEnd: (reason) => machine.send({ type: 'ended', reason }) })
  void source.joined.then((outcome) => outcome.ok || machine.send({ type: 'refused', failure: outcome }))

  return {
    join: (reader) => {
      const { promise, resolve } = Promise.withResolvers<JoinOutcome>()
      const id = nextReader++
      const member: Member = { options: reader, settle: resolve, isGone: false }
      members.set(id, member)
      machine.send({ type: 'join', reader: id })
      return {
        joined: promise,
        leave: () => {
          if (!member.isGone) leave(id, member)
          return Promise.resolve()
        },
      }
    },
    figures: () => ({
      key,
      state: phaseOf(machine.state()),
      ...(from && { from }),
      to: 'h264',
      ...pictureOf(stream.figures(clock.nowUs())),
      viewers: members.size,
      restarts,
      ...(transcoder?.figures() ?? { dropped: 0, skipped: 0, undecodable: 0, cpu: 0 }),
    }),
    isLingering: () => machine.state().name === 'lingering',
    close: async (reason) => {
      machine.send({ type: 'ended', reason })
      await Promise.all(ending)
    },
  }
}

function phaseOf({ name }: VersionState): VersionFigures['state'] {
  return name === 'live' || name === 'lingering' ? name : 'starting'
}

function pictureOf({ width, height, fps, kbps }: ReturnType<ReturnType<typeof createStream>['figures']>): Pick<VersionFigures, 'width' | 'height' | 'fps' | 'kbps'> {
  return { ...(width !== undefined && { width }), ...(height !== undefined && { height }), ...(fps !== undefined && { fps }), ...(kbps !== undefined && { kbps }) }
}
