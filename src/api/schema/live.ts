// Live views: every stream with its figures, and the addresses under which one camera is watched.
import { Type, type Static } from 'typebox'
import { Instant, Items } from './common.ts'

export const VideoCodec = Type.Enum(['h264', 'h265'])
export type VideoCodec = Static<typeof VideoCodec>

/** `rtsp-udp`, `rtsp-tcp`: pulled from the camera itself. */
export const StreamTransport = Type.Enum(['udp', 'tcp-passive', 'tcp-active', 'rtsp-udp', 'rtsp-tcp'])
export type StreamTransport = Static<typeof StreamTransport>

export const StreamFigures = Type.Object({
  camera: Type.String(),
  state: Type.Enum(['starting', 'live', 'lingering', 'stopping']),
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

export const LiveQuery = Type.Object({ token: Type.Optional(Type.String({ maxLength: 400, description: 'as made by GET /live/{camera}' })) })
export type LiveQuery = Static<typeof LiveQuery>
