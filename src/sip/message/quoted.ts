// Quoted strings and what stands outside them. RFC 3261 25.1 quoted-string, for header text that may hold raw GB bytes.

const quoteMark = 0x22
const backslash = 0x5c

/**
 * The index of the quote that closes the one at `open`; -1 when none does. Text is latin-1, one character per byte.
 * Interop: the second byte of a GBK character may be a backslash (0x5C), which escapes nothing. fixtures/sip/valid/register-raw-gbk-name.sip
 */
export function closingQuote(text: string, open: number): number {
  for (let i = open + 1; i < text.length; ) {
    const code = text.charCodeAt(i)
    if (code === quoteMark) return i
    i += code === backslash ? 2 : code < 0x81 ? 1 : characterLength(text, i)
  }
  return -1
}

export const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

/** Part of a text without the blanks and the return around it. `trim` would take 0xA0 too, which may be half of a GB character. */
export function trimBlanks(text: string, from = 0, end = text.length): string {
  let first = from
  let last = end
  if (last > first && text.charCodeAt(last - 1) === 0x0d) last--
  while (first < last && isBlank(text.charCodeAt(first))) first++
  while (last > first && isBlank(text.charCodeAt(last - 1))) last--
  return text.slice(first, last)
}

/** Splits at each `separator` that stands outside quotes and angle brackets; parts are trimmed. An unclosed quote runs to the end. */
export function splitOutside(text: string, separator: ',' | ';'): string[] {
  if (!text.includes('"') && !text.includes('<')) return text.split(separator).map((part) => trimBlanks(part))
  const parts: string[] = []
  let from = 0
  let isBracketed = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '"') {
      const close = closingQuote(text, i)
      if (close < 0) break
      i = close
    } else if (char === '<') isBracketed = true
    else if (char === '>') isBracketed = false
    else if (char === separator && !isBracketed) {
      parts.push(trimBlanks(text, from, i))
      from = i + 1
    }
  }
  parts.push(trimBlanks(text, from))
  return parts
}

/** Half a GB character before an escape would swallow the backslash: it is written as a question mark. */
export function quote(text: string): string {
  let isHalf = false
  let result = ''
  mapEscapes(text, (char) => {
    const isEscaped = char === '"' || char === '\\'
    if (isEscaped && isHalf) result = `${result.slice(0, -1)}?`
    isHalf = char.length === 1 && char.charCodeAt(0) >= 0x81
    result += isEscaped ? `\\${char}` : char
    return ''
  })
  return `"${result}"`
}

/** Takes the quotes and escapes off a quoted string; any other text stays as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text
  const inner = text.slice(1, -1)
  if (!inner.includes('\\')) return inner
  let isEscaped = false
  return mapEscapes(inner, (char) => {
    isEscaped = !isEscaped && char === '\\'
    return isEscaped ? '' : char
  })
}

/** Replaces character by character; those of several bytes stay whole. */
function mapEscapes(text: string, replace: (char: string) => string): string {
  let result = ''
  for (let i = 0; i < text.length; ) {
    const length = characterLength(text, i)
    const char = text.slice(i, i + length)
    result += replace(char)
    i += length
  }
  return result
}

/** Bytes of the character that begins here: a UTF-8 sequence where it is one, else a GBK pair, else one. */
function characterLength(text: string, at: number): number {
  const lead = text.charCodeAt(at)
  if (lead < 0x81 || lead === 0xff) return 1
  const wanted = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 1
  let found = 1
  while (found < wanted && (text.charCodeAt(at + found) & 0xc0) === 0x80) found++
  if (wanted > 1 && found === wanted) return wanted
  const trail = text.charCodeAt(at + 1)
  return trail >= 0x40 && trail <= 0xfe && trail !== 0x7f ? 2 : 1
}
