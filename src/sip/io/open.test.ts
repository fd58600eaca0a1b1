// Stories over real sockets on the loopback: two layers, UDP and TCP, datagrams lost on purpose, connections lost.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t from 'tap'
import { AppError, seededBytes, silentLog, systemClock } from '../../base/index.ts'
import { header, headers, parseMessage, parseNameAddr, parseVia, writeMessage } from '../message/index.ts'
import type { Address, ClientEvent, ServerTransaction, SipRequest, TraceEntry, Transport } from '../types.ts'
import { openTransactionLayer, type OpenTransactionLayer, type TransactionLayerOptions } from './open.ts'

interface Peer {
  readonly layer: OpenTransactionLayer
  readonly requests: ServerTransaction[]
  readonly acks: SipRequest[]
  readonly lost: Address[]
  readonly trace: TraceEntry[]
}

/** The part of a test that closes what it opened. */
interface Teardown {
  readonly teardown: (close: () => unknown) => void
}

let seed = 1

/** A layer on a free port that answers by `onRequest` and keeps what it was told. */
async function openPeer(t: Teardown, onRequest: (transaction: ServerTransaction) => void, options: Partial<TransactionLayerOptions> = {}): Promise<Peer> {
  const heard: Omit<Peer, 'layer'> = { requests: [], acks: [], lost: [], trace: [] }
  const layer = await openTransactionLayer({
    bind: { host: '127.0.0.1', port: 0 },
    transports: ['udp', 'tcp'],
    clock: systemClock,
    random: seededBytes(seed++),
    log: silentLog,
    agent: 'test',
    onTrace: (entry) => heard.trace.push(entry),
    user: {
      onRequest: (transaction) => {
        heard.requests.push(transaction)
        onRequest(transaction)
      },
      onAck: (ack) => heard.acks.push(ack),
      onConnectionLost: (remote) => heard.lost.push(remote),
    },
    ...options,
  })
  t.teardown(() => layer.close())
  return { layer, ...heard }
}

function request(method: string, from = '34020000001110000001'): SipRequest {
  return {
    kind: 'request',
    method,
    uri: 'sip:34020000002000000001@3402000000',
    headers: [
      { name: 'From', value: `<sip:${from}@3402000000>;tag=${from.slice(-3)}` },
      { name: 'To', value: '<sip:34020000002000000001@3402000000>' },
      { name: 'Call-ID', value: `${method}-${seed++}` },
      { name: 'CSeq', value: `1 ${method}` },
    ],
    body: Buffer.alloc(0),
  }
}

/** Sends and gives every event up to the final one. */
function ask(peer: Peer, message: SipRequest, target: Address): Promise<readonly ClientEvent[]> {
  return new Promise((resolve) => {
    const events: ClientEvent[] = []
    peer.layer.request(message, target, (event) => {
      events.push(event)
      if (event.type !== 'response' || event.response.status >= 200) resolve(events)
    })
  })
}

const statuses = (events: readonly ClientEvent[]): readonly (number | string)[] => events.map((event) => (event.type === 'response' ? event.response.status : event.type))

/** Waits until something is so, looking often, for two seconds at most. */
async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo() && waited < 2000; waited += 5) await new Promise((resolve) => setTimeout(resolve, 5))
}

for (const transport of ['udp', 'tcp'] as const satisfies readonly Transport[]) {
  void t.test(`a request and its answer over ${transport}`, async (t) => {
    const server = await openPeer(t, (transaction) => transaction.respond({ status: 200, headers: [{ name: 'Expires', value: '3600' }], body: Buffer.from([0xd5, 0xe3]) }))
    const device = await openPeer(t, () => {}, { listen: false })
    const [final] = await ask(device, request('MESSAGE'), server.layer.localAddress(transport))
    t.equal(final?.type, 'response')
    if (final?.type !== 'response') return
    t.same([final.response.status, final.response.reason, header(final.response, 'Expires'), final.response.body.toString('hex')], [200, 'OK', '3600', 'd5e3'])
    t.match(final.source, { ...server.layer.localAddress(transport) })
    t.ok(final.atUs > 0)
    const via = parseVia(header(final.response, 'Via') ?? '')
    t.equal(via.received, '127.0.0.1')
    t.equal(via.rport, server.requests[0]?.source.port, 'the port it came from')
    t.ok(parseNameAddr(header(final.response, 'To') ?? '').parameters['tag'], 'our tag')
    t.equal(parseNameAddr(header(final.response, 'To') ?? '').parameters['tag'], server.requests[0]?.toTag, 'which the user knows too')
    t.equal(header(final.response, 'Server'), 'test')
    t.same(device.trace.map((entry) => entry.direction), ['out', 'in'])
    t.same(device.trace[0]?.bytes, server.trace[0]?.bytes, 'the same bytes at both ends')
    t.ok(server.trace.every((entry) => entry.message && entry.remote.transport === transport))
  })
}

