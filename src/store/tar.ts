// Tar archives of plain files, written and read as streams. POSIX.1-2017 pax, ustar interchange format; sizes beyond 8 GiB in base 256 as GNU tar
// writes them.
import { ParseError } from '../base/index.ts'

export interface TarEntry {
  readonly name: string
  readonly size: number
  readonly mtimeMs: number
}

export const blockSize = 512
const maxOctalSize = 0o77777777777
/** Bytes of an entry's name, and of the part before it: as the header has room. */
const nameBytes = 100
const prefixBytes = 155

//  0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 checksum 8 | 156 type 1 | 157 link 100 |
//  257 "ustar\0" 6 | 263 version 2 | 265 user 32 | 297 group 32 | 329 devices 16 | 345 prefix 155 | 500 unused 12

/** The 512 bytes before a file's own. Its owner's alone, like what it was made of. */
export function writeTarHeader({ name, size, mtimeMs }: TarEntry): Buffer {
  const { prefix, rest } = splitName(name)
  const header = Buffer.alloc(blockSize)
  header.write(rest, 0)
  header.write('0000600\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  if (size <= maxOctalSize) header.write(`${octal(size, 11)}\0`, 124)
  else {
    header[124] = 0x80
    header.writeBigUInt64BE(BigInt(size), 128)
  }
  header.write(`${octal(Math.floor(mtimeMs / 1000), 11)}\0`, 136)
  header.fill(0x20, 148, 156)
  header.write('0', 156)
  header.write('ustar\u000000', 257)
  header.write(prefix, 345)
  header.write(`${octal(checksum(header), 6)}\0 `, 148)
  return header
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
const checksum = (header: Buffer): number => header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0)

function splitName(name: string): { readonly prefix: string; readonly rest: string } {
  if (Buffer.byteLength(name) <= nameBytes) return { prefix: '', rest: name }
  const at = name.lastIndexOf('/', prefixBytes)
  const [prefix, rest] = [name.slice(0, at), name.slice(at + 1)]
  if (at <= 0 || Buffer.byteLength(prefix) > prefixBytes || Buffer.byteLength(rest) > nameBytes) throw new Error(`too long a name for an archive: ${name}`)
  return { prefix, rest }
}

/** Zeros that fill a file's last block. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((blockSize - (size % blockSize)) % blockSize)
/** Two empty blocks end an archive. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * blockSize)

/** Undefined for an empty block. Throws ParseError for what is no header of a plain file. */
export function parseTarHeader(header: Buffer): TarEntry | undefined {
  if (header.length !== blockSize) throw malformed('is cut off')
  if (header.every((byte) => byte === 0)) return undefined
  if (header.toString('latin1', 257, 262) !== 'ustar') throw malformed('is no archive')
  if (number(header, 148, 8) !== checksum(header)) throw malformed('has a damaged header')
  const type = header[156]
  if (type !== 0x30 && type !== 0) throw malformed('holds something that is no plain file')
  const [prefix, rest] = [text(header, 345, prefixBytes), text(header, 0, nameBytes)]
  return { name: prefix === '' ? rest : `${prefix}/${rest}`, size: number(header, 124, 12), mtimeMs: number(header, 136, 12) * 1000 }
}

const malformed = (what: string): ParseError => new ParseError('archive.malformed', `it ${what}`)

function text(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end)
}

function number(header: Buffer, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) {
    const value = header.readBigUInt64BE(at + length - 8)
    if (length < 12 || value > BigInt(Number.MAX_SAFE_INTEGER) || header.subarray(at + 1, at + length - 8).some((byte) => byte !== 0)) throw malformed('has a number that is none')
    return Number(value)
  }
  const digits = text(header, at, length).trim()
  if (!/^[0-7]{1,12}$/.test(digits)) throw malformed('has a number that is none')
  return Number.parseInt(digits, 8)
}

/** What a reader gives: the header, then its bytes in pieces. Each entry's `bytes` must be read before the next entry is asked for. */
export interface OpenEntry extends TarEntry {
  readonly bytes: AsyncIterable<Buffer>
}

/** Entries of an archive that comes in pieces. Throws ParseError where it is damaged or ends too soon. */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<OpenEntry> {
  const pieces = source[Symbol.asyncIterator]()
  let kept: Buffer = Buffer.alloc(0)
  const take = async (most: number): Promise<Buffer> => {
    if (kept.length === 0) {
      const next = await pieces.next()
      if (next.done === true) throw malformed('ends too soon')
      kept = next.value
    }
    const taken = kept.subarray(0, most)
    kept = kept.subarray(taken.length)
    return taken
  }
  async function* some(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      const piece = await take(left)
      left -= piece.length
      yield piece
    }
  }
  const whole = async (size: number): Promise<Buffer> => {
    const parts: Buffer[] = []
    for await (const part of some(size)) parts.push(part)
    return Buffer.concat(parts)
  }
  for (;;) {
    const entry = parseTarHeader(await whole(blockSize))
    if (!entry) return
    const bytes = some(entry.size)
    yield { ...entry, bytes }
    for await (const skipped of bytes) void skipped
    await whole(tarPadding(entry.size).length)
  }
}
