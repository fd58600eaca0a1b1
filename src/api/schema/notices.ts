// What devices tell: alarms, positions, what they say of themselves, pictures that they took.
import { Type, type Static } from 'typebox'
import { Area, Id, Instant, ListOf } from './common.ts'

const Raw = Type.Record(Type.String(), Type.String())

/** Codes of GB/T 28181-2022 A.2.5.3 as sent; `alarmedAtMs` by the device's clock, `atMs` by ours. */
export const Alarm = Type.Object({
  n: Type.Integer(),
  deviceId: Type.String(),
  channelId: Type.String(),
  area: Type.String(),
  atMs: Instant,
  priority: Type.Optional(Type.Integer({ description: '1-4, 1 the highest' })),
  method: Type.Optional(Type.String({ description: '1 phone, 2 device, 3 SMS, 4 GPS, 5 video, 6 device fault, 7 other; several together' })),
  alarmType: Type.Optional(Type.String()),
  eventType: Type.Optional(Type.Integer({ description: '1 entered, 2 left' })),
  alarmedAtMs: Type.Optional(Instant),
  description: Type.Optional(Type.String()),
  longitude: Type.Optional(Type.Number()),
  latitude: Type.Optional(Type.Number()),
  raw: Raw,
})
export type Alarm = Static<typeof Alarm>

export const AlarmListQuery = Type.Object(
  {
    area: Type.Optional(Area),
    device: Type.Optional(Id),
    channel: Type.Optional(Id),
    from: Type.Optional(Type.Integer({ minimum: 0, description: 'milliseconds since 1970, by our clock' })),
    to: Type.Optional(Type.Integer({ minimum: 0 })),
    method: Type.Optional(Type.String({ pattern: '^[1-9]$' })),
    type: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}$' })),
    priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, description: 'this one and more urgent ones' })),
    cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  },
  { additionalProperties: false },
)
export type AlarmListQuery = Static<typeof AlarmListQuery>

/** Newest first. What is rare is looked for in windows: a page may be short, or empty, and still have a `next`. */
export const AlarmPage = Type.Object({ items: ListOf(Alarm), next: Type.Optional(Type.String()) })
export type AlarmPage = Static<typeof AlarmPage>

export const AlarmReset = Type.Object(
  { alarmMethod: Type.Optional(Type.String({ pattern: '^[0-9]{1,7}$' })), alarmType: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}$' })), channel: Type.Optional(Id) },
  { additionalProperties: false },
)

export const Position = Type.Object({
  n: Type.Integer(),
  channelId: Type.String(),
  atMs: Instant,
  fixedAtMs: Type.Optional(Instant),
  longitude: Type.Number(),
  latitude: Type.Number(),
  speedKmh: Type.Optional(Type.Number()),
  direction: Type.Optional(Type.Number()),
  altitudeM: Type.Optional(Type.Number()),
  heightM: Type.Optional(Type.Number()),
})
export const PositionQuery = Type.Object(
  { cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })) },
  { additionalProperties: false },
)
/** Newest first. */
export const PositionPage = Type.Object({ items: ListOf(Position), next: Type.Optional(Type.String()) })

export const DeviceStatus = Type.Object({
  online: Type.Enum(['online', 'offline', 'unknown'], { description: 'its own word, which is not whether we reach it' }),
  clockOffsetMs: Type.Optional(Type.Number({ description: 'its clock less ours' })),
  deviceTimeMs: Type.Optional(Instant),
  raw: Raw,
  atMs: Instant,
})
export type DeviceStatus = Static<typeof DeviceStatus>

/** The latest that the device said of each. */
export const DeviceInformation = Type.Object({
  name: Type.Optional(Type.String()),
  manufacturer: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  firmware: Type.Optional(Type.String()),
  channels: Type.Optional(Type.Integer()),
  raw: Type.Optional(Raw),
  atMs: Type.Optional(Instant),
  status: Type.Optional(DeviceStatus),
  faulty: Type.Optional(Type.Object({ channelIds: ListOf(Type.String()), atMs: Instant })),
  upgrade: Type.Optional(
    Type.Object({ isOk: Type.Boolean(), channelId: Type.String(), sessionId: Type.Optional(Type.String()), firmware: Type.Optional(Type.String()), reason: Type.Optional(Type.String()), atMs: Instant }),
  ),
})
export type DeviceInformation = Static<typeof DeviceInformation>
export const InformationQuery = Type.Object({ fresh: Type.Optional(Type.Boolean({ description: 'ask the device now; it is asked anyway when it never said' })) }, { additionalProperties: false })

export const SdCard = Type.Object({
  id: Type.Integer(),
  hddName: Type.Optional(Type.String()),
  status: Type.Optional(Type.Enum(['ok', 'formatting', 'unformatted', 'idle', 'error'])),
  formatProgress: Type.Optional(Type.Number()),
  capacityMb: Type.Optional(Type.Number()),
  freeSpaceMb: Type.Optional(Type.Number()),
})
export type SdCard = Static<typeof SdCard>
export const SdCardFormat = Type.Object({ card: Type.Integer({ minimum: 0, maximum: 100, description: 'from 1; 0 is all' }) }, { additionalProperties: false })

export const Upgrade = Type.Object(
  { firmware: Type.String({ minLength: 1, maxLength: 100 }), fileUrl: Type.String({ minLength: 8, maxLength: 500, pattern: '^(https?|ftp)://' }), manufacturer: Type.String({ minLength: 1, maxLength: 100 }) },
  { additionalProperties: false },
)
export const UpgradeAsked = Type.Object({ sessionId: Type.String({ description: 'comes back in `upgrade` of the device’s information' }), result: Type.Optional(Type.Literal('OK')) })

export const SnapshotRequest = Type.Object(
  { count: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, default: 1 })), intervalS: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600, default: 1 })) },
  { additionalProperties: false },
)
export const SnapshotPicture = Type.Object({ n: Type.Integer(), name: Type.String({ description: 'as the device called it' }), bytes: Type.Integer(), sha256: Type.String(), atMs: Instant })
export const SnapshotOrder = Type.Object({
  session: Type.String(),
  cameraId: Type.String(),
  deviceId: Type.String(),
  by: Type.String(),
  atMs: Instant,
  count: Type.Integer(),
  finishedAtMs: Type.Optional(Instant),
  fileIds: Type.Optional(ListOf(Type.String({ description: 'what the device says it uploaded' }))),
  pictures: ListOf(SnapshotPicture),
})
export type SnapshotOrder = Static<typeof SnapshotOrder>
export const SnapshotParams = Type.Object({ id: Id, n: Type.Integer({ minimum: 1 }) })
export const UploadParams = Type.Object({ token: Type.String({ minLength: 40, maxLength: 200 }) })
export const Uploaded = Type.Object({ stored: Type.Literal(true) })