void t.test('one TCP connection is used in both directions and is missed when it is gone', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 200 }))
  const device = await openPeer(t, (transaction) => transaction.respond({ status: 200 }), { listen: false, transports: ['tcp'] })
  t.ok(device.layer.localAddress('tcp').port > 0, 'a device that does not listen still names a port')
  for (let i = 0; i < 5; i++) await ask(device, request('MESSAGE'), server.layer.localAddress('tcp'))
  const source = server.requests[0]?.source
  if (!source) return t.fail('nothing came')
  t.ok(server.requests.every((transaction) => transaction.source.port === source.port), 'always the same connection')
  t.same(statuses(await ask(server, request('MESSAGE'), source)), [200], 'and back on it')
  t.equal(server.layer.stats().connections, 1)
  const unanswered = ask(server, request('INVITE'), source)
  await device.layer.close()
  await until(() => server.lost.length > 0)
  t.same(server.lost, [source], 'its loss is told')
  t.same(statuses(await unanswered).at(-1), 'transport-error', 'and what waits for an answer on it ends')
  t.same(statuses(await ask(server, request('MESSAGE'), source)), ['transport-error'], 'nobody listens there')
  t.same(device.lost, [], 'who closes is not told')
})

const large = (method = 'MESSAGE'): SipRequest => ({ ...request(method), body: Buffer.alloc(1400, 'x') })

void t.test('a large request for UDP opens a TCP connection to the same place, and the next takes it too', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 200 }))
  const sender = await openPeer(t, () => {})
  const target = server.layer.localAddress('udp')
  t.same(statuses(await ask(sender, large(), target)), [200])
  t.same(statuses(await ask(sender, large(), target)), [200])
  t.same(statuses(await ask(sender, request('MESSAGE'), target)), [200])
  t.same(server.requests.map((transaction) => transaction.source.transport), ['tcp', 'tcp', 'udp'])
  t.equal(server.requests[0]?.source.port, server.requests[1]?.source.port, 'one connection')
  t.match(header(server.requests[0]?.request ?? request('X'), 'Via'), /^SIP\/2\.0\/TCP /, 'and its Via says so')
  sender.layer.send(large('ACK'), target)
  await until(() => server.acks.length > 0)
  t.match(header(server.acks[0] ?? request('X'), 'Via'), /^SIP\/2\.0\/TCP /)
})

void t.test('a peer that takes no TCP gets the large request by UDP, and is not asked for TCP again', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: transaction.request.method === 'INVITE' ? 180 : 200 }), { transports: ['udp'] })
  const sender = await openPeer(t, () => {})
  const target = server.layer.localAddress('udp')
  const sentBy = (): readonly string[] => sender.trace.filter((entry) => entry.direction === 'out').map((entry) => entry.remote.transport)
  const events = await new Promise<readonly ClientEvent[]>((resolve) => {
    const heard: ClientEvent[] = []
    const call = sender.layer.request(large('INVITE'), target, (event) => {
      heard.push(event)
      if (event.type === 'response' && event.response.status === 180) {
        t.match(header(call.request, 'Via'), /^SIP\/2\.0\/UDP /, 'the request says how it went')
        call.cancel()
      }
      if (event.type === 'response' && event.response.status >= 200) resolve(heard)
    })
    t.match(header(call.request, 'Via'), /^SIP\/2\.0\/TCP /)
  })
  t.same(statuses(events), [180, 487], 'cancelled on the way it went')
  t.same(server.requests.map((transaction) => transaction.request.method), ['INVITE', 'CANCEL'])
  t.equal(sentBy()[0], 'tcp')
  const before = sentBy().length
  t.same(statuses(await ask(sender, large(), target)), [200])
  t.same(sentBy().slice(before), ['udp'])
})

void t.test('a large request cancelled while TCP is tried is cancelled by UDP', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 180 }), { transports: ['udp'] })
  const sender = await openPeer(t, () => {})
  const events = await new Promise<readonly ClientEvent[]>((resolve) => {
    const heard: ClientEvent[] = []
    const call = sender.layer.request(large('INVITE'), server.layer.localAddress('udp'), (event) => {
      heard.push(event)
      if (event.type !== 'response' || event.response.status >= 200) resolve(heard)
    })
    call.cancel()
  })
  t.same(statuses(events), [180, 487])
})

