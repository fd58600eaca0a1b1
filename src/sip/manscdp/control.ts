// Commands that change something: DeviceControl and DeviceConfig. GB/T 28181-2022 9.3, A.2.3; 2016 A.2.3.
import type { DeviceConfiguration } from './config.ts'
import type { Area, HomePosition, Message, Open, PrecisePosition } from './values.ts'

/** `code` is 16 hex digits, made and read by control/ptz.ts. A.2.3.1.2. No Response follows. */
export interface PtzCommand {
  readonly kind: 'ptz'
  readonly code: string
  /** 2022, with a code that sets a preset. */
  readonly presetName?: string
  /** 2022, with a cruise code, at most 32 bytes. */
  readonly cruiseTrackName?: string
  /** 2016 and Hik: in Info. Q58. */
  readonly controlPriority?: number
}
/** A.2.3.1.3. No Response follows; the device unregisters after some seconds. Q9. */
export interface RebootCommand {
  readonly kind: 'reboot'
}
/** Record or StopRecord. A.2.3.1.4. */
export interface RecordCommand {
  readonly kind: 'record'
  readonly isOn: boolean
  /** 2022: 0 = main stream. */
  readonly streamNumber?: number
}
/** SetGuard or ResetGuard. A.2.3.1.5. */
export interface GuardCommand {
  readonly kind: 'guard'
  readonly isOn: boolean
}
/** A.2.3.1.6. An alarm of the device itself (method 2) fires again only after this. Q57. */
export interface AlarmResetCommand {
  readonly kind: 'alarm-reset'
  readonly alarmMethod?: string
  readonly alarmType?: string
}
/** A.2.3.1.7. No Response follows by the standard; some devices answer ERROR to the spelling they do not know. Q59. */
export interface KeyframeCommand {
  readonly kind: 'keyframe'
  /** The misprint of 2016 or the word of 2022; by edition when absent. */
  readonly spelling?: 'IFameCmd' | 'IFrameCmd'
}
/** A.2.3.1.8, A.2.3.1.9. No Response follows. */
export interface DragZoomCommand {
  readonly kind: 'drag-zoom'
  readonly direction: 'in' | 'out'
  readonly area: Area
}
/** A.2.3.1.10. */
export interface HomePositionCommand extends HomePosition {
  readonly kind: 'home-position'
}
/** 2022 A.2.3.1.11. No Response follows. */
export interface PtzPreciseCommand extends PrecisePosition, Open {
  readonly kind: 'ptz-precise'
}
/** 2022 A.2.3.1.12. */
export interface UpgradeCommand extends Open {
  readonly kind: 'upgrade'
  readonly firmware: string
  readonly fileUrl: string
  readonly manufacturer: string
  /** 32-128 letters, digits and hyphens; comes back in DeviceUpgradeResult. */
  readonly sessionId: string
}
/** 2022 A.2.3.1.13. Cards count from 1; 0 = all. No Response follows. */
export interface FormatSdCardCommand {
  readonly kind: 'format-sd-card'
  readonly card: number
}
/** 2022 A.2.3.1.14. No Response follows. */
export interface TargetTrackCommand {
  readonly kind: 'target-track'
  readonly mode: 'Auto' | 'Manual' | 'Stop'
  /** The panorama channel, when the message goes to the dome. */
  readonly deviceId2?: string
  /** With `Manual`. */
  readonly area?: Area
}
/** A command of a vendor: the message's `raw` holds it. */
export interface OtherCommand {
  readonly kind: 'other'
}
export type DeviceCommand =
  | PtzCommand
  | RebootCommand
  | RecordCommand
  | GuardCommand
  | AlarmResetCommand
  | KeyframeCommand
  | DragZoomCommand
  | HomePositionCommand
  | PtzPreciseCommand
  | UpgradeCommand
  | FormatSdCardCommand
  | TargetTrackCommand
  | OtherCommand

/** A.2.3.1. */
export interface DeviceControl extends Message {
  readonly type: 'control-device-control'
  readonly command: DeviceCommand
}
/** A.2.3.2. Blocks to set; absent ones stay as they are. */
export interface DeviceConfig extends Message {
  readonly type: 'control-device-config'
  readonly config: DeviceConfiguration
}
export type Control = DeviceControl | DeviceConfig
