// The configuration of a device, as DeviceConfig sets it and ConfigDownload reads it. GB/T 28181-2022 A.2.1.12-A.2.1.24, A.2.3.2, A.2.6.9.
import type { Open, Raw } from './values.ts'

/** A.2.1.19. Interop: Hik sends the SIP password here, in `raw`. Q61. */
export interface BasicParam extends Open {
  readonly name?: string
  /** Lease of the registration, in seconds. */
  readonly expirationS?: number
  readonly heartBeatIntervalS?: number
  readonly heartBeatCount?: number
  /** 2016 only: 0 none, 1 GPS, 2 BeiDou. */
  readonly positionCapability?: number
  readonly longitude?: number
  readonly latitude?: number
}
/** A.2.1.20: what the device can do; read only. */
export interface VideoParamOpt extends Open {
  readonly downloadSpeeds?: readonly string[]
  /** Codes of SDP f= or width x height. */
  readonly resolutions?: readonly string[]
}
/** A.2.1.13, one stream. Values are the codes of SDP f= (Annex G). */
export interface VideoParamAttribute extends Open {
  readonly streamNumber: number
  readonly videoFormat?: string
  readonly resolution?: string
  readonly frameRate?: string
  /** 1 constant, 2 variable. */
  readonly bitRateType?: string
  /** In kbps; a must when constant. */
  readonly videoBitRate?: string
}
/** A time of day. */
export interface TimeSegment extends Open {
  readonly startHour: number
  readonly startMin: number
  readonly startSec: number
  readonly stopHour: number
  readonly stopMin: number
  readonly stopSec: number
}
/** At most 8 segments; a day without a plan is left out. */
export interface RecordSchedule extends Open {
  /** 1 Monday to 7 Sunday. */
  readonly weekDayNum: number
  readonly segments: readonly TimeSegment[]
}
/** A.2.1.15, one stream. */
export interface VideoRecordPlan extends Open {
  readonly isEnabled: boolean
  readonly schedules: readonly RecordSchedule[]
  readonly streamNumber?: number
}
/** A.2.1.16, one stream. */
export interface VideoAlarmRecord extends Open {
  readonly isEnabled: boolean
  /** Seconds after and before the alarm. */
  readonly recordTimeS?: number
  readonly preRecordTimeS?: number
  readonly streamNumber?: number
}
/** Corners in pixels, as `20,30,50,60`: left, top, right, bottom. */
export interface MaskRegion extends Open {
  /** 1-4. */
  readonly seq: number
  readonly point: string
}
/** A.2.1.17. */
export interface PictureMask extends Open {
  readonly isOn: boolean
  readonly regions?: readonly MaskRegion[]
}
/** A.2.1.18. */
export interface AlarmReport extends Open {
  readonly motionDetection: boolean
  readonly fieldDetection: boolean
}
export interface OsdText extends Open {
  /** At most 32 characters. */
  readonly text: string
  readonly x: number
  readonly y: number
}
/** A.2.1.12. Pixels of a window of `length` by `width`, origin at its upper left. */
export interface OsdConfig extends Open {
  readonly length?: number
  readonly width?: number
  readonly timeX?: number
  readonly timeY?: number
  readonly isTimeShown?: boolean
  readonly isTextShown?: boolean
  /** 0 = YYYY-MM-DD HH:MM:SS, 1 = with 年月日. */
  readonly timeType?: number
  readonly texts?: readonly OsdText[]
}
/** A.2.1.24. The standard calls its answer SnapShot and its order SnapShotConfig; both are read. */
export interface SnapShotConfig extends Open {
  /** 1-10. */
  readonly snapNum: number
  /** Between two pictures, at least 1. */
  readonly intervalS?: number
  readonly uploadUrl: string
  /** 32-128 letters, digits and hyphens; comes back in UploadSnapShotFinished. */
  readonly sessionId: string
}

/** Any part of it. Blocks that the standard has per stream are lists. */
export interface DeviceConfiguration {
  readonly basicParam?: BasicParam
  readonly videoParamOpt?: VideoParamOpt
  /** SVAC is of no use to us: its fields as they are. A.2.1.21, A.2.1.22. */
  readonly svacEncodeConfig?: Raw
  readonly svacDecodeConfig?: Raw
  readonly videoParamAttribute?: readonly VideoParamAttribute[]
  readonly videoRecordPlan?: readonly VideoRecordPlan[]
  readonly videoAlarmRecord?: readonly VideoAlarmRecord[]
  readonly pictureMask?: PictureMask
  /** 0 off, 1 left to right, 2 top to bottom, 3 both. */
  readonly frameMirror?: number
  readonly alarmReport?: AlarmReport
  readonly osdConfig?: OsdConfig
  readonly snapShotConfig?: SnapShotConfig
}

/** What ConfigType may name in either edition. */
export const configTypes = {
  '2016': ['BasicParam', 'VideoParamOpt', 'SVACEncodeConfig', 'SVACDecodeConfig'],
  '2022': ['BasicParam', 'VideoParamOpt', 'SVACEncodeConfig', 'SVACDecodeConfig', 'VideoParamAttribute', 'VideoRecordPlan', 'VideoAlarmRecord', 'PictureMask', 'FrameMirror', 'AlarmReport', 'OSDConfig', 'SnapShotConfig'],
} as const
export type ConfigType = (typeof configTypes)['2022'][number]
