// The sample: stratified, without replacement, computable again by anyone. Algorithm `sha256-order-1`, explained in docs/draw.md.
import { createHash } from 'node:crypto'
import { AppError } from '../base/index.ts'
import { populationSha256, sortMembers } from './population.ts'
import type { Draw, PopulationMember, StratumDrawn } from './types.ts'

export interface DrawOptions {
  /** 16 to 64 hex digits; upper case is lowered before use. */
  readonly seed: string
  readonly strata: readonly { readonly class: string; readonly count: number }[]
}

/**
 * Orders each class by the SHA-256 of `seed:code` in hex and takes the first `count`; a class that has fewer gives all it has, and its
 * stratum says so. Members come stratum by stratum, in that order. Throws AppError `draw.invalid`.
 */
export function draw(population: readonly PopulationMember[], options: DrawOptions): Draw {
  const seed = checkSeed(options.seed)
  const frozen = sortMembers(population)
  const members: PopulationMember[] = []
  const strata: StratumDrawn[] = []
  for (const { class: name, count } of options.strata) {
    if (!Number.isInteger(count) || count < 0) throw new AppError('draw.invalid', `class ${name}: ${count} is not a count`)
    if (strata.some((stratum) => stratum.class === name)) throw new AppError('draw.invalid', `class ${name} is asked for twice`)
    const stratum = frozen.filter((member) => member.class === name)
    const drawn = order(stratum, seed).slice(0, count)
    members.push(...drawn)
    strata.push({ class: name, population: stratum.length, asked: count, drawn: drawn.length })
  }
  return { algorithm: 'sha256-order-1', seed, population: { size: frozen.length, sha256: populationSha256(frozen) }, strata, members }
}

/** The seed as it is used and printed. Throws AppError `draw.invalid`. */
export function checkSeed(seed: string): string {
  if (!/^[0-9a-fA-F]{16,64}$/.test(seed)) throw new AppError('draw.invalid', `"${seed}" is not a seed: it takes 16 to 64 hexadecimal digits`)
  return seed.toLowerCase()
}

function order(members: readonly PopulationMember[], seed: string): readonly PopulationMember[] {
  return members
    .map((member) => ({ member, key: `${createHash('sha256').update(`${seed}:${member.id}`).digest('hex')}  ${member.id}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ member }) => member)
}
