// Threads that receive UDP, on real sockets: what befalls them, and that nothing of it is lost in silence.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { silentLog, systemClock, type Clock, type Log } from '../../base/index.ts'
import type { UdpEnd, UdpListener } from './udp-pair.ts'
import { openUdpThreads, type UdpThreadsOptions } from './udp-threads.ts'

const host = '127.0.0.1'
const open = (t: Test, options: Partial<UdpThreadsOptions> = {}) => {
  const threads = openUdpThreads({ threads: 1, clock: systemClock, log: silentLog, ...options })
  t.teardown(threads.close)
  return threads
}
async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !isTrue(); waited += 5) {
    if (waited > 30_000) throw new Error(`waited for ${what}`)
    await pause(5)
  }
}
function ear(isKeeping = true) {
  const heard: { text: string; bytes: Buffer; atUs: number; port: number; at: UdpEnd }[] = []
  const [dropped, lost]: [number[], string[]] = [[], []]
  const listener: UdpListener = {
    onDatagram: (bytes, atUs, _host, port, at) => {
      heard.push({ text: bytes.subarray(0, 16).toString(), bytes, atUs, port, at })
      return false
    },
    isKeeping: () => isKeeping,
    onError: () => {},
    onDropped: (datagrams) => dropped.push(datagrams),
    onLost: (reason) => lost.push(reason),
  }
  return { heard, dropped, lost, listener }
}
async function camera(t: Test, port: number) {
  const socket = createSocket('udp4')
  // While a thread is gone its ports are shut.
  socket.on('error', () => {})
  socket.connect(port, host)
  await once(socket, 'connect')
  t.teardown(() => socket.close())
  return socket
}

t.test('a thread that dies is begun again, with its ports, and it is said', async (t) => {
  const said: string[] = []
  const log: Log = { ...silentLog, error: (_, message) => said.push(message ?? ''), warn: (_, message) => said.push(message ?? '') }
  const threads = open(t, { threads: 2, log })
  const ears = [ear(), ear(), ear()]
  const pairs = await Promise.all(ears.map(({ listener }) => threads.open(0, host, listener)))
  const cameras = await Promise.all(pairs.map(({ port }) => camera(t, port)))
  t.match(threads.figures(), { running: 2, pairs: 3, restarts: 0 })
  for (const each of cameras) each.send('before')
  await until(() => ears.every(({ heard }) => heard.length === 1), 'the first datagrams')
  await pairs[2]?.closeControl()

  await threads.end()
  await until(() => threads.figures().running === 2, 'the next threads')
  await until(() => {
    for (const each of cameras.slice(0, 2)) each.send('after')
    return ears.slice(0, 2).every(({ heard }) => heard.some(({ text }) => text === 'after'))
  }, 'datagrams on the same ports')
  t.strictSame(ears.map(({ lost }) => lost), [[], [], []])
  t.match(threads.figures(), { pairs: 2, restarts: 2 }, 'who was closing is not opened again')
  await pairs[2]?.close()
  t.ok(said.includes('a thread that receives media is gone') && said.includes('its ports are opened again'))

  const back = once(cameras[0]!, 'message')
  pairs[0]?.send('media', Buffer.from('to the camera'), cameras[0]!.address().port, host)
  t.equal(String((await back)[0]), 'to the camera', 'and they send')
})

t.test('threads that do not stay alive are given up: who waits for a port is told, and who has one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-thread-'))
  const program = join(folder, 'dies.mjs')
  writeFileSync(program, 'throw new Error("no")\n')
  const threads = open(t, { program: pathToFileURL(program) })
  await t.rejects(threads.open(0, host, ear().listener), { message: 'the thread that receives media does not stay alive' })
  t.match(threads.figures(), { running: 0, pairs: 0 })
  await threads.close()
  await t.rejects(threads.open(0, host, ear().listener), { message: 'the threads that receive media are closed' })
})

t.test('a main loop that stands still: the thread waits with it, then what finds no room is counted and said', async (t) => {
  const threads = open(t, { ringBytes: 1 })
  const { heard, dropped, listener } = ear(false)
  const pair = await threads.open(0, host, listener)
  const socket = await camera(t, pair.port)
  const bytes = Buffer.alloc(1400)
  socket.send('first')
  await until(() => heard.length === 1, 'the first datagram')
  const stall = new Int32Array(new SharedArrayBuffer(4))
  let sent = 0
  // Longer where the machine is slow: the thread has to have waited for its second before this loop goes on.
  for (let slices = 50; dropped.length === 0 && slices <= 400; slices *= 2) {
    for (let i = 0; i < slices; i++) {
      for (let n = 0; n < 40; n++, sent++) socket.send(bytes)
      Atomics.wait(stall, 0, 0, 40)
    }
    await pause(1_500)
  }
  t.ok(dropped.length > 0, 'word of what was dropped')
  await until(() => heard.length > 700, 'what the ring held')
  t.ok(heard.length - 1 + dropped.reduce((sum, each) => sum + each, 0) <= sent)
  socket.send('last')
  await until(() => heard.some(({ text }) => text === 'last'), 'the first datagram after it')
})

t.test('arrivals are those of the clock that is given, however fast it runs, and stand in order', async (t) => {
  const fast: Clock = { ...systemClock, nowUs: () => systemClock.nowUs() * 60 }
  const threads = open(t, { clock: fast })
  const { heard, listener } = ear()
  const pair = await threads.open(0, host, listener)
  const socket = await camera(t, pair.port)
  await pause(50)
  const before = fast.nowUs()
  socket.send('one')
  await until(() => heard.length === 1, 'the datagram')
  const slackUs = 60 * 10_000
  t.ok((heard[0]?.atUs ?? 0) > before - slackUs && (heard[0]?.atUs ?? 0) <= fast.nowUs() + slackUs)

  const own = openUdpThreads({ threads: 1, clock: systemClock, log: silentLog })
  const second = ear()
  const plain = await own.open(0, host, second.listener)
  const [media, control] = [await camera(t, plain.port), await camera(t, plain.port + 1)]
  for (let i = 0; i < 200; i++) (i % 10 === 9 && plain.hasControl ? control : media).send(String(i))
  await until(() => second.heard.length === 200, 'all of them')
  t.ok(second.heard.every(({ atUs }, i) => i === 0 || atUs >= (second.heard[i - 1]?.atUs ?? 0)))
  await own.close()
})
