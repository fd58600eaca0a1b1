import t from 'tap'
import { manualClock } from '../../base/index.ts'
import { parseMessage } from '../message/index.ts'
import type { Address } from '../types.ts'
import { traceLimits, type TraceLimits } from './shelf.ts'
import { createTraces } from './traces.ts'
import type { TraceRecord } from './types.ts'

const us = '32011600002000000001'
const realm = '3201160000'
const local: Address = { transport: 'udp', host: '198.51.100.1', port: 5060 }
const idOf = (n: number): string => `3201160000118${String(n).padStart(7, '0')}`
const homeOf = (n: number): Address => ({ transport: 'udp', host: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, port: 5060 })

const write = (start: string, from: string, to: string, callId: string, cseq: string, more: readonly string[] = [], body = ''): Buffer =>
  Buffer.from([start, `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${callId}`, `From: <sip:${from}@${realm}>;tag=1`, `To: <sip:${to}@${realm}>`, `Call-ID: ${callId}`, `CSeq: ${cseq}`, ...more, `Content-Length: ${body.length}`, '', body].join('\r\n'), 'latin1')

function bench(limits?: TraceLimits) {
  const clock = manualClock()
  const kept: { readonly key: string; readonly record: TraceRecord }[] = []
  const traces = createTraces({ ourId: us, clock, ...(limits && { limits }), onRecord: (key, record) => void kept.push({ key, record }) })
  const give = (direction: 'in' | 'out', remote: Address, bytes: Buffer): void => traces.entry({ direction, atUs: clock.nowUs(), local, remote, bytes, message: parseMessage(bytes) })
  let call = 0
  return {
    clock, traces, kept, give,
    garbage: (remote: Address, bytes: Buffer) => traces.entry({ direction: 'in', atUs: clock.nowUs(), local, remote, bytes }),
    register: (id: string, at: Address) => give('in', at, write(`REGISTER sip:${us}@${realm} SIP/2.0`, id, id, `r${++call}`, '1 REGISTER')),
    accept: (id: string, at: Address) => {
      traces.bind(id, at)
      traces.note(id, { type: 'registration', decision: 'accepted', source: at, expiresS: 3600 })
    },
    keepalive: (id: string, at: Address, status = '200 OK', callId = `k${++call}`) => {
      give('in', at, write(`MESSAGE sip:${us}@${realm} SIP/2.0`, id, us, callId, '20 MESSAGE', ['Content-Type: Application/MANSCDP+xml'], `<?xml version="1.0"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>${call}</SN>\r\n<DeviceID>${id}</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>\r\n`))
      if (status) give('out', at, write(`SIP/2.0 ${status}`, id, us, callId, '20 MESSAGE'))
    },
    message: (id: string, at: Address, size = 300) => give('in', at, write(`MESSAGE sip:${us}@${realm} SIP/2.0`, id, us, `m${++call}`, '1 MESSAGE', ['Content-Type: Application/MANSCDP+xml'], 'x'.repeat(size))),
  }
}
const kinds = (records: readonly TraceRecord[]): string =>
  records.map((record) => (record.kind === 'message' ? (/^(?:SIP\/2\.0 (\d+)|(\w+))/.exec(record.text)?.slice(1).find(Boolean) ?? '?') : record.kind === 'run' ? `${record.what}*${record.count}` : record.note.type)).join(' ')

