// Text of a MANSCDP body to and from bytes. GB/T 28181-2016 (GB 2312), GB/T 28181-2022 6.10 (GB 18030), UTF-8 in the field. Q36-Q38.
import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import iconv from 'iconv-lite'

/** What a body we write declares; the bytes are always in it. */
export type Charset = 'gb2312' | 'gb18030' | 'utf-8'

/** `ascii` says nothing of what the device would use for Chinese. */
type Found = 'ascii' | 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'

/** Ours: how much of a body is looked at where its bytes are no valid UTF-8. */
const sampleBytes = 65_536

const decoders = { 'utf-8': new TextDecoder('utf-8'), 'utf-16le': new TextDecoder('utf-16le'), 'utf-16be': new TextDecoder('utf-16be'), gb18030: new TextDecoder('gb18030') } as const

/** Byte order marks; the decoders drop them. */
const marks: readonly { readonly bytes: readonly number[]; readonly found: Exclude<Found, 'ascii'> }[] = [
  { bytes: [0xef, 0xbb, 0xbf], found: 'utf-8' },
  { bytes: [0xff, 0xfe], found: 'utf-16le' },
  { bytes: [0xfe, 0xff], found: 'utf-16be' },
  { bytes: [0x84, 0x31, 0x95, 0x33], found: 'gb18030' },
]

/**
 * Decides by the bytes and never by the declaration: a byte order mark, else valid UTF-8, else GB 18030, the superset of
 * what says GB2312. Interop: bodies without a declaration hold GB 2312 bytes, and bodies that declare GB2312 hold UTF-8.
 */
function find(bytes: Buffer): Found {
  const mark = marks.find((candidate) => candidate.bytes.every((byte, i) => bytes[i] === byte))
  if (mark) return mark.found
  if (isAscii(bytes)) return 'ascii'
  const sample = bytes.subarray(0, sampleBytes)
  const { long, short, broken } = countUtf8(sample)
  // Chinese takes three bytes in UTF-8. Two-byte sequences alone are rather GB 2312 that happens to be valid, such as U+4E00 (d2bb).
  if (isUtf8(bytes)) return long > 0 || bytes.length > sample.length || (short > 0 && declared(bytes) === 'utf-8') ? 'utf-8' : 'gb18030'
  // Interop: a body cut inside a character, or with one broken name, is still UTF-8.
  return long > 4 * broken ? 'utf-8' : 'gb18030'
}

/** Sequences of three or four bytes, of two bytes, and bytes that fit in none. */
function countUtf8(bytes: Buffer): { readonly long: number; readonly short: number; readonly broken: number } {
  let long = 0
  let short = 0
  let broken = 0
  const isNext = (at: number): boolean => ((bytes[at] ?? 0) & 0xc0) === 0x80
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte < 0x80) continue
    const length = byte >= 0xc2 && byte < 0xe0 ? 2 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xf0 && byte < 0xf5 ? 4 : 1
    let next = 1
    while (next < length && isNext(at + next)) next++
    if (length === 1 || next < length) broken++
    else if (length === 2) short++
    else long++
    at += next - 1
  }
  return { long, short, broken }
}

function declared(bytes: Buffer): Charset | undefined {
  const name = /encoding\s*=\s*["']([\w-]{2,20})["']/i.exec(bytes.toString('latin1', 0, 200))?.[1]?.toLowerCase()
  if (name === 'gb2312' || name === 'gbk') return 'gb2312'
  return name === 'gb18030' ? 'gb18030' : name === 'utf-8' || name === 'utf8' ? 'utf-8' : undefined
}

/** The text of a body. `charset` overrules the bytes, for a device that is known to fool them. */
export function decodeText(bytes: Buffer, charset?: Charset): string {
  if (charset) return decoders[charset === 'utf-8' ? 'utf-8' : 'gb18030'].decode(bytes)
  const found = find(bytes)
  return found === 'ascii' ? bytes.toString('latin1') : decoders[found].decode(bytes)
}

/** The same in pieces that follow one another, of a body too large to be decoded at once. */
export function* decodeTextInPieces(bytes: Buffer, pieceBytes: number, charset?: Charset): Generator<string> {
  const found = charset ? (charset === 'utf-8' ? 'utf-8' : 'gb18030') : find(bytes)
  const decoder = new TextDecoder(found === 'ascii' ? 'latin1' : found)
  for (let at = 0; at < bytes.length; at += pieceBytes) yield decoder.decode(bytes.subarray(at, at + pieceBytes), { stream: at + pieceBytes < bytes.length })
}

/**
 * The charset in which to answer whoever sent this: its bytes', or the one it declares where the bytes are plain ASCII;
 * undefined when neither says anything. GB bytes count as `gb2312` unless four-byte characters or the declaration say more.
 */
export function detectCharset(bytes: Buffer): Charset | undefined {
  const found = find(bytes)
  if (found === 'ascii') return declared(bytes)
  if (found !== 'gb18030') return 'utf-8'
  return declared(bytes) === 'gb18030' || hasFourByte(bytes) ? 'gb18030' : 'gb2312'
}

/** A four-byte character of GB 18030: 81-FE, then a digit, which no two-byte character has in that place. */
function hasFourByte(bytes: Buffer): boolean {
  for (let at = 0; at + 1 < bytes.length; at++) {
    if ((bytes[at] ?? 0) < 0x81) continue
    const second = bytes[at + 1] ?? 0
    if (second >= 0x30 && second <= 0x39) return true
    at++
  }
  return false
}

/** `gb2312` writes its superset GBK, as every device reads it; what a charset cannot say becomes `?`. */
export function encodeText(text: string, charset: Charset): Buffer {
  return iconv.encode(text, charset === 'gb2312' ? 'gbk' : charset)
}

/** How many characters of `text` become `?` in this charset. */
export function countUnencodable(text: string, charset: Charset): number {
  if (charset !== 'gb2312') return 0
  const written = [...decoders.gb18030.decode(encodeText(text, charset))]
  return [...text].filter((character, i) => written[i] === '?' && character !== '?').length
}
