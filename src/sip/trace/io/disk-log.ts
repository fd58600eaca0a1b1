// The disk half of traces: a rolling log of compressed blocks, written in batches, readable after a restart, bounded in size.
// A disk that is full or a folder that cannot be written costs one line in the log and this half, nothing else.
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { ParseError, type Cancel, type Clock, type Log } from '../../../base/index.ts'
import { fixedHeadLength, hashOf, isWhole, mayHold, readHead, readLines, writeBlock, writeLine, type BlockHead } from '../block.ts'
import type { TraceKey, TraceRecord } from '../types.ts'

export interface DiskLog {
  /** Costs a line of text; the disk is written later. */
  readonly write: (key: TraceKey, record: TraceRecord) => void
  /** The latest records of that key, oldest first, those of earlier runs of the service included. Never rejects: what cannot be read is left out. */
  readonly read: (key: TraceKey, limit: number) => Promise<readonly TraceRecord[]>
  readonly flush: () => Promise<void>
  readonly stats: () => DiskStats
  readonly close: () => Promise<void>
}
export interface DiskStats {
  /** `broken`: the last attempt to write failed; it is tried again every minute. */
  readonly state: 'off' | 'ok' | 'broken'
  readonly bytes: number
  readonly segments: number
  readonly written: number
  /** Records that did not reach the disk. */
  readonly lost: number
}

export interface DiskLogOptions {
  readonly folder: string
  /** Of all segments together. */
  readonly limitBytes: number
  readonly clock: Clock
  readonly log: Log
  readonly batchBytes?: number
}

/** A batch is written when it is this large, or this old. */
const defaultBatchBytes = 256 * 1024
const batchMs = 2_000
/** What may wait for a slow disk, in batches. */
const maxWaiting = 16
const retryMs = 60_000
/** Old segments go one by one: the log is kept in so many. */
const segmentCount = 16
const leastSegmentBytes = 256 * 1024
/** Enough of a block's head for most, in one read. */
const headGuess = 4096

const deflate = promisify(deflateRaw)
const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw)

export const noDiskLog: DiskLog = {
  write: () => {},
  read: () => Promise.resolve([]),
  flush: () => Promise.resolve(),
  stats: () => ({ state: 'off', bytes: 0, segments: 0, written: 0, lost: 0 }),
  close: () => Promise.resolve(),
}

interface Segment {
  readonly path: string
  bytes: number
}

