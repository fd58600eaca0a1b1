// Relays whose sound is AAC: what comes as AAC passes, G.711 is made AAC, once for all readers of a stream and only while one of them takes sound.
// Another kind of Relays over the first: who reads them need not know.
import type { Log } from '../../base/index.ts'
import { streamKey } from '../stream-key.ts'
import type { AudioFigures, AudioFrame, Membership, ReaderOptions, Relays, StreamFigures, StreamKey } from '../types.ts'
import type { Law } from './g711.ts'
import { madeConfig, madeRate } from './made-sound.ts'

export interface AacEncoder {
  /** The next samples, in order of time. Nobody waits for it. */
  readonly push: (law: Law, pts90k: number, data: Buffer) => void
  /** Twice is nothing. */
  readonly close: () => void
}
export interface AacEncoderEvents {
  readonly onFrame: (pts90k: number, data: Buffer) => void
  /** It died; it is closed. */
  readonly onLost: (detail: string) => void
}
/** Fitted by a child process. `full`: as many as are allowed run; `resting`: it died just now, and may be asked again later. */
export interface AacEncoders {
  readonly open: (events: AacEncoderEvents) => AacEncoder | 'full' | 'resting'
}

/** Of a stream's kept GOP, ours: 20 s. */
const maxKept = 320
/** An encoder that could not be had is asked for again after so much sound. 1 s. */
const againTicks = 90_000
/** A step back by more than this is another beginning. */
const restartTicks = 900_000

interface Member {
  readonly onAudio: (frame: AudioFrame) => void
  /** Of the last frame that it was given. */
  givenPts: number
  isAnnounced: boolean
}

/** What the readers of one stream share. */
interface Shared {
  readonly members: Set<Member>
  kept: AudioFrame[]
  encoder?: AacEncoder
  making?: AudioFigures['making'] & string
  fedPts: number
  askedPts: number
}

export interface AacSound {
  /** Several may be over each other, or beside: a stream's sound is made once for all of one key. */
  readonly over: (relays: Relays) => Relays
}

export function createAacSound({ encoders, log }: { readonly encoders: AacEncoders; readonly log: Log }): AacSound {
  const streams = new Map<StreamKey, Shared>()

  const sharedOf = (camera: StreamKey): Shared => {
    let shared = streams.get(camera)
    if (!shared) streams.set(camera, (shared = { members: new Set(), kept: [], fedPts: -Infinity, askedPts: -Infinity }))
    return shared
  }
  const leave = (camera: StreamKey, shared: Shared, member: Member): void => {
    if (!shared.members.delete(member) || shared.members.size > 0) return
    shared.encoder?.close()
    if (streams.get(camera) === shared) streams.delete(camera)
  }
  const open = (camera: StreamKey, shared: Shared, pts90k: number): void => {
    if (shared.encoder || pts90k - shared.askedPts < againTicks) return
    shared.askedPts = pts90k
    const opened = encoders.open({
      onFrame: (pts, data) => {
        shared.kept.push({ codec: 'aac', pts90k: pts, sampleRate: madeRate, channels: 1, config: madeConfig, data, receivedUs: 0 })
        if (shared.kept.length > maxKept) shared.kept.shift()
        for (const member of shared.members) deliver(camera, shared, member, Infinity)
      },
      onLost: (detail) => {
        delete shared.encoder
        shared.making = 'lost'
        log.warn({ camera, detail }, 'the stream goes on without sound')
      },
    })
    if (typeof opened === 'object') {
      shared.encoder = opened
      shared.making = 'running'
      return
    }
    const making = opened === 'full' ? 'full' : 'lost'
    if (shared.making !== making && opened === 'full') log.warn({ camera }, 'as many sounds are encoded as are allowed: this stream goes without')
    shared.making = making
  }
  /** A reader that breaks costs itself alone: those in the stream are guarded by it, this is for what comes between. */
  const deliver = (camera: StreamKey, shared: Shared, member: Member, until90k: number): void => {
    if (!member.isAnnounced) return
    try {
      for (const frame of [...shared.kept]) {
        if (frame.pts90k <= member.givenPts || frame.pts90k > until90k || !shared.members.has(member)) continue
        member.givenPts = frame.pts90k
        member.onAudio(frame)
      }
    } catch (error) {
      log.error({ camera, error }, 'a reader of the sound broke')
      leave(camera, shared, member)
    }
  }
  const begin = (shared: Shared): void => {
    shared.kept = []
    shared.fedPts = shared.askedPts = -Infinity
    for (const member of shared.members) member.givenPts = -Infinity
  }
  /** Each frame comes once for each member, those of the kept GOP again for each newcomer. */
  const take = (camera: StreamKey, shared: Shared, member: Member, frame: AudioFrame): void => {
    const { codec, pts90k, data, receivedUs } = frame
    if (codec === 'aac') {
      shared.encoder?.close()
      delete shared.encoder
      delete shared.making
      return member.onAudio(frame)
    }
    if (pts90k < shared.fedPts - restartTicks) begin(shared)
    open(camera, shared, pts90k)
    if (pts90k > shared.fedPts) {
      shared.fedPts = pts90k
      shared.encoder?.push(codec, pts90k, data)
    }
    if (!member.isAnnounced && shared.encoder) {
      member.isAnnounced = true
      member.onAudio({ codec: 'aac', pts90k, sampleRate: madeRate, channels: 1, config: madeConfig, data: Buffer.alloc(0), receivedUs })
    }
    deliver(camera, shared, member, pts90k)
  }

  const join = (relays: Relays, camera: StreamKey, reader: ReaderOptions): Membership => {
    const { onAudio } = reader
    if (!onAudio) return relays.join(camera, reader)
    const shared = sharedOf(camera)
    const member: Member = { onAudio, givenPts: -Infinity, isAnnounced: false }
    shared.members.add(member)
    const membership = relays.join(camera, {
      ...reader,
      onUnit: (unit) => {
        if (unit.isKeyframe && shared.kept.length > 0) shared.kept = shared.kept.filter(({ pts90k }) => pts90k >= unit.pts90k)
        // Nobody shall wait for sound that is not made.
        if (unit.sound === undefined || shared.encoder || !shared.making) return reader.onUnit?.(unit)
        const { sound: _, ...silent } = unit
        reader.onUnit?.(silent)
      },
      onAudio: (frame) => {
        if (shared.members.has(member)) take(camera, shared, member, frame)
      },
      onEnd: (reason) => {
        leave(camera, shared, member)
        reader.onEnd?.(reason)
      },
    })
    void membership.joined.then((outcome) => {
      if (!outcome.ok) leave(camera, shared, member)
    })
    return {
      joined: membership.joined,
      leave: (options) => {
        leave(camera, shared, member)
        return membership.leave(options)
      },
    }
  }
  const told = (figures: StreamFigures): StreamFigures => {
    const making = streams.get(streamKey(figures.camera, figures.stream))?.making
    return making && figures.audio ? { ...figures, audio: { ...figures.audio, making } } : figures
  }
  return {
    over: (relays) => ({
      join: (camera, reader) => join(relays, camera, reader),
      list: () => relays.list().map(told),
      close: relays.close,
    }),
  }
}
