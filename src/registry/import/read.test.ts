import t from 'tap'
import { readFileSync } from 'node:fs'
import { fieldTable } from '../field-table.ts'
import { planImport } from '../importing.ts'
import { openSheet } from '../io/open-sheet.ts'
import { parseOutlines } from '../outline.ts'
import { cameraCells, headingCells, maskContact, rejectedCells, rejectedHeading, rejectedHeadings } from '../transfer.ts'
import type { Camera, Fields } from '../types.ts'
import { fieldOfHeading } from './headings.ts'
import { readImport, type ReadOptions } from './read.ts'
import type { CellMark, CellType, SheetEnd, SheetRow, SheetSource } from './sheet.ts'
import type { Choices, ImportPreview, StagedRow } from './types.ts'

const fixture = (name: string): string => new URL(`../../../fixtures/records/${name}`, import.meta.url).pathname
const outlines = parseOutlines(readFileSync(fixture('outlines.geojson'), 'utf8'))
const rules = { nowMs: Date.UTC(2026, 0, 1), outlines }

interface Cell {
  readonly text: string
  readonly type?: CellType
  readonly mark?: CellMark
}
type Rows = readonly (readonly (string | Cell)[])[]

function sourceOf(sheets: Readonly<Record<string, Rows>>, more: Partial<SheetSource> & { readonly end?: Partial<SheetEnd>; readonly hidden?: readonly string[]; readonly beyond?: number } = {}): SheetSource {
  const { end = {}, hidden = [], beyond, ...rest } = more
  const names = Object.keys(sheets)
  return {
    kind: 'xlsx',
    sheets: names.map((name) => ({ name, isHidden: hidden.includes(name) })),
    progress: () => ({ read: 0, total: 0 }),
    close: async () => {},
    rows: async function* ({ sheet }): AsyncGenerator<readonly SheetRow[], SheetEnd> {
      for (const [at, row] of (sheets[names[sheet] ?? ''] ?? []).entries()) {
        const cells = row.map((cell) => (typeof cell === 'string' ? cell : cell.text))
        if (cells.every((cell) => cell === '')) continue
        const marks = new Map(row.flatMap((cell, column) => (typeof cell === 'string' || !cell.mark ? [] : [[column, cell.mark] as const])))
        yield [{ number: at + 1, cells, types: row.map((cell) => (typeof cell === 'string' ? undefined : cell.type)), ...(marks.size > 0 ? { marks } : {}), ...(beyond !== undefined ? { beyond } : {}) }]
      }
      return { merges: [], moreMerges: 0, hiddenColumns: [], ...end }
    },
    ...rest,
  }
}

interface Outcome {
  readonly preview: ImportPreview
  readonly staged: readonly StagedRow[]
}
async function readFrom(source: SheetSource, choices: Choices = {}, more: Partial<ReadOptions> = {}): Promise<Outcome> {
  const staged: StagedRow[] = []
  const preview = await readImport({ source, choices, rules, isInside: () => true, find: () => new Map(), staging: { save: (rows) => staged.push(...rows), clear: () => void staged.splice(0) }, ...more })
  return { preview, staged }
}
const read = (rows: Rows, choices?: Choices, more?: Partial<ReadOptions>): Promise<Outcome> => readFrom(sourceOf({ 表: rows }), choices, more)
const declared = ({ staged }: Outcome): readonly (Fields | undefined)[] => staged.map(({ written }) => written?.declared)
const kinds = ({ preview }: Outcome): Record<string, string[]> =>
  Object.fromEntries(preview.normalisations.map(({ kind, field, count, examples }) => [`${kind} ${field} ${count}`, examples.map(({ row, column, from, to }) => `${column}${row} ${from} > ${to}`)]))

const [a, b, c] = ['32011600001320000101', '32011600001320000102', '32011600001320000103'] as const