export function openDiskLog(options: DiskLogOptions): DiskLog {
  const { folder, limitBytes, clock, log, batchBytes = defaultBatchBytes } = options
  const segmentBytes = Math.max(leastSegmentBytes, Math.floor(limitBytes / segmentCount))
  const count = { written: 0, lost: 0 }
  let segments: Segment[] = []
  let current: { readonly file: FileHandle; readonly segment: Segment } | undefined
  let batch: string[] = []
  let batchLength = 0
  let hashes = new Set<number>()
  let waiting = 0
  let cancelTimer: Cancel | undefined
  let failedUs: number | undefined
  let number = 0
  let isClosed = false

  const begin = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o750 })
    const names = (await readdir(folder)).filter((name) => /^trace-\d+-\d+\.ytr$/.test(name)).sort(byTime)
    segments = await Promise.all(names.map(async (name) => ({ path: join(folder, name), bytes: (await stat(join(folder, name))).size })))
    await makeRoom()
  }
  const total = (): number => segments.reduce((sum, { bytes }) => sum + bytes, 0)
  const makeRoom = async (): Promise<void> => {
    while (segments.length > 0 && total() > limitBytes && segments[0] !== current?.segment) {
      await rm(segments[0]?.path ?? '', { force: true })
      segments.shift()
    }
  }
  const segmentFor = async (bytes: number): Promise<NonNullable<typeof current>> => {
    if (current && current.segment.bytes > 0 && current.segment.bytes + bytes > segmentBytes) {
      await current.file.close()
      current = undefined
    }
    if (!current) {
      const path = join(folder, `trace-${clock.wallMs()}-${++number}.ytr`)
      const segment: Segment = { path, bytes: 0 }
      current = { file: await open(path, 'wx', 0o640), segment }
      segments.push(segment)
    }
    return current
  }
  const failed = async (error: unknown, records: number): Promise<void> => {
    count.lost += records
    if (failedUs === undefined) log.warn({ folder, error: error instanceof Error ? error.message : String(error) }, 'traces are not written to the disk; they are kept in memory alone until it works again')
    failedUs = clock.nowUs()
    // What was half written is the end of its segment.
    await current?.file.close().catch(() => {})
    current = undefined
  }
  const append = async (lines: readonly string[], keys: ReadonlySet<number>): Promise<void> => {
    waiting--
    if (failedUs !== undefined && clock.nowUs() - failedUs < retryMs * 1000) {
      count.lost += lines.length
      return
    }
    try {
      if (failedUs !== undefined) await begin()
      const raw = Buffer.from(lines.join(''))
      const block = writeBlock(keys, raw.length, await deflate(raw, { level: 3 }))
      const { file, segment } = await segmentFor(block.length)
      await file.appendFile(block)
      segment.bytes += block.length
      count.written += lines.length
      if (failedUs !== undefined) log.info({ lost: count.lost }, 'traces are written to the disk again')
      failedUs = undefined
      await makeRoom()
    } catch (error) {
      await failed(error, lines.length)
    }
  }
  let work: Promise<void> = begin().catch((error: unknown) => failed(error, 0))

  const flush = (): Promise<void> => {
    cancelTimer?.()
    cancelTimer = undefined
    const [lines, keys] = [batch, hashes]
    batch = []
    batchLength = 0
    hashes = new Set()
    if (lines.length === 0) return work
    if (waiting >= maxWaiting) {
      count.lost += lines.length
      return work
    }
    waiting++
    work = work.then(() => append(lines, keys))
    return work
  }

  return {
    write: (key, record) => {
      if (isClosed) return
      const line = writeLine(key, record)
      batch.push(line)
      batchLength += line.length
      hashes.add(hashOf(key))
      if (batchLength >= batchBytes) void flush()
      else cancelTimer ??= clock.after(batchMs, () => void flush())
    },
    read: async (key, limit) => {
      await flush()
      let found: readonly TraceRecord[] = []
      for (const { path } of [...segments].reverse()) {
        found = [...(await readSegment(path, key, limit)), ...found]
        if (found.length >= limit) break
      }
      return found.slice(-limit)
    },
    flush,
    stats: () => ({ state: failedUs === undefined ? 'ok' : 'broken', bytes: total(), segments: segments.length, ...count }),
    close: async () => {
      if (isClosed) return
      isClosed = true
      await flush()
      await current?.file.close().catch(() => {})
      current = undefined
    },
  }
}

/** By the time of their making, then by number: as text, 10 would come before 9. */
function byTime(one: string, other: string): number {
  const [a = [], b = []] = [one, other].map((name) => name.match(/\d+/g)?.map(Number) ?? [])
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0)
}

/** Reads the heads, and the payloads of those blocks alone that may hold the key. */
async function readSegment(path: string, key: TraceKey, limit: number): Promise<readonly TraceRecord[]> {
  const found: TraceRecord[] = []
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    for (let at = 0; ; ) {
      const begun = await readAt(file, at, headGuess)
      if (begun.length < fixedHeadLength) break
      const head = readHead(begun)
      const whole = head.headLength <= begun.length ? begun : await readAt(file, at, head.headLength)
      if (mayHold(whole, head, key)) {
        found.push(...(await readPayload(file, at, head, key)))
        if (found.length > 2 * limit) found.splice(0, found.length - limit)
      }
      at += head.headLength + head.payloadLength
    }
  } catch (error) {
    // A segment that went meanwhile, or whose end was never written: what was read of it counts.
    if (!(error instanceof ParseError) && !(error instanceof Error && 'code' in error)) throw error
  } finally {
    await file?.close().catch(() => {})
  }
  return found
}

async function readPayload(file: FileHandle, at: number, head: BlockHead, key: TraceKey): Promise<readonly TraceRecord[]> {
  const payload = await readAt(file, at + head.headLength, head.payloadLength)
  if (!isWhole(payload, head)) throw new ParseError('trace.malformed', 'a block does not fit its checksum')
  return readLines(await inflate(payload, { maxOutputLength: head.rawLength + 1 }), key)
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, at)
  return bytes.subarray(0, bytesRead)
}
