import t from 'tap'
import { chew } from '../../base/chew.ts'
import { parseManscdp, parseMessage, parseSdp, writeManscdp } from '../../sip/index.ts'
import { habits as allHabits, type Habit, type Habits } from '../habits.ts'
import type { AnswerValue, QueryValue } from '../manscdp.ts'
import type { ScenarioDevice } from '../types.ts'
import { answersTo } from './answers.ts'
import { catalogOf, catalogSize } from './catalog.ts'
import { branchAsSent, roughBody, roughMessage, roughSdp } from './rough.ts'
import { applyCommand, configured, freshState, type DeviceState } from './state.ts'

const id = '32011600001320000001'
const serverId = '32011600002000000001'
const device = (more: Partial<ScenarioDevice> = {}): ScenarioDevice => ({
  id, kind: 'recorder', registers: true, signalling: 'udp', media: 'udp', charset: 'gb2312', edition: '2022',
  channels: [1, 2, 3, 4, 5].map((n) => ({ id: `3201160000132000010${n}`, name: `通道${n}`, codec: 'h264', picture: 'street', fault: 'ok', record: { area: '320116' }, truth: { result: 'pass', reasons: [], fault: 'none' } })),
  ...more,
})
const with_ = (...names: Habit[]): Habits => new Set(names)
const answers = (query: QueryValue, habits: Habits = new Set(), of: ScenarioDevice = device(), state: DeviceState = freshState('六合')): readonly AnswerValue[] =>
  answersTo(query, { device: of, serverId, password: 'the-password', state, habits, nowMs: Date.UTC(2026, 0, 2) })
const catalog = (habits: Habits, of = device()): readonly Extract<AnswerValue, { type: 'response-catalog' }>[] =>
  answers({ type: 'query-catalog', sn: 7, deviceId: id }, habits, of).flatMap((page) => (page.type === 'response-catalog' ? [page] : []))

t.test('every query has its answer, in the asker\'s SN, and each can be written and read again', async (t) => {
  const head = { sn: 7, deviceId: id }
  const queries: readonly QueryValue[] = [
    { type: 'query-catalog', ...head }, { type: 'query-device-info', ...head }, { type: 'query-device-status', ...head }, { type: 'query-record-info', ...head, startMs: Date.UTC(2026, 0, 1), endMs: Date.UTC(2026, 0, 2) },
    { type: 'query-config-download', ...head, configTypes: ['BasicParam', 'VideoParamOpt', 'OSDConfig'] }, { type: 'query-preset-query', ...head }, { type: 'query-home-position-query', ...head },
    { type: 'query-cruise-track-list-query', ...head }, { type: 'query-cruise-track-query', ...head, number: 0 }, { type: 'query-ptz-position', ...head }, { type: 'query-sd-card-status', ...head },
  ]
  for (const query of queries) {
    const said = answers(query)
    t.ok(said.length > 0, `${query.type}: ${said.length} messages`)
    for (const value of said) t.match(parseManscdp(writeManscdp(value, 'gb2312', '2022')), { type: query.type.replace('query', 'response'), sn: 7, deviceId: id })
  }
  t.same(answers({ type: 'query-alarm', ...head }), [], 'the body of a SUBSCRIBE is answered there')
})

t.test('catalogs: pages, totals, oddities, and a platform of any size', async (t) => {
  t.same(catalog(with_()).map(({ sumNum, items }) => [sumNum, items.length]), [[5, 2], [5, 2], [5, 1]])
  t.same(catalog(with_('one-item-per-message')).length, 5)
  t.same(catalog(with_('sum-too-large')).map(({ sumNum }) => sumNum), [8, 8, 8])
  t.same(catalog(with_('sum-changes')).map(({ sumNum }) => sumNum), [3, 5, 5])
  t.same(catalog(with_('repeats-items')).map(({ items }) => items.length), [2, 3, 2])
  t.same(catalog(with_('wrong-sn')).map(({ sn }) => sn), [0, 0, 0])
  t.same(catalog(with_('empty-catalog')), [{ type: 'response-catalog', sn: 7, deviceId: id, sumNum: 0, items: [] }])
  t.match(catalog(with_('placeholder-fields', 'vendor-elements', 'odd-parents'))[0]?.items[0]?.raw, { CivilCode: 'CivilCode', DecorderTag: 'HIKVISION', Parental: '65535', Longitude: '0.000' })

  const platform = device({ id: '32011600002000000009', channels: [], catalog: { channels: 12_345, levels: 3 }, itemsPerMessage: 100 })
  const items = catalogOf(platform, serverId, new Set())
  t.equal(items.length, catalogSize(platform))
  t.equal(items.filter(({ type }) => type === 'channel').length, 12_345)
  const ids = new Set(items.map((item) => item.id))
  t.equal(ids.size, items.length, 'no id twice')
  const orphans = items.filter(({ raw }) => (raw['ParentID'] ?? '').split('/').some((parent) => parent !== platform.id && !ids.has(parent)))
  t.same(orphans, [], 'every parent is listed')
  const parents = new Map(items.map((item) => [item.id, item.raw['ParentID']?.split('/').at(-1)]))
  const depth = (parent: string | undefined): number => (parent !== undefined && parents.has(parent) ? 1 + depth(parents.get(parent)) : 1)
  t.equal(Math.max(...[...parents.values()].map(depth)), 5, 'group, three levels, channel')
})

