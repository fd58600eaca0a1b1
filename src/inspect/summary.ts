// The report: what was drawn, what was found, and each rate with its numerator, its denominator and the denominator's name. Pure.
import { clopperPearson } from './statistics.ts'
import type { Attempt, Check, Inspection, InspectionSummary, Rate, Report } from './types.ts'

/** Checks in order of their numbers; an unfinished inspection reports what it has. */
export function reportOf(inspection: Inspection): Report {
  const { id, area, draw, rules, startedAtMs, finishedAtMs, software = '' } = inspection
  const checks = [...inspection.checks].sort((a, b) => a.n - b.n)
  return {
    inspection: {
      id,
      area,
      startedAt: new Date(startedAtMs).toISOString(),
      finishedAt: finishedAtMs === undefined ? '' : new Date(finishedAtMs).toISOString(),
      seed: draw.seed,
      population: draw.population,
      algorithm: draw.algorithm,
      ruleSet: { name: rules.name, version: rules.version },
      strata: draw.strata,
      software,
    },
    rules,
    checks,
    summary: summarise(checks),
  }
}

const all = { zh: '已检查的点位数', en: 'cameras checked' }
const judged = { zh: '有图像且清晰度可判定的点位数', en: 'cameras whose picture is present and allows a sharpness' }

export function summarise(checks: readonly Check[]): InspectionSummary {
  const ofAll = (holds: (check: Check) => boolean): Rate => rate(checks.filter(holds).length, checks.length, all)
  const sharp = checks.filter((check) => check.picture?.present && check.picture.sharpness.band !== 'undetermined')
  return {
    recordComplete: ofAll((check) => check.record.result === 'pass'),
    responded: ofAll((check) => check.attempts.some(hasResponded)),
    picturePresent: ofAll((check) => check.picture?.present === true),
    clear: rate(sharp.filter((check) => check.picture?.sharpness.band === 'clear').length, sharp.length, judged),
    passed: ofAll((check) => check.verdict.result === 'pass'),
    failed: ofAll((check) => check.verdict.result === 'fail'),
    review: ofAll((check) => check.verdict.result === 'review'),
  }
}

/** The camera answered the request for its stream, or was streaming already. */
const hasResponded = (attempt: Attempt): boolean => attempt.times.ok !== undefined || attempt.stream !== undefined

/** Four decimals, rounded half up; null where there is nothing to divide by. */
export function rate(numerator: number, denominator: number, of: Rate['of']): Rate {
  if (denominator === 0) return { numerator, denominator, of, rate: null, interval95: null }
  const [low, high] = clopperPearson(numerator, denominator)
  return { numerator, denominator, of, rate: fourDecimals(numerator / denominator), interval95: [fourDecimals(low), fourDecimals(high)] }
}

const fourDecimals = (value: number): number => Math.round(value * 10_000) / 10_000
