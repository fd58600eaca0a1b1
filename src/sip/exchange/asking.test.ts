import t from 'tap'
import { silentLog } from '../../base/index.ts'
import { chew } from '../../base/chew.ts'
import type { SipFact } from '../notice/facts.ts'
import { manscdpType, parseManscdp, writeManscdp, type CatalogItem, type Manscdp } from '../manscdp/index.ts'
import { header } from '../message/index.ts'
import { channelId, deviceId, openDevice, password, serve, until, type Owner, type ScriptedDevice } from '../scripted-device.ts'
import type { Header, ServerTransaction, Transport } from '../types.ts'
import type { UserAgentOptions } from '../user-agent.ts'

type Fact<Type extends SipFact['type']> = Extract<SipFact, { readonly type: Type }>

/** A registered device and the facts of it. */
async function meet(t: Owner, more: Partial<UserAgentOptions> = {}, transport: Transport = 'udp', version?: string) {
  const served = await serve(t, more)
  const device = await openDevice(t, served, transport)
  await device.register(version === undefined ? {} : { version })
  const told = <Type extends SipFact['type']>(type: Type): readonly Fact<Type>[] => served.facts.filter((fact): fact is Fact<Type> => fact.type === type)
  return { ...served, device, told }
}
const item = (id: string, raw: Record<string, string> = {}): CatalogItem => ({ id, name: `路口${id}`, status: 'on', type: 'channel', raw })
const xml = (text: string): Buffer => Buffer.from(`<?xml version="1.0" encoding="GB2312"?>\r\n${text}`)
const snOf = ({ request }: ServerTransaction): number => parseManscdp(request.body).sn
/** A device may still talk when its test is over. */
const unheard = (): void => {}
/** Answers 200, then says something in a message of its own. */
const answerBy = (device: ScriptedDevice, say: (sn: number, asked: Manscdp) => Buffer | undefined): void =>
  device.answerWith((query) => {
    query.respond({ status: 200 })
    const asked = query.request.body.length > 0 ? parseManscdp(query.request.body) : undefined
    const body = asked && say(asked.sn, asked)
    if (body) device.manscdp(body).catch(unheard)
  })

t.test('who it is: asked once, told as a fact, whatever case and name the answer comes in', async (t) => {
  const { agent, device, told } = await meet(t)
  answerBy(device, (sn) => xml(`<response><cmdtype>DEVICEINFO</cmdtype><sn>${sn}</sn><DeviceID>${channelId}</DeviceID><DeviceName>recorder</DeviceName><Manufacturer>Maker</Manufacturer><Firmware>V1</Firmware><Result>OK</Result></response>`))
  const outcome = await agent.ask(deviceId, { type: 'query-device-info', deviceId })
  t.match(outcome, { ok: true, hop: 'Scripted/1', value: { name: 'recorder', manufacturer: 'Maker', firmware: 'V1' } })
  await until(() => told('device-info').length === 1, 'fact')
  t.match(told('device-info'), [{ deviceId, name: 'recorder', firmware: 'V1' }])
  t.match(await agent.ask('34020000001110000009', { type: 'query-device-info', deviceId }), { ok: false, reason: 'not-registered' })
})

t.test('the clock of a device is told beside ours; ERROR and OFFLINE are what it says, not what we think', async (t) => {
  const { agent, device, told } = await meet(t)
  answerBy(device, (sn) => xml(`<Response><CmdType>DeviceStatus</CmdType><SN>${sn}</SN><DeviceID>${deviceId}</DeviceID><Result>OK</Result><Online>OFFLINE</Online><Status>OK</Status><DeviceTime>2020-01-01T08:00:00</DeviceTime></Response>`))
  t.match(await agent.ask(deviceId, { type: 'query-device-status', deviceId }), { ok: true, value: { online: 'offline' } })
  await until(() => told('device-status').length === 1, 'fact')
  const [status] = told('device-status')
  t.equal(status?.deviceTimeMs, Date.UTC(2020, 0, 1))
  t.ok((status?.clockOffsetMs ?? 0) < -86_400_000)
  t.equal(agent.presenceOf(deviceId), 'online')
})

