// Devices and their channels: what registers, what its catalog lists, and what somebody set for it. GB/T 28181-2022 9.1, 9.5, 9.11.

export type Presence = 'unknown' | 'online' | 'late' | 'offline'

export interface Channel {
  readonly id: string
  readonly name: string
  readonly status: 'on' | 'off' | 'unknown'
  readonly parentId?: string
  /** Catalog fields by their GB/T 28181 element names, nested Info flattened to `Info.Name`; vendor elements included. */
  readonly raw: Readonly<Record<string, string>>
}

/** What an id of a catalog names (code.ts). */
export type ChannelKind = 'region' | 'group' | 'camera' | 'other'

/** What a NOTIFY may say of a channel's state: ON, OFF, VLOST (no video), DEFECT (out of order). GB/T 28181-2022 A.2.5.7. */
export type StatusEvent = 'ON' | 'OFF' | 'VLOST' | 'DEFECT'

/** A channel as it is kept. */
export interface ListedChannel extends Channel {
  readonly kind: ChannelKind
  /** Ids of the same device's list that it hangs under: devices, groups, regions; none means the top. */
  readonly parents: readonly string[]
  /** What set the status since the last catalog. */
  readonly statusEvent?: StatusEvent
  /** Since when the device's complete catalogs lack it; it goes after a time of grace. */
  readonly missingSinceMs?: number
}

/** What a device's NOTIFY says changed in its catalog. */
export interface CatalogChange {
  readonly event: StatusEvent | 'ADD' | 'DEL' | 'UPDATE'
  readonly channel: Channel
}

export interface ChannelQuery {
  /** One level of the tree: what hangs directly under this id; '' is the top. Absent: all. */
  readonly parent?: string
  readonly cursor?: string
  readonly limit: number
  /** Only channels of this administrative division; then a page may be short and still have a `next`. */
  readonly area?: string
}

export interface ChannelPage {
  readonly items: readonly (ListedChannel & { readonly hasChildren: boolean })[]
  readonly next?: string
  /** Of the level, or of all; absent where an area cuts it. */
  readonly total?: number
}

export interface ChannelCounts {
  readonly total: number
  /** Cameras that are not missing. */
  readonly cameras: number
}

export interface Binding {
  readonly transport: 'udp' | 'tcp'
  readonly host: string
  readonly port: number
  readonly contact: string
  readonly registeredAtMs: number
  readonly expiresAtMs: number
  /** X-GB-Ver as sent (GB/T 28181-2022 Annex I): 1.0, 1.1, 2.0, 3.0. */
  readonly gbVersion?: string
  readonly userAgent?: string
  readonly callId: string
}

export interface Device {
  readonly id: string
  readonly approved: boolean
  readonly binding?: Binding
  readonly presence: Presence
  readonly presenceReason?: string
  readonly presenceSinceMs?: number
  readonly mediaTransport: MediaTransport
  /** Cameras that its catalog lists. */
  readonly channelCount: number
  readonly catalogAtMs?: number
  readonly catalogComplete?: boolean
  /** The last answer was whole and listed nothing: what was listed before stays. */
  readonly catalogEmpty?: boolean
  /** The last one that was complete and listed something. */
  readonly catalogWholeAtMs?: number
  readonly firstSeenMs: number
  readonly settings?: DeviceSettings
}

/** Who opens the connection for media: tcp-passive is the device, tcp-active is us. GB/T 28181-2022 Annex D. */
export type MediaTransport = 'udp' | 'tcp-passive' | 'tcp-active'

/** What somebody set for one device; absent: as by default. */
export interface DeviceSettings {
  /** An office does not want it: its registrations are answered 403, whatever its password. */
  readonly isRefused?: boolean
  /** Charset of what we send, whatever the device's own messages are in. */
  readonly charset?: 'gb2312' | 'gb18030' | 'utf-8'
  /** ON, OFF, VLOST and DEFECT of its NOTIFY are not believed: some platforms send storms of wrong ones. Q65. */
  readonly ignoresNotifiedStatus?: boolean
  /** An alarm of the device itself, which fires once only, is reset by us when it came. Q57. */
  readonly resetsAlarms?: boolean
  /** Transports that are tried for viewers, in this order, after the one that is set brought no media; absent: as the service does by default. */
  readonly nextTransports?: readonly MediaTransport[]
  readonly subscriptions?: Subscriptions
}

/** What a device is asked to tell by itself. GB/T 28181-2022 9.11. */
export interface Subscriptions {
  readonly catalog?: boolean
  readonly alarm?: boolean
  /** Seconds between two positions. */
  readonly positionIntervalS?: number
}

export interface PresenceChange {
  readonly deviceId: string
  readonly from: Presence
  readonly to: Presence
  readonly reason: string
  readonly atMs: number
}
