// The records of a ZIP archive as our packages have them, and no others: files stored as they are, sizes and checksums known beforehand, no times,
// no comments. Every byte that is not a file's own is decided by names, sizes and checksums, so a reader writes the records again and compares;
// and what is stored as it is cannot blow up when it is read. PKWARE APPNOTE 6.3.10 4.3, 4.5.3 (ZIP64).
import { ParseError } from '../../base/index.ts'

export interface ZipEntry {
  /** Plain names separated by `/`, in ASCII. */
  readonly name: string
  readonly size: number
  readonly crc32: number
  /** Where its local header begins. */
  readonly offset: number
}

/** Letters, digits, `-`, `_` and single dots between them: nothing that climbs, hides or means another drive. */
export const isPackagePath = (path: string): boolean => path.length <= 200 && /^[\w-]+(\.[\w-]+)*(\/[\w-]+(\.[\w-]+)*)*$/.test(path)

/** Larger numbers than these stand in the ZIP64 fields. */
const most32 = 0xffff_ffff
const most16 = 0xffff
const [plainVersion, zip64Version] = [20, 45]
/** Names are UTF-8. */
const flags = 0x0800
/** 1980-01-01: an archive says nothing of when; its manifest does. */
const date = 0x0021
const unixMade = 3 << 8
/** A plain file that its owner writes and all may read. */
const attributes = 0o100644 * 0x1_0000

export const endBytes = 22
export const zip64EndBytes = 56 + 20
const localBytes = 30
const centralBytes = 46

const malformed = (what: string): ParseError => new ParseError('zip.malformed', what)

//  0 signature 4 | 4 version 2 | 6 flags 2 | 8 method 2 | 10 time 2 | 12 date 2 | 14 crc 4 | 18 packed 4 | 22 size 4 | 26 name 2 | 28 extra 2 | name, extra
export function writeLocal({ name, size, crc32 }: ZipEntry): Buffer {
  const isLarge = size >= most32
  const extra = isLarge ? zip64Field([size, size]) : Buffer.alloc(0)
  const header = Buffer.alloc(localBytes)
  header.writeUInt32LE(0x0403_4b50, 0)
  header.writeUInt16LE(isLarge ? zip64Version : plainVersion, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(date, 12)
  header.writeUInt32LE(crc32, 14)
  header.writeUInt32LE(isLarge ? most32 : size, 18)
  header.writeUInt32LE(isLarge ? most32 : size, 22)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, Buffer.from(name, 'latin1'), extra])
}

//  0 signature 4 | 4 made by 2 | 6 version 2 | 8 flags 2 | 10 method 2 | 12 time 2 | 14 date 2 | 16 crc 4 | 20 packed 4 | 24 size 4 | 28 name 2 |
//  30 extra 2 | 32 comment 2 | 34 disk 2 | 36 internal 2 | 38 external 4 | 42 offset 4 | name, extra
export function writeCentral({ name, size, crc32, offset }: ZipEntry): Buffer {
  const large = [...(size >= most32 ? [size, size] : []), ...(offset >= most32 ? [offset] : [])]
  const extra = large.length > 0 ? zip64Field(large) : Buffer.alloc(0)
  const version = large.length > 0 ? zip64Version : plainVersion
  const header = Buffer.alloc(centralBytes)
  header.writeUInt32LE(0x0201_4b50, 0)
  header.writeUInt16LE(unixMade | version, 4)
  header.writeUInt16LE(version, 6)
  header.writeUInt16LE(flags, 8)
  header.writeUInt16LE(date, 14)
  header.writeUInt32LE(crc32, 16)
  header.writeUInt32LE(Math.min(size, most32), 20)
  header.writeUInt32LE(Math.min(size, most32), 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt32LE(attributes, 38)
  header.writeUInt32LE(Math.min(offset, most32), 42)
  return Buffer.concat([header, Buffer.from(name, 'latin1'), extra])
}

function zip64Field(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length)
  field.writeUInt16LE(0x0001, 0)
  field.writeUInt16LE(8 * values.length, 2)
  values.forEach((value, index) => field.writeBigUInt64LE(BigInt(value), 4 + 8 * index))
  return field
}

/** Of the archive: how many files, and where their directory is. */
export interface ZipEnd {
  readonly entries: number
  readonly directoryBytes: number
  readonly directoryAt: number
}

