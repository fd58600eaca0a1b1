// What an inspection goes by: a rule set with a name and a version.

/** Thresholds with a name and a version; never changed in place, printed in every report. Times in milliseconds after the INVITE left, of a camera pulled by RTSP the first DESCRIBE. */
export interface RuleSet {
  readonly name: string
  readonly version: number
  readonly title: { readonly zh: string; readonly en: string }
  readonly strata: readonly { readonly class: string; readonly count: number }[]
  /** At most this many; a further one is made only after one that was not `ok`, and all are kept. */
  readonly attempts: number
  /** Pause between the BYE of one attempt and the INVITE of the next. */
  readonly betweenAttemptsMs: number
  readonly timeouts: { readonly answerMs: number; readonly firstPacketMs: number; readonly firstKeyframeMs: number }
  /** Pictures taken per attempt: keyframes at least `spacingMs` apart; the attempt gives up waiting for them after `windowMs` from the first. */
  readonly sampling: { readonly pictures: number; readonly spacingMs: number; readonly windowMs: number }
  /** A first picture later than this is handed to a person. */
  readonly response: { readonly slowMs: number }
  readonly absence: {
    readonly blackMean: number
    readonly blackP99: number
    readonly whiteMean: number
    readonly oneColourStd: number
    /** Mean absolute luma difference between keyframes, outside the OSD, below which they are the same picture. */
    readonly frozenDifference: number
  }
  readonly sharpness: { readonly clearBelowPx: number; readonly unclearFromPx: number; readonly minBlocks: number; readonly minHeight: number }
  /** Checks at once, in all and per device. */
  readonly concurrency: { readonly total: number; readonly perDevice: number }
}
