// Connections that we make to cameras, on real sockets of this machine: when, how often, one at a time.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import t from 'tap'
import { manualClock, silentLog, systemClock } from '../../base/index.ts'
import { createPorts } from '../ports.ts'
import { createReceivers } from './receivers.ts'

const host = '127.0.0.1'
/** No port of ours is needed to connect: there is none to lend. */
const noPorts = createPorts({ first: 2, last: 1, clock: systemClock })

/** A receiver that dials, on a clock that the test moves, and what it hears. */
async function createWorld() {
  const clock = manualClock()
  const ear = { text: '', ends: [] as string[], remotes: new Set<number>(), pauses: 0 }
  const receiver = await createReceivers({ bindHost: '0.0.0.0', announcedHost: host, ports: noPorts, clock, log: { ...silentLog, info: () => void ear.pauses++ } })('tcp-active', {
    onBytes: (bytes, _atUs, _host, port) => {
      ear.text += bytes.toString()
      ear.remotes.add(port)
      return false
    },
    onEnd: (reason) => void ear.ends.push(reason),
  })
  return { clock, ear, receiver }
}
/** A camera that listens; port 0 for any. */
async function listen(port = 0): Promise<{ readonly server: Server; readonly port: number; readonly next: () => Promise<Socket> }> {
  const server = createServer()
  server.listen(port, host)
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port, next: async () => ((await once(server, 'connection')) as [Socket])[0] }
}
const until = async (isThere: () => boolean): Promise<void> => {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 2))
}

t.test('connects when it is told where, and not before; a second word changes nothing', async (t) => {
  const { ear, receiver } = await createWorld()
  const camera = await listen()
  t.same(receiver.landing, { transport: 'tcp-active', port: 0 })
  const connected = camera.next()
  receiver.dial?.({ host, port: camera.port })
  receiver.dial?.({ host, port: 9 })
  const socket = await connected
  socket.write('media')
  await until(() => ear.text === 'media')
  t.same([...ear.remotes], [camera.port])
  t.same(receiver.local, { host, port: socket.remotePort }, 'the port that the system gave')
  const hungUp = once(socket, 'close')
  await receiver.close()
  await receiver.close()
  await hungUp
  t.strictSame(ear.ends, [], 'our own closing is no news')
  camera.server.close()
})

t.test('a camera that does not listen yet is tried again a second later, five times in all', async (t) => {
  const { clock, ear, receiver } = await createWorld()
  const late = await listen()
  late.server.close()
  await once(late.server, 'close')
  receiver.dial?.({ host, port: late.port })
  for (let again = 1; again <= 4; again++) {
    await until(() => ear.pauses === again)
    clock.advance(999)
    t.strictSame(ear.ends, [], `try ${again} failed`)
    clock.advance(1)
  }
  await until(() => ear.ends.length > 0)
  t.match(ear.ends, [/^no connection to 127\.0\.0\.1:\d+ in 5 tries: .*ECONNREFUSED/])
  t.equal(clock.pending(), 0)
  await receiver.close()
})

t.test('a connection that is lost is made again, one at a time, and the tries count from the last media', async (t) => {
  const { clock, ear, receiver } = await createWorld()
  const camera = await listen()
  let made = 0
  camera.server.on('connection', () => made++)
  const connected = camera.next()
  receiver.dial?.({ host, port: camera.port })
  let socket = await connected
  for (let life = 1; life <= 7; life++) {
    socket.write(`${life} `)
    await until(() => ear.text.endsWith(`${life} `))
    const next = camera.next()
    socket.destroy()
    await until(() => ear.pauses === life)
    clock.advance(1_000)
    socket = await next
    t.equal(made, life + 1)
  }
  t.strictSame(ear.ends, [])
  await receiver.close()
  t.equal(clock.pending(), 0)
  camera.server.close()
})

t.test('closed while it waits or connects: nothing more is tried', async (t) => {
  const { clock, ear, receiver } = await createWorld()
  const gone = await listen()
  gone.server.close()
  await once(gone.server, 'close')
  receiver.dial?.({ host, port: gone.port })
  await until(() => ear.pauses === 1)
  await receiver.close()
  t.equal(clock.pending(), 0)

  const early = await createWorld()
  const camera = await listen()
  early.receiver.dial?.({ host, port: camera.port })
  await early.receiver.close()
  t.equal(early.clock.pending(), 0)
  t.strictSame([...ear.ends, ...early.ear.ends], [])
  await (await createWorld()).receiver.close()
  camera.server.close()
})
