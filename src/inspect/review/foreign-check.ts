// A check that another installation sends: believed in nothing, read only as far as it is needed to be shown and compared.
import { AppError } from '../../base/index.ts'
import { reasonCodes } from '../rules/index.ts'
import type { Check, ReasonCode, Result } from '../types.ts'

/** A verdict file has some ten kilobytes; a long running-state check twenty times that. */
const maxBytes = 1024 * 1024
const results: readonly Result[] = ['pass', 'fail', 'review']

const wrong = (what: string): AppError => new AppError('request.invalid', `the check of the other node: ${what}`)

/** Throws AppError `request.invalid`. */
export function readForeignCheck(value: unknown): Check {
  const text = JSON.stringify(value)
  if (text === undefined || text.length > maxBytes) throw wrong(`more than ${maxBytes} bytes`)
  const { n, camera, record, attempts, verdict, evidence } = objectOf(value, 'the whole')
  if (!Number.isInteger(n)) throw wrong('n must be a whole number')
  const { id } = objectOf(camera, 'camera')
  if (typeof id !== 'string' || id.length > 64) throw wrong('camera.id must be the code of a camera')
  objectOf(record, 'record')
  for (const [name, list] of [['attempts', attempts], ['evidence', evidence]] as const) if (!Array.isArray(list) || list.length > 1000) throw wrong(`${name} must be a list`)
  const { result, reasons } = objectOf(verdict, 'verdict')
  if (!results.some((each) => each === result)) throw wrong('verdict.result must be pass, fail or review')
  if (!Array.isArray(reasons) || !reasons.every((reason) => reasonCodes.some((code: ReasonCode) => code === reason))) throw wrong('verdict.reasons must be reasons that this program knows')
  return value as Check
}

function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`${name} must be an object`)
  return value as Readonly<Record<string, unknown>>
}
