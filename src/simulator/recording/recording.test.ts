import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { createPcapngWriter, readCapture, seededBytes, type Capture } from '../../base/index.ts'
import { chew } from '../../base/chew.ts'
import { digestResponse, parseMessage } from '../../sip/index.ts'
import { createReplay } from '../replay-session.ts'
import { dialogueOf } from './dialogue.ts'
import { likeness, rewriteAuthorization } from './head.ts'
import { kindInLine, kindOf, leaves, reduce } from './reduce.ts'
import { parseNotes, scriptFrom, scriptOf } from './script.ts'
import { strip, writeDialogue } from './strip.ts'

const deviceId = '34020000001320000007'
const serverId = '34020000002000000001'
const device = { host: '10.1.2.3', port: 5060 }
const server = { host: '10.9.9.9', port: 15_060 }

function text(start: string, lines: readonly string[], body = ''): Buffer {
  return Buffer.from(`${[start, ...lines, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`)
}
const register = (cseq: number, branch: string, authorization?: string): Buffer =>
  text(`REGISTER sip:${serverId}@3402000000 SIP/2.0`, [`v: SIP/2.0/UDP 10.1.2.3:5060;rport;branch=${branch}`, `From: "王五" <sip:${deviceId}@3402000000>;tag=500485376`, `To: <sip:${deviceId}@3402000000>`, 'Call-ID: 1284635401@10.1.2.3', `CSeq: ${cseq} REGISTER`, `Contact: <sip:${deviceId}@10.1.2.3:5060>`, ...(authorization === undefined ? [] : [`Authorization: ${authorization}`])])
const challenge = text('SIP/2.0 401 Unauthorized', ['Via: SIP/2.0/UDP 10.1.2.3:5060;branch=z9hG4bK1', `From: <sip:${deviceId}@3402000000>;tag=500485376`, `To: <sip:${deviceId}@3402000000>;tag=ours1`, 'Call-ID: 1284635401@10.1.2.3', 'CSeq: 1 REGISTER', 'WWW-Authenticate: Digest realm="3402000000", nonce="abc", algorithm=MD5'])
const credentials = `Digest username="${deviceId}",realm="3402000000",nonce="abc",uri="sip:${serverId}@3402000000",response="5a08b47cf38bc6aa2df2f70577879e37",algorithm=MD5`
const ok = text('SIP/2.0 200 OK', ['Via: SIP/2.0/UDP 10.1.2.3:5060;branch=z9hG4bK2', `From: <sip:${deviceId}@3402000000>;tag=500485376`, `To: <sip:${deviceId}@3402000000>;tag=ours2`, 'Call-ID: 1284635401@10.1.2.3', 'CSeq: 2 REGISTER', 'Expires: 300'])
const query = text(`MESSAGE sip:${deviceId}@10.1.2.3:5060 SIP/2.0`, ['Via: SIP/2.0/UDP 10.9.9.9:15060;branch=z9hG4bKq', `From: <sip:${serverId}@3402000000>;tag=ours3`, `To: <sip:${deviceId}@3402000000>`, 'Call-ID: q1', 'CSeq: 1 MESSAGE'], `<Query><CmdType>Catalog</CmdType><SN>17</SN><DeviceID>${deviceId}</DeviceID></Query>`)
const taken = text('SIP/2.0 200 OK', [`From: <sip:${serverId}@3402000000>;tag=ours3`, `To: <sip:${deviceId}@3402000000>;tag=66435356`, 'Call-ID: q1', 'CSeq: 1 MESSAGE', 'Via: SIP/2.0/UDP 10.9.9.9:15060;branch=z9hG4bKq'])
const answer = text(`MESSAGE sip:${serverId}@3402000000 SIP/2.0`, ['Via: SIP/2.0/UDP 10.1.2.3:5060;branch=123133532300001', `From: <sip:${deviceId}@3402000000>;tag=7`, `To: <sip:${serverId}@3402000000>`, 'Call-ID: helloVideo', 'CSeq: 20 MESSAGE', 'Content-Type: Application/MANSCDP+xml'], `<Response><CmdType>Catalog</CmdType><SN>17</SN><DeviceID>${deviceId}</DeviceID><SumNum>1</SumNum><DeviceList Num="1"><Item><DeviceID>34020000001310000001</DeviceID><Name>王五家门口</Name><Address>某街1号</Address><IPAddress>10.1.2.3</IPAddress><Password>secret9</Password><Longitude>113.2644</Longitude></Item></DeviceList></Response>`)

