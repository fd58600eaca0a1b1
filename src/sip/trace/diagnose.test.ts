import t from 'tap'
import { manualClock } from '../../base/index.ts'
import { parseMessage } from '../message/index.ts'
import type { Address } from '../types.ts'
import { diagnose } from './diagnose.ts'
import { stages, type Diagnosis, type TraceCase } from './diagnosis.ts'
import { createTraces } from './traces.ts'
import type { MediaNote, TraceNote } from './types.ts'
import { tell, words, type FindingCode } from './words.ts'

const us = { id: '32011600002000000001', realm: '3201160000' }
const camera = '32011600001180000001'
const platform = '32011600002000000009'
const channel = '32011600001310000001'
const home: Address = { transport: 'udp', host: '203.0.113.7', port: 5060 }
const server: Address = { transport: 'udp', host: '198.51.100.1', port: 5060 }
const xml = 'Application/MANSCDP+xml'

/** A trace told step by step, through the same door as the wire. */
function story(deviceId = camera) {
  const clock = manualClock()
  const traces = createTraces({ ourId: us.id, clock })
  let call = 0
  let binding: TraceCase['binding']
  const entry = (direction: 'in' | 'out', remote: Address, text: string): void => {
    const bytes = Buffer.from(text, 'latin1')
    traces.entry({ direction, atUs: clock.nowUs(), local: { ...server, transport: remote.transport }, remote, bytes, message: parseMessage(bytes) })
  }
  const write = (start: string, from: string, to: string, callId: string, cseq: string, headers: readonly string[], body: string): string =>
    [start, `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${callId}${cseq.replace(' ', '')}`, `From: <sip:${from}@${us.realm}>;tag=1`, `To: <sip:${to}@${us.realm}>`, `Call-ID: ${callId}`, `CSeq: ${cseq}`, ...headers, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`, '', body].join('\r\n')
  const request = (direction: 'in' | 'out', method: string, more: { to?: string; at?: Address; headers?: readonly string[]; body?: string; call?: string; cseq?: number; target?: string } = {}): string => {
    const callId = more.call ?? `c${++call}`
    const peer = more.to ?? deviceId
    const [from, to] = direction === 'in' ? [peer, method === 'REGISTER' ? peer : us.id] : [us.id, peer]
    entry(direction, more.at ?? home, write(`${method} sip:${direction === 'in' ? (more.target ?? us.id) : peer}@${us.realm} SIP/2.0`, from, to, callId, `${more.cseq ?? 1} ${method}`, more.headers ?? [], more.body ?? ''))
    return callId
  }
  const answer = (direction: 'in' | 'out', callId: string, method: string, status: string, more: { to?: string; at?: Address; headers?: readonly string[]; body?: string; cseq?: number } = {}): void => {
    const peer = more.to ?? deviceId
    const [from, to] = direction === 'out' ? [peer, method === 'REGISTER' ? peer : us.id] : [us.id, peer]
    entry(direction, more.at ?? home, write(`SIP/2.0 ${status}`, from, to, callId, `${more.cseq ?? 1} ${method}`, more.headers ?? [], more.body ?? ''))
  }
  const credentials = (realm = us.realm, username = deviceId): string => `Authorization: Digest username="${username}", realm="${realm}", nonce="abcdef", uri="sip:${us.id}@${us.realm}", response="00112233445566778899aabbccddeeff"`
  const challenge = `WWW-Authenticate: Digest realm="${us.realm}", nonce="abcdef"`
  return {
    clock, traces, request, answer, credentials, challenge,
    garbage: (at: Address, bytes: Buffer) => traces.entry({ direction: 'in', atUs: clock.nowUs(), local: server, remote: at, bytes }),
    wait: (s: number) => clock.advance(s * 1000),
    note: (note: TraceNote) => traces.note(deviceId, note),
    register: (at: Address = home, headers: readonly string[] = ['Expires: 3600']) => {
      const callId = request('in', 'REGISTER', { at, headers })
      answer('out', callId, 'REGISTER', '401 Unauthorized', { at, headers: [challenge] })
      request('in', 'REGISTER', { at, call: callId, cseq: 2, headers: [...headers, credentials()] })
      traces.bind(deviceId, at)
      traces.note(deviceId, { type: 'registration', decision: 'accepted', source: at, expiresS: 3600 })
      answer('out', callId, 'REGISTER', '200 OK', { at, cseq: 2 })
      traces.note(deviceId, { type: 'presence', from: 'unknown', to: 'online', reason: 'registered' })
      binding = { address: at, expiresAtMs: clock.wallMs() + 3_600_000 }
    },
    restore: (at: Address = home, leaseS = 3600) => {
      traces.bind(deviceId, at)
      binding = { address: at, expiresAtMs: clock.wallMs() + leaseS * 1000 }
      traces.note(deviceId, { type: 'restored', address: at, expiresAtMs: binding.expiresAtMs })
    },
    keepalive: (status = '200 OK', at: Address = home) => {
      const callId = request('in', 'MESSAGE', { at, headers: [`Content-Type: ${xml}`], body: `<?xml version="1.0"?><Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>${deviceId}</DeviceID><Status>OK</Status></Notify>` })
      answer('out', callId, 'MESSAGE', status, { at })
    },
    presence: (to: 'online' | 'offline', reason: string) => traces.note(deviceId, { type: 'presence', from: to === 'online' ? 'offline' : 'online', to, reason }),
    queryCatalog: (accepted = true) => {
      const callId = request('out', 'MESSAGE', { headers: [`Content-Type: ${xml}`], body: '<?xml version="1.0"?><Query><CmdType>Catalog</CmdType><SN>17</SN></Query>' })
      if (accepted) answer('in', callId, 'MESSAGE', '200 OK')
      return callId
    },
    page: (sumNum: number, ids: readonly string[], padding = 0) => {
      const items = ids.map((id) => `<Item><DeviceID>${id}</DeviceID><Name>${'x'.repeat(padding)}</Name></Item>`).join('')
      const callId = request('in', 'MESSAGE', { headers: [`Content-Type: ${xml}`], body: `<?xml version="1.0"?><Response><CmdType>Catalog</CmdType><SN>17</SN><DeviceID>${deviceId}</DeviceID><SumNum>${sumNum}</SumNum><DeviceList Num="${ids.length}">${items}</DeviceList></Response>` })
      answer('out', callId, 'MESSAGE', '200 OK')
    },
    invite: (host = '198.51.100.1', to = channel, port = 30000) => {
      const sdp = `v=0\r\no=${to} 0 0 IN IP4 ${host}\r\ns=Play\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=video ${port} RTP/AVP 96\r\na=recvonly\r\na=rtpmap:96 PS/90000\r\ny=0116000001\r\n`
      const callId = request('out', 'INVITE', { to, headers: [`Contact: <sip:${us.id}@${host}:5060>`, 'Content-Type: APPLICATION/SDP'], body: sdp })
      traces.claim(callId, deviceId)
      return callId
    },
    invited: (callId: string, more: Partial<Extract<TraceNote, { type: 'invite' }>> = {}) => traces.note(deviceId, { type: 'invite', channelId: channel, callId, outcome: 'ok', detail: 'answered', ssrc: 116000001, ...more }),
    media: (more: Partial<MediaNote>) =>
      traces.note(deviceId, { type: 'media', channelId: channel, transport: 'udp', port: 30000, outcome: 'no-media', arrivals: 0, bytes: 0, rtpPackets: 0, rtcpPackets: 0, malformed: 0, strangers: 0, container: 'unknown', keyframes: 0, lossRate: 0, detail: 'waited 10000 ms', ssrcExpected: 116000001, ...more }),
    diagnose: (more: Partial<TraceCase> = {}): Diagnosis =>
      diagnose({ deviceId, records: traces.records(deviceId), nowUs: clock.wallMs() * 1000, us, keepaliveMs: 60_000, strangeHosts: [], ...(binding && { binding }), ...more }),
  }
}

const codeOf = (found: Diagnosis, stage: string): string => found.stages.find((each) => each.stage === stage)?.finding.code ?? ''
const statesOf = (found: Diagnosis): string => found.stages.map(({ state }) => state).join(' ')
const hintCodes = (found: Diagnosis): readonly string[] => found.hints.map(({ code }) => code)
/** The sentences of the stage that failed. */
function failedWords(found: Diagnosis): { readonly code: string; readonly zh: string; readonly en: string } {
  const verdict = found.stages.find(({ stage }) => stage === found.failed)
  if (!verdict) return { code: 'none', zh: '', en: '' }
  const { zh, en } = tell(verdict.finding)
  return { code: verdict.finding.code, zh: `${zh.seen}${zh.cause}${zh.remedy}`, en: `${en.seen} ${en.cause} ${en.remedy}` }
}

t.test('a device that works has six good verdicts', async (t) => {
  const s = story()
  s.register()
  for (let i = 0; i < 5; i++) {
    s.wait(60)
    s.keepalive()
  }
  s.queryCatalog()
  s.page(2, [channel, '32011600001310000002'])
  s.note({ type: 'catalog', outcome: 'complete', items: 2, sumNum: 2, reason: 'complete' })
  const call = s.invite()
  s.answer('in', call, 'INVITE', '200 OK', { to: channel })
  s.invited(call)
  s.media({ outcome: 'ok', arrivals: 500, rtpPackets: 500, codec: 'h264', keyframes: 3, firstSource: { host: '203.0.113.7', port: 15060 }, ssrcSeen: 116000001, container: 'ps', firstPacketMs: 420 })
  const found = s.diagnose()
  t.equal(statesOf(found), 'ok ok ok ok ok ok')
  t.equal(found.failed, undefined)
  t.same(found.hints, [])
  t.match(tell(found.stages[2]?.finding ?? { code: 'keepalive.never', values: {} }).zh.seen, /^收到 5 次心跳.间隔 60–60 秒/)
  t.match(tell(found.stages[5]?.finding ?? { code: 'media.pending', values: {} }).en.seen, /^500 RTP packets came from 203\.0\.113\.7:15060, H264, the first after 0\.4 s\.$/)
})

t.test('a device that never came', async (t) => {
  const found = story().diagnose({ strangeHosts: [{ host: '192.0.2.66', unreadable: 3 }] })
  t.equal(statesOf(found), 'failed not-tried not-tried not-tried not-tried not-tried')
  t.match(failedWords(found), { code: 'address.silent', zh: /从未收到过设备 32011600001180000001.*服务器编码 32011600002000000001、SIP 域 3201160000.*1 个地址发来/s, en: /Nothing has ever come.*1 other addresses/s })
})

t.test('1: no media after the 200', async (t) => {
  const cases: readonly [FindingCode, string, Partial<MediaNote>, RegExp][] = [
    ['media.sdp-loopback', '127.0.0.1', {}, /收流地址是 127\.0\.0\.1.设备在 203\.0\.113\.7.*media\.host/s],
    ['media.sdp-loopback', '0.0.0.0', {}, /0\.0\.0\.0/],
    ['media.sdp-private', '172.17.0.2', {}, /172\.17\.0\.2 是内网地址.设备在 203\.0\.113\.7/],
    ['media.nothing-came', '198.51.100.1', {}, /UDP 端口 30000.地址 198\.51\.100\.1.没有收到任何包/],
    ['media.tcp-not-connected', '198.51.100.1', { transport: 'tcp-passive' }, /没有连接到我们的 TCP 端口 30000/],
    ['media.rtcp-only', '198.51.100.1', { arrivals: 4, rtcpPackets: 4, firstSource: { host: '203.0.113.7', port: 15061 } }, /只收到 4 个 RTCP 包.来自 203\.0\.113\.7:15061..没有 RTP/],
    ['media.not-rtp', '198.51.100.1', { arrivals: 9, bytes: 900, malformed: 9, firstSource: { host: '203.0.113.8', port: 1 } }, /9 个包.900 字节.来自 203\.0\.113\.8:1..都不是 RTP/],
    ['media.wrong-ssrc', '198.51.100.1', { outcome: 'no-keyframe', rtpPackets: 80, arrivals: 80, ssrcSeen: 7, container: 'unknown' }, /SSRC 为 0000000007.约定的是 0116000001/],
    ['media.wrong-container', '198.51.100.1', { outcome: 'wrong-container', rtpPackets: 80, arrivals: 80, payloadType: 96, container: 'other' }, /80 个 RTP 包.负载类型 96..但内容不是 PS/],
    ['media.no-picture', '198.51.100.1', { outcome: 'no-keyframe', rtpPackets: 80, arrivals: 80, ssrcSeen: 116000001, container: 'ps', lossRate: 0.125 }, /没有可识别的视频.丢包率 12\.5%./],
    ['media.no-keyframe', '198.51.100.1', { outcome: 'no-keyframe', rtpPackets: 80, arrivals: 80, codec: 'h265', container: 'ps' }, /H265 视频.但等不到关键帧/],
    ['media.lost-midway', '198.51.100.1', { outcome: 'lost-midway', detail: 'the camera hung up' }, /中断.the camera hung up/],
  ]
  for (const [code, host, media, zh] of cases) {
    const s = story()
    s.register()
    s.keepalive()
    const call = s.invite(host)
    s.answer('in', call, 'INVITE', '100 Trying', { to: channel })
    s.answer('in', call, 'INVITE', '200 OK', { to: channel })
    s.invited(call)
    s.wait(10)
    s.media(media)
    const found = s.diagnose()
    t.match(failedWords(found), { code, zh }, code)
    t.equal(found.failed, 'media')
    t.ok((found.stages[5]?.finding.evidence.length ?? 0) > 0, 'with evidence')
  }
})

t.test('2: a catalog in large UDP messages, of which one is lost', async (t) => {
  const s = story()
  s.register()
  s.queryCatalog()
  s.page(140, Array.from({ length: 10 }, (_, i) => `3201160000131000${String(i).padStart(4, '0')}`), 200)
  s.note({ type: 'catalog', outcome: 'incomplete', items: 10, sumNum: 140, reason: '10 of 140 items, then silence' })
  const large = s.diagnose()
  t.match(failedWords(large), { code: 'catalog.incomplete-udp', zh: /收到 10\/140 个通道.应答走 UDP.最大的报文 \d{4} 字节.*改为 TCP/s, en: /10 of 140 channels.*over UDP.*transport to TCP/s })
  const small = story()
  small.register()
  small.queryCatalog()
  small.page(3, [channel])
  small.note({ type: 'catalog', outcome: 'incomplete', items: 1, sumNum: 3, reason: '1 of 3 items, then silence' })
  t.match(failedWords(small.diagnose()), { code: 'catalog.incomplete', en: /1 of 3 channels/ })
  const mute = story()
  mute.register()
  mute.queryCatalog()
  mute.note({ type: 'catalog', outcome: 'failed', items: 0, sumNum: 0, reason: 'no answer' })
  t.match(failedWords(mute.diagnose()), { code: 'catalog.no-answer' })
  const deaf = story()
  deaf.register()
  deaf.queryCatalog(false)
  deaf.note({ type: 'catalog', outcome: 'failed', items: 0, sumNum: 0, reason: 'the query was not answered' })
  t.match(failedWords(deaf.diagnose()), { code: 'catalog.query-lost', en: /udp:203\.0\.113\.7:5060/ })
  const refused = story()
  refused.register()
  const call = refused.queryCatalog(false)
  refused.answer('in', call, 'MESSAGE', '403 Forbidden', { headers: ['User-Agent: IP Camera'] })
  refused.note({ type: 'catalog', outcome: 'failed', items: 0, sumNum: 0, reason: '403 Forbidden' })
  t.match(failedWords(refused.diagnose()), { code: 'catalog.refused', zh: /403 Forbidden.由 IP Camera 回复./ })
})

t.test('3: channels vanish or come twice', async (t) => {
  const s = story()
  s.register()
  s.queryCatalog()
  s.note({ type: 'catalog', outcome: 'complete', items: 64, sumNum: 64, reason: 'complete' })
  s.wait(3600)
  s.queryCatalog()
  s.page(3, [channel, channel, us.id])
  s.request('in', 'NOTIFY', { headers: [`Content-Type: ${xml}`], body: `<Notify><CmdType>Catalog</CmdType><SN>9</SN><DeviceList Num="1"><Item><DeviceID>${channel}</DeviceID><Event>DEL</Event></Item></DeviceList></Notify>` })
  s.page(4, ['32011600001310000002'])
  s.note({ type: 'catalog', outcome: 'complete', items: 3, sumNum: 4, reason: 'complete' })
  const found = s.diagnose()
  t.same(hintCodes(found).filter((code) => code.startsWith('hint.catalog')).sort(), ['hint.catalog-duplicates', 'hint.catalog-lists-server', 'hint.catalog-notify', 'hint.catalog-shrank', 'hint.catalog-total'])
  const said = found.hints.map((hint) => tell(hint).zh.seen).join('\n')
  t.match(said, /通道数从 64 变成 3/)
  t.match(said, /1 个编码重复出现.如 32011600001310000001./)
  t.match(said, /总数.SumNum.先后为 3. 4/)
})

t.test('4: it goes offline and comes back', async (t) => {
  const slow = story()
  slow.register()
  for (let i = 0; i < 4; i++) {
    slow.wait(200)
    slow.presence('offline', 'keepalive-lost')
    slow.keepalive()
    slow.presence('online', 'keepalive')
    slow.wait(100)
    slow.keepalive()
    slow.wait(170)
    slow.keepalive()
  }
  t.match(failedWords(slow.diagnose()), { code: 'keepalive.flapping-interval', zh: /上下线 4 次.心跳间隔 100–200 秒.而平台按 60 秒判断.*周期设为 60 秒/s })

  const mobile = story()
  for (let i = 0; i < 4; i++) {
    mobile.register({ ...home, port: 40000 + i })
    mobile.wait(300)
    mobile.presence('offline', 'keepalive-lost')
  }
  t.match(failedWords(mobile.diagnose()), { code: 'keepalive.flapping-address', zh: /注册地址先后有 4 个.最近 udp:203\.0\.113\.7:40003./ })

  const tcp = story()
  for (let i = 0; i < 3; i++) {
    tcp.register({ ...home, transport: 'tcp' })
    tcp.wait(300)
    tcp.presence('offline', 'connection-lost')
  }
  t.match(failedWords(tcp.diagnose()), { code: 'keepalive.flapping-tcp', en: /3 times in 24 h, 3 of them because the TCP connection was lost/ })

  const once = story()
  once.register()
  once.keepalive()
  once.wait(60)
  once.keepalive()
  once.wait(200)
  once.presence('offline', 'keepalive-lost')
  t.match(failedWords(once.diagnose()), { code: 'keepalive.lost', zh: /此前收到 2 次.间隔 60–60 秒/ })
})

t.test('5: after our restart it stays away', async (t) => {
  const s = story()
  s.restore({ ...home, transport: 'tcp' }, 7200)
  s.presence('offline', 'connection-lost')
  s.wait(120)
  const found = s.diagnose()
  t.match(failedWords(found), { code: 'keepalive.after-restart', zh: /本平台于 2026-01-01 08:00:00 重启.*注册在 tcp:203\.0\.113\.7:5060.有效期至 2026-01-01 10:00:00.*关闭再打开平台接入/s })
  t.equal(codeOf(found, 'authentication'), 'authentication.restored')
  s.register({ ...home, transport: 'tcp' })
  s.keepalive('200 OK', { ...home, transport: 'tcp' })
  t.equal(s.diagnose().failed, undefined, 'and is over when it registers')

  const moved = story()
  moved.restore()
  moved.keepalive('403 Not registered from here', { ...home, port: 6000 })
  moved.note({ type: 'elsewhere', isKeepalive: true, source: { ...home, port: 6000 }, registeredAt: home })
  t.equal(failedWords(moved.diagnose()).code, 'keepalive.after-restart')
})

t.test('6: too much at once', async (t) => {
  const s = story()
  const call = s.request('in', 'REGISTER', { headers: ['Expires: 3600'] })
  s.answer('out', call, 'REGISTER', '503 Service Unavailable', { headers: ['Retry-After: 30'] })
  t.match(failedWords(s.diagnose()), { code: 'authentication.overload', zh: /平台对 1 个请求回复了 503/, en: /Retry-After/ })
  const flood = story()
  flood.register()
  for (let i = 0; i < 700; i++) flood.request('in', 'MESSAGE', { headers: [`Content-Type: ${xml}`], body: '<Notify><CmdType>Alarm</CmdType></Notify>' })
  const [hint] = flood.diagnose().hints.filter(({ code }) => code === 'hint.unkept')
  t.ok(hint && Number(hint.values['count']) > 250, 'what was not kept is counted and said')
})

t.test('7: another SSRC than agreed is a quirk while there is a picture', async (t) => {
  const s = story()
  s.register()
  s.keepalive()
  const call = s.invite()
  s.answer('in', call, 'INVITE', '200 OK', { to: channel })
  s.invited(call)
  s.media({ outcome: 'ok', rtpPackets: 500, arrivals: 500, ssrcSeen: 0, codec: 'h264', keyframes: 2, container: 'ps' })
  const found = s.diagnose()
  t.equal(codeOf(found, 'media'), 'media.ok')
  t.equal(found.failed, undefined)
  t.match(found.hints.map((hint) => tell(hint).zh.seen), [/SSRC 是 0000000000.约定的是 0116000001.画面正常/])
})

t.test('8: registration that does not succeed', async (t) => {
  const attempt = (s: ReturnType<typeof story>, reason: 'wrong-password' | 'stranger' | 'limited', realm?: string): void => {
    const call = s.request('in', 'REGISTER')
    s.answer('out', call, 'REGISTER', '401 Unauthorized', { headers: [s.challenge] })
    s.request('in', 'REGISTER', { call, cseq: 2, headers: [s.credentials(realm, realm ? 'admin' : undefined)] })
    s.note({ type: 'registration', decision: 'refused', reason, source: home })
    s.answer('out', call, 'REGISTER', '403 Forbidden', { cseq: 2 })
    s.wait(60)
  }
  const wrong = story()
  for (let i = 0; i < 3; i++) attempt(wrong, 'wrong-password')
  t.match(failedWords(wrong.diagnose()), { code: 'authentication.wrong-password', zh: /用户名 32011600001180000001.域 3201160000.*已拒绝 3 次.403./s })
  const realm = story()
  attempt(realm, 'wrong-password', 'hik')
  t.match(failedWords(realm.diagnose()), { code: 'authentication.wrong-realm', zh: /域是“hik”.本平台的域是“3201160000”.用户名 admin/ })
  t.ok(hintCodes(realm.diagnose()).includes('hint.wrong-username'))
  const stranger = story()
  attempt(stranger, 'stranger')
  t.match(failedWords(stranger.diagnose()), { code: 'authentication.no-password', zh: /没有为它设置密码.*批准/s })
  const limited = story()
  attempt(limited, 'limited')
  t.match(failedWords(limited.diagnose()), { code: 'authentication.limited' })

  const rotating = story()
  for (let i = 0; i < 5; i++) {
    const at = { ...home, port: 50000 + i }
    const call = rotating.request('in', 'REGISTER', { at })
    rotating.answer('out', call, 'REGISTER', '401 Unauthorized', { at, headers: [rotating.challenge] })
    rotating.wait(60)
  }
  t.match(failedWords(rotating.diagnose()), { code: 'authentication.port-rotates', zh: /5 次注册请求分别来自 5 个不同端口/ })
  const lost = story()
  for (let i = 0; i < 6; i++) {
    lost.request('in', 'REGISTER', { call: 'same' })
    lost.answer('out', 'same', 'REGISTER', '401 Unauthorized', { headers: [lost.challenge] })
    lost.wait(4)
  }
  t.match(failedWords(lost.diagnose()), { code: 'authentication.answer-lost', zh: /重发了 5 次.*udp:203\.0\.113\.7:5060/ })
  const silent = story()
  for (let i = 0; i < 4; i++) {
    const call = silent.request('in', 'REGISTER')
    silent.answer('out', call, 'REGISTER', '401 Unauthorized', { headers: [silent.challenge] })
    silent.wait(60)
  }
  t.match(failedWords(silent.diagnose()), { code: 'authentication.challenge-ignored', zh: /注册了 4 次.*没有填写密码.*3201160000/s })
  const loop = story()
  for (let i = 0; i < 4; i++) {
    const call = loop.request('in', 'REGISTER', { headers: [loop.credentials()] })
    loop.answer('out', call, 'REGISTER', '401 Unauthorized', { headers: [`${loop.challenge}, stale=true`] })
    loop.wait(60)
  }
  t.match(failedWords(loop.diagnose()), { code: 'authentication.nonce-loop', en: /answered 4 times/ })

  const short = story('130909113319427420')
  short.register()
  short.keepalive()
  t.match(short.diagnose().hints.map((hint) => tell(hint).zh.seen), [/130909113319427420 不是 20 位/])
  const other = story()
  const call = other.request('in', 'REGISTER', { target: '34020000002000000001' })
  other.answer('out', call, 'REGISTER', '401 Unauthorized', { headers: [other.challenge] })
  t.match(other.diagnose().hints.map((hint) => tell(hint).en.seen), [/names the server 34020000002000000001; we are 32011600002000000001/])
})

t.test('9: a hop of a cascade refuses', async (t) => {
  for (const status of ['400 Bad Request', '403 Forbidden', '404 Not Found', '481 Call/Transaction Does Not Exist']) {
    const s = story(platform)
    s.register()
    s.keepalive()
    const call = s.invite('10.1.2.3')
    s.answer('in', call, 'INVITE', status, { to: channel, headers: ['User-Agent: LowerPlatform 2.1'] })
    s.invited(call, { outcome: 'refused', sipStatus: Number(status.slice(0, 3)), hop: 'LowerPlatform 2.1', detail: status })
    const found = s.diagnose()
    t.match(failedWords(found), { code: 'invite.hop-refused', zh: new RegExp(`LowerPlatform 2\\.1 回复 ${status.slice(0, 3)}.*Contact 10\\.1\\.2\\.3.*media\\.host`, 's') }, status)
    t.ok(hintCodes(found).includes('hint.our-address'), 'and our private address is pointed out')
  }
})

t.test('what else an INVITE may meet', async (t) => {
  const refusedBy = (status: string): Diagnosis => {
    const s = story()
    s.register()
    const call = s.invite()
    s.answer('in', call, 'INVITE', status, { to: channel, headers: ['User-Agent: IPC'] })
    s.invited(call, { outcome: 'refused', sipStatus: Number(status.slice(0, 3)), hop: 'IPC', detail: status })
    return s.diagnose()
  }
  t.match(failedWords(refusedBy('486 Busy Here')), { code: 'invite.busy', zh: /486 忙.由 IPC 回复./ })
  t.match(failedWords(refusedBy('488 Not Acceptable Here')), { code: 'invite.not-acceptable', zh: /488.由 IPC 回复..*换成另一种/s })
  t.match(failedWords(refusedBy('404 Not Found')), { code: 'invite.unknown-channel', zh: new RegExp(channel) })
  t.match(failedWords(refusedBy('500 Server Error')), { code: 'invite.refused', en: /500 Server Error/ })
  const mute = story()
  mute.register()
  const call = mute.invite()
  mute.invited(call, { outcome: 'no-answer', detail: 'the camera sent no answer at all' })
  t.match(failedWords(mute.diagnose()), { code: 'invite.no-response', zh: /udp:203\.0\.113\.7:5060.*连 100 Trying 都没有/s })
  const half = story()
  half.register()
  const second = half.invite()
  half.answer('in', second, 'INVITE', '100 Trying', { to: channel })
  half.invited(second, { outcome: 'no-answer', detail: 'no final answer within 32000 ms' })
  t.match(failedWords(half.diagnose()), { code: 'invite.no-final', zh: /100 Trying.之后没有最终应答/ })
  const away = story()
  away.register()
  away.note({ type: 'invite', channelId: channel, outcome: 'offline', detail: 'offline' })
  t.equal(codeOf(away.diagnose(), 'invite'), 'invite.unreachable')
  t.equal(away.diagnose().failed, undefined)
})

t.test('10: a 200 after our CANCEL', async (t) => {
  const cancelled = (bye: string | undefined): Diagnosis => {
    const s = story()
    s.register()
    const call = s.invite()
    s.answer('in', call, 'INVITE', '100 Trying', { to: channel })
    s.wait(10)
    s.request('out', 'CANCEL', { to: channel, call })
    s.invited(call, { outcome: 'no-answer', detail: 'no final answer within 10000 ms' })
    s.wait(4)
    s.answer('in', call, 'INVITE', '200 OK', { to: channel })
    s.request('out', 'ACK', { to: channel, call })
    s.request('out', 'BYE', { to: channel, call, cseq: 2 })
    if (bye) s.answer('in', call, 'BYE', bye, { to: channel, cseq: 2 })
    return s.diagnose()
  }
  t.match(failedWords(cancelled('200 OK')), { code: 'invite.late-answer', zh: /CANCEL.之后.设备才在 4\.0 秒后回复 200.已用 ACK 确认并立即 BYE/ })
  t.match(failedWords(cancelled('481 No Dialog')), { code: 'invite.keeps-pushing', zh: /BYE 得到的应答是 481.*还在继续推流/s, en: /BYE that followed was answered 481/ })
  t.match(failedWords(cancelled(undefined)), { code: 'invite.keeps-pushing', zh: /BYE 没有得到应答/ })
})

t.test('keepalives from elsewhere, garbage, no REGISTER, expiry', async (t) => {
  const moved = story()
  moved.register()
  moved.keepalive()
  moved.wait(60)
  moved.keepalive('403 Not registered from here', { ...home, port: 6000 })
  moved.note({ type: 'elsewhere', isKeepalive: true, source: { ...home, port: 6000 }, registeredAt: home })
  t.match(failedWords(moved.diagnose()), { code: 'keepalive.elsewhere', zh: /心跳来自 udp:203\.0\.113\.7:6000.而设备注册在 udp:203\.0\.113\.7:5060/ })
  const garbage = story()
  garbage.traces.bind(camera, home)
  garbage.garbage(home, Buffer.from('\x16\x03\x01\x02\x00hello'))
  t.match(failedWords(garbage.diagnose()), { code: 'address.unreadable', zh: /udp:203\.0\.113\.7:5060 收到 1 个报文.都不是可识别的 SIP/ })
  const bare = story()
  bare.keepalive('403 Not registered from here')
  t.match(failedWords(bare.diagnose()), { code: 'address.no-register', zh: /没有一个是注册/ })
  const expired = story()
  expired.register()
  expired.wait(4000)
  t.match(failedWords(expired.diagnose()), { code: 'authentication.expired', zh: /已于 2026-01-01 09:00:00 到期/ })
  const never = story()
  never.register()
  never.wait(170)
  t.match(failedWords(never.diagnose()), { code: 'keepalive.never', zh: /170 秒内没有发过一次心跳.*周期设为 60 秒/s })
  const gone = story()
  gone.register({ ...home, transport: 'tcp' })
  gone.presence('offline', 'connection-lost')
  t.match(failedWords(gone.diagnose()), { code: 'keepalive.connection-lost', zh: /TCP 连接.tcp:203\.0\.113\.7:5060./ })
})

t.test('somebody else in its name is a hint; a device that only keeps alive is there', async (t) => {
  const s = story()
  s.register()
  s.keepalive()
  for (let i = 0; i < 5; i++) {
    const at = { ...home, host: '192.0.2.66', port: 1024 + i }
    const call = s.request('in', 'REGISTER', { at })
    s.answer('out', call, 'REGISTER', '401 Unauthorized', { at, headers: [s.challenge] })
    s.traces.note(camera, { type: 'registration', decision: 'refused', reason: 'wrong-password', source: at })
  }
  const found = s.diagnose()
  t.equal(found.failed, undefined)
  t.match(found.hints.map((hint) => tell(hint).en.seen), [/192\.0\.2\.66:1028 sent 5 REGISTER with the same id/])

  const once = story()
  once.register()
  for (let i = 0; i < 70; i++) {
    once.wait(60)
    once.keepalive()
  }
  t.equal(codeOf(once.diagnose(), 'authentication'), 'authentication.ok')
  t.same(hintCodes(once.diagnose()), ['hint.never-refreshes'])
})

t.test('hints: clock, charset, broken XML, lease, NAT', async (t) => {
  const s = story()
  s.register(home, ['Expires: 120', 'Contact: <sip:1@192.168.1.64:5060>', 'Date: 2026-01-01T08:05:00'])
  s.request('in', 'MESSAGE', { headers: [`Content-Type: ${xml}`], body: Buffer.from('<?xml version="1.0" encoding="GB2312"?><Notify><CmdType>Alarm</CmdType><AlarmDescription>东门</AlarmDescription></Notify>').toString('latin1') })
  s.request('in', 'MESSAGE', { headers: [`Content-Type: ${xml}`], body: '<?xml version="1.0"?><Notify><CmdType>Alarm</CmdType><Name>cut' })
  const found = s.diagnose()
  t.same([...hintCodes(found)].sort(), ['hint.behind-nat', 'hint.broken-xml', 'hint.charset', 'hint.clock', 'hint.short-lease'])
  const said = found.hints.map((hint) => tell(hint).zh.seen).join('\n')
  t.match(said, /自报地址 192\.168\.1\.64.报文却来自 udp:203\.0\.113\.7:5060/)
  t.match(said, /时钟比平台快 300 秒/)
  t.match(said, /声明的字符集是 GB2312.内容实际是 UTF-8/)
  t.match(said, /有效期只有 120 秒/)
  s.note({ type: 'clock', offsetMs: -45_000 })
  t.match(s.diagnose().hints.map((hint) => tell(hint).en.seen).join('\n'), /clock is 45 s behind ours/)
})

t.test('every code has whole sentences in both languages, with the same values', async (t) => {
  for (const [code, { zh, en }] of Object.entries(words)) {
    for (const { seen, cause, remedy } of [zh, en]) {
      t.ok(seen.length > 3 && remedy.length > 3, code)
      if (!/\.(ok|pending|not-tried|restored|stopped)$/.test(code)) t.ok(cause.length > 3, `${code} has a cause`)
    }
    t.match(`${zh.seen}${zh.cause}${zh.remedy}`, /[\u4e00-\u9fff]/)
    t.notMatch(`${en.seen}${en.cause}${en.remedy}`, /[\u4e00-\u9fff]/)
    const names = (text: string): string => [...new Set([...text.matchAll(/\{(\w+?)(?:En)?\}/g)].map((match) => match[1]))].sort().join()
    t.equal(names(zh.seen), names(en.seen), `${code}: the same values`)
  }
})

t.test('any cut of any story gives six verdicts without a missing value', async (t) => {
  const s = story()
  s.register()
  s.keepalive()
  s.queryCatalog()
  s.page(140, [channel])
  s.note({ type: 'catalog', outcome: 'incomplete', items: 1, sumNum: 140, reason: 'silence' })
  const call = s.invite('127.0.0.1')
  s.answer('in', call, 'INVITE', '200 OK', { to: channel })
  s.invited(call)
  s.media({})
  s.presence('offline', 'keepalive-lost')
  const records = s.traces.records(camera)
  for (let from = 0; from < records.length; from++) {
    for (let to = from; to <= records.length; to++) {
      const found = s.diagnose({ records: records.slice(from, to) })
      t.same(found.stages.map(({ stage }) => stage), stages)
      for (const { finding } of found.stages) {
        const { zh, en } = tell(finding)
        if (/undefined|NaN|Invalid/.test(JSON.stringify({ zh, en }))) t.fail(JSON.stringify({ zh, en }))
      }
    }
  }
})

t.test('a call that was tried by two transports is explained as one: which failed, which worked, or that neither did', (t) => {
  const second: Partial<MediaNote> = { transport: 'tcp-passive', port: 30002 }
  const picture: Partial<MediaNote> = { outcome: 'ok', arrivals: 500, rtpPackets: 500, codec: 'h264', keyframes: 3, container: 'ps', ssrcSeen: 116000001 }
  const tried = (more: Partial<MediaNote>, between = 8) => {
    const s = story()
    s.register()
    s.invited(s.invite())
    s.media({})
    s.wait(between)
    s.invited(s.invite('198.51.100.1', channel, 30002))
    s.media({ ...second, ...more })
    return s.diagnose()
  }
  const worked = tried(picture)
  t.same(hintCodes(worked), ['hint.other-transport'])
  t.equal(codeOf(worked, 'media'), 'media.ok')
  const { zh, en } = tell(worked.hints[0] ?? { code: 'hint.loss', values: {} })
  t.match(en.seen, `Channel ${channel} was asked for over UDP first, and nothing came; then over TCP passive, and it did.`)
  t.match(zh.remedy, '改为 TCP 被动')
  t.equal(worked.hints[0]?.evidence.length, 2)

  const neither = tried({})
  t.same(hintCodes(neither), ['hint.both-transports'])
  t.equal(codeOf(neither, 'media'), 'media.tcp-not-connected')
  t.same(hintCodes(tried({ ...picture, transport: 'udp' })), [], 'the same transport again is no second one')
  t.same(hintCodes(tried(picture, 200)), [], 'long ago is another call')
  t.end()
})
