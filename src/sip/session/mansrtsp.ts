// MANSRTSP: how a recording is steered, in the body of INFO and of its answer. GB/T 28181-2022 Annex B; RFC 2326 in form.
import { ParseError } from '../../base/index.ts'

/** 2016 and 2022 begin with RTSP/1.0; the 2011 edition, and platforms of its time, with MANSRTSP/1.0. Both are read, the first is written. */
export type RtspProtocol = 'RTSP/1.0' | 'MANSRTSP/1.0'

/** Normal play time in seconds from the start of the recording; a range that runs backwards is reverse play (2022). */
export interface NptRange {
  readonly from: number | 'now'
  readonly to?: number
}

export interface MansRtspRequest {
  readonly type: 'request'
  readonly protocol: RtspProtocol
  readonly method: 'PLAY' | 'PAUSE' | 'TEARDOWN'
  readonly cseq: number
  /** Times real time; below 0 backwards. */
  readonly scale?: number
  readonly range?: NptRange
  readonly pauseTime?: number | 'now'
}

export interface MansRtspResponse {
  readonly type: 'response'
  readonly protocol: RtspProtocol
  readonly status: number
  readonly reason: string
  /** Interop: need not be the request's; the standard's own example answers 4 with 6. */
  readonly cseq?: number
  readonly scale?: number
  readonly range?: NptRange
  readonly rtpInfo?: { readonly seq?: number; readonly rtptime?: number }
}

export type MansRtsp = MansRtspRequest | MansRtspResponse

/** What a viewer may want of a recording. `seek` in seconds from its start. */
export type PlaybackAction =
  | { readonly action: 'pause' }
  | { readonly action: 'resume' }
  | { readonly action: 'scale'; readonly scale: number }
  | { readonly action: 'seek'; readonly seconds: number }
  /** 2022 only. `scale` is below 0, −1 unless said; with `from` and `to`, where it begins and ends. */
  | { readonly action: 'reverse'; readonly scale?: number; readonly from?: number; readonly to?: number }
  | { readonly action: 'teardown' }

/** Ours: a body of MANSRTSP is a hundred bytes. */
const maxBytes = 4096
const maxSeconds = 10_000_000

/** Reads either direction. Header names in any case, unknown ones ignored. Throws ParseError `mansrtsp.malformed`. */
export function parseMansRtsp(body: Buffer): MansRtsp {
  if (body.length > maxBytes) throw malformed(`${body.length} bytes, at most ${maxBytes}`)
  const [first = '', ...rest] = body.toString('latin1').trimStart().split(/\r\n|\n|\r/)
  const fields = new Map<string, string>()
  for (const line of rest) {
    const [, name, value] = /^\s*([\w-]{1,40})\s*:\s*(.*?)\s*$/.exec(line) ?? []
    if (name !== undefined && value !== undefined && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value)
  }
  const cseq = /^\d{1,10}$/.exec(fields.get('cseq') ?? '')?.[0]
  const scale = numberIn(fields.get('scale'))
  const range = rangeIn(fields.get('range'))
  const common = { ...(scale !== undefined && { scale }), ...(range && { range }) }

  const [, method, asked] = /^(PLAY|PAUSE|TEARDOWN)\s+((?:MANS)?RTSP\/1\.0)\s*$/i.exec(first) ?? []
  if (method !== undefined && asked !== undefined) {
    const pause = fields.get('pausetime')
    const pauseTime = pause === undefined ? undefined : /^now$/i.test(pause) ? ('now' as const) : numberIn(pause)
    return { type: 'request', protocol: protocolOf(asked), method: methodOf(method), cseq: Number(cseq ?? 0), ...common, ...(pauseTime !== undefined && { pauseTime }) }
  }
  const [, answered, status, reason = ''] = /^((?:MANS)?RTSP\/1\.0)\s+(\d{3})\s*(.*?)\s*$/i.exec(first) ?? []
  if (answered === undefined || status === undefined) throw malformed(first.slice(0, 40))
  const rtpInfo = rtpInfoIn(fields.get('rtp-info'))
  return { type: 'response', protocol: protocolOf(answered), status: Number(status), reason, ...(cseq !== undefined && { cseq: Number(cseq) }), ...common, ...(rtpInfo && { rtpInfo }) }
}

