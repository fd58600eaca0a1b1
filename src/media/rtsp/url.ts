// Addresses of RTSP cameras. RFC 2326 3.2. Kept as their owner wrote them: cameras compare them as text.

export interface RtspUrl {
  /** Without brackets. */
  readonly host: string
  readonly port: number
  /** What a request line says: no user name, no password. */
  readonly text: string
}

/** An address, and the credentials that stood in it. */
export interface RtspAddress extends RtspUrl {
  readonly username?: string
  readonly password?: string
}

const defaultPort = 554
/** Ours. */
const maxLength = 2048

/**
 * Undefined for what is no `rtsp://` address, or would break out of a request line. A password may hold `@`: the last one before the path ends
 * it. What is not ASCII is written as RFC 3986 has it, the rest is left alone.
 */
export function parseRtspUrl(text: string): RtspAddress | undefined {
  if (text.length > maxLength || /[\u0000-\u0020\u007f]/.test(text)) return undefined
  const parts = /^rtsp:\/\/([^/?#]*@)?(\[[0-9A-Fa-f:.%]+\]|[^/?#:@[\]]+)(?::(\d{1,5}))?([/?][^#]*)?(?:#.*)?$/i.exec(text)
  const host = parts?.[2]?.replace(/^\[|\]$/g, '')
  const port = parts?.[3] === undefined ? defaultPort : Number(parts[3])
  if (!parts?.[2] || host === undefined || port < 1 || port > 65_535) return undefined
  const user = parts[1]?.slice(0, -1)
  const colon = user?.indexOf(':') ?? -1
  const username = user === undefined ? undefined : decoded(colon === -1 ? user : user.slice(0, colon))
  const password = user === undefined || colon === -1 ? undefined : decoded(user.slice(colon + 1))
  return {
    host,
    port,
    text: `rtsp://${parts[2]}${parts[3] === undefined ? '' : `:${parts[3]}`}${ascii(parts[4] ?? '')}`,
    ...(username !== undefined && username !== '' && { username }),
    ...(password !== undefined && { password }),
  }
}

/**
 * The address of a track by its `a=control`. Interop: what is relative is put behind its base, not in place of its last part as
 * RFC 1808 would have it: cameras, and every player that they were tested with, mean it so; and a base's query stays in the middle.
 */
export function controlUrl(control: string | undefined, base: string): string {
  const own = control?.trim() ?? ''
  if (own === '' || own === '*') return base
  if (/^rtsps?:\/\//i.test(own)) return parseRtspUrl(own)?.text ?? base
  const joint = base.endsWith('/') || own.startsWith('?') ? '' : '/'
  const whole = `${base}${joint}${base.endsWith('/') ? own.replace(/^\//, '') : own.startsWith('/') ? own.slice(1) : own}`
  return parseRtspUrl(whole)?.text ?? base
}

const ascii = (text: string): string => text.replace(/[^\u0021-\u007e]+/g, (odd) => [...Buffer.from(odd, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(''))

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
