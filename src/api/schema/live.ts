// Live views: every stream with its figures, and the addresses under which one camera is watched.
import { Type, type Static } from 'typebox'
import { Instant, Items } from './common.ts'

export const VideoCodec = Type.Enum(['h264', 'h265'])
export type VideoCodec = Static<typeof VideoCodec>

export const StreamName = Type.Enum(['main', 'sub'])
export type StreamName = Static<typeof StreamName>

/** `rtsp-udp`, `rtsp-tcp`: pulled from the camera itself. */
export const StreamTransport = Type.Enum(['udp', 'tcp-passive', 'tcp-active', 'rtsp-udp', 'rtsp-tcp'])
export type StreamTransport = Static<typeof StreamTransport>

export const StreamFigures = Type.Object({
  camera: Type.String(),
  stream: StreamName,
  state: Type.Enum(['starting', 'live', 'lingering', 'stopping', 'resting'], { description: 'resting: lost, and asked for again after a while' }),
  codec: Type.Optional(VideoCodec),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  fps: Type.Optional(Type.Number()),
  kbps: Type.Optional(Type.Number()),
  gopFrames: Type.Optional(Type.Number()),
  lossRate: Type.Number(),
  jitterMs: Type.Number(),
  transport: StreamTransport,
  viewers: Type.Integer(),
  uptimeMs: Type.Number(),
  framing: Type.Optional(Type.Enum(['rfc4571', 'interleaved'], { description: 'of a TCP stream, told by its first bytes' })),
  source: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer() }, { description: 'who sends' })),
  ssrcExpected: Type.Optional(Type.Integer({ description: 'as the answer names it (y=)' })),
  ssrcSeen: Type.Optional(Type.Integer({ description: 'as the packets carry it' })),
  packets: Type.Integer({ description: 'of this start, like the next four' }),
  lost: Type.Integer(),
  duplicates: Type.Integer(),
  reordered: Type.Integer(),
  late: Type.Integer({ description: 'came when they were no longer waited for, or twice' }),
  discarded: Type.Object({ malformed: Type.Integer(), strangers: Type.Integer() }, { description: 'came and were not taken: no RTP; of another sender than the one followed' }),
  reports: Type.Object({ received: Type.Integer(), sent: Type.Integer() }, { description: 'RTCP: reports of the sender, and ours to it' }),
  restarts: Type.Integer({ description: 'times that the stream was lost and asked for again, its viewers waiting' }),
  keyframeRequests: Type.Integer(),
})
export type StreamFigures = Static<typeof StreamFigures>

export const StreamList = Items(StreamFigures)
export type StreamList = Static<typeof StreamList>

/**
 * Where to watch a camera. `flv` and `jpg` are paths for a page of the same origin, which is known by its cookie;
 * `external` are whole addresses for a player outside the browser, good to be opened until `expiresAtMs`.
 */
export const LiveAddresses = Type.Object({
  camera: Type.String(),
  flv: Type.String(),
  jpg: Type.String(),
  external: Type.Object({ flv: Type.String(), jpg: Type.String() }),
  expiresAtMs: Instant,
  stream: Type.Optional(StreamFigures),
})
export type LiveAddresses = Static<typeof LiveAddresses>

export const LiveStreamQuery = Type.Object({ stream: Type.Optional(Type.Enum(['main', 'sub'], { description: 'sub: the smaller stream, where the camera has one' })) }, { additionalProperties: false })
export type LiveStreamQuery = Static<typeof LiveStreamQuery>

export const LiveQuery = Type.Object({ token: Type.Optional(Type.String({ maxLength: 400, description: 'as made by GET /live/{camera}' })) })
export type LiveQuery = Static<typeof LiveQuery>
export const LiveViewQuery = Type.Object({ ...LiveStreamQuery.properties, ...LiveQuery.properties })
export type LiveViewQuery = Static<typeof LiveViewQuery>
