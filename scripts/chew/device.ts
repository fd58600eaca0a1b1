// A device that registers well over a raw socket, UDP or TCP, and can send any bytes beside it.
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { digestResponse, header, parseChallenge, parseMessage, writeCredentials } from '../../src/sip/index.ts'

export interface Target {
  readonly host: string
  readonly port: number
  readonly serverId: string
  readonly password: string
}

export interface Device {
  /** Registers: the final status and how long it took; undefined when nothing came within 16 s, the request sent every half second over UDP. */
  readonly register: () => Promise<{ readonly status: number; readonly ms: number } | undefined>
  /** Sends bytes as they are; resolves when the socket has taken them. False when the connection is gone. */
  readonly send: (bytes: readonly Buffer[]) => Promise<boolean>
  readonly isOpen: () => boolean
  readonly close: () => void
}

interface Pipe {
  readonly local: () => string
  readonly send: (bytes: Buffer) => Promise<boolean>
  readonly isOpen: () => boolean
  readonly close: () => void
}

const answerMs = 16_000
const againMs = 500
let sequence = 0

export async function openDevice(target: Target, transport: 'udp' | 'tcp', id: string): Promise<Device> {
  let received = ''
  const onBytes = (bytes: Buffer): void => {
    received = (received + bytes.toString('latin1')).slice(-100_000)
  }
  const pipe = transport === 'udp' ? await openDatagrams(target, onBytes) : await openStream(target, onBytes)

  const ask = async (callId: string, cseq: number, authorization: string): Promise<string | undefined> => {
    const domain = target.serverId.slice(0, 10)
    const request = Buffer.from(
      `REGISTER sip:${target.serverId}@${domain} SIP/2.0\r\nVia: SIP/2.0/${transport.toUpperCase()} ${pipe.local()};rport;branch=z9hG4bK${callId}${cseq}\r\n` +
        `From: <sip:${id}@${domain}>;tag=${callId}\r\nTo: <sip:${id}@${domain}>\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} REGISTER\r\nContact: <sip:${id}@${pipe.local()}>\r\n` +
        `${authorization}Max-Forwards: 70\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n`,
    )
    const wanted = new RegExp(`SIP/2\\.0 (?:(?!SIP/2\\.0 )[\\s\\S])*?Call-ID: ${callId}\\r\\n(?:(?!SIP/2\\.0 )[\\s\\S])*?CSeq: ${cseq} REGISTER\\r\\n[\\s\\S]*?\\r\\n\\r\\n`)
    for (let waited = 0; waited < answerMs; waited += againMs) {
      if (waited === 0 || transport === 'udp') await pipe.send(request)
      for (let ms = 0; ms < againMs; ms += 2) {
        const found = wanted.exec(received)
        if (found) return found[0]
        if (!pipe.isOpen()) return undefined
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    }
    return undefined
  }
  const authorize = (answer: string): string => {
    const challenge = parseChallenge(header(parseMessage(Buffer.from(answer, 'latin1')), 'WWW-Authenticate') ?? '')
    if (!challenge) return ''
    const { realm, nonce, algorithm, qop } = challenge
    const uri = `sip:${target.serverId}@${target.serverId.slice(0, 10)}`
    const once1 = qop && { qop, nc: '00000001', cnonce: `${++sequence}` }
    const given = { username: id, realm, nonce, uri, algorithm, ...once1 }
    return `Authorization: ${writeCredentials({ ...given, response: digestResponse({ ...given, method: 'REGISTER', password: target.password }) })}\r\n`
  }
  return {
    register: async () => {
      const start = performance.now()
      const callId = `chew-${process.pid}-${++sequence}`
      received = ''
      const first = await ask(callId, 1, '')
      const last = first?.startsWith('SIP/2.0 401') ? await ask(callId, 2, authorize(first)) : first
      return last === undefined ? undefined : { status: Number(last.slice(8, 11)), ms: performance.now() - start }
    },
    send: async (all) => {
      if (transport === 'tcp') return pipe.send(Buffer.concat(all))
      for (const bytes of all) await pipe.send(bytes)
      return true
    },
    isOpen: pipe.isOpen,
    close: pipe.close,
  }
}

async function openDatagrams(target: Target, onBytes: (bytes: Buffer) => void): Promise<Pipe> {
  const socket: Datagrams = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  socket.on('message', onBytes)
  const local = `127.0.0.1:${socket.address().port}`
  return {
    local: () => local,
    send: (bytes) => new Promise((resolve) => socket.send(bytes.length > 60_000 ? bytes.subarray(0, 60_000) : bytes, target.port, target.host, (error) => resolve(!error))),
    isOpen: () => true,
    close: () => socket.close(),
  }
}

async function openStream(target: Target, onBytes: (bytes: Buffer) => void): Promise<Pipe> {
  const socket: Socket = connect(target.port, target.host)
  let isOpen = true
  socket.on('close', () => (isOpen = false))
  await once(socket, 'connect')
  socket.on('error', () => (isOpen = false))
  socket.on('data', onBytes)
  const local = `127.0.0.1:${socket.localPort}`
  return {
    local: () => local,
    send: (bytes) =>
      new Promise((resolve) => {
        if (!isOpen) return resolve(false)
        socket.write(bytes, (error) => resolve(!error))
      }),
    isOpen: () => isOpen,
    close: () => socket.destroy(),
  }
}
