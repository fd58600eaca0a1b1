// The verdict: attempts and record against the rule set. Pure. Only absence fails by machine; everything that is a matter of taste or of
// trust goes to a person (docs/decisions/0006).
import type { Absence, Attempt, Band, Check, Evidence, PictureMeasure, PictureVerdict, PopulationMember, ReasonCode, Result, RuleSet, Verdict } from './types.ts'

/** A check as report.json has it. `attempts` in the order they were made, none missing. */
export function concludeCheck(n: number, camera: PopulationMember, attempts: readonly Attempt[], rules: RuleSet, evidence: readonly Evidence[]): Check {
  const record = judgeRecord(camera.findings)
  const shown = attemptToJudge(attempts)
  const picture = shown && judgePicture(shown.pictures, rules)
  const responseMs = attempts.find((attempt) => attempt.outcome === 'ok' && attempt.isCold)?.times.firstPicture
  const stream = (shown ?? attempts.findLast((attempt) => attempt.stream !== undefined))?.stream
  return {
    n,
    camera,
    record,
    attempts,
    ...(responseMs === undefined ? {} : { responseMs }),
    ...(stream && { stream }),
    ...(picture && { picture }),
    verdict: judge({ record, attempts, rules, ...(shown && { shown }), ...(picture && { picture }), ...(responseMs === undefined ? {} : { responseMs }) }),
    evidence,
  }
}

/** The four fields of the core notice: coordinates, function type, networking, owner. */
const checkedFields = new Set(['longitude', 'latitude', 'functionType', 'networking', 'managementUnit', 'policeUnit'])
const checkedRules = /^(coordinates|function-type|networking|owner)\./

/** Findings on the four checked fields; an error among them fails the record. */
export function judgeRecord(findings: PopulationMember['findings']): Check['record'] {
  const checked = findings.filter(({ field, rule }) => checkedFields.has(field) || checkedRules.test(rule))
  return { result: checked.some(({ severity }) => severity === 'error') ? 'fail' : 'pass', findings: checked }
}

/** The attempt whose pictures count: the first that was `ok`, else the first that showed one at all. */
export function attemptToJudge(attempts: readonly Attempt[]): Attempt | undefined {
  return attempts.find((attempt) => attempt.outcome === 'ok') ?? attempts.find((attempt) => attempt.outcome === 'lost-midway' && attempt.pictures.length > 0)
}

/** Presence by majority of the samples, sharpness by their median. */
export function judgePicture(samples: readonly PictureMeasure[], rules: Pick<RuleSet, 'absence' | 'sharpness'>): PictureVerdict {
  const pattern = majorityPattern(samples)
  const frozen = !pattern && isFrozen(samples, rules.absence.frozenDifference)
  const absence: Absence | undefined = pattern ?? (frozen ? 'frozen' : undefined)
  const blurPx = median(samples.flatMap((sample) => (sample.blurPx === undefined ? [] : [sample.blurPx])))
  const brightness = median(samples.map((sample) => sample.mean))
  return {
    present: absence === undefined,
    ...(absence && { absence }),
    frozen,
    sharpness: { ...(blurPx === undefined ? {} : { blurPx }), band: bandOf(blurPx, Math.min(...samples.map((sample) => sample.height)), rules.sharpness) },
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

interface Findings {
  readonly record: Check['record']
  readonly attempts: readonly Attempt[]
  readonly rules: RuleSet
  readonly shown?: Attempt
  readonly picture?: PictureVerdict
  readonly responseMs?: number
}

function judge(findings: Findings): Verdict {
  const { record, attempts, rules, shown, picture, responseMs } = findings
  const aboutRecord = recordReasons(record)
  const verdict = (result: Result, reasons: readonly ReasonCode[]): Verdict => ({ result, reasons: [...new Set([...reasons, ...aboutRecord])] })
  if (!shown || !picture) {
    const outcomes = attempts.flatMap(({ outcome }) => (outcome === 'ok' ? [] : [outcome]))
    const isCameraHeard = attempts.length > 0 && attempts.every((attempt) => !attempt.isOurFault)
    return verdict(isCameraHeard ? 'fail' : 'review', outcomes)
  }
  const others = attempts.filter((attempt) => attempt.n !== shown.n && !attempt.isOurFault)
  const isContradicted = others.some((attempt) => attempt.outcome === 'ok' && judgePicture(attempt.pictures, rules).present !== picture.present)
  // One picture alone may be a flash or a cap that is just being taken off, and attempts may see different things: a person looks.
  if (picture.absence && picture.samples >= 2 && !isContradicted) return verdict('fail', [picture.absence])
  const doubts: ReasonCode[] = []
  if (picture.absence) doubts.push(picture.absence)
  if (isContradicted) doubts.push('attempts-disagree')
  if (shown.outcome === 'lost-midway') doubts.push('lost-midway')
  else if (shown.pictures.length < rules.sampling.pictures) doubts.push('too-few-pictures')
  if (shown.outcome === 'ok' && others.some((attempt) => attempt.n < shown.n)) doubts.push('first-attempt-failed')
  if (shown.outcome === 'ok' && others.some((attempt) => attempt.n > shown.n && attempt.outcome !== 'ok')) doubts.push('later-attempt-failed')
  if (shown.outcome === 'ok' && responseMs === undefined) doubts.push('joined-running')
  if (responseMs !== undefined && responseMs > rules.response.slowMs) doubts.push('slow-response')
  if (!picture.absence) doubts.push(...sharpnessReasons(picture.sharpness.band))
  return verdict(doubts.length > 0 || aboutRecord.length > 0 ? 'review' : 'pass', doubts)
}

function recordReasons({ result, findings }: Check['record']): readonly ReasonCode[] {
  if (result === 'fail') return ['record-incomplete']
  return findings.some(({ severity }) => severity === 'warning') ? ['record-doubtful'] : []
}

function sharpnessReasons(band: Band): readonly ReasonCode[] {
  switch (band) {
    case 'clear':
      return []
    case 'doubtful':
      return ['doubtful-sharpness']
    case 'unclear':
      return ['unclear']
    case 'undetermined':
      return ['undetermined-sharpness']
  }
}
