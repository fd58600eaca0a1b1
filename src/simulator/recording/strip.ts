// A conversation without what belongs to its owner: ids, addresses, names, places, passwords and digests are replaced, the form of every message stays.
import { createPcapngWriter } from '../../base/index.ts'
import { header, parseCSeq, type SipMessage } from '../../sip/index.ts'
import { attempt } from './attempt.ts'
import type { Dialogue, Endpoint, RecordedMessage } from './dialogue.ts'
import { rightDigest, wrongDigest } from './head.ts'

/** Ids of ours begin so: Luhe district, and the number of the fixture's own. */
const ownPrefix = '32011600'
const ownDomain = '3201160000'
/** When every fixture begins. */
const startUs = Date.UTC(2026, 0, 1) * 1000

/** Elements whose text could name a person, a place or a thing, or let somebody in. */
const named = /(<(Name|DeviceName|Owner|Address|ManagementUnit|ContactInfo|PointCommonName|PresetName|AlarmDescription|Text|UserName|FilePath|MAC|SerialNumber)>)([^<]+)(?=<\/\2>)/gi
const secret = /(<(Password|UserPassword)>)([^<]+)(?=<\/\2>)|^(a=password:)(.+?)(?=\r?$)/gim
const placed = /(<(Longitude|Latitude)>)\s*-?\d[\d.]*(?=\s*<\/\2>)/gi
const civil = /(<CivilCode>)(\d{2,8})(?=<)/gi

export interface Stripped {
  readonly dialogue: Dialogue
  /** As a file, readable by any analyser. */
  readonly pcapng: Buffer
}

/** `isRight` says whether a digest was the right one, where that is known; else the answer to it tells. */
export function strip(dialogue: Dialogue, isRight: (request: SipMessage) => boolean | undefined = () => undefined): Stripped {
  const ids = createIds(dialogue)
  const hosts = createHosts(dialogue)
  // What the simulator says names nobody, and its bytes matter.
  const nameless = isOurs(dialogue) ? (body: string): string => body : anonymous
  const messages = dialogue.messages.map((recorded, n): RecordedMessage => {
    const ends = { device: hosts.end(recorded.device), server: hosts.end(recorded.server) }
    if (!recorded.message) return { ...recorded, ...ends }
    const split = recorded.bytes.length - recorded.message.body.length
    const isGood = isRight(recorded.message) ?? wasTaken(dialogue, n)
    const before = recorded.bytes.toString('latin1', split)
    const body = hosts.swap(ids.swap(nameless(before)), recorded.from)
    const head = withLength(hosts.swap(ids.swap(withoutNames(recorded.bytes.toString('latin1', 0, split), isGood)), recorded.from), body.length - before.length)
    const bytes = Buffer.from(head + body, 'latin1')
    const cuts = recorded.cuts.map((at) => (at <= split ? Math.min(at, head.length) : head.length + at - split)).filter((at) => at > 0 && at < bytes.length)
    return { ...recorded, ...ends, bytes, cuts, message: { ...recorded.message, body: bytes.subarray(head.length) } }
  })
  const stripped: Dialogue = { deviceId: ids.swap(dialogue.deviceId), serverId: ids.swap(dialogue.serverId), startUs, messages }
  return { dialogue: stripped, pcapng: writeDialogue(stripped) }
}

/** A conversation as pcapng, segments where they were. */
export function writeDialogue(dialogue: Dialogue): Buffer {
  const writer = createPcapngWriter('yiji')
  const parts: Buffer[] = [writer.header()]
  const held = new Map<string, Buffer>()
  for (const { from, transport, device, server, connection, bytes: message, cuts, tail, isGlued, atUs } of dialogue.messages) {
    const bytes = tail.length === 0 ? message : Buffer.concat([message, tail])
    const wire = { layer: 'signal', direction: from === 'device' ? 'in' : 'out', atUs: startUs + atUs, transport, local: server, remote: device } as const
    const key = `${from} ${connection} ${device.port}`
    const edges = [...cuts, bytes.length]
    for (const [n, end] of edges.entries()) {
      const piece = Buffer.concat([held.get(key) ?? Buffer.alloc(0), bytes.subarray(edges[n - 1] ?? 0, end)])
      held.delete(key)
      if (end === bytes.length && isGlued && transport === 'tcp') held.set(key, piece)
      else parts.push(writer.wire({ ...wire, bytes: piece }))
    }
  }
  return Buffer.concat(parts)
}

/** A credential that was answered with another demand or with 403 was wrong. */
function wasTaken(dialogue: Dialogue, n: number): boolean {
  const asked = dialogue.messages[n]?.message
  if (!asked) return true
  const answer = dialogue.messages.slice(n + 1).find(({ from, message }) => from === 'ours' && message?.kind === 'response' && header(message, 'Call-ID') === header(asked, 'Call-ID') && cseq(message) === cseq(asked) && message.status >= 200)
  if (answer?.message?.kind !== 'response') return true
  const isStale = /stale\s*=\s*"?true/i.test(header(answer.message, 'WWW-Authenticate') ?? '')
  return answer.message.status < 400 || isStale
}

const cseq = (message: SipMessage): number | undefined => attempt(() => parseCSeq(header(message, 'CSeq') ?? '').sequence)

const withLength = (head: string, delta: number): string => (delta === 0 ? head : head.replace(/^((?:content-length|l)\s*:\s*)(\d+)/im, (_, name: string, length: string) => `${name}${Math.max(0, Number(length) + delta)}`))

