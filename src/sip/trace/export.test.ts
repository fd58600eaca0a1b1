import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readPcapng } from '../../base/index.ts'
import type { Address } from '../types.ts'
import { writeTrace } from './export.ts'
import type { TraceRecord } from './types.ts'

const server: Address = { transport: 'udp', host: '198.51.100.1', port: 5060 }
const camera: Address = { transport: 'udp', host: '203.0.113.7', port: 5060 }
const overTcp = (address: Address): Address => ({ ...address, transport: 'tcp', port: address.port === 5060 && address.host === camera.host ? 40_000 : address.port })
const startUs = Date.UTC(2026, 0, 1) * 1000

const sip = (start: string, more: readonly string[] = [], body = ''): string =>
  [start, 'Via: SIP/2.0/UDP 203.0.113.7:5060;branch=z9hG4bK1', 'From: <sip:32011600001180000001@3201160000>;tag=1', 'To: <sip:32011600001180000001@3201160000>', 'Call-ID: a@203.0.113.7', 'CSeq: 1 REGISTER', ...more, `Content-Length: ${body.length}`, '', body].join('\r\n')
const register = sip('REGISTER sip:32011600002000000001@3201160000 SIP/2.0', ['Expires: 3600'])
const challenge = sip('SIP/2.0 401 Unauthorized', ['WWW-Authenticate: Digest realm="3201160000", nonce="xxxx"'])

const large = sip('MESSAGE sip:1@2 SIP/2.0', ['Content-Type: Application/MANSCDP+xml'], 'x'.repeat(100))

const records: readonly TraceRecord[] = [
  { kind: 'message', seq: 1, atUs: startUs, direction: 'in', local: server, remote: camera, text: register, length: register.length },
  { kind: 'message', seq: 2, atUs: startUs + 900, direction: 'out', local: server, remote: camera, text: challenge, length: challenge.length },
  { kind: 'note', seq: 3, atUs: startUs + 1000, note: { type: 'registration', decision: 'refused', reason: 'wrong-password', source: camera } },
  { kind: 'run', what: 'keepalives', seq: 4, atUs: startUs + 2000, lastUs: startUs + 182_000_000, count: 4, shortestMs: 60_000, longestMs: 61_000, remote: camera },
  { kind: 'message', seq: 5, atUs: startUs + 3000, direction: 'in', local: overTcp(server), remote: overTcp(camera), text: large.slice(0, -60), length: large.length },
  { kind: 'message', seq: 6, atUs: startUs + 4000, direction: 'in', local: overTcp(server), remote: overTcp(camera), text: register, length: register.length },
]

t.test('messages, notes and counts, in order, read back as they were kept', async (t) => {
  const found = readPcapng(Buffer.concat([...writeTrace(records, 'yiji test')]))
  t.same(found.map((each) => each.kind), ['wire', 'wire', 'note', 'note', 'wire', 'note', 'wire'])
  const [first, second, note, run, , cut, last] = found
  t.match(first, { wire: { direction: 'in', atUs: startUs, transport: 'udp', local: { host: '198.51.100.1', port: 5060 }, remote: { host: '203.0.113.7', port: 5060 } } })
  t.equal(first?.kind === 'wire' && first.wire.bytes.toString('latin1'), register)
  t.match(second, { wire: { direction: 'out' } })
  t.match(note, { text: 'registration from udp:203.0.113.7:5060 refused: wrong-password' })
  t.match(run, { text: '4 keepalives from udp:203.0.113.7:5060 answered 200, 2026-01-01 08:00:00 to 2026-01-01 08:03:02, 60 to 61 s apart' })
  t.match(cut, { text: /were not kept: blanks/ })
  t.equal(last?.kind === 'wire' && last.wire.bytes.toString('latin1'), register, 'what follows a cut message on its connection is whole')
})

t.test('a download is bounded, and the latest records stay', async (t) => {
  const body = 'y'.repeat(60_000)
  const many: readonly TraceRecord[] = Array.from({ length: 800 }, (_, i) => ({ kind: 'message', seq: i, atUs: startUs + i, direction: 'in', local: server, remote: camera, text: body, length: body.length }))
  let bytes = 0
  let last: Buffer = Buffer.alloc(0)
  for (const piece of writeTrace(many, 'test')) {
    bytes += piece.length
    last = piece
  }
  t.ok(bytes < 33 * 1024 * 1024 && bytes > 30 * 1024 * 1024)
  t.equal(readPcapng(Buffer.concat([[...writeTrace([], 'test')][0] ?? Buffer.alloc(0), last]))[0]?.kind, 'wire')
})

// A second opinion where it is installed; what must hold everywhere stands above.
const analyser = spawnSync('tshark', ['--version']).status === 0
t.test('a protocol analyser reads it as SIP', { skip: analyser ? false : 'tshark is not installed here' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-trace-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'trace.pcapng')
  writeFileSync(file, Buffer.concat([...writeTrace(records, 'yiji test')]))
  const { stdout } = spawnSync('tshark', ['-r', file, '-T', 'fields', '-E', 'separator=|', '-e', 'frame.protocols', '-e', 'sip.Method', '-e', 'sip.Status-Code', '-e', 'frame.comment'], { encoding: 'utf8' })
  const lines = stdout.trim().split('\n')
  t.equal(lines.length, 7)
  t.match(lines[0], /^raw:ip:udp:sip\|REGISTER\|/)
  t.match(lines[1], /^raw:ip:udp:sip\|\|401\|/)
  t.match(lines[2], /registration from udp:203\.0\.113\.7:5060 refused: wrong-password/)
  t.match(lines[4], /^raw:ip:tcp:sip[^|]*\|MESSAGE\|/)
  t.match(lines[6], /^raw:ip:tcp:sip[^|]*\|REGISTER\|/)
})