const sides: readonly (readonly ['in' | 'out', Buffer])[] = [['in', register(1, 'z9hG4bK1')], ['out', challenge], ['in', register(2, 'z9hG4bK2', credentials)], ['out', ok], ['out', query], ['in', Buffer.from('jaK\0')], ['in', taken], ['in', answer]]
function capture(list = sides, transport: 'udp' | 'tcp' = 'udp'): Capture {
  const writer = createPcapngWriter('test')
  return readCapture(Buffer.concat([writer.header(), ...list.map(([direction, bytes], n) => writer.wire({ layer: 'signal', direction, atUs: 1_000_000 * n, transport, local: server, remote: device, bytes }))]))
}

t.test('one device out of a capture: its side and ours', async (t) => {
  const dialogue = dialogueOf(capture())
  t.match(dialogue, { deviceId, serverId })
  t.same(dialogue.messages.map(({ from }) => from), ['device', 'ours', 'device', 'ours', 'ours', 'device', 'device', 'device'])
  t.equal(dialogue.messages[5]?.message, undefined, 'bytes that are no message')
  const other = Buffer.from(register(1, 'z9hG4bKo').toString().replaceAll(deviceId, '34020000001320000008').replaceAll('1284635401', '99'))
  const two = capture([...sides, ['in', other]])
  t.throws(() => dialogueOf(two), { code: 'recording.invalid', message: /holds 2 devices .* choose one with --device/ })
  t.equal(dialogueOf(two, deviceId).messages.length, 8, 'what belongs to the other is left out')
  t.throws(() => dialogueOf(two, '1'), /no REGISTER and no Keepalive of 1/)
  t.throws(() => dialogueOf(capture([['out', ok]])), /holds no REGISTER/)
})

t.test('over TCP: messages cut by segments and glued together come back as they went', async (t) => {
  const first = register(1, 'z9hG4bK1')
  const second = register(2, 'z9hG4bK2', credentials)
  const third = Buffer.from(answer)
  const chunks = [first.subarray(0, 100), first.subarray(100, 250), Buffer.concat([first.subarray(250), Buffer.from('\r\n\r\n'), second]), third.subarray(0, 10), Buffer.concat([third.subarray(10), Buffer.from('\r\n\r\n')])]
  const list: typeof sides = [...chunks.map((bytes) => ['in', bytes] as const)]
  const dialogue = dialogueOf(capture(list, 'tcp'))
  t.match(dialogue.messages.map(({ cuts, isGlued, tail }) => [cuts, isGlued, tail.toString()]), [[[100, 250], true, '\r\n\r\n'], [[], false, ''], [[10], false, '\r\n\r\n']])
  const again = dialogueOf(readCapture(writeDialogue(dialogue)))
  t.same(again.messages.map(({ bytes, cuts, isGlued, tail }) => [bytes, cuts, isGlued, tail]), dialogue.messages.map(({ bytes, cuts, isGlued, tail }) => [bytes, cuts, isGlued, tail]), 'written and read again')
})

t.test('our side in one line: what matters, and nothing that differs from run to run', async (t) => {
  const names = { deviceId, serverId }
  t.equal(reduce(parseMessage(challenge), names), '401 REGISTER; WWW-Authenticate: Digest MD5')
  t.equal(reduce(parseMessage(query), names), 'MESSAGE {device}; Query Catalog DeviceID={device}')
  t.equal(kindOf(parseMessage(query)), 'MESSAGE Query Catalog')
  for (const bytes of [challenge, query, ok]) t.equal(kindInLine(reduce(parseMessage(bytes), names)), kindOf(parseMessage(bytes)))
  t.same(leaves('<Control><CmdType>X</CmdType><SN>1</SN><A>1</A><Info><B> 2 </B><C/></Info><D></D></Control>'), ['A=1', 'Info.B=2'])
})

