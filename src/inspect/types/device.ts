// What a device says of itself when a check asks it: its clock and what it writes into its pictures.

/** GB/T 28181-2022 A.2.6 (DeviceStatus) and A.2.1.12 (OSDConfig, 2022 edition alone). */
export interface DeviceAnswer {
  /** Absent: of the device as a whole. */
  readonly about: 'status' | 'osd'
  /** Ours, monotonic and wall, when the question left and when the answer came: a step of our own clock shows as a difference of the two. */
  readonly askedUs: number
  readonly answeredUs: number
  readonly askedWallMs: number
  readonly answeredWallMs: number
  readonly failed?: { readonly reason: string; readonly detail: string }
  /** The device's own clock, as it wrote it. Whole seconds. */
  readonly deviceTimeMs?: number
  readonly online?: 'online' | 'offline' | 'unknown'
  readonly osd?: { readonly isTimeShown?: boolean; readonly isTextShown?: boolean; readonly timeType?: number; readonly texts: readonly string[] }
}

/** What comes of it, beside the rules. */
export interface DeviceFigures {
  /** Device clock less ours, in seconds to 0.1, at half of the way there and back; `uncertaintyS`: half that way, and the second that the device rounds to. */
  readonly clock?: { readonly offsetS: number; readonly uncertaintyS: number }
  /** Why there is none: it did not answer, said no time, or our own clock was set meanwhile. */
  readonly clockMissing?: 'no-answer' | 'no-time' | 'own-clock-stepped'
  readonly osd?: { readonly isTimeShown?: boolean; readonly isTextShown?: boolean; readonly texts: readonly string[] }
  readonly osdMissing?: 'no-answer' | 'unsupported'
}
