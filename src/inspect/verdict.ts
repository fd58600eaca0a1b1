// The verdict: what was found at a camera against what the rule set makes of each reason (section `judgement`). Pure.
// Three things no rule set changes: our own fault fails no camera, fewer than three pictures or contradictory attempts fail none, a still picture without grain fails none, and without a picture
// none passes (docs/decisions/0006).
import { judgePicture } from './judge-picture.ts'
import { consequenceOf } from './rules/index.ts'
import type { Attempt, Band, Check, CheckKind, Consequence, PictureVerdict, ReasonCode, Result, RuleSet, Verdict } from './types.ts'

export interface Seen {
  readonly record: Check['record']
  readonly attempts: readonly Attempt[]
  readonly rules: RuleSet
  readonly shown?: Attempt
  readonly picture?: PictureVerdict
  readonly responseMs?: number
  /** What was to be looked at; absent: record and image. */
  readonly kinds?: readonly CheckKind[]
  /** It could not be carried out. */
  readonly isBroken?: true
  /** What a longer look and the device's own word propose. */
  readonly further?: readonly ReasonCode[]
}

/** A reason, and the most that it may do here whatever the rule set says. `isDoubt`: not worth naming beside what fails. */
interface Found {
  readonly code: ReasonCode
  readonly atMost?: 'review'
  readonly isDoubt?: true
}

export function judge(seen: Seen): Verdict {
  const { rules, picture, further = [], kinds } = seen
  const wantsPicture = !kinds || kinds.includes('image') || kinds.includes('running')
  const found = [...(picture ? pictureReasons(seen) : silenceReasons(seen)), ...(seen.isBroken ? [{ code: 'not-checked' } as const] : []), ...doubts(...further), ...recordReasons(seen.record)]
  const weighed = found.map((each) => ({ ...each, does: weigh(each, rules) }))
  const result: Result = weighed.some(({ does }) => does === 'fail') ? 'fail' : weighed.some(({ does }) => does === 'review') || (wantsPicture && !picture) ? 'review' : 'pass'
  const named = weighed.filter(({ does, isDoubt }) => does !== 'note' && (result !== 'fail' || does === 'fail' || !isDoubt))
  const notes = codesOf(weighed.filter(({ does }) => does === 'note'))
  return { result, reasons: codesOf(named), ...(notes.length > 0 && { notes }) }
}

function weigh({ code, atMost }: Found, rules: RuleSet): Consequence {
  const does = consequenceOf(code, rules)
  return does === 'fail' && atMost === 'review' ? 'review' : does
}

const codesOf = (found: readonly Found[]): readonly ReasonCode[] => [...new Set(found.map(({ code }) => code))]
const doubts = (...codes: readonly ReasonCode[]): readonly Found[] => codes.map((code) => ({ code, isDoubt: true }))

/** No attempt showed anything: how each ended. Where one was our own fault, none of them fails the camera. */
function silenceReasons({ attempts }: Seen): readonly Found[] {
  const isOurs = attempts.some((attempt) => attempt.isOurFault)
  return attempts.flatMap(({ outcome }): readonly Found[] => (outcome === 'ok' ? [] : [{ code: outcome, ...(isOurs && { atMost: 'review' }) }]))
}

function pictureReasons(seen: Seen): readonly Found[] {
  const { attempts, rules, shown, picture, responseMs } = seen
  if (!shown || !picture) return []
  const others = attempts.filter((attempt) => attempt.n !== shown.n && !attempt.isOurFault)
  // One picture cannot say that anything moves.
  const speaks = ({ outcome, pictures }: Attempt): boolean => outcome === 'ok' && (picture.absence !== 'frozen' || pictures.length >= fewest)
  const isContradicted = others.some((attempt) => speaks(attempt) && judgePicture(attempt.pictures, rules).present !== picture.present)
  // One or two pictures may be a flash or a cap that is just being taken off, and attempts may see different things: a person looks.
  const isProven = picture.samples >= fewest && !isContradicted && (picture.absence !== 'frozen' || isGrainy(shown, rules))
  const absence: readonly Found[] = picture.absence ? [{ code: picture.absence, ...(!isProven && { atMost: 'review' }) }] : []
  // Where only the running was asked for, what the picture shows is a remark.
  if (seen.kinds && !seen.kinds.includes('image')) return [...absence.map((each) => ({ ...each, atMost: 'review' as const })), ...attemptReasons(shown, others, rules)]
  return [
    ...absence,
    ...(isContradicted ? doubts('attempts-disagree') : []),
    ...attemptReasons(shown, others, rules),
    ...(shown.outcome === 'ok' && responseMs === undefined ? doubts('joined-running') : []),
    ...(responseMs !== undefined && responseMs > rules.response.slowMs ? doubts('slow-response') : []),
    ...(picture.absence ? [] : sharpnessReasons(picture.sharpness.band)),
  ]
}

/** Samples that a majority takes. */
const fewest = 3

/** Grain that stays as it is was held; a still scene whose grain the encoder took away may be alive. */
const isGrainy = ({ pictures }: Attempt, { absence: { frozenGrain = 0 } }: RuleSet): boolean => Math.max(0, ...pictures.map(({ noise }) => noise)) >= frozenGrain

/** How the attempt that is judged went, and those beside it. */
function attemptReasons(shown: Attempt, others: readonly Attempt[], rules: RuleSet): readonly Found[] {
  if (shown.outcome === 'lost-midway') return doubts('lost-midway')
  return [
    ...(shown.pictures.length < rules.sampling.pictures ? doubts('too-few-pictures') : []),
    ...(others.some((attempt) => attempt.n < shown.n) ? doubts('first-attempt-failed') : []),
    ...(others.some((attempt) => attempt.n > shown.n && attempt.outcome !== 'ok') ? doubts('later-attempt-failed') : []),
  ]
}

function recordReasons({ result, findings }: Check['record']): readonly Found[] {
  if (result === 'fail') return [{ code: 'record-incomplete' }]
  return findings.some(({ severity }) => severity === 'warning') ? [{ code: 'record-doubtful' }] : []
}

function sharpnessReasons(band: Band): readonly Found[] {
  switch (band) {
    case 'clear':
      return []
    case 'doubtful':
      return doubts('doubtful-sharpness')
    case 'unclear':
      return doubts('unclear')
    case 'undetermined':
      return doubts('undetermined-sharpness')
  }
}
