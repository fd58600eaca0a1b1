// The RTSP server on real sockets: FFmpeg's demuxer and our own client as players, players that are slow, silent, many or mad.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createSocket } from 'node:dgram'
import { Demuxer, Log, AV_LOG_QUIET } from 'node-av'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { silentLog, systemClock, systemRandom } from '../../base/index.ts'
import { createPipeline } from '../pipeline.ts'
import { createPorts } from '../ports.ts'
import { createRelays } from '../relays.ts'
import { parseRtp, isRtcp } from '../rtp/packet.ts'
import { parseRtcp } from '../rtp/rtcp.ts'
import { createRtspFramer, splitFrames } from '../rtsp/framing.ts'
import { header, parseRtsp, writeRtsp, type RtspHeaders, type RtspResponse } from '../rtsp/message.ts'
import type { AccessUnit, AudioFrame } from '../types.ts'
import { createBytePool } from './byte-pool.ts'
import { createRtspSource } from './rtsp-connection.ts'
import { createPacer } from './rtsp-pacer.ts'
import { openRtspServer, type RtspAsked, type RtspServerOptions } from './rtsp-server.ts'
import { createStage, recorded, type Stage } from './scripted-stage.ts'

Log.setLevel(AV_LOG_QUIET)
const host = '127.0.0.1'
const camera = '32011600001320000013'
const ports = createPorts({ first: 43_000, last: 43_998, restMs: 0, clock: systemClock })
const until = async (isThere: () => boolean): Promise<void> => {
  const limit = systemClock.nowUs() + 15_000_000
  while (!isThere()) {
    if (systemClock.nowUs() > limit) throw new Error('waited 15 s in vain')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** A server over a stage; who brings the token `good`, or the password `right`, is let in. */
async function serve(test: { readonly teardown: (undo: () => unknown) => void }, stage: Stage, more: Partial<RtspServerOptions> = {}) {
  const asked: RtspAsked[] = []
  const server = await openRtspServer({
    host,
    port: 0,
    relays: stage.relays,
    permit: (who) => {
      asked.push(who)
      return Promise.resolve(who.token === 'good' || who.credentials?.password === 'right' ? { ok: true, account: who.credentials?.name ?? 'office', ...(who.credentials && { session: 's1' }) } : { ok: false, status: 401, realm: 'yiji' })
    },
    ports,
    clock: systemClock,
    log: silentLog,
    random: systemRandom,
    software: 'yiji test',
    maxSessions: 8,
    ...more,
  })
  test.teardown(server.close)
  return { server, asked, url: (query = 'token=good'): string => `rtsp://${host}:${server.port}/live/${camera}${query && `?${query}`}` }
}

/** A player by hand. */
async function player(test: { readonly teardown: (undo: () => unknown) => void }, port: number) {
  const socket: Socket = connect(port, host)
  test.teardown(() => socket.destroy())
  await once(socket, 'connect')
  const framer = createRtspFramer()
  const answers: RtspResponse[] = []
  const packets: { readonly channel: number; readonly packet: Buffer }[] = []
  let cseq = 0
  let isClosed = false
  socket.on('close', () => (isClosed = true))
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    for (const { type, bytes } of framer.push(chunk)) {
      if (type === 'frames') packets.push(...splitFrames(bytes))
      const message = type === 'message' ? parseRtsp(bytes) : undefined
      if (message?.kind === 'response') answers.push(message)
    }
  })
  return {
    socket,
    packets,
    answers,
    isClosed: () => isClosed,
    ask: async (method: string, uri: string, headers: RtspHeaders = []): Promise<RtspResponse> => {
      const before = answers.length
      socket.write(writeRtsp({ kind: 'request', method, uri, headers: [['CSeq', String(++cseq)], ...headers], body: Buffer.alloc(0) }))
      await until(() => answers.length > before || isClosed)
      const answer = answers[before]
      if (!answer) throw new Error('closed instead of answered')
      return answer
    },
  }
}
const tcp = (pair = '0-1'): RtspHeaders => [['Transport', `RTP/AVP/TCP;unicast;interleaved=${pair}`]]

