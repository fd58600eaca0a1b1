// The key of the installation: made at the first start, kept in the data directory for its owner alone, part of every backup.
import { chmodSync, existsSync, linkSync, openSync, closeSync, fsyncSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, ParseError } from '../base/index.ts'
import { makeKey, signerOf, type Signer } from '../inspect/index.ts'
import { installationKeyName } from '../store/index.ts'

/** Throws AppError `disk.full`, and `data.unwritable` for a key that cannot be read or made: what it signed could not be told from a forgery if it were replaced. */
export function openInstallation(dataDir: string): { readonly signer: Signer; readonly isNew: boolean } {
  const file = join(dataDir, installationKeyName)
  try {
    const isNew = !existsSync(file)
    if (isNew) writeWhole(file, makeKey())
    chmodSync(file, 0o600)
    const signer = signerOf(readFileSync(file, 'utf8'))
    return { signer, isNew }
  } catch (error) {
    if (error instanceof ParseError) throw new AppError('data.unwritable', `${file} is damaged (${error.message}): put the one of a backup in its place; a new one is made when it is taken away, and what was signed before is then proved by the old public key alone`)
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw new AppError('disk.full', `no space left for ${file}: free some`)
    throw new AppError('data.unwritable', `${file} cannot be read or made: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Under its name only when it is whole on the disk, and never over another. */
function writeWhole(file: string, text: string): void {
  const part = `${file}.part`
  rmSync(part, { force: true })
  const handle = openSync(part, 'wx', 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  linkSync(part, file)
  rmSync(part)
}
