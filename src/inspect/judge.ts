// A check as it is concluded: record, attempts and pictures against the rule set. Pure. What follows from them stands in verdict.ts.
import { judgeDevice } from './device.ts'
import { withFigures } from './judge-figures.ts'
import { judgePicture } from './judge-picture.ts'
import { judgeRunning } from './running.ts'
import type { Attempt, Broken, Check, CheckKind, DeviceAnswer, Evidence, PictureContext, PopulationMember, RuleSet } from './types.ts'
import { judge } from './verdict.ts'

/** What else the recording says of a check. */
export interface Circumstances {
  /** What it was drawn for; absent: record and image. */
  readonly kinds?: readonly CheckKind[]
  readonly answers?: readonly DeviceAnswer[]
  /** What was known of the camera's picture before. */
  readonly context?: PictureContext
  readonly cutBefore?: number
  /** Of a further check its number, and which installation made it. */
  readonly recheck?: number
  readonly node?: string
  /** It could not be carried out: its attempts are told, and nothing of them is judged. */
  readonly broken?: Broken
}

/** A check as report.json has it. `attempts` in the order they were made, none missing. */
export function concludeCheck(n: number, camera: PopulationMember, made: readonly Attempt[], rules: RuleSet, evidence: readonly Evidence[], { kinds, answers = [], context, cutBefore, recheck, node, broken }: Circumstances = {}): Check {
  const attempts = broken ? [] : made
  const record = judgeRecord(camera.findings)
  const shown = attemptToJudge(attempts)
  const responseMs = attempts.find((attempt) => attempt.outcome === 'ok' && attempt.isCold)?.times.firstPicture
  const stream = (shown ?? attempts.findLast((attempt) => attempt.stream !== undefined))?.stream
  const looked = shown && withFigures(judgePicture(shown.pictures, rules), shown.pictures, { camera, ...(stream && { stream }), ...(context && { context }) }, rules)
  const picture = looked?.picture
  const running = judgeRunning(attempts, camera, rules)
  const device = judgeDevice(broken ? [] : answers, rules)
  return {
    n,
    camera,
    ...(kinds && { kinds }),
    record,
    attempts: made,
    ...(responseMs === undefined ? {} : { responseMs }),
    ...(stream && { stream }),
    ...(picture && { picture }),
    ...(running && { running: running.verdict }),
    ...(device && { device: device.verdict }),
    ...(recheck !== undefined && { recheck }),
    ...(node !== undefined && { node }),
    ...(cutBefore !== undefined && { cutBefore }),
    ...(broken && { broken }),
    verdict: judge({
      record,
      attempts,
      rules,
      ...(shown && { shown }),
      ...(picture && { picture }),
      ...(responseMs === undefined ? {} : { responseMs }),
      ...(kinds && { kinds }),
      ...(broken && { isBroken: true }),
      further: [...(looked?.reasons ?? []), ...(running?.reasons ?? []), ...(device?.reasons ?? [])],
    }),
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