t.test('recordings of a day in several messages, none in the future, by type and with odd times', async (t) => {
  const day = { type: 'query-record-info', sn: 7, deviceId: id, startMs: Date.UTC(2026, 0, 1), endMs: Date.UTC(2026, 0, 3) } as const
  const records = (habits: Habits, recordType?: 'all' | 'alarm') => answers({ ...day, ...(recordType && { recordType }) }, habits).flatMap((page) => (page.type === 'response-record-info' ? [page] : []))
  t.same(records(with_()).map(({ sumNum, records: list }) => [sumNum, list.length]), [...Array.from({ length: 4 }, () => [24, 5]), [24, 4]], 'a day, though two were asked for')
  t.equal(records(with_(), 'alarm')[0]?.sumNum, 6)
  t.same(records(with_('records-need-type')).map(({ sumNum }) => sumNum), [0])
  t.match(records(with_('records-reject-type'), 'all'), [{ result: 'ERROR', sumNum: 0 }])
  t.match(records(with_('odd-record-times'))[0]?.records, [{ raw: { StartTime: '2026-01-01T08:00:00+08:00' } }, { raw: { StartTime: '2026-01-01T09:00:00.000' } }])
})

t.test('configuration by edition, with the password only where the habit is', async (t) => {
  const config = (types: readonly string[], habits: Habits, edition: '2016' | '2022') => answers({ type: 'query-config-download', sn: 7, deviceId: id, configTypes: types }, habits, device({ edition })).flatMap((page) => (page.type === 'response-config-download' ? [page] : []))
  t.equal(config(['BasicParam', 'OSDConfig', 'FrameMirror', 'Unheard'], with_(), '2022').length, 3, 'one message a block')
  t.match(config(['OSDConfig'], with_(), '2016'), [{ result: 'ERROR' }])
  t.notMatch(JSON.stringify(config(['BasicParam'], with_(), '2016')), /the-password/)
  t.match(JSON.stringify(config(['BasicParam'], with_('password-in-config'), '2016')), /the-password/)
})

t.test('commands: state is kept, and only those are answered that the standard answers', async (t) => {
  type Command = Parameters<typeof applyCommand>[1]['command']
  const apply = (state: DeviceState, command: Command) => applyCommand(state, { type: 'control-device-control', sn: 1, deviceId: id, command })
  const start = freshState('六合')
  const ptz = (code: string): Command => ({ kind: 'ptz', code })
  const moving = apply(start, ptz('a50f4d0190000092')).state
  t.equal(moving.moving, 'A50F4D0190000092', 'right, whatever the address')
  t.equal(apply(moving, ptz('A50F0100000000B5')).state.moving, undefined)
  t.same([...apply(start, ptz('A50F01810005003B')).state.presets.keys()], [1, 2, 5])
  t.same([...apply(start, ptz('A50F018300010039')).state.presets.keys()], [2])
  t.same(apply(start, ptz('A50F0181000500FF')).state, start, 'a wrong sum is no code')
  t.match(apply(start, { kind: 'guard', isOn: true }), { result: 'OK', state: { isGuarded: true } })
  t.match(apply(start, { kind: 'record', isOn: false }), { result: 'OK', state: { isRecording: false } })
  t.match(apply({ ...start, isAlarmed: true }, { kind: 'alarm-reset' }), { result: 'OK', state: { isAlarmed: false } })
  t.match(apply(start, { kind: 'home-position', isEnabled: true, presetIndex: 2 }), { result: 'OK', state: { home: { isEnabled: true, presetIndex: 2 } } })
  for (const command of [{ kind: 'reboot' }, { kind: 'keyframe' }, { kind: 'ptz-precise', pan: 10 }, { kind: 'format-sd-card', card: 0 }, { kind: 'target-track', mode: 'Auto' }] as const) t.equal(apply(start, command).result, undefined, `${command.kind} has no response`)
  t.equal(configured(start, { frameMirror: 2 }).config.frameMirror, 2)
  t.same(configured(start, { frameMirror: 2 }).config.basicParam, start.config.basicParam, 'what is not set stays')
})

