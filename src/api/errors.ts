// Every failure as RFC 9457 problem details: one table from our codes to HTTP, and nothing about what was not expected.
import type { Duplex } from 'node:stream'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { AppError, ParseError, type ErrorCode, type Log, type RandomBytes } from '../base/index.ts'
import type { DeviceFailure, DeviceOutcome } from './control-deps.ts'
import type { Problem } from './schema/index.ts'

export const httpStatus: Readonly<Record<ErrorCode, number>> = {
  'config.invalid': 500,
  'usage.invalid': 400,
  'data.locked': 503,
  'data.unwritable': 503,
  'disk.full': 507,
  'backup.invalid': 422,
  'port.taken': 503,
  'ports.too-few': 503,
  'auth.required': 401,
  'auth.refused': 403,
  'auth.limited': 429,
  'auth.change-password': 403,
  'area.outside': 403,
  'request.invalid': 400,
  'not-found': 404,
  conflict: 409,
  'camera.invalid': 422,
  'camera.unreachable': 502,
  'device.error': 502,
  'import.unreadable': 422,
  'import.choice-needed': 422,
  'draw.invalid': 422,
  'draw.reason-needed': 409,
  'inspection.busy': 409,
  'scenario.invalid': 422,
  'recording.invalid': 422,
  busy: 503,
}

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not understood',
  401: 'Log in first',
  403: 'Not allowed',
  404: 'Not found',
  408: 'The request came too slowly',
  409: 'In conflict with what is there',
  413: 'Too large',
  415: 'Not a type this address takes',
  422: 'Understood, but cannot be done',
  429: 'Too often',
  431: 'The headers are too large',
  500: 'Something unexpected happened',
  502: 'The camera or device did not do it',
  503: 'Not now',
  507: 'The disk is full',
}

/** A camera that gave no stream, or a device that did not do what it was told: with what is known of why, and who said so. */
export class UnreachableError extends AppError {
  readonly outcome: DeviceFailure
  constructor(outcome: DeviceFailure) {
    super(outcome.reason === 'error' ? 'device.error' : outcome.reason === 'busy' ? 'busy' : 'camera.unreachable', outcome.detail)
    this.name = 'UnreachableError'
    this.outcome = outcome
  }
}

/** What a device gave, or the error that says why it did not. */
export function valueOf<T>(outcome: DeviceOutcome<T>): T {
  if (!outcome.ok) throw new UnreachableError(outcome)
  return outcome.value
}

const problem = (status: number, code: string, more: Partial<Problem>): Problem => ({ type: 'about:blank', title: titles[status] ?? 'Refused', status, code, ...more })

/** What leaves for one error. `undefined`: unexpected, and nobody's business outside. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof UnreachableError) {
    const { reason, sipStatus, hop, detail } = error.outcome
    return problem(httpStatus[error.code], error.code, { detail, reason, ...(sipStatus === undefined ? {} : { sipStatus }), ...(hop === undefined ? {} : { hop }) })
  }
  if (error instanceof AppError) return problem(httpStatus[error.code], error.code, { detail: error.message })
  if (error instanceof ParseError) return problem(400, 'request.invalid', { detail: error.message })
  const { validation, validationContext, statusCode, message } = error as Partial<FastifyError>
  if (validation) {
    const fields = validation.map((each) => ({ path: `${validationContext ?? 'body'}${each.instancePath}`, message: each.message ?? 'does not fit' }))
    return problem(400, 'request.invalid', { detail: fields.map((field) => `${field.path}: ${field.message}`).join('; '), fields })
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return problem(statusCode, 'request.invalid', { detail: message ?? '' })
  return undefined
}

/** The one place where an error becomes an answer. An unexpected one is logged with an id, and the id is all that leaves. */
export function errorHandler(deps: { readonly log: Log; readonly random: RandomBytes }) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const known = problemOf(error)
    if (known) return sendProblem(reply, known)
    const id = deps.random(8).toString('hex')
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
    deps.log.error({ id, method: request.method, route: request.routeOptions.url, error: message, stack }, 'unexpected error in a request')
    sendProblem(reply, problem(500, 'internal', { detail: 'the log has more under this id', instance: id }))
  }
}

/** What is no HTTP, too slow or too large in its head never becomes a request; it is answered alike, by hand. RFC 9112 9.6. */
export function answerNoRequest(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : error.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW' ? 413 : 400
  const body = JSON.stringify(problem(status, 'request.invalid', { detail: error.message }))
  const words: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout', 413: 'Content Too Large', 431: 'Request Header Fields Too Large' }
  socket.end(`HTTP/1.1 ${status} ${words[status]}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`)
}

export function sendProblem(reply: FastifyReply, body: Problem): void {
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer realm="yiji"')
  void reply.code(body.status).type('application/problem+json').send(JSON.stringify(body))
}
