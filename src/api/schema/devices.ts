// Devices: what registered, its channels, how its presence went.
import { Type, type Static } from 'typebox'
import { Instant, Items, ListOf } from './common.ts'
import { Presence } from './cameras.ts'

export const SignalTransport = Type.Enum(['udp', 'tcp'])
/** Who opens the connection for media: tcp-passive is the device, tcp-active is us. */
export const MediaTransport = Type.Enum(['udp', 'tcp-passive', 'tcp-active'])
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

/** What the device is asked to tell by itself. */
export const Subscriptions = Type.Object(
  {
    catalog: Type.Optional(Type.Boolean()),
    alarm: Type.Optional(Type.Boolean()),
    positionIntervalS: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600, description: 'seconds between two positions; absent: positions are not asked for' })),
  },
  { additionalProperties: false },
)
export type Subscriptions = Static<typeof Subscriptions>

export const DeviceSettings = Type.Object(
  {
    charset: Type.Optional(Type.Enum(['gb2312', 'gb18030', 'utf-8'], { description: 'of what we send, whatever the device sends' })),
    ignoresNotifiedStatus: Type.Optional(Type.Boolean({ description: 'ON, OFF, VLOST and DEFECT in its NOTIFY are not believed' })),
    nextTransports: Type.Optional(Type.Unsafe<readonly MediaTransport[]>(Type.Array(MediaTransport, { maxItems: 2, description: 'tried for viewers, in this order, after the transport that is set brought no media; absent: as media.retry says' }))),
    resetsAlarms: Type.Optional(Type.Boolean({ description: 'an alarm of the device itself fires once only: it is reset by us when it came' })),
  },
  { additionalProperties: false },
)
export type DeviceSettings = Static<typeof DeviceSettings>

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
  catalogEmpty: Type.Optional(Type.Boolean({ description: 'its last answer was whole and listed nothing; what it listed before stays' })),
  firstSeenMs: Instant,
  settings: Type.Optional(Type.Object({ ...DeviceSettings.properties, subscriptions: Type.Optional(Subscriptions), isRefused: Type.Optional(Type.Boolean({ description: 'an office does not want it: its registrations are answered 403' })) })),
})
export type Device = Static<typeof Device>

export const DeviceList = Items(Device)
export type DeviceList = Static<typeof DeviceList>

export const ChannelKind = Type.Enum(['region', 'group', 'camera', 'other'])
export type ChannelKind = Static<typeof ChannelKind>

export const Channel = Type.Object({
  id: Type.String(),
  name: Type.String(),
  status: Type.Enum(['on', 'off', 'unknown']),
  statusEvent: Type.Optional(Type.Enum(['ON', 'OFF', 'VLOST', 'DEFECT'], { description: 'what the device notified since its last catalog' })),
  kind: ChannelKind,
  parentId: Type.Optional(Type.String({ description: 'the first parent, as sent' })),
  parents: ListOf(Type.String({ description: 'ids of the same catalog; none: at the top' })),
  hasChildren: Type.Boolean(),
  missingSinceMs: Type.Optional(Instant),
  raw: Type.Record(Type.String(), Type.String()),
})
export type Channel = Static<typeof Channel>

export const ChannelListQuery = Type.Object(
  {
    parent: Type.Optional(Type.String({ maxLength: 64, description: 'one level of the tree: what hangs directly under this id; empty: the top. Absent: all' })),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  },
  { additionalProperties: false },
)
export type ChannelListQuery = Static<typeof ChannelListQuery>

/** `total` is of the level, or of all. For an account of one area it is not counted, and a page may be short and still have a `next`. */
export const ChannelPage = Type.Object({ items: ListOf(Channel), next: Type.Optional(Type.String()), total: Type.Optional(Type.Integer()) })
export type ChannelPage = Static<typeof ChannelPage>

export const PresenceChange = Type.Object({ deviceId: Type.String(), from: Presence, to: Presence, reason: Type.String(), atMs: Instant })
export type PresenceChange = Static<typeof PresenceChange>

export const DeviceDetail = Type.Object({
  ...Device.properties,
  channels: Type.Unsafe<readonly Channel[]>(Type.Array(Channel, { description: 'the first page; the rest by /channels' })),
  presenceHistory: ListOf(PresenceChange),
})
export type DeviceDetail = Static<typeof DeviceDetail>

/** `null` takes the device's own password away: the service's common one, where there is one, holds again. */
export const DevicePassword = Type.Object({ password: Type.Union([Type.String({ minLength: 1, maxLength: 128 }), Type.Null()]) }, { additionalProperties: false })
export type DevicePassword = Static<typeof DevicePassword>

export const DeviceMediaTransport = Type.Object({ mediaTransport: MediaTransport }, { additionalProperties: false })
export type DeviceMediaTransport = Static<typeof DeviceMediaTransport>

/** One subscription as it stands: wanted, and what came of it. */
export const SubscriptionState = Type.Object({
  kind: Type.Enum(['catalog', 'alarm', 'mobile-position']),
  state: Type.String({ description: 'idle, asking, active, refreshing, waiting, ending, ended' }),
  expiresAtMs: Type.Optional(Instant),
  detail: Type.Optional(Type.String({ description: 'why it is not active' })),
  notifies: Type.Integer(),
})
export type SubscriptionState = Static<typeof SubscriptionState>
export const SubscriptionsAnswer = Type.Object({ wanted: Subscriptions, states: ListOf(SubscriptionState) })
export type SubscriptionsAnswer = Static<typeof SubscriptionsAnswer>

/** The answer to "ask the catalog again": the question left; the channels come later. */
export const CatalogAsked = Type.Object({ asked: Type.Literal(true) })
export type CatalogAsked = Static<typeof CatalogAsked>