for (const [name, audio, ways] of [['h264-pcma-digest-tcp', 'pcm_alaw', ['tcp', 'udp']], ['h264-pcmu-digest-udp', 'pcm_mulaw', ['tcp']], ['h265-aac-basic-udp', 'aac', ['tcp', 'udp']]] as const) {
  for (const way of ways) {
    t.test(`FFmpeg plays ${name} over ${way}: picture and sound, from a keyframe on, in time`, async (t) => {
      const stage = createStage(recorded(name), { now: systemClock.nowUs })
      // Something is kept before anybody comes.
      for (let n = 0; n < 14; n++) stage.step()
      const { server, url } = await serve(t, stage)
      const stop = stage.run(systemClock)
      t.teardown(stop)
      const input = await Demuxer.open(url(), { options: { rtsp_transport: way, timeout: 10_000_000, probesize: 200_000, analyzeduration: 1_000_000 } })
      const [video, sound] = [input.video(), input.audio()]
      t.match(video?.codecpar, { width: 320, height: 180 })
      t.match(sound?.codecpar, { sampleRate: name.includes('aac') ? 16_000 : 8000, channels: 1 })
      t.equal(input.streams.length, 2, audio)
      const times: number[][] = [[], []]
      let isKey: boolean | undefined
      for await (const packet of input.packets()) {
        if (!packet) break
        const stream = input.streams[packet.streamIndex]
        if (packet.streamIndex === video?.index) isKey ??= packet.isKeyframe
        times[packet.streamIndex]?.push((Number(packet.pts) * (stream?.timeBase.num ?? 1)) / (stream?.timeBase.den ?? 1))
        packet.free()
        if ((times[0]?.length ?? 0) >= 12 && (times[1]?.length ?? 0) >= 12) break
      }
      await input.close()
      t.equal(isKey, true)
      for (const own of times) t.strictSame(own, own.toSorted((a, b) => a - b), 'times do not run back')
      const [pictures = [], sounds = []] = times
      t.ok(Math.abs((pictures.at(-1) ?? 0) - (sounds.at(-1) ?? 9)) < 1, `picture ${pictures.at(-1)} and sound ${sounds.at(-1)} are together`)
      await until(() => server.figures().connections === 0 && stage.readers() === 0)
      t.equal(ports.figures().leased, 0, 'ports are given back')
    })
  }
}

for (const [name, way] of [['h264-pcma-digest-tcp', 'tcp'], ['h265-aac-basic-udp', 'udp']] as const) {
  t.test(`our own client gets ${name} over ${way}, byte for byte`, async (t) => {
    const given = recorded(name)
    const stage = createStage(given, { now: systemClock.nowUs })
    const { url } = await serve(t, stage)
    const units: AccessUnit[] = []
    const frames: AudioFrame[] = []
    const stop = stage.run(systemClock)
    t.teardown(stop)
    const source = { url: url(''), username: 'office', password: 'right', transport: way, ports, bindHost: host, clock: systemClock, log: silentLog, random: systemRandom }
    const relays = createRelays({ clock: systemClock, log: silentLog, createPipeline, openReceiver: () => Promise.reject(new Error('none')), upstreamFor: () => Promise.resolve(createRtspSource(source)) })
    const member = relays.join('cam', { kind: 'viewer', onUnit: (unit) => units.push(unit), onAudio: (frame) => frames.push(frame) })
    t.match(await member.joined, { ok: true })
    await until(() => units.length >= given.units.length + 2 && frames.length >= 20)
    t.match(relays.list(), [{ transport: `rtsp-${way}`, lossRate: 0, width: 320, reports: { received: 1 } }])
    await member.leave({ linger: false })
    await relays.close()
    // Delimiters are left out, parameter sets brought along: the rest is the picture.
    const picture = [...given.units[0]?.codec === 'h264' ? [1, 5] : [0, 1, 19, 20, 21]]
    const typeOf = (nal: Buffer): number => (given.units[0]?.codec === 'h264' ? (nal[0] ?? 0) & 31 : ((nal[0] ?? 0) >> 1) & 63)
    const key = (unit: AccessUnit): string => Buffer.concat(unit.nalUnits.filter((nal) => picture.includes(typeOf(nal)))).toString('base64')
    const known = new Set(given.units.map(key))
    t.ok(units.every((unit) => known.has(key(unit)) && !unit.isDamaged), 'every picture is one that was sent')
    const sounds = new Set(given.frames.map(({ data }) => data.toString('base64')))
    t.ok(frames.every(({ data }) => sounds.has(data.toString('base64'))))
    t.equal(frames[0]?.codec, given.frames[0]?.codec)
  })
}