t.test('keepalives are counted, the last exchange is whole, and anything odd about one is kept', async (t) => {
  const b = bench()
  b.accept(idOf(1), homeOf(1))
  for (let i = 0; i < 50; i++) {
    b.keepalive(idOf(1), homeOf(1))
    b.clock.advance(i === 30 ? 75_000 : 60_000)
  }
  t.equal(kinds(b.traces.records(idOf(1))), 'registration keepalives*50 MESSAGE 200')
  t.match(b.traces.records(idOf(1))[1], { shortestMs: 60_000, longestMs: 75_000, count: 50 })
  const toDisk = b.kept.filter(({ record }) => record.kind !== 'note').length
  t.ok(toDisk <= 4, `${toDisk} records of 100 messages went to the disk`)

  b.keepalive(idOf(1), homeOf(1), '503 Service Unavailable')
  b.keepalive(idOf(1), homeOf(1), '', 'lost')
  b.keepalive(idOf(1), homeOf(1))
  t.equal(kinds(b.traces.records(idOf(1))), 'registration keepalives*51 MESSAGE 503 MESSAGE MESSAGE 200', 'refused ones and those without an answer stand by themselves')
  b.traces.note(idOf(1), { type: 'presence', from: 'online', to: 'offline', reason: 'keepalive-lost' })
  b.keepalive(idOf(1), homeOf(1))
  t.match(kinds(b.traces.records(idOf(1))), /keepalives\*51 presence .*keepalives\*1|keepalives\*51.*presence.*keepalives\*1/, 'a change ends the count')
  b.keepalive(idOf(1), { ...homeOf(1), port: 9 }, '403 Not registered from here')
  t.match(kinds(b.traces.records(idOf(1))), /MESSAGE 403/, 'from elsewhere it is no usual one')
})

t.test('who a message is about', async (t) => {
  const b = bench()
  const [device, home] = [idOf(1), homeOf(1)]
  b.accept(device, home)
  const channel = '32011600001310000001'
  b.give('out', home, write(`INVITE sip:${channel}@${realm} SIP/2.0`, us, channel, 'i1', '1 INVITE'))
  b.give('in', home, write('SIP/2.0 100 Trying', us, channel, 'i1', '1 INVITE'))
  b.give('in', { ...home, port: 7 }, write('SIP/2.0 200 OK', us, channel, 'i1', '1 INVITE'))
  b.give('in', home, write(`NOTIFY sip:${us}@${realm} SIP/2.0`, channel, us, 'n1', '1 NOTIFY'))
  t.equal(kinds(b.traces.records(device)), 'registration INVITE 100 200 NOTIFY', 'a channel by the address, its answer by the Call-ID')

  // Two devices behind one address: the id decides, and a channel's INVITE waits until somebody says whose it is.
  const shared = homeOf(2)
  for (const n of [2, 3]) b.accept(idOf(n), shared)
  b.message(idOf(3), shared)
  b.give('out', shared, write(`INVITE sip:${channel}@${realm} SIP/2.0`, us, channel, 'i2', '1 INVITE'))
  t.equal(kinds(b.traces.records('')), 'INVITE')
  b.traces.note(idOf(2), { type: 'invite', channelId: channel, callId: 'i2', outcome: 'ok', detail: '' })
  t.equal(kinds(b.traces.records(idOf(2))), 'registration INVITE invite')
  t.equal(kinds(b.traces.records(idOf(3))), 'registration MESSAGE')
  t.equal(kinds(b.traces.records('')), '')

  b.garbage(home, Buffer.from('no SIP'))
  t.match(b.traces.records(device).at(-1), { kind: 'message', text: 'no SIP' }, 'garbage from where a device lives is its own')
  b.garbage({ transport: 'tcp', host: '192.0.2.66', port: 40_000 }, Buffer.from('\x16\x03\x01\x00password="hunter2"'))
  t.match(b.traces.strangers().sources[0], { host: '192.0.2.66', ports: [40_000], transports: ['tcp'], unreadable: 1, messages: 0, lastLine: '....password="xxxxxxx"' })
  b.register('130909113319427420', homeOf(9))
  t.same(b.traces.strangers().ids, ['130909113319427420'])
  t.equal(kinds(b.traces.records('130909113319427420')), 'REGISTER', 'an id that nobody knows yet')
  b.accept('130909113319427420', homeOf(9))
  t.same(b.traces.strangers().ids, [])
  t.equal(kinds(b.traces.records('130909113319427420')), 'REGISTER registration', 'keeps what was seen of it when it is known')
})

