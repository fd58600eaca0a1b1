// A package as it is verified: the archive, or the folder that somebody unpacked it into.
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { ParseError } from '../../base/index.ts'
import { isPackagePath } from '../evidence/zip-records.ts'
import { openZip } from './zip-file.ts'

export interface PackageSource {
  readonly kind: 'archive' | 'folder'
  /** Sizes by path. */
  readonly files: ReadonlyMap<string, number>
  readonly bytes: (path: string) => AsyncIterable<Buffer>
  readonly close: () => Promise<void>
}

/** Throws ParseError for what is no package at all. */
export async function openPackage(path: string): Promise<PackageSource> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new ParseError('package.malformed', 'is not there')
  return found.isDirectory() ? openFolder(path) : openArchive(path)
}

async function openArchive(path: string): Promise<PackageSource> {
  const zip = await openZip(path)
  return { kind: 'archive', files: new Map([...zip.entries.values()].map(({ name, size }) => [name, size])), bytes: zip.bytes, close: zip.close }
}

async function openFolder(path: string): Promise<PackageSource> {
  const files = new Map<string, number>()
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    const name = join(entry.parentPath, entry.name).slice(join(path, sep).length).split(sep).join('/')
    if (!entry.isFile() || !isPackagePath(name)) throw new ParseError('package.malformed', `holds ${JSON.stringify(name.slice(0, 100))}, which no package has`)
    files.set(name, (await stat(join(path, name))).size)
  }
  return {
    kind: 'folder',
    files,
    bytes: (name) => createReadStream(join(path, name), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>,
    close: async () => {},
  }
}

/** One file of a package, whole. Throws ParseError where it is not there or larger than `most` bytes. */
export async function readMember(path: string, name: string, most: number): Promise<Buffer> {
  const source = await openPackage(path)
  try {
    const size = source.files.get(name)
    if (size === undefined || size > most) throw new ParseError('package.malformed', size === undefined ? `${name} is missing` : `${name} is too large: ${size} bytes`)
    const pieces: Buffer[] = []
    for await (const piece of source.bytes(name)) pieces.push(piece)
    return Buffer.concat(pieces)
  } finally {
    await source.close()
  }
}
