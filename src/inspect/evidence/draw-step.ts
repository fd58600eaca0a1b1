// Does the sample follow from the published list and the seed? Computed from the documents of a package alone. Pure.
import { hash } from 'node:crypto'
import { draw } from '../draw.ts'
import { drawPlan } from '../plan/samples.ts'
import { commitmentOf, seedOfHalves } from '../plan/seed.ts'
import { parsePopulation } from '../population.ts'
import type { Draw, Inspection, Plan, SeedSide } from '../types.ts'
import { stepOf, type VerifyStep } from './verify-types.ts'

/** `texts`: documents by name. */
export function drawStep(texts: ReadonlyMap<string, string>): VerifyStep {
  const says = 'the sample follows from the list and the seed'
  const missing = ['population.tsv', 'draw.json', 'inspection.json'].filter((name) => !texts.has(name))
  if (missing.length > 0) return stepOf('draw', says, missing.map((name) => `${name} is missing`))
  const kept = parsed<Draw>(texts.get('draw.json'))
  const facts = parsed<Pick<Inspection, 'plan' | 'halves'>>(texts.get('inspection.json'))
  if (!isDraw(kept) || !facts) return stepOf('draw', says, ['draw.json or inspection.json is damaged'])
  const list = texts.get('population.tsv') ?? ''
  const wrong: string[] = []
  if (hash('sha256', list) !== kept.population.sha256) wrong.push(`population.tsv is not the list that was drawn from: its SHA-256 was ${kept.population.sha256}`)
  const leftOut = texts.get('left-out.tsv') ?? ''
  if (kept.leftOut && hash('sha256', leftOut) !== kept.leftOut.sha256) wrong.push('left-out.tsv is not the list of those that were left out')
  if (facts.halves) wrong.push(...wrongHalves(facts.halves, kept.seed))
  wrong.push(...wrongSample(kept, facts.plan, list))
  return stepOf('draw', `${says}: ${kept.members.length} of ${kept.population.size}, seed ${kept.seed}, ${kept.algorithm}`, wrong)
}

/** Plans of before were classes. What a forged plan makes of the draw is a line as well. */
function wrongSample(kept: Draw, plan: Plan | undefined, list: string): readonly string[] {
  const wrong: string[] = []
  try {
    const population = parsePopulation(list)
    const again = plan ? drawPlan(population, plan, kept.seed) : draw(population, { seed: kept.seed, strata: kept.strata.map((stratum) => ({ class: stratum.class, count: stratum.asked })) })
    for (const [index, { id }] of kept.members.entries()) if (again.members[index]?.id !== id) wrong.push(`number ${index + 1} of the sample is ${id}, and the draw gives ${again.members[index]?.id ?? 'nobody'}`)
    if (again.members.length > kept.members.length) wrong.push(`the draw gives ${again.members.length} cameras, the sample has ${kept.members.length}`)
  } catch (error) {
    wrong.push(`it cannot be drawn again: ${error instanceof Error ? error.message : String(error)}`)
  }
  return wrong
}

/** Each half is the one that its side had committed to, and both make the seed. */
function wrongHalves(halves: readonly SeedSide[], seed: string): readonly string[] {
  const wrong: string[] = []
  try {
    for (const { by, half = '', salt = '', commitment } of halves) if (commitmentOf(half, salt) !== commitment) wrong.push(`the half of ${by} is not the one that was committed to`)
    if (seedOfHalves(halves[0]?.half ?? '', halves[1]?.half ?? '') !== seed) wrong.push('the seed is not the one that both halves make')
  } catch (error) {
    wrong.push(`the halves of the seed: ${error instanceof Error ? error.message : String(error)}`)
  }
  return wrong
}

function parsed<T>(text: string | undefined): T | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? (value as T) : undefined
  } catch {
    return undefined
  }
}

const isDraw = (value: Partial<Draw> | undefined): value is Draw =>
  Array.isArray(value?.members) && value.members.every((member) => typeof member?.id === 'string') && Array.isArray(value.strata) && value.strata.every((stratum) => typeof stratum?.class === 'string') && typeof value.seed === 'string' && typeof value.population?.sha256 === 'string'
