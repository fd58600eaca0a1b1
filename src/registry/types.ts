// The record of a camera (一机一档), the devices that report it, and the store that keeps both.
import type {
  Binding, CatalogChange, Channel, ChannelCounts, ChannelPage, ChannelQuery, Device, DeviceSettings, ListedChannel, MediaTransport, Presence, PresenceChange,
} from './device-types.ts'
import type { FieldName, PointClass } from './field-table.ts'
import type { Adoption } from './adopt.ts'
import type { AreaChecks, CheckStore } from './check-types.ts'
import type { CompletenessStore, Figures } from './completeness-types.ts'
import type { Findings, FindingState, FindingStore, Found } from './finding-types.ts'
import type { Values } from './history.ts'
import type { Notices, NoticeStore } from './notice-types.ts'
import type { PointStore, PointTable } from './points/index.ts'
import type { Sources, SourceStore } from './source-types.ts'
import type { Seen } from './verified.ts'

export type { Adoption } from './adopt.ts'
export type * from './check-types.ts'
export type * from './completeness-types.ts'
export type * from './device-types.ts'
export type * from './finding-types.ts'
export type { FieldName, PointClass } from './field-table.ts'
export type { Report, Said, Values } from './history.ts'
export type * from './notice-types.ts'
export type * from './points/types.ts'
export type * from './source-types.ts'
export type { Seen } from './verified.ts'

/** Values are text as the owner wrote them, normalised by the field table; an absent field is absent, not empty text. */
export type Fields = Readonly<Partial<Record<FieldName, string>>>

export interface Finding {
  readonly field: FieldName | 'record'
  /** Stable, `area.thing`: `coordinates.missing`, `coordinates.outside-district`, `function-type.missing`, `networking.missing`, `owner.missing`, `code.malformed` … */
  readonly rule: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: { readonly zh: string; readonly en: string }
  /** The values that it rests on: when they change, a waiver no longer holds. Nothing that changes by itself, such as days, and no personal data. */
  readonly detail?: Readonly<Record<string, string | number>>
}

/** What somebody who was there saw, or an inspection: the third value, beside what the owner declares and what a device reports. */
export interface Verified {
  readonly value: string
  readonly by: string
  readonly atMs: number
  /** The inspection whose check saw it. */
  readonly inspection?: string
  /** What shows it: a file of that inspection's evidence, or a number of a paper. */
  readonly evidence?: string
}

export interface Camera {
  /** The record's 20-digit code (SBBM); also its id in the API. */
  readonly id: string
  /** What the owner declared; never overwritten by a device. */
  readonly declared: Fields
  /** What the device's catalog last said, with when; absent until a catalog listed it. */
  readonly reported?: { readonly fields: Fields; readonly deviceId: string; readonly atMs: number; readonly raw: Readonly<Record<string, string>> }
  readonly verified?: Readonly<Partial<Record<FieldName, Verified>>>
  readonly isRetired: boolean
  /** True when a catalog listed the channel and no office has declared a record for it yet. */
  readonly isDraft: boolean
  readonly presence: Presence
  readonly findings: readonly Finding[]
  /** Of the fields that the class must have: how many are there and without an error. Absent where nobody has counted yet, and of drafts. */
  readonly completeness?: { readonly filled: number; readonly mandatory: number }
  readonly version: number
  readonly updatedAtMs: number
}

/** A part of a catalog: what is written at one go. */
export interface CatalogPart {
  readonly deviceId: string
  readonly channels: readonly ListedChannel[]
  readonly cameras: readonly Camera[]
  readonly changes: readonly FieldChange[]
}

export interface CameraQuery {
  readonly area?: string
  readonly class?: PointClass
  readonly owner?: string
  readonly online?: boolean
  readonly complete?: boolean
  readonly text?: string
  readonly box?: { readonly west: number; readonly south: number; readonly east: number; readonly north: number }
  readonly includeRetired?: boolean
  readonly onlyRetired?: boolean
  readonly presence?: Presence
  readonly draft?: boolean
  /** A code of the function type, of the industry (each may have several), of who built it. */
  readonly function?: string
  readonly industry?: string
  readonly builtBy?: string
  readonly updatedSinceMs?: number
  /** A rule; without a state those that are neither fixed nor waived. */
  readonly finding?: string
  readonly findingState?: FindingState
  /** By code, unless another is named; by time of change the newest first. */
  readonly sort?: CameraSort
  readonly descending?: boolean
  readonly cursor?: string
  readonly limit: number
}

