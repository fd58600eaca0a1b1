import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { ParseError } from '../../base/index.ts'
import { chew } from '../../base/chew.ts'
import { decodeText, encodeText } from './charset.ts'
import { parseManscdp, writeManscdp, type CatalogItem, type CatalogResponse, type Manscdp } from './index.ts'

const folder = new URL('../../../fixtures/manscdp/', import.meta.url)
const fixture = (name: string): Buffer => readFileSync(new URL(name, folder))
const files = readdirSync(folder).filter((name) => name.endsWith('.xml'))
const sound = files.filter((name) => !name.startsWith('damaged-'))

const catalog = (name: string): CatalogResponse => {
  const value = parseManscdp(fixture(name))
  if (value.type !== 'response-catalog') throw new Error(`${name} is ${value.type}`)
  return value
}

t.test('keepalive: with and without a declared charset, with faulty sub-devices', async (t) => {
  t.same(parseManscdp(fixture('keepalive-no-encoding.xml')), { type: 'notify-keepalive', sn: 43, deviceId: '32011600001320000001', status: 'OK', faulty: [] })
  t.same(parseManscdp(fixture('keepalive-faulty.xml')), {
    type: 'notify-keepalive', sn: 7, deviceId: '32011600001180000001', status: 'ERROR', faulty: ['32011600001310000002', '32011600001310000005'],
  })
})

t.test('catalog: GB 2312 bytes without a declaration are read, vendor elements are kept', async (t) => {
  const { sumNum, sn, deviceId, items } = catalog('catalog-2016-gb2312.xml')
  t.same([sumNum, sn, deviceId, items.length], [9, 17430, '320116000011800001', 1])
  t.match(items[0], { id: '32', name: '江苏省', status: 'on', parentId: '320116000011800001', type: 'region', raw: { CatalogType: '1', DecorderTag: 'x', CivilCode: 'CivilCode' } })
})

t.test('catalog: regions and groups are told from channels, Info is flattened, the first parent counts', async (t) => {
  const { items } = catalog('catalog-2022-gb18030.xml')
  t.same(items.map((item) => item.type), ['region', 'group', 'channel', 'channel'])
  t.match(items[2], {
    name: '朱镕路与𠮷祥街口', parentId: '32011600001180000001', status: 'on',
    raw: { Longitude: '118.8412', 'Info.FunctionType': '01/03', 'Info.ManagementUnit': '六合分局', 'Info.PointType': '1', ParentID: '32011600001180000001/32011600002160000001' },
  })
  t.same([items[3]?.status, items[3]?.parentId], ['unknown', undefined], 'an item that names itself has no parent; FAULT says nothing')
})

t.test('catalog: the bytes decide the charset, not the declaration', async (t) => {
  t.match(catalog('catalog-says-gb2312-is-utf8.xml').items, [{ name: '高架桥下', status: 'off' }])
})

t.test('catalog: names in any case, fields as attributes', async (t) => {
  const { sumNum, deviceId, items } = catalog('catalog-odd-case-attributes.xml')
  t.same([sumNum, deviceId], [2, '32011600001180000001'])
  t.match(items, [
    { id: '32011600001310000004', name: 'A', status: 'on' },
    { id: '32011600001310000005', name: 'B', status: 'off', raw: { 'Info.PTZType': '1' } },
  ])
})

t.test('catalog: bare & and <, control bytes, NUL padding and a tail are repaired', async (t) => {
  t.match(catalog('catalog-bare-ampersand.xml').items, [{ name: 'A&B 限高<3米 <东>', status: 'unknown' }])
})

t.test('catalog: a total of 0 is a valid answer', async (t) => {
  t.match(catalog('catalog-empty.xml'), { sumNum: 0, items: [] })
})

t.test('device info in both editions; device status apart from its result', async (t) => {
  t.match(parseManscdp(fixture('device-info-2011.xml')), { type: 'response-device-info', channels: 8, model: 'M-8', deviceType: 'DVR', maxAlarms: 4 })
  t.match(parseManscdp(fixture('device-info-2022.xml')), { name: '路口录像机', channels: 16, firmware: 'V5.5.61', result: 'OK' })
  t.match(parseManscdp(fixture('device-status-offline-ok.xml')), { type: 'response-device-status', result: 'OK', online: 'offline', deviceTimeMs: Date.UTC(2026, 0, 1, 19, 4, 5), encode: 'on', record: 'off', alarms: [] })
})

t.test('what neither edition has is named, with its fields', async (t) => {
  const bytes = Buffer.from('<Notify><CmdType>Weather</CmdType><SN>14</SN><DeviceID>32011600001310000001</DeviceID><Rain>1</Rain><Wind><Force>3</Force></Wind></Notify>')
  t.same(parseManscdp(bytes), { type: 'other', root: 'Notify', cmdType: 'Weather', sn: 14, deviceId: '32011600001310000001', raw: { Rain: '1', 'Wind.Force': '3' } })
})

