// What the store gives to those who look at many records again, and what is said of a check of a whole area.
import type { Listing } from './reconcile/types.ts'
import type { Camera, Channel, Finding } from './types.ts'

/** A device's word on a channel as it is kept. */
export interface KeptReport {
  readonly cameraId: string
  readonly deviceId: string
  readonly channel: Channel
  readonly missingSinceMs?: number
  /** When it last said something new; absent where that was before it was noted. */
  readonly saidAtMs?: number
}

export interface StandingRow {
  readonly id: string
  readonly listings: readonly Omit<Listing, 'fields'>[]
  readonly isDevice: boolean
  readonly isPulled: boolean
  readonly goneSinceMs?: number
}

export interface CheckStore {
  /** Records of an area, retired ones and drafts too, in order of ids after `after`. */
  readonly camerasAfter: (area: string, after: string, limit: number) => Promise<readonly Camera[]>
  readonly cameraTotal: (area: string) => Promise<number>
  /** One for each of `ids`, whether it has a record or not. */
  readonly standings: (ids: readonly string[]) => Promise<readonly StandingRow[]>
  readonly reports: (ids: readonly string[]) => Promise<readonly KeptReport[]>
  /** Drafts of an area, and where a device is named of those that it lists, in order of ids. */
  readonly drafts: (area: string, deviceId: string | undefined, limit: number) => Promise<readonly string[]>
  /** Platforms (by their ids) that have given a complete catalog which listed something. */
  readonly completePlatforms: () => Promise<readonly string[]>
  /** Declared, unretired records of an area that no catalog lists, among the next ones after `after`; `next` is where to go on. */
  readonly unlisted: (area: string, after: string) => Promise<{ readonly ids: readonly string[]; readonly next?: string }>
  /** Keeps a check as it is now; of those that are over so many are kept, the newest. */
  readonly saveAreaCheck: (run: AreaCheckRun, kept: number) => Promise<void>
  /** Newest first. */
  readonly areaChecks: () => Promise<readonly AreaCheckRun[]>
}

/** One look at all records of an area. */
export interface AreaCheckRun {
  readonly id: string
  readonly area: string
  readonly by: string
  readonly state: 'running' | 'done' | 'cancelled' | 'failed'
  /** The service stopped before it was over: what it had kept by then stays, and its figures are not known. */
  readonly isInterrupted?: true
  /** records: each by itself and against catalogs; together: what only many records show. */
  readonly stage: 'records' | 'together'
  readonly startedAtMs: number
  readonly finishedAtMs?: number
  /** Records to look at, and looked at. Rules over many records look at those of every area. */
  readonly total: number
  readonly done: number
  readonly opened: number
  readonly reopened: number
  readonly fixed: number
  readonly standing: number
  /** Records whose own findings were older than the rules. */
  readonly rewritten: number
  /** Rules that could not be applied, by division: no outline of it. */
  readonly notes: readonly AreaNote[]
}

export interface AreaNote {
  readonly area: string
  readonly finding: Finding
}

export interface AreaChecks {
  /** Throws AppError 'conflict' while one runs whose area holds this one or lies in it. */
  readonly startCheck: (area: string, by: string) => AreaCheckRun
  readonly check: (id: string) => AreaCheckRun | undefined
  /** Newest first. */
  readonly checks: () => readonly AreaCheckRun[]
  readonly cancelCheck: (id: string) => AreaCheckRun | undefined
  /** Resolves when it is over. */
  readonly checkEnded: (id: string) => Promise<AreaCheckRun | undefined>
}
