// The report: what was drawn, what was found, and each rate with its numerator, its denominator and the denominator's name. Pure.
import { factsOf, hasResponded } from './facts.ts'
import { drawPartOf } from './plan/report-part.ts'
import { sampleRates } from './plan/weighted.ts'
import { rulesSha256 } from './rules/index.ts'
import { fourDecimals, scoreOf } from './scores.ts'
import { clopperPearson } from './statistics.ts'
import type { AfterReview, Check, Inspection, InspectionSummary, Rate, Report, Result, Review, RuleSet } from './types.ts'

/** Checks in order of their numbers; an unfinished inspection reports what it has. */
export function reportOf(inspection: Inspection, reviews: readonly Review[] = []): Report {
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
      ruleSet: { name: rules.name, version: rules.version, sha256: rulesSha256(rules) },
      strata: draw.strata,
      software,
      ...drawPartOf(inspection),
    },
    rules,
    checks,
    summary: summarise(checks, rules, reviews),
    ...(draw.drawnIn && { weighted: sampleRates(inspection, checks) }),
  }
}

const all = { zh: '已检查的点位数', en: 'cameras checked' }
const judged = { zh: '有图像且清晰度可判定的点位数', en: 'cameras whose picture is present and allows a sharpness' }

const looked = { zh: '要求查看图像的点位数', en: 'cameras whose picture was asked for' }

/** The machine's rates, the score that the rule set asks for, and beside them what both become once persons have spoken. */
export function summarise(checks: readonly Check[], rules?: RuleSet, reviews: readonly Review[] = []): InspectionSummary {
  const ofAll = (holds: (check: Check) => boolean): Rate => rate(checks.filter(holds).length, checks.length, all)
  const seen = checks.filter(wantsPicture)
  const ofSeen = (holds: (check: Check) => boolean): Rate => (seen.length === checks.length ? ofAll(holds) : rate(seen.filter(holds).length, seen.length, looked))
  const sharp = checks.filter((check) => check.picture?.present && check.picture.sharpness.band !== 'undetermined')
  const results = resultRates(checks, (check) => check.verdict.result)
  const afterReview = rules && afterReviewOf(checks, rules, reviews)
  return {
    recordComplete: ofAll((check) => check.record.result === 'pass'),
    responded: ofSeen((check) => check.attempts.some(hasResponded)),
    picturePresent: ofSeen((check) => check.picture?.present === true),
    clear: rate(sharp.filter((check) => check.picture?.sharpness.band === 'clear').length, sharp.length, judged),
    ...results,
    ...(rules?.scores && { scores: scoreOf(rules.scores, checks.map((check) => factsOf(check, rules))) }),
    ...(afterReview && { afterReview }),
  }
}

const wantsPicture = ({ kinds }: Check): boolean => kinds === undefined || kinds.some((kind) => kind !== 'record')

/** Results as `resultOf` gives them. */
export function resultRates(checks: readonly Check[], resultOf: (check: Check) => Result): Pick<InspectionSummary, 'passed' | 'failed' | 'review'> {
  const of = (result: Result): Rate => rate(checks.filter((check) => resultOf(check) === result).length, checks.length, all)
  return { passed: of('pass'), failed: of('fail'), review: of('review') }
}

function afterReviewOf(checks: readonly Check[], rules: RuleSet, reviews: readonly Review[]): AfterReview | undefined {
  const said = standingWords(reviews)
  const reviewed = checks.filter(({ n }) => said.has(n)).length
  if (reviewed === 0) return undefined
  const standing = ({ n, verdict }: Check): Result => said.get(n)?.result ?? verdict.result
  return {
    reviewed,
    ...resultRates(checks, standing),
    ...(rules.scores && { scores: scoreOf(rules.scores, checks.map((check) => factsOf(check, rules, standing(check)))) }),
  }
}

/** Of each check the last word of a person. `reviews` in the order they were given. */
export function standingWords(reviews: readonly Review[]): ReadonlyMap<number, Review> {
  return new Map(reviews.map((review) => [review.n, review]))
}

/** Four decimals, rounded half up; null where there is nothing to divide by. */
export function rate(numerator: number, denominator: number, of: Rate['of']): Rate {
  if (denominator === 0) return { numerator, denominator, of, rate: null, interval95: null }
  const [low, high] = clopperPearson(numerator, denominator)
  return { numerator, denominator, of, rate: fourDecimals(numerator, denominator), interval95: [nearest(low), nearest(high)] }
}

const nearest = (value: number): number => Math.round(value * 10_000) / 10_000