t.test('headings: any name of a field, in any dress', async (t) => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['设备编码', 'code'], [' *设备编码（必填）', 'code'], ['设备\n编码', 'code'], ['ＳＢＢＭ', 'code'], ['sbbm', 'code'], ['Device code *', 'code'], ['国标编码：', 'code'],
    ['经度(JD)', 'longitude'], ['JD（经度）', 'longitude'], ['东经(JD)', 'longitude'], ['3、纬度', 'latitude'], ['WD纬度', 'latitude'], ['纬度 WD', 'latitude'],
    ['所属部门/行业', 'industry'], ['★联网属性☆', 'networking'], ['“管理单位”', 'managementUnit'], ['IPV4', 'ipv4'], ['\ufeffMAC地址', 'mac'],
    ['序号（SN）', undefined], ['经度纬度', undefined], ['', undefined], ['备注', undefined], ['x'.repeat(300), undefined],
  ]
  for (const [heading, name] of cases) t.equal(fieldOfHeading(heading)?.name, name, JSON.stringify(heading))
  for (const row of fieldTable) for (const heading of [row.name, row.zh, row.en, row.abbreviation, ...(row.aliases ?? [])]) t.equal(fieldOfHeading(heading)?.name, row.name, heading)
})

t.test('headings are found below titles and over two rows; what names no field is said', async (t) => {
  const { preview, staged } = await read([
    ['某区登记表'],
    ['填表说明：经度、纬度取六位小数'],
    [' 纬度 ', 'Device name', '*设备编码（必填）', '备注', '坐标', '', '责任人'],
    ['', '', '', '', '经度', '安装地址'],
    ['32.341872', '棠城路', a, '好', '118.847231', '街道'],
    ['', '', '', 'a remark alone is no row'],
    [],
    ['', '', b],
  ])
  t.match(preview, { headingRow: 3, counts: { rows: 2, created: 2 } })
  t.same(preview.columns.map(({ column, heading, field }) => [column, heading, field]), [['A', '纬度', 'latitude'], ['B', 'Device name', 'name'], ['C', '*设备编码（必填）', 'code'], ['D', '备注', undefined], ['E', '坐标 经度', 'longitude'], ['F', '安装地址', 'address'], ['G', '责任人', undefined]])
  t.same(declared({ preview, staged }), [{ latitude: '32.341872', name: '棠城路', code: a, longitude: '118.847231', address: '街道' }, { code: b }])
  t.match(preview.notes.find(({ code }) => code === 'columns.unknown'), { count: 2, message: { zh: /备注、责任人/ } })
  await t.rejects(read([['设备名称', '经度'], ['a', '1']]), { code: 'import.unreadable', message: /no row among the first 30 of the sheet 表 has the headings: one must be 设备编码 \(SBBM\)/ })
  await t.rejects(read([]), { code: 'import.unreadable' })
})

t.test('two columns for one field: asked, and never both', async (t) => {
  const rows = [['SBBM', '经度', 'JD', '设备名称'], [a, '118.1', '118.2', '甲']]
  const asked = await read(rows)
  t.match(asked.preview.needs, [{ choice: 'column', field: 'longitude', message: { zh: /经度（JD）有2列：B、C/ }, options: [{ value: 'B' }, { value: 'C' }, { value: '' }] }])
  t.same(declared(asked), [{ code: a, name: '甲' }])
  t.same(declared(await read(rows, { columns: { longitude: 'C' } })), [{ code: a, name: '甲', longitude: '118.2' }])
  t.same((await read(rows, { columns: { longitude: '' } })).preview.needs, [])
  const codes = await read([['SBBM', '设备编码', '名称'], [a, b, '甲']])
  t.match(codes.preview, { needs: [{ field: 'code' }], counts: { rows: 0 } }, 'without a code nothing is known of any row')
  const assigned = await read([['设备名称', '编号', '安装地址'], ['甲', a, '街']], { columns: { code: 'B' } })
  t.same(declared(assigned), [{ code: a, name: '甲', address: '街' }], 'a column that names no field may be given one')
  await t.rejects(read(rows, { columns: { code: '' } }), { code: 'import.unreadable' })
})