const cast = { deviceId: '34020000001320000555', serverId, password: 'new-password', server: { host: '127.0.0.1', port: 5099 } }
const local = { host: '127.0.0.1', port: 40_000 }

t.test('played again: Call-ID, branch, tag, digest and SN are those of this run, everything else is as it was written', async (t) => {
  const dialogue = dialogueOf(capture())
  const replay = createReplay(dialogue, cast, seededBytes(5))
  const steps = scriptOf(dialogue)
  const sent = (n: number): string => {
    const step = steps[n]
    return step?.type === 'send' ? (replay.bytesOf(step, local)?.bytes.toString() ?? 'nothing') : 'no such step'
  }
  const judge = (n: number) => {
    const step = steps[n]
    return step?.type === 'expect' ? replay.judge(step) : undefined
  }
  const one = sent(0)
  t.match(one, /^REGISTER sip:34020000002000000001@3402000000 SIP\/2\.0\r\nv: SIP\/2\.0\/UDP 127\.0\.0\.1:40000;rport;branch=z9hG4bK\d\r\nFrom: "[^"]+" <sip:34020000001320000555@3402000000>;tag=\d{9}\r\n/)
  t.match(one, /Contact: <sip:34020000001320000555@127\.0\.0\.1:40000>/)
  const callId = /Call-ID: (\S+)/.exec(one)?.[1] ?? ''
  t.ok(callId !== '' && callId !== '1284635401@10.1.2.3')
  t.same(judge(1), { type: 'waiting' })
  const actual = (bytes: Buffer, swap: (text: string) => string): void => replay.take(parseMessage(Buffer.from(swap(bytes.toString()))))
  actual(challenge, (each) => each.replace('1284635401@10.1.2.3', callId).replace('nonce="abc"', 'nonce="fresh"').replace('realm="3402000000"', 'realm="other"'))
  t.match(judge(1), { type: 'same' })
  const two = sent(2)
  const response = digestResponse({ algorithm: 'MD5', username: cast.deviceId, realm: 'other', password: 'new-password', method: 'REGISTER', uri: `sip:${serverId}@3402000000`, nonce: 'fresh' })
  t.match(two, `Authorization: Digest username="${cast.deviceId}",realm="other",nonce="fresh",uri="sip:${serverId}@3402000000",response="${response}",algorithm=MD5\r\n`)
  t.match(two, callId, 'the same call')
  actual(ok, (each) => each.replace('1284635401@10.1.2.3', callId).replace('Expires: 300', 'Expires: 60'))
  t.same(judge(3), { type: 'different', expected: '200 REGISTER; Expires: 300', got: '200 REGISTER; Expires: 60' }, 'a difference is one')
  t.equal(sent(6), 'nothing', 'an answer to a query that never came')
  actual(query, (each) => each.replaceAll(deviceId, cast.deviceId).replace('Call-ID: q1', 'Call-ID: live77').replace('<SN>17<', '<SN>990001<').replace('branch=z9hG4bKq', 'branch=z9hG4bKlive').replace('ours3', 'live3'))
  t.match(judge(4), { type: 'same' })
  t.equal(sent(5), 'jaK\0')
  t.match(sent(6), /^SIP\/2\.0 200 OK\r\nFrom: <sip:34020000002000000001@3402000000>;tag=live3\r\nTo: [^\r]+;tag=\d{8}\r\nCall-ID: live77\r\nCSeq: 1 MESSAGE\r\nVia: SIP\/2\.0\/UDP 10\.9\.9\.9:15060;branch=z9hG4bKlive\r\n/, 'Via last, as it was')
  const four = sent(7)
  t.match(four, /<SN>990001<\/SN>/)
  t.match(four, /branch=\d{15}\r\n/, 'no cookie, as it was')
  t.equal(Number(/Content-Length: (\d+)/.exec(four)?.[1]), Buffer.byteLength(four.split('\r\n\r\n')[1] ?? ''))
  actual(query, (each) => each.replace('Call-ID: q1', 'Call-ID: more').replace('branch=z9hG4bKq', 'branch=z9hG4bKmore'))
  t.same(replay.leftOver().length, 1, 'what nobody expected is told')
})

