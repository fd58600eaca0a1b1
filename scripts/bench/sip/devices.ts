// Devices that do nothing but register and keep alive, thousands in one process: the other side of the benches sip-register and sip-keepalive.
// Started as a child; takes an Order, answers with a Report. Messages are built from strings, so that this side costs little.
import { createSocket } from 'node:dgram'
import { createConnection, type Socket } from 'node:net'
import { digestResponse } from '../../../src/sip/index.ts'

export interface Order {
  readonly kind: 'register' | 'keepalive'
  readonly transport: 'udp' | 'tcp'
  readonly port: number
  readonly serverId: string
  readonly realm: string
  readonly password: string
  readonly count: number
  /** Registering: devices under way at once. */
  readonly atOnce: number
  /** Keeping alive: for so long, each device once in `intervalMs`. */
  readonly seconds?: number
  readonly intervalMs?: number
}

export interface Report {
  /** Final 200. */
  readonly accepted: number
  /** Final answers that were none, by status; `0` means that nothing came within 32 s. */
  readonly others: Readonly<Record<string, number>>
  readonly retransmissions: number
  readonly seconds: number
  /** Milliseconds from the first message of a device to its 200. */
  readonly median: number
  readonly slowest: number
}

export const idOf = (n: number): string => String(34020000001310000000n + BigInt(n))

const host = '127.0.0.1'
const t1Ms = 500
const giveUpMs = 32_000

interface Device {
  readonly id: string
  readonly send: (text: string) => void
  readonly port: number
  cseq: number
}

interface Pending {
  readonly device: Device
  readonly text: string
  readonly begunMs: number
  sentMs: number
  waitMs: number
  readonly done: (response: string) => void
}

const devices: Device[] = []
const pending = new Map<string, Pending>()
let retransmissions = 0

/** Every response has a Call-ID of `id-cseq`, which finds its request. */
function take(response: string): void {
  const at = response.indexOf('Call-ID: ')
  const callId = response.slice(at + 9, response.indexOf('\r\n', at))
  const entry = pending.get(callId)
  if (!entry || response.startsWith('SIP/2.0 1')) return
  pending.delete(callId)
  entry.done(response)
}

function request(device: Device, method: string, order: Order, more: string, body: string, done: (response: string) => void, begunMs = performance.now()): void {
  const cseq = ++device.cseq
  const to = method === 'REGISTER' ? device.id : order.serverId
  const text =
    `${method} sip:${order.serverId}@${order.realm} SIP/2.0\r\nVia: SIP/2.0/${order.transport.toUpperCase()} ${host}:${device.port};rport;branch=z9hG4bK${device.id}${cseq}\r\n` +
    `From: <sip:${device.id}@${order.realm}>;tag=${device.id}\r\nTo: <sip:${to}@${order.realm}>\r\nCall-ID: ${device.id}-${cseq}\r\nCSeq: ${cseq} ${method}\r\n` +
    `Contact: <sip:${device.id}@${host}:${device.port}>\r\nMax-Forwards: 70\r\nUser-Agent: bench\r\nX-GB-Ver: 3.0\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`
  pending.set(`${device.id}-${cseq}`, { device, text, begunMs, sentMs: performance.now(), waitMs: t1Ms, done })
  device.send(text)
}

/** Retransmits as RFC 3261 17.1.2.2 has it, UDP alone. */
function watch(isUdp: boolean): void {
  const now = performance.now()
  for (const [callId, entry] of pending) {
    if (now - entry.begunMs > giveUpMs) {
      pending.delete(callId)
      entry.done('SIP/2.0 000 nothing came')
    } else if (isUdp && now - entry.sentMs > entry.waitMs) {
      retransmissions++
      entry.sentMs = now
      entry.waitMs = Math.min(4000, entry.waitMs * 2)
      entry.device.send(entry.text)
    }
  }
}

async function openUdp(id: string, port: number): Promise<Device> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, host, resolve))
  socket.on('message', (bytes) => take(bytes.toString('latin1')))
  return { id, port: socket.address().port, cseq: 0, send: (text) => socket.send(text, port, host) }
}

