// One kept message, taken apart as far as telling what went wrong needs it. Tolerant: what cannot be read is left out.
import { ParseError } from '../../base/index.ts'
import { header, headers, parseCSeq, parseMessage, parseNameAddr, parseUri, parseVia } from '../message/index.ts'
import { parseCredentials } from '../access/digest.ts'
import { parseSdp } from '../session/sdp.ts'
import { userOf } from '../access/registrar.ts'
import type { SipMessage } from '../types.ts'
import type { KeptMessage } from './types.ts'

export interface SeenMessage {
  readonly kept: KeptMessage
  /** Absent: these bytes are no SIP message. */
  readonly sip?: SeenSip
}

export interface SeenSip {
  /** Of a response: the method it answers. */
  readonly method: string
  readonly status?: number
  readonly reason?: string
  readonly callId: string
  readonly cseq: number
  /** Of the top Via: the same branch twice is a retransmission. */
  readonly branch?: string
  readonly from?: string
  readonly to?: string
  /** User of the request's own URI. */
  readonly target?: string
  readonly contactHost?: string
  readonly viaHost?: string
  readonly agent?: string
  readonly expires?: number
  /** Date as written. */
  readonly date?: string
  readonly answer?: { readonly username: string; readonly realm: string; readonly uri: string }
  readonly isStaleChallenge: boolean
  readonly body?: SeenBody
  readonly sdp?: { readonly host?: string; readonly port: number; readonly transport: 'udp' | 'tcp'; readonly ssrc?: number; readonly encodings: readonly string[] }
}

/** A MANSCDP body, by its bytes: names are ASCII in every charset that is used. */
export interface SeenBody {
  readonly root: string
  readonly cmdType: string
  readonly sn?: string
  readonly sumNum?: number
  /** Items in this message. */
  readonly ids: readonly string[]
  readonly declared?: string
  /** By the bytes: `ascii` fits every charset. */
  readonly charset: 'ascii' | 'utf-8' | 'gb'
  readonly isXml: boolean
}

/** Of one catalog page; more are not told apart. */
const maxIds = 10_000

export function see(kept: KeptMessage): SeenMessage {
  const message = attempt(() => parseMessage(Buffer.from(kept.text, 'latin1')))
  const sip = message && attempt(() => read(message))
  return { kept, ...(sip && { sip }) }
}

function read(message: SipMessage): SeenSip {
  const { sequence, method } = attempt(() => parseCSeq(header(message, 'CSeq') ?? '')) ?? { sequence: 0, method: '' }
  const [via = ''] = headers(message, 'Via')
  const seenVia = attempt(() => parseVia(via))
  const contact = headers(message, 'Contact')[0]
  const contactHost = contact === undefined ? undefined : attempt(() => parseUri(parseNameAddr(contact).uri).host)
  const credentials = header(message, 'Authorization')
  const answer = credentials === undefined ? undefined : parseCredentials(credentials)
  const expires = header(message, 'Expires')?.trim() ?? /;\s*expires=(\d+)/i.exec(contact ?? '')?.[1]
  const from = userOf(header(message, 'From') ?? '')
  const to = userOf(header(message, 'To') ?? '')
  const target = message.kind === 'request' ? attempt(() => parseUri(message.uri).user) : undefined
  const agent = header(message, 'User-Agent') ?? header(message, 'Server')
  const date = header(message, 'Date')
  const isSdp = /^application\/sdp/i.test(header(message, 'Content-Type')?.trim() ?? '')
  const sdp = isSdp ? attempt(() => parseSdp(message.body)) : undefined
  const body = !isSdp && message.body.length > 0 ? readBody(message.body) : undefined
  return {
    method: message.kind === 'request' ? message.method : method,
    ...(message.kind === 'response' && { status: message.status, reason: message.reason }),
    callId: header(message, 'Call-ID') ?? '',
    cseq: sequence,
    isStaleChallenge: /stale\s*=\s*"?true/i.test(header(message, 'WWW-Authenticate') ?? ''),
    ...(seenVia && { viaHost: seenVia.host, ...(seenVia.branch && { branch: seenVia.branch }) }),
    ...(contactHost !== undefined && { contactHost }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(target !== undefined && { target }),
    ...(agent !== undefined && { agent }),
    ...(date !== undefined && { date }),
    ...(expires !== undefined && /^\d{1,10}$/.test(expires) && { expires: Number(expires) }),
    ...(answer && { answer: { username: answer.username, realm: answer.realm, uri: answer.uri } }),
    ...(body && { body }),
    ...(sdp && { sdp: { ...(sdp.host !== undefined && { host: sdp.host }), port: sdp.port, transport: sdp.transport, ...(sdp.ssrc !== undefined && { ssrc: sdp.ssrc }), encodings: sdp.formats.flatMap((format) => format.encoding ?? []) } }),
  }
}

function readBody(bytes: Buffer): SeenBody {
  const text = bytes.toString('latin1')
  const valueOf = (name: string): string | undefined => new RegExp(`<${name}\\s*>\\s*([^<]{1,80}?)\\s*<`, 'i').exec(text)?.[1]
  const root = /<(Query|Control|Notify|Response)\b/i.exec(text)?.[1]
  const sumNum = valueOf('SumNum')
  const sn = valueOf('SN')
  const declared = /<\?xml[^>]*encoding\s*=\s*["']([\w-]+)/i.exec(text)?.[1]
  const list = text.indexOf('<Item')
  const ids = list < 0 ? [] : [...text.slice(list).matchAll(/<Item\b[^>]*?(?:>\s*<DeviceID\s*>\s*([^<]{1,64}?)\s*<|\sDeviceID="([^"]{1,64})")/gi)].slice(0, maxIds).map((match) => match[1] ?? match[2] ?? '')
  return {
    root: root ?? '',
    cmdType: valueOf('CmdType') ?? '',
    ids,
    charset: charsetOf(bytes),
    isXml: root !== undefined,
    ...(sn !== undefined && { sn }),
    ...(sumNum !== undefined && /^\d{1,7}$/.test(sumNum) && { sumNum: Number(sumNum) }),
    ...(declared !== undefined && { declared: declared.toLowerCase() }),
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function charsetOf(bytes: Buffer): SeenBody['charset'] {
  if (bytes.every((byte) => byte < 0x80)) return 'ascii'
  try {
    utf8.decode(bytes)
    return 'utf-8'
  } catch {
    return 'gb'
  }
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
