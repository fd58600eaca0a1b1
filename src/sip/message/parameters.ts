// Parameters after a header value or a URI: `;name=value`. RFC 3261 25.1 generic-param.
import { isToken } from './header-names.ts'
import { quote, splitOutside, trimBlanks, unquote } from './quoted.ts'

export { quote, unquote } from './quoted.ts'

/** Names in lower case; a parameter without a value is the empty string. */
export type Parameters = Readonly<Record<string, string>>

/** Reads `;a=1;b="x y";c` (the first semicolon may be missing). Quotes are taken off, empty parts skipped, the first of a name wins. */
export function parseParameters(text: string): Parameters {
  const found: Record<string, string> = {}
  for (const part of splitOutside(text, ';')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = trimBlanks(part, 0, equals < 0 ? part.length : equals).toLowerCase()
    if (name === '' || Object.hasOwn(found, name)) continue
    const value = equals < 0 ? '' : unquote(trimBlanks(part, equals + 1))
    // Assigned, this one name would change the object instead of naming a parameter.
    if (name === '__proto__') Object.defineProperty(found, name, { value, enumerable: true })
    else found[name] = value
  }
  return found
}

/** The value of one parameter, as `parseParameters` would give it, without reading the others; undefined when it is not there. */
export function findParameter(text: string, wanted: string): string | undefined {
  if (text.includes('"') || text.includes('<')) return parseParameters(text)[wanted]
  let equals = text.indexOf('=')
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf(';', at)
    const end = next < 0 ? text.length : next
    if (equals >= 0 && equals < at) equals = text.indexOf('=', at)
    const nameEnd = equals < 0 || equals > end ? end : equals
    if (trimBlanks(text, at, nameEnd).toLowerCase() === wanted) return nameEnd === end ? '' : trimBlanks(text, nameEnd + 1, end)
    at = end + 1
  }
  return undefined
}

/** Writes parameters in their order; a value that is no token and no host is quoted, a name that is no token left out. */
export function writeParameters(parameters: Parameters): string {
  return Object.entries(parameters)
    .filter(([name]) => isToken(name))
    .map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${/^[\w.!%*+`'~[\]:-]+$/.test(value) ? value : quote(value)}`))
    .join('')
}
