// Via and CSeq. RFC 3261 20.42 and 20.16; rport by RFC 3581.
import { ParseError } from '../../base/index.ts'
import { findParameter, parseParameters, writeParameters, type Parameters } from './parameters.ts'
import { parseHostPort, writeHostPort } from './uri.ts'

export interface Via {
  /** In capitals as on the wire: UDP, TCP, TLS, … */
  readonly transport: string
  /** The sent-by host, in lower case and without brackets. */
  readonly host: string
  readonly port?: number
  readonly branch?: string
  /** Without brackets. */
  readonly received?: string
  /** `true`: asked for and not yet filled in. */
  readonly rport?: number | true
  /** All of them, those above included. */
  readonly parameters: Parameters
}

/** A branch that begins so is unique by itself. RFC 3261 8.1.1.7. */
export const branchCookie = 'z9hG4bK'

/** Reads one Via value (take it from `headers(message, 'Via')`). Any version passes: who sends SIP/3.0 is answered 505 by it. */
export function parseVia(value: string): Via {
  const semicolon = value.indexOf(';')
  const { transport, sentBy } = splitHead(semicolon < 0 ? value : value.slice(0, semicolon))
  const { host, port } = parseHostPort(sentBy)
  const parameters = semicolon < 0 ? {} : parseParameters(value.slice(semicolon + 1))
  const { branch, rport } = parameters
  const received = parameters['received']?.replace(/^\[|\]$/g, '')
  return {
    transport,
    host,
    ...(port !== undefined && { port }),
    ...(branch && { branch }),
    ...(received && { received }),
    ...(rport !== undefined && { rport: /^\d{1,5}$/.test(rport) ? Number(rport) : (true as const) }),
    parameters,
  }
}

/** What a Via says about its transaction. */
export interface ViaKey {
  readonly host: string
  readonly port: number | undefined
  readonly branch: string | undefined
}

/** As `parseVia`, for who needs no more than the transaction's key. */
export function readViaKey(value: string): ViaKey {
  const semicolon = value.indexOf(';')
  const { host, port } = parseHostPort(splitHead(semicolon < 0 ? value : value.slice(0, semicolon)).sentBy)
  return { host, port, branch: semicolon < 0 ? undefined : findParameter(value.slice(semicolon + 1), 'branch') || undefined }
}

/** `SIP/2.0/UDP host:port`: as most write it, else with blanks around each slash. */
function splitHead(head: string): { readonly transport: string; readonly sentBy: string } {
  if (head.startsWith('SIP/2.0/UDP ')) return { transport: 'UDP', sentBy: head.slice(12) }
  if (head.startsWith('SIP/2.0/TCP ')) return { transport: 'TCP', sentBy: head.slice(12) }
  const parts = /^\s*SIP\s*\/\s*\d+\.\d+\s*\/\s*([\w.!%*+`'~-]+)\s+(\S.*)$/i.exec(head)
  if (!parts?.[1] || !parts[2]) throw new ParseError('sip.malformed', 'no valid Via')
  return { transport: parts[1].toUpperCase(), sentBy: parts[2] }
}

/** The same Via with where the packet really came from. RFC 3261 18.2.1, RFC 3581 4: rport is filled in only for who asked. */
export function markSource(value: string, source: { readonly host: string; readonly port: number }): string {
  const via = parseVia(value)
  if (via.rport === undefined && via.host === source.host) return value
  const parameters = { ...via.parameters, received: source.host, ...(via.rport !== undefined && { rport: String(source.port) }) }
  return `SIP/2.0/${via.transport} ${writeHostPort(via.host, via.port)}${writeParameters(parameters)}`
}

/** Reads `314159 INVITE`; the number is below 2^31 (RFC 3261 8.1.1.5). */
export function parseCSeq(value: string): { readonly sequence: number; readonly method: string } {
  const text = value.trim()
  let at = 0
  let sequence = 0
  for (let digit = text.charCodeAt(0) - 48; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - 48) {
    sequence = sequence * 10 + digit
    at++
  }
  const method = text.slice(at).trimStart()
  if (at === 0 || method.length === 0 || method.length === text.length - at || /\s/.test(method) || sequence >= 2 ** 31) throw new ParseError('sip.malformed', 'no valid CSeq')
  return { sequence, method }
}
