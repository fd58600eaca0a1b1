// Recordings of cameras: what a device holds, and their playback and download.
import { Type, type Static } from 'typebox'
import { Instant, Items, ListOf } from './common.ts'

export const RecordType = Type.Enum(['all', 'time', 'alarm', 'manual'])
export type RecordType = Static<typeof RecordType>

export const RecordingsQuery = Type.Object(
  { from: Instant, to: Instant, type: Type.Optional(RecordType) },
  { additionalProperties: false },
)

export const Recording = Type.Object({
  name: Type.Optional(Type.String()),
  startMs: Type.Optional(Instant),
  endMs: Type.Optional(Instant),
  type: Type.Optional(Type.Enum(['time', 'alarm', 'manual'])),
  fileSize: Type.Optional(Type.Number({ description: 'bytes' })),
  filePath: Type.Optional(Type.String()),
  recorderId: Type.Optional(Type.String()),
  location: Type.Optional(Type.String({ description: 'the device that holds it' })),
  stream: Type.Optional(Type.Integer({ description: '0 is the main stream' })),
})
export type Recording = Static<typeof Recording>

/** A part of a list is an answer too: `missing` says of which spans the device told of more than it sent. */
export const RecordingList = Type.Object({
  items: ListOf(Recording),
  isComplete: Type.Boolean(),
  isCut: Type.Boolean({ description: 'there are more than we keep of one answer' }),
  missing: ListOf(Type.Object({ fromMs: Instant, toMs: Instant, told: Type.Integer(), got: Type.Integer() })),
  hop: Type.Optional(Type.String({ description: 'who answered' })),
})
export type RecordingList = Static<typeof RecordingList>

export const PlaybackKind = Type.Enum(['playback', 'download'])
export type PlaybackKind = Static<typeof PlaybackKind>

export const PlaybackCreate = Type.Object(
  {
    from: Instant,
    to: Instant,
    kind: PlaybackKind,
    type: Type.Optional(RecordType),
    speed: Type.Optional(Type.Number({ minimum: 1, maximum: 16, description: 'of a download, times real time' })),
  },
  { additionalProperties: false },
)
export type PlaybackCreate = Static<typeof PlaybackCreate>

export const PlaybackEnd = Type.Object({
  how: Type.Enum(['finished', 'stopped', 'unwatched', 'paused-too-long', 'too-large', 'not-written', 'failed', 'hung-up', 'media-lost', 'forgotten', 'replaced']),
  reason: Type.String(),
  atMs: Instant,
})
export type PlaybackEnd = Static<typeof PlaybackEnd>

export const Playback = Type.Object({
  id: Type.String(),
  camera: Type.String(),
  deviceId: Type.String(),
  kind: PlaybackKind,
  fromMs: Instant,
  toMs: Instant,
  speed: Type.Optional(Type.Number()),
  by: Type.String(),
  createdAtMs: Instant,
  state: Type.Enum(['waiting', 'starting', 'playing', 'paused', 'ended'], { description: 'waiting: nobody has opened its stream yet' }),
  viewers: Type.Integer(),
  positionMs: Type.Number({ description: 'media time that came, since the first picture' }),
  receivedBytes: Type.Number(),
  fileSize: Type.Optional(Type.Number({ description: 'as the device announced it' })),
  progress: Type.Optional(Type.Number({ description: 'of a download, 0 to 1: by size where the device told it, else by time' })),
  file: Type.Optional(Type.Object({ bytes: Type.Number(), isWhole: Type.Boolean(), removedAtMs: Type.Optional(Instant) })),
  notes: ListOf(Type.String({ description: 'what was odd about the answer of the camera' })),
  hop: Type.Optional(Type.String()),
  end: Type.Optional(PlaybackEnd),
})
export type Playback = Static<typeof Playback>

export const PlaybackList = Items(Playback)

/** The addresses of one playback: paths for a page of the same origin, `external` with a token for a player outside the browser. */
export const PlaybackOpened = Type.Object({
  ...Playback.properties,
  flv: Type.Optional(Type.String()),
  ws: Type.Optional(Type.String({ description: 'the same over a WebSocket' })),
  h264: Type.Optional(Type.Object({ flv: Type.String(), ws: Type.String() }, { description: 'for players without H.265' })),
  control: Type.Optional(Type.String()),
  fileUrl: Type.Optional(Type.String()),
  external: Type.Optional(Type.Object({ flv: Type.String(), ws: Type.String() })),
  expiresAtMs: Type.Optional(Instant),
})
export type PlaybackOpened = Static<typeof PlaybackOpened>

/** `seek` goes to a moment of the recording; `scale` is a speed of 0.25 to 16; `reverse` needs a device of the 2022 edition. */
export const PlaybackControl = Type.Union([
  Type.Object({ action: Type.Enum(['pause', 'resume']) }, { additionalProperties: false }),
  Type.Object({ action: Type.Literal('scale'), scale: Type.Number({ minimum: 0.125, maximum: 16 }) }, { additionalProperties: false }),
  Type.Object({ action: Type.Literal('seek'), atMs: Instant }, { additionalProperties: false }),
  Type.Object({ action: Type.Literal('reverse'), scale: Type.Optional(Type.Number({ minimum: -16, maximum: -0.125 })), fromMs: Type.Optional(Instant), toMs: Type.Optional(Instant) }, { additionalProperties: false }),
])
export type PlaybackControl = Static<typeof PlaybackControl>

export const PlaybackParams = Type.Object({ id: Type.String({ pattern: '^p-[0-9a-f]{16}$' }) })
