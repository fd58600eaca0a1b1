// RTMP with its real process: read by FFmpeg, by hand, by players that are stuck, rude or gone, and after the process was killed.
import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Demuxer, AV_LOG_QUIET, Log } from 'node-av'
import t, { type Test } from 'tap'
import { seededRandom, silentLog, systemClock, type Log as HouseLog } from '../../base/index.ts'
import { createAccessUnitAssembler } from '../h26x/access-unit.ts'
import type { ReaderBounds } from '../reader.ts'
import { createStream } from '../stream.ts'
import type { AccessUnit, Relays } from '../types.ts'
import { openRtmpServer, type RtmpAsk } from './rtmp-server.ts'
import { amf, command, playRtmp, type ScriptedPlayer } from './scripted-player.ts'

Log.setLevel(AV_LOG_QUIET)

const unitsOf = (name: string): AccessUnit[] => {
  const assembler = createAccessUnitAssembler()
  const bytes = readFileSync(join(import.meta.dirname, '../../../fixtures/h26x', name))
  return [...assembler.push({ streamId: 0xe0, bytes, isDamaged: false, receivedUs: 0 }), ...assembler.flush()]
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 1_500; i++) {
    if (isSo()) return
    await pause(10)
  }
  throw new Error(`waited in vain: ${what}`)
}

/** Cameras `modern` (H.265) and `plain` (H.264) at 25 pictures a second, `gone` refused by the camera; `good` is the only token. */
async function stage(test: Test, more: { readonly bounds?: ReaderBounds; readonly padding?: number } = {}) {
  const clips = { modern: unitsOf('plain.h265'), plain: unitsOf('plain.h264') }
  const streams = { modern: createStream(), plain: createStream() }
  const readers = new Map<string, number>()
  const ends = new Map<string, (reason: string) => void>()
  let n = 0
  const timer = setInterval(() => {
    for (const name of ['modern', 'plain'] as const) {
      const unit = clips[name][n % clips[name].length]
      // Filler stands in for a large picture.
      const filler = more.padding === undefined ? [] : [Buffer.alloc(more.padding, name === 'plain' ? 0x0c : 0x4c)]
      if (unit) streams[name].publish({ ...unit, nalUnits: [...unit.nalUnits, ...filler], pts90k: 90_000_000 + n * 3600, receivedUs: systemClock.nowUs() })
    }
    n++
  }, 40)
  const relays: Relays = {
    join: (key, reader) => {
      if (key === 'gone') return { joined: Promise.resolve({ ok: false, reason: 'refused', sipStatus: 486, detail: 'Busy Here' }), leave: () => Promise.resolve() }
      readers.set(key, (readers.get(key) ?? 0) + 1)
      const detach = streams[key === 'plain' ? 'plain' : 'modern'].attach((unit) => reader.onUnit?.(unit))
      ends.set(key, (reason) => {
        detach()
        reader.onEnd?.(reason)
      })
      return {
        joined: Promise.resolve({ ok: true, isCold: false }),
        leave: async () => {
          readers.set(key, (readers.get(key) ?? 0) - 1)
          detach()
        },
      }
    },
    list: () => [],
    close: async () => {},
  }
  const logged: string[] = []
  const note = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const log: HouseLog = { ...silentLog, info: note, warn: note, error: note }
  const asked: RtmpAsk[] = []
  const server = await openRtmpServer({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log,
    ...(more.bounds && { bounds: more.bounds }),
    permit: async (ask) => {
      asked.push(ask)
      if (ask.app !== 'live') return { ok: false, code: 'not-found', detail: 'nothing' }
      return ask.query['token'] === 'good' ? { ok: true, account: ask.query['by'] ?? 'viewer', relays, key: ask.name } : { ok: false, code: 'auth.required', detail: 'a signed address' }
    },
  })
  test.teardown(async () => {
    clearInterval(timer)
    await server.close()
  })
  return { server, logged, asked, viewers: (key: string) => readers.get(key) ?? 0, end: (key: string) => ends.get(key)?.('the camera hung up') }
}

/** What FFmpeg makes of an address. */
async function readByFfmpeg(url: string, packets: number) {
  await using input = await Demuxer.open(url, { options: { rw_timeout: '5000000', analyzeduration: '300000', probesize: '100000' } })
  const video = input.video()
  const times: number[] = []
  let bytes = 0
  for await (const packet of input.packets()) {
    if (!packet) break
    times.push(Number(packet.pts))
    bytes += packet.size
    packet.free()
    if (times.length >= packets) break
  }
  return { width: video?.codecpar.width, height: video?.codecpar.height, codec: video?.codecpar.codecId, times, bytes }
}

