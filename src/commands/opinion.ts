// `yiji evidence`: the signed package of an inspection, or of one check of it, from a running service. `yiji opinion`: such a package of another
// installation given to a check here. `yiji key`: the list of keys that the operator has compared.
import { createWriteStream, existsSync, readFileSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Opinion, SigningKey } from '../api/index.ts'
import { AppError } from '../base/index.ts'
import { readFingerprint, showFingerprint } from '../inspect/index.ts'
import { connectTo, type Client } from './client.ts'

export interface ServerArguments {
  readonly server: string
  readonly user: string
  readonly json?: boolean
}

const at = (inspection: string): string => `/inspections/${encodeURIComponent(inspection)}`
const say = (text: string): void => void process.stdout.write(`${text}\n`)

function connected({ server, user }: ServerArguments): Promise<Client> {
  const password = process.env.YIJI_USER_PASSWORD
  if (!password) throw new AppError('usage.invalid', `the password of "${user}" is read from the environment: set YIJI_USER_PASSWORD`)
  return connectTo(server, user, password)
}

export interface EvidenceArguments extends ServerArguments {
  readonly out: string
  readonly check?: number
  readonly parts?: string
}

/** Under its name only when it is whole. */
export async function evidence(inspection: string, options: EvidenceArguments): Promise<number> {
  const { out, check, parts } = options
  const client = await connected(options)
  const query = [...(check === undefined ? [] : [`check=${check}`]), ...(parts === undefined ? [] : [`parts=${encodeURIComponent(parts)}`])].join('&')
  const body = await client.stream(`${at(inspection)}/evidence.zip${query === '' ? '' : `?${query}`}`)
  const part = `${out}.part`
  try {
    await pipeline(body, createWriteStream(part))
    await rename(part, out)
  } catch (error) {
    await rm(part, { force: true })
    throw new AppError('data.unwritable', `${out} could not be written: ${error instanceof Error ? error.message : String(error)}`)
  }
  const { size } = statSync(out)
  if (options.json) say(JSON.stringify({ file: out, size }))
  else say(`${out}: ${size} bytes; prove it with: yiji verify ${out}`)
  return 0
}

/** Exit 1 where its recording gives something else, or cannot be read. */
export async function opinion(inspection: string, n: string, file: string, options: ServerArguments): Promise<number> {
  if (!/^[1-9]\d{0,5}$/.test(n)) throw new AppError('usage.invalid', `"${n}" is no number of a check`)
  if (!existsSync(file)) throw new AppError('usage.invalid', `there is no package at ${file}`)
  const client = await connected(options)
  const given = await client.upload<Opinion>(`${at(inspection)}/checks/${n}/opinions/package`, file)
  if (options.json) say(JSON.stringify(given))
  else sayOpinion(given)
  return given.state === 'verified' ? 0 : 1
}

function sayOpinion({ id, n, node, verdict, state, signed, key, differences, remarks }: Opinion): void {
  say(`opinion ${id} on check ${n}, of ${node}: ${verdict.result}${verdict.reasons.length > 0 ? ` (${verdict.reasons.join(', ')})` : ''}`)
  if (signed) say(`  made ${signed.madeAt} by ${signed.madeBy}, check ${signed.n} of inspection ${signed.inspection} (${signed.software})`)
  if (signed) say(`  key ${showFingerprint(signed.fingerprint)}: ${key?.state ?? 'unknown'}${key?.name === undefined ? '' : `, ${key.name}`}`)
  if (key?.state !== 'trusted') say('  (nobody here has compared this key with its owner: yiji key add)')
  say(`  its recording computed again here: ${state === 'verified' ? 'the same' : state}`)
  for (const line of [...differences, ...remarks]) say(`  - ${line}`)
}

export async function listKeys(options: ServerArguments): Promise<number> {
  const { items } = await (await connected(options)).json<{ readonly items: readonly SigningKey[] }>('GET', '/signing-keys')
  if (options.json) say(JSON.stringify(items))
  else for (const each of items) say(lineOf(each))
  return 0
}

/** `key`: a fingerprint, or a file with a public key. */
export async function addKey(key: string, { name, note, ...options }: ServerArguments & { readonly name: string; readonly note: string }): Promise<number> {
  const read = readFingerprint(key) ?? publicKeyIn(key)
  const added = await (await connected(options)).json<SigningKey>('POST', '/signing-keys', { key: read, name, note })
  say(options.json ? JSON.stringify(added) : lineOf(added))
  return 0
}

export async function revokeKey(id: string, { reason, ...options }: ServerArguments & { readonly reason: string }): Promise<number> {
  if (!/^[1-9]\d{0,8}$/.test(id)) throw new AppError('usage.invalid', `"${id}" is no number of a key: yiji key list shows them`)
  const revoked = await (await connected(options)).json<SigningKey>('POST', `/signing-keys/${id}/revoke`, { reason })
  say(options.json ? JSON.stringify(revoked) : lineOf(revoked))
  return 0
}

const lineOf = ({ id, name, fingerprint, note, revoked }: SigningKey): string => `${id}  ${showFingerprint(fingerprint)}  ${revoked ? 'REVOKED' : 'trusted'}  ${name}  (${revoked ? revoked.reason : note})`

const mostKey = 4_096

function publicKeyIn(file: string): string {
  if (!existsSync(file) || statSync(file).size > mostKey) throw new AppError('usage.invalid', `"${file.slice(0, 100)}" is neither a fingerprint of 64 hexadecimal digits nor a file with a public key`)
  return readFileSync(file, 'latin1')
}