t.test('commands: with the response that the standard has, and without; refused with status, hop and reason', async (t) => {
  const { agent, device } = await meet(t)
  answerBy(device, (sn, asked) => (asked.type === 'control-device-control' && asked.command.kind === 'guard' ? writeManscdp({ type: 'response-device-control', sn, deviceId: channelId, result: 'ERROR' }, 'utf-8') : undefined))
  t.match(await agent.command(deviceId, channelId, { kind: 'guard', isOn: true }), { ok: true, value: { result: 'ERROR' } })
  t.same(await agent.command(deviceId, channelId, { kind: 'ptz', code: 'A50F0100000000B5' }), { ok: true, hop: 'Scripted/1', value: {} })
  t.match(device.bodies().at(-1), { type: 'control-device-control', deviceId: channelId, command: { kind: 'ptz', code: 'A50F0100000000B5' } })
  const warning: Header = { name: 'Warning', value: '399 34020000002000000007 "the channel is offline"' }
  device.answerWith((query) => query.respond({ status: 404, headers: [warning] }))
  t.same(await agent.command(deviceId, channelId, { kind: 'record', isOn: true }), { ok: false, reason: 'refused', sipStatus: 404, hop: 'Scripted/1 > 34020000002000000007', detail: '404 Not Found: the channel is offline' })
})

t.test('a keyframe: the other spelling where the first is refused, and from then on at once (Q59)', async (t) => {
  const { agent, device } = await meet(t)
  const spellings: string[] = []
  device.answerWith((query) => {
    const spelling = query.request.body.toString('latin1').includes('IFameCmd') ? 'IFameCmd' : 'IFrameCmd'
    spellings.push(spelling)
    query.respond({ status: 200 })
    const result = spelling === 'IFrameCmd' ? 'OK' : 'ERROR'
    device.say({ type: 'response-device-control', sn: snOf(query), deviceId: channelId, result }).catch(unheard)
  })
  t.match(await agent.command(deviceId, channelId, { kind: 'keyframe' }), { ok: true, value: { result: 'OK' } })
  t.match(await agent.command(deviceId, channelId, { kind: 'keyframe' }), { ok: true, value: { result: 'OK' } })
  t.same(spellings, ['IFameCmd', 'IFrameCmd', 'IFrameCmd'])
})

t.test('a device is written to in its own charset and edition, or as someone says (Q37, Q38)', async (t) => {
  const { agent, device } = await meet(t)
  const declared = async (): Promise<string | undefined> => {
    await agent.configure(deviceId, channelId, { basicParam: { name: '路口' } })
    const body = device.requests.at(-1)?.request.body
    return /encoding="([^"]+)"/.exec(body?.toString('latin1') ?? '')?.[1]
  }
  answerBy(device, (sn) => writeManscdp({ type: 'response-device-config', sn, deviceId: channelId, result: 'OK' }, 'utf-8'))
  t.equal(await declared(), 'GB2312')
  await device.say({ type: 'response-catalog', sn: 0, deviceId, sumNum: 1, items: [item('1')] }, 'utf-8')
  t.equal(await declared(), 'UTF-8')
  t.match(device.bodies().at(-1), { type: 'control-device-config', config: { basicParam: { name: '路口' } } })
  agent.setCharset(deviceId, 'gb2312')
  t.equal(await declared(), 'GB2312')

  const modern = await meet(t, {}, 'udp', '3.0')
  answerBy(modern.device, () => undefined)
  await modern.agent.command(deviceId, channelId, { kind: 'keyframe' })
  t.match(modern.device.requests.at(-1)?.request.body.toString('latin1'), /encoding="GB18030"[^]*<IFrameCmd>/)
})

