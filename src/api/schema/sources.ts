// Where a camera's picture is taken from: by its device over GB/T 28181, or pulled from an RTSP address.
import { Type, type Static } from 'typebox'

export const RtspTransport = Type.Enum(['udp', 'tcp'])

/** The password is never given back: `hasPassword` says that there is one. */
export const CameraSource = Type.Union([
  Type.Object({ kind: Type.Literal('gb28181') }),
  Type.Object({ kind: Type.Literal('rtsp'), url: Type.String(), username: Type.Optional(Type.String()), hasPassword: Type.Boolean(), transport: RtspTransport }),
])
export type CameraSource = Static<typeof CameraSource>

/** A user name and password within the address count where none stand beside it. Without a password the present one stays, on the same host for the same user; `null` takes it away. */
export const CameraSourceChange = Type.Object(
  {
    url: Type.String({ minLength: 8, maxLength: 2048, examples: ['rtsp://192.0.2.64:554/Streaming/Channels/101'] }),
    username: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    password: Type.Optional(Type.Union([Type.String({ maxLength: 256 }), Type.Null()])),
    transport: Type.Optional(RtspTransport),
  },
  { additionalProperties: false },
)
export type CameraSourceChange = Static<typeof CameraSourceChange>
