// Traces on disk: records in compressed blocks, each with a list of who it is about, so that one device is read without the others.
//
//   "YTR1" | payload length | raw length | CRC-32 of the payload | number of keys | keys, 4 bytes each | payload (raw deflate of lines of JSON)
//
// All numbers are 32 bits, little-endian. A block that ends early or does not fit its checksum is the end of its file.
import { crc32 } from 'node:zlib'
import { ParseError } from '../../base/index.ts'
import type { TraceKey, TraceRecord } from './types.ts'

export interface BlockHead {
  /** Of head and keys together: the payload follows. */
  readonly headLength: number
  readonly payloadLength: number
  readonly rawLength: number
  readonly checksum: number
  readonly keys: number
}

export const fixedHeadLength = 20
const magic = 'YTR1'
/** Ours: a batch is 256 KiB and one message of 64 KiB more, in JSON at most six times as long. */
const maxRaw = 8 * 1024 * 1024
const maxKeys = 100_000

/** FNV-1a: two devices may share one, which costs reading a block in vain. */
export function hashOf(key: TraceKey): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

export const writeLine = (key: TraceKey, record: TraceRecord): string => `${JSON.stringify([key, record])}\n`

export function writeBlock(hashes: ReadonlySet<number>, rawLength: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(fixedHeadLength + 4 * hashes.size)
  head.write(magic, 'latin1')
  head.writeUInt32LE(payload.length, 4)
  head.writeUInt32LE(rawLength, 8)
  head.writeUInt32LE(crc32(payload), 12)
  head.writeUInt32LE(hashes.size, 16)
  let at = fixedHeadLength
  for (const hash of hashes) at = head.writeUInt32LE(hash, at)
  return Buffer.concat([head, payload])
}

/** Reads the fixed part. Throws ParseError `trace.malformed`. */
export function readHead(bytes: Buffer): BlockHead {
  if (bytes.length < fixedHeadLength || bytes.toString('latin1', 0, 4) !== magic) throw malformed('no block begins here')
  const [payloadLength, rawLength, checksum, keys] = [bytes.readUInt32LE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12), bytes.readUInt32LE(16)]
  if (rawLength > maxRaw || payloadLength > maxRaw || keys > maxKeys) throw malformed('a block is longer than any that is written')
  return { headLength: fixedHeadLength + 4 * keys, payloadLength, rawLength, checksum, keys }
}

/** Whether the block may hold records of that key. `bytes` is the whole head. */
export function mayHold(bytes: Buffer, head: BlockHead, key: TraceKey): boolean {
  const wanted = hashOf(key)
  for (let at = fixedHeadLength; at + 4 <= Math.min(bytes.length, head.headLength); at += 4) if (bytes.readUInt32LE(at) === wanted) return true
  return false
}

export const isWhole = (payload: Buffer, head: BlockHead): boolean => payload.length === head.payloadLength && crc32(payload) === head.checksum

/** The records of that key in the inflated payload: our own writing, whose checksum was right. */
export function readLines(raw: Buffer, key: TraceKey): readonly TraceRecord[] {
  const prefix = `[${JSON.stringify(key)},`
  return raw.toString().split('\n').flatMap((line) => {
    if (!line.startsWith(prefix)) return []
    const [, record] = JSON.parse(line) as [TraceKey, TraceRecord]
    return [record]
  })
}

/** One list of two: of what stands in both the longer message, or the later count. In the order of their numbers. */
export function mergeRecords(kept: readonly TraceRecord[], fresh: readonly TraceRecord[]): readonly TraceRecord[] {
  const found = new Map<number, TraceRecord>()
  const weight = (record: TraceRecord | undefined): number => (record?.kind === 'message' ? record.text.length : record?.kind === 'run' ? record.count : 0)
  for (const record of [...kept, ...fresh]) if (!found.has(record.seq) || weight(record) > weight(found.get(record.seq))) found.set(record.seq, record)
  return [...found.values()].sort((one, other) => one.seq - other.seq)
}

const malformed = (message: string): ParseError => new ParseError('trace.malformed', message)