t.test('configuration in parts is one answer, and how it keeps alive sets its presence', async (t) => {
  const { agent, device } = await meet(t, { keepaliveAfterRegister: true })
  device.answerWith((query) => {
    query.respond({ status: 200 })
    const sn = snOf(query)
    const say = (config: object): Promise<unknown> => device.say({ type: 'response-config-download', sn, deviceId, result: 'OK', config })
    say({ basicParam: { heartBeatIntervalS: 30, heartBeatCount: 3 } })
      .then(() => say({ frameMirror: 1 }))
      .catch(unheard)
  })
  t.match(await agent.ask(deviceId, { type: 'query-config-download', deviceId, configTypes: ['BasicParam', 'FrameMirror'] }), { ok: true, value: { config: { basicParam: { heartBeatIntervalS: 30 }, frameMirror: 1 } } })
  t.ok(device.bodies().some((body) => body.type === 'query-config-download' && body.configTypes.join() === 'BasicParam'), 'asked by itself after registration')
})

t.test('recordings of a day, page by page; those in the name of another channel are told as they are', async (t) => {
  const { agent, device } = await meet(t)
  const startMs = Date.UTC(2026, 0, 1)
  const record = (n: number) => ({ deviceId: channelId, name: `r${n}`, startMs: startMs + n * 1000, endMs: startMs + n * 1000 + 500 })
  device.answerWith((query) => {
    query.respond({ status: 200 })
    const sn = snOf(query)
    const say = (...ns: number[]): Promise<unknown> => device.say({ type: 'response-record-info', sn, deviceId: channelId, sumNum: 4, records: ns.map(record) })
    say(3, 2)
      .then(() => say(2))
      .then(() => say(1, 0))
      .catch(unheard)
  })
  const outcome = await agent.queryRecords(deviceId, { channelId, fromMs: startMs, toMs: startMs + 86_400_000 })
  t.match(outcome, { ok: true, value: { isComplete: true, isCut: false, missing: [] } })
  t.same(outcome.ok && outcome.value.items.map(({ name }) => name), ['r0', 'r1', 'r2', 'r3'])
  t.match(device.bodies().at(-1), { type: 'query-record-info', deviceId: channelId, startMs, recordType: 'all' })
})

t.test('what changes while a catalog is asked for is told after it, and in order (complaint 3)', async (t) => {
  const { agent, device, facts } = await meet(t)
  const change = (event: string, id: string): Manscdp => ({ type: 'notify-catalog', sn: 9, deviceId, sumNum: 1, items: [item(id, { Event: event })] })
  await device.say(change('OFF', '1'))
  device.answerWith((query) => {
    query.respond({ status: 200 })
    const sn = snOf(query)
    const page = (...ids: string[]): Manscdp => ({ type: 'response-catalog', sn, deviceId, sumNum: 3, items: ids.map((id) => item(id)) })
    const notify = (value: Manscdp): Promise<unknown> => device.send('NOTIFY', [{ name: 'Content-Type', value: manscdpType }], writeManscdp(value, 'gb2312'))
    device
      .say(page('1'))
      .then(() => notify(change('DEL', '1')))
      .then(() => device.say(page('2', '3')))
      .then(() => notify(change('VLOST', '2')))
      .catch(unheard)
  })
  await agent.queryCatalog(deviceId)
  await until(() => facts.filter(({ type }) => type === 'catalog-changes').length >= 2, 'changes')
  t.match(
    facts.filter(({ type }) => type.startsWith('catalog')),
    [
      { type: 'catalog-changes', changes: [{ event: 'OFF', item: { id: '1' } }] },
      { type: 'catalog', isComplete: true, items: [{ id: '1' }, { id: '2' }, { id: '3' }] },
      { type: 'catalog-changes', changes: [{ event: 'DEL', item: { id: '1' } }, { event: 'VLOST', item: { id: '2' } }] },
    ],
  )
})

