// `yiji replay`: every verdict computed again from its recording alone; exit 1 where one differs from the one kept beside it.
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { AppError, silentLog, systemClock } from '../base/index.ts'
import { chooseRules, openDecoder, replay, type RuleSet } from '../inspect/index.ts'
import { observing } from '../service/observing.ts'
import { software } from '../service/start.ts'

/** A rule set by its name, or from a JSON file of one. Throws AppError `usage.invalid`, `request.invalid` naming the figure that is wrong. */
export async function rulesFrom(nameOrFile: string): Promise<string | RuleSet> {
  if (!existsSync(nameOrFile)) return nameOrFile
  const text = await readFile(nameOrFile, 'utf8').catch(() => '')
  try {
    return chooseRules(JSON.parse(text) as RuleSet)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('usage.invalid', `${nameOrFile} is no JSON of a rule set`)
  }
}

/** Fields of one recording that are printed; JSON has all. Ours. */
const maxDifferences = 20

export async function replayPath(path: string, options: { readonly rules?: string; readonly json?: boolean }): Promise<number> {
  if (!existsSync(path)) throw new AppError('usage.invalid', `there is no recording at ${path}`)
  const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
  let same = 0
  let different = 0
  let alone = 0
  const results: unknown[] = []
  try {
    for await (const result of replay(path, { decoder, ...observing, software }, options.rules === undefined ? {} : { rules: await rulesFrom(options.rules) })) {
      const { file, kept, computed, differences, remarks } = result
      if (!kept) alone++
      else if (differences.length === 0) same++
      else different++
      const state = !kept ? 'nothing kept beside it' : differences.length === 0 ? 'the same' : `DIFFERS: ${differences.slice(0, maxDifferences).join('; ')}${differences.length > maxDifferences ? `; and ${differences.length - maxDifferences} more` : ''}`
      results.push({ file, result: computed.verdict.result, reasons: computed.verdict.reasons, ...(computed.broken && { broken: computed.broken }), kept: kept?.verdict.result ?? null, differences, remarks })
      if (!options.json) process.stdout.write(`${file}: ${computed.verdict.result}${computed.verdict.reasons.length > 0 ? ` (${computed.verdict.reasons.join(', ')})` : ''}${computed.broken ? `, it broke: ${computed.broken.code} ${JSON.stringify(computed.broken.detail)}` : ''}: ${state}${options.rules !== undefined && remarks.length > 0 ? ` (${remarks.join('; ')})` : ''}\n`)
    }
  } finally {
    await decoder.close()
  }
  const total = same + different + alone
  if (total === 0) throw new AppError('usage.invalid', `${statSync(path).isDirectory() ? `there is no .pcapng recording in ${path}` : `${path} is not a .pcapng recording`}`)
  if (options.json) process.stdout.write(`${JSON.stringify({ total, same, different, alone, results })}\n`)
  else process.stdout.write(`${total} recordings: ${same} the same, ${different} different, ${alone} with nothing to compare to\n`)
  return different > 0 ? 1 : 0
}
