// Parameters after a header value or a URI: `;name=value`. RFC 3261 25.1 generic-param.
import { splitOutside } from './header.ts'

/** Names in lower case; a parameter without a value is the empty string. */
export type Parameters = Readonly<Record<string, string>>

/** Reads `;a=1;b="x y";c` (the first semicolon may be missing). Quotes are taken off, empty parts skipped, the first of a name wins. */
export function parseParameters(text: string): Parameters {
  const found = new Map<string, string>()
  for (const part of splitOutside(text, ';')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase()
    if (name !== '' && !found.has(name)) found.set(name, equals < 0 ? '' : unquote(part.slice(equals + 1).trim()))
  }
  return Object.fromEntries(found)
}

/** Writes parameters in their order; a value that is no token and no host is quoted. */
export function writeParameters(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${/^[\w.!%*+`'~[\]:-]+$/.test(value) ? value : quote(value)}`))
    .join('')
}

export const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** Takes the quotes and escapes off a quoted string; any other text stays as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text
  return text.slice(1, -1).replace(/\\([\s\S])/g, '$1')
}
