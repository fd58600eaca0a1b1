// Streams as H.264, in the shape of relays: what is H.264 already is read straight from its relay, at no cost; of another codec one
// version is made and shared by all who ask. Their number is limited.
import type { JoinOutcome, Membership, ReaderOptions, Relays, StreamKey } from '../types.ts'
import { createVersion, type Version, type VersionFigures, type VersionOptions } from './version.ts'

export interface TranscodesOptions extends Pick<VersionOptions, 'open' | 'bounds' | 'clock' | 'log'> {
  /** Versions made at a time. */
  readonly max: number
}

export interface Transcodes {
  /** The streams of `relays` as H.264; a version outlives its last reader by `lingerMs`. */
  readonly over: (relays: Relays, lingerMs: number) => Relays
  readonly list: () => readonly VersionFigures[]
  /** Ends every version; the relays below stay. */
  readonly close: () => Promise<void>
}

type Failure = Extract<JoinOutcome, { ok: false }>

export function createTranscodes(options: TranscodesOptions): Transcodes {
  const running = new Set<Version>()
  let isClosed = false

  /** A place for one more: a version that nobody watches makes room. */
  const refusal = (): Failure | undefined => {
    if (isClosed) return { ok: false, reason: 'stopped', detail: 'the service is stopping' }
    if (running.size < options.max) return undefined
    const idle = [...running].find((version) => version.isLingering())
    if (!idle) return { ok: false, reason: 'busy', detail: `${running.size} H.264 versions are made already, which is the limit (media.transcodes)` }
    void idle.close('its place was needed')
    return undefined
  }

  const over = (relays: Relays, lingerMs: number): Relays => {
    const versions = new Map<StreamKey, Version>()
    const versionOf = (key: StreamKey): Version | Failure => {
      const known = versions.get(key)
      if (known) return known
      const refused = refusal()
      if (refused) return refused
      const { open, bounds, clock, log } = options
      const version: Version = createVersion(key, {
        relays, open, bounds, lingerMs, clock, log,
        onOver: () => {
          running.delete(version)
          if (versions.get(key) === version) versions.delete(key)
        },
      })
      running.add(version)
      versions.set(key, version)
      return version
    }
    return {
      join: (key, reader) => (reader.onUnit ? joinAsH264(relays, key, reader, reader.onUnit, () => versionOf(key)) : relays.join(key, reader)),
      list: relays.list,
      close: async () => {
        await Promise.all([...versions.values()].map((version) => version.close('the service is stopping')))
      },
    }
  }
  return {
    over,
    list: () => [...running].map((version) => version.figures()),
    close: async () => {
      isClosed = true
      await Promise.all([...running].map((version) => version.close('the service is stopping')))
    },
  }
}

/** Reads the stream itself until a picture shows that it is no H.264; then the version that is made of it. */
function joinAsH264(relays: Relays, key: StreamKey, reader: ReaderOptions, onUnit: NonNullable<ReaderOptions['onUnit']>, versionOf: () => Version | Failure): Membership {
  const { promise: joined, resolve } = Promise.withResolvers<JoinOutcome>()
  let way: 'unknown' | 'straight' | 'version' = 'unknown'
  let isGone = false
  let version: Membership | undefined

  // Not within the relay's own work, and not before its membership is here.
  const later = (act: () => void): void => queueMicrotask(act)
  const change = (): void => {
    const hadPictures = way === 'straight'
    way = 'version'
    later(() => {
      const found = isGone ? undefined : versionOf()
      if (found && 'join' in found) {
        version = found.join(reader)
        resolve(version.joined)
        // Who was told that all is well hears of the end instead.
        if (hadPictures) void version.joined.then((outcome) => outcome.ok || isGone || reader.onEnd?.(outcome.detail))
      } else if (found) {
        resolve(found)
        if (hadPictures) reader.onEnd?.(found.detail)
      }
      void source.leave()
    })
  }
  const source = relays.join(key, {
    ...reader,
    onUnit: (unit) => {
      if (way === 'version') return
      if (unit.codec !== 'h264') return change()
      if (way === 'unknown') later(() => resolve(source.joined))
      way = 'straight'
      onUnit(unit)
    },
    onAudio: (frame) => {
      if (way === 'straight') reader.onAudio?.(frame)
    },
    onEnd: (reason) => {
      // A stream that went before its first picture was here.
      if (way === 'unknown') resolve({ ok: false, reason: 'stopped', detail: reason })
      else if (way === 'straight') reader.onEnd?.(reason)
    },
  })
  void source.joined.then((outcome) => outcome.ok || resolve(outcome))
  return {
    joined,
    leave: (options) => {
      isGone = true
      return version ? version.leave(options) : source.leave(options)
    },
  }
}
