// What reconciliation looks at: a record, what catalogs say of its channel, and since when nobody has seen it.
import type { FieldName } from '../field-table.ts'
import type { Camera, Fields, Finding } from '../types.ts'

/** One device's word on a channel. */
export interface Listing {
  readonly deviceId: string
  /** Since when its catalog lacks the channel. */
  readonly missingSinceMs?: number
  /** What it reports of it, in the record's terms. */
  readonly fields?: Fields
}

/** What is known of a camera beside its record. */
export interface Standing {
  readonly id: string
  readonly listings: readonly Listing[]
  /** A device of this very code registers here: it needs no catalog. */
  readonly isDevice: boolean
  /** Pulled by RTSP: no catalog is expected to have it, and presence is not known. */
  readonly isPulled: boolean
  /** Since when it is not there; undefined while it is. Time that the service did not run does not count. */
  readonly goneSinceMs?: number
}

/** A platform that has given a complete catalog: what that lacked is really not there. A part that came since adds, and takes nothing away. */
export interface Platform {
  readonly id: string
  /** The division that its code names, without the zeros at the end: 320116, or 3201 for a city's. */
  readonly area: string
}

export interface ReconcileOptions {
  /** Farther apart than this is another place. */
  readonly distanceM: number
  /** In use, and not there for so long, is said. */
  readonly offlineDays: number
}

export interface ReconcileContext extends ReconcileOptions {
  readonly nowMs: number
  readonly platforms: readonly Platform[]
}

export type ReconcileRule = (camera: Camera, standing: Standing, context: ReconcileContext) => readonly Finding[]

export const finding = (field: FieldName | 'record', rule: string, severity: Finding['severity'], zh: string, en: string, detail?: Finding['detail']): Finding => ({
  field,
  rule,
  severity,
  message: { zh, en },
  ...(detail === undefined ? {} : { detail }),
})

/** An office keeps it, and it is meant to be there. */
export const isKept = ({ isDraft, isRetired }: Camera): boolean => !isDraft && !isRetired

export const isThere = ({ presence }: Camera): boolean => presence === 'online' || presence === 'late'

/** The day of an instant in Beijing time, which is the whole country's. */
export const beijingDay = (ms: number): string => new Date(ms + 8 * 3600_000).toISOString().slice(0, 10)
