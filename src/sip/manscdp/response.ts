// Answers. GB/T 28181-2022 A.2.6; 2016 A.2.6; answers split over several messages by Annex M.
import type { DeviceConfiguration } from './config.ts'
import type { CatalogItem } from './item.ts'
import type { FileItem } from './record.ts'
import type { HomePosition, Message, Open, PrecisePosition, Result } from './values.ts'

/** One page of a catalog: `sumNum` is what the device says the whole holds, 0 and no items is a valid answer. */
export interface CatalogResponse extends Message {
  readonly type: 'response-catalog'
  readonly sumNum: number
  readonly items: readonly CatalogItem[]
  /** A refusal, or the body of a subscription's 200 (Q27): then it says nothing of the catalog. */
  readonly result?: Result
}
/** The union of the 2011 form (DeviceType, MaxCamera) and the 2016/2022 form (DeviceName, Channel). Q42. */
export interface DeviceInfoResponse extends Message {
  readonly type: 'response-device-info'
  readonly result: Result
  readonly name?: string
  readonly manufacturer?: string
  readonly model?: string
  readonly firmware?: string
  readonly channels?: number
  /** 2011. */
  readonly deviceType?: string
  readonly maxAlarms?: number
}
/** Of one alarm input. */
export interface AlarmStatus extends Open {
  readonly deviceId: string
  readonly dutyStatus?: 'ONDUTY' | 'OFFDUTY' | 'ALARM'
}
/** `online` is what the device says of itself; it may be OFFLINE beside Result OK. Q43. */
export interface DeviceStatusResponse extends Message {
  readonly type: 'response-device-status'
  readonly result: Result
  readonly online: 'online' | 'offline' | 'unknown'
  /** Whether it works. */
  readonly status?: Result
  readonly reason?: string
  readonly encode?: 'on' | 'off'
  readonly record?: 'on' | 'off'
  /** The device's own clock. */
  readonly deviceTimeMs?: number
  readonly alarms?: readonly AlarmStatus[]
}
/** One page of recordings; 0 and no list is a valid answer. Q55. */
export interface RecordInfoResponse extends Message {
  readonly type: 'response-record-info'
  readonly sumNum: number
  readonly records: readonly FileItem[]
  readonly name?: string
  /** Told by devices that refuse. */
  readonly result?: Result
}
/** Holds the blocks of this message; the rest may follow with the same SN. */
export interface ConfigDownloadResponse extends Message {
  readonly type: 'response-config-download'
  readonly result: Result
  readonly config: DeviceConfiguration
}
export interface Preset extends Open {
  /** 1-255 by the standard; as sent. */
  readonly id: string
  readonly name?: string
}
export interface PresetResponse extends Message {
  readonly type: 'response-preset-query'
  readonly presets: readonly Preset[]
  readonly sumNum?: number
  readonly result?: Result
}
/** Acknowledges: an alarm that we took, a broadcast, a command, a configuration, a subscription. */
export interface PlainResponse extends Message {
  readonly type: 'response-alarm' | 'response-broadcast' | 'response-device-control' | 'response-device-config' | 'response-mobile-position'
  readonly result?: Result
}
/** 2022 A.2.6.12; without a home position the device has none. */
export interface HomePositionResponse extends Message {
  readonly type: 'response-home-position-query'
  readonly homePosition?: HomePosition
  readonly result?: Result
}
export interface CruiseTrack extends Open {
  /** 0 = the first. */
  readonly number: number
  readonly name?: string
}
/** 2022 A.2.6.13. */
export interface CruiseTrackListResponse extends Message {
  readonly type: 'response-cruise-track-list-query'
  readonly sumNum: number
  readonly tracks: readonly CruiseTrack[]
  readonly result?: Result
}
export interface CruisePoint extends Open {
  readonly presetIndex: number
  readonly stayTimeS?: number
  /** 1-15. */
  readonly speed?: number
}
/** 2022 A.2.6.14. */
export interface CruiseTrackResponse extends Message {
  readonly type: 'response-cruise-track-query'
  readonly number?: number
  readonly name?: string
  readonly sumNum: number
  readonly points: readonly CruisePoint[]
  readonly result?: Result
}
/** 2022 A.2.6.15: what the camera cannot tell is absent. */
export interface PtzPositionResponse extends Message, PrecisePosition {
  readonly type: 'response-ptz-position'
  readonly horizontalFieldAngle?: number
  readonly verticalFieldAngle?: number
  readonly maxViewDistanceM?: number
  readonly result?: Result
}
export interface SdCard extends Open {
  /** From 1. */
  readonly id: number
  readonly hddName?: string
  readonly status?: 'ok' | 'formatting' | 'unformatted' | 'idle' | 'error'
  /** 0-100 while formatting. */
  readonly formatProgress?: number
  readonly capacityMb?: number
  readonly freeSpaceMb?: number
}
/** 2022 A.2.6.16. */
export interface SdCardStatusResponse extends Message {
  readonly type: 'response-sd-card-status'
  readonly sumNum: number
  readonly cards: readonly SdCard[]
  readonly result?: Result
}
export type Response =
  | CatalogResponse
  | DeviceInfoResponse
  | DeviceStatusResponse
  | RecordInfoResponse
  | ConfigDownloadResponse
  | PresetResponse
  | PlainResponse
  | HomePositionResponse
  | CruiseTrackListResponse
  | CruiseTrackResponse
  | PtzPositionResponse
  | SdCardStatusResponse
