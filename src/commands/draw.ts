// `yiji draw`: the sample again, from the published list and the seed, with nothing else; held against a report where one is given. And the other
// side of a two-party draw.
import { readFileSync } from 'node:fs'
import { AppError } from '../base/index.ts'
import { checkPlan, checkSeed, classPlan, drawDifferences, drawPlan, parsePopulation, presetOf, readDrawnReport, readMember, seedOfHalves, type Draw, type DrawnReport, type Plan } from '../inspect/index.ts'
import { planFields } from '../service/plan-fields.ts'
import { connectTo } from './client.ts'
import { makeSide, takeSide } from './two-party.ts'

export interface DrawArguments {
  readonly population?: string
  readonly seed?: string
  /** The first side's half, then the second's. */
  readonly half?: readonly string[]
  readonly preset?: string
  readonly plan?: string
  readonly class1?: number
  readonly class2?: number
  readonly class3?: number
  readonly report?: string
  /** An evidence package: its own list and report. */
  readonly package?: string
  readonly commit?: boolean
  readonly join?: string
  readonly server?: string
  readonly user?: string
  readonly json?: boolean
}

/** The core notice's numbers. */
const usual = [10, 5, 5] as const

export async function drawAgain(options: DrawArguments): Promise<number> {
  if (options.commit) return printSide(options)
  if (options.join !== undefined) return join(options, options.join)
  if (options.population === undefined && options.package === undefined) throw new AppError('usage.invalid', 'name the published list with --population, or an evidence package with --package; see --help for --commit and --join')
  const packed = options.package === undefined ? undefined : await unpack(options.package)
  const list = options.population === undefined ? (packed?.list ?? '') : read(options.population, 'the population')
  const report = options.report === undefined ? packed?.report : readReport(options.report)
  const seed = seedOf(options, report)
  const drawn = drawPlan(parsePopulation(list), planOf(options, report), seed)
  const differences = report ? drawDifferences(drawn, report) : []
  if (options.json) process.stdout.write(`${JSON.stringify({ ...drawn, ...(report && { differences }) })}\n`)
  else print(drawn, report && differences)
  return differences.length === 0 ? 0 : 1
}

function seedOf({ seed, half = [] }: DrawArguments, report: DrawnReport | undefined): string {
  if (seed !== undefined && half.length > 0) throw new AppError('usage.invalid', 'give either --seed or two --half, not both')
  if (half.length > 0) {
    const [first, second, ...others] = half
    if (first === undefined || second === undefined || others.length > 0) throw new AppError('usage.invalid', 'give --half twice: of the side that opened the draw, then of the other')
    return seedOfHalves(first, second)
  }
  const known = seed ?? report?.seed
  if (known === undefined) throw new AppError('usage.invalid', 'the seed is missing: give --seed, two --half, or --report')
  return checkSeed(known)
}

function planOf({ preset, plan, class1, class2, class3 }: DrawArguments, report: DrawnReport | undefined): Plan {
  const counts = [class1, class2, class3]
  const hasCounts = counts.some((count) => count !== undefined)
  if ([preset !== undefined, plan !== undefined, hasCounts].filter(Boolean).length > 1) throw new AppError('usage.invalid', '--preset, --plan and --class1 to 3 each say which cameras: give one of them')
  if (preset !== undefined) return presetOf(preset)
  if (plan !== undefined) return checkPlan(readJson(plan, 'the plan'), planFields)
  if (report && !hasCounts) return report.plan
  return classPlan(counts.map((count, index) => ({ class: String(index + 1), count: count ?? usual[index] ?? 0 })))
}

const readReport = (file: string): DrawnReport => reportIn(readJson(file, 'the report'), file)

function reportIn(value: unknown, name: string): DrawnReport {
  const report = readDrawnReport(value)
  if (!report) throw new AppError('usage.invalid', `${name} is no report.json of an inspection`)
  return { ...report, plan: checkPlan(report.plan, planFields) }
}

/** The report of a patrol over 50,000 cameras has some 400 MB. */
const mostMember = 512 * 1024 * 1024

/** List and report of an evidence package, or of the folder that it was unpacked into. Its signature is what `yiji verify` looks at. */
async function unpack(path: string): Promise<{ readonly list: string; readonly report: DrawnReport }> {
  const member = async (name: string): Promise<string> => {
    try {
      return (await readMember(path, name, mostMember)).toString('utf8')
    } catch (error) {
      throw new AppError('usage.invalid', `${path} is no evidence package of a whole inspection: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const [list, text] = [await member('population.tsv'), await member('report.json')]
  try {
    return { list, report: reportIn(JSON.parse(text), `report.json in ${path}`) }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('usage.invalid', `report.json in ${path} is no JSON`)
  }
}

/** Also for `yiji inspect --plan`. Throws AppError `usage.invalid`. */
export function readJson(file: string, what: string): unknown {
  const text = read(file, what)
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError('usage.invalid', `${what} ${file} is not JSON`)
  }
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new AppError('usage.invalid', `${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function print(drawn: Draw, differences: readonly string[] | undefined): void {
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  say(`algorithm ${drawn.algorithm}, seed ${drawn.seed}`)
  say(`population ${drawn.population.size} cameras, SHA-256 ${drawn.population.sha256}`)
  const samples = new Set(drawn.strata.map(({ nth }) => nth)).size
  for (const { name, class: of, sample, drawn: count, population, asked } of drawn.strata) {
    say(`${samples > 1 ? `${sample}, ` : ''}${name ?? `class ${of}`}: ${count} drawn of ${population}${count < asked ? ` (${asked} asked: fewer exist)` : ''}`)
  }
  for (const [index, member] of drawn.members.entries()) {
    const strata = (drawn.drawnIn?.[index] ?? []).flatMap((at) => drawn.strata[at]?.name ?? [])
    say(`${String(index + 1).padStart(2)}  ${member.id}  ${strata.join(' + ')}  ${member.name}`)
  }
  if (!differences) return
  if (differences.length === 0) say('the report shows this sample')
  for (const difference of differences) say(`DIFFERS  ${difference}`)
}

function printSide({ json }: DrawArguments): number {
  const side = makeSide()
  process.stdout.write(json ? `${JSON.stringify(side)}\n` : `half        ${side.half}\nsalt        ${side.salt}\ncommitment  ${side.commitment}\nShow the commitment only; half and salt when both sides have committed.\n`)
  return 0
}

async function join({ server = 'http://127.0.0.1:8080', user = 'admin', json }: DrawArguments, id: string): Promise<number> {
  const password = process.env.YIJI_USER_PASSWORD
  if (!password) throw new AppError('usage.invalid', `the password of "${user}" is read from the environment: set YIJI_USER_PASSWORD`)
  const client = await connectTo(server, user, password)
  const say = (text: string): void => void (json ? undefined : process.stdout.write(`${text}\n`))
  const { plan, seed = '' } = await takeSide(client, id, say)
  const drawn = drawPlan(parsePopulation((await client.bytes(`/draws/${id}/population.tsv`)).toString()), plan, seed)
  if (json) process.stdout.write(`${JSON.stringify(drawn)}\n`)
  else print(drawn, undefined)
  return 0
}
