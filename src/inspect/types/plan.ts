// What an inspection is to do, as data: which checks, of whom, how many of each stratum. The notice's checks are presets of this.

/** Record: the fields of the camera's record. Image: response, presence, clarity. Running: a longer look at how the stream holds up. */
export type CheckKind = 'record' | 'image' | 'running'

/** `equals`: the whole value. `prefix`: how it begins (divisions, police units). `part`: one of several that are joined by `/`. */
export type Match = 'equals' | 'prefix' | 'part'

/** A camera counts where the field, as its record declares it, fits one of the values; '' is a field that is not declared. */
export interface Condition {
  /** A field of the record, by its name in the field table. */
  readonly field: string
  readonly match: Match
  readonly values: readonly string[]
  /** The field and its values in words, as they were when the plan was made. */
  readonly says: { readonly zh: string; readonly en: string }
}

/** One part of the population that is drawn from by itself. A camera that several strata of a sample would take belongs to the first of them. */
export interface Stratum {
  readonly name: string
  readonly title: { readonly zh: string; readonly en: string }
  /** All must hold; none: every camera. */
  readonly where: readonly Condition[]
  readonly count: number | 'all'
  /** A stratum for each value of this field that the population has, in the order of the values' bytes. */
  readonly each?: Omit<Condition, 'values'>
}

/** One drawing: its strata are disjoint. A plan's second sample is a draw of its own from the same population, by the same seed and another key. */
export interface Sample {
  readonly name: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly kinds: readonly CheckKind[]
  readonly strata: readonly Stratum[]
}

export interface Plan {
  /** Of the preset, or the user's own. */
  readonly name: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly population: {
    /** Only cameras whose record says that they are networked. */
    readonly isNetworkedOnly: boolean
    /** Cameras that are exempted on that day are left out, and shown. */
    readonly leavesOutExempted: boolean
    readonly where: readonly Condition[]
  }
  /** A camera of several samples is checked once, for all their kinds. */
  readonly samples: readonly Sample[]
}
