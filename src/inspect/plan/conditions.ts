// Conditions on a camera's record: what a value is, whether it fits, and which fields a plan looks at. Pure.
import type { Condition, Plan, PopulationMember, Stratum } from '../types.ts'

/** What the columns of a population list are called in the field table. A field that is not here is a further one of the member. */
const columnOf = {
  code: 'id', name: 'name', class: 'class', area: 'area', managementUnit: 'owner', policeUnit: 'policeUnit', networking: 'networking', functionType: 'functionType',
  longitude: 'longitude', latitude: 'latitude', builtBy: 'builtBy',
} as const satisfies Readonly<Record<string, keyof PopulationMember>>

const isColumn = (field: string): field is keyof typeof columnOf => Object.hasOwn(columnOf, field)

/** As declared; '' where it is not. */
export const valueOf = (member: PopulationMember, field: string): string => (isColumn(field) ? member[columnOf[field]] : (member.fields?.[field] ?? ''))

export function holds(member: PopulationMember, { field, match, values }: Condition): boolean {
  const value = valueOf(member, field)
  return values.some((wanted) => {
    if (wanted === '' || match === 'equals') return value === wanted
    return match === 'prefix' ? value.startsWith(wanted) : value.split('/').includes(wanted)
  })
}

export const holdAll = (member: PopulationMember, where: readonly Condition[]): boolean => where.every((condition) => holds(member, condition))

const conditionsOf = ({ population, samples }: Plan): readonly { readonly field: string }[] => [
  ...population.where,
  ...samples.flatMap(({ strata }) => strata.flatMap(({ where, each }) => [...where, ...(each ? [each] : [])])),
]

/** Fields beyond the columns of every list that the plan looks at, sorted: they become columns of its list. */
export const furtherFields = (plan: Plan): readonly string[] => [...new Set(conditionsOf(plan).map(({ field }) => field))].filter((field) => !isColumn(field)).sort()

/** The class, where that is the stratum's one condition. */
export function classOf({ where }: Pick<Stratum, 'where'>): string {
  const [only, ...others] = where
  return only && others.length === 0 && only.field === 'class' && only.match === 'equals' && only.values.length === 1 ? (only.values[0] ?? '') : ''
}
