// Queries: what we ask a device, what an upper platform asks, and the bodies of SUBSCRIBE. GB/T 28181-2022 9.5, 9.11, A.2.4; 2016 A.2.4.
import type { Message } from './values.ts'

/** With times: only what changed between them. A.2.4.3. */
export interface CatalogQuery extends Message {
  readonly type: 'query-catalog'
  readonly startMs?: number
  readonly endMs?: number
}
export interface DeviceInfoQuery extends Message {
  readonly type: 'query-device-info'
}
export interface DeviceStatusQuery extends Message {
  readonly type: 'query-device-status'
}
/** `all` is what most devices want named. Q54. */
export type RecordType = 'time' | 'alarm' | 'manual' | 'all'

/** GB/T 28181-2022 A.2.4.5. Times are milliseconds since 1970, written as Beijing time. */
export interface RecordInfoQuery extends Message {
  readonly type: 'query-record-info'
  readonly startMs?: number
  readonly endMs?: number
  readonly filePath?: string
  readonly address?: string
  readonly secrecy?: 0 | 1
  readonly recordType?: RecordType
  readonly recorderId?: string
  /** 0 searches where the device stores, 1 everywhere that it knows. */
  readonly indistinctQuery?: 0 | 1
  /** 2022: 0 = main stream. */
  readonly streamNumber?: number
  /** 2022, with record type `alarm`. */
  readonly alarmMethod?: string
  readonly alarmType?: string
}
/** Body of a SUBSCRIBE. GB/T 28181-2022 A.2.4.6; the codes are in alarm.ts. */
export interface AlarmQuery extends Message {
  readonly type: 'query-alarm'
  /** 1-4, 1 the highest; 0 = all. */
  readonly startAlarmPriority?: number
  readonly endAlarmPriority?: number
  readonly alarmMethod?: string
  readonly alarmType?: string
  readonly startMs?: number
  readonly endMs?: number
}
/** Answers may be split over several messages with the same SN. GB/T 28181-2022 A.2.4.7. */
export interface ConfigDownloadQuery extends Message {
  readonly type: 'query-config-download'
  /** Names of config.ts, in the standard's spelling. */
  readonly configTypes: readonly string[]
}
/** A.2.4.8. */
export interface PresetQuery extends Message {
  readonly type: 'query-preset-query'
}
/** Body of a SUBSCRIBE. A.2.4.9. */
export interface MobilePositionQuery extends Message {
  readonly type: 'query-mobile-position'
  /** Seconds between two reports; 5 when absent. */
  readonly intervalS?: number
}
/** 2022 A.2.4.10. */
export interface HomePositionQuery extends Message {
  readonly type: 'query-home-position-query'
}
/** 2022 A.2.4.11. */
export interface CruiseTrackListQuery extends Message {
  readonly type: 'query-cruise-track-list-query'
}
/** 2022 A.2.4.12: one track by its number, 0 = the first. */
export interface CruiseTrackQuery extends Message {
  readonly type: 'query-cruise-track-query'
  readonly number: number
}
/** 2022 A.2.4.13: a query, or the body of a SUBSCRIBE. */
export interface PtzPositionQuery extends Message {
  readonly type: 'query-ptz-position'
}
/** 2022 A.2.4.14. */
export interface SdCardStatusQuery extends Message {
  readonly type: 'query-sd-card-status'
}

export type Query =
  | CatalogQuery
  | DeviceInfoQuery
  | DeviceStatusQuery
  | RecordInfoQuery
  | AlarmQuery
  | ConfigDownloadQuery
  | PresetQuery
  | MobilePositionQuery
  | HomePositionQuery
  | CruiseTrackListQuery
  | CruiseTrackQuery
  | PtzPositionQuery
  | SdCardStatusQuery