t.test('a device is bounded; what tells of trouble and the last note of each kind stay', async (t) => {
  const b = bench()
  const [device, home] = [idOf(1), homeOf(1)]
  b.accept(device, home)
  b.traces.note(device, { type: 'catalog', outcome: 'incomplete', items: 1, sumNum: 9, reason: 'silence' })
  b.give('out', home, write('SIP/2.0 500 Trouble', device, us, 'old', '1 MESSAGE'))
  for (let i = 0; i < 300; i++) {
    b.message(device, home)
    b.clock.advance(1000)
  }
  const records = b.traces.records(device)
  t.match(kinds(records), /^registration catalog 500 MESSAGE/)
  t.ok(records.length < 80)
  t.ok(b.traces.stats().bytes < 40_000)
  t.equal(records.at(-1)?.seq, Math.max(...records.map(({ seq }) => seq)))
  b.message(device, home, 500_000)
  const last = b.traces.records(device).at(-1)
  t.match(last, { kind: 'message', length: Number })
  t.ok(last?.kind === 'message' && last.text.length === 8192 && last.length > 500_000, 'a large message is cut, and says so')
  const onDisk = b.kept.at(-1)?.record
  t.equal(onDisk?.kind === 'message' && onDisk.text.length, 65_536)
})

t.test('a flood costs its source its own trace, counted, and nobody else anything', async (t) => {
  const b = bench()
  b.accept(idOf(1), homeOf(1))
  for (let i = 0; i < 2000; i++) b.message(idOf(1), homeOf(1))
  t.equal(b.kept.filter(({ record }) => record.kind === 'message').length, 400)
  t.match(b.traces.records(idOf(1)).find((record) => record.kind === 'run'), { what: 'unkept', count: 1600 })
  // Somebody sends in its name from elsewhere: that has a rate of its own.
  for (let i = 0; i < 2000; i++) b.message(idOf(1), { ...homeOf(66), port: 1024 + i })
  t.ok(b.kept.filter(({ record }) => record.kind === 'message').length <= 460)
  b.clock.advance(10_000)
  const before = b.kept.length
  b.message(idOf(1), homeOf(1))
  t.ok(b.kept.length > before, 'the true device is kept again after a moment')

  for (let i = 0; i < 50_000; i++) b.register(String(i), { transport: 'udp', host: '192.0.2.66', port: 1024 + (i % 60_000) })
  t.equal(b.traces.stats().candidates, traceLimits.candidatesPerHost, 'one host invents ids')
  for (let i = 0; i < 5000; i++) b.register(`x${i}`, { transport: 'udp', host: `172.16.${i >> 8}.${i & 255}`, port: 5060 })
  t.equal(b.traces.stats().candidates, traceLimits.candidates, 'many hosts invent ids')
  t.ok(b.traces.strangers().sources.length <= 500)
  t.ok(b.traces.stats().bytes < 2_500_000)
  t.match(kinds(b.traces.records(idOf(1))), /registration/, 'the device that was there is there')
})

t.test('10,000 devices: within the cap, whoever has trouble keeps the most', async (t) => {
  const b = bench({ ...traceLimits, totalBytes: 32 * 1024 * 1024 })
  for (let n = 0; n < 10_000; n++) {
    b.accept(idOf(n), homeOf(n))
    b.keepalive(idOf(n), homeOf(n))
    for (let i = 0; i < 6; i++) b.message(idOf(n), homeOf(n), 600)
    if (n % 100 === 7) b.give('out', homeOf(n), write('SIP/2.0 500 Trouble', idOf(n), us, `t${n}`, '1 MESSAGE'))
    b.kept.length = 0
  }
  const { bytes, devices, evicted } = b.traces.stats()
  t.ok(bytes <= 32 * 1024 * 1024, `${bytes} bytes`)
  t.equal(devices, 10_000)
  t.ok(evicted > 10_000)
  t.match(kinds(b.traces.records(idOf(7))), /^registration .*(MESSAGE ){6,}.*500/, 'an old one with trouble is whole')
  t.match(kinds(b.traces.records(idOf(8))), /^registration/, 'an old healthy one has its last notes')
  t.ok(b.traces.records(idOf(8)).length < b.traces.records(idOf(7)).length)
})

t.test('no receive buffer is kept alive', async (t) => {
  const b = bench()
  b.accept(idOf(1), homeOf(1))
  const message = write(`MESSAGE sip:${us}@${realm} SIP/2.0`, idOf(1), us, 'c1', '1 MESSAGE', [], 'body')
  const large = Buffer.alloc(1024 * 1024, 0x41)
  message.copy(large)
  b.give('in', homeOf(1), large.subarray(0, message.length))
  large.fill(0x42)
  t.match(b.traces.records(idOf(1)).at(-1), { text: message.toString('latin1') })
})
