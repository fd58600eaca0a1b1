// Datagrams from the thread that receives them to the loop that reads them, through memory that both see: one writes, one reads, nobody waits for a
// lock. Each record is a head and the bytes; both ends run on, and begin again at the front where the rest of the memory is too short.

/** Of a datagram, as its receiver hands it over. Its arrival is in microseconds of the system's monotonic clock; `address`: IPv4, as a number. */
export interface DatagramHead {
  readonly socket: number
  readonly atUs: number
  readonly address: number
  readonly port: number
}

export interface RingWriter {
  /** False where there is no room: nothing was written. */
  readonly write: (socket: number, atUs: number, address: number, port: number, bytes: Buffer) => boolean
  /** Holds the thread up until something was read, at most so long. The network's own buffers hold what comes meanwhile. */
  readonly waitForRoom: (ms: number) => void
  /** True once, where the reader has gone to sleep: it wants to be told. */
  readonly wakes: () => boolean
  readonly isAsleep: () => boolean
}

export interface RingReader {
  /** At most so many, oldest first; returns how many. `bytes` are a view that holds until `take` returns. */
  readonly drain: (most: number, take: (head: DatagramHead, bytes: Buffer) => void) => number
  /** True where there is nothing to read: the writer is to tell of the next. False where something has come just now. */
  readonly sleep: () => boolean
}

// | length 32 (-1: go on at the front) | socket 32 | address 32 | port 32 | arrival, float 64 | bytes, filled up to 8 |
const headBytes = 24
const toFront = -1
/** Places of the words that both share, a cache line apart. */
const [tailAt, headAt, sleepAt, waitAt] = [0, 16, 32, 48] as const
const controlBytes = 256
/** An empty ring begins again at the front from here on: so memory is touched no farther than a stall has needed, and stays in the processor's cache. */
const rewindAfter = 512 * 1024

/** Memory for `bytes` of records, a multiple of 8; at least a megabyte. */
export const ringMemory = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(controlBytes + Math.max(2 * rewindAfter, bytes))

const padded = (length: number): number => headBytes + ((length + 7) & ~7)

const views = (memory: SharedArrayBuffer) => ({
  shared: new Int32Array(memory, 0, controlBytes / 4),
  bytes: Buffer.from(memory, controlBytes),
  words: new Int32Array(memory, controlBytes),
  times: new Float64Array(memory, controlBytes),
})

export function createRingWriter(memory: SharedArrayBuffer): RingWriter {
  const { shared, bytes: room, words, times } = views(memory)
  let tail = 0
  /** Where a record of this size goes; -1: nowhere just now. Behind it there is always room for the word that leads to the front. */
  const placeFor = (size: number): number => {
    const head = Atomics.load(shared, headAt)
    if (tail < head) return size < head - tail ? tail : -1
    const isIdle = tail === head && tail > rewindAfter
    if (!isIdle && tail + size + 8 <= room.length) return tail
    if (size >= head) return -1
    words[tail >> 2] = toFront
    return 0
  }
  return {
    write: (socket, atUs, address, port, bytes) => {
      const size = padded(bytes.length)
      const at = placeFor(size)
      if (at < 0) return false
      const word = at >> 2
      words[word] = bytes.length
      words[word + 1] = socket
      words[word + 2] = address
      words[word + 3] = port
      times[(at >> 3) + 2] = atUs
      bytes.copy(room, at + headBytes)
      tail = at + size
      Atomics.store(shared, tailAt, tail)
      return true
    },
    waitForRoom: (ms) => {
      Atomics.store(shared, waitAt, 1)
      Atomics.wait(shared, headAt, Atomics.load(shared, headAt), ms)
      Atomics.store(shared, waitAt, 0)
    },
    wakes: () => Atomics.exchange(shared, sleepAt, 0) === 1,
    isAsleep: () => Atomics.load(shared, sleepAt) === 1,
  }
}

/** Read so many, their room is given back: the writer may be waiting for it. */
const giveBackEvery = 64

export function createRingReader(memory: SharedArrayBuffer): RingReader {
  const { shared, bytes: room, words, times } = views(memory)
  const head = { socket: 0, atUs: 0, address: 0, port: 0 }
  let at = 0
  const giveBack = (): void => {
    Atomics.store(shared, headAt, at)
    if (Atomics.load(shared, waitAt) === 1) Atomics.notify(shared, headAt)
  }
  /** One record after another up to where the writer was just now. */
  const drain = (most: number, take: (head: DatagramHead, bytes: Buffer) => void): number => {
    let count = 0
    let tail = Atomics.load(shared, tailAt)
    try {
      while (count < most) {
        if (at === tail && at === (tail = Atomics.load(shared, tailAt))) break
        const word = at >> 2
        const length = words[word] ?? 0
        if (length === toFront) {
          at = 0
          continue
        }
        head.socket = words[word + 1] ?? 0
        head.address = words[word + 2] ?? 0
        head.port = words[word + 3] ?? 0
        head.atUs = times[(at >> 3) + 2] ?? 0
        const from = at + headBytes
        at += padded(length)
        count++
        take(head, room.subarray(from, from + length))
        if (count % giveBackEvery === 0) giveBack()
      }
    } finally {
      if (count > 0) giveBack()
    }
    return count
  }
  return {
    drain,
    sleep: () => {
      Atomics.store(shared, sleepAt, 1)
      if (Atomics.load(shared, tailAt) === at) return true
      Atomics.store(shared, sleepAt, 0)
      return false
    },
  }
}
