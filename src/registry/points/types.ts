// Cameras as points of a map: what a map colours and filters by, for all records at once.
import type { Presence } from '../device-types.ts'

/** What the store reads of a record for the map; values as the searched columns have them. */
export interface PointRow {
  /** The record's number in the store: from 1, never used twice, never taken away. */
  readonly n: number
  readonly id: string
  readonly longitude: number | null
  readonly latitude: number | null
  readonly area: string
  readonly class: string
  readonly presence: Presence
  readonly isComplete: boolean
  readonly isDraft: boolean
  readonly isRetired: boolean
  readonly updatedAtMs: number
}

export interface PointStore {
  /** Records in the order of their numbers, those after `n`. */
  readonly pointsAfter: (n: number, limit: number) => Promise<readonly PointRow[]>
  /** Records changed at or after, in the order of change, then code. */
  readonly pointsChanged: (after: { readonly atMs: number; readonly id: string }, limit: number) => Promise<readonly PointRow[]>
}

export const pointClasses = ['1', '2', '3', '4', '9', 'none'] as const
export const pointPresences = ['online', 'late', 'offline', 'unknown'] as const
export const pointRecords = ['complete', 'incomplete', 'draft'] as const
export const pointVerdicts = ['pass', 'review', 'fail', 'none'] as const

export type PointVerdict = Exclude<(typeof pointVerdicts)[number], 'none'>
export type Colouring = 'class' | 'presence' | 'record' | 'verdict'
/** The words of each colouring, in the order of a legend. */
export const colourings: Readonly<Record<Colouring, readonly string[]>> = { class: pointClasses, presence: pointPresences, record: pointRecords, verdict: pointVerdicts }

export interface Box {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

export interface PointFilter {
  /** A division's prefix; '' is everywhere. */
  readonly area: string
  readonly class?: string
  readonly online?: boolean
  readonly complete?: boolean
  readonly draft?: boolean
  readonly verdict?: string
}

/** Columns by the record's number; a place is NaN where a record has none. Read by many, altered by its owner alone. */
export interface PointTable {
  /** One more than the highest number. */
  readonly end: number
  readonly ids: readonly string[]
  readonly longitude: Float64Array
  readonly latitude: Float64Array
  /** Index into `areas`; 0 where there is no record. */
  readonly area: Uint32Array
  readonly areas: readonly string[]
  /** Places in the lists of `colourings`. */
  readonly class: Uint8Array
  readonly presence: Uint8Array
  readonly record: Uint8Array
  /** 1 where there is a record that is not retired. */
  readonly there: Uint8Array
}

/** The last verdict on each camera, a person's word before the machine's. */
export type Verdicts = ReadonlyMap<string, PointVerdict>
