// What an inspection is to do, as data: which checks, of whom, how many of each stratum. The notice's checks are presets of this.

/** Record: the fields of the camera's record. Image: response, presence, clarity. Running: a longer look at how the stream holds up. */
export type CheckKind = 'record' | 'image' | 'running'

/** A camera counts where the field has one of the values, as the record declares them. */
export interface Condition {
  /** A field of the record, by its name in the field table. An area holds by prefix. */
  readonly field: string
  readonly values: readonly string[]
}

/** One part of the population that is drawn from by itself. A camera that several strata would take belongs to the first of them. */
export interface Stratum {
  readonly name: string
  /** All must hold. */
  readonly where: readonly Condition[]
  readonly count: number | 'all'
}

export interface Plan {
  /** Of the preset, or `own`. */
  readonly name: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly kinds: readonly CheckKind[]
  readonly population: {
    /** Only cameras whose record says that they are networked. */
    readonly isNetworkedOnly: boolean
    /** Cameras that are exempted on that day are left out, and shown. */
    readonly leavesOutExempted: boolean
    readonly where: readonly Condition[]
  }
  readonly strata: readonly Stratum[]
}
