// Takes the secrets out of a message before anything of it is kept: the same length, every other byte as it was.
// Digest answers (RFC 2617 3.2.2), passwords in MANSCDP bodies (docs/interop.md Q61), in SDP (Q75) and in URIs (RFC 3986 3.2.1).

/** Fields of a digest header that say nothing of a password; every other value of it is taken out. */
const harmless: ReadonlySet<string> = new Set(['username', 'realm', 'uri', 'algorithm', 'qop', 'nc', 'opaque', 'stale', 'domain', 'charset', 'userhash', 'keyversion'])

const quoted = String.raw`"(?:\\[\s\S]|[^"\\])*"?`
const secretName = 'passw(?:or)?d|passwd|pwd'

/** With its folded lines. `Note` is the digest of signed signalling (GB/T 28181-2022 8.3). */
const digestHeader = /((?:^|[\r\n])(?:proxy-authorization|proxy-authenticate|authorization|www-authenticate|authentication-info|note)[ \t]*:[ \t]*)([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)/gi
const digestScheme = /^\s*(?:digest|capability|bidirection|unidirection|asymmetric)\b/i
/** A field, or what is left where damage made no field of it. */
const digestField = new RegExp(String.raw`([\w-]+)(\s*=\s*)(${quoted}|[^\s,;="]*)|${quoted}|[^\s,;="]+`, 'g')

/** A field, attribute or parameter that by its name holds a password; and digest answers outside a header that can be recognised. */
const named = new RegExp(String.raw`((?:${secretName}|response|nonce|rspauth)[\w-]{0,20}\s*[=:]\s*)(${quoted}|'[^']*'?|[^\s,;"'<>&]+)`, 'gi')
/** An element left open holds all that follows. */
const element = new RegExp(String.raw`(<([\w:.-]{0,40}(?:${secretName})[\w.-]{0,40})(?:\s(?:[^<>/]|/(?!\s*>))*)?>)([\s\S]*?)(?=</\s*\2|$)`, 'gi')
/** What stands after the first colon of an address and is no port, or is followed by @. */
const userInfo = /(\b(?:sips?|rtsps?|rtmps?|https?|wss?|s?ftps?|ssh):(?:\/\/)?[^\s:@/<>"'[]{0,64}:)([^\s<>"'/]{1,128}(?=@)|(?!\d{1,5}\b)[^\s<>"'/;]{1,128})/gi
const queryKey = /([?&;](?:access_?)?(?:token|sign(?:ature)?|secret|auth|key)=)([^&;\s<>"']+)/gi
const mediaLine = new RegExp(String.raw`((?:^|[\r\n])(?:k=\w+:|a=[\w-]{0,40}(?:${secretName})[\w-]{0,40}[:=])|inline:)([^\r\n]+)`, 'gi')

/** Whether anything above could match: most messages have nothing to hide and are looked through once. */
const suspicious = /authori[sz]|authentica|passw|pwd|nonce|rspauth|response\s*=|:\/\/|\bsips?:[^@\s:<>"[]{0,64}:(?:[^@\s<>"]{1,128}@|(?!\d{1,5}\b))|[?&;](?:access_?)?(?:token|sign|secret|auth|key)|[\r\n](?:k=|note)|inline:/i
/** And of those that have something, what. */
const hasDigest = /authori[sz]|authentica|[\r\n]note|nonce|rspauth|response\s*=/i
const hasPassword = /passw|pwd/i
const hasUri = /:\/\/|\bsips?:[^@\s:<>"[]{0,64}:/i
const hasKey = /[?&;](?:access_?)?(?:token|sign|secret|auth|key)|[\r\n]k=|inline:/i

/** UTF-16 has a zero in every second byte of Latin text; fewer than this are padding. */
const fewZeros = 8

/** `text` holds one byte per character (latin-1), whatever charset its body is in; the answer is as long. */
export function redact(text: string): string {
  const clean = suspicious.test(text) ? withoutSecrets(text) : text
  return clean.includes('\0') ? throughZeros(clean) : clean
}

/** Persons' phone numbers in catalogs (GB/T 28181-2022 A.2.1.9 ContactInfo), for readers who may not see them. */
export const hideContacts = (text: string): string => text.replace(/(<ContactInfo\s*>)([\s\S]*?)(?=<\/\s*ContactInfo|$)/gi, blankSecond)

function withoutSecrets(text: string): string {
  let clean = text
  const isNamed = hasPassword.test(text)
  const isDigest = hasDigest.test(text)
  if (isDigest) clean = clean.replace(digestHeader, (_whole, name: string, value: string) => name + blankDigest(value))
  if (isNamed) clean = clean.replace(element, (_whole, tag: string, _name: string, value: string) => tag + blank(value))
  const isKeyed = hasKey.test(text)
  if (isNamed || isKeyed) clean = clean.replace(mediaLine, blankSecond)
  if (isNamed || isDigest) clean = clean.replace(named, blankSecond)
  if (hasUri.test(text)) clean = clean.replace(userInfo, blankSecond)
  return isKeyed ? clean.replace(queryKey, blankSecond) : clean
}

function blankDigest(value: string): string {
  // Another scheme, such as Basic, has one value without a name: all of it goes.
  if (!digestScheme.test(value)) return value.replace(/^(\s*[\w-]*)([\s\S]*)$/, blankSecond)
  const [scheme = ''] = digestScheme.exec(value) ?? []
  return scheme + value.slice(scheme.length).replace(digestField, (whole, name: string | undefined, equals = '', secret = '') => (name === undefined ? blank(whole) : harmless.has(name.toLowerCase()) ? whole : name + equals + blank(secret)))
}

const blankSecond = (_whole: string, name: string, secret: string): string => name + blank(secret)

/** Quotes around a value stay. */
function blank(value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? ''
  const end = quote && value.length > 1 && value.endsWith(quote) ? quote : ''
  return quote + 'x'.repeat(value.length - quote.length - end.length) + end
}

/** Bodies in UTF-16: what is hidden in the text without its zeros is hidden at the same places of the text with them. */
function throughZeros(text: string): string {
  const places: number[] = []
  for (let at = 0; at < text.length; at++) if (text[at] !== '\0') places.push(at)
  if (text.length - places.length < fewZeros) return text
  const dense = text.replaceAll('\0', '')
  const clean = withoutSecrets(dense)
  if (clean === dense) return text
  const bytes = Buffer.from(text, 'latin1')
  for (const [i, place] of places.entries()) bytes[place] = clean.charCodeAt(i)
  return bytes.toString('latin1')
}