/** Display names go, digests become a mark that a replay understands. */
function withoutNames(head: string, isGood: boolean): string {
  const plain = head.replace(/^((?:from|to|contact|f|t|m)\s*:\s*)(?:"[^"]*"|[^\s<":][^<\r\n:"]*?)[ \t]*(?=<)/gim, '$1"device" ')
  return plain.replace(/^((?:proxy-)?authorization\s*:.*?\bresponse\s*=\s*"?)[0-9a-f]{32,64}/gim, `$1${isGood ? rightDigest : wrongDigest}`)
}

/** The text of a name in the charset that it had. */
function anonymous(body: string): string {
  const name = (value: string): string => {
    if (!/[\x80-\xff]/.test(value)) return value.trim() === '' ? value : 'test'
    const bytes = Buffer.from(value, 'latin1')
    // 测试, in UTF-8 where the name was, else in GB 2312.
    return (bytes.toString('utf8').includes('\ufffd') ? Buffer.from([0xb2, 0xe2, 0xca, 0xd4]) : Buffer.from('测试')).toString('latin1')
  }
  return body
    .replace(named, (_, open: string, _name: string, value: string) => `${open}${name(value)}`)
    .replace(secret, (_, open: string | undefined, _name: string, _value: string, line: string | undefined) => `${open ?? line ?? ''}removed`)
    .replace(placed, (_, open: string, name: string) => `${open}${name.toLowerCase() === 'longitude' ? '118.8' : '32.3'}`)
    .replace(civil, (_, open: string, code: string) => `${open}${ownPrefix.slice(0, code.length)}`)
}

const isOurs = ({ deviceId, serverId }: Dialogue): boolean => deviceId.startsWith('3201') && serverId.startsWith('3201')

/** 18 to 20 digits become ids of ours of the same length and type, numbered as they appear; the registrar's domain becomes ours. */
function createIds(dialogue: Dialogue): { readonly swap: (text: string) => string } {
  const known = new Map<string, string>()
  const domain = /^\d{10}/.exec(dialogue.serverId)?.[0] ?? ''
  if (isOurs(dialogue)) return { swap: (text) => text }
  return {
    swap: (text) =>
      text
        .replace(/(?<!\d)\d{18,20}(?!\d)/g, (id) => {
          const made = known.get(id) ?? `${ownPrefix}${id.slice(8, 14)}${String(known.size + 1).padStart(id.length - 14, '0')}`
          known.set(id, made)
          return made
        })
        .replace(domain === '' ? /(?!)/g : new RegExp(`(?<!\\d)${domain}(?!\\d)`, 'g'), ownDomain),
  }
}

/** Addresses of documentation (RFC 5737) for the true ones, and for both ends of a recording that was made on one machine. */
function createHosts(dialogue: Dialogue): { readonly swap: (text: string, from: RecordedMessage['from']) => string; readonly end: (end: Endpoint) => Endpoint } {
  const hosts = new Map<string, string>()
  const ends = new Map<string, Endpoint>()
  for (const { server } of dialogue.messages) if (!isLoopback(server.host)) hosts.set(server.host, serverHost)
  const of = (host: string): string => {
    const made = hosts.get(host) ?? `192.0.2.${hosts.size + 10}`
    hosts.set(host, made)
    return made
  }
  const learn = (end: Endpoint, made: Endpoint): void => {
    const key = `${end.host}:${end.port}`
    if (!ends.has(key)) ends.set(key, made)
  }
  const ports = new Set<number>()
  for (const { server, device } of dialogue.messages) {
    if (!isLoopback(server.host)) continue
    ports.add(device.port)
    learn(server, { host: serverHost, port: 5060 })
    learn(device, { host: deviceHost, port: 5059 + ports.size })
  }
  const end = (each: Endpoint): Endpoint => ends.get(`${each.host}:${each.port}`) ?? { host: of(each.host), port: each.port }
  const bare = (text: string, from: RecordedMessage['from']): string =>
    text
      .replace(/(received=)127\.0\.0\.1/g, `$1${from === 'ours' ? deviceHost : serverHost}`)
      .replace(/^((?:call-id|i)\s*:.*@)127\.0\.0\.1/gim, `$1${serverHost}`)
      .replace(/(?<![\d.])127\.0\.0\.1(?![\d.])/g, from === 'ours' ? serverHost : deviceHost)
  return {
    swap: (text, from) => {
      const paired = text.replace(/(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})(?!\d)/g, (all, host: string, port: string) => {
        const made = ends.get(`${host}:${port}`)
        return made ? `${made.host}:${made.port}` : all
      })
      // rport= names a port without its host.
      const ported = paired.replace(/(rport=)(\d{1,5})/g, (_, name: string, port: string) => `${name}${ends.get(`127.0.0.1:${port}`)?.port ?? port}`)
      return bare(ported, from).replace(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g, (host) => (host === serverHost || host === deviceHost || isKept(host) ? host : of(host)))
    },
    end,
  }
}

const serverHost = '198.51.100.1'
const deviceHost = '192.0.2.10'
const isLoopback = (host: string): boolean => /^(127\.|::1$)/.test(host)
/** Addresses that say nothing of anybody: none at all, those of documentation, and the private ones that the simulator claims to stand behind. */
const isKept = (host: string): boolean => /^(0\.0\.0\.0|192\.0\.2\.\d+|192\.168\.1\.64)$/.test(host)