void t.test('a peer whose TCP opens and closes without a word gets the large request by UDP', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 200 }), { transports: ['udp'] })
  const target = server.layer.localAddress('udp')
  const rude = createServer((socket) => socket.destroy()).listen(target.port, '127.0.0.1')
  await once(rude, 'listening')
  t.teardown(() => rude.close())
  const sender = await openPeer(t, () => {})
  t.same(statuses(await ask(sender, large(), target)), [200])
})

void t.test('over IPv6: both transports, brackets where they belong', async (t) => {
  const options = { bind: { host: '::1', port: 0 } }
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 200 }), options)
  const sender = await openPeer(t, (transaction) => transaction.respond({ status: 200 }), options)
  for (const transport of ['udp', 'tcp'] as const) {
    const [final] = await ask(sender, request('MESSAGE'), server.layer.localAddress(transport))
    if (final?.type !== 'response') return t.fail(transport)
    t.equal(final.response.status, 200)
    t.match(header(final.response, 'Via'), /^SIP\/2\.0\/(UDP|TCP) \[::1\]:\d+;.*received=::1/)
    t.equal(parseVia(header(final.response, 'Via') ?? '').received, '::1')
    t.match(final.source, { host: '::1', port: server.layer.localAddress(transport).port })
  }
  const back = server.requests[1]?.source
  if (back) t.same(statuses(await ask(server, request('INFO'), back)), [200], 'and back on the connection')
})

void t.test('an IPv6 socket for both families tells an IPv4 peer by its IPv4 address', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 200 }), { bind: { host: '::', port: 0 } })
  const sender = await openPeer(t, (transaction) => transaction.respond({ status: 200 }))
  const { port } = server.layer.localAddress('udp')
  for (const transport of ['udp', 'tcp'] as const) {
    t.same(statuses(await ask(sender, request('MESSAGE'), { transport, host: '127.0.0.1', port })), [200])
    const source = server.requests.at(-1)?.source
    t.equal(source?.host, '127.0.0.1')
    if (source) t.same(statuses(await ask(server, request('INFO'), source)), [200], `and back over ${transport}`)
  }
})

/** A socket between a client and a server that loses the datagrams it is told to, counted per direction from 0. */
async function openRelay(t: Teardown, target: Address, isLost: (direction: 'there' | 'back', n: number) => boolean): Promise<{ readonly address: Address; readonly passed: string[] }> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  const passed: string[] = []
  const count = { there: 0, back: 0 }
  let client = 0
  socket.on('message', (bytes, remote) => {
    const direction = remote.port === target.port ? 'back' : 'there'
    if (direction === 'there') client = remote.port
    if (isLost(direction, count[direction]++)) return
    passed.push(bytes.toString('latin1').split(' ', 2).join(' '))
    socket.send(bytes, direction === 'there' ? target.port : client, '127.0.0.1')
  })
  return { address: { transport: 'udp', host: '127.0.0.1', port: socket.address().port }, passed }
}

void t.test('a lost request and a lost answer are sent again; the user hears of one request', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 200 }))
  const device = await openPeer(t, () => {}, { t1Ms: 20 })
  const relay = await openRelay(t, server.layer.localAddress('udp'), (_, n) => n === 0)
  t.same(statuses(await ask(device, request('REGISTER'), relay.address)), [200])
  t.equal(server.requests.length, 1)
  t.ok(device.trace.filter((entry) => entry.direction === 'out').length >= 3, 'first lost, second answered in vain, third answered')
})

