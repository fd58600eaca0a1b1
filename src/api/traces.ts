// Why does it not work? The trace of a device in words and as a capture, and what comes from nobody known.
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { insistOnArea, mayThere } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { IdParams, StrangersView, TraceView, type TraceView as View } from './schema/index.ts'

/** What the API needs of the traces; the service fits it. Secrets are taken out before anything is kept. */
export interface TracesDep {
  /** Of any id: one that never came has a trace that says so. */
  readonly words: (deviceId: string) => Promise<View>
  /** One pcapng file in pieces. */
  readonly capture: (deviceId: string, more: CaptureOptions) => Promise<Iterable<Buffer>>
  readonly strangers: () => Promise<StrangersView>
  readonly captureStrangers: (more: CaptureOptions) => Promise<Iterable<Buffer>>
}
export interface CaptureOptions {
  /** Phone numbers of persons in catalogs are blanked. */
  readonly hidesContacts: boolean
}

const captureType = 'application/x-pcapng'
const captured = { 200: { description: 'the capture, for Wireshark and the like', content: { [captureType]: { schema: Binary } } } }

export function traceRoutes(app: App, { traces }: ApiDeps): void {
  app.get(
    '/devices/:id/trace',
    { schema: { tags: ['devices'], summary: 'Why does it not work? Stage by stage, in words, with the messages behind them', params: IdParams, response: { 200: TraceView } }, config: { allow: 'devices.see' } },
    async (request) => traces.words(idFor(request, request.params.id)),
  )

  app.get(
    '/devices/:id/trace.pcapng',
    { schema: { tags: ['devices'], summary: 'The messages of a device as a capture, without passwords and digests', params: IdParams, response: captured }, config: { allow: 'devices.see', audit: 'trace.take' } },
    async (request, reply) => {
      const id = idFor(request, request.params.id)
      const pieces = await traces.capture(id, { hidesContacts: !mayThere(request, 'contacts.see', id) })
      return reply.type(captureType).header('content-disposition', `attachment; filename="trace-${id.replace(/[^\w.-]/g, '_')}.pcapng"`).send(Readable.from(pieces))
    },
  )

  app.get(
    '/trace/strangers',
    { schema: { tags: ['devices'], summary: 'What came from nobody known: for a camera that never appears', response: { 200: StrangersView } }, config: { allow: 'devices.change' } },
    async (request) => {
      insistOnArea(request, 'devices.change', '')
      return traces.strangers()
    },
  )

  app.get(
    '/trace/strangers.pcapng',
    { schema: { tags: ['devices'], summary: 'The same as a capture', response: captured }, config: { allow: 'devices.change', audit: 'trace.take' } },
    async (request, reply) => {
      insistOnArea(request, 'devices.change', '')
      request.audited = { subject: 'strangers' }
      return reply.type(captureType).header('content-disposition', 'attachment; filename="trace-strangers.pcapng"').send(Readable.from(await traces.captureStrangers({ hidesContacts: false })))
    },
  )
}

/** A device that never registered has a trace too, and lies where its id says. */
function idFor(request: FastifyRequest, id: string): string {
  if (!mayThere(request, 'devices.see', id)) throw new AppError('not-found', `there is no device ${id}`)
  request.audited = { subject: id }
  return id
}