t.test('FFmpeg plays H.264 and, as enhanced RTMP, H.265; the stream is joined once and left with the last', async (t) => {
  const { server, viewers, asked } = await stage(t)
  for (const [name, codec] of [['plain', 27], ['modern', 173]] as const) {
    const read = await readByFfmpeg(`rtmp://127.0.0.1:${server.port()}/live/${name}?token=good`, 30)
    t.match(read, { width: 128, height: 96, codec }, name)
    t.ok(read.times.every((time, i) => i === 0 || time > (read.times[i - 1] ?? 0)), 'forwards')
    t.ok((read.times[0] ?? 0) < 1_000, 'from its own zero')
    await until(() => viewers(name) === 0, 'it is left')
  }
  t.match(asked, [{ from: '127.0.0.1', app: 'live', name: 'plain', query: { token: 'good' } }, { app: 'live', name: 'modern' }])
  const url = `plain?token=good`
  const [one, two] = [await playRtmp(server.port(), url), await playRtmp(server.port(), url)]
  await until(() => one.media().length > 10 && two.media().length > 10, 'both play')
  t.equal(viewers('plain'), 1, 'once for both')
  t.match(server.figures(), { isUp: true, players: 2, streams: 1, restarts: 0 })
  for (const player of [one, two]) {
    const [configuration, first] = player.media()
    t.same([configuration?.payload.toString('hex', 0, 2), first?.payload.toString('hex', 0, 2)], ['1700', '1701'], 'a newcomer starts with configuration and keyframe')
    t.same([configuration?.messageStream, first?.messageStream, first?.ms], [1, 1, 0])
  }
  one.socket.destroy()
  await until(() => server.figures().players === 1, 'one goes')
  t.equal(viewers('plain'), 1)
  two.socket.destroy()
  await until(() => viewers('plain') === 0, 'the last goes')
})

t.test('who is refused hears why, and nothing is joined for it', async (t) => {
  const { server, viewers, logged } = await stage(t)
  const status = async (name: string, verb: 'play' | 'publish' = 'play') => {
    const player = await playRtmp(server.port(), name, verb)
    await until(player.isClosed, 'it is shown out')
    t.equal(player.media().length, 0)
    return { codes: player.codes().slice(1), words: player.messages.filter(({ type }) => type === 20).at(-1)?.payload.toString('latin1') ?? '' }
  }
  for (const name of ['plain', 'plain?token=bad', 'plain?token=', '../x', 'bad!name', '']) {
    const { codes, words } = await status(name)
    t.same(codes, ['NetStream.Play.Failed'], name)
    t.match(words, /auth\.required/)
  }
  t.match((await status('gone?token=good')).words, /refused: Busy Here/, 'a camera that gives nothing')
  t.same((await status('plain?token=good', 'publish')).codes, ['NetStream.Publish.BadName'])
  t.same([viewers('plain'), viewers('modern')], [0, 0])
  t.ok(logged.some((line) => line.startsWith('RTMP player refused') && line.includes('auth.required')))
  t.ok(logged.some((line) => line.includes('it wanted to publish')))
  t.notOk(logged.some((line) => line.includes('token=') || line.includes('good')), 'no token is logged')
  await t.rejects(readByFfmpeg(`rtmp://127.0.0.1:${server.port()}/live/plain?token=bad`, 1), 'FFmpeg is told so too')
  await until(() => server.figures().players === 0, 'all are gone')
  t.equal(server.figures().restarts, 0)
})

t.test('a stream that ends ends for its players', async (t) => {
  const { server, end } = await stage(t)
  const player = await playRtmp(server.port(), 'plain?token=good')
  await until(() => player.media().length > 5, 'it plays')
  end('plain')
  await until(player.isClosed, 'it ends')
  t.equal(player.codes().at(-1), 'NetStream.Play.UnpublishNotify')
  const again = await playRtmp(server.port(), 'plain?token=good')
  const other = await playRtmp(server.port(), 'plain?token=good&by=other')
  await until(() => again.media().length > 5 && other.media().length > 5, 'it can be asked for again')
  server.end('viewer')
  await until(again.isClosed, 'an account that is no more has nothing open')
  const count = other.media().length
  await until(() => other.media().length > count + 5, 'another has')
  other.socket.destroy()
})

t.test('a stuck player is cut, another of the same stream misses nothing', async (t) => {
  const { server, logged } = await stage(t, { bounds: { maxBacklogBytes: 500_000, cutAfterMs: 600 }, padding: 200_000 })
  const good = await playRtmp(server.port(), 'plain?token=good')
  await until(() => good.media().length > 2, 'it plays')
  const stuck = await playRtmp(server.port(), 'plain?token=good')
  await until(() => stuck.media().length > 2, 'it plays too')
  stuck.socket.pause()
  await until(() => logged.some((line) => line.startsWith('RTMP player was too slow') && line.includes('"cut"')), 'it is cut')
  t.equal(server.figures().players, 1)
  const count = good.media().length
  await until(() => good.media().length > count + 10, 'the other goes on')
  const times = good.media().filter((message) => message.payload[1] === 1).map(({ ms }) => ms)
  t.ok(times.every((ms, i) => i === 0 || ms - (times[i - 1] ?? 0) === 40), 'every picture')
  stuck.socket.destroy()
  good.socket.destroy()
})

