import { readFileSync } from 'node:fs'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { ParseError } from '../../base/index.ts'
import { parseManscdp, readManscdp, readManscdpInTurns, writeManscdp, type DeviceCommand, type Edition, type Manscdp } from './index.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`../../../fixtures/manscdp/${name}`, import.meta.url))
const head = { sn: 1, deviceId: '32011600001310000001' } as const
const written = (value: Manscdp, edition?: Edition): string => writeManscdp(value, 'utf-8', edition).toString().replace(/\r\n/g, '')
const command = (order: DeviceCommand, edition?: Edition): string => written({ type: 'control-device-control', ...head, command: order }, edition)

t.test('each edition is written in its own words', async (t) => {
  t.match(command({ kind: 'keyframe' }, '2016'), '<IFameCmd>Send</IFameCmd>')
  t.match(command({ kind: 'keyframe' }, '2022'), '<IFrameCmd>Send</IFrameCmd>')
  t.match(command({ kind: 'keyframe' }), '<IFameCmd>Send</IFameCmd>', 'what devices of both understand best')
  t.match(command({ kind: 'keyframe', spelling: 'IFrameCmd' }, '2016'), '<IFrameCmd>Send</IFrameCmd>', 'whoever names one gets it')
  const position = { type: 'notify-mobile-position', ...head, positions: [{ deviceId: head.deviceId, longitude: 118.5, heightM: 2 }] } as const
  t.match(written(position, '2016'), /<DeviceID>\d+<\/DeviceID><Longitude>118.5<\/Longitude><\/Notify>/)
  t.match(written(position, '2022'), /<SumNum>1<\/SumNum><DeviceList Num="1"><Item><DeviceID>\d+<\/DeviceID><Longitude>118.5<\/Longitude><Height>2<\/Height><\/Item>/)
  t.match(written({ ...position, positions: [...position.positions, ...position.positions] }, '2016'), '<DeviceList Num="2">', 'more than one position has no flat form')
})

t.test('a device of 2016 is not sent what came with 2022', async (t) => {
  t.equal(command({ kind: 'record', isOn: true, streamNumber: 1 }, '2016').includes('StreamNumber'), false)
  t.equal(command({ kind: 'record', isOn: true, streamNumber: 1 }, '2022').includes('StreamNumber'), true)
  t.equal(command({ kind: 'ptz', code: 'A50F01810005003B', presetName: 'x' }, '2016').includes('PTZCmdParams'), false)
  const config = { type: 'control-device-config', ...head, config: { basicParam: { name: 'x' }, frameMirror: 1, osdConfig: { texts: [] } } } as const
  t.notMatch(written(config, '2016'), /FrameMirror|OSDConfig/)
  t.match(written(config, '2022'), /<BasicParam><Name>x<\/Name><\/BasicParam><FrameMirror>1<\/FrameMirror><OSDConfig>/)
  const query = { type: 'query-record-info', ...head, startMs: 0, endMs: 0, streamNumber: 0, alarmMethod: '5' } as const
  t.notMatch(written(query, '2016'), /StreamNumber|AlarmMethod/)
  t.same(parseManscdp(writeManscdp(query, 'gb2312')), query, 'without an edition everything is written')
})

t.test('names of the head in any case, as elements or attributes; a DeviceControl of nothing known is not guessed at', async (t) => {
  t.match(parseManscdp(Buffer.from('<QUERY CMDTYPE="recordinfo" sn="7" DeviceId="x"><STARTTIME>2026-01-01T00:00:00</STARTTIME><type>ALL</type></QUERY>')), { type: 'query-record-info', sn: 7, deviceId: 'x', recordType: 'all' })
  const order = (inside: string): unknown => parseManscdp(Buffer.from(`<Control><CmdType>DeviceControl</CmdType><SN>1</SN><DeviceID>x</DeviceID>${inside}</Control>`))
  t.match(order('<FormatSDCard>all</FormatSDCard>'), { command: { kind: 'other' }, raw: { FormatSDCard: 'all' } }, 'not card 0, which would be all of them')
  t.match(order('<RecordCmd>Pause</RecordCmd>'), { command: { kind: 'other' }, raw: { RecordCmd: 'Pause' } })
  t.match(order('<TargetTrack>Follow</TargetTrack>'), { command: { kind: 'other' } })
  t.match(order('<GuardCmd></GuardCmd>'), { command: { kind: 'other' } })
  t.match(order(''), { command: { kind: 'other' } })
  t.match(order('<TeleBoot>Boot</TeleBoot><PTZCmd>A50F0100000000B5</PTZCmd>'), { command: { kind: 'reboot' }, raw: { PTZCmd: 'A50F0100000000B5' } }, 'one command in a message; the rest is kept')
})

t.test('a word that a field does not know stays in raw, and the rest is read', async (t) => {
  const value = parseManscdp(Buffer.from('<Response><CmdType>DeviceStatus</CmdType><SN>1</SN><DeviceID>x</DeviceID><Result>Good</Result><Online>MAYBE</Online><Encode>RUNNING</Encode><DeviceTime>noon</DeviceTime><Alarmstatus Num="3"/></Response>'))
  t.same(value, { type: 'response-device-status', sn: 1, deviceId: 'x', result: 'OK', online: 'unknown', alarms: [], raw: { Result: 'Good', Online: 'MAYBE', Encode: 'RUNNING', DeviceTime: 'noon' } })
  t.same(parseManscdp(writeManscdp(value, 'utf-8')), value)
})

