// Trouble of this service in the midst of a check: what of it stops the whole inspection, and what is kept of a check that it broke. Pure.
import { AppError } from '../base/index.ts'
import type { Broken } from './types.ts'

/** A check that broke is begun once more; then it is kept as not checked, so that one camera does not hold up the others. */
export const triesOfBroken = 2
/** What the machine cannot go on with, whatever camera it is. */
const machineFaults: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'EACCES'])
/** Characters of what broke that are kept. Ours. */
const longestDetail = 500

/** The stable code of what ails the machine itself; undefined for what may be one camera's alone. */
export function machineFault(error: unknown): string | undefined {
  if (error instanceof AppError) return error.code === 'disk.full' || error.code === 'data.unwritable' || error.code === 'busy' ? error.code : undefined
  const code = systemCode(error)
  if (code === undefined || !machineFaults.has(code)) return undefined
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'disk.full' : 'data.unwritable'
}

/** As it is kept with the check. `folder` of the evidence is left out of the words: a recording travels, and where it lay is nobody's business. */
export function describeBreak(error: unknown, tries: number, folder: string): Broken {
  const detail = (error instanceof Error ? error.message : String(error)).replaceAll(`${folder}/`, '').slice(0, longestDetail)
  return { code: error instanceof AppError ? error.code : (systemCode(error) ?? 'internal'), detail, tries }
}

/** Of the operating system: EISDIR, ENOSPC. */
function systemCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