t.test('which sheet: the visible one with headings, or it is asked', async (t) => {
  const register = [['SBBM', 'SBMC'], [a, '甲']]
  const one = await readFrom(sourceOf({ 说明: [['请填写']], 登记表: register, 字典: [['代码', '含义']] }))
  t.match(one.preview, { sheet: '登记表', counts: { rows: 1 }, notes: [{ code: 'sheet.others' }] })
  const several = sourceOf({ 一月: register, 二月: register, 旧: register }, { hidden: ['旧'] })
  t.match((await readFrom(several)).preview, { needs: [{ choice: 'sheet', options: [{ value: '一月' }, { value: '二月' }] }], counts: { rows: 0 } })
  t.match((await readFrom(several, { sheet: '旧' })).preview, { sheet: '旧', counts: { rows: 1 } })
  await t.rejects(readFrom(several, { sheet: '三月' }), { code: 'import.unreadable', message: /no sheet "三月"/ })
  t.match((await readFrom(sourceOf({ 封面: [['x']], 隐: register }, { hidden: ['隐'] }))).preview.needs, [{ choice: 'sheet', message: { zh: /只有隐藏的工作表/ } }])
  await t.rejects(readFrom(sourceOf({ 甲: [['x']], 乙: [['y']] })), { code: 'import.unreadable', message: /none of the 2 sheets/ })
})

t.test('networking 0 and 1 are never guessed', async (t) => {
  const rows = [['SBBM', 'LWSX'], [a, '1'], [b, '０'], [c, '已联网'], ['32011600001320000104', ''], ['32011600001320000105', '是'], ['32011600001320000106', '1.0']]
  const asked = await read(rows)
  t.match(asked.preview.needs[0]?.values, [{ value: '1', count: 2, meanings: { networked: { zh: '已联网' }, 'not-networked': { zh: '未联网' } } }, { value: '0', count: 1, meanings: { networked: { zh: '未联网' }, 'not-networked': { zh: '已联网' } } }])
  t.match(asked.preview.rejections, [{ code: 'networking.unknown', rows: [6] }])
  const one = await read(rows, { networkingOne: 'networked', codes: { networking: { 是: 'networked' } } })
  t.same(declared(one).map((fields) => fields?.networking), ['networked', 'not-networked', 'networked', undefined, 'networked', 'networked'])
  t.same((await read(rows, { networkingOne: 'not-networked' })).staged.slice(0, 2).map(({ written }) => written?.declared.networking), ['not-networked', 'networked'])
  t.same((await read([['SBBM', 'LWSX'], [a, '未联网']])).preview.needs, [], 'words need no choice')
})

t.test('tables of makers, and codes that no table has', async (t) => {
  const rows = [['SBBM', '厂商', '功能类型'], [a, '01', '1,5'], [b, '05', '普通监控、夜视'], [c, '99', '5'], ['32011600001320000104', '苹果', '5']]
  const asked = await read(rows)
  t.match(asked.preview.needs, [{ choice: 'manufacturerTable', values: [{ value: '01', meanings: { national: { zh: '海康' }, jiangsu: { zh: '大华' } } }, { value: '05', meanings: { jiangsu: { zh: '派尔高' } } }] }])
  t.match(asked.preview.unknownCodes, [{ field: 'manufacturer', values: [{ value: '苹果', count: 1 }] }, { field: 'functionType', values: [{ value: '夜视', count: 1 }] }])
  t.same(declared(await read(rows, { manufacturerTable: 'national' })).map((fields) => fields?.manufacturer), ['1', '5', '99', '苹果'])
  const mapped = await read(rows, { manufacturerTable: 'jiangsu', codes: { manufacturer: { 苹果: '99' }, functionType: { 夜视: '' } } })
  t.same(declared(mapped).map((fields) => [fields?.manufacturer, fields?.functionType]), [['2', '1/5'], ['派尔高', '5'], ['99', '5'], ['99', '5']])
  t.same((await read([['SBBM', '厂商'], [a, '10'], [b, '00']], { manufacturerTable: 'jiangsu' })).staged.map(({ outcome }) => outcome), ['rejected', 'created'], 'Jiangsu has no 10')
  t.same((await read([['SBBM', '厂商'], [a, '1'], [b, '10']])).preview.needs, [], 'plain numbers are the national ones')
})