export type CameraSort = 'code' | 'name' | 'updated'

export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
  readonly total: number
  /** There are more than `total`: counting them all would have taken longer than anybody waits. */
  readonly isTotalCapped?: true
}

export interface FieldChange {
  readonly cameraId: string
  readonly field: string
  readonly from?: string
  readonly to?: string
  readonly atMs: number
  readonly by: string
  readonly why: string
  /** Whose value; absent: declared. */
  readonly side?: 'reported' | 'verified'
}

/** What is kept; every method returns a promise so that a second database is a second file. */
export interface RegistryStore extends NoticeStore, SourceStore, FindingStore, CheckStore, CompletenessStore, PointStore {
  readonly camera: (id: string) => Promise<Camera | undefined>
  readonly cameras: (query: CameraQuery) => Promise<Page<Camera>>
  /** Every unretired, declared camera of an area, sorted by code: an inspection's population. */
  readonly population: (area: string) => Promise<readonly Camera[]>
  /** Writes records, their changes, the findings of their own rules and those that come with them in one transaction. */
  readonly saveCameras: (cameras: readonly Camera[], changes: readonly FieldChange[], more?: { readonly found: readonly Found[]; readonly atMs: number }) => Promise<void>
  readonly history: (cameraId: string) => Promise<readonly FieldChange[]>
  readonly device: (id: string) => Promise<Device | undefined>
  readonly devices: () => Promise<readonly Device[]>
  /** Of a known device all but its binding, presence and password, which have ways of their own. */
  readonly saveDevice: (device: Device) => Promise<void>
  /** Plain-text SIP password of one device, as digest needs it; undefined when it has none of its own. */
  readonly devicePassword: (id: string) => Promise<string | undefined>
  readonly setDevicePassword: (id: string, password: string | undefined) => Promise<void>
  /** Those of `ids` that have a record. */
  readonly camerasById: (ids: readonly string[]) => Promise<readonly Camera[]>
  /** Writes channels and the records behind them in one transaction; presence of those cameras follows. Returns the ids of channels that were new or other. */
  readonly saveCatalogPart: (part: CatalogPart) => Promise<readonly string[]>
  /** The ids of a device's channels in order, from the one after `after`. */
  readonly channelIds: (deviceId: string, after: string, limit: number) => Promise<readonly { readonly id: string; readonly missingSinceMs?: number }[]>
  readonly channelsById: (deviceId: string, ids: readonly string[]) => Promise<readonly ListedChannel[]>
  readonly missChannels: (deviceId: string, ids: readonly string[], atMs: number, changes?: readonly FieldChange[]) => Promise<void>
  readonly dropChannels: (deviceId: string, ids: readonly string[], changes?: readonly FieldChange[]) => Promise<void>
  readonly channelCounts: (deviceId: string) => Promise<ChannelCounts>
  readonly channelPage: (deviceId: string, query: ChannelQuery) => Promise<ChannelPage>
  /** The device that carries a channel, for an INVITE. */
  readonly deviceOfChannel: (channelId: string) => Promise<string | undefined>
  /**
   * Where a device is registered now, or that it no longer is; of a known device nothing else is written but that it is approved. Resolves, when it
   * would survive a power cut, with whether it waited for approval.
   */
  readonly saveBinding: (device: Device) => Promise<boolean>
  /** Devices with a binding that were offline when the process before this one ended. */
  readonly offlineBefore: () => Promise<readonly string[]>
  /**
   * Writes a change unless the device is there already, or a note where `from` is `to`, and the presence of the first of the cameras behind; returns
   * where refreshPresence goes on, if there are more. `from` is kept as the row before had it.
   */
  readonly savePresenceChange: (change: PresenceChange) => Promise<string | undefined>
  /** Brings the next part of a device's cameras up to date; returns where to go on. */
  readonly refreshPresence: (deviceId: string, after: string) => Promise<string | undefined>
  readonly presenceHistory: (deviceId: string, limit: number) => Promise<readonly PresenceChange[]>
}

export interface ImportOutcome {
  readonly rows: number
  readonly created: number
  readonly changed: number
  readonly unchanged: number
  readonly rejected: readonly { readonly row: number; readonly code: string; readonly reasons: readonly string[] }[]
  /** Findings of accepted rows by rule. */
  readonly findings: Readonly<Record<string, number>>
}