t.test('by hand: one address, its permission, its streams; pause and go on; reports; farewell', async (t) => {
  const stage = createStage(recorded('h264-pcma-digest-tcp'), { now: systemClock.nowUs })
  for (let n = 0; n < 14; n++) stage.step()
  const { server, asked, url } = await serve(t, stage, { h264: stage.relays })
  const one = await player(t, server.port)
  const refused = await one.ask('DESCRIBE', url('token=bad'))
  t.equal(refused.status, 401)
  t.match(header(refused, 'WWW-Authenticate'), /^Basic realm="yiji"/)
  t.strictSame(stage.joins, [], 'nothing is asked of a camera for who may not see it')
  const base = url('stream=sub&codec=h264')
  const described = await one.ask('DESCRIBE', base, [['Authorization', `Basic ${Buffer.from('office:right').toString('base64')}`]])
  t.equal(described.status, 200)
  t.match(asked.at(-1), { camera, stream: 'sub', codec: 'h264', credentials: { name: 'office', password: 'right' }, from: host })
  t.strictSame(stage.joins, [`${camera}/1`])
  t.equal(server.figures().sessions, 1)
  for (const [track, pair] of [[0, '0-1'], [1, '2-3']] as const) t.equal((await one.ask('SETUP', `${base}/trackID=${track}`, tcp(pair))).status, 200)
  const played = await one.ask('PLAY', `${base}/`)
  const [, sequence, time] = /seq=(\d+);rtptime=(\d+)/.exec(header(played, 'RTP-Info') ?? '') ?? []
  await until(() => one.packets.some(({ channel }) => channel === 2))
  const rtp = one.packets.filter(({ channel }) => channel === 0).map(({ packet }) => parseRtp(packet))
  t.match(rtp[0], { sequence: Number(sequence), timestamp: Number(time) }, 'the first packet is the one that was announced')
  t.equal((rtp[0]?.payload[0] ?? 0) & 31, 24, 'its parameter sets first')
  t.ok(rtp.length > 4, 'the kept GOP at once, without another picture')
  const reports = one.packets.filter(({ channel }) => channel === 1).map(({ packet }) => parseRtcp(packet)[0])
  t.match(reports, [{ type: 'sender-report', ssrc: rtp[0]?.ssrc }], 'a report with the first picture')
  t.equal(server.figures().sessions, 1)
  t.equal(stage.readers(), 1)

  t.equal((await one.ask('PAUSE', base)).status, 200)
  const count = one.packets.length
  stage.step()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(one.packets.length, count, 'nothing while it pauses')
  t.equal((await one.ask('PLAY', base)).status, 200)
  for (let n = 0; n < 12; n++) stage.step()
  await until(() => one.packets.length > count + 5)
  const after = one.packets.slice(count).filter(({ channel }) => channel === 0).map(({ packet }) => parseRtp(packet))
  t.equal(after[0]?.sequence, ((rtp.at(-1)?.sequence ?? 0) + 1) & 0xffff, 'numbered on')
  t.ok(((after[0]?.timestamp ?? 0) - (rtp.at(-1)?.timestamp ?? 0)) >>> 0 < 0x8000_0000, 'and later than what it had')

  stage.end('the camera hung up')
  await until(one.isClosed)
  t.match(one.packets.slice(-2).map(({ packet }) => isRtcp(packet) && parseRtcp(packet).at(-1)?.type), ['bye', 'bye'])
  t.strictSame([server.figures(), stage.readers()], [{ connections: 0, sessions: 0 }, 0])
})

