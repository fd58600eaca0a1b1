// Who goes when there is no room: by rule, then with real connections.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { manualClock, seededBytes, silentLog, type ManualClock } from '../../base/index.ts'
import type { Address } from '../types.ts'
import { createCrowd, usualCrowd, type CrowdLimits, type Member } from './crowd.ts'
import { openTransactionLayer, type OpenTransactionLayer } from './open.ts'

interface One extends Member {
  readonly name: string
}
const known = new Set<string>()
const one = (name: string, host = 'a', held = 0): One => ({ name, host, isKnown: () => known.has(name), held: () => held })
const names = (members: readonly One[] | undefined): readonly string[] | undefined => members?.map(({ name }) => name)
const second = 1_000_000
const small: CrowdLimits = { ...usualCrowd, connections: 6, strangers: 4, strangersOfOneHost: 3, silentMs: 60_000 }

void t.test('the longest silent stranger goes, of the same host first; a device never', (t) => {
  known.clear()
  const crowd = createCrowd<One>(small)
  const [a1, a2, a3, a4, b1, c1] = [one('a1'), one('a2'), one('a3'), one('a4'), one('b1', 'b'), one('c1', 'c')]
  for (const member of [a1, a2, a3]) t.same(names(crowd.add(member, 0)), [])
  t.same(names(crowd.add(b1, 1)), [])
  crowd.heard(a1, 2 * second)
  t.same(names(crowd.add(a4, 3 * second)), ['a2'], 'one host displaces its own, not the one that spoke last')
  known.add('a3')
  t.same(names(crowd.add(c1, 4 * second)), [], 'a device is no stranger any more, so there is room')
  t.equal(crowd.strangers(), 4)
  t.same(names(crowd.add(one('d1', 'd'), 5 * second)), ['b1'], 'then the longest silent of all')
  t.equal(crowd.size(), 5)
  crowd.heard(a3, 6 * second)
  known.delete('a3')
  crowd.heard(a3, 7 * second)
  t.equal(crowd.strangers(), 5, 'who is no device any more counts again')
  crowd.remove(a3)
  crowd.remove(a3)
  t.same([crowd.size(), crowd.strangers()], [4, 4])
  t.end()
})

void t.test('a site whose devices register one after the other loses none that is about to', (t) => {
  known.clear()
  const crowd = createCrowd<One>({ ...usualCrowd, strangersOfOneHost: 10, strangers: 20 })
  const gone: (readonly string[] | undefined)[] = []
  for (let i = 0; i < 500; i++) {
    gone.push(names(crowd.add(one(`d${i}`), i)))
    if (i > 2) known.add(`d${i - 3}`)
  }
  t.same(gone.flat(), [], 'three at a time are strangers')
  t.equal(crowd.size(), 500)
  t.end()
})

void t.test('all are devices: nobody goes, nobody comes', (t) => {
  known.clear()
  const crowd = createCrowd<One>(small)
  for (let i = 0; i < 6; i++) {
    known.add(`k${i}`)
    t.same(names(crowd.add(one(`k${i}`), i)), [])
  }
  t.equal(crowd.add(one('late'), 9), undefined)
  t.same([crowd.size(), crowd.strangers()], [6, 0])
  t.end()
})

void t.test('long silence goes when half the room is taken', (t) => {
  known.clear()
  const crowd = createCrowd<One>(small)
  for (const name of ['a', 'b', 'c']) crowd.add(one(name, name), 0)
  t.same(names(crowd.add(one('d', 'd'), 59 * second)), [])
  t.same(names(crowd.add(one('e', 'e'), 61 * second)), ['a', 'b'], 'down to the half')
  t.same(crowd.strangers(), 3)
  t.end()
})

void t.test('the stranger that holds most goes when all hold too much', (t) => {
  known.clear()
  known.add('device')
  const crowd = createCrowd<One>({ ...small, heldBytes: 100 })
  for (const member of [one('x', 'x', 40), one('y', 'y', 50), one('device', 'z', 5_000)]) crowd.add(member, 0)
  crowd.heard(one('gone'), 0)
  t.equal(crowd.size(), 3, 'who has gone does not come back by what it had sent')
  t.equal(crowd.grown()?.name, undefined, 'what a device holds is its own affair')
  crowd.add(one('v', 'v', 20), 0)
  t.equal(crowd.grown()?.name, 'y')
  t.equal(crowd.grown()?.name, undefined)
  t.end()
})

interface Bench {
  readonly layer: OpenTransactionLayer
  readonly clock: ManualClock
  readonly residents: Set<number>
  readonly lost: Address[]
  readonly dial: () => Promise<Socket>
}

async function bench(t: { readonly teardown: (close: () => unknown) => void }, limits: Partial<CrowdLimits> = {}): Promise<Bench> {
  const clock = manualClock()
  const residents = new Set<number>()
  const lost: Address[] = []
  const layer = await openTransactionLayer({
    bind: { host: '127.0.0.1', port: 0 }, transports: ['tcp'], clock, random: seededBytes(3), log: silentLog, limits,
    user: {
      isKnown: (source) => residents.has(source.port),
      onRequest: (transaction) => {
        if (transaction.request.method === 'REGISTER') residents.add(transaction.source.port)
        transaction.respond({ status: 200 })
      },
      onAck: () => {},
      onConnectionLost: (remote) => lost.push(remote),
    },
  })
  t.teardown(() => layer.close())
  const dial = async (): Promise<Socket> => {
    const socket = connect(layer.localAddress('tcp').port, '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', () => {})
    t.teardown(() => socket.destroy())
    return socket
  }
  return { layer, clock, residents, lost, dial }
}

