// Which encoding a CSV file has, row by row where rows disagree. UTF-8 proves itself; GB 18030 (which holds GBK and GB 2312) nearly anything.
import { isAscii, isUtf8 } from 'node:buffer'

export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'gb18030'

/** Counted over a whole file before it is read: which of the two its rows are. */
export interface EncodingCount {
  readonly push: (line: Buffer) => void
  readonly decide: () => 'utf-8' | 'gb18030'
}

/**
 * A line that is no UTF-8 makes the file GB 18030, unless more lines are UTF-8 beyond doubt: two Chinese words of GBK may happen to be well-formed
 * UTF-8, three characters of three bytes each in a row of them hardly.
 */
export function encodingCount(): EncodingCount {
  let [certain, foreign] = [0, 0]
  return {
    push: (line) => {
      if (isAscii(line)) return
      if (!isUtf8(line)) foreign++
      else if (isCertain(line)) certain++
    },
    decide: () => (foreign === 0 || certain > foreign ? 'utf-8' : 'gb18030'),
  }
}

/** Lead bytes E4-E9 begin the common Chinese characters in UTF-8. */
function isCertain(line: Buffer): boolean {
  let found = 0
  for (let at = 0; at < line.length; at++) {
    const byte = line[at] ?? 0
    if (byte >= 0xe3 && byte <= 0xef && ++found >= 3) return true
  }
  return false
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const gb18030 = new TextDecoder('gb18030', { fatal: true })
const gb18030Loose = new TextDecoder('gb18030')

export interface Decoded {
  readonly text: string
  /** In the other encoding than the file's, or in none. */
  readonly mark?: 'recoded' | 'undecodable'
}

/** One cell. `encoding` is the file's. */
export function decodeCell(bytes: Buffer, encoding: 'utf-8' | 'gb18030'): Decoded {
  if (isAscii(bytes)) return { text: bytes.toString('latin1') }
  if (encoding === 'utf-8') {
    if (isUtf8(bytes)) return { text: utf8.decode(bytes) }
    const text = tryGb(bytes)
    return text === undefined ? { text: gb18030Loose.decode(bytes), mark: 'undecodable' } : { text, mark: 'recoded' }
  }
  if (isUtf8(bytes) && isCertain(bytes)) return { text: utf8.decode(bytes), mark: 'recoded' }
  const text = tryGb(bytes)
  return text === undefined ? { text: gb18030Loose.decode(bytes), mark: 'undecodable' } : { text }
}

function tryGb(bytes: Buffer): string | undefined {
  try {
    const text = gb18030.decode(bytes)
    // Bytes that are assigned to nobody: the decoder maps them to the private area.
    return /[\ue000-\uf8ff]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** By its first bytes; undefined where only the whole file tells. */
export function encodingOfStart(start: Buffer): Exclude<Encoding, 'utf-8' | 'gb18030'> | undefined {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8-bom'
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  // Without a mark: every second byte of the ASCII that any file has (digits, commas, line ends) is zero.
  const count = Math.min(start.length, 2000) & ~1
  let [even, odd] = [0, 0]
  for (let at = 0; at < count; at++) {
    if (start[at] !== 0) continue
    if (at % 2 === 0) even++
    else odd++
  }
  if (count >= 4 && odd > count / 8 && even < odd / 10) return 'utf-16le'
  return count >= 4 && even > count / 8 && odd < even / 10 ? 'utf-16be' : undefined
}
