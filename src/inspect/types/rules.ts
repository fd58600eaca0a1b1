// What an inspection goes by: a rule set with a name and a version.
import type { ReasonCode } from './check.ts'

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
  readonly sampling: {
    readonly pictures: number
    readonly spacingMs: number
    readonly windowMs: number
    /** Pictures of an attempt after one that was ok: it shows that the camera answers again. Absent: as many as of the first. */
    readonly again?: number
  }
  /** A first picture later than this is handed to a person. */
  readonly response: { readonly slowMs: number }
  readonly absence: {
    readonly blackMean: number
    readonly blackP99: number
    readonly whiteMean: number
    readonly oneColourStd: number
    /** Mean absolute luma difference between keyframes, outside the OSD, below which they are the same picture. */
    readonly frozenDifference: number
    /** Noise in levels that the same picture again must show: without it a still scene looks frozen, and a person decides. Absent: 0. */
    readonly frozenGrain?: number
  }
  readonly sharpness: { readonly clearBelowPx: number; readonly unclearFromPx: number; readonly minBlocks: number; readonly minHeight: number; /** Which blur figure is held against the bounds; absent: the first. */ readonly figure?: 1 | 2 }
  /** Absent of a rule set that was written before there was the section: then nothing of it is judged. */
  readonly picture?: PictureRules
  /** Checks at once: in all, per device that registers, and where it is a recorder or a platform per one of those; a recorder behind a platform counts too. */
  readonly concurrency: { readonly total: number; readonly perDevice: number; readonly perRecorder?: number; readonly perPlatform?: number }
  readonly running?: RunningRules
  readonly clock?: ClockRules
  readonly osd?: OsdRules
  /** What each reason does to a verdict; one that is not named goes by the shipped table. */
  readonly judgement?: Readonly<Partial<Record<ReasonCode, Consequence>>>
  readonly scores?: ScoreRules
  readonly recheck?: RecheckRules
}

/** It fails the camera, goes to a person, or is only noted. */
export type Consequence = 'fail' | 'review' | 'note'

/** What is counted of the cameras of an inspection; a camera is in, out, or it could not be found out (src/inspect/facts.ts). */
export type CountName = 'assessed' | 'filed' | 'located' | 'connected' | 'online' | 'present' | 'clear' | 'intact' | 'prompt' | 'runs' | 'clock-right' | 'passed'

/** One rate of a score: `numerator` among those that are `denominator`. */
export interface ScoreItem {
  readonly code: string
  readonly title: { readonly zh: string; readonly en: string }
  /** At most four decimals; those of all items make 1. */
  readonly weight: number
  readonly numerator: CountName
  readonly denominator: CountName
}

export interface ScoreRules {
  readonly title: { readonly zh: string; readonly en: string }
  readonly items: readonly ScoreItem[]
}

/** A further check of a camera by itself, some time after one that ended so; it stands beside the first and changes nothing of it. */
export interface RecheckRules {
  readonly after: readonly ReasonCode[]
  readonly minutes: number
  readonly times: number
}

/** A longer look at a stream. Nothing of it fails a camera; what is beyond a bound is proposed to a person. */
export interface RunningRules {
  readonly windowMs: number
  /** Nothing for longer than this is an interruption. */
  readonly gapMs: number
  readonly maxGaps: number
  /** Pictures a second by class; a class that is not here has no such bound. */
  readonly minFps: Readonly<Record<string, number>>
  /** Of that, and of what the stream declares, this share must come. */
  readonly fpsShare: number
  readonly maxLossRate: number
  readonly maxJitterMs: number
  readonly maxKeyframeMs: number
  /** Between two pictures that are decoded, to see whether the picture stands still. */
  readonly pictureEveryMs: number
  readonly maxFrozenMs: number
  readonly maxRestarts: number
  /** Of a shorter look no more can be said than that it was shorter. */
  readonly minWindowShare: number
}

/** Device clock less ours. */
export interface ClockRules {
  readonly maxOffsetS: number
}

/** What the device must say that it writes into its pictures. */
export interface OsdRules {
  readonly wantsTime: boolean
  readonly wantsText: boolean
}

/** What else a picture tells; luma and chroma 0-255. Nothing of it fails a camera unless section `judgement` says so. */
export interface PictureRules {
  readonly darkMean: number
  readonly brightMean: number
  /** Hours of the day in Beijing time between which a picture may be dark. */
  readonly nightFromHour: number
  readonly nightToHour: number
  readonly minContrast: number
  readonly maxCast: number
  readonly castRatio: number
  /** Of the mean colour against the baseline's. */
  readonly maxCastShift: number
  readonly maxNoise: number
  readonly maxStripes: number
  readonly maxBlockiness: number
  /** Text that changes by less from picture to picture is the same text. */
  readonly minClockChange: number
  /** Blur and colour are held against a baseline of at most so many hours of the day away. */
  readonly baselineHours: number
  readonly softerByPx: number
  readonly minSceneLikeness: number
  readonly maxOccluded: number
}
