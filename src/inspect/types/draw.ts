// Whom an inspection looks at: population, strata, the drawn sample, who was left out, and every other set that was drawn.
import type { CheckKind, Condition, Plan } from './plan.ts'

/** A camera as frozen into the population: what the four record checks and the draw need, no personal data. */
export interface PopulationMember {
  readonly id: string
  readonly name: string
  readonly class: string
  readonly area: string
  readonly owner: string
  readonly policeUnit: string
  readonly networking: string
  readonly functionType: string
  readonly longitude: string
  readonly latitude: string
  readonly builtBy: string
  /** Code of the record's resolution; absent of members frozen before it was asked for, and where the record has none. */
  readonly resolution?: string
  /** Further fields of the record that the plan's conditions look at, by their names in the field table. */
  readonly fields?: Readonly<Record<string, string>>
  readonly findings: readonly { readonly field: string; readonly rule: string; readonly severity: 'error' | 'warning' | 'info'; readonly message: { readonly zh: string; readonly en: string } }[]
}

export interface StratumDrawn {
  /** The class, where it is the stratum's one condition; else ''. */
  readonly class: string
  readonly population: number
  readonly asked: number
  readonly drawn: number
  /** Absent in draws of before there were plans: the strata were classes, drawn for record and image. */
  readonly name?: string
  readonly title?: { readonly zh: string; readonly en: string }
  /** Name of the sample; `nth` of the plan's samples from 1: with the second begins another draw. */
  readonly sample?: string
  readonly nth?: number
  readonly kinds?: readonly CheckKind[]
  readonly where?: readonly Condition[]
  /** All of it was asked for, however many there are. */
  readonly isAll?: boolean
  /** Of its population, cameras whose record does not say that they are networked. */
  readonly unconnected?: number
}

/** `made` by the service, `typed` by who drew, or of `two-party`: both sides had a half. */
export type SeedFrom = 'made' | 'typed' | 'two-party'

export interface Draw {
  /** 1: strata are classes of one sample. 2: strata by any field, several samples, lists with a heading. Where both can, they draw the same. */
  readonly algorithm: 'sha256-order-1' | 'sha256-order-2'
  readonly seed: string
  readonly seedFrom?: SeedFrom
  readonly population: { readonly size: number; readonly sha256: string }
  readonly strata: readonly StratumDrawn[]
  readonly members: readonly PopulationMember[]
  /** Of each member, the strata (indexes from 0) that it was drawn in: one of each sample at most. Absent in draws of before. */
  readonly drawnIn?: readonly (readonly number[])[]
  /** Who of the area was not drawn from: how many for which reason, and the SHA-256 of the list left-out.tsv. */
  readonly leftOut?: LeftOut
}

/** Why a camera of the area is not in the population; the first that fits. */
export type LeftOutReason = 'exempted' | 'not-networked' | 'filtered'

export interface LeftOut {
  readonly size: number
  readonly sha256: string
  readonly exempted: number
  readonly notNetworked: number
  readonly filtered: number
}

/** A camera that was left out, and by which exemption. */
export interface LeftOutMember {
  readonly member: PopulationMember
  readonly why: LeftOutReason
  readonly exemption?: number
}

/** A camera or an area that is exempted for a time (报备): planned works, a power cut. Ended early with a reason, never deleted. */
export interface Exemption {
  readonly n: number
  /** Either a camera or the prefix of a division. */
  readonly camera?: string
  readonly area: string
  readonly reason: string
  readonly document: string
  /** From then, and no longer than just before `untilMs`. */
  readonly fromMs: number
  readonly untilMs: number
  readonly by: string
  readonly atMs: number
  readonly ended?: { readonly atMs: number; readonly by: string; readonly reason: string }
}

/** One side of a two-party seed. `half` and `salt` are shown when both sides have revealed. */
export interface SeedSide {
  readonly by: string
  readonly commitment?: string
  readonly committedAtMs?: number
  readonly revealedAtMs?: number
  readonly half?: string
  readonly salt?: string
}

export type SeedDrawState = 'committing' | 'revealing' | 'drawn' | 'used' | 'expired'

/** A draw whose seed two sides make: opened with its list frozen, committed by both, revealed by both, then drawn. All of them are kept. */
export interface SeedDraw {
  readonly id: string
  readonly area: string
  readonly state: SeedDrawState
  readonly atMs: number
  readonly expiresAtMs: number
  readonly plan: Plan
  readonly rules: { readonly name: string; readonly version: number }
  readonly population: { readonly size: number; readonly sha256: string }
  readonly leftOut: LeftOut
  /** Who opened it comes first: so do their halves in the seed. */
  readonly sides: readonly [SeedSide, SeedSide]
  readonly reason?: string
  readonly seed?: string
  readonly drawnAtMs?: number
  /** The inspection that was made of it. */
  readonly inspection?: string
}

/** A set of cameras that was drawn, whatever became of it. */
export interface DrawnSet {
  /** Of the inspection, or of the two-party draw that none was made of. */
  readonly id: string
  readonly of: 'inspection' | 'seed-draw'
  readonly area: string
  readonly plan: string
  readonly kinds: readonly CheckKind[]
  readonly seed: string
  readonly seedFrom?: SeedFrom
  readonly populationSha256: string
  /** How many were drawn; their codes up to a bound, none when there was nothing to choose (all of each stratum). */
  readonly size: number
  readonly cameras: readonly string[]
  readonly by: string
  readonly atMs: number
  /** What became of it. */
  readonly state: string
  /** Why it was drawn although there was another set of that area on that day. */
  readonly reason?: string
  /** Nothing was drawn: two sides began, and one did not go on. Size and seed are empty. */
  readonly abandoned?: AbandonedDraw
}

/** A two-party draw that is over without a seed, or that waits for a side to reveal. */
export interface AbandonedDraw {
  /** When it expired, or will. */
  readonly expiresAtMs: number
  /** Who did not go on, and with what. */
  readonly missing: readonly { readonly by: string; readonly step: 'commit' | 'reveal' }[]
  /** There was something to choose: another draw of the area needs a reason. */
  readonly isChoice: boolean
}
