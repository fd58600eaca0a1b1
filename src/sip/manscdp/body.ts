// A body by its bytes: charset, XML and message in one go, and back. GB/T 28181-2022 6.10, A.2.
import { countUnencodable, decodeText, decodeTextInPieces, detectCharset, encodeText, type Charset } from './charset.ts'
import { readItemsAhead } from './item.ts'
import { messageElement, readMessage, type Manscdp } from './message.ts'
import { createScanner, scan } from './scan.ts'
import type { Edition } from './values.ts'
import { elementText } from './xml.ts'

/** The media type of these bodies; compare it without regard to case. */
export const manscdpType = 'Application/MANSCDP+xml'

export interface ManscdpReading {
  readonly value: Manscdp
  /** In which to answer, where the bytes tell it. */
  readonly charset?: Charset
  /** What had to be mended, in words for one line of a log; empty for a sound body. */
  readonly repairs: readonly string[]
}

/**
 * Reads a body by its bytes, whatever charset it declares, unless `charset` says that this device fools us. A missing SN reads as 0.
 * Throws ParseError `manscdp.malformed`.
 */
export const parseManscdp = (bytes: Buffer, charset?: Charset): Manscdp => readMessage(scan(decodeText(bytes, charset)).root)

/** The same, with what was found on the way. */
export function readManscdp(bytes: Buffer, charset?: Charset): ManscdpReading {
  const { root, repairs } = scan(decodeText(bytes, charset))
  const found = charset ?? detectCharset(bytes)
  return { value: readMessage(root), ...(found && { charset: found }), repairs }
}

/** Ours: what one turn may cost, some milliseconds of a slow core each. */
const turnBytes = 256 * 1024
const turnElements = 8_000

/**
 * The same for a body of any size without holding up the loop: small ones are read at once, large ones in turns; `turn` lets others
 * run and then resolves.
 */
export async function readManscdpInTurns(bytes: Buffer, turn: () => Promise<void>, charset?: Charset): Promise<ManscdpReading> {
  if (bytes.length <= turnBytes) return readManscdp(bytes, charset)
  const scanner = createScanner(readItemsAhead)
  for (const piece of decodeTextInPieces(bytes, turnBytes, charset)) {
    scanner.add(piece)
    await turn()
  }
  while (!scanner.advance(turnElements)) await turn()
  await turn()
  const { root, repairs } = scanner.result()
  const found = charset ?? detectCharset(bytes)
  return { value: readMessage(root), ...(found && { charset: found }), repairs }
}

const textOf = (value: Manscdp, charset: Charset, edition?: Edition): string => `<?xml version="1.0" encoding="${charset.toUpperCase()}"?>\r\n${elementText(messageElement(value, edition))}\r\n`

/** Writes a body in the charset that it declares. With an edition, what the other one alone has is spelt its way or left out. */
export const writeManscdp = (value: Manscdp, charset: Charset, edition?: Edition): Buffer => encodeText(textOf(value, charset, edition), charset)

/** How many characters of a value this charset cannot say: they are written as `?`. Q38. */
export const unencodable = (value: Manscdp, charset: Charset): number => countUnencodable(textOf(value, charset), charset)
