// The real service in a process of its own, started on a data directory and killed at any moment; and what is said to it over HTTP and SIP.
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

export const password = 'a password of the crash test'
const sipPassword = 'shared'
const sipId = '34020000002000000001'
const realm = sipId.slice(0, 10)

export interface Killable {
  readonly pid: number
  readonly url: string
  readonly sipPort: number
  /** SIGKILL: nothing is tidied up. */
  readonly kill: () => Promise<void>
}

/** `wrap` runs it under another program: a limit, another file system. */
export async function startService(dataDir: string, wrap: readonly string[] = []): Promise<Killable> {
  const environment = {
    PATH: process.env['PATH'] ?? '', YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: sipPassword,
    YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'silent', YIJI_TRACE_DISK_MB: '0',
  }
  const [program = process.execPath, ...args] = [...wrap, process.execPath, new URL('../../bin/yiji.js', import.meta.url).pathname, 'serve']
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let [said, failed] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => (failed += chunk.toString()))
  const told = await new Promise<RegExpExecArray>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = /console (http:\S+?), SIP 127\.0\.0\.1:(\d+)/.exec(said)
      if (found) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`the service ended (${code}) instead of starting: ${failed.trim()}`)))
  })
  return {
    pid: child.pid ?? 0,
    url: told[1] ?? '',
    sipPort: Number(told[2]),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      // Its children too, which a wrapper would leave behind: the group is its own.
      process.kill(-(child.pid ?? 0), 'SIGKILL')
      await ended
    },
  }
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}
export type Ask = (method: string, path: string, body?: object | FormData) => Promise<Answer>

/** Undefined token: logs in. Throws where no answer came: then nothing was acknowledged. */
export async function client(url: string, token?: string): Promise<{ readonly ask: Ask; readonly token: string }> {
  const call = async (bearer: string, method: string, path: string, body?: object | FormData): Promise<Answer> => {
    const isForm = body instanceof FormData
    const headers = { ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }), ...(body && !isForm ? { 'content-type': 'application/json' } : {}) }
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}) })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
  }
  const opened = token ?? ((await call('', 'POST', '/session', { name: 'admin', password, want: 'token' })).body as { token: string }).token
  return { token: opened, ask: (method, path, body) => call(opened, method, path, body) }
}

/** Registers a device over UDP with digest (RFC 2617); resolves with the last status, undefined where none came in two seconds. */
export async function register(sipPort: number, deviceId: string): Promise<number | undefined> {
  const socket = createSocket('udp4')
  try {
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const { port } = socket.address()
    const callId = randomBytes(8).toString('hex')
    const send = async (cseq: number, authorization = ''): Promise<string | undefined> => {
      const request = [
        `REGISTER sip:${sipId}@${realm} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${port};rport;branch=z9hG4bK${randomBytes(6).toString('hex')}`, `From: <sip:${deviceId}@${realm}>;tag=${callId}`, `To: <sip:${deviceId}@${realm}>`,
        `Call-ID: ${callId}`, `CSeq: ${cseq} REGISTER`, `Contact: <sip:${deviceId}@127.0.0.1:${port}>`, 'Max-Forwards: 70', 'Expires: 3600', ...(authorization === '' ? [] : [authorization]), 'Content-Length: 0', '', '',
      ].join('\r\n')
      socket.send(request, sipPort, '127.0.0.1')
      const until = performance.now() + 2000
      while (performance.now() < until) {
        const heard = await Promise.race([once(socket, 'message') as Promise<[Buffer]>, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), until - performance.now()))])
        const text = heard?.[0].toString('latin1')
        // Queries that the service sends at once are not the answer.
        if (text === undefined || text.startsWith('SIP/2.0')) return text
      }
      return undefined
    }
    const challenge = await send(1)
    const nonce = /nonce="([^"]+)"/.exec(challenge ?? '')?.[1]
    if (nonce === undefined) return challenge === undefined ? undefined : Number(challenge.slice(8, 11))
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
    const uri = `sip:${sipId}@${realm}`
    const response = md5(`${md5(`${deviceId}:${realm}:${sipPassword}`)}:${nonce}:${md5(`REGISTER:${uri}`)}`)
    const answer = await send(2, `Authorization: Digest username="${deviceId}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5`)
    return answer === undefined ? undefined : Number(answer.slice(8, 11))
  } finally {
    socket.close()
  }
}