void t.test('silence ends a request after 64 T1', async (t) => {
  const silent = createSocket('udp4').bind(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const device = await openPeer(t, () => {}, { t1Ms: 5 })
  const target: Address = { transport: 'udp', host: '127.0.0.1', port: silent.address().port }
  const [other, invite] = await Promise.all([ask(device, request('MESSAGE'), target), ask(device, request('INVITE'), target)])
  t.same([statuses(other), statuses(invite)], [['timeout'], ['timeout']])
  const sent = (method: string): number => device.trace.filter((entry) => entry.message?.kind === 'request' && entry.message.method === method).length
  t.ok(sent('MESSAGE') >= 5 && sent('MESSAGE') <= 11, `MESSAGE sent ${sent('MESSAGE')} times of at most 11`)
  t.ok(sent('INVITE') >= 3 && sent('INVITE') <= 7, `INVITE sent ${sent('INVITE')} times of at most 7`)
})

void t.test('INVITE, 2xx, ACK', async (t) => {
  const server = await openPeer(t, (transaction) => {
    transaction.respond({ status: 180 })
    transaction.respond({ status: 200 })
    transaction.respond({ status: 486 })
  })
  const caller = await openPeer(t, () => {}, { t1Ms: 200 })
  const invite = request('INVITE')
  const events = await ask(caller, invite, server.layer.localAddress('udp'))
  t.same(statuses(events), [180, 200], 'the second final answer of the callee is ignored')
  caller.layer.send({ ...request('ACK'), headers: [...invite.headers.filter((field) => field.name !== 'CSeq'), { name: 'CSeq', value: '1 ACK' }] }, server.layer.localAddress('udp'))
  await until(() => server.acks.length > 0)
  t.equal(server.acks.length, 1)
  t.not(header(server.acks[0] ?? invite, 'Via'), header(server.requests[0]?.request ?? invite, 'Via'), 'with a branch of its own')
  server.requests[0]?.respond({ status: 200 })
  await until(() => caller.trace.filter((entry) => entry.direction === 'in').length === 3)
  t.equal(caller.trace.filter((entry) => entry.direction === 'in').length, 3, 'the 2xx given again was sent again')
})

void t.test('INVITE refused: the ACK is ours and reaches no user; a lost ACK is made good', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 486 }), { t1Ms: 20 })
  const caller = await openPeer(t, () => {}, { t1Ms: 20 })
  const relay = await openRelay(t, server.layer.localAddress('udp'), (direction, n) => direction === 'there' && n === 1)
  t.same(statuses(await ask(caller, request('INVITE'), relay.address)), [486])
  await until(() => relay.passed.some((line) => line.startsWith('ACK')))
  t.ok(relay.passed.filter((line) => line === 'SIP/2.0 486').length >= 2, 'the refusal came again')
  t.equal(server.acks.length, 0)
  t.equal(server.requests.length, 1)
})

void t.test('CANCEL waits for a provisional response; both requests are answered and the callee hears of it', async (t) => {
  const server = await openPeer(t, () => {}, { t1Ms: 200 })
  const caller = await openPeer(t, () => {}, { t1Ms: 200 })
  const events = await new Promise<readonly ClientEvent[]>((resolve) => {
    const heard: ClientEvent[] = []
    const call = caller.layer.request(request('INVITE'), server.layer.localAddress('udp'), (event) => {
      heard.push(event)
      if (event.type !== 'response' || event.response.status >= 200) resolve(heard)
    })
    call.cancel()
  })
  t.same(statuses(events), [100, 487], 'the 100 is the transaction\'s own')
  t.same(server.requests.map((transaction) => transaction.request.method), ['INVITE', 'CANCEL'])
  t.equal(headers(server.requests[1]?.request ?? request('X'), 'Via')[0], headers(server.requests[0]?.request ?? request('X'), 'Via')[0], 'by the same branch')
})

void t.test('damaged requests are answered without the user; noise is counted', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 200 }))
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  const { port } = server.layer.localAddress('udp')
  const reply = async (text: string): Promise<number> => {
    const answer = once(socket, 'message')
    socket.send(Buffer.from(text, 'latin1'), port, '127.0.0.1')
    const [bytes] = (await answer) as [Buffer]
    const message = parseMessage(bytes)
    return message.kind === 'response' ? message.status : 0
  }
  const good = writeMessage({ ...request('OPTIONS'), headers: [{ name: 'Via', value: 'SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx' }, ...request('OPTIONS').headers] }).toString('latin1')
  t.equal(await reply(good.replace('SIP/2.0\r\n', 'SIP/7.0\r\n')), 505)
  t.equal(await reply(good.replace('1 OPTIONS', '1 INFO')), 400)
  t.equal(await reply(good.replace('1 OPTIONS', '4294967296 OPTIONS')), 400)
  t.equal(await reply(good.replace(/From: .*\r\n/, '')), 400)
  t.equal(await reply(good.replace('OPTIONS sip:', 'OPTIONS soap.beep:')), 416)
  t.equal(await reply(good.replace('Content-Length: 0', 'Content-Length: -9')), 400)
  t.equal(server.requests.length, 0)
  for (const noise of ['jaK\0', '\r\n\r\n', '\0']) socket.send(noise, port, '127.0.0.1')
  socket.send('GET / HTTP/1.1\r\n\r\n', port, '127.0.0.1')
  socket.send(good.replace('192.0.2.9:5060', '[192.0.2.9'), port, '127.0.0.1')
  t.equal(await reply(good), 200, 'and a good one is served, to where it came from')
  t.match(server.layer.stats(), { keepalives: 3, unreadable: 1, refused: 6, dropped: 1 })
})

