// `yiji verify PACKAGE`: is an evidence package whole, signed, and does what it says follow from what it holds? Needs neither a service nor a database.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { AppError, ParseError, silentLog, systemClock } from '../base/index.ts'
import { openDecoder, readFingerprint, readPublicKey, verifyPackage, type VerifyStep } from '../inspect/index.ts'
import { observing } from '../service/observing.ts'
import { software } from '../service/start.ts'

export interface VerifyArguments {
  /** A public key in PEM, or its fingerprint. */
  readonly key?: string
  readonly replay?: boolean
  readonly json?: boolean
}

export async function verify(path: string, options: VerifyArguments): Promise<number> {
  if (!existsSync(path)) throw new AppError('usage.invalid', `there is no package at ${path}`)
  const fingerprint = options.key === undefined ? undefined : fingerprintOf(options.key)
  const decoder = options.replay ? openDecoder({ children: 1, clock: systemClock, log: silentLog }) : undefined
  try {
    const seen = await verifyPackage(path, {
      ...(fingerprint !== undefined && { fingerprint }),
      ...(decoder && { replay: { decoder, ...observing, software } }),
      ...(options.json ? {} : { onStep: (step: VerifyStep) => void process.stdout.write(linesOf(step)) }),
    })
    if (options.json) process.stdout.write(`${JSON.stringify({ ok: seen.ok, steps: seen.steps, ...(seen.manifest && { inspection: seen.manifest.inspection, madeAt: seen.manifest.madeAt, madeBy: seen.manifest.madeBy, installation: seen.manifest.installation }) })}\n`)
    else process.stdout.write(seen.ok ? `${path}: everything is in order\n` : `${path}: NOT IN ORDER: ${seen.steps.filter(({ ok }) => !ok).map(({ name }) => name).join(', ')}\n`)
    return seen.ok ? 0 : 1
  } finally {
    await decoder?.close()
  }
}

const linesOf = ({ name, ok, says, wrong, remarks }: VerifyStep): string =>
  [`${ok ? 'ok ' : 'NOT'}  ${name.padEnd(9)}  ${says}`, ...wrong.map((line) => `       - ${line}`), ...remarks.map((line) => `       (${line})`), ''].join('\n')

const mostKey = 10_000

function fingerprintOf(key: string): string {
  const typed = readFingerprint(key)
  if (typed !== undefined) return typed
  if (!existsSync(key) || statSync(key).size > mostKey) throw new AppError('usage.invalid', `--key is "${key.slice(0, 100)}": it takes a fingerprint of 64 hexadecimal digits, or a file with a public key`)
  try {
    return readPublicKey(readFileSync(key, 'utf8')).fingerprint
  } catch (error) {
    if (error instanceof ParseError) throw new AppError('usage.invalid', `--key ${key}: ${error.message}`)
    throw error
  }
}
