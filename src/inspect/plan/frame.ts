// From the cameras of an area to those that are drawn from: who is left out, and why. Pure.
import { hash } from 'node:crypto'
import type { Exempted, Exemption, LeftOut, LeftOutMember, Plan, PopulationMember } from '../types.ts'
import { holdAll } from './conditions.ts'
import { isNetworked } from './samples.ts'

/** Cameras that an exemption is shown with; all of them are in left-out.tsv. Ours. */
const shownCameras = 50
/** Exemptions that an inspection carries with it; left-out.tsv names those of every camera, and none is ever taken out of the list. Ours. */
const shownExemptions = 1_000

export interface Frame {
  /** Who is drawn from. */
  readonly population: readonly PopulationMember[]
  readonly leftOut: readonly LeftOutMember[]
  readonly about: LeftOut
  /** Exemptions that concern the area, those too that left no camera out. */
  readonly exempted: readonly Exempted[]
}

/** `exemptions`: those in force. The first reason that fits counts: exempted, not networked, filtered. */
export function frameOf(members: readonly PopulationMember[], plan: Pick<Plan, 'population'>, exemptions: readonly Exemption[]): Frame {
  const { isNetworkedOnly, leavesOutExempted, where } = plan.population
  const find = exemptionFinder(leavesOutExempted ? exemptions : [])
  const population: PopulationMember[] = []
  const leftOut: LeftOutMember[] = []
  for (const member of members) {
    const exemption = find(member)
    if (exemption) leftOut.push({ member, why: 'exempted', exemption: exemption.n })
    else if (isNetworkedOnly && !isNetworked(member)) leftOut.push({ member, why: 'not-networked' })
    else if (!holdAll(member, where)) leftOut.push({ member, why: 'filtered' })
    else population.push(member)
  }
  return { population, leftOut, about: countLeftOut(leftOut), exempted: leavesOutExempted ? exemptedBy(exemptions, leftOut) : [] }
}

/** One's own exemption counts before that of a division; of several the oldest. */
function exemptionFinder(exemptions: readonly Exemption[]): (member: PopulationMember) => Exemption | undefined {
  const oldestFirst = [...exemptions].sort((a, b) => a.n - b.n)
  const ofCameras = new Map([...oldestFirst].reverse().flatMap((exemption) => (exemption.camera === undefined ? [] : [[exemption.camera, exemption] as const])))
  const ofAreas = oldestFirst.filter(({ camera }) => camera === undefined)
  return (member) => ofCameras.get(member.id) ?? ofAreas.find(({ area }) => lies(member, area))
}

/** A record that does not declare its division lies where its code says. */
const lies = (member: PopulationMember, area: string): boolean => (member.area === '' ? member.id : member.area).startsWith(area)

/** Those that left cameras out come first, so that they are the ones that are shown. */
function exemptedBy(exemptions: readonly Exemption[], leftOut: readonly LeftOutMember[]): readonly Exempted[] {
  const cameras = Map.groupBy(leftOut, ({ exemption }) => exemption)
  return exemptions
    .map((exemption) => {
      const own = cameras.get(exemption.n) ?? []
      return { exemption, cameras: own.length, some: own.slice(0, shownCameras).map(({ member: { id, name, class: of } }) => ({ id, name, class: of })) }
    })
    .sort((a, b) => Number(b.cameras > 0) - Number(a.cameras > 0) || a.exemption.n - b.exemption.n)
    .slice(0, shownExemptions)
}

function countLeftOut(leftOut: readonly LeftOutMember[]): LeftOut {
  const count = (why: LeftOutMember['why']): number => leftOut.filter((each) => each.why === why).length
  return { size: leftOut.length, sha256: hash('sha256', leftOutText(leftOut)), exempted: count('exempted'), notNetworked: count('not-networked'), filtered: count('filtered') }
}

/** left-out.tsv: code, why, class, area, networking, number of the exemption; sorted by code, one camera a line. With population.tsv it is the whole area. */
export const leftOutText = (leftOut: readonly LeftOutMember[]): string =>
  leftOut
    .map(({ member, why, exemption }) => ({ bytes: Buffer.from(member.id), line: `${[member.id, why, member.class, member.area, member.networking, exemption ?? ''].join('\t').replace(/[\r\n]+/g, ' ')}\n` }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ line }) => line)
    .join('')