t.test('a catalog of nothing is said to be one, and an ERROR is a refusal (Q52)', async (t) => {
  const { agent, device, told } = await meet(t)
  answerBy(device, (sn) => xml(`<Response><CmdType>Catalog</CmdType><SN>${sn}</SN><DeviceID>${deviceId}</DeviceID><SumNum>0</SumNum></Response>`))
  t.match(await agent.queryCatalog(deviceId), { ok: true, items: [], isReportedEmpty: true })
  t.match(told('catalog'), [{ isReportedEmpty: true, items: [] }])
  answerBy(device, (sn) => xml(`<Response><CmdType>Catalog</CmdType><SN>${sn}</SN><DeviceID>${deviceId}</DeviceID><Result>ERROR</Result></Response>`))
  t.match(await agent.queryCatalog(deviceId), { ok: false, reason: 'the device answered ERROR' })
  t.equal(told('catalog').length, 1)
})

t.test('a lower platform lists several levels in the names of its parts, with a wrong serial number (Q47-Q49, Q53)', async (t) => {
  const { agent, device, told } = await meet(t, {}, 'tcp')
  const group = '32011600002150000001'
  const organisation = '32011600002160000001'
  const levels: readonly CatalogItem[] = [
    { ...item('320116'), type: 'region' }, { ...item('32011601'), type: 'region', parentId: '320116' }, { ...item(group, { ParentID: deviceId }), type: 'group', parentId: deviceId },
    { ...item(organisation, { BusinessGroupID: group, ParentID: group }), type: 'group', parentId: group }, { ...item(channelId, { ParentID: `${deviceId}/${organisation}`, CivilCode: '32011601' }), parentId: deviceId },
  ]
  device.answerWith((query) => {
    query.respond({ status: 200 })
    const list = async (): Promise<void> => {
      for (const each of levels) await device.say({ type: 'response-catalog', sn: 0, deviceId: each.id, sumNum: levels.length, items: [each] })
    }
    list().catch(unheard)
  })
  t.match(await agent.queryCatalog(deviceId), { ok: true, isComplete: true })
  t.match(told('catalog')[0]?.items, [{ id: '320116', type: 'region' }, { type: 'region' }, { id: group, type: 'group' }, { id: organisation, type: 'group' }, { id: channelId, raw: { ParentID: `${deviceId}/${organisation}` } }])
})

t.test('alarms as MESSAGE and as NOTIFY, doubles once; answered by a Response until one is refused (Q26, Q56)', async (t) => {
  const { agent, device, told } = await meet(t)
  const alarm = (method: string, type?: string): Manscdp => ({ type: 'notify-alarm', sn: 77, deviceId: channelId, alarmPriority: 4, alarmMethod: method, alarmMs: 1_700_000_000_000, ...(type && { alarmType: type }) })
  await device.say(alarm('5', '2'))
  await device.say(alarm('0'))
  const isTaken = await device.send('NOTIFY', [{ name: 'Content-Type', value: manscdpType }, { name: 'Event', value: 'presence' }, { name: 'Subscription-State', value: 'active' }], writeManscdp(alarm('5', '2'), 'gb2312'))
  t.equal(isTaken.status, 200, 'without any dialog')
  await until(() => device.bodies().filter(({ type }) => type === 'response-alarm').length === 2, 'responses')
  t.match(device.bodies()[0], { type: 'response-alarm', sn: 77, deviceId: channelId, result: 'OK' })
  t.match(told('alarm'), [{ channelId, method: '5', alarmType: '2', priority: 4, alarmedAtMs: 1_700_000_000_000 }])
  t.equal(agent.stats().alarmsMerged, 2)
  device.answerWith((query) => query.respond({ status: 405 }))
  await device.say(alarm('5', '6'))
  await until(() => device.requests.length === 3, 'one more')
  await device.say(alarm('5', '8'))
  await device.say(alarm('5', '9'))
  t.equal(device.requests.length, 3, 'it does not want them')
  t.equal(told('alarm').length, 4)
})

