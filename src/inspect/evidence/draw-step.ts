// Does the sample follow from the published list and the seed? Computed from the documents of a package alone. Pure.
import { createHash } from 'node:crypto'
import { AppError } from '../../base/index.ts'
import { draw } from '../draw.ts'
import { parsePopulation } from '../population.ts'
import type { Draw } from '../types.ts'
import { stepOf, type VerifyStep } from './verify-types.ts'

/** `texts`: documents by name. */
export function drawStep(texts: ReadonlyMap<string, string>): VerifyStep {
  const says = 'the sample follows from the list and the seed'
  const list = texts.get('population.tsv')
  const text = texts.get('draw.json')
  if (list === undefined || text === undefined) return stepOf('draw', says, [`${list === undefined ? 'population.tsv' : 'draw.json'} is missing`])
  let kept: Draw
  try {
    kept = JSON.parse(text) as Draw
    if (!isDraw(kept)) throw new SyntaxError('not whole')
  } catch {
    return stepOf('draw', says, ['draw.json is damaged'])
  }
  const wrong: string[] = []
  const sha256 = createHash('sha256').update(list).digest('hex')
  if (sha256 !== kept.population.sha256) wrong.push(`population.tsv is not the list that was drawn from: its SHA-256 was ${kept.population.sha256}`)
  try {
    const again = draw(parsePopulation(list), { seed: kept.seed, strata: kept.strata.map((stratum) => ({ class: stratum.class, count: stratum.asked })) })
    const [was, is] = [kept.members, again.members].map((members) => members.map(({ id }) => id))
    for (const [index, id] of (was ?? []).entries()) if (is?.[index] !== id) wrong.push(`number ${index + 1} of the sample is ${id}, and the draw gives ${is?.[index] ?? 'nobody'}`)
    if ((is?.length ?? 0) > (was?.length ?? 0)) wrong.push(`the draw gives ${is?.length} cameras, the sample has ${was?.length}`)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    wrong.push(error.message)
  }
  return stepOf('draw', `${says}: ${kept.members.length} of ${kept.population.size}, seed ${kept.seed}, ${kept.algorithm}`, wrong)
}

const isDraw = (value: Partial<Draw> | null): boolean =>
  Array.isArray(value?.members) && value.members.every((member) => typeof member?.id === 'string') && Array.isArray(value.strata) && value.strata.every((stratum) => typeof stratum?.class === 'string') && typeof value.seed === 'string' && typeof value.population?.sha256 === 'string'