/** Records as people keep them. */
export interface Records {
  readonly cameras: (query: CameraQuery) => Promise<Page<Camera>>
  readonly camera: (id: string) => Promise<Camera | undefined>
  /** The record as it was; undefined where there was none. Findings are those of the present rules, `version` is 0. Throws AppError 'not-found'. */
  readonly cameraAt: (id: string, atMs: number) => Promise<Camera | undefined>
  /** Declared, reported and verified side by side, each with who and when. Throws AppError 'not-found'. */
  readonly values: (id: string) => Promise<Readonly<Partial<Record<FieldName, Values>>>>
  readonly create: (declared: Fields, by: string, why: string) => Promise<Camera>
  /** `version`, when given, must be the record's present one: else AppError 'conflict'. */
  readonly change: (id: string, fields: Partial<Record<FieldName, string | null>>, by: string, why: string, version?: number) => Promise<Camera>
  readonly retire: (id: string, by: string, why: string, version?: number) => Promise<Camera>
  /** What a person on site or an inspection saw. Throws AppError 'conflict' for a retired record. */
  readonly verify: (id: string, seen: Seen, by: string, why: string) => Promise<Camera>
  /** Makes a draft a record. Throws AppError 'conflict' where there is a record already. */
  readonly adopt: (id: string, adoption: Adoption, by: string, why: string, version?: number) => Promise<Camera>
  /** In one transaction; what cannot become a record is said and left. */
  readonly adoptMany: (ids: readonly string[], adoption: Adoption, by: string, why: string) => Promise<{ readonly adopted: readonly string[]; readonly skipped: readonly { readonly id: string; readonly reason: string }[] }>
  /** Channels without a record, of an area, and where a device is named of those that it lists. */
  readonly drafts: (area: string, deviceId: string | undefined, limit: number) => Promise<readonly string[]>
  readonly history: (id: string) => Promise<readonly FieldChange[]>
  readonly population: (area: string) => Promise<readonly Camera[]>
}

/** The registry: facts from signalling in, records out. Made by createRegistry({ store, clock, log }). */
export interface Registry extends Records, Findings, AreaChecks, Figures, Notices, Sources {
  /** Rows by field name. One transaction for the accepted rows; a dry run writes nothing. `rowNumbers[i]` is the row of `rows[i]` in its file. */
  readonly importRows: (rows: readonly Fields[], by: string, options?: { readonly dryRun?: boolean; readonly rowNumbers?: readonly number[]; readonly why?: string }) => Promise<ImportOutcome>
  /** Nothing else is done to records meanwhile: an import writes them over a connection of its own. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>
  readonly devices: () => Promise<readonly Device[]>
  readonly device: (id: string) => Promise<Device | undefined>
  readonly channels: (deviceId: string, query: ChannelQuery) => Promise<ChannelPage>
  /** Whether the device's list has this channel, missing or not. */
  readonly listsChannel: (deviceId: string, channelId: string) => Promise<boolean>
  /** All records as points of a map, as they are now. */
  readonly points: () => Promise<PointTable>
  /** Of a refused device too. */
  readonly approve: (deviceId: string) => Promise<Device>
  /** No registration of it is taken until it is approved. */
  readonly refuse: (deviceId: string) => Promise<Device>
  readonly setPassword: (deviceId: string, password: string | undefined) => Promise<void>
  readonly setMediaTransport: (deviceId: string, transport: MediaTransport) => Promise<Device>
  readonly setSettings: (deviceId: string, settings: DeviceSettings) => Promise<Device>
  readonly passwordOf: (deviceId: string) => Promise<string | undefined>
  readonly deviceOfChannel: (channelId: string) => Promise<string | undefined>
  readonly presenceHistory: (deviceId: string) => Promise<readonly PresenceChange[]>
  /** Awaited before the 200 of a REGISTER leaves: a row that could not be written is a 500. */
  readonly applyBinding: (deviceId: string, binding: Binding | undefined) => Promise<void>
  /** A device that registered without being known: kept, waiting for approval. */
  readonly applyStranger: (deviceId: string) => Promise<void>
  readonly applyPresence: (change: PresenceChange) => Promise<void>
  /** Kept in small parts, one catalog of a device after the other; a complete one marks what it lacks as missing. */
  readonly applyCatalog: (deviceId: string, channels: readonly Channel[], isComplete: boolean) => Promise<void>
  readonly applyCatalogChanges: (deviceId: string, changes: readonly CatalogChange[]) => Promise<void>
}
