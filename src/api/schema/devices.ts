// Devices: what registered, its channels, how its presence went.
import { Type, type Static } from 'typebox'
import { Instant, Items, ListOf } from './common.ts'
import { Presence } from './cameras.ts'

export const SignalTransport = Type.Enum(['udp', 'tcp'])
export const MediaTransport = Type.Enum(['udp', 'tcp-passive'])
export type MediaTransport = Static<typeof MediaTransport>

export const Binding = Type.Object({
  transport: SignalTransport,
  host: Type.String(),
  port: Type.Integer(),
  contact: Type.String(),
  registeredAtMs: Instant,
  expiresAtMs: Instant,
  gbVersion: Type.Optional(Type.String()),
  userAgent: Type.Optional(Type.String()),
})
export type Binding = Static<typeof Binding>

export const Device = Type.Object({
  id: Type.String(),
  approved: Type.Boolean(),
  binding: Type.Optional(Binding),
  presence: Presence,
  presenceReason: Type.Optional(Type.String()),
  presenceSinceMs: Type.Optional(Instant),
  mediaTransport: MediaTransport,
  channelCount: Type.Integer(),
  catalogAtMs: Type.Optional(Instant),
  catalogComplete: Type.Optional(Type.Boolean()),
  firstSeenMs: Instant,
})
export type Device = Static<typeof Device>

export const DeviceList = Items(Device)
export type DeviceList = Static<typeof DeviceList>

export const Channel = Type.Object({
  id: Type.String(),
  name: Type.String(),
  status: Type.Enum(['on', 'off', 'unknown']),
  parentId: Type.Optional(Type.String()),
  raw: Type.Record(Type.String(), Type.String()),
})
export type Channel = Static<typeof Channel>

export const PresenceChange = Type.Object({ deviceId: Type.String(), from: Presence, to: Presence, reason: Type.String(), atMs: Instant })
export type PresenceChange = Static<typeof PresenceChange>

export const DeviceDetail = Type.Object({
  ...Device.properties,
  channels: ListOf(Channel),
  presenceHistory: ListOf(PresenceChange),
})
export type DeviceDetail = Static<typeof DeviceDetail>

/** `null` takes the device's own password away: the service's common one, where there is one, holds again. */
export const DevicePassword = Type.Object({ password: Type.Union([Type.String({ minLength: 1, maxLength: 128 }), Type.Null()]) }, { additionalProperties: false })
export type DevicePassword = Static<typeof DevicePassword>

export const DeviceMediaTransport = Type.Object({ mediaTransport: MediaTransport }, { additionalProperties: false })
export type DeviceMediaTransport = Static<typeof DeviceMediaTransport>

/** The answer to "ask the catalog again": the question left; the channels come later. */
export const CatalogAsked = Type.Object({ asked: Type.Literal(true) })
export type CatalogAsked = Static<typeof CatalogAsked>
