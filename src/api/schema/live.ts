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
  fallback: Type.Optional(Type.Object({ set: Type.Enum(['udp', 'tcp-passive', 'tcp-active']), isRemembered: Type.Boolean({ description: 'begun with, since it had worked where the one that is set had not; for an hour' }) }, { description: 'another transport than the one that is set for the device' })),
  viewers: Type.Integer(),
  uptimeMs: Type.Number(),
  framing: Type.Optional(Type.Enum(['rfc4571', 'interleaved', 'ehome'], { description: 'of a TCP stream, told by its first bytes; ehome: interleaved behind the header of a Hikvision protocol' })),
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
  audio: Type.Optional(
    Type.Object(
      {
        codec: Type.String({ description: 'pcma, pcmu or aac; another name: it cannot be given on; none: announced, and none came so far' }),
        sampleRate: Type.Optional(Type.Integer()),
        channels: Type.Optional(Type.Integer()),
        kbps: Type.Optional(Type.Number()),
        frames: Type.Integer(),
        declared: Type.Optional(Type.String({ description: 'as the camera names it' })),
        making: Type.Optional(Type.Enum(['running', 'full', 'lost'], { description: 'AAC that is made of it for viewers. full: as many streams are encoded as are allowed, this one is seen without; lost: the encoder died, another one is on its way' })),
      },
      { description: 'sound; absent while there is no word of it' },
    ),
  ),
})
export type StreamFigures = Static<typeof StreamFigures>

export const TranscodeFigures = Type.Object({
  camera: Type.String(),
  stream: StreamName,
  playback: Type.Optional(Type.String({ description: 'of a recording' })),
  state: Type.Enum(['starting', 'live', 'lingering']),
  from: Type.Optional(VideoCodec),
  to: VideoCodec,
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  fps: Type.Optional(Type.Number()),
  kbps: Type.Optional(Type.Number()),
  viewers: Type.Integer(),
  cpu: Type.Number({ description: 'share of a core' }),
  dropped: Type.Integer({ description: 'pictures left out to the next keyframe because it was behind' }),
  skipped: Type.Integer({ description: 'pictures decoded and not shown, to catch up' }),
  undecodable: Type.Integer(),
  restarts: Type.Integer({ description: 'times that its process was lost' }),
})
export type TranscodeFigures = Static<typeof TranscodeFigures>

/** `transcodes`: H.264 versions that are made for players without the camera's codec. */
export const StreamList = Type.Object({ ...Items(StreamFigures).properties, transcodes: Type.Array(TranscodeFigures) })
export type StreamList = Static<typeof StreamList>

const addresses = {
  flv: Type.String({ description: 'FLV over HTTP' }),
  ws: Type.String({ description: 'FLV over WebSocket, a message for each write' }),
}
const outside = { ...addresses, rtmp: Type.Optional(Type.String({ description: 'where rtmp.port is set' })), rtsp: Type.Optional(Type.String({ description: 'where rtsp.port is set' })) }

/**
 * Where to watch a camera. `flv`, `ws` and `jpg` are paths for a page of the same origin, which is known by its cookie;
 * `external` are whole addresses for a player outside the browser, good to be opened until `expiresAtMs`.
 * `h264`: the same for players without H.265; a stream that is H.264 already comes as it is, another is encoded anew.
 */
export const LiveAddresses = Type.Object({
  camera: Type.String(),
  ...addresses,
  jpg: Type.String({ description: 'a picture of now' }),
  external: Type.Object({ ...outside, jpg: Type.String() }),
  h264: Type.Object({ ...addresses, external: Type.Object(outside) }),
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

export const CodecQuery = Type.Object({ codec: Type.Optional(Type.Enum(['h264'], { description: 'h264: encoded anew where it is not H.264 already; `busy` when too many are made' })) })
export const SoundQuery = Type.Object({ sound: Type.Optional(Type.Enum(['0', '1'], { description: '0: pictures alone. Otherwise with the camera\'s sound as AAC, where it has any' })) })
export const LiveFlvQuery = Type.Object({ ...LiveViewQuery.properties, ...CodecQuery.properties, ...SoundQuery.properties })
export type LiveFlvQuery = Static<typeof LiveFlvQuery>
export const PlaybackFlvQuery = Type.Object({ ...LiveQuery.properties, ...CodecQuery.properties, ...SoundQuery.properties })
export type PlaybackFlvQuery = Static<typeof PlaybackFlvQuery>