const bye = Buffer.from(['BYE sip:a@198.51.100.1 SIP/2.0', 'Via: SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bK0123456789abcdef', 'From: <sip:b@x>;tag=1', 'To: <sip:a@x>;tag=2', 'Call-ID: c', 'CSeq: 2 BYE', 'Contact: <sip:b@192.0.2.7:5060>', 'Expires: 5', 'Content-Type: Application/MANSCDP+xml', 'Max-Forwards: 70', 'Content-Length: 30', '', 'x'.repeat(30)].join('\r\n'))
const sdp = Buffer.from('v=0\r\no=a 0 0 IN IP4 192.0.2.7\r\ns=Playback\r\nc=IN IP4 192.0.2.7\r\nt=1767225600 1767225660\r\nm=video 9000 RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\ny=0100000001\r\nf=\r\n')
const xml = Buffer.from('<?xml version="1.0" encoding="UTF-8"?>\r\n<Notify><DeviceID>1</DeviceID><Name>a</Name><SumNum>1</SumNum></Notify>')

t.test('each habit of the wire changes what it says and nothing else', async (t) => {
  const wire: readonly (readonly [Habit, RegExp, ('udp' | 'tcp')?])[] = [
    ['private-contact', /Via: SIP\/2\.0\/UDP 192\.168\.1\.64:5060;branch[^]*Contact: <sip:b@192\.168\.1\.64:5060>/], ['via-without-cookie', /branch=\d{15}\r\n/], ['via-last', /Content-Length: 30\r\nVia: [^\r]+\r\n\r\n/],
    ['odd-spacing', /\r\nExpires:5\r\n[^]*MAX-Forwards: 70\r\nContent-Length: {2}30/], ['bare-to-in-bye', /\r\nTo: sip:a@x;tag=2\r\n/], ['wrong-tags-in-bye', /tag=0\r\nTo: <sip:a@x>;tag=0/], ['jumping-cseq', /CSeq: 13 BYE/],
    ['content-length-zero', /Content-Length: 0\r\n/], ['content-length-short', /Content-Length: 18\r\n/], ['content-length-long', /Content-Length: 70\r\n/],
  ]
  for (const [habit, looks] of wire) t.match(roughMessage(bye, with_(habit), 'udp').toString(), looks, habit)
  t.notMatch(roughMessage(bye, with_('no-content-length'), 'tcp').toString(), /Content-Length/)
  t.same(roughMessage(bye, new Set(), 'udp'), bye)
  t.equal(/branch=(\d+)/.exec(roughMessage(bye, with_('via-without-cookie'), 'udp').toString())?.[1], branchAsSent('z9hG4bK0123456789abcdef'))
  const parsed = parseMessage(roughMessage(bye, with_('private-contact', 'via-last', 'odd-spacing', 'bare-to-in-bye', 'content-length-zero'), 'udp'))
  t.equal(parsed.body.length, 30, 'and all of it can still be read')
})

t.test('each habit of bodies and descriptions', async (t) => {
  const bodies: readonly (readonly [Habit, RegExp])[] = [['gb2312-undeclared', /^<\?xml version="1\.0"\?>/], ['utf8-as-gb2312', /encoding="GB2312"/], ['bare-ampersand', /<Name>A&B a/], ['nul-padding', /Notify>\r\n\0\0\0junk/], ['odd-case', /<DeviceId>1<\/DeviceId>.*<Sumnum>/]]
  for (const [habit, looks] of bodies) t.match(roughBody(xml, with_(habit)).toString(), looks, habit)
  const made = (habit: Habit) => roughSdp(sdp, with_(habit), '0060205514')
  t.equal(parseSdp(made('y-absent')).ssrc, undefined)
  t.equal(parseSdp(made('y-zero')).ssrc, 0)
  t.equal(parseSdp(made('own-ssrc')).ssrc, 60_205_514)
  t.equal(parseSdp(made('no-address')).host, '0.0.0.0')
  t.match(parseSdp(made('setup-over-udp')), { setup: 'active', transport: 'udp', port: 9000 })
  t.match(parseSdp(made('private-rtpmap')).formats, [{ encoding: 'HIKVISION' }])
  t.match(made('times-from-1900').toString(), /^t=3976214400 3976214460\r$/m)
})

t.test('rough forms of chewed bytes never throw', async (t) => {
  const every: Habits = new Set(Object.keys(allHabits) as Habit[])
  let count = 0
  for (const bytes of chew([bye, sdp, xml], 5_000, 77)) {
    roughMessage(bytes, every, 'udp')
    roughBody(bytes, every)
    roughSdp(bytes, every, '0')
    count++
  }
  t.equal(count, 5_000)
})