t.test('every change of a value is said, with its cell', async (t) => {
  const found = await read([
    ['SBBM', 'SBMC', 'AZSJ', 'MAC地址', '厂商', '功能类型', '录像保存天数', '经度', 'IPv6地址', '联系方式', '管理单位联系方式'],
    [` ${a}\u200b`, '甲 ', '2021/3/5', 'a4:14:37:00:00:01', '海康', '1，5', '30天', '118.847231°', 'FE80::1', 'x', '138****5678'],
    ['３２０１１６００００１３２００００１０２', '乙（东）', '44260', '', '1', '5/5', '30.0', '118.847231', '', '', ''],
    [{ text: c, mark: 'guarded' }, { text: '丙', mark: 'recoded' }, { text: '2021-03-05', type: 'date' }, '', { text: '1', mark: 'formula' }, { text: '5', mark: 'merged' }, '', '', '', '', ''],
  ])
  t.match(found.preview.counts, { rows: 3, created: 3 })
  t.same(kinds(found), {
    'blanks code 1': [`A2  ${a}\u200b > ${a}`],
    'blanks name 1': ['B2 甲  > 甲'],
    'date installedAt 1': ['C2 2021/3/5 > 2021-03-05'],
    'mac mac 1': ['D2 a4:14:37:00:00:01 > A4-14-37-00-00-01'],
    'label manufacturer 1': ['E2 海康 > 1'],
    'list functionType 2': ['F2 1，5 > 1/5', 'F3 5/5 > 5'],
    'number recordDays 2': ['G2 30天 > 30', 'G3 30.0 > 30'],
    'number longitude 1': ['H2 118.847231° > 118.847231'],
    'case ipv6 1': ['I2 FE80::1 > fe80::1'],
    'masked contact 1': ['K2 … > …'],
    'width code 1': [`A3 ３２０１１６００００１３２００００１０２ > ${b}`],
    'date-number installedAt 1': ['C3 44260 > 2021-03-05'],
    'guarded code 1': [`A4 '${c} > ${c}`],
    'recoded name 1': ['B4 丙 > 丙'],
    'formula manufacturer 1': ['E4 1 > 1'],
    'merged functionType 1': ['F4 5 > 5'],
  })
  t.equal(declared(found)[1]?.name, '乙（东）', 'full width stays in names')
  t.notOk(declared(found)[0]?.contact, 'a masked contact is no new value')
})

t.test('what cannot be known is refused, with reason and cell', async (t) => {
  const long = 'x'.repeat(1001)
  const { preview, staged } = await read([
    ['SBBM', 'SBMC', '功能类型', 'AZDZ'],
    ['3.2E+19', '甲'],
    ['32011600001320000000', '甲'],
    ['', '甲'],
    [a, '甲', { text: '2024-08-10', type: 'date' }],
    [b, '甲', '8月10日'],
    [c, { text: '#N/A', type: 'error' }],
    ['32011600001320000104', { text: '', mark: 'no-value' }],
    ['32011600001320000105', { text: '甲', mark: 'too-long' }],
    ['32011600001320000106', { text: '甲', mark: 'undecodable' }],
    ['32011600001320000107', long],
    ['32011600001320000108', '甲'],
    ['32011600001320000108', '乙'],
    ['320116000013200001', '十八位'],
    [{ text: '', mark: 'no-value' }, '甲'],
  ])
  t.match(preview.counts, { rows: 14, created: 2, rejected: 12 })
  t.same(
    staged.filter(({ reasons }) => reasons).map(({ number, reasons = [] }) => [number, ...reasons.map(({ code, column }) => `${code} ${column}`)]),
    [[2, 'code.spoilt 0'], [3, 'code.spoilt 0'], [4, 'code.missing 0'], [5, 'cell.date 2'], [6, 'cell.date 2'], [7, 'cell.error 1'], [8, 'cell.no-value 1'], [9, 'cell.too-long 1'], [10, 'cell.undecodable 1'], [11, 'field.too-long 1'], [13, 'code.repeated 0'], [15, 'cell.no-value 0']],
  )
  const wide = await readFrom(sourceOf({ 表: [['SBBM', 'SBMC'], [a, '甲']] }, { kind: 'csv', beyond: 5 })).catch((error: unknown) => error)
  t.match(wide, { code: 'import.unreadable', message: /headings in row 1 have more than 300 columns/ })
})

