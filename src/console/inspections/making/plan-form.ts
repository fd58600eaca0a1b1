// Which cameras a new inspection draws, as the form holds it, and the request it becomes.
import type { OpenBody, Outlook, Plan, StartBody } from '../../client/inspections.ts'

/** `classes`: by class, as the rule set says. `same`: the cameras of an earlier inspection once more. */
export const byRules = 'classes'
export const sameCameras = 'same'

/** For each sample and stratum how many; `all` is not changed here. */
export type Counts = readonly (readonly (number | 'all')[])[]
export type Kind = 'record' | 'image' | 'running'
export type SeedWay = 'made' | 'typed' | 'dice' | 'two'

export const countsOf = (plan: Plan): Counts => plan.samples.map(({ strata }) => strata.map(({ count }) => count))
export const sumOf = (counts: Counts): number | 'all' => {
  const all = counts.flat()
  return all.includes('all') ? 'all' : all.reduce<number>((sum, count) => sum + (count === 'all' ? 0 : count), 0)
}
export const isChanged = (plan: Plan, counts: Counts): boolean => plan.samples.some(({ strata }, at) => strata.some(({ count }, nth) => counts[at]?.[nth] !== count))

/** The plan with other counts: a stratum of none is left out, and so is a sample of none. Its name says that it is no longer the one that ships. */
export function changedPlan(plan: Plan, counts: Counts, note: { readonly zh: string; readonly en: string }): Plan {
  const samples = plan.samples.flatMap((sample, at) => {
    const strata = sample.strata.flatMap((stratum, nth) => {
      const count = counts[at]?.[nth] ?? stratum.count
      return count === 0 ? [] : [{ ...stratum, count }]
    })
    return strata.length === 0 ? [] : [{ ...sample, strata }]
  })
  return { ...plan, name: `${plan.name}-own`, title: { zh: plan.title.zh + note.zh, en: plan.title.en + note.en }, samples }
}

/** The plan that the rule set's classes make: shown as every other. */
export const classesPlan = (strata: readonly { readonly class: string; readonly count: number }[], titleOf: (code: string) => { readonly zh: string; readonly en: string }, title: { readonly zh: string; readonly en: string }): Plan => ({
  name: byRules,
  title,
  population: { isNetworkedOnly: false, leavesOutExempted: true, where: [] },
  samples: [{ name: 'points', title: { zh: '点位抽查', en: 'cameras by class' }, kinds: ['record', 'image'], strata: strata.map((each) => ({ name: `class ${each.class}`, title: titleOf(each.class), where: [{ field: 'class', match: 'equals' as const, values: [each.class], says: titleOf(each.class) }], count: each.count })) }],
})

/** Cameras of a stratum of the plan, by the place of its sample; where each value of a field is one, of all of them together. */
export function availableOf({ strata }: Pick<Outlook, 'strata'>): (sample: number, name: string) => { readonly cameras: number; readonly parts: number } {
  return (sample, name) => {
    const own = strata.filter((each) => (each.nth ?? 1) === sample + 1 && (each.name === name || each.name?.startsWith(`${name} `) === true))
    const exact = own.filter((each) => each.name === name)
    const counted = exact.length > 0 ? exact : own
    return { cameras: counted.reduce((sum, { population }) => sum + population, 0), parts: counted.length }
  }
}
export interface Wish {
  readonly area: string
  readonly plan: Plan | undefined
  readonly counts: Counts
  readonly networkedOnly: boolean
  /** name@version. */
  readonly rules: string
  readonly changedNote: { readonly zh: string; readonly en: string }
  readonly redrawReason: string
}

type Cameras = Pick<OpenBody, 'preset' | 'plan' | 'strata'>

/** What ships goes by its name; classes go as classes; what was changed goes whole. */
function camerasOf({ plan, counts, changedNote }: Wish): Cameras {
  if (!plan) return {}
  if (plan.name === byRules) return { strata: plan.samples.flatMap(({ strata }, at) => strata.map((stratum, nth) => ({ class: stratum.where[0]?.values[0] ?? '', count: Number(counts[at]?.[nth] ?? 0) }))).filter(({ count }) => count > 0) }
  return isChanged(plan, counts) ? { plan: { ...changedPlan(plan, counts, changedNote) } } : { preset: plan.name }
}

const common = ({ area, rules, networkedOnly, redrawReason }: Wish): Pick<OpenBody, 'area' | 'rules' | 'networkedOnly' | 'redrawReason'> => ({
  area, rules, ...(networkedOnly ? { networkedOnly } : {}), ...(redrawReason.trim() === '' ? {} : { redrawReason: redrawReason.trim() }),
})

/** An empty seed is made by the service. */
export const startOf = (wish: Wish, seed: string): StartBody => ({ ...common(wish), ...camerasOf(wish), ...(seed === '' ? {} : { seed }) })
export const openingOf = (wish: Wish, other: string, openForS: number): OpenBody => ({ ...common(wish), ...camerasOf(wish), other, openForS })
export const againOf = ({ area, rules }: Wish, sampleOf: string, kinds: readonly Kind[]): StartBody => ({ area, rules, sampleOf, kinds: [...kinds] })
