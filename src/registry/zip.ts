// Is this a sound ZIP archive within bounds? PKWARE APPNOTE 4.3. The reader of workbooks waits for ever on a cut archive and unpacks any bomb,
// so every entry is unpacked and its checksum compared before it sees one.
import { crc32, inflateRawSync } from 'node:zlib'
import { ParseError } from '../base/index.ts'

/** Ours: a workbook of 200,000 records is 20 MB packed and 250 MB unpacked. */
const maxUnpacked = 400_000_000
const maxEntries = 1000
const endSize = 22
const directorySize = 46
const localSize = 30

const bad = (what: string): ParseError => new ParseError('zip.malformed', `the archive ${what}`)

/** Throws ParseError for anything but a whole archive of stored or deflated entries. Returns the names of its entries. */
export function checkZip(bytes: Buffer): readonly string[] {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0 || end + endSize > bytes.length) throw bad('has no end: it is not a workbook, or was cut')
  const count = bytes.readUInt16LE(end + 10)
  if (count > maxEntries) throw bad(`has more than ${maxEntries} entries`)
  const names: string[] = []
  let at = bytes.readUInt32LE(end + 16)
  let unpacked = 0
  for (let entry = 0; entry < count; entry++) {
    if (at + directorySize > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw bad('has a damaged directory')
    const [flags, method] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)]
    const [checksum, packedSize, size] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24)]
    const [nameLength, extraLength, commentLength] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)]
    const local = bytes.readUInt32LE(at + 42)
    const name = bytes.toString('utf8', at + directorySize, at + directorySize + nameLength)
    if ((flags & 1) === 1) throw bad('is protected by a password')
    if (local + localSize > bytes.length || bytes.readUInt32LE(local) !== 0x04034b50) throw bad(`has lost its entry ${name}`)
    if (bytes.readUInt16LE(local + 8) !== method) throw bad(`disagrees with itself about its entry ${name}`)
    unpacked += size
    if (unpacked > maxUnpacked) throw bad(`unpacks to more than ${maxUnpacked} bytes`)
    const from = local + localSize + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    if (from + packedSize > bytes.length) throw bad(`is cut within its entry ${name}`)
    const content = unpack(bytes.subarray(from, from + packedSize), method, size, name)
    if (content.length !== size || crc32(content) !== checksum) throw bad(`is damaged in its entry ${name}`)
    names.push(name)
    at += directorySize + nameLength + extraLength + commentLength
  }
  return names
}

function unpack(packed: Buffer, method: number, size: number, name: string): Buffer {
  if (method === 0) return packed
  if (method !== 8) throw bad(`packs its entry ${name} in a way that is not read`)
  try {
    return inflateRawSync(packed, { maxOutputLength: size + 1 })
  } catch {
    throw bad(`is damaged in its entry ${name}`)
  }
}
