// Via and CSeq. RFC 3261 20.42 and 20.16; rport by RFC 3581.
import { ParseError } from '../../base/index.ts'
import { parseParameters, writeParameters, type Parameters } from './parameters.ts'
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
  const head = (semicolon < 0 ? value : value.slice(0, semicolon)).trim()
  const parts = /^SIP\s*\/\s*\d+\.\d+\s*\/\s*([^\s/]+)\s+(\S.*)$/i.exec(head)
  if (!parts?.[1] || !parts[2]) throw new ParseError('sip.malformed', 'no valid Via')
  const { host, port } = parseHostPort(parts[2])
  const parameters = semicolon < 0 ? {} : parseParameters(value.slice(semicolon))
  const rport = parameters['rport']
  const received = parameters['received']?.replace(/^\[|\]$/g, '')
  return {
    transport: parts[1].toUpperCase(),
    host,
    ...(port !== undefined && { port }),
    ...(parameters['branch'] && { branch: parameters['branch'] }),
    ...(received && { received }),
    ...(rport !== undefined && { rport: /^\d{1,5}$/.test(rport) ? Number(rport) : (true as const) }),
    parameters,
  }
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
  const parts = /^\s*(\d+)\s+(\S+)\s*$/.exec(value)
  const sequence = Number(parts?.[1])
  if (!parts?.[2] || sequence >= 2 ** 31) throw new ParseError('sip.malformed', 'no valid CSeq')
  return { sequence, method: parts[2] }
}
