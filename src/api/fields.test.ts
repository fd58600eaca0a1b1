import t from 'tap'
import { field } from '../registry/field-row.ts'
import { createDivisions, fieldTable, parseDivisions, ruleTable } from '../registry/index.ts'
import { describeField } from './fields.ts'
import { house, v1 } from './test/house.ts'
import type { DivisionList, FieldTable } from './schema/index.ts'

t.test('the field table as data, both languages, codes included', async (t) => {
  const { ask } = await house(t)
  const answer = await ask('viewer', 'GET', `${v1}/fields`)
  t.equal(answer.statusCode, 200)
  const { items, groups } = answer.json<FieldTable>()
  t.same(items.map(({ name }) => name), fieldTable.map(({ name }) => name))
  t.ok(items.every(({ group }) => groups.some(({ name }) => name === group)))
  t.match(items.find(({ name }) => name === 'encoding'), { zh: '摄像机编码格式', abbreviation: 'SXJBMGS', element: 'Info.EncodeType', trap: /3GP/, codes: [{ code: '1' }, { code: '2' }, { code: '3' }, { code: '4', zh: 'H.265' }], mandatory: 'no' })
  t.same(items.find(({ name }) => name === 'recordDays')?.mandatory, ['1'])
  t.same(items.filter(({ isChecked }) => isChecked).map(({ name }) => name), ['functionType', 'longitude', 'latitude', 'networking', 'policeUnit', 'managementUnit'], 'the four checked fields')
  t.equal((await ask(undefined, 'GET', `${v1}/fields`)).statusCode, 401)
})

t.test('a row more is a field more', async (t) => {
  const described = describeField(field({ name: 'area', group: 'place', zh: '新字段', en: 'New field', abbreviation: 'XZD', type: 'code', table: [{ code: '1', zh: '甲', en: 'one' }], source: 'a test' }))
  t.match(described, { zh: '新字段', codes: [{ code: '1' }], mandatory: 'no', aliases: [], isPersonal: false })
})

t.test('rules as data', async (t) => {
  const { ask } = await house(t)
  const { items } = (await ask('viewer', 'GET', `${v1}/record-rules`)).json<{ items: readonly { code: string; field: string }[] }>()
  t.equal(items.length, ruleTable.length)
  t.match(items.find(({ code }) => code === 'coordinates.datum'), { field: 'longitude', severity: 'warning', needs: 'area', basis: { kind: 'ours' } })
})

t.test('divisions, a level at a time', async (t) => {
  const { ask } = await house(t)
  const get = async (query: string): Promise<DivisionList> => (await ask('viewer', 'GET', `${v1}/divisions${query}`)).json<DivisionList>()
  t.equal((await get('')).items.length, 34)
  const nanjing = await get('?parent=3201')
  t.match(nanjing.path, [{ code: '320000', name: '江苏省' }, { code: '320100', name: '南京市', hasChildren: true }])
  t.match(nanjing.items.find(({ code }) => code === '320116'), { name: '六合区', fullName: '江苏省南京市六合区', level: 'county', hasChildren: false })
  t.match(nanjing.items.find(({ code }) => code === '320107'), { name: '下关区', validTo: '2013-08', successor: '320106' })
  t.notOk((await get('?parent=3201&at=2026-01')).items.some(({ code }) => code === '320107'))
  t.equal((await ask('viewer', 'GET', `${v1}/divisions?parent=99`)).statusCode, 404)
  t.equal((await ask('viewer', 'GET', `${v1}/divisions?parent=320`)).statusCode, 400)
})

t.test('a table of one’s own is what is shown', async (t) => {
  const { ask } = await house(t, { divisions: createDivisions(parseDivisions('code,name\n32,江苏省')) })
  t.match((await ask('viewer', 'GET', `${v1}/divisions`)).json(), { items: [{ code: '320000' }] })
})
