// What all MANSCDP values share. GB/T 28181-2022 A.2.1; GB/T 28181-2016 A.2.1.

/** Chooses spelling and fields where the editions differ; without one everything is written, in the 2016 spelling that the field understands. */
export type Edition = '2016' | '2022'

/** Elements that no typed field says: by name, nested ones as `Info.PTZType`, repeated ones as `Item[2]`. */
export type Raw = Readonly<Record<string, string>>

/** A part of a message that may hold more than we know. */
export interface Open {
  readonly raw?: Raw
}

export interface Message extends Open {
  /** 0 when the message has none or an unreadable one. */
  readonly sn: number
  /** As sent: 20 digits by the standard, 18 or others in the field; empty when the message names nobody. */
  readonly deviceId: string
}

export type Result = 'OK' | 'ERROR'

/** A rectangle inside a playing window; all in pixels of that window, origin at its upper left. GB/T 28181-2022 A.2.3.1.8. */
export interface Area extends Open {
  /** Of the window: horizontal, vertical. */
  readonly length: number
  readonly width: number
  readonly midPointX: number
  readonly midPointY: number
  /** Of the rectangle: horizontal, vertical. */
  readonly lengthX: number
  readonly lengthY: number
}

/** GB/T 28181-2022 A.2.3.1.10, A.2.6.12. */
export interface HomePosition extends Open {
  readonly isEnabled: boolean
  /** Idle time before the camera returns, in seconds. */
  readonly resetTimeS?: number
  /** 0-255. */
  readonly presetIndex?: number
}

/** Degrees from 0 to 360 clockwise, -30 to 90 downwards, and a factor of at least 1. GB/T 28181-2022 A.2.1.11. */
export interface PrecisePosition {
  readonly pan?: number
  readonly tilt?: number
  readonly zoom?: number
}
