// Request line and status line. RFC 3261 7.1, 7.2.
import { ParseError } from '../../base/index.ts'
import { isToken } from './header-names.ts'

/** Why a message that could be read is still refused, with the status that says so. */
export interface Fault {
  readonly status: 400 | 416 | 505
  readonly reason: string
}

export type StartLine = { readonly kind: 'request'; readonly method: string; readonly uri: string } | { readonly kind: 'response'; readonly status: number; readonly reason: string }

const methods: ReadonlySet<string> = new Set(['REGISTER', 'MESSAGE', 'NOTIFY', 'INVITE', 'ACK', 'BYE', 'CANCEL', 'INFO', 'OPTIONS', 'SUBSCRIBE'])

/** `line` is trimmed. What is no start line of SIP throws ParseError; another version, or a request URI with blanks, is a fault. */
export function readStartLine(line: string): { readonly line: StartLine; readonly fault?: Fault } {
  if (line.startsWith('SIP/2.0 ') && line.charCodeAt(11) === 0x20) return { line: readStatusLine(line) }
  const status = /^SIP\/(\d+\.\d+) +(\d+)(?: (.*))?$/i.exec(line)
  if (status) return { line: statusLine(status[1] ?? '', status[2] ?? '', status[3] ?? '') }
  const methodEnd = line.indexOf(' ')
  const versionStart = line.lastIndexOf(' ')
  const method = line.slice(0, Math.max(0, methodEnd))
  const version = line.endsWith(' SIP/2.0') ? '2.0' : /^SIP\/(\d+\.\d+)$/i.exec(line.slice(versionStart + 1))?.[1]
  if (version === undefined || versionStart <= methodEnd || !(methods.has(method) || isToken(method))) throw new ParseError('sip.malformed', 'no start line')
  const uri = line.slice(methodEnd + 1, versionStart).trim()
  const request = { kind: 'request' as const, method, uri }
  if (version !== '2.0') return { line: request, fault: { status: 505, reason: 'Version Not Supported' } }
  if (uri === '' || /\s/.test(uri)) return { line: request, fault: { status: 400, reason: 'Bad Request-URI' } }
  return { line: request }
}

const readStatusLine = (line: string): StartLine => statusLine('2.0', line.slice(8, 11), line.slice(12))

function statusLine(version: string, status: string, reason: string): StartLine {
  if (version !== '2.0' || !/^[1-6]\d\d$/.test(status)) throw new ParseError('sip.malformed', 'no valid status line')
  return { kind: 'response', status: Number(status), reason }
}
