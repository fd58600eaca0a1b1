// The sample of a plan: each sample's strata are drawn from the same frozen list by the same seed. docs/draw.md. Pure.
import { hash } from 'node:crypto'
import { AppError } from '../../base/index.ts'
import { populationSha256, sortMembers } from '../population.ts'
import type { Draw, Plan, PopulationMember, Sample, Stratum, StratumDrawn } from '../types.ts'
import { classOf, furtherFields, holdAll, holds, valueOf } from './conditions.ts'
import { checkSeed } from './seed.ts'

/** Strata that one sample may come to when each value of a field is one. Ours. */
const maxStrata = 2_000
/** Cameras of one inspection. Ours. */
const maxDrawn = 200_000

/**
 * Each camera belongs to the first stratum of a sample whose conditions hold. Each stratum is ordered by the SHA-256 of `seed:code`, in the
 * second sample `seed:2:code`, and gives its first `count`; one that has fewer gives all. A camera that is drawn again is one member, drawn in
 * both. Throws AppError `draw.invalid`.
 */
export function drawPlan(population: readonly PopulationMember[], plan: Plan, seedText: string): Draw {
  const seed = checkSeed(seedText)
  const frozen = sortMembers(population)
  const strata: StratumDrawn[] = []
  const drawnIn = new Map<PopulationMember, number[]>()
  for (const [index, sample] of plan.samples.entries()) {
    const nth = index + 1
    for (const part of partsOf(sample, frozen)) {
      const { stratum, members } = part
      const drawn = stratum.count === 'all' ? inOrder(members, seed, nth) : inOrder(members, seed, nth).slice(0, stratum.count)
      for (const member of drawn) drawnIn.set(member, [...(drawnIn.get(member) ?? []), strata.length])
      strata.push(described(sample, nth, stratum, members, drawn.length))
    }
  }
  if (drawnIn.size > maxDrawn) throw new AppError('draw.invalid', `${drawnIn.size} cameras would be drawn: one inspection takes at most ${maxDrawn}`)
  return {
    algorithm: isFirst(plan) ? 'sha256-order-1' : 'sha256-order-2',
    seed,
    population: { size: frozen.length, sha256: populationSha256(frozen) },
    strata,
    members: [...drawnIn.keys()],
    drawnIn: [...drawnIn.values()],
  }
}

/** The strata of a plan over a list, with what each would give: nothing is drawn, so no seed is spent on looking. */
export function countPlan(population: readonly PopulationMember[], plan: Plan): readonly StratumDrawn[] {
  const frozen = sortMembers(population)
  return plan.samples.flatMap((sample, index) =>
    partsOf(sample, frozen).map(({ stratum, members }) => described(sample, index + 1, stratum, members, stratum.count === 'all' ? members.length : Math.min(stratum.count, members.length))),
  )
}

/** What the first algorithm can say: one sample, strata of one class each, and a list without a heading. */
const isFirst = (plan: Plan): boolean =>
  plan.samples.length === 1 && furtherFields(plan).length === 0 && plan.samples.every(({ strata }) => strata.every((stratum) => !stratum.each && classOf(stratum) !== ''))

interface Part {
  readonly stratum: Stratum
  readonly members: readonly PopulationMember[]
}

/** The strata with their cameras, disjoint, in the plan's order. */
function partsOf(sample: Sample, frozen: readonly PopulationMember[]): readonly Part[] {
  // By value where each of a field is a stratum: a camera looks at the strata of the plan, not at thousands of values.
  const groups = sample.strata.map((stratum) => ({ stratum, byValue: new Map<string, PopulationMember[]>() }))
  for (const member of frozen) {
    const group = groups.find(({ stratum }) => holdAll(member, stratum.where))
    if (!group) continue
    const value = group.stratum.each ? valueOf(member, group.stratum.each.field) : ''
    const members = group.byValue.get(value)
    if (members) members.push(member)
    else group.byValue.set(value, [member])
  }
  const parts = groups.flatMap(({ stratum, byValue }) => {
    if (!stratum.each) return [{ stratum, members: byValue.get('') ?? [] }]
    const values = [...byValue.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    return values.map((value) => ({ stratum: stratumOfValue(stratum, value), members: byValue.get(value) ?? [] }))
  })
  if (parts.length > maxStrata) throw new AppError('draw.invalid', `sample ${sample.name} would have ${parts.length} strata: it takes at most ${maxStrata}`)
  return parts
}

/** The stratum of one value of the field that it names. */
function stratumOfValue({ each, ...plain }: Stratum, value: string): Stratum {
  if (!each) return plain
  const shown = { zh: value === '' ? '未填' : value, en: value === '' ? 'not declared' : value }
  const says = { zh: `${each.says.zh}：${shown.zh}`, en: `${each.says.en}: ${shown.en}` }
  return { ...plain, name: `${plain.name} ${value}`.trim(), title: says, where: [...plain.where, { field: each.field, match: 'equals', values: [value], says }] }
}

function described(sample: Sample, nth: number, stratum: Stratum, members: readonly PopulationMember[], drawn: number): StratumDrawn {
  const { name, title, where, count } = stratum
  return {
    class: classOf(stratum),
    population: members.length,
    asked: count === 'all' ? members.length : count,
    drawn,
    name,
    title,
    sample: sample.name,
    nth,
    kinds: sample.kinds,
    where,
    ...(count === 'all' && { isAll: true }),
    unconnected: members.filter((member) => !isNetworked(member)).length,
  }
}

export const isNetworked = (member: PopulationMember): boolean => holds(member, { field: 'networking', match: 'equals', values: ['networked'], says: { zh: '', en: '' } })

/** In the order of the hashes; of two that are equal, which nobody has seen, of the codes. */
function inOrder(members: readonly PopulationMember[], seed: string, nth: number): readonly PopulationMember[] {
  const prefix = nth === 1 ? seed : `${seed}:${nth}`
  return members
    .map((member) => ({ member, key: `${hash('sha256', `${prefix}:${member.id}`)}  ${member.id}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ member }) => member)
}
