// A figure beside its bound: never a bare score.

export interface Figure {
  readonly code: string
  readonly value: number
  /** As a reader sees it: s, ms, 1/s, px, 1 (a share), … */
  readonly unit: string
  /** Absent: nothing is asked of it. */
  readonly threshold?: number
  readonly result: 'ok' | 'doubtful' | 'bad' | 'undetermined'
  /** Where the bound comes from, when a document gives it. */
  readonly basis?: string
}
