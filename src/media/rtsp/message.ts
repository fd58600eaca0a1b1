// RTSP/1.0 messages: parse and write. RFC 2326 4, 6, 7, 12. Tolerant in, strict out.
import { ParseError } from '../../base/index.ts'

export type RtspHeaders = readonly (readonly [name: string, value: string])[]

export interface RtspRequest {
  readonly kind: 'request'
  readonly method: string
  readonly uri: string
  readonly headers: RtspHeaders
  readonly body: Buffer
}

export interface RtspResponse {
  readonly kind: 'response'
  readonly status: number
  readonly reason: string
  readonly headers: RtspHeaders
  readonly body: Buffer
}

export type RtspMessage = RtspRequest | RtspResponse

/** Ours: a head beyond this is no head, a body beyond this no description. */
export const maxHeadBytes = 64 * 1024
export const maxBodyBytes = 1024 * 1024
const maxHeaders = 256

const noBody: Buffer = Buffer.alloc(0)

/** Where the body begins: behind the first blank line at or after `from`; -1 while there is none. Lines end with CRLF, LF or CR LF mixed. */
export function endOfHead(bytes: Buffer, from = 0): number {
  for (let at = bytes.indexOf(0x0a, from); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3
  }
  return -1
}

/** One message: its head, and the body of `Content-Length` bytes behind it. Bytes after it are not looked at. Throws ParseError `rtsp.malformed`. */
export function parseRtsp(bytes: Buffer): RtspMessage {
  const end = endOfHead(bytes.subarray(0, maxHeadBytes))
  if (end === -1) throw malformed('its head has no end')
  const { start, headers } = readHead(bytes.toString('latin1', 0, end))
  const length = contentLength(headers)
  if (end + length > bytes.length) throw malformed(`${bytes.length - end} bytes of a body of ${length}`)
  const body = length === 0 ? noBody : bytes.subarray(end, end + length)
  const response = /^RTSP\/\d\.\d[ \t]+(\d{3})(?:[ \t]+(.*))?$/i.exec(start)
  if (response) return { kind: 'response', status: Number(response[1]), reason: (response[2] ?? '').trim(), headers, body }
  const request = /^([A-Za-z_]{1,32})[ \t]+(\S+)[ \t]+RTSP\/\d\.\d$/i.exec(start)
  if (!request?.[1] || request[2] === undefined) throw malformed('neither a request nor a response')
  return { kind: 'request', method: request[1].toUpperCase(), uri: request[2], headers, body }
}

/** The body length that a head announces; 0 where it announces none. Throws ParseError where it is no length or beyond `maxBodyBytes`. */
export const bodyLengthOf = (head: Buffer): number => contentLength(readHead(head.toString('latin1')).headers)

/** First line and header fields; folded lines are joined, lines without a name passed over. */
function readHead(text: string): { readonly start: string; readonly headers: RtspHeaders } {
  const [start = '', ...lines] = text.split(/\r?\n/)
  const headers: [string, string][] = []
  for (const line of lines) {
    const last = headers.at(-1)
    const colon = line.indexOf(':')
    if (/^[ \t]/.test(line)) {
      if (last) last[1] = `${last[1]} ${line.trim()}`
    } else if (colon > 0) {
      if (headers.length >= maxHeaders) throw malformed(`more than ${maxHeaders} header fields`)
      headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()])
    }
  }
  return { start: start.trim(), headers }
}

function contentLength(headers: RtspHeaders): number {
  const text = header({ headers }, 'Content-Length')
  if (text === undefined || text === '') return 0
  if (!/^\d{1,9}$/.test(text) || Number(text) > maxBodyBytes) throw malformed('its Content-Length is no length to read')
  return Number(text)
}

/** The first value of a header field, its name in any case. */
export function header({ headers }: Pick<RtspMessage, 'headers'>, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return headers.find(([each]) => each.toLowerCase() === wanted)?.[1]
}

/** Every value of a header field that may come several times. */
export function headerValues({ headers }: Pick<RtspMessage, 'headers'>, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => value)
}

/** The number of a request or of the one a response answers; undefined where it is missing or no number. */
export function cseqOf(message: Pick<RtspMessage, 'headers'>): number | undefined {
  const text = /^\d{1,9}/.exec(header(message, 'CSeq') ?? '')?.[0]
  return text === undefined ? undefined : Number(text)
}

/** The bytes of a message; Content-Length is written where there is a body. Throws ParseError for what would break out of its line. */
export function writeRtsp(message: RtspMessage): Buffer {
  const start = message.kind === 'request' ? `${message.method} ${message.uri} RTSP/1.0` : `RTSP/1.0 ${message.status} ${message.reason}`
  const plain = message.headers.filter(([name]) => name.toLowerCase() !== 'content-length')
  const lines = [start, ...plain.map(([name, value]) => `${name}: ${value}`), ...(message.body.length > 0 ? [`Content-Length: ${message.body.length}`] : [])]
  if (lines.some((line) => /[\r\n\0]/.test(line))) throw malformed('a line break within a line')
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), message.body])
}

const malformed = (message: string): ParseError => new ParseError('rtsp.malformed', `RTSP: ${message}`)
