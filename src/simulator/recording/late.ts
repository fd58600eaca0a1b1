// What a recorded device's messages must say anew: Call-IDs, branches, tags, SNs, nonces, digests, SSRCs and addresses are those of this run, everything
// else is sent byte for byte as it was recorded. What the other side chose is learned from its messages. RFC 3261 8.1.1, 8.2.6, 12.2, 22.4.
import type { RandomBytes } from '../../base/index.ts'
import { header, parseChallenge, parseMessage, parseSdp, type SipMessage, type SipRequest } from '../../sip/index.ts'
import { attempt } from './attempt.ts'
import { callOf, likeness, rewriteAuthorization, rewriteHead, snOf, tagIn, type Challenge, type Swap } from './head.ts'
import type { Dialogue, Endpoint, RecordedMessage } from './dialogue.ts'

/** Who plays, and against whom. */
export interface Cast {
  readonly deviceId: string
  readonly serverId: string
  readonly password: string
  readonly server: Endpoint
}

export interface Late {
  /** What our side said, beside what it said when this was recorded. */
  readonly learn: (recorded: RecordedMessage, actual: SipMessage) => void
  /** The bytes to send now; undefined for an answer to a request that never came. `local` is where they will leave from. */
  readonly write: (recorded: RecordedMessage, local: Endpoint) => Written | undefined
  /** Key of the transaction that a recorded response of ours answers, as this run has it. */
  readonly answerKey: (recorded: SipMessage) => string
}

export interface Written {
  readonly bytes: Buffer
  /** Pieces to send one by one. */
  readonly cuts: readonly number[]
}

export function createLate(dialogue: Dialogue, cast: Cast, random: RandomBytes): Late {
  const callIds = new Map<string, string>()
  const branches = new Map<string, string>()
  const tags = new Map<string, string>()
  const serials = new Map<string, string>()
  const ssrcs = new Map<string, string>()
  const challenges = new Map<string, Challenge>()
  const requests = new Map<string, SipRequest>()

  const fresh = (known: Map<string, string>, recorded: string): string => {
    const value = known.get(recorded) ?? likeness(recorded, random)
    known.set(recorded, value)
    return value
  }
  /** Ids and addresses wherever they stand; the device's private address behind NAT is left as it was (Q18). */
  const swapOf = (recorded: RecordedMessage, local: Endpoint): Swap => {
    const domains = [dialogue.serverId.slice(0, 10), cast.serverId.slice(0, 10)] as const
    const pairs = ([
      [`${recorded.device.host}:${recorded.device.port}`, `${local.host}:${local.port}`],
      [`${recorded.server.host}:${recorded.server.port}`, `${cast.server.host}:${cast.server.port}`],
      ...(recorded.device.host === recorded.server.host ? [] : [[recorded.device.host, local.host] as const, [recorded.server.host, cast.server.host] as const]),
      [dialogue.deviceId, cast.deviceId],
      [dialogue.serverId, cast.serverId],
      [`@${domains[0]}`, `@${domains[1]}`],
    ] as const).filter(([from, to]) => from !== '' && from !== '@' && from !== to)
    // One pass, longest first, so that nothing that was put in is taken for something recorded.
    const sorted = [...pairs].sort(([one], [other]) => other.length - one.length)
    if (sorted.length === 0) return (text) => text
    const pattern = new RegExp(sorted.map(([from]) => `${from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![0-9])`).join('|'), 'g')
    const to = new Map(sorted)
    return (text) => text.replace(pattern, (found) => to.get(found) ?? found)
  }
  const bodyOf = (text: string, isAnswer: boolean): string => {
    let body = text
    if (isAnswer || /<Response[\s>]/i.test(text)) body = body.replace(/(<SN>\s*)(\d+)(?=\s*<\/SN>)/gi, (all, open: string, sn: string) => (serials.has(sn) ? `${open}${serials.get(sn) ?? ''}` : all))
    return body.replace(/^(y=)(\d{1,10})/gm, (all, key: string, y: string) => (ssrcs.has(y) ? `${key}${ssrcs.get(y) ?? ''}` : all))
  }

  const learn: Late['learn'] = (recorded, actual) => {
    const before = recorded.message
    if (!before) return
    if (before.kind === 'request' && actual.kind === 'request') {
      requests.set(callOf(before), actual)
      pair(callIds, header(before, 'Call-ID'), header(actual, 'Call-ID'))
      pair(tags, tagIn(before, 'From'), tagIn(actual, 'From'))
      pair(serials, snOf(before), snOf(actual))
      pair(ssrcs, ssrcOf(before), ssrcOf(actual))
    } else pair(tags, tagIn(before, 'To'), tagIn(actual, 'To'))
    const asked = attempt(() => parseChallenge(header(before, 'WWW-Authenticate') ?? ''))
    const now = attempt(() => parseChallenge(header(actual, 'WWW-Authenticate') ?? ''))
    if (asked && now) challenges.set(asked.nonce, now)
  }

  const write: Late['write'] = (recorded, local) => {
    const { message, bytes } = recorded
    if (!message) return { bytes, cuts: recorded.cuts }
    const swap = swapOf(recorded, local)
    const answered = message.kind === 'response' ? requests.get(callOf(message)) : undefined
    if (message.kind === 'response' && !answered) return undefined
    const split = bytes.length - message.body.length
    const head = bytes.toString('latin1', 0, split)
    const body = bodyOf(swap(message.body.toString('latin1')), message.kind === 'response')
    const rewritten = rewriteHead(head, {
      swap,
      callId: (id) => callIds.get(id) ?? fresh(callIds, id),
      branch: (branch) => fresh(branches, branch),
      tag: (tag) => fresh(tags, tag),
      answered,
      recorded: message,
      authorize: (value) => rewriteAuthorization(swap(value), { challengeFor: (nonce) => challenges.get(nonce), method: message.kind === 'request' ? message.method : '', password: cast.password }),
      bodyDelta: body.length - message.body.length,
    })
    const written = Buffer.from(rewritten + body, 'latin1')
    // Cuts inside the head or the body keep their distance from where it begins.
    const cuts = recorded.cuts.map((at) => (at <= split ? Math.min(at, rewritten.length) : rewritten.length + at - split)).filter((at) => at > 0 && at < written.length)
    return { bytes: recorded.tail.length === 0 ? written : Buffer.concat([written, recorded.tail]), cuts }
  }

  const answerKey: Late['answerKey'] = (recorded) => JSON.stringify([callIds.get(header(recorded, 'Call-ID') ?? '') ?? '', header(recorded, 'CSeq')?.trim().replace(/\s+/g, ' ')])
  return { learn, write, answerKey }
}

/** The transaction of a response as it comes: what `answerKey` gives for its recorded twin. */
export const keyOfResponse = (actual: SipMessage): string => JSON.stringify([header(actual, 'Call-ID') ?? '', header(actual, 'CSeq')?.trim().replace(/\s+/g, ' ')])

function pair(known: Map<string, string>, recorded: string | undefined, actual: string | undefined): void {
  if (recorded !== undefined && actual !== undefined) known.set(recorded, actual)
}

const ssrcOf = (message: SipMessage): string | undefined => (attempt(() => parseSdp(message.body)) ? /^y=(\d{1,10})/m.exec(message.body.toString('latin1'))?.[1] : undefined)

/** Whether bytes are a message at all; for what a socket brings. */
export const messageIn = (bytes: Buffer): SipMessage | undefined => attempt(() => parseMessage(bytes))