t.test('an alarm of the device itself is reset where that is wanted, not more than once in a while (Q57)', async (t) => {
  const { device } = await meet(t, { resetsAlarms: () => true })
  answerBy(device, (sn, asked) => (asked.type === 'control-device-control' ? writeManscdp({ type: 'response-device-control', sn, deviceId, result: 'OK' }, 'gb2312') : undefined))
  const alarm = (type: string): Manscdp => ({ type: 'notify-alarm', sn: 1, deviceId, alarmPriority: 1, alarmMethod: '2', alarmType: type })
  await device.say(alarm('1'))
  await device.say(alarm('2'))
  await until(() => device.bodies().filter(({ type }) => type === 'response-alarm').length === 2 && device.bodies().some(({ type }) => type === 'control-device-control'), 'reset')
  const commands = device.bodies().flatMap((body) => (body.type === 'control-device-control' ? [body.command] : []))
  t.match(commands, [{ kind: 'alarm-reset', alarmMethod: '2', alarmType: '1' }])
})

t.test('subscriptions: asked, told, refreshed after the device is back, ended; a NOTIFY counts in its dialog', async (t) => {
  const { agent, device, told } = await meet(t)
  device.answerWith((query) => query.respond({ status: 200, headers: [{ name: 'Expires', value: '600' }], body: xml(`<Response><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>${deviceId}</DeviceID><Result>OK</Result></Response>`) }))
  agent.subscribe(deviceId, { kind: 'catalog' })
  agent.subscribe(deviceId, { kind: 'mobile-position', intervalS: 10 })
  await until(() => agent.subscriptionsOf(deviceId).every(({ state }) => state === 'active'), 'active')
  t.same(told('subscription').map(({ kind, isActive }) => `${kind} ${isActive}`), ['catalog true', 'mobile-position true'])
  t.equal(agent.stats().subscriptions, 2)
  const [first] = device.requests
  const callId = first && header(first.request, 'Call-ID')
  const notify = await device.send('NOTIFY', [{ name: 'Content-Type', value: manscdpType }, { name: 'Subscription-State', value: 'active;expires=500' }], writeManscdp({ type: 'notify-catalog', sn: 3, deviceId, sumNum: 1, items: [item('1', { Event: 'ON' })] }, 'gb2312'), callId)
  t.equal(notify.status, 200)
  t.match(agent.subscriptionsOf(deviceId), [{ kind: 'catalog', notifies: 1 }, { kind: 'mobile-position', notifies: 0 }])
  await until(() => told('catalog-changes').length === 1, 'changes')

  await device.register({ call: 'after-a-restart@device' })
  await until(() => device.requests.length === 4, 'refreshed')
  t.equal(device.requests[2] && header(device.requests[2].request, 'Call-ID'), callId)
  await until(() => agent.subscriptionsOf(deviceId).every(({ state }) => state === 'active'), 'active again')
  agent.unsubscribe(deviceId, 'catalog')
  t.equal(agent.subscriptionsOf(deviceId).length, 1)
  await until(() => device.requests.length === 5, 'ended')
  const last = device.requests.at(-1)
  t.equal(last && header(last.request, 'Expires'), '0')

  agent.subscribe('32011600001180000055', { kind: 'alarm' })
  t.match(agent.subscriptionsOf('32011600001180000055'), [{ kind: 'alarm', state: 'idle' }], 'wanted before the device was ever there')
})

