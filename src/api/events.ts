// The progress of an inspection as server-sent events: first what already happened, then what happens.
import type { App } from './app.ts'
import type { Clock } from '../base/index.ts'
import type { Inspection, InspectionEvent } from '../inspect/index.ts'
import type { ServerResponse } from 'node:http'
import type { ApiDeps } from './deps.ts'
import { inspectionFor } from './inspections.ts'
import { IdParams, InspectionEvent as EventSchema } from './schema/index.ts'

/** Below the minute after which proxies give up on a silent answer. */
const keepaliveMs = 15_000
/** Ours: of a larger inspection a newcomer hears how far it is, and asks for the checks that it wants to see. */
const maxRetold = 200
/** A reader that far behind is let go; it comes back by itself and gets everything anew. */
const maxBehindBytes = 4 * 1024 * 1024

export function eventRoutes(app: App, { inspections, clock }: ApiDeps): void {
  app.get(
    '/inspections/:id/events',
    {
      schema: {
        tags: ['inspections'],
        summary: 'Progress as server-sent events',
        params: IdParams,
        response: { 200: { description: 'each `data:` is one of these', content: { 'text/event-stream': { schema: EventSchema } } } },
      },
      config: { allow: 'inspections.see' },
    },
    async (request, reply) => {
      const { id, total } = await inspectionFor(request, { get: inspections.head }, 'inspections.see', request.params.id)
      // Hear first, look second: what happens in between waits here and is told after what the look has found.
      const waiting: InspectionEvent[] = []
      let tell = (event: InspectionEvent): void => void waiting.push(event)
      const stopHearing = inspections.on(id, (event) => tell(event))
      try {
        const past = pastOf(await inspectionFor(request, total > maxRetold ? { get: inspections.head } : inspections, 'inspections.see', id))
        reply.hijack()
        const { raw } = reply
        raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        const stopKeepalive = keepAlive(raw, clock)
        raw.once('close', () => {
          stopHearing()
          stopKeepalive()
        })
        if (raw.destroyed) raw.emit('close')
        tell = (event) => sendEvent(raw, event)
        for (const event of [...past, ...waiting]) tell(event)
      } catch (error) {
        stopHearing()
        throw error
      }
      return reply
    },
  )
}

/** What a newcomer has missed, as the same events. */
function pastOf({ id, state, total, checks }: Inspection): readonly InspectionEvent[] {
  const done = checks.map((check): InspectionEvent => ({ type: 'check-done', inspection: id, n: check.n, check }))
  const isUnderWay = state === 'running' || state === 'paused'
  return [{ type: 'started', inspection: id, total }, ...done, ...(isUnderWay ? [] : [{ type: 'finished', inspection: id, state } as const])]
}

function sendEvent(raw: ServerResponse, event: InspectionEvent): void {
  if (raw.writableEnded) return
  raw.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  if (event.type === 'finished') raw.end()
  else if (raw.writableLength > maxBehindBytes) raw.destroy()
}

function keepAlive(raw: ServerResponse, clock: Clock): () => void {
  let cancel = (): void => {}
  const arm = (): void => {
    cancel = clock.after(keepaliveMs, () => {
      if (!raw.writableEnded) raw.write(': still here\n\n')
      arm()
    })
  }
  arm()
  return () => cancel()
}