t.test('the process is killed: it is back on its port, nobody else has noticed', async (t) => {
  const { server, viewers, logged } = await stage(t)
  const player = await playRtmp(server.port(), 'plain?token=good')
  await until(() => player.media().length > 3, 'it plays')
  const port = server.port()
  const pid = (await childOf(process.pid, 'rtmp-child')) ?? 0
  t.equal(readFileSync(`/proc/${pid}/environ`, 'latin1').includes('PATH='), false, 'it has nothing of our environment')
  process.kill(pid, 'SIGKILL')
  await until(player.isClosed, 'its players are cut off')
  await until(() => viewers('plain') === 0, 'and what they watched is left')
  await until(() => server.figures().isUp, 'it is back')
  t.match(server.figures(), { restarts: 1, players: 0, streams: 0 })
  t.equal(server.port(), port)
  t.ok(logged.some((line) => line.startsWith('RTMP process lost')))
  const again = await playRtmp(port, 'plain?token=good')
  await until(() => again.media().length > 3, 'and serves')
  again.socket.destroy()
})

/** The child of ours that runs a file so named. */
async function childOf(parent: number, file: string): Promise<number | undefined> {
  const pids = readFileSync(`/proc/${parent}/task/${parent}/children`, 'latin1').trim().split(' ').map(Number)
  return pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(file))
}

t.test('bytes that are no RTMP, or too much of it, cost their connection alone', async (t) => {
  const { server } = await stage(t)
  const witness = await playRtmp(server.port(), 'plain?token=good')
  await until(() => witness.media().length > 3, 'a player')
  const rude = async (act: (player: ScriptedPlayer) => void): Promise<void> => {
    const player = await playRtmp(server.port(), 'plain?token=good')
    await until(() => player.codes().length > 0, 'it is connected')
    act(player)
    await until(player.isClosed, 'it is shown out')
  }
  await rude(({ send }) => send(20, command('play', 0, amf.none, amf.text('modern?token=good')), 1))
  await rude(({ send }) => send(20, command('connect', 3, amf.object({ app: 'live' }))))
  await rude(({ socket }) => void socket.write(Buffer.concat([Buffer.from([3, 0, 0, 0, 0xff, 0xff, 0xff, 9, 0, 0, 0, 0]), Buffer.alloc(1000)])))
  await rude(({ socket }) => void socket.write(Buffer.concat(Array.from({ length: 40 }, (_, i) => Buffer.from([4 + i, 0, 0, 0, 0, 0, 9, 9, 0, 0, 0, 0, 0])))))
  const random = seededRandom(3)
  const shake = Buffer.concat([Buffer.from([3]), Buffer.alloc(1536, 1), Buffer.alloc(1536, 1)])
  const begin = Buffer.concat([Buffer.from('030000000000001400000000', 'hex'), command('connect', 1, amf.object({ app: 'live', tcUrl: 'rtmp://a/live' }))])
  begin[6] = begin.length - 12
  for (let round = 0; round < 300; round++) {
    const socket = connect(server.port(), '127.0.0.1')
    socket.on('error', () => {})
    const noise = Buffer.from(Array.from({ length: 40 + Math.floor(random() * 400) }, () => Math.floor(random() * 256)))
    const chewed = Buffer.from(begin)
    for (let k = 0; k < 4; k++) chewed[Math.floor(random() * chewed.length)] = Math.floor(random() * 256)
    socket.end(Buffer.concat(round % 3 === 0 ? [noise] : round % 3 === 1 ? [shake, noise] : [shake, chewed, chewed]))
    socket.resume()
    await once(socket, 'close')
  }
  const count = witness.media().length
  await until(() => witness.media().length > count + 10, 'the player goes on')
  t.match(server.figures(), { isUp: true, restarts: 0, players: 1 })
  witness.socket.destroy()
})

t.test('a port that is taken stops the start with one line', async (t) => {
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => void other.close())
  const { port } = other.address() as AddressInfo
  const permit = () => Promise.resolve({ ok: false, code: 'not-found', detail: '' } as const)
  await t.rejects(openRtmpServer({ host: '127.0.0.1', port, clock: systemClock, log: silentLog, permit }), { code: 'port.taken', message: /rtmp\.port/ })
  await t.rejects(openRtmpServer({ host: '192.0.2.1', port: 0, clock: systemClock, log: silentLog, permit }), { code: 'config.invalid', message: /rtmp\.host/ })
})