export function writeMansRtsp(message: MansRtsp): Buffer {
  const lines = message.type === 'request' ? [`${message.method} ${message.protocol}`] : [`${message.protocol} ${message.status} ${message.reason}`]
  if (message.cseq !== undefined) lines.push(`CSeq: ${message.cseq}`)
  if (message.type === 'request' && message.pauseTime !== undefined) lines.push(`PauseTime: ${message.pauseTime}`)
  if (message.scale !== undefined) lines.push(`Scale: ${decimal(message.scale)}`)
  if (message.range) lines.push(`Range: npt=${writePoint(message.range.from)}-${message.range.to === undefined ? '' : writePoint(message.range.to)}`)
  if (message.type === 'response' && message.rtpInfo) {
    const { seq, rtptime } = message.rtpInfo
    lines.push(`RTP-Info: ${[seq === undefined ? '' : `seq=${seq}`, rtptime === undefined ? '' : `rtptime=${rtptime}`].filter((part) => part !== '').join(';')}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** The request of an action, as the standard writes it: a speed without a range, a place without a speed. */
export function requestOf(action: PlaybackAction, cseq: number): MansRtspRequest {
  const play = { type: 'request', protocol: 'RTSP/1.0', method: 'PLAY', cseq } as const
  switch (action.action) {
    case 'pause':
      return { ...play, method: 'PAUSE', pauseTime: 'now' }
    case 'resume':
      return { ...play, range: { from: 'now' } }
    case 'scale':
      return { ...play, scale: action.scale }
    case 'seek':
      return { ...play, range: { from: action.seconds } }
    case 'reverse':
      return { ...play, scale: action.scale ?? -1, ...(action.from !== undefined && { range: { from: action.from, ...(action.to !== undefined && { to: action.to }) } }) }
    case 'teardown':
      return { ...play, method: 'TEARDOWN' }
  }
}

/** What a request means to who serves it; the counterpart of requestOf, and lenient: a scale and a range may come together (2013 platforms). */
export function actionsOf(request: MansRtspRequest): readonly PlaybackAction[] {
  if (request.method === 'TEARDOWN') return [{ action: 'teardown' }]
  if (request.method === 'PAUSE') return [{ action: 'pause' }]
  const { scale, range } = request
  const { from, to } = range ?? {}
  if (scale !== undefined && scale < 0) return [{ action: 'reverse', scale, ...(typeof from === 'number' && { from }), ...(to !== undefined && { to }) }]
  const actions: PlaybackAction[] = []
  if (typeof from === 'number') actions.push({ action: 'seek', seconds: from })
  if (scale !== undefined) actions.push({ action: 'scale', scale })
  // Interop: resuming is either `Range: npt=now-` or a bare `Scale: 1.0` (2013 platforms), and speed 1 says no less.
  return actions.length > 0 ? actions : [{ action: 'resume' }]
}

const protocolOf = (text: string): RtspProtocol => (/^mans/i.test(text) ? 'MANSRTSP/1.0' : 'RTSP/1.0')
const methodOf = (text: string): MansRtspRequest['method'] => (/^play$/i.test(text) ? 'PLAY' : /^pause$/i.test(text) ? 'PAUSE' : 'TEARDOWN')

/** RTSP writes a point in seconds or as hours:minutes:seconds (RFC 2326 3.6). */
function pointIn(text: string): number | undefined {
  const [, hours, minutes, seconds] = /^(\d{1,5}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)$/.exec(text) ?? []
  return hours === undefined ? numberIn(text) : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

function rangeIn(text: string | undefined): NptRange | undefined {
  const [, from, to] = /^npt\s*=\s*([\d.:]{1,20}|now)?\s*-\s*([\d.:]{1,20})?/i.exec(text ?? '') ?? []
  if (from === undefined) return undefined
  const start = /^now$/i.test(from) ? ('now' as const) : pointIn(from)
  const end = to === undefined ? undefined : pointIn(to)
  return start === undefined ? undefined : { from: start, ...(end !== undefined && { to: end }) }
}

function rtpInfoIn(text: string | undefined): MansRtspResponse['rtpInfo'] {
  if (text === undefined) return undefined
  const seq = /\bseq=(\d{1,10})\b/i.exec(text)?.[1]
  const rtptime = /\brtptime=(\d{1,10})\b/i.exec(text)?.[1]
  return { ...(seq !== undefined && { seq: Number(seq) }), ...(rtptime !== undefined && { rtptime: Number(rtptime) }) }
}

const numberIn = (text: string | undefined): number | undefined => (/^-?\d{1,10}(?:\.\d{1,9})?$/.test(text ?? '') && Math.abs(Number(text)) <= maxSeconds ? Number(text) : undefined)
/** As the standard's examples write a speed: with a fraction. */
const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))
const writePoint = (point: number | 'now'): string => String(point)

const malformed = (what: string): ParseError => new ParseError('mansrtsp.malformed', `not MANSRTSP: ${what}`)
