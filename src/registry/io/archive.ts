// A ZIP archive on disk, one entry at a time and never whole: sizes are bounded before and while an entry is inflated, and its checksum is compared.
// PKWARE APPNOTE 4.3; read by yauzl, which follows the directory at the end; inflated here, in larger pieces than
// it asks for: a sheet of 200 MB comes in 1,600 of them instead of 12,600.
import type { Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { ParseError } from '../../base/index.ts'

/** Ours: a workbook of 200,000 records with 50 columns is 60 MB packed and 600 MB unpacked, at a ratio of 10 to 60. */
export const archiveBounds = { entries: 2000, unpacked: 1_000_000_000, ratio: 250, ratioFrom: 10_000_000 }

const [stored, deflated] = [0, 8]
const pieceBytes = 128 * 1024

export interface Archive {
  /** As they stand there; find by them in lower case. */
  readonly names: readonly string[]
  readonly has: (name: string) => boolean
  /** An entry's bytes as they come. `onPacked` hears how many packed bytes were read. Throws ParseError. */
  readonly bytes: (name: string, onPacked?: (bytes: number) => void) => AsyncGenerator<Buffer>
  /** Packed size of an entry, 0 when there is none. */
  readonly packed: (name: string) => number
  readonly close: () => void
}

const bad = (what: string): ParseError => new ParseError('zip.malformed', `the archive ${what}`)
const bomb = (what: string): ParseError => new ParseError('zip.too-large', `the archive ${what}`)

export async function openArchive(path: string): Promise<Archive> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: false }).catch((error: unknown) => {
    if (isSystem(error)) throw error
    throw bad(`cannot be read: ${said(error)}`)
  })
  try {
    const entries = await readEntries(zip)
    const find = (name: string): Entry | undefined => entries.get(name.toLowerCase().replace(/^\//, ''))
    return {
      names: [...entries.values()].map((entry) => entry.fileName),
      has: (name) => find(name) !== undefined,
      packed: (name) => find(name)?.compressedSize ?? 0,
      bytes: (name, onPacked) => {
        const entry = find(name)
        if (!entry) throw bad(`has no ${name}`)
        return inflate(zip, entry, onPacked)
      },
      close: () => zip.close(),
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

function readEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > archiveBounds.entries) throw bomb(`has more than ${archiveBounds.entries} entries`)
  const entries = new Map<string, Entry>()
  return new Promise((resolve, reject) => {
    zip.on('error', (error: unknown) => reject(isSystem(error) ? error : bad(`is damaged: ${said(error)}`)))
    zip.on('end', () => resolve(entries))
    zip.on('entry', (entry: Entry) => {
      if ((entry.generalPurposeBitFlag & 1) === 1) return reject(bad('is protected by a password: save it without one'))
      const name = entry.fileName.toLowerCase().replace(/^\//, '')
      if (entries.has(name)) return reject(bad(`has ${entry.fileName} twice`))
      entries.set(name, entry)
      zip.readEntry()
    })
    zip.readEntry()
  })
}

async function* inflate(zip: ZipFile, entry: Entry, onPacked: (bytes: number) => void = () => {}): AsyncGenerator<Buffer> {
  const { fileName, compressedSize, uncompressedSize, compressionMethod } = entry
  const tooLarge = bomb(`unpacks ${fileName} to more than is read (${archiveBounds.unpacked / 1e6} MB, or ${archiveBounds.ratio} times its packed size)`)
  const bound = Math.min(archiveBounds.unpacked, Math.max(archiveBounds.ratioFrom, compressedSize * archiveBounds.ratio))
  if (uncompressedSize > bound) throw tooLarge
  if (compressionMethod !== stored && compressionMethod !== deflated) throw bad(`packs ${fileName} in a way that is not read`)
  let [size, checksum] = [0, 0]
  try {
    const packed = await zip.openReadStreamPromise(entry, compressionMethod === stored ? {} : { decodeFileData: false })
    for await (const chunk of compressionMethod === stored ? packed : unpacked(packed)) {
      const bytes = chunk as Buffer
      size += bytes.length
      if (size > bound) throw tooLarge
      if (size > uncompressedSize) throw bad(`is damaged in ${fileName}: it is longer than it says`)
      checksum = crc32(bytes, checksum)
      onPacked(Math.round((size / uncompressedSize) * compressedSize))
      yield bytes
    }
  } catch (error) {
    if (error instanceof ParseError || isSystem(error)) throw error
    throw bad(`is damaged in ${fileName}: ${said(error)}`)
  }
  if (size !== uncompressedSize || checksum !== entry.crc32) throw bad(`is damaged in ${fileName}: its checksum does not fit`)
}

/** Ends both streams when its reader leaves early. */
async function* unpacked(packed: Readable): AsyncGenerator<Buffer> {
  const inflated = createInflateRaw({ chunkSize: pieceBytes })
  packed.on('error', (error) => inflated.destroy(error))
  try {
    for await (const bytes of packed.pipe(inflated)) yield bytes as Buffer
  } finally {
    packed.destroy()
    inflated.destroy()
  }
}

/** An error of the disk, not of the bytes. zlib's own begin with Z_ or ERR_. */
const isSystem = (error: unknown): boolean => {
  const code = (error as { readonly code?: unknown }).code
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) && !code.startsWith('ERR')
}

const said = (error: unknown): string => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)).slice(0, 120)
