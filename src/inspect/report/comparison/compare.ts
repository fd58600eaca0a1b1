// Two inspections side by side: what improved, what worsened, and how much of that chance alone would do. Pure.
import { resultRates, summarise } from '../../summary.ts'
import type { Check, ComparedCamera, ComparedInspection, ComparedRate, Comparison, Inspection, InspectionSummary, Rate, Result, Review } from '../../types.ts'
import { rateOrder } from '../rows.ts'
import { lastReviews, standingResult } from '../standing.ts'
import { differenceInterval, fisher, signTest } from './exact-tests.ts'

export interface ComparedSide {
  readonly inspection: Inspection
  readonly reviews: readonly Review[]
}

/** Cameras of both that are listed; the counts are of all. Ours. */
const maxCompared = 2_000

/** `earlier` and `later` by when they began; given the other way round they are put right. */
export function compareInspections(one: ComparedSide, other: ComparedSide): Comparison {
  const [earlier, later] = one.inspection.startedAtMs <= other.inspection.startedAtMs ? [one, other] : [other, one]
  const [machineBefore, machineAfter] = [summarise(earlier.inspection.checks), summarise(later.inspection.checks)]
  const [before, after] = [{ ...machineBefore, ...standingRates(earlier) }, { ...machineAfter, ...standingRates(later) }]
  const cameras = camerasOfBoth(earlier, later)
  const count = (change: ComparedCamera['change']): number => cameras.filter((camera) => camera.change === change).length
  const [failed, recovered] = [cameras.filter(({ earlier: from, later: to }) => from === 'pass' && to === 'fail').length, cameras.filter(({ earlier: from, later: to }) => from === 'fail' && to === 'pass').length]
  const order = { worsened: 0, improved: 1, same: 2 } as const
  return {
    earlier: outlineOf(earlier),
    later: outlineOf(later),
    cautions: cautionsOf(earlier.inspection, later.inspection),
    rates: rateOrder.map((name) => ({ ...comparedRate(name, before[name], after[name]), ...machineBeside([before[name], machineBefore[name]], [after[name], machineAfter[name]]) })),
    cameras: [...cameras].sort((a, b) => order[a.change] - order[b.change] || (a.id < b.id ? -1 : 1)).slice(0, maxCompared),
    inBoth: cameras.length,
    improved: count('improved'),
    worsened: count('worsened'),
    pairedP: signTest(recovered, failed),
    isWhole: isWhole(earlier.inspection) && isWhole(later.inspection),
  }
}

/** By its name; before there were plans, by what was asked of each class. */
export const planOf = ({ plan, draw }: Pick<Inspection, 'plan' | 'draw'>): string => plan?.name ?? draw.strata.map((stratum) => `${stratum.class}:${stratum.asked}`).join(',')

/** Results as they stand: what a person said last, else what the machine found. As of the list of cameras below. */
function standingRates({ inspection, reviews }: ComparedSide): Pick<InspectionSummary, 'passed' | 'failed' | 'review'> {
  const last = lastReviews(reviews)
  return resultRates(inspection.checks, (check) => standingResult(check, last))
}

function machineBeside([was, machineWas]: readonly [Rate, Rate], [is, machineIs]: readonly [Rate, Rate]): Pick<ComparedRate, 'machine'> {
  return was.numerator === machineWas.numerator && is.numerator === machineIs.numerator ? {} : { machine: { earlier: machineWas, later: machineIs } }
}

function comparedRate(name: string, earlier: Rate, later: Rate): ComparedRate {
  const hasBoth = earlier.denominator > 0 && later.denominator > 0
  return {
    name,
    earlier,
    later,
    difference: hasBoth ? Math.round((later.numerator / later.denominator - earlier.numerator / earlier.denominator) * 10_000) / 10_000 : null,
    interval95: hasBoth ? differenceInterval(earlier.numerator, earlier.denominator, later.numerator, later.denominator) : null,
    p: hasBoth ? fisher(earlier.numerator, earlier.denominator, later.numerator, later.denominator) : null,
  }
}

const goodness: Readonly<Record<Result, number>> = { fail: 0, review: 1, pass: 2 }

function camerasOfBoth(earlier: ComparedSide, later: ComparedSide): readonly ComparedCamera[] {
  const resultsOf = ({ inspection, reviews }: ComparedSide): ReadonlyMap<string, { readonly check: Check; readonly result: Result }> => {
    const last = lastReviews(reviews)
    return new Map(inspection.checks.map((check) => [check.camera.id, { check, result: standingResult(check, last) }]))
  }
  const before = resultsOf(earlier)
  return [...resultsOf(later)].flatMap(([id, { check, result }]) => {
    const was = before.get(id)?.result
    if (was === undefined) return []
    const change = goodness[result] > goodness[was] ? 'improved' : goodness[result] < goodness[was] ? 'worsened' : 'same'
    return [{ id, name: check.camera.name, owner: check.camera.owner, earlier: was, later: result, change }]
  })
}

function cautionsOf(earlier: Inspection, later: Inspection): Comparison['cautions'] {
  const shape = ({ draw }: Inspection): string => JSON.stringify(draw.strata.map((stratum) => [stratum.class, stratum.asked]))
  const cautions: Comparison['cautions'][number][] = []
  if (earlier.area !== later.area) cautions.push('other-area')
  if (planOf(earlier) !== planOf(later)) cautions.push('other-plan')
  else if (shape(earlier) !== shape(later)) cautions.push('other-strata')
  if (earlier.rules.name !== later.rules.name || earlier.rules.version !== later.rules.version) cautions.push('other-rules')
  if ([earlier, later].some((each) => each.state !== 'done' || each.checks.length < each.total)) cautions.push('not-finished')
  return cautions
}

const isWhole = ({ draw, checks }: Inspection): boolean => checks.length >= draw.population.size

const outlineOf = ({ inspection, reviews }: ComparedSide): ComparedInspection => ({
  id: inspection.id,
  area: inspection.area,
  startedAt: new Date(inspection.startedAtMs).toISOString(),
  plan: planOf(inspection),
  ruleSet: { name: inspection.rules.name, version: inspection.rules.version },
  checks: inspection.checks.length,
  population: inspection.draw.population.size,
  reviewed: lastReviews(reviews).size,
})