t.test('what stands beside the entries of a list, or inside a field, is kept too', async (t) => {
  const value = parseManscdp(Buffer.from('<Response><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>x</DeviceID><SumNum unit="items">1</SumNum><DeviceList Num="1" Page="2"><Total>9</Total><Item><DeviceID>32</DeviceID></Item></DeviceList></Response>'))
  t.match(value, { sumNum: 1, items: [{ id: '32' }], raw: { 'SumNum.unit': 'items', 'DeviceList.Total': '9', 'DeviceList.Page': '2' } })
  t.same(parseManscdp(writeManscdp(value, 'utf-8')), value)
  const records = parseManscdp(Buffer.from('<Response><CmdType>RecordInfo</CmdType><SN>1</SN><DeviceID>x</DeviceID><SumNum>1</SumNum><RecordList Num="1"><More>1</More><Item><DeviceID>32</DeviceID><Name lang="zh">n</Name></Item></RecordList></Response>'))
  t.match(records, { records: [{ name: 'n', raw: { 'Name.lang': 'zh' } }], raw: { 'RecordList.More': '1' } })
  t.same(parseManscdp(writeManscdp(records, 'utf-8')), records)
})

t.test('numbers: written plainly, read with signs and fractions, and nothing that is none', async (t) => {
  const position = (longitude: number): unknown => {
    const value = parseManscdp(writeManscdp({ type: 'notify-mobile-position', ...head, positions: [{ deviceId: head.deviceId, longitude }] }, 'utf-8'))
    return value.type === 'notify-mobile-position' && value.positions[0]?.longitude
  }
  for (const number of [0, -0.5, 118.123456789, 1e-7, -180]) t.equal(position(number), number, String(number))
  const said = (text: string): unknown => {
    const value = parseManscdp(Buffer.from(`<Notify><CmdType>VideoUploadNotify</CmdType><SN>1</SN><DeviceID>x</DeviceID><Longitude>${text}</Longitude></Notify>`))
    return value.type === 'notify-video-upload-notify' && value.longitude
  }
  t.same(['118.5', '+118.5', '.5', '5.'].map(said), [118.5, 118.5, 0.5, 5])
  t.same(['', '1e3', '118,5', '0x10', 'NaN', 'Infinity', '1.2.3', '118°30'].map(said), [undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined])
})

t.test('a large catalog in turns reads as at once; no turn reads more than its part', async (t) => {
  const items = Array.from({ length: 1500 }, (_, i) => ({ id: `3201160000131${String(i).padStart(7, '0')}`, name: `朱镕路𠮷${i}`, status: 'on' as const, type: 'channel' as const, raw: { DeviceID: `3201160000131${String(i).padStart(7, '0')}`, Name: `朱镕路𠮷${i}`, Status: 'ON', Address: '六'.repeat(60), 'Info.PTZType': '1', Vendor: String(i) } }))
  const value: Manscdp = { type: 'response-catalog', sn: 1, deviceId: '1', sumNum: 1500, items }
  for (const charset of ['gb18030', 'utf-8'] as const) {
    const bytes = writeManscdp(value, charset)
    let turns = 0
    const reading = await readManscdpInTurns(bytes, async () => void turns++)
    t.same(reading, readManscdp(bytes), charset)
    t.same(reading.value, value)
    t.ok(bytes.length > 262_144 && turns >= 3, `${bytes.length} bytes in ${turns} turns`)
    const broken = Buffer.concat([bytes.subarray(0, bytes.length - 200), Buffer.from('\0\0')])
    t.same(await readManscdpInTurns(broken, async () => {}), readManscdp(broken), 'cut short')
  }
  await t.rejects(readManscdpInTurns(Buffer.alloc(300_000), async () => {}), { code: 'manscdp.malformed' })
})

t.test('chewed bodies of every kind: what can be read can be written in any edition and read again', async (t) => {
  const names = ['control-device-config-2022.xml', 'control-target-track-2022.xml', 'control-ptz-platform-of-2013.xml', 'notify-alarm-type-beside-info.xml', 'notify-mobile-position-2022.xml', 'record-info-odd-times.xml', 'config-download-2022.xml', 'config-download-svac.xml', 'device-status-2022.xml', 'sd-card-status-2022.xml', 'cruise-track-query-2022.xml', 'control-vendor.xml', 'query-record-info-2022.xml', 'notify-catalog-2022.xml']
  let read = 0
  for (const bytes of chew(names.map(fixture), 4000, 2022)) {
    try {
      const value = parseManscdp(bytes)
      for (const edition of [undefined, '2016', '2022'] as const) parseManscdp(writeManscdp(value, 'gb18030', edition))
      const again = parseManscdp(writeManscdp(value, 'utf-8'))
      if (JSON.stringify(parseManscdp(writeManscdp(again, 'utf-8'))) !== JSON.stringify(again)) t.same(parseManscdp(writeManscdp(again, 'utf-8')), again)
      read++
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
  t.ok(read > 2000, `${read} of 4000 read`)
})
