// Names of header fields: any case, compact forms, and which of them hold lists. RFC 3261 7.3.1, 7.3.3, 20.

/** One-letter names and what they stand for. RFC 3261 20, RFC 6665 8.2.1, RFC 3515, RFC 3841, RFC 3892, RFC 4028, RFC 4474. */
const compactForms: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
}

/** Spellings that nearly every message uses: read without a check, compared without folding case. */
const usual = [
  'Via', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Max-Forwards', 'Expires', 'Content-Type', 'Content-Length', 'User-Agent', 'Server', 'Date',
  'Authorization', 'WWW-Authenticate', 'Route', 'Record-Route', 'Subject', 'Event', 'Subscription-State', 'Allow', 'Accept', 'Supported', 'Require', 'X-GB-Ver',
]

/** Headers whose value is a list, so that one line may hold several. A date or a digest has commas of its own and is not here. */
const lists: ReadonlySet<string> = new Set([
  'via', 'contact', 'route', 'record-route', 'path', 'service-route', 'allow', 'accept', 'accept-encoding', 'accept-language', 'content-encoding', 'content-language',
  'supported', 'unsupported', 'require', 'proxy-require', 'allow-events', 'in-reply-to', 'alert-info', 'call-info', 'error-info',
])

const canonicalNames = new Map<string, string>()
const spellings = new Map<string, string>()
for (const name of [...usual, ...Object.keys(compactForms)]) {
  canonicalNames.set(name, compactForms[name] ?? name.toLowerCase())
  canonicalNames.set(name.toLowerCase(), compactForms[name] ?? name.toLowerCase())
  spellings.set(name, name)
}

const token = /^[\w.!%*+`'~-]+$/

/** Case and compact form taken away: `v`, `VIA` and `Via` are `via`. */
export function canonicalName(name: string): string {
  const known = canonicalNames.get(name)
  if (known !== undefined) return known
  const lower = name.toLowerCase()
  return lower.length === 1 ? (compactForms[lower] ?? lower) : lower
}

/** The name when it is a token, one string for each usual spelling; else undefined. */
export const headerName = (text: string): string | undefined => spellings.get(text) ?? (token.test(text) ? text : undefined)

export const isToken = (text: string): boolean => token.test(text)
export const isList = (canonical: string): boolean => lists.has(canonical)
