import { readFileSync } from 'node:fs'
import t from 'tap'
import { catalogFields, catalogItem, parentsOf } from './item-fields.ts'
import { parseManscdp, writeManscdp, type CatalogItem } from './index.ts'

const id = '32011600001310000001'
const entry = (fields: string): CatalogItem => {
  const value = parseManscdp(Buffer.from(`<Response><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>d</DeviceID><SumNum>1</SumNum><DeviceList Num="1"><Item><DeviceID>${id}</DeviceID>${fields}</Item></DeviceList></Response>`))
  const [item] = value.type === 'response-catalog' ? value.items : []
  if (!item) throw new Error('no item')
  return item
}

t.test('fields of both editions by their meaning, and back', async (t) => {
  const value = parseManscdp(readFileSync(new URL('../../../fixtures/manscdp/catalog-2022-gb18030.xml', import.meta.url)))
  const item = value.type === 'response-catalog' ? value.items[2] : undefined
  if (!item) throw new Error('no item')
  const fields = catalogFields(item)
  t.same(fields, {
    deviceId: id, name: '朱镕路与𠮷祥街口', manufacturer: 'Vendor', model: 'M-1', civilCode: '320116', block: '320116001', address: '雄州街道', isParent: false,
    parentIds: ['32011600001180000001', '32011600002160000001'], registerWay: 1, isSecret: false, status: 'ON', longitude: 118.8412, latitude: 32.342,
    ptzType: 3, capturePositionType: '0020000', directionType: 4, grassrootsCode: '001001', pointType: 1, mac: 'AA-BB-CC-00-11-22', functionTypes: ['01', '03'], encodeTypes: ['5'],
    installTime: '2023-05-01T00:00:00', managementUnit: '六合分局', contactInfo: ['025-00000000'], recordSaveDays: 90,
  })
  t.same(catalogFields(catalogItem(fields)), fields)
  t.match(catalogItem(fields), { id, name: '朱镕路与𠮷祥街口', status: 'on', parentId: '32011600001180000001', type: 'channel', raw: { 'Info.PointType': '1' } })
  const older = { deviceId: id, owner: 'O', safetyWay: 0, certNum: '1', certifiable: 1, errCode: 0, endTime: '2030-01-01T00:00:00', positionType: 3, useType: 1 } as const
  t.same(catalogFields(catalogItem(older)), older, '2016')
  t.throws(() => catalogItem({ deviceId: '' }), TypeError)
})

t.test('what does not fit its field stays as it was', async (t) => {
  t.same(catalogFields(entry('<Longitude>east</Longitude><Port>none</Port><Info><PTZType>dome</PTZType><Vendor>1</Vendor></Info><CatalogType>1</CatalogType>')), {
    deviceId: id, raw: { Longitude: 'east', Port: 'none', 'Info.PTZType': 'dome', 'Info.Vendor': '1', CatalogType: '1' },
  })
})

t.test('Parental: 1 is yes; 0, 65535 and negative numbers are no; empty says nothing', async (t) => {
  t.same(['1', '0', '65535', '-1', '', 'x'].map((said) => catalogFields(entry(`<Parental>${said}</Parental>`)).isParent), [true, false, false, false, undefined, undefined])
})

t.test('parents: itself and the server are dropped, several kept, and what is left hangs on the device', async (t) => {
  const parents = (said: string): readonly string[] => parentsOf(entry(`<ParentID>${said}</ParentID>`), 'd', 's')
  t.same([parents('a/b/c'), parents(id), parents('s'), parents(''), parents(` a / ${id} /`), parents('d')], [['a', 'b', 'c'], ['d'], ['d'], ['d'], ['a'], ['d']])
  t.same(parentsOf({ ...entry(''), id: 'd' }, 'd'), [], 'the device itself')
})

t.test('status in every word of the field', async (t) => {
  const words = { ON: 'on', ONLINE: 'on', OK: 'on', '1': 'on', on: 'on', OFF: 'off', OFFLINE: 'off', '0': 'off', FAULT: 'unknown', '': 'unknown' } as const
  for (const [said, status] of Object.entries(words)) t.equal(entry(`<Status>${said}</Status>`).status, status, said)
})

t.test('a business group beside Info or inside it; groups and regions by their codes', async (t) => {
  t.equal(catalogFields(entry('<BusinessGroupID>g</BusinessGroupID>')).businessGroupId, 'g')
  t.equal(catalogFields(entry('<Info><BusinessGroupID>g</BusinessGroupID></Info>')).businessGroupId, 'g')
  const typeOf = (deviceId: string): string => catalogItem({ deviceId }).type
  t.same([typeOf('32'), typeOf('32011600'), typeOf('32011600002150000001'), typeOf('32011600002160000001'), typeOf(id), typeOf('320116000013100001')], ['region', 'region', 'group', 'group', 'channel', 'channel'])
})

t.test('a repeated field and a repeated part are both kept, in the order they came', async (t) => {
  const item = entry('<A>1</A><A>2</A><A>1</A><P><X>1</X></P><P><X>2</X><X>3</X></P><constructor>c</constructor>')
  t.same(item.raw, { DeviceID: id, A: '1', 'A[2]': '2', 'A[3]': '1', 'P.X': '1', 'P[2].X': '2', 'P[2].X[2]': '3', constructor: 'c' })
  const again = parseManscdp(writeManscdp({ type: 'response-catalog', sn: 1, deviceId: 'd', sumNum: 1, items: [item] }, 'utf-8'))
  t.same(again.type === 'response-catalog' && again.items, [{ ...item }])
})

t.test('an item has room for 200 fields of 4,096 characters', async (t) => {
  const item = entry(`${Array.from({ length: 300 }, (_, i) => `<F${i}>x</F${i}>`).join('')}`)
  t.equal(Object.keys(item.raw).length, 200)
  t.equal(entry(`<Name>${'x'.repeat(10_000)}</Name>`).name.length, 4096)
})
