// What the pictures of an attempt say together: presence, sharpness. Pure.
import type { Absence, Band, PictureMeasure, PictureVerdict, RuleSet } from './types.ts'

/** Presence by majority of the samples, sharpness by their median. */
export function judgePicture(samples: readonly PictureMeasure[], rules: Pick<RuleSet, 'absence' | 'sharpness'>): PictureVerdict {
  const pattern = majorityPattern(samples)
  const frozen = !pattern && isFrozen(samples, rules.absence.frozenDifference)
  const absence: Absence | undefined = pattern ?? (frozen ? 'frozen' : undefined)
  const blurPx = median(samples.flatMap((sample) => (sample.blurPx === undefined ? [] : [sample.blurPx])))
  const figure = samples.find((sample) => sample.blurFigure !== undefined)?.blurFigure
  const brightness = median(samples.map((sample) => sample.mean))
  return {
    present: absence === undefined,
    ...(absence && { absence }),
    frozen,
    sharpness: { ...(blurPx === undefined ? {} : { blurPx }), ...(figure === undefined ? {} : { figure }), band: bandOf(blurPx, Math.min(...samples.map((sample) => sample.height)), rules.sharpness) },
    ...(brightness === undefined ? {} : { brightness }),
    samples: samples.length,
  }
}

/** A small picture is never clear, however sharp its pixels are. */
export function bandOf(blurPx: number | undefined, height: number, rules: RuleSet['sharpness']): Band {
  if (blurPx === undefined) return 'undetermined'
  if (blurPx >= rules.unclearFromPx) return 'unclear'
  return blurPx < rules.clearBelowPx && height >= rules.minHeight ? 'clear' : 'doubtful'
}

/** More than half of the samples show no scene; named after what most of those show. */
function majorityPattern(samples: readonly PictureMeasure[]): Absence | undefined {
  const patterns = samples.flatMap((sample) => (sample.absence ? [sample.absence] : []))
  if (patterns.length * 2 <= samples.length) return undefined
  const timesSeen = (pattern: Absence): number => patterns.filter((each) => each === pattern).length
  return patterns.reduce((most, pattern) => (timesSeen(pattern) > timesSeen(most) ? pattern : most))
}

/** Keyframes of a living sensor differ by its noise. Two equal ones prove nothing: at least two differences, all of them small. */
function isFrozen(samples: readonly PictureMeasure[], frozenDifference: number): boolean {
  const differences = samples.slice(1).map((sample) => sample.difference)
  return differences.length >= 2 && differences.every((difference) => difference !== undefined && difference < frozenDifference)
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[sorted.length >> 1]
  const lower = sorted[(sorted.length - 1) >> 1]
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2
}
