// Text of a MANSCDP body to and from bytes. GB/T 28181-2016 (GB 2312), GB/T 28181-2022 6.10 (GB 18030), UTF-8 in the field.
import { TextDecoder } from 'node:util'
import iconv from 'iconv-lite'

/** What a body we write declares; the bytes are always in it. */
export type Charset = 'gb2312' | 'gb18030' | 'utf-8'

const utf8 = new TextDecoder('utf-8', { fatal: true })
const gb18030 = new TextDecoder('gb18030')

/** Byte order marks and the decoder each one names; the decoders drop the mark. */
const marks: readonly { readonly bytes: readonly number[]; readonly decoder: TextDecoder }[] = [
  { bytes: [0xef, 0xbb, 0xbf], decoder: new TextDecoder('utf-8') },
  { bytes: [0xff, 0xfe], decoder: new TextDecoder('utf-16le') },
  { bytes: [0xfe, 0xff], decoder: new TextDecoder('utf-16be') },
  { bytes: [0x84, 0x31, 0x95, 0x33], decoder: gb18030 },
]

/**
 * Decides by the bytes and never by the declaration: a byte order mark, else valid UTF-8, else GB 18030, the superset of
 * what says GB2312. Interop: bodies without a declaration hold GB 2312 bytes, and bodies that declare GB2312 hold UTF-8.
 */
export function decodeText(bytes: Buffer): string {
  const mark = marks.find((candidate) => candidate.bytes.every((byte, i) => bytes[i] === byte))
  if (mark) return mark.decoder.decode(bytes)
  try {
    return utf8.decode(bytes)
  } catch {
    return gb18030.decode(bytes)
  }
}

/** `gb2312` writes its superset GBK, as every device reads it; what a charset cannot say becomes `?`. */
export function encodeText(text: string, charset: Charset): Buffer {
  return iconv.encode(text, charset === 'gb2312' ? 'gbk' : charset)
}
