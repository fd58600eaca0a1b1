// A lower platform in a thread of its own: registers, and answers the catalog query page by page, each after the 200 of the one before (Annex M).
import { parentPort, workerData } from 'node:worker_threads'
import {
  digestResponse, header, manscdpType, openTransactionLayer, parseChallenge, parseManscdp, silentLog, systemClock, systemRandom, writeCredentials, writeManscdp,
  type Address, type CatalogItem, type Header, type SipResponse, type Transport,
} from '../../../src/sip/index.ts'

export interface Scene {
  readonly server: { readonly id: string; readonly realm: string; readonly host: string; readonly port: number }
  readonly id: string
  readonly password: string
  readonly transport: Transport
  readonly channels: number
  readonly perMessage: number
}

const scene = workerData as Scene
const { server, id, password, transport, channels, perMessage } = scene
const target: Address = { transport, host: server.host, port: server.port }

/** As a platform fills them in: 870 bytes in a message. Every hundredth is a region or an organisation that the next ones hang under. */
function channel(n: number): CatalogItem {
  const serial = String(n).padStart(6, '0')
  const group = `32011600002160${String(Math.floor(n / 100)).padStart(6, '0')}`
  if (n % 100 === 0) return { id: group, name: `第${n / 100}派出所`, status: 'unknown', type: 'group', raw: { ParentID: id } }
  const raw = {
    Manufacturer: 'Hikvision', Model: 'DS-2CD7627', CivilCode: '320116', Block: '320116000000', Address: '六合区雄州街道', Parental: '0', ParentID: `${id}/${group}`, RegisterWay: '1', Secrecy: '0',
    IPAddress: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, Port: '5060', Longitude: '118.841', Latitude: '32.340', 'Info.PTZType': '3', 'Info.PointType': '1', 'Info.DirectionType': '2', 'Info.Resolution': '6',
  }
  return { id: `32011600001310${serial}`, name: `六合雄州路口${serial}枪机`, status: n % 9 === 0 ? 'off' : 'on', type: 'channel', raw }
}

const layer = await openTransactionLayer({
  bind: { host: '127.0.0.1', port: 0 }, transports: [transport], listen: false, clock: systemClock, random: systemRandom, log: silentLog,
  user: {
    onRequest: (transaction) => {
      transaction.respond({ status: 200 })
      const asked = parseManscdp(transaction.request.body)
      if (asked.type === 'query-catalog') void list(asked.sn)
    },
    onAck: () => {},
    onConnectionLost: () => {},
  },
})
let cseq = 0
const callId = `${systemRandom(8).toString('hex')}@platform`

function send(method: string, more: readonly Header[], body: Buffer = Buffer.alloc(0)): Promise<SipResponse> {
  const me = `<sip:${id}@${server.realm}>`
  const own: Header[] = [
    { name: 'From', value: `${me};tag=platform` }, { name: 'To', value: method === 'REGISTER' ? me : `<sip:${server.id}@${server.realm}>` },
    { name: 'Call-ID', value: callId }, { name: 'CSeq', value: `${++cseq} ${method}` }, { name: 'Contact', value: `<sip:${id}@${server.host}>` },
  ]
  return new Promise((resolve, reject) => {
    layer.request({ kind: 'request', method, uri: `sip:${server.id}@${server.realm}`, headers: [...own, ...more], body }, target, (event) => {
      if (event.type !== 'response') reject(new Error(`${method}: ${event.type}`))
      else if (event.response.status >= 200) resolve(event.response)
    })
  })
}

async function list(sn: number): Promise<void> {
  // Written beforehand, so that what is measured is who reads them.
  const pages: Buffer[] = []
  for (let at = 0; at < channels; at += perMessage) {
    const items = Array.from({ length: Math.min(perMessage, channels - at) }, (_, i) => channel(at + i))
    pages.push(writeManscdp({ type: 'response-catalog', sn, deviceId: id, sumNum: channels, items }, 'gb2312'))
  }
  parentPort?.postMessage({ type: 'begins', bytes: pages.reduce((sum, page) => sum + page.length, 0) })
  for (const page of pages) await send('MESSAGE', [{ name: 'Content-Type', value: manscdpType }], page)
  parentPort?.postMessage({ type: 'ended' })
}

const expires: Header = { name: 'Expires', value: '3600' }
const asked = parseChallenge(header(await send('REGISTER', [expires]), 'WWW-Authenticate') ?? '')
if (!asked) throw new Error('no challenge')
const input = { algorithm: 'MD5' as const, username: id, realm: asked.realm, nonce: asked.nonce, uri: `sip:${server.id}@${server.realm}` }
const authorization: Header = { name: 'Authorization', value: writeCredentials({ ...input, response: digestResponse({ ...input, method: 'REGISTER', password }) }) }
const registered = await send('REGISTER', [expires, authorization])
if (registered.status !== 200) throw new Error(`REGISTER: ${registered.status}`)
parentPort?.postMessage({ type: 'registered' })