void t.test('an error in the user ends one request', async (t) => {
  const server = await openPeer(t, (transaction) => {
    if (transaction.request.method === 'INFO') throw new Error('a bug')
    transaction.respond({ status: 200 })
  })
  const device = await openPeer(t, () => {})
  t.same(statuses(await ask(device, request('INFO'), server.layer.localAddress('udp'))), [500])
  t.same(statuses(await ask(device, request('OPTIONS'), server.layer.localAddress('udp'))), [200])
})

void t.test('over TCP: pieces, several in one segment, a ping, a body longer than it says', async (t) => {
  const server = await openPeer(t, (transaction) => transaction.respond({ status: 200 }))
  const socket = connect(server.layer.localAddress('tcp').port, '127.0.0.1')
  await once(socket, 'connect')
  t.teardown(() => socket.destroy())
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  const text = (body: string, length: number): string =>
    writeMessage({ ...request('MESSAGE'), headers: [{ name: 'Via', value: `SIP/2.0/TCP 192.0.2.9;branch=z9hG4bK${seed}` }, ...request('MESSAGE').headers, { name: 'Content-Type', value: 'Application/MANSCDP+xml' }], body: Buffer.from(body) })
      .toString('latin1')
      .replace(/Content-Length: \d+/, `Content-Length: ${length}`)
  const body = '<?xml version="1.0"?>\r\n<Notify>\r\n<SN>1</SN>\r\n</Notify>\r\n'
  const one = text(body, body.length)
  socket.write(one.slice(0, 40))
  await new Promise((resolve) => setTimeout(resolve, 20))
  socket.write(`${one.slice(40)}\r\n\r\n${text(body, 5)}${text(body, 0)}${text(body, body.length)}`)
  await until(() => server.requests.length === 4)
  t.equal(server.requests.length, 4)
  t.ok(server.requests.every((transaction) => transaction.request.body.toString('latin1').includes('</Notify>')), 'each with its whole body')
  socket.write(text(body, body.length + 7))
  await until(() => server.requests.length === 5)
  t.equal(server.requests.length, 5, 'a length too large costs a pause, not the message')
  await until(() => received.split('SIP/2.0 200').length === 6)
  t.equal(received.split('SIP/2.0 200').length - 1, 5)
  t.ok(received.includes('\r\n\r\n\r\nSIP/2.0'), 'the ping was answered')
})

void t.test('a peer that accepts and closes, a port where nobody is, a closed layer', async (t) => {
  const sockets: Socket[] = []
  const rude = createServer((socket) => sockets.push(socket.on('data', () => socket.destroy()))).listen(0, '127.0.0.1')
  await once(rude, 'listening')
  t.teardown(() => rude.close())
  const address = rude.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const device = await openPeer(t, () => {})
  t.same(statuses(await ask(device, request('MESSAGE'), { transport: 'tcp', host: '127.0.0.1', port })), ['transport-error'])
  t.same(statuses(await ask(device, request('MESSAGE'), { transport: 'tcp', host: '127.0.0.1', port: 1 })), ['transport-error'])
  t.same(statuses(await ask(device, request('MESSAGE'), { transport: 'udp', host: '127.0.0.1', port: 0 })), ['transport-error'])
  const waiting = ask(device, request('MESSAGE'), { transport: 'udp', host: '127.0.0.1', port: 9 })
  await device.layer.close()
  await device.layer.close()
  t.same(statuses(await waiting), ['transport-error'])
  t.same(statuses(await ask(device, request('MESSAGE'), { transport: 'udp', host: '127.0.0.1', port: 9 })), ['transport-error'])
})

void t.test('a port that is taken is said in one line', async (t) => {
  const first = await openPeer(t, () => {})
  const { port } = first.layer.localAddress('udp')
  for (const transports of [['udp'], ['tcp'], ['udp', 'tcp']] as const) {
    const error = await openPeer(t, () => {}, { bind: { host: '127.0.0.1', port }, transports }).catch((reason: unknown) => reason)
    t.ok(error instanceof AppError && error.code === 'port.taken')
    t.match(error, { message: new RegExp(`^SIP port ${port} on 127\\.0\\.0\\.1 is taken: .*YIJI_SIP_PORT`) })
  }
  const elsewhere = await openPeer(t, () => {}, { bind: { host: '192.0.2.1', port: 0 } }).catch((reason: unknown) => reason)
  t.match(elsewhere, { code: 'port.taken', message: /no address of this machine/ })
})
