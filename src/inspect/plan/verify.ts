// A report held against the draw that its list and seed give: each difference is a line. What the file says may be anything. Pure.
import type { Draw, Plan, SeedSide } from '../types.ts'
import { classPlan } from './presets.ts'
import { commitmentOf, seedOfHalves } from './seed.ts'

/** What is read of report.json; older ones have less. */
export interface DrawnReport {
  readonly seed: string
  readonly plan: Plan
  readonly algorithm?: string
  readonly population?: { readonly size: number; readonly sha256: string }
  readonly strata: readonly { readonly name?: string; readonly class: string; readonly population: number; readonly asked: number; readonly drawn: number }[]
  /** How many were drawn, where the report says it. */
  readonly total?: number
  readonly halves?: readonly SeedSide[]
  /** By number of the check; those that were not done yet are missing. */
  readonly cameras: ReadonlyMap<number, string>
}

type Values = Readonly<Record<string, unknown>>
const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Undefined for what is no report. The plan is believed here: a wrong one draws others. */
export function readDrawnReport(value: unknown): DrawnReport | undefined {
  const { inspection, checks } = isRecord(value) ? value : {}
  if (!isRecord(inspection) || typeof inspection.seed !== 'string' || !Array.isArray(checks)) return undefined
  const strata = listOf(inspection.strata).filter((each) => isRecord(each) && typeof each.class === 'string' && typeof each.drawn === 'number') as DrawnReport['strata']
  const cameras = checks.flatMap((check: unknown) => (isRecord(check) && typeof check.n === 'number' && isRecord(check.camera) ? [[check.n, String(check.camera.id)] as const] : []))
  const plan = isPlan(inspection.plan) ? inspection.plan : classPlan(strata.map((stratum) => ({ class: stratum.class, count: stratum.asked })))
  return {
    seed: inspection.seed,
    plan,
    strata,
    cameras: new Map(cameras),
    ...(typeof inspection.algorithm === 'string' && { algorithm: inspection.algorithm }),
    ...(isRecord(inspection.population) && { population: inspection.population as unknown as { size: number; sha256: string } }),
    ...(Array.isArray(inspection.drawnIn) && { total: inspection.drawnIn.length }),
    ...(Array.isArray(inspection.halves) && { halves: inspection.halves.filter(isRecord) as unknown as readonly SeedSide[] }),
  }
}

const isPlan = (value: unknown): value is Plan =>
  isRecord(value) && listOf(value.samples).length > 0 && listOf(value.samples).every((sample) => isRecord(sample) && listOf(sample.strata).length > 0 && listOf(sample.strata).every((stratum) => isRecord(stratum) && Array.isArray(stratum.where)))

/** Empty: the report shows what its list and seed give. */
export function drawDifferences(draw: Draw, report: DrawnReport): readonly string[] {
  const wrong: string[] = []
  const differ = (what: string, said: unknown, is: unknown): void => {
    if (said !== undefined && said !== is) wrong.push(`${what}: the report says ${String(said)}, the draw gives ${String(is)}`)
  }
  differ('seed', report.seed, draw.seed)
  differ('cameras in the list', report.population?.size, draw.population.size)
  differ('SHA-256 of the list', report.population?.sha256, draw.population.sha256)
  differ('cameras drawn', report.total, draw.members.length)
  differ('strata', report.strata.length, draw.strata.length)
  for (const [index, stratum] of draw.strata.entries()) {
    const said = report.strata[index]
    const name = stratum.name ?? `class ${stratum.class}`
    differ(`${name}, cameras`, said?.population, stratum.population)
    differ(`${name}, drawn`, said?.drawn, stratum.drawn)
  }
  for (const [n, camera] of [...report.cameras].sort(([a], [b]) => a - b)) differ(`number ${n}`, camera, draw.members[n - 1]?.id ?? 'nobody')
  return [...wrong, ...halvesDifferences(report)]
}

/** Each half fits its commitment, and both make the seed. */
function halvesDifferences({ halves, seed }: DrawnReport): readonly string[] {
  if (!halves) return []
  const wrong: string[] = []
  try {
    for (const { by, half = '', salt = '', commitment } of halves) if (commitmentOf(half, salt) !== commitment) wrong.push(`half of ${by}: it does not fit its commitment ${commitment ?? ''}`)
    const made = seedOfHalves(halves[0]?.half ?? '', halves[1]?.half ?? '')
    if (made !== seed) wrong.push(`halves: they make the seed ${made}`)
  } catch (error) {
    wrong.push(`halves: ${error instanceof Error ? error.message : String(error)}`)
  }
  return wrong
}
