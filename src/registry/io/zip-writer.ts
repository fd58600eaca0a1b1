// A ZIP archive written as it comes, its sizes behind each entry. PKWARE APPNOTE 4.3 and 4.4.4 (bit 3).
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw } from 'node:zlib'

const deflate = promisify(deflateRaw)

/** One file of the archive: its text in pieces, each deflated by itself beside the event loop. */
export interface ZipPart {
  readonly name: string
  readonly pieces: AsyncIterable<string> | Iterable<string>
}

/** 1980-01-01: the same content gives the same archive. */
const dosDate = 0x21
const version = 20
/** Sizes follow the data; names are UTF-8. */
const flags = 0x0808
const deflated = 8

interface Written {
  readonly name: Buffer
  readonly offset: number
  readonly checksum: number
  readonly packed: number
  readonly size: number
}

/** Bytes of the archive, a few at a time: holds one piece. An archive of 4 GiB or more is not made: a RangeError. */
export async function* writeZip(parts: AsyncIterable<ZipPart> | Iterable<ZipPart>): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let at = 0
  for await (const part of parts) {
    const name = Buffer.from(part.name)
    const offset = at
    const header = localHeader(name)
    yield header
    at += header.length
    let [checksum, packed, size] = [0, 0, 0]
    for await (const piece of part.pieces) {
      const bytes = Buffer.from(piece)
      if (bytes.length === 0) continue
      checksum = crc32(bytes, checksum)
      size += bytes.length
      // A flush to a byte boundary: deflated pieces can stand one behind the other.
      const block = await deflate(bytes, { finishFlush: constants.Z_SYNC_FLUSH })
      packed += block.length
      yield block
    }
    const end = await deflate(Buffer.alloc(0))
    packed += end.length
    yield end
    yield descriptor(checksum, packed, size)
    at += packed + 16
    if (at > 0xffff_ffff || size > 0xffff_ffff) throw new RangeError('the archive is larger than 4 GiB')
    written.push({ name, offset, checksum, packed, size })
  }
  const directory = Buffer.concat(written.map(directoryEntry))
  yield directory
  yield endRecord(written.length, directory.length, at)
}

function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30 + name.length)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(version, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(deflated, 8)
  header.writeUInt16LE(dosDate, 12)
  header.writeUInt16LE(name.length, 26)
  name.copy(header, 30)
  return header
}

function descriptor(checksum: number, packed: number, size: number): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x08074b50, 0)
  bytes.writeUInt32LE(checksum, 4)
  bytes.writeUInt32LE(packed, 8)
  bytes.writeUInt32LE(size, 12)
  return bytes
}

function directoryEntry({ name, offset, checksum, packed, size }: Written): Buffer {
  const entry = Buffer.alloc(46 + name.length)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(version, 4)
  entry.writeUInt16LE(version, 6)
  entry.writeUInt16LE(flags, 8)
  entry.writeUInt16LE(deflated, 10)
  entry.writeUInt16LE(dosDate, 14)
  entry.writeUInt32LE(checksum, 16)
  entry.writeUInt32LE(packed, 20)
  entry.writeUInt32LE(size, 24)
  entry.writeUInt16LE(name.length, 28)
  entry.writeUInt32LE(offset, 42)
  name.copy(entry, 46)
  return entry
}

function endRecord(count: number, directorySize: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directorySize, 12)
  end.writeUInt32LE(offset, 16)
  return end
}
