// Archives of ours on disk: written as a stream from files whose sizes and checksums are known, and opened again with every byte accounted for.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { AppError, ParseError } from '../../base/index.ts'
import { endBytes, parseCentral, parseEnd, writeCentral, writeEnd, writeLocal, zip64EndBytes, type ZipEnd, type ZipEntry } from '../evidence/zip-records.ts'

/** A file for an archive: where it is, or its bytes. */
export interface Packable {
  readonly name: string
  readonly from: string | Buffer
}

/** What is known of it before it is written. */
export interface Measured extends Packable {
  readonly size: number
  readonly crc32: number
  readonly sha256: string
}

const pieceBytes = 1 << 20

export async function measureFile(file: Packable): Promise<Measured> {
  const hash = createHash('sha256')
  let [size, checksum] = [0, 0]
  for await (const piece of piecesOf(file.from)) {
    hash.update(piece)
    checksum = crc32(piece, checksum)
    size += piece.length
  }
  return { ...file, size, crc32: checksum, sha256: hash.digest('hex') }
}

async function* piecesOf(from: string | Buffer): AsyncGenerator<Buffer> {
  if (typeof from !== 'string') return yield from
  yield* createReadStream(from, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>
}

/** Entries as they will lie in the archive, and its length to the byte. */
export function layOut(files: readonly Measured[]): { readonly entries: readonly ZipEntry[]; readonly end: ZipEnd; readonly size: number } {
  const entries: ZipEntry[] = []
  let at = 0
  for (const { name, size, crc32: checksum } of files) {
    const entry: ZipEntry = { name, size, crc32: checksum, offset: at }
    entries.push(entry)
    at += writeLocal(entry).length + size
  }
  const directoryBytes = entries.reduce((sum, entry) => sum + writeCentral(entry).length, 0)
  const end: ZipEnd = { entries: entries.length, directoryBytes, directoryAt: at }
  return { entries, end, size: at + directoryBytes + writeEnd(end).length }
}

/** The archive in pieces. Throws AppError `busy` when a file is no longer what was measured. */
export async function* writeZip(files: readonly Measured[]): AsyncGenerator<Buffer> {
  const { entries, end } = layOut(files)
  for (const [index, file] of files.entries()) {
    const entry = entries[index]
    if (!entry) continue
    yield writeLocal(entry)
    let [left, checksum] = [file.size, 0]
    for await (const piece of piecesOf(file.from)) {
      left -= piece.length
      checksum = crc32(piece, checksum)
      if (left < 0) break
      yield piece
    }
    if (left !== 0 || checksum !== file.crc32) throw new AppError('busy', `${file.name} changed while the package was made: take it again`)
  }
  let batch: Buffer[] = []
  for (const entry of entries) {
    batch.push(writeCentral(entry))
    if (batch.length < 1000) continue
    yield Buffer.concat(batch)
    batch = []
  }
  yield Buffer.concat([...batch, writeEnd(end)])
}

export interface ZipFile {
  readonly entries: ReadonlyMap<string, ZipEntry>
  readonly size: number
  readonly bytes: (name: string) => AsyncIterable<Buffer>
  readonly close: () => Promise<void>
}

/** Ours: a patrol of 50,000 cameras has five files of each. */
const mostEntries = 300_000
const mostDirectory = 128 * 1024 * 1024

/** Opens an archive that `writeZip` wrote. Throws ParseError for any other, and for one with a byte changed outside its files. */
export async function openZip(path: string): Promise<ZipFile> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const tail = await read(file, Math.max(0, size - endBytes - zip64EndBytes), Math.min(size, endBytes + zip64EndBytes))
    const end = parseEnd(tail)
    if (end.entries > mostEntries || end.directoryBytes > mostDirectory) throw malformed('has more files than a package can have')
    if (end.directoryAt + end.directoryBytes + writeEnd(end).length !== size) throw malformed('has bytes missing, or bytes that belong to nothing')
    const directory = await read(file, end.directoryAt, end.directoryBytes)
    const entries = new Map<string, ZipEntry>()
    const starts = new Map<string, number>()
    let [at, next] = [0, 0]
    for (let n = 0; n < end.entries; n++) {
      const { entry, next: after } = parseCentral(directory, at)
      if (entries.has(entry.name)) throw malformed(`holds ${entry.name} twice`)
      if (entry.offset !== next) throw malformed(`has bytes that belong to nothing before ${entry.name}, or files over one another`)
      const local = writeLocal(entry)
      next = entry.offset + local.length + entry.size
      if (next > end.directoryAt) throw malformed(`is cut off in ${entry.name}`)
      if (!(await read(file, entry.offset, local.length)).equals(local)) throw malformed(`has a changed byte before ${entry.name}`)
      entries.set(entry.name, entry)
      starts.set(entry.name, entry.offset + local.length)
      at = after
    }
    if (at !== directory.length || next !== end.directoryAt) throw malformed('has bytes that belong to nothing')
    return {
      entries,
      size,
      bytes: (name) => range(path, starts.get(name), entries.get(name)?.size),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

const malformed = (what: string): ParseError => new ParseError('zip.malformed', what)

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, at)
  if (bytesRead !== length) throw malformed('ends too soon')
  return bytes
}

async function* range(path: string, start: number | undefined, size: number | undefined): AsyncGenerator<Buffer> {
  if (start === undefined || size === undefined || size === 0) return
  yield* createReadStream(path, { start, end: start + size - 1, highWaterMark: pieceBytes }) as AsyncIterable<Buffer>
}