t.test('merged cells below the headings are filled downwards and said, hidden ones read and said', async (t) => {
  const rows = [['登记表'], ['SBBM', 'SBMC', '管理单位'], [a, '甲', '六合分局'], [b, '乙', ''], [c, '丙', '']]
  const merges = [{ left: 0, right: 2, top: 1, bottom: 1 }, { left: 2, right: 2, top: 3, bottom: 5 }]
  let passes = 0
  const plain = sourceOf({ 表: rows }, { end: { merges, hiddenColumns: [1, 9] } })
  const { preview } = await readFrom({ ...plain, rows: (options) => (passes++, t.same(options.fill, passes === 1 ? [] : [merges[1]]), plain.rows(options)) })
  t.equal(passes, 2)
  t.match(preview.notes, [{ code: 'columns.hidden', count: 1, message: { zh: /B SBMC/ } }, { code: 'cells.merged', count: 2, message: { zh: /A1:C1、C3:C5/ } }, { code: 'cells.merged-filled', count: 1 }])
})

const office: Camera = { id: a, declared: { code: a, name: '旧名', area: '320116', address: '旧址' }, isRetired: false, isDraft: false, presence: 'unknown', findings: [], version: 4, updatedAtMs: 0 }

t.test('against the records: changed, unchanged, drafts, retired, another area, moved on since the preview', async (t) => {
  const known = new Map<string, Camera>([
    [a, office],
    [b, { ...office, id: b, declared: {}, isDraft: true, reported: { fields: { area: '320116' }, deviceId: 'd', atMs: 0, raw: {} }, version: 1 }],
    [c, { ...office, id: c, declared: { ...office.declared, code: c }, isRetired: true }],
    ['32011500001320000104', { ...office, id: '32011500001320000104', declared: { code: '32011500001320000104', area: '320115' } }],
  ])
  const find = (): ReadonlyMap<string, Camera> => known
  const rows = [['SBBM', 'SBMC', '行政区域'], [a, '新名', ''], [b, '乙', ''], [c, '丙', ''], ['32011500001320000104', '丁', ''], ['32011600001320000105', '戊', '320115'], ['32011600001320000106', '己', '']]
  const { preview, staged } = await read(rows, {}, { find, isInside: (area) => area.startsWith('320116') })
  t.match(preview, { counts: { rows: 6, created: 2, adopted: 1, changed: 1, rejected: 1, outside: 2 }, fieldChanges: { name: 1 } })
  t.same(staged.map(({ outcome, version }) => [outcome, version]), [['changed', 4], ['created', 1], ['rejected', undefined], ['outside', undefined], ['outside', undefined], ['created', undefined]])
  t.match(staged[0], { written: { declared: { name: '新名', address: '旧址' } }, changes: [{ field: 'name', from: '旧名', to: '新名' }] })
  t.match(staged[2]?.reasons, [{ code: 'record.retired' }])
  const again = await read([['SBBM', 'SBMC'], [a, '旧名'], ['32011600001320000106', '己']], {}, { find, seen: (row) => (row === 3 ? 2 : 4) })
  t.same(again.staged.map(({ outcome }) => outcome), ['unchanged', 'conflict'], 'a record that the preview did not see')
})

for (const name of ['register-gbk.csv', 'register-utf8-bom.csv']) {
  t.test(`an office’s register: ${name}`, async (t) => {
    const { preview, staged } = await readFrom(await openSheet(fixture(name)), { networkingOne: 'networked' })
    t.match(preview, { counts: { rows: 8, created: 4, rejected: 4 }, needs: [], rejections: [{ code: 'code.spoilt', rows: [5, 6] }, { code: 'code.repeated', rows: [9] }, { code: 'code.missing', rows: [10] }] })
    t.match(preview.findings.map(({ rule }) => rule), ['coordinates.missing', 'coordinates.outside-district'].filter((rule) => preview.findings.some((finding) => finding.rule === rule)))
    t.match(staged.find(({ code }) => code === a)?.written?.declared, { name: '棠城路与彤华街交叉口', manufacturer: '1', class: '2', address: '雄州街道棠城路1号, 北侧', positionType: '8/10', networking: 'networked', status: '1', mac: 'A4-14-37-00-00-01' })
    // The same by the way that programs take.
    const rows = staged.flatMap(({ written }) => (written ? [written.declared] : []))
    t.match((await planImport(rows, undefined, async () => undefined, { by: 'clerk', why: '' }, rules)).outcome, { created: 4, rejected: [] })
  })
}

