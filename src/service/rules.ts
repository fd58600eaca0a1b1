// What the rules on records go by: the user's outlines and table of divisions, and the figures of the configuration. Read again wherever a file is
// checked in a thread of its own.
import { existsSync, readFileSync } from 'node:fs'
import { AppError, ParseError } from '../base/index.ts'
import type { Config } from '../config.ts'
import { createDivisions, parseDivisions, shippedDivisions, type Divisions, type RuleLimits, type RuleSources } from '../registry/index.ts'
import { readOutlines } from './outlines.ts'

/** As a thread can be told it. */
export interface RuleFiles {
  readonly outlines?: string
  readonly divisions?: string
  readonly limits?: RuleLimits
}

export const ruleFilesOf = ({ outlines, registry }: Pick<Config, 'outlines' | 'registry'>): RuleFiles => ({
  ...(outlines === undefined ? {} : { outlines }),
  ...(registry.divisions === undefined ? {} : { divisions: registry.divisions }),
  limits: registry.rules,
})

/** Throws AppError 'config.invalid' naming the file and the row. */
export function readDivisions(file: string): Divisions {
  const named = `registry.divisions (YIJI_REGISTRY_DIVISIONS) is "${file}"`
  if (!existsSync(file)) throw new AppError('config.invalid', `${named}: there is no such file`)
  try {
    return createDivisions(parseDivisions(readFileSync(file, 'utf8')))
  } catch (error) {
    throw error instanceof ParseError ? new AppError('config.invalid', `${named}: ${error.message}`) : error
  }
}

export const readRules = ({ outlines, divisions, limits }: RuleFiles): RuleSources & { readonly divisions: Divisions } => ({
  ...(outlines === undefined ? {} : { outlines: readOutlines(outlines) }),
  // Read before anybody waits for it: the shipped table takes some 20 ms.
  divisions: divisions === undefined ? shippedDivisions() : readDivisions(divisions),
  ...(limits === undefined ? {} : { limits }),
})