t.test('positions flat and listed, snapshots, upgrades, faulty parts: each a fact', async (t) => {
  const { device, told } = await meet(t)
  await device.manscdp(xml(`<Notify><CmdType>MobilePosition</CmdType><SN>1</SN><DeviceID>${channelId}</DeviceID><Time>2026-01-01T08:00:00</Time><Longitude>118.5</Longitude><Latitude>32.1</Latitude><Speed>12</Speed></Notify>`))
  await device.manscdp(xml(`<Notify><CmdType>MobilePosition</CmdType><SN>2</SN><DeviceID>${deviceId}</DeviceID><SumNum>2</SumNum><DeviceList Num="2"><Item><DeviceID>a</DeviceID><CaptureTime>2026-01-01T08:00:01</CaptureTime><Longitude>1</Longitude><Latitude>2</Latitude></Item><Item><DeviceID>b</DeviceID><Longitude>3</Longitude><Latitude>4</Latitude></Item></DeviceList></Notify>`))
  await device.say({ type: 'notify-upload-snap-shot-finished', sn: 3, deviceId: channelId, sessionId: 'session', snapShotFileIds: ['file'] })
  await device.say({ type: 'notify-device-upgrade-result', sn: 4, deviceId, sessionId: 'upgrade', upgradeResult: 'ERROR', firmware: 'V2', upgradeFailedReason: '02' })
  await device.say({ type: 'notify-video-upload-notify', sn: 5, deviceId })
  for (const faulty of [[], ['x'], ['x'], ['x', 'y'], []]) await device.say({ type: 'notify-keepalive', sn: 6, deviceId, status: 'OK', faulty })
  await until(() => told('faulty').length === 3, 'facts')
  t.match(told('positions'), [{ positions: [{ deviceId: channelId, longitude: 118.5, latitude: 32.1 }] }, { positions: [{ deviceId: 'a', longitude: 1 }, { deviceId: 'b', latitude: 4 }] }])
  t.match(told('snapshot-finished'), [{ channelId, sessionId: 'session', files: ['file'] }])
  t.match(told('upgrade-result'), [{ isOk: false, sessionId: 'upgrade', reason: '02' }])
  t.equal(told('video-upload').length, 1)
  t.same(told('faulty').map(({ channelIds }) => channelIds), [['x'], ['x', 'y'], []])
})

t.test('a catalog that is slow to be kept holds up neither a registration nor an alarm', async (t) => {
  const kept = Promise.withResolvers<void>()
  const facts: SipFact[] = []
  const { agent, device } = await meet(t, {
    onFact: async (fact) => {
      facts.push(fact)
      if (fact.type === 'catalog') await kept.promise
    },
  })
  answerBy(device, (sn, asked) => (asked.type === 'query-catalog' ? writeManscdp({ type: 'response-catalog', sn, deviceId, sumNum: 1, items: [item('1')] }, 'gb2312') : undefined))
  const query = agent.queryCatalog(deviceId)
  await until(() => facts.some(({ type }) => type === 'catalog'), 'catalog')
  await device.say({ type: 'notify-catalog', sn: 1, deviceId, sumNum: 1, items: [item('2', { Event: 'ADD' })] })
  await device.say({ type: 'notify-alarm', sn: 1, deviceId, alarmMethod: '2' })
  t.equal((await device.register()).status, 200)
  t.ok(facts.some(({ type }) => type === 'alarm'))
  t.notOk(facts.some(({ type }) => type === 'catalog-changes'), 'changes wait for the list they change')
  kept.resolve()
  t.match(await query, { ok: true })
  await until(() => facts.some(({ type }) => type === 'catalog-changes'), 'changes')
})

