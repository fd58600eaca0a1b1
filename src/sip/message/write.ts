// A message to bytes, strict. RFC 3261 7. Header text goes out as latin-1, one byte per character.
import type { SipMessage } from '../types.ts'
import { isSameHeader } from './header.ts'

/**
 * The bytes of a message. Content-Length is set here, last; one that is among the headers is replaced.
 * A line break, or a character that is no single byte, in the start line or a header is a bug of the caller and throws a plain Error.
 */
export function writeMessage(message: SipMessage): Buffer {
  const start = message.kind === 'request' ? `${message.method} ${message.uri} SIP/2.0` : `SIP/2.0 ${message.status} ${message.reason}`
  if (message.kind === 'request' && !/^[^\s]+ [^\s]+ SIP\/2\.0$/.test(start)) throw new Error('a method or request URI with a blank in it')
  const lines = [oneLine(start, 'the start line')]
  for (const { name, value } of message.headers) {
    if (isSameHeader(name, 'Content-Length')) continue
    if (!/^[\w.!%*+`'~-]+$/.test(name)) throw new Error(`a header name that is no token: ${JSON.stringify(name)}`)
    lines.push(`${name}: ${oneLine(value, name)}`)
  }
  lines.push(`Content-Length: ${message.body.length}`, '', '')
  const head = Buffer.from(lines.join('\r\n'), 'latin1')
  return message.body.length === 0 ? head : Buffer.concat([head, message.body])
}

/** Bytes that `writeMessage` will make of it. */
export function messageLength(message: SipMessage): number {
  const start = message.kind === 'request' ? message.method.length + message.uri.length + 9 : String(message.status).length + message.reason.length + 9
  const fields = message.headers.reduce((sum, { name, value }) => (isSameHeader(name, 'Content-Length') ? sum : sum + name.length + value.length + 4), 0)
  return start + 2 + fields + `Content-Length: ${message.body.length}`.length + 4 + message.body.length
}

function oneLine(text: string, where: string): string {
  if (/[\r\n]/.test(text)) throw new Error(`a line break in ${where}`)
  if (/[^\x00-\xff]/.test(text)) throw new Error(`a character that is no single byte in ${where}`)
  return text
}
