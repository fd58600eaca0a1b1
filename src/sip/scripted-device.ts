// A user agent and a device that says what a test tells it to, over the same wire code and real sockets on loopback. For tests alone.
import { silentLog, systemClock, systemRandom } from '../base/index.ts'
import { digestResponse, parseChallenge, writeCredentials } from './access/digest.ts'
import type { SipFact } from './notice/facts.ts'
import { openTransactionLayer } from './io/open.ts'
import { manscdpType, parseManscdp, writeManscdp, type Charset, type Manscdp } from './manscdp/index.ts'
import { header } from './message/index.ts'
import type { Address, ClientEvent, Header, ServerTransaction, SipRequest, SipResponse, TraceEntry, Transport } from './types.ts'
import { startUserAgent, type UserAgentOptions } from './user-agent.ts'

export const serverId = '32011600002000000001'
export const deviceId = '32011600001180000001'
export const channelId = '32011600001310000001'
export const realm = '3201160000'
export const password = 'a-device-secret'
const t1Ms = 40

/** Resolves when `check` holds; fails the test after five seconds. */
export async function until(check: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (check()) return
    await new Promise<void>((resolve) => void systemClock.after(10, resolve))
  }
  throw new Error(`waited in vain: ${what}`)
}

/** What a test lends: someone who closes things at its end. */
export interface Owner {
  readonly teardown: (close: () => unknown) => unknown
}

export async function serve(t: Owner, more: Partial<UserAgentOptions> = {}) {
  const facts: SipFact[] = []
  const trace: TraceEntry[] = []
  const agent = await startUserAgent({
    id: serverId, realm, bind: { host: '127.0.0.1', port: 0 }, clock: systemClock, random: systemRandom, log: silentLog, t1Ms,
    passwordOf: (id) => Promise.resolve(id === deviceId ? password : undefined),
    restored: [],
    onFact: (fact) => Promise.resolve(void facts.push(fact)),
    onTrace: (entry) => void trace.push(entry),
    ...more,
  })
  t.teardown(() => agent.close())
  const presence = (): string[] => facts.flatMap((fact) => (fact.type === 'presence' ? [fact.to] : []))
  return { agent, facts, trace, presence }
}

export type Served = Awaited<ReturnType<typeof serve>>

export type ScriptedDevice = Awaited<ReturnType<typeof openDevice>>

/** A device that says what the test tells it to, over the same wire code. */
export async function openDevice(t: Owner, { agent }: Served, transport: Transport = 'udp', id = deviceId) {
  const requests: ServerTransaction[] = []
  const acks: SipRequest[] = []
  let onRequest: (transaction: ServerTransaction) => void = (transaction) => transaction.respond({ status: 200 })
  const layer = await openTransactionLayer({
    bind: { host: '127.0.0.1', port: 0 }, transports: [transport], listen: false, clock: systemClock, random: systemRandom, log: silentLog, t1Ms, agent: 'Scripted/1',
    user: {
      onRequest: (transaction) => {
        requests.push(transaction)
        onRequest(transaction)
      },
      onAck: (ack) => void acks.push(ack),
      onConnectionLost: () => {},
    },
  })
  t.teardown(() => layer.close())
  const target: Address = { transport, host: agent.host, port: agent.port }
  const callId = `${systemRandom(6).toString('hex')}@device`
  let cseq = 0
  const send = (method: string, more: readonly Header[] = [], body: Buffer = Buffer.alloc(0), call = callId): Promise<SipResponse> =>
    new Promise((resolve, reject) => {
      const local = layer.localAddress(transport)
      const me = `<sip:${id}@${realm}>`
      const named = more.some(({ name }) => name === 'From')
      const own: Header[] = [
        ...(named ? [] : [{ name: 'From', value: `${me};tag=device` }]), { name: 'To', value: method === 'REGISTER' ? me : `<sip:${serverId}@${realm}>` },
        { name: 'Call-ID', value: call }, { name: 'CSeq', value: `${++cseq} ${method}` }, { name: 'Contact', value: `<sip:${id}@${local.host}:${local.port}>` },
      ]
      layer.request({ kind: 'request', method, uri: `sip:${serverId}@${realm}`, headers: [...own, ...more], body }, target, (event: ClientEvent) => {
        if (event.type !== 'response') reject(new Error(event.type))
        else if (event.response.status >= 200) resolve(event.response)
      })
    })
  const authorization = (challenge: string, secret: string, form: { readonly withQop?: boolean; readonly algorithm?: 'MD5' | 'SHA-256'; readonly nc?: string } = {}): Header => {
    const asked = parseChallenge(challenge)
    if (!asked) throw new Error(`no challenge in ${challenge}`)
    const { algorithm = 'MD5', nc = '00000001' } = form
    const input = { algorithm, username: 'admin', realm: asked.realm, nonce: asked.nonce, uri: `sip:${serverId}@${realm}`, ...(form.withQop && { qop: 'auth', nc, cnonce: 'c0ffee' }) }
    return { name: 'Authorization', value: writeCredentials({ ...input, response: digestResponse({ ...input, method: 'REGISTER', password: secret }) }) }
  }
  let lastChallenge = ''
  /** Both rounds; the first is left out when `nonceOf` gives a challenge to reuse. */
  const register = async (form: { readonly secret?: string; readonly expires?: number; readonly withQop?: boolean; readonly algorithm?: 'MD5' | 'SHA-256'; readonly call?: string; readonly version?: string } = {}): Promise<SipResponse> => {
    const own: Header[] = [{ name: 'Expires', value: String(form.expires ?? 3600) }, ...(form.version === undefined ? [] : [{ name: 'X-GB-Ver', value: form.version }])]
    const first = await send('REGISTER', own, undefined, form.call)
    lastChallenge = header(first, 'WWW-Authenticate') ?? ''
    return send('REGISTER', [...own, authorization(lastChallenge, form.secret ?? password, form)], undefined, form.call)
  }
  const bodies = (): readonly Manscdp[] => requests.filter(({ request }) => request.body.length > 0 && request.method !== 'INVITE').map(({ request }) => parseManscdp(request.body))
  return {
    layer, requests, acks, bodies, send, register, authorization,
    challenge: () => lastChallenge,
    answerWith: (answer: (transaction: ServerTransaction) => void) => {
      onRequest = answer
    },
    manscdp: (body: Buffer, call?: string) => send('MESSAGE', [{ name: 'Content-Type', value: manscdpType }], body, call),
    /** The same for values, in GB 2312 unless said otherwise. */
    say: (value: Manscdp, charset: Charset = 'gb2312') => send('MESSAGE', [{ name: 'Content-Type', value: manscdpType }], writeManscdp(value, charset)),
  }
}