t.test('a stream that does not come; too many; another protocol; another codec than described', async (t) => {
  const dead = createStage(recorded('h264-pcma-digest-tcp'), { failure: { ok: false, reason: 'offline', detail: 'device 1 is offline' } })
  const gone = await serve(t, dead)
  const one = await player(t, gone.server.port)
  t.match(await one.ask('DESCRIBE', gone.url()), { status: 503, reason: 'Service Unavailable: offline' })
  t.equal(gone.server.figures().sessions, 0)

  const stage = createStage(recorded('h264-pcma-digest-tcp'))
  for (let n = 0; n < 14; n++) stage.step()
  const { server, url } = await serve(t, stage, { maxSessions: 1 })
  const [first, second] = [await player(t, server.port), await player(t, server.port)]
  t.equal((await first.ask('DESCRIBE', url())).status, 200)
  t.equal((await second.ask('DESCRIBE', url())).status, 453)
  t.equal((await second.ask('DESCRIBE', url('codec=h264&token=good'))).status, 453, 'no H.264 versions are made here')
  await first.ask('SETUP', `${url()}/trackID=0`, tcp())
  await first.ask('PLAY', url())
  stage.publish({ ...(recorded('h265-aac-basic-udp').units[0] as AccessUnit), pts90k: 1e9 })
  await until(first.isClosed)

  for (const [bytes, status] of [['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 400], ['DESCRIBE rtsp://h/live/c RTSP/2.0\r\nCSeq: 1\r\n\r\n', 505], ['\x16\x03\x01\x02\x00\x01\x00', 400], ['RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n', 400], [`OPTIONS * RTSP/1.0\r\nX: ${'y'.repeat(40_000)}`, 400]] as const) {
    const odd = await player(t, server.port)
    odd.socket.write(Buffer.from(bytes, 'latin1'))
    await until(odd.isClosed)
    t.equal(odd.answers[0]?.status, status, JSON.stringify(bytes.slice(0, 20)))
  }
  const late = await player(t, server.port)
  const idle = await serve(t, stage, { times: { idleMs: 30 } })
  const silent = await player(t, idle.server.port)
  await until(silent.isClosed)
  t.equal(late.isClosed(), false)
  await server.close()
  await until(late.isClosed)
  await t.rejects(openRtspServer({ ...gone, host, port: gone.server.port, relays: stage.relays, permit: () => Promise.resolve({ ok: true, account: 'a' }), ports, clock: systemClock, log: silentLog, random: systemRandom, software: '', maxSessions: 1 }), { code: 'port.taken' })
})

t.test('an account that may not watch any more: its players go, by session or all of them', async (t) => {
  const stage = createStage(recorded('h264-pcma-digest-tcp'))
  for (let n = 0; n < 14; n++) stage.step()
  const { server, url } = await serve(t, stage)
  const [byToken, bySession, other] = [await player(t, server.port), await player(t, server.port), await player(t, server.port)]
  const basic = (name: string): RtspHeaders => [['Authorization', `Basic ${Buffer.from(`${name}:right`).toString('base64')}`]]
  await byToken.ask('DESCRIBE', url())
  await bySession.ask('DESCRIBE', url(''), basic('office'))
  await other.ask('DESCRIBE', url(''), basic('other'))
  server.end('office', 's2')
  server.end('office', 's1')
  await until(bySession.isClosed)
  t.strictSame([byToken.isClosed(), other.isClosed()], [false, false])
  server.end('office')
  await until(byToken.isClosed)
  t.strictSame([other.isClosed(), server.figures()], [false, { connections: 1, sessions: 1 }])
})

t.test('datagrams: to the player alone, over as soon as nothing is heard of it', async (t) => {
  const stage = createStage(recorded('h264-pcma-digest-tcp'), { now: systemClock.nowUs })
  for (let n = 0; n < 14; n++) stage.step()
  const { server, url } = await serve(t, stage, { times: { sessionMs: 150 } })
  const [media, control] = [createSocket('udp4'), createSocket('udp4')]
  t.teardown(() => media.close())
  t.teardown(() => control.close())
  const got: Buffer[] = []
  media.on('message', (bytes) => got.push(bytes))
  for (const socket of [media, control]) {
    socket.bind(0, host)
    await once(socket, 'listening')
  }
  const one = await player(t, server.port)
  await one.ask('DESCRIBE', url())
  const granted = header(await one.ask('SETUP', `${url()}/trackID=0`, [['Transport', `RTP/AVP;unicast;client_port=${media.address().port}-${control.address().port};destination=192.0.2.1`]]), 'Transport') ?? ''
  const serverPort = Number(/server_port=\d+-(\d+)/.exec(granted)?.[1])
  t.equal(ports.figures().leased, 1)
  await one.ask('PLAY', url())
  await until(() => got.length >= 4)
  t.strictSame(got.map((bytes) => parseRtp(bytes).sequence), got.map((_, n) => (parseRtp(got[0] as Buffer).sequence + n) & 0xffff))
  const alive = Buffer.from('80c9000100000001', 'hex')
  for (let n = 0; n < 4; n++) {
    control.send(alive, serverPort, host)
    await new Promise((resolve) => setTimeout(resolve, 80))
  }
  t.equal(one.isClosed(), false, 'reports are a sign of life')
  await until(one.isClosed)
  t.equal(ports.figures().leased, 0)
})

t.test('a player that does not read loses pictures, then its place; the others nothing', async (t) => {
  const given = recorded('h264-pcma-digest-tcp')
  const stage = createStage(given)
  for (let n = 0; n < 14; n++) stage.step()
  const { server, url } = await serve(t, stage, { bounds: { maxBacklogBytes: 200_000, cutAfterMs: 200 } })
  const [stuck, good] = [await player(t, server.port), await player(t, server.port)]
  for (const each of [stuck, good]) {
    await each.ask('DESCRIBE', url())
    await each.ask('SETUP', `${url()}/trackID=0`, tcp())
    await each.ask('PLAY', url())
  }
  stuck.socket.pause()
  const big = Buffer.concat([Buffer.from('6588', 'hex'), Buffer.alloc(400_000, 0x55)])
  const [keyframe] = given.units as readonly [AccessUnit]
  for (let n = 0; server.figures().connections === 2; n++) {
    if (n > 3000) throw new Error('it was not cut')
    stage.publish({ ...keyframe, pts90k: 1e9 + n * 9000, nalUnits: [...keyframe.nalUnits, big] })
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  t.equal(good.isClosed(), false)
  const before = good.packets.length
  stage.step()
  await until(() => good.packets.length > before)
})

t.test('memory is given back and used again, and what still waits is not written over', async (t) => {
  const pool = createBytePool(10_000)
  const [one, large] = [pool.take(5000), pool.take(300_000)]
  t.strictSame([one.length, large.length, one.buffer.byteLength], [5000, 300_000, 8192])
  pool.give(one)
  pool.give(large)
  t.equal(pool.figures().idleBytes, 8192, 'what is large goes its way')
  t.equal(pool.take(8000).buffer, one.buffer)
  const [two, three] = [pool.take(8000), pool.take(8000)]
  for (const each of [two, three, Buffer.from('not of the pool')]) pool.give(each)
  t.equal(pool.figures().idleBytes, 8192, 'bounded')

  const given = recorded('h264-pcma-digest-tcp')
  const [keyframe] = given.units as readonly [AccessUnit]
  const stage = createStage(given)
  stage.publish(keyframe)
  const { server, url } = await serve(t, stage)
  const players = [await player(t, server.port), await player(t, server.port)]
  for (const each of players) {
    await each.ask('DESCRIBE', url())
    await each.ask('SETUP', `${url()}/trackID=0`, tcp())
    await each.ask('PLAY', url())
  }
  const [slow, fast] = players as [(typeof players)[0], (typeof players)[0]]
  slow.socket.pause()
  for (let n = 0; n < 60; n++) {
    stage.publish({ ...keyframe, isKeyframe: false, pts90k: keyframe.pts90k + (n + 1) * 3600, nalUnits: [Buffer.concat([Buffer.from([0x41, n]), Buffer.alloc(30_000, n)])] })
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  slow.socket.resume()
  const whole = (each: typeof slow): readonly Buffer[] => each.packets.filter(({ channel }) => channel === 0).map(({ packet }) => packet.subarray(12))
  await until(() => whole(slow).length === whole(fast).length && whole(fast).length > 60 * 21)
  t.ok(Buffer.concat([...whole(slow)]).equals(Buffer.concat([...whole(fast)])), 'both have the same, the one that waited too')
  t.ok(Buffer.concat([...whole(fast)]).includes(Buffer.alloc(500, 59)))
})

t.test('chewed connections: the server lives, and nothing is left of them', async (t) => {
  const stage = createStage(recorded('h264-pcma-digest-tcp'))
  for (let n = 0; n < 14; n++) stage.step()
  const { server, url } = await serve(t, stage, { maxSessions: 40 })
  const text = (method: string, to: string, ...lines: readonly string[]): string => [`${method} ${to} RTSP/1.0`, 'CSeq: 3', ...lines, '', ''].join('\r\n')
  const whole = Buffer.from(
    text('OPTIONS', url()) + text('DESCRIBE', url(), 'Accept: application/sdp') + text('SETUP', `${url()}/trackID=0`, 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1') + text('SETUP', `${url()}/trackID=1`, 'Transport: RTP/AVP/TCP;unicast;interleaved=2-3') +
      text('PLAY', url()) + '$\x01\x00\x08\x80\xc9\x00\x01\x00\x00\x00\x01' + text('PAUSE', url()) + text('PLAY', url()) + text('TEARDOWN', url()),
    'latin1',
  )
  let n = 0
  for (const bytes of chew([whole], 300, 7826)) {
    const socket = connect(server.port, host)
    socket.on('error', () => {})
    socket.resume()
    await once(socket, 'connect')
    socket.write(bytes)
    if (n++ % 8 === 0) stage.step()
    await new Promise((resolve) => setTimeout(resolve, 1))
    socket.destroy()
  }
  await until(() => server.figures().connections === 0)
  t.strictSame([server.figures().sessions, stage.readers(), ports.figures().leased], [0, 0, 0])
  const after = await player(t, server.port)
  t.equal((await after.ask('DESCRIBE', url())).status, 200)
})

t.test('datagrams leave in portions, in order, and none after the end', (t) => {
  let nowUs = 0
  const timers: (() => void)[] = []
  const pacer = createPacer({ nowUs: () => nowUs, wallMs: () => 0, after: (_ms, callback) => (timers.push(callback), () => void timers.splice(timers.indexOf(callback), 1)) })
  const sent: number[] = []
  for (let n = 0; n < 400; n++) pacer.push(1400, () => sent.push(n))
  t.equal(sent.length, 71, 'a burst at once')
  t.equal(pacer.backlogBytes(), 329 * 1400)
  nowUs += 4_000
  timers.shift()?.()
  t.equal(sent.length, 106, '50 kB in 4 ms')
  t.strictSame(sent, sent.map((_, n) => n))
  pacer.close()
  t.strictSame([timers.length, pacer.backlogBytes()], [0, 0])
  pacer.push(1, () => t.fail('after its end'))
  t.end()
})
