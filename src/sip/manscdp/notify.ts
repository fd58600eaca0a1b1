// What a device says unasked or to a subscriber, and what we tell it. GB/T 28181-2022 9.4, 9.6, 9.8, 9.11, 9.14, A.2.5; 2016 A.2.5.
import type { AlarmNotify } from './alarm.ts'
import type { CatalogItem } from './item.ts'
import type { Message, Open, PrecisePosition } from './values.ts'

/** A.2.5.2. */
export interface Keepalive extends Message {
  readonly type: 'notify-keepalive'
  /** What the device says of itself; anything but ERROR counts as OK. */
  readonly status: 'OK' | 'ERROR'
  /** Sub-devices that the device reports as faulty. */
  readonly faulty: readonly string[]
}
/** Each item's `raw.Event` says what happened: ON, OFF, VLOST, DEFECT, ADD, DEL or UPDATE. */
export interface CatalogNotify extends Message {
  readonly type: 'notify-catalog'
  readonly sumNum: number
  readonly items: readonly CatalogItem[]
}
/** A.2.5.4. `notifyType` 121: a recording was sent to its end. Others are seen of simulators only. Q64. */
export interface MediaStatus extends Message {
  readonly type: 'notify-media-status'
  readonly notifyType: string
}
/** WGS-84 degrees, km/h, degrees clockwise from north, metres. GB/T 28181-2022 A.2.1.14. */
export interface Position extends Open {
  /** The message's own in the flat form. */
  readonly deviceId: string
  /** Of the fix. */
  readonly timeMs?: number
  readonly longitude?: number
  readonly latitude?: number
  readonly speedKmh?: number
  readonly direction?: number
  readonly altitudeM?: number
  /** 2022: above ground. */
  readonly heightM?: number
}
/** A.2.5.6. One position flat in the message (2016), or a list (2022); both are read alike. */
export interface MobilePositionNotify extends Message {
  readonly type: 'notify-mobile-position'
  readonly positions: readonly Position[]
  /** Of a list, what it says the whole holds. */
  readonly sumNum?: number
  /** How it stood; by edition when absent. */
  readonly form?: 'flat' | 'list'
}
/** Voice to a device: it answers, then calls the source by INVITE. `deviceId` is empty. A.2.5.5. */
export interface BroadcastNotify extends Message {
  readonly type: 'notify-broadcast'
  readonly sourceId: string
  readonly targetId: string
}
/** 2022 A.2.5.7. Fewer files than asked for: the rest failed. */
export interface UploadSnapShotFinished extends Message {
  readonly type: 'notify-upload-snap-shot-finished'
  readonly sessionId: string
  /** 41 characters each: 20 of the device, `02`, 17 of the time, 2 of the sequence. */
  readonly snapShotFileIds: readonly string[]
}
/** 2022 A.2.5.8: a mobile device wants to send its pictures now. */
export interface VideoUploadNotify extends Message {
  readonly type: 'notify-video-upload-notify'
  readonly timeMs?: number
  readonly longitude?: number
  readonly latitude?: number
}
/** 2022 A.2.5.9. */
export interface DeviceUpgradeResult extends Message {
  readonly type: 'notify-device-upgrade-result'
  readonly sessionId?: string
  readonly upgradeResult?: 'OK' | 'ERROR'
  readonly firmware?: string
  /** 01 version, 02 package, 03 device busy, 99 other. */
  readonly upgradeFailedReason?: string
}
/** 2022: the pan, tilt and zoom of a subscribed dome. */
export interface PtzPositionNotify extends Message, PrecisePosition {
  readonly type: 'notify-ptz-position'
  readonly horizontalFieldAngle?: number
  readonly verticalFieldAngle?: number
  readonly maxViewDistanceM?: number
}
export type Notify =
  | Keepalive
  | CatalogNotify
  | AlarmNotify
  | MediaStatus
  | MobilePositionNotify
  | BroadcastNotify
  | UploadSnapShotFinished
  | VideoUploadNotify
  | DeviceUpgradeResult
  | PtzPositionNotify
