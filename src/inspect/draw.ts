// The sample of classes: stratified, without replacement, computable again by anyone. Algorithm `sha256-order-1`, explained in docs/draw.md;
// plan/samples.ts draws by whole plans, of which this is the simplest.
import { AppError } from '../base/index.ts'
import { classPlan } from './plan/presets.ts'
import { drawPlan } from './plan/samples.ts'
import type { Draw, PopulationMember } from './types.ts'

export interface DrawOptions {
  /** 16 to 64 hex digits; upper case is lowered before use. */
  readonly seed: string
  readonly strata: readonly { readonly class: string; readonly count: number }[]
}

/**
 * Orders each class by the SHA-256 of `seed:code` in hex and takes the first `count`; a class that has fewer gives all it has, and its
 * stratum says so. Members come stratum by stratum, in that order. Throws AppError `draw.invalid`.
 */
export function draw(population: readonly PopulationMember[], { seed, strata }: DrawOptions): Draw {
  for (const [index, { class: name, count }] of strata.entries()) {
    if (!Number.isInteger(count) || count < 0) throw new AppError('draw.invalid', `class ${name}: ${count} is not a count`)
    if (strata.findIndex((each) => each.class === name) < index) throw new AppError('draw.invalid', `class ${name} is asked for twice`)
  }
  return drawPlan(population, classPlan(strata), seed)
}