t.test('after a power cut all are asked, a few at once', async (t) => {
  const served = await serve(t, { passwordOf: () => Promise.resolve(password), infoAfterRegister: true, catalogAfterRegister: true, askedAtOnce: 3 })
  let open = 0
  let most = 0
  const devices = await Promise.all(
    Array.from({ length: 9 }, async (_, i) => {
      const id = `320116000011800001${String(i).padStart(2, '0')}`
      const device = await openDevice(t, served, 'udp', id)
      answerBy(device, (sn, asked) => {
        if (asked.type === 'query-device-info') {
          most = Math.max(most, ++open)
          return writeManscdp({ type: 'response-device-info', sn, deviceId: id, result: 'OK', name: id }, 'gb2312')
        }
        open--
        return writeManscdp({ type: 'response-catalog', sn, deviceId: id, sumNum: 1, items: [item(`${id}1`)] }, 'gb2312')
      })
      return device
    }),
  )
  await Promise.all(devices.map((device) => device.register()))
  t.match(served.agent.stats(), { devices: 9, bindings: 9, online: 9 })
  await until(() => served.facts.filter(({ type }) => type === 'catalog').length === 9, 'all catalogs')
  t.ok(most <= 3, `${most} at once`)
  t.equal(served.facts.filter(({ type }) => type === 'device-info').length, 9)
  t.match(served.agent.stats(), { introductions: { waiting: 0 }, exchanges: { running: 0, waiting: 0, refused: 0 } })
})

t.test('who stops, or whose device goes, is told so', async (t) => {
  const { agent, device } = await meet(t, {}, 'tcp')
  device.answerWith((query) => query.respond({ status: 200 }))
  const lost = agent.ask(deviceId, { type: 'query-preset-query', deviceId: channelId })
  await until(() => device.requests.length === 1, 'asked')
  await device.layer.close()
  t.match(await lost, { ok: false, reason: 'offline' })
  t.match(await agent.command(deviceId, channelId, { kind: 'reboot' }), { ok: false, reason: 'offline' })

  const other = await meet(t)
  other.device.answerWith((query) => query.respond({ status: 200 }))
  const asked = other.agent.ask(deviceId, { type: 'query-sd-card-status', deviceId: channelId })
  await until(() => other.device.requests.length === 1, 'asked')
  await other.agent.close()
  t.match(await asked, { ok: false, reason: 'stopped' })
  t.match(await other.agent.queryCatalog(deviceId), { ok: false, reason: 'stopped' })
})

t.test('chewed bodies of a registered device are answered 200 or 400, and it goes on being served', async (t) => {
  const errors: unknown[] = []
  const { agent, device } = await meet(t, { log: { ...silentLog, error: (fields: unknown) => void errors.push(fields) } })
  const bodies: readonly Manscdp[] = [
    { type: 'notify-alarm', sn: 1, deviceId: channelId, alarmPriority: 1, alarmMethod: '5', alarmType: '2', alarmMs: 0 },
    { type: 'notify-mobile-position', sn: 2, deviceId, positions: [{ deviceId, longitude: 1, latitude: 2 }], form: 'list', sumNum: 1 },
    { type: 'notify-catalog', sn: 3, deviceId, sumNum: 1, items: [item('1', { Event: 'ADD' })] },
    { type: 'response-catalog', sn: 4, deviceId, sumNum: 9, items: [item('1'), item('2')] },
    { type: 'response-record-info', sn: 5, deviceId, sumNum: 1, records: [{ deviceId, name: 'r', startMs: 0 }] },
    { type: 'response-config-download', sn: 6, deviceId, result: 'OK', config: { basicParam: { heartBeatIntervalS: 60 } } },
    { type: 'notify-media-status', sn: 7, deviceId, notifyType: '121' },
  ]
  void agent.queryCatalog(deviceId)
  const statuses = new Set<number>()
  for (const [seed, value] of bodies.entries()) {
    for (const chewed of chew([writeManscdp(value, 'utf-8')], 40, seed)) {
      const { status } = await device.send(seed % 2 === 0 ? 'MESSAGE' : 'NOTIFY', [{ name: 'Content-Type', value: manscdpType }], chewed)
      statuses.add(status)
    }
  }
  t.same([...statuses].sort(), [200, 400])
  t.same(errors, [])
  answerBy(device, (sn) => writeManscdp({ type: 'response-device-info', sn, deviceId, result: 'OK' }, 'utf-8'))
  t.match(await agent.ask(deviceId, { type: 'query-device-info', deviceId }), { ok: true })
})
