// The one place that talks to the API. A refusal becomes a RequestProblem with the stable code of its problem details (RFC 9457).
import type { Problem } from '../../api/schema/index.ts'
import { answered, unanswered } from './connection.ts'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface RequestOptions {
  readonly query?: Query
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** What the server refused, or why it could not be asked (`code: 'network'`, status 0). */
export class RequestProblem extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'RequestProblem'
    this.problem = problem
  }
}

export const apiPrefix = '/api/v1'

let onExpired: () => void = () => {}
/** Called when a request finds the session gone. */
export const whenExpired = (listener: () => void): void => void (onExpired = listener)

/** Sends and reads JSON. Throws RequestProblem, or the abort of `signal`. */
export async function request<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options)
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** A picture as the server sends it. Throws as `request` does. */
export async function requestBlob(path: string, signal?: AbortSignal): Promise<Blob> {
  return (await send('GET', path, signal ? { signal } : {})).blob()
}

/** The answer's head, its body still to be read. Throws as `request` does. */
export async function send(method: string, path: string, { query, body, signal }: RequestOptions = {}): Promise<Response> {
  let response: Response
  try {
    response = await fetch(apiPrefix + path + queryText(query), {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    unanswered()
    throw new RequestProblem(noAnswer)
  }
  answered()
  if (response.ok) return response
  const problem = await problemOf(response)
  if (response.status === 401 && path !== '/session') onExpired()
  throw new RequestProblem(problem)
}

const noAnswer: Problem = { type: 'about:blank', title: 'The service does not answer', status: 0, code: 'network' }

/** Sends a file as the part `file` of a form, and tells how much of it has left. Throws as `request` does. */
export function upload<T>(path: string, file: File, { query, signal, onSent }: { readonly query?: Query; readonly signal?: AbortSignal; readonly onSent?: (share: number) => void } = {}): Promise<T> {
  // fetch does not tell how far a body has come.
  const sending = new XMLHttpRequest()
  const body = new FormData()
  body.append('file', file, file.name)
  return new Promise((resolve, reject) => {
    sending.open('POST', apiPrefix + path + queryText(query))
    sending.setRequestHeader('accept', 'application/json')
    sending.responseType = 'text'
    sending.upload.onprogress = ({ loaded, total }) => onSent?.(total === 0 ? 1 : loaded / total)
    sending.onerror = () => {
      unanswered()
      reject(new RequestProblem(noAnswer))
    }
    sending.onabort = () => reject(new DOMException('given up', 'AbortError'))
    sending.onload = () => {
      answered()
      const response = new Response(sending.responseText, { status: sending.status, statusText: sending.statusText })
      if (response.ok) return void response.json().then((value) => resolve(value as T), reject)
      if (response.status === 401) onExpired()
      void problemOf(response).then((problem) => reject(new RequestProblem(problem)))
    }
    signal?.addEventListener('abort', () => sending.abort())
    sending.send(body)
  })
}

/** Problem details of any refusal, also of one that a proxy gave without them. */
export async function problemOf(response: Response): Promise<Problem> {
  const plain: Problem = { type: 'about:blank', title: response.statusText, status: response.status, code: `http.${response.status}` }
  const body: unknown = await response.json().catch(() => undefined)
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' ? { ...plain, ...(body as Partial<Problem>) } : plain
}

/** Any thrown thing as a problem that a page can show. */
export function asProblem(error: unknown): Problem {
  if (error instanceof RequestProblem) return error.problem
  return { type: 'about:blank', title: 'Something unexpected happened', status: 0, code: 'unexpected', detail: error instanceof Error ? error.message : String(error) }
}

/** The address of something that the browser itself fetches: a download, a picture. */
export const addressOf = (path: string, query?: Query): string => apiPrefix + path + queryText(query)

function queryText(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, String(value)]]))
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}