t.test('rejected rows keep their cells, say why, and can be read again when they are corrected', async (t) => {
  const rows: Rows = [['设备编码', '备注', '设备名称', '联网属性'], ['3.2E+19', '好', '甲', '是'], [b, '', '乙', '已联网']]
  const { preview, staged } = await read(rows)
  const { headings, columns } = rejectedHeadings(preview)
  t.same(columns, [0, 1, 2, 3])
  const [bad] = staged.filter(({ reasons }) => reasons)
  const cells = bad ? rejectedCells(bad) : []
  t.match(cells, [/已被表格软件改成科学计数法.*联网属性“是”含义不明/, '2', { text: '3.2E+19', note: /科学计数法/ }, '好', '甲', { text: '是', note: /含义不明/ }])
  const text = (cell: (typeof cells)[number]): string => (typeof cell === 'string' ? cell : cell.text)
  const corrected = [rejectedHeading(headings), cells.map(text).with(2, a).with(5, '未联网')]
  const again = await read(corrected)
  t.same(declared(again), [{ code: a, name: '甲', networking: 'not-networked' }])
  t.same(again.preview.columns.map(({ heading }) => heading), ['设备编码', '备注', '设备名称', '联网属性'], 'our own columns are not spoken of')
  t.same(again.preview.notes.filter(({ code }) => code === 'columns.unknown').map(({ count }) => count), [1])
  const chosen = rejectedHeadings({ columns: [{ column: 'B', heading: '编号', field: 'code' }, { column: 'D', heading: '坐标 经度', field: 'longitude' }, { column: 'AA', heading: 'JD', field: 'longitude' }] })
  t.same(chosen, { headings: ['设备编码', '经度', 'JD'], columns: [1, 3, 26] }, 'a chosen column is headed by what it is')
})

t.test('records as cells: codes or words, networking always in words, contacts masked', async (t) => {
  const camera: Camera = { ...office, declared: { ...office.declared, class: '2', positionType: '8/10', networking: 'networked', contact: '张三/13812345678', manufacturer: '派尔高', capturePosition: '0010000' } }
  const row = (options: Parameters<typeof cameraCells>[1]): Record<string, string> => Object.fromEntries(cameraCells(camera, options).map((cell, at) => [fieldTable[at]?.name ?? '', cell]))
  t.match(row({}), { class: '2', positionType: '8/10', networking: '已联网', contact: '张****/138****5678', manufacturer: '派尔高' })
  t.match(row({ values: 'labels', withContacts: true }), { class: '二类', positionType: '校园周边/交通干线', contact: '张三/13812345678', capturePosition: '0010000' })
  t.match(row({ values: 'labels', lang: 'en' }), { class: 'Class II', networking: 'networked' })
  t.equal(headingCells({ lang: 'en' })[0], 'Device code')
  for (const row of fieldTable) {
    if (!row.table || (row.type !== 'code' && row.type !== 'codes')) continue
    for (const { code } of row.table) {
      for (const lang of ['zh', 'en'] as const) {
        const cells = cameraCells({ ...office, declared: { code: a, [row.name]: code } }, { values: 'labels', lang })
        const back = await read([headingCells({ lang }), cells], {})
        t.equal(declared(back)[0]?.[row.name], code, `${row.name} ${code} in words and back`)
      }
    }
  }
  for (const [given, masked] of [['13812345678', '138****5678'], ['025-57750110', '025-577****0110'], ['', ''], ['李四', '李****']] as const) t.equal(maskContact(given), masked)
})
