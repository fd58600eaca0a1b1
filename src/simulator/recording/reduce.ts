// A message of our side reduced to what matters, as one line that a person can read and a test can compare.
// What differs from run to run is left out: Call-ID, branch, tags, SN, nonce, ports, times of day.
import { header, headers, parseChallenge, parseCSeq, parseNameAddr, parseUri, type SipMessage, type SipRequest, type SipResponse } from '../../sip/index.ts'
import { attempt } from './attempt.ts'

/** Ids that stand as {device} and {server} in a line, so that a replay under another id compares. */
export interface Names {
  readonly deviceId: string
  readonly serverId: string
}

export function reduce(message: SipMessage, names: Names): string {
  const parts = message.kind === 'request' ? requestParts(message) : responseParts(message)
  return named(parts.filter((part) => part !== '').join('; '), names)
}

/** What tells a request of ours from others: method, and for bodies of the standard root and command. */
export function kindOf(message: SipMessage): string {
  if (message.kind === 'response') return `${message.status} ${methodOf(message)}`
  const command = commandOf(text(message))
  return command ? `${message.method} ${command}` : message.method
}

/** The kind in a reduced line: its first words, and the command where there is one. */
export function kindInLine(line: string): string {
  const parts = line.split('; ')
  const [first = ''] = parts
  if (/^\d{3} /.test(first)) return first.split(' ').slice(0, 2).join(' ')
  const command = parts.map((part) => /^(Query|Control|Notify|Response) (\w+)/.exec(part)?.[0]).find((found) => found !== undefined)
  const [method = ''] = first.split(' ')
  return command ? `${method} ${command}` : method
}

const named = (line: string, { deviceId, serverId }: Names): string => [['{device}', deviceId] as const, ['{server}', serverId] as const].reduce((sum, [name, id]) => (id === '' ? sum : sum.replaceAll(id, name)), line)

const utf8 = new TextDecoder('utf-8', { fatal: true })
const gb18030 = new TextDecoder('gb18030')
const text = ({ body }: SipMessage): string => {
  try {
    return utf8.decode(body)
  } catch {
    return gb18030.decode(body)
  }
}
const methodOf = (response: SipResponse): string => attempt(() => parseCSeq(header(response, 'CSeq') ?? '').method) ?? '?'

function responseParts(response: SipResponse): readonly string[] {
  const challenge = attempt(() => parseChallenge(header(response, 'WWW-Authenticate') ?? ''))
  const date = header(response, 'Date')
  const contact = attempt(() => parseNameAddr(headers(response, 'Contact')[0] ?? '').parameters['expires'])
  return [
    `${response.status} ${methodOf(response)}`,
    challenge ? `WWW-Authenticate: Digest ${challenge.algorithm}${challenge.qop ? ' qop=auth' : ''}${challenge.stale ? ' stale' : ''}` : '',
    headers(response, 'WWW-Authenticate').length > 1 ? `${headers(response, 'WWW-Authenticate').length} challenges` : '',
    field(response, 'Expires'),
    contact === undefined ? '' : `Contact: expires=${contact}`,
    date === undefined ? '' : `Date: ${/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/.test(date) ? 'yyyy-MM-ddTHH:mm:ss.SSS' : 'in another form'}`,
    field(response, 'X-GB-Ver'),
    field(response, 'Retry-After'),
    ...bodyParts(response),
  ]
}

function requestParts(request: SipRequest): readonly string[] {
  const subject = header(request, 'Subject')?.replace(/:([01])\d{9}(?=,|$)/g, (_, first: string) => (first === '0' ? ':live' : ':history'))
  return [
    `${request.method} ${attempt(() => parseUri(request.uri).user) ?? '?'}`,
    field(request, 'Event').replace(/id=\d+/, 'id=#'),
    field(request, 'Expires'),
    subject === undefined ? '' : `Subject: ${subject}`,
    ...bodyParts(request),
  ]
}

const field = (message: SipMessage, name: string): string => {
  const value = header(message, name)
  return value === undefined ? '' : `${name}: ${value}`
}

function bodyParts(message: SipMessage): readonly string[] {
  const body = text(message)
  const type = header(message, 'Content-Type')?.toLowerCase().trim() ?? ''
  if (type.endsWith('mansrtsp')) return [body.split(/\r?\n/).filter((line) => !/^(CSeq|$)/i.test(line)).join(' | ')]
  if (type === 'application/sdp') return sdpParts(body)
  const command = commandOf(body)
  return command ? [[command, ...leaves(body)].join(' ')] : []
}

/** Session, times, media line without its port, whether y= says live or history, who connects. */
function sdpParts(body: string): readonly string[] {
  const line = (key: string): string | undefined => new RegExp(`^${key}=(.*?)\\r?$`, 'm').exec(body)?.[1]
  const y = line('y')
  return [`s=${line('s') ?? ''} t=${line('t') ?? ''} ${(line('m') ?? '').replace(/^(\w+) \d+/, '$1')}${line('u') === undefined ? '' : ` u=${line('u') ?? ''}`} y=${y?.startsWith('1') ? 'history' : 'live'}${/^a=setup:(\w+)/m.exec(body)?.[0].replace('a=', ' ') ?? ''}`]
}

function commandOf(body: string): string | undefined {
  const root = /<(Query|Control|Notify|Response)[\s>]/i.exec(body)?.[1]
  const command = /<CmdType>\s*(\w+)\s*</i.exec(body)?.[1]
  return root && command ? `${root} ${command}` : undefined
}

const left = new Set(['CmdType', 'SN', 'SessionID'])
/** Ours: what one line tells of a long list. */
const maxLeaves = 60

/** Each element that holds text alone, by its way from the root: `Info.ControlPriority=5`. */
export function leaves(body: string): readonly string[] {
  const found: string[] = []
  const way: string[] = []
  for (const [, close, name = '', empty, value = ''] of body.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>([^<]*)/g)) {
    if (close) way.pop()
    else if (!empty) {
      way.push(name)
      const isLeaf = value.trim() !== ''
      if (isLeaf && !left.has(name) && found.length < maxLeaves) found.push(`${way.slice(1).join('.')}=${value.trim().slice(0, 200)}`)
    }
  }
  return found
}
