// A check as it is concluded: record, attempts and pictures against the rule set. Pure. What follows from them stands in verdict.ts.
import { judgePicture } from './judge-picture.ts'
import type { Attempt, Check, Evidence, PopulationMember, RuleSet } from './types.ts'
import { judge } from './verdict.ts'

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
