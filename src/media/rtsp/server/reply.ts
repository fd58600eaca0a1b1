// Answers of the RTSP server. RFC 2326 7, 11, 12; RFC 7617.
import type { JoinOutcome } from '../../types.ts'
import { cseqOf, type RtspHeaders, type RtspRequest, type RtspResponse } from '../message.ts'

export const methods = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN', 'GET_PARAMETER', 'SET_PARAMETER'] as const

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  451: 'Parameter Not Understood',
  453: 'Not Enough Bandwidth',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  459: 'Aggregate Operation Not Allowed',
  461: 'Unsupported Transport',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'RTSP Version Not Supported',
  551: 'Option Not Supported',
}
const noBody: Buffer = Buffer.alloc(0)

/** `detail`: behind the reason, for whoever reads a player's log. */
export function reply(request: RtspRequest | undefined, status: number, software: string, headers: RtspHeaders = [], body = noBody, detail?: string): RtspResponse {
  const cseq = request && cseqOf(request)
  const reason = reasons[status] ?? ''
  return {
    kind: 'response',
    status,
    reason: detail === undefined ? reason : `${reason}: ${detail}`,
    headers: [...(cseq === undefined ? [] : [['CSeq', String(cseq)] as const]), ['Server', software], ...headers.map(([name, value]) => [name, oneLine(value)] as const)],
    body,
  }
}

/** What is said again of a request cannot break out of its line. */
const oneLine = (value: string): string => value.replace(/[\r\n\0]/g, ' ')

/** Why a stream could not be opened, as a status, and in a word. The detail stays in the log: it names devices. */
export function statusOf(failure: Extract<JoinOutcome, { ok: false }>): number {
  switch (failure.reason) {
    case 'refused':
    case 'wrong-container':
      return 502
    case 'no-answer':
    case 'no-media':
    case 'no-keyframe':
      return 504
    case 'busy':
      return 453
    case 'not-registered':
    case 'offline':
    case 'no-port':
    case 'stopped':
      return 503
  }
}

/** Name and password of `Basic`, in UTF-8. RFC 7617 2. */
export function basicCredentials(authorization: string): { readonly name: string; readonly password: string } | undefined {
  const encoded = /^Basic[ \t]+([A-Za-z0-9+/]{1,1024}={0,2})$/i.exec(authorization.trim())?.[1]
  const [, name, password] = /^([^:]*):(.*)$/s.exec(encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return name === undefined || password === undefined ? undefined : { name, password }
}