export const isZip64 = ({ entries, directoryBytes, directoryAt }: ZipEnd): boolean => entries >= most16 || directoryBytes >= most32 || directoryAt >= most32

export function writeEnd(end: ZipEnd): Buffer {
  const { entries, directoryBytes, directoryAt } = end
  const last = Buffer.alloc(endBytes)
  last.writeUInt32LE(0x0605_4b50, 0)
  last.writeUInt16LE(Math.min(entries, most16), 8)
  last.writeUInt16LE(Math.min(entries, most16), 10)
  last.writeUInt32LE(Math.min(directoryBytes, most32), 12)
  last.writeUInt32LE(Math.min(directoryAt, most32), 16)
  if (!isZip64(end)) return last
  const large = Buffer.alloc(zip64EndBytes)
  large.writeUInt32LE(0x0606_4b50, 0)
  large.writeBigUInt64LE(44n, 4)
  large.writeUInt16LE(unixMade | zip64Version, 12)
  large.writeUInt16LE(zip64Version, 14)
  large.writeBigUInt64LE(BigInt(entries), 24)
  large.writeBigUInt64LE(BigInt(entries), 32)
  large.writeBigUInt64LE(BigInt(directoryBytes), 40)
  large.writeBigUInt64LE(BigInt(directoryAt), 48)
  large.writeUInt32LE(0x0706_4b50, 56)
  large.writeBigUInt64LE(BigInt(directoryAt + directoryBytes), 64)
  large.writeUInt32LE(1, 72)
  return Buffer.concat([large, last])
}

/** `tail`: the last bytes of an archive, at least `endBytes`, with `zip64EndBytes` more where there are as many. Throws ParseError. */
export function parseEnd(tail: Buffer): ZipEnd {
  const at = tail.length - endBytes
  if (at < 0 || tail.readUInt32LE(at) !== 0x0605_4b50) throw malformed('does not end as a package does: it is no package, or cut off')
  const plain: ZipEnd = { entries: tail.readUInt16LE(at + 10), directoryBytes: tail.readUInt32LE(at + 12), directoryAt: tail.readUInt32LE(at + 16) }
  const isLarge = isZip64(plain)
  const largeAt = at - zip64EndBytes
  if (isLarge && largeAt < 0) throw malformed('ends too soon')
  const end = isLarge ? { entries: safe(tail, largeAt + 32), directoryBytes: safe(tail, largeAt + 40), directoryAt: safe(tail, largeAt + 48) } : plain
  if (!writeEnd(end).equals(tail.subarray(isLarge ? largeAt : at))) throw malformed('has a changed byte in its last record')
  return end
}

/** The directory's entry at `at`, and where the next begins. Throws ParseError for anything that we would not have written. */
export function parseCentral(directory: Buffer, at: number): { readonly entry: ZipEntry; readonly next: number } {
  if (at + centralBytes > directory.length || directory.readUInt32LE(at) !== 0x0201_4b50) throw malformed('has a damaged directory')
  const [nameBytes, extraBytes] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30)]
  const next = at + centralBytes + nameBytes + extraBytes
  if (next > directory.length) throw malformed('has a damaged directory')
  const name = directory.toString('latin1', at + centralBytes, at + centralBytes + nameBytes)
  if (!isPackagePath(name)) throw malformed(`names a file ${JSON.stringify(name.slice(0, 60).replace(/[^\x20-\x7e]/g, '?'))}, which no package has`)
  if (directory.readUInt16LE(at + 10) !== 0) throw malformed(`holds ${name} compressed: packages hold files as they are`)
  const large = directory.subarray(at + centralBytes + nameBytes + 4, next)
  let read = 0
  const field = (value: number, isTwice: boolean): number => {
    if (value !== most32) return value
    if (large.length < read + (isTwice ? 16 : 8)) throw malformed(`has a damaged directory at ${name}`)
    const wide = safe(large, read)
    read += isTwice ? 16 : 8
    return wide
  }
  const size = field(directory.readUInt32LE(at + 24), true)
  const entry: ZipEntry = { name, size, crc32: directory.readUInt32LE(at + 16), offset: field(directory.readUInt32LE(at + 42), false) }
  if (!writeCentral(entry).equals(directory.subarray(at, next))) throw malformed(`has a changed byte in its directory at ${name}`)
  return { entry, next }
}

function safe(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed('has a number that is none')
  return Number(value)
}
