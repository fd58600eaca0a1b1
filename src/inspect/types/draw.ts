// Whom an inspection looks at: population, strata, the drawn sample.

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
  readonly findings: readonly { readonly field: string; readonly rule: string; readonly severity: 'error' | 'warning' | 'info'; readonly message: { readonly zh: string; readonly en: string } }[]
}

export interface StratumDrawn {
  readonly class: string
  readonly population: number
  readonly asked: number
  readonly drawn: number
}

export interface Draw {
  readonly algorithm: 'sha256-order-1'
  readonly seed: string
  readonly population: { readonly size: number; readonly sha256: string }
  readonly strata: readonly StratumDrawn[]
  readonly members: readonly PopulationMember[]
}