t.test('damaged bodies are refused with one code', async (t) => {
  for (const name of files.filter((file) => file.startsWith('damaged-'))) t.throws(() => parseManscdp(fixture(name)), { name: 'ParseError', code: 'manscdp.malformed' }, name)
  t.throws(() => parseManscdp(Buffer.from(`<a>${'<b>'.repeat(60)}${'</b>'.repeat(60)}</a>`)), { code: 'manscdp.malformed' }, 'too deep')
  t.throws(() => parseManscdp(Buffer.alloc(0)), { code: 'manscdp.malformed' }, 'empty')
})

const item: CatalogItem = {
  id: '32011600001310000009', name: '中山路<北>&"南"', status: 'on', parentId: '32011600001180000001', type: 'channel',
  raw: { DeviceID: '32011600001310000009', Name: '中山路<北>&"南"', Manufacturer: 'V', ParentID: '32011600001180000001', Status: 'ON', 'Info.PTZType': '1', 'Vendor.Deep.Tag': 'x' },
}
const values: readonly Manscdp[] = [
  { type: 'query-catalog', sn: 1, deviceId: '32011600001180000001' },
  { type: 'query-device-info', sn: 2, deviceId: '32011600001180000001' },
  { type: 'query-device-status', sn: 3, deviceId: '32011600001180000001' },
  { type: 'notify-keepalive', sn: 4, deviceId: '32011600001180000001', status: 'ERROR', faulty: ['32011600001310000001'] },
  { type: 'notify-catalog', sn: 5, deviceId: '32011600001180000001', sumNum: 1, items: [{ ...item, raw: { ...item.raw, Event: 'ADD' } }] },
  { type: 'response-catalog', sn: 6, deviceId: '32011600001180000001', sumNum: 2, items: [item] },
  { type: 'response-device-info', sn: 7, deviceId: '32011600001180000001', result: 'OK', name: '录像机', manufacturer: 'V', model: 'M', firmware: 'F', channels: 4, maxAlarms: 1, raw: { Vendor: 'x' } },
  { type: 'response-device-status', sn: 8, deviceId: '32011600001180000001', result: 'ERROR', online: 'online', deviceTimeMs: Date.UTC(2026, 0, 2), status: 'OK', alarms: [] },
  { type: 'other', root: 'Control', cmdType: 'Vendor', sn: 9, deviceId: '32011600001310000001', raw: { 'A.B': '1' } },
]

t.test('every value is read back as it was written, in every charset', async (t) => {
  for (const charset of ['gb2312', 'gb18030', 'utf-8'] as const) {
    for (const value of values) t.same(parseManscdp(writeManscdp(value, charset)), value, `${value.type} in ${charset}`)
  }
})

t.test('every sound fixture survives parse, write, parse', async (t) => {
  for (const name of sound) {
    const value = parseManscdp(fixture(name))
    t.same(parseManscdp(writeManscdp(value, 'gb18030')), value, name)
  }
})

t.test('an item without raw fields is written from its typed ones', async (t) => {
  const bare = parseManscdp(writeManscdp({ type: 'response-catalog', sn: 1, deviceId: '1', sumNum: 1, items: [{ ...item, raw: {} }] }, 'utf-8'))
  t.match(bare, { items: [{ id: item.id, name: item.name, status: 'on', parentId: '32011600001180000001' }] })
})

t.test('charset: marks, the declared bytes, and what a charset cannot say', async (t) => {
  t.equal(decodeText(Buffer.from('d5e3bdadcaa1', 'hex')), '浙江省')
  t.equal(decodeText(Buffer.from('\ufeff浙江省')), '浙江省')
  t.equal(decodeText(Buffer.from('\ufeff浙江省', 'utf16le')), '浙江省')
  t.equal(encodeText('浙江省', 'gb2312').toString('hex'), 'd5e3bdadcaa1')
  t.equal(encodeText('𠮷', 'gb2312').toString(), '?')
  t.equal(decodeText(encodeText('𠮷', 'gb18030')), '𠮷')
  t.match(writeManscdp({ type: 'query-catalog', sn: 1, deviceId: '1' }, 'gb2312').toString(), /^<\?xml version="1.0" encoding="GB2312"\?>/)
})

t.test('chewed bodies raise ParseError and nothing else, and are not altered', async (t) => {
  let refused = 0
  for (const bytes of chew(files.map(fixture), 4000, 28181)) {
    const before = Buffer.from(bytes)
    try {
      const value = parseManscdp(bytes)
      parseManscdp(writeManscdp(value, 'gb18030'))
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      refused++
    }
    if (!before.equals(bytes)) t.fail('input altered')
  }
  t.ok(refused > 100 && refused < 4000, `${refused} of 4000 refused`)
})
