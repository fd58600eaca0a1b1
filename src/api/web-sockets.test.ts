// WebSockets on routes: dead peers, farewells, and reasons that fit into a close frame.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import t, { type Test } from 'tap'
import { WebSocket, type ClientOptions } from 'ws'
import { AppError, manualClock } from '../base/index.ts'
import type { App } from './app.ts'
import { UnreachableError } from './errors.ts'
import { closeWithProblem, openWebSockets, type OpenWebSocket } from './web-sockets.ts'

async function house(test: Test) {
  const clock = manualClock()
  const app = fastify({ forceCloseConnections: true }) as unknown as App
  const sockets = openWebSockets(app, clock)
  const opened: OpenWebSocket[] = []
  app.get('/stream', async (request, reply) => {
    if (!sockets.isUpgrade(request)) return 'plain'
    opened.push(await sockets.accept(request, reply))
    return reply
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  test.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const connect = async (options: ClientOptions = {}) => {
    const count = opened.length
    const client = new WebSocket(`ws://127.0.0.1:${port}/stream`, options)
    client.on('error', () => {})
    const closed = new Promise<{ code: number; reason: string }>((resolve) => void client.once('close', (code, reason) => resolve({ code, reason: String(reason) })))
    await once(client, 'open')
    const own = opened[count]
    if (!own) throw new Error('it was not accepted')
    return { client, closed, ws: own.ws }
  }
  return { app, clock, port, connect }
}
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50))

t.test('a peer that answers no ping is cut, one that answers stays', async (t) => {
  const { clock, connect } = await house(t)
  const [dead, alive] = [await connect({ autoPong: false }), await connect()]
  for (let beat = 0; beat < 3; beat++) {
    clock.advance(30_000)
    await settle()
  }
  t.equal((await dead.closed).code, 1006)
  t.equal(alive.client.readyState, WebSocket.OPEN)
  alive.client.close()
  await alive.closed
  await settle()
  t.equal(clock.pending(), 0, 'no timer is left')
})

t.test('the reason of a refusal begins with its code and fits into the frame', async (t) => {
  const { connect } = await house(t)
  for (const [error, code, reason] of [
    [new UnreachableError({ ok: false, reason: 'refused', sipStatus: 486, hop: 'NVR', detail: 'Busy Here' }), 4502, /^camera\.unreachable refused 486: Busy Here$/],
    [new UnreachableError({ ok: false, reason: 'busy', detail: '很多'.repeat(60) }), 4503, /^busy busy: (很多)+很?$/],
    [new UnreachableError({ ok: false, reason: 'busy', detail: '😀'.repeat(60) }), 4503, /^busy busy: (😀)+$/u],
    [new AppError('not-found', 'there is no playback p'), 4404, /^not-found: there is no playback p$/],
    [new TypeError('a bug'), 4500, /^internal$/],
  ] as const) {
    const { ws, closed } = await connect()
    closeWithProblem(ws, error)
    const told = await closed
    t.equal(told.code, code)
    t.match(told.reason.replace(/\ufffd$/, ''), reason)
    t.ok(Buffer.byteLength(told.reason) <= 123)
  }
})

t.test('whoever is there when the service stops is told so; a plain request is none of it', async (t) => {
  const { app, port, connect } = await house(t)
  t.equal(await (await fetch(`http://127.0.0.1:${port}/stream`)).text(), 'plain')
  const [one, two] = [await connect(), await connect()]
  await app.close()
  t.same(await Promise.all([one.closed, two.closed]), Array.from({ length: 2 }, () => ({ code: 1001, reason: 'the service is stopping' })))
})
