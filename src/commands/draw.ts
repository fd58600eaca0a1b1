// `yiji draw`: the sample again, from the published list and the seed, with nothing else.
import { readFileSync } from 'node:fs'
import { AppError } from '../base/index.ts'
import { draw, parsePopulation } from '../inspect/index.ts'

export interface DrawArguments {
  readonly population: string
  readonly seed: string
  readonly class1: number
  readonly class2: number
  readonly class3: number
  readonly json?: boolean
}

export async function drawAgain(options: DrawArguments): Promise<number> {
  let text: string
  try {
    text = readFileSync(options.population, 'utf8')
  } catch (error) {
    throw new AppError('usage.invalid', `the population cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  const strata = [options.class1, options.class2, options.class3].map((count, index) => ({ class: String(index + 1), count }))
  const drawn = draw(parsePopulation(text), { seed: options.seed, strata })
  if (options.json) {
    process.stdout.write(`${JSON.stringify(drawn)}\n`)
    return 0
  }
  process.stdout.write(`algorithm ${drawn.algorithm}, seed ${drawn.seed}\npopulation ${drawn.population.size} cameras, SHA-256 ${drawn.population.sha256}\n`)
  for (const stratum of drawn.strata) {
    process.stdout.write(`class ${stratum.class}: ${stratum.drawn} drawn of ${stratum.population}${stratum.drawn < stratum.asked ? ` (${stratum.asked} asked: fewer exist)` : ''}\n`)
  }
  for (const [index, member] of drawn.members.entries()) process.stdout.write(`${String(index + 1).padStart(2)}  ${member.id}  class ${member.class}  ${member.name}\n`)
  return 0
}