let sequence = 0
const message = (method: string, more = ''): string =>
  `${method} sip:34020000002000000001@3402000000 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bK${++sequence}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: ${sequence}\r\nCSeq: 1 ${method}\r\n${more}Content-Length: 0\r\n\r\n`

async function ask(socket: Socket, method: string): Promise<string> {
  const answer = once(socket, 'data') as Promise<[Buffer]>
  socket.write(message(method))
  const [bytes] = await answer
  return bytes.toString('latin1').slice(0, 11)
}
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
}

void t.test('idle connections without number: bounded and counted, and a device talks on', async (t) => {
  const { layer, residents, lost, dial } = await bench(t, { strangers: 60, strangersOfOneHost: 50 })
  const device = await dial()
  t.equal(await ask(device, 'REGISTER'), 'SIP/2.0 200')
  for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 50 }, () => dial()))
  t.equal(await ask(device, 'MESSAGE'), 'SIP/2.0 200')
  await until(() => layer.stats().connectionsExpelled === 450)
  t.match(layer.stats(), { connections: 51, connectionsOfStrangers: 50, connectionsExpelled: 450, connectionsRefused: 0 })
  const late = await dial()
  t.equal(await ask(late, 'REGISTER'), 'SIP/2.0 200', 'and one that comes now is heard')
  t.equal(residents.size, 2)
  t.notOk(lost.some(({ port }) => residents.has(port)), 'no device was lost')
})

void t.test('a header that never ends: a stranger has half a minute, a device loses only the message', async (t) => {
  const { layer, clock, dial } = await bench(t)
  const slow = await dial()
  const device = await dial()
  t.equal(await ask(device, 'REGISTER'), 'SIP/2.0 200')
  slow.write(message('REGISTER').slice(0, 80))
  device.write(message('MESSAGE').slice(0, 80))
  await new Promise((resolve) => setTimeout(resolve, 50))
  for (let i = 0; i < 29; i++) {
    clock.advance(1000)
    slow.write('x')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  t.equal(layer.stats().connections, 2)
  const closed = new Promise((resolve) => slow.on('close', resolve))
  clock.advance(1000)
  await closed
  await until(() => layer.stats().connections === 1)
  t.match(layer.stats(), { connections: 1, connectionsMisused: 1 })
  clock.advance(90_000)
  t.equal(await ask(device, 'MESSAGE'), 'SIP/2.0 200', 'the next message of the device is read')
})

void t.test('pieces that each complete a message are no slow one', async (t) => {
  const { layer, clock, dial } = await bench(t)
  const socket = await dial()
  let answers = 0
  socket.on('data', (chunk: Buffer) => (answers += chunk.toString('latin1').split('SIP/2.0 200').length - 1))
  const stream = Array.from({ length: 12 }, () => message('OPTIONS')).join('')
  const step = stream.length / 12
  for (let i = 0; i < 12; i++) {
    socket.write(stream.slice(Math.max(0, i * step - 20), (i + 1) * step - 20))
    await new Promise((resolve) => setTimeout(resolve, 5))
    clock.advance(10_000)
  }
  await until(() => answers === 11)
  t.equal(answers, 11)
  t.equal(layer.stats().connectionsMisused, 0)
})

void t.test('noise without end, and answers that are never read, end a stranger', async (t) => {
  const { layer, clock, dial } = await bench(t)
  const noisy = await dial()
  const closed = new Promise((resolve) => noisy.on('close', resolve))
  for (let i = 0; i < 40; i++) noisy.write(`${'noise '.repeat(1600)}\r\n`)
  await closed
  t.equal(layer.stats().connectionsMisused, 1)

  const deaf = await dial()
  deaf.pause()
  const burst = Array.from({ length: 200 }, () => message('OPTIONS')).join('')
  let rounds = 0
  while (layer.stats().connectionsMisused === 1 && rounds++ < 400) {
    deaf.write(burst)
    clock.advance(100)
    await new Promise((resolve) => setImmediate(resolve))
  }
  deaf.resume()
  t.equal(layer.stats().connectionsMisused, 2, `after ${rounds} bursts`)
  await until(() => layer.stats().connections === 0)
  t.equal(layer.stats().connections, 0)
})

void t.test('a body above the bound is answered 413, and what follows is read', async (t) => {
  const { dial } = await bench(t)
  const socket = await dial()
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  socket.write(message('MESSAGE').replace('Content-Length: 0', `Content-Type: text/plain\r\nContent-Length: ${3 * 1024 * 1024}`))
  socket.write(`${'x'.repeat(100_000)}\r\n${message('OPTIONS')}`)
  await until(() => received.includes('SIP/2.0 200'))
  t.match(received, /^SIP\/2\.0 413 Request Entity Too Large\r\n[\s\S]*SIP\/2\.0 200 OK/)
})