function openTcp(id: string, port: number): Promise<Device> {
  return new Promise((resolve, reject) => {
    let held = ''
    const socket: Socket = createConnection({ host, port, noDelay: true }, () => resolve({ id, port: socket.localPort ?? 0, cseq: 0, send: (text) => void socket.write(text) }))
    socket.on('error', reject)
    socket.on('data', (bytes) => {
      // Answers to REGISTER and MESSAGE have no body.
      const parts = (held + bytes.toString('latin1')).split('\r\n\r\n')
      held = parts.pop() ?? ''
      for (const part of parts) take(`${part}\r\n`)
    })
  })
}

function register(device: Device, order: Order, done: (status: string, ms: number) => void): void {
  const begun = performance.now()
  request(device, 'REGISTER', order, 'Expires: 3600\r\n', '', (challenge) => {
    const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1]
    if (nonce === undefined) return done(challenge.slice(8, 11), performance.now() - begun)
    const uri = `sip:${order.serverId}@${order.realm}`
    const response = digestResponse({ algorithm: 'MD5', username: device.id, realm: order.realm, password: order.password, method: 'REGISTER', uri, nonce })
    const credentials = `Authorization: Digest username="${device.id}", realm="${order.realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5\r\n`
    request(device, 'REGISTER', order, `${credentials}Expires: 3600\r\n`, '', (answer) => done(answer.slice(8, 11), performance.now() - begun), begun)
  })
}

const keepaliveOf = (id: string): string => `<?xml version="1.0"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>1</SN>\r\n<DeviceID>${id}</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>\r\n`

async function carryOut(order: Order): Promise<Report> {
  // Sockets cost the system something of their own: opened before, where nothing limits how many may stand idle.
  while (order.transport === 'udp' && devices.length < order.count) devices.push(await openUdp(idOf(devices.length), order.port))
  const watching = setInterval(() => watch(order.transport === 'udp'), 50)
  const times: number[] = []
  const others: Record<string, number> = {}
  const note = (status: string, ms: number): void => {
    if (status === '200') times.push(ms)
    else others[Number(status)] = (others[Number(status)] ?? 0) + 1
  }
  retransmissions = 0
  const begun = performance.now()
  if (order.kind === 'register') {
    await new Promise<void>((resolve) => {
      let next = 0
      let running = 0
      const fill = (): void => {
        for (; running < order.atOnce && next < order.count; next++) {
          running++
          const ended = (status: string, ms: number): void => {
            running--
            note(status, ms)
            if (next === order.count && running === 0) resolve()
            else fill()
          }
          const device = devices[next]
          if (device) register(device, order, ended)
          else openTcp(idOf(next), order.port).then((opened) => register((devices[Number(BigInt(opened.id) - BigInt(idOf(0)))] = opened), order, ended), () => ended('000', 0))
        }
      }
      fill()
    })
  } else {
    const { seconds = 60, intervalMs = 60_000 } = order
    const total = Math.round((seconds * 1000 * devices.length) / intervalMs)
    const one = (n: number): void => {
      const device = devices[n % devices.length]
      const at = performance.now()
      if (device) request(device, 'MESSAGE', order, 'Content-Type: Application/MANSCDP+xml\r\n', keepaliveOf(device.id), (answer) => note(answer.slice(8, 11), performance.now() - at))
    }
    await new Promise<void>((resolve) => {
      let sent = 0
      const pace = setInterval(() => {
        const due = Math.min(total, Math.floor(((performance.now() - begun) * devices.length) / intervalMs))
        for (; sent < due; sent++) one(sent)
        if (sent < total) return
        clearInterval(pace)
        resolve()
      }, 2)
    })
    while (pending.size > 0 && performance.now() - begun < seconds * 1000 + giveUpMs) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  clearInterval(watching)
  times.sort((a, b) => a - b)
  return { accepted: times.length, others, retransmissions, seconds: (performance.now() - begun) / 1000, median: times[times.length >> 1] ?? 0, slowest: times.at(-1) ?? 0 }
}

if (process.send) {
  process.on('message', (order: Order) => {
    carryOut(order).then(
      (report) => process.send?.(report),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  })
  process.on('disconnect', () => process.exit(0))
}
