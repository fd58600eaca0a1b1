// A small HTTP client of the running service, for commands: problem details become the one line that a user reads.
import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { AppError } from '../base/index.ts'

export interface Client {
  readonly json: <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<T>
  readonly bytes: (path: string) => Promise<Buffer>
  /** The answer as it comes. */
  readonly stream: (path: string) => Promise<Readable>
  /** Sends a file as the part `file`, read as it is sent. */
  readonly upload: <T>(path: string, file: string) => Promise<T>
  /** Server-sent events, each parsed; ends with the stream. */
  readonly events: (path: string) => AsyncGenerator<unknown>
}

/** Logs in with account and password; throws AppError with the server's own sentence. */
export async function connectTo(server: string, account: string, password: string): Promise<Client> {
  const base = server.replace(/\/+$/, '')
  let token = ''
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    let response: Response
    try {
      response = await fetch(`${base}/api/v1${path}`, {
        method,
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      })
    } catch {
      throw new AppError('camera.unreachable', `no service answers at ${base}: start it with "npm start" or name it with --server`)
    }
    if (response.ok) return response
    const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string }
    throw new AppError(response.status === 401 || response.status === 403 ? 'auth.refused' : 'request.invalid', problem.detail ?? problem.title ?? `${base} answered ${response.status}`)
  }
  const session = (await (await call('POST', '/session', { name: account, password, want: 'token' })).json()) as { token: string }
  token = session.token
  return {
    json: async <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => (await (await call(method, path, body)).json()) as T,
    stream: async (path) => Readable.fromWeb((await call('GET', path)).body as ReadableStream),
    upload: async <T>(path: string, file: string) => {
      await stat(file)
      const form = new FormData()
      form.append('file', await openAsBlob(file), basename(file))
      return (await (await call('POST', path, form)).json()) as T
    },
    bytes: async (path) => Buffer.from(await (await call('GET', path)).arrayBuffer()),
    events: async function* (path) {
      const { body } = await call('GET', path)
      if (!body) return
      let rest = ''
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const data = block.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart())
          if (data.length > 0) yield JSON.parse(data.join('\n')) as unknown
        }
      }
    },
  }
}
