// Whoever sits at the service, played: does what makes our side say what a recording expects of it. For replays against a user agent of our own.
import { actionsOf, parseManscdp, parseMansRtsp, type InviteSession, type QueryDraft, type SubscriptionKind, type UserAgent } from '../sip/index.ts'
import type { QueryValue } from './manscdp.ts'

export interface Operator {
  /** Acts on a reduced line of ours that nothing made happen yet; false for what a service does by itself. */
  readonly cause: (line: string) => boolean
}

/** Where the played device should send to; nothing listens there. */
const media = { host: '127.0.0.1', port: 39_000 } as const
const answerTimeoutMs = 5_000
const subscribed: Readonly<Record<string, SubscriptionKind>> = { Catalog: 'catalog', Alarm: 'alarm', MobilePosition: 'mobile-position' }

/** `patience`: how long an INVITE may be unanswered before it is given up. */
export function createOperator(agent: UserAgent, deviceId: string, serverId: string, patienceMs = answerTimeoutMs): Operator {
  const sessions: InviteSession[] = []
  const named = (line: string): string => line.replaceAll('{device}', deviceId).replaceAll('{server}', serverId)

  const message = (line: string): boolean => {
    const value = parseManscdp(bodyOf(line))
    if (value.type === 'query-catalog') void agent.queryCatalog(deviceId)
    else if (value.type === 'query-record-info') void agent.queryRecords(deviceId, { channelId: value.deviceId, fromMs: value.startMs ?? 0, toMs: value.endMs ?? 0, ...(value.recordType && { recordType: value.recordType }) })
    // The spelling is the service's to choose (Q59).
    else if (value.type === 'control-device-control') void agent.command(deviceId, value.deviceId, value.command.kind === 'keyframe' ? { kind: 'keyframe' } : value.command)
    else if (value.type === 'control-device-config') void agent.configure(deviceId, value.deviceId, value.config)
    else if (value.type.startsWith('query-')) {
      const { sn: _, ...draft } = value as QueryValue
      void agent.ask(deviceId, draft as QueryDraft)
    } else return false
    return true
  }
  const subscribe = (line: string): boolean => {
    const [, name = ''] = /Query (\w+)/.exec(line) ?? []
    const kind = subscribed[name]
    const expiresS = Number(/Expires: (\d+)/.exec(line)?.[1] ?? 600)
    if (!kind) return false
    const intervalS = Number(/Interval=(\d+)/.exec(line)?.[1] ?? 0)
    if (expiresS === 0) agent.unsubscribe(deviceId, kind)
    else agent.subscribe(deviceId, { kind, expiresS, ...(intervalS > 0 && { intervalS }) })
    return true
  }
  const invite = (line: string): boolean => {
    const [, channelId = '', session = '', from = '', to = ''] = /^INVITE (\S+?);.*s=(\w+) t=(\d+) (\d+)/.exec(line) ?? []
    const kind = session.toLowerCase()
    if (kind !== 'play' && kind !== 'playback' && kind !== 'download') return false
    const transport = / TCP\//.test(line) ? 'tcp-passive' : 'udp'
    sessions.push(agent.invite({ deviceId, channelId, kind, ...(kind !== 'play' && { range: { fromS: Number(from), toS: Number(to) } }), media: { ...media, transport }, answerTimeoutMs: patienceMs }))
    return true
  }
  const inCall = (line: string): boolean => {
    const session = sessions.at(-1)
    if (!session) return false
    if (!line.startsWith('INFO')) void session.bye()
    else {
      const asked = parseMansRtsp(Buffer.from(line.slice(line.indexOf('; ') + 2).split(' | ').join('\r\n')))
      if (asked.type === 'request') for (const action of actionsOf(asked)) void session.control(action)
    }
    return true
  }
  return {
    cause: (reduced) => {
      const line = named(reduced)
      const [method] = line.split(' ')
      if (method === 'MESSAGE') return message(line)
      if (method === 'SUBSCRIBE') return subscribe(line)
      if (method === 'INVITE') return invite(line)
      return method === 'INFO' || method === 'BYE' || method === 'CANCEL' ? inCall(line) : false
    },
  }
}

/** The body that a reduced line was made of, as far as it tells. */
function bodyOf(line: string): Buffer {
  const [, root = '', command = '', rest = ''] = /(?:^|; )(Query|Control|Notify|Response) (\w+) ?([^;]*)/.exec(line) ?? []
  let xml = `<CmdType>${command}</CmdType><SN>1</SN>`
  let open: readonly string[] = []
  for (const [, path = '', value = ''] of rest.matchAll(/([\w.]+)=(.*?)(?= [\w.]+=|$)/g)) {
    const way = path.split('.')
    const blocks = way.slice(0, -1)
    const common = blocks.findIndex((name, n) => open[n] !== name)
    const kept = common < 0 ? blocks.length : common
    xml += open.slice(kept).reverse().map((name) => `</${name}>`).join('') + blocks.slice(kept).map((name) => `<${name}>`).join('') + `<${way.at(-1) ?? ''}>${value}</${way.at(-1) ?? ''}>`
    open = blocks
  }
  return Buffer.from(`<${root}>${xml}${[...open].reverse().map((name) => `</${name}>`).join('')}</${root}>`)
}