t.test('an old nonce stays old; a wrong digest stays wrong', async (t) => {
  const now = { challengeFor: (nonce: string) => (nonce === 'abc' ? { realm: 'r', nonce: 'new', algorithm: 'MD5' as const } : undefined), method: 'REGISTER', password: 'p' }
  t.equal(rewriteAuthorization(credentials.replace('"abc"', '"older"'), now), credentials.replace('"abc"', '"older"'))
  const wrong = credentials.replace(/response="\w+"/, `response="${'f'.repeat(32)}"`)
  t.equal(rewriteAuthorization(wrong, now), wrong.replace('"abc"', '"new"').replace('realm="3402000000"', 'realm="r"'))
  t.match(likeness('z9hG4bK0a9z@host', seededBytes(1)), /^z9hG4bK\d[a-f]\d[g-z]@host$/)
})

t.test('stripped: no id, address, name, place, password or digest of the owner is left, and it still reads the same', async (t) => {
  const { dialogue, pcapng } = strip(dialogueOf(capture()))
  const all = dialogue.messages.map(({ bytes }) => bytes.toString()).join('\n')
  for (const gone of ['34020000', '3402000000', '10.1.2.3', '10.9.9.9', '王五', '某街', 'secret9', '113.2644', '5a08b47c']) t.notOk(all.includes(gone), `${gone} is gone`)
  t.match(all, /<Name>测试<\/Name>/)
  t.match(all, /response="0{32}"/, 'a right digest is marked as such')
  const read = dialogueOf(readCapture(pcapng))
  t.match(read, { deviceId: /^320116000013200000\d\d$/, serverId: /^32011600002000\d{6}$/ })
  t.same(read.messages.map(({ bytes }) => bytes), dialogue.messages.map(({ bytes }) => bytes))
  for (const { message, bytes } of read.messages) if (message) t.equal(Number(/Content-Length: (\d+)/.exec(bytes.toString('latin1'))?.[1]), message.body.length)
})

t.test('notes that do not fit are refused by their line', async (t) => {
  const dialogue = dialogueOf(capture())
  const notes = { what: 'w', origin: 'o', deviceId, serverId, password: 'p', steps: ['device 0 REGISTER', 'ours 1 401 REGISTER', 'ours -! BYE x'] }
  t.match(scriptFrom(parseNotes(JSON.stringify(notes)), dialogue), [{ type: 'send' }, { type: 'expect', isCaused: false }, { type: 'expect', isCaused: true, kind: 'BYE' }])
  t.throws(() => scriptFrom({ ...notes, steps: ['device 1 X'] }, dialogue), /"device 1 X" does not fit/)
  t.throws(() => parseNotes('{'), { code: 'recording.invalid' })
  t.throws(() => parseNotes('{"what":"w"}'), /no list "steps"/)
})

t.test('chewed conversations are read, refused or rewritten, never thrown over', async (t) => {
  const folder = new URL('../../../fixtures/sip/sessions/', import.meta.url)
  const samples = readdirSync(folder).filter((name) => name.endsWith('.pcapng')).slice(0, 12).map((name) => readFileSync(new URL(name, folder)))
  let played = 0
  for (const damaged of chew(samples, 400, 9)) {
    try {
      const dialogue = dialogueOf(readCapture(damaged))
      const replay = createReplay(dialogue, cast, seededBytes(2))
      for (const step of scriptOf(dialogue)) {
        if (step.type === 'send') replay.bytesOf(step, local)
        else if (step.recorded?.message) replay.take(step.recorded.message)
      }
      strip(dialogue)
      played++
    } catch (error) {
      t.match(error, { code: /^(recording\.invalid|pcapng\.malformed)$/ })
    }
  }
  t.ok(played > 20, `${played} were played`)
})
