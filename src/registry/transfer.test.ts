import t, { type Test } from 'tap'
import ExcelJS from 'exceljs'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manualClock, ParseError, silentLog } from '../base/index.ts'
import { chew } from '../base/chew.ts'
import { openStore } from '../store/index.ts'
import { parseCsv, writeCsv } from './csv.ts'
import { createRegistry, fieldTable, parseOutlines } from './index.ts'
import { decodeText } from './io/csv.ts'
import { readSheet, writeRejected, writeSheet } from './io/sheet.ts'
import { cameraCells, headingCells, importCells, maskContact, readCells } from './transfer.ts'
import type { Registry } from './types.ts'
import { checkZip } from './zip.ts'

const fixture = (name: string): string => new URL(`../../fixtures/records/${name}`, import.meta.url).pathname
const outlines = parseOutlines(readFileSync(fixture('outlines.geojson'), 'utf8'))

async function freshRegistry(t: Test): Promise<Registry> {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  return createRegistry({ store: store.registry, clock, log: silentLog, outlines })
}

t.test('comma-separated values, as spreadsheets write them', async (t) => {
  const cases: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ['', []],
    ['a,b\r\nc,d\r\n', [['a', 'b'], ['c', 'd']]],
    ['a,b\nc,d', [['a', 'b'], ['c', 'd']]],
    ['a,b\rc,', [['a', 'b'], ['c', '']]],
    ['"a,1","say ""hi""","two\r\nlines"\n', [['a,1', 'say "hi"', 'two\r\nlines']]],
    ['a\n\nb\n', [['a'], [], ['b']]],
    ['a;b;c,d\n1;2;3\n', [['a', 'b', 'c,d'], ['1', '2', '3']]],
    ['a\tb\n1\t2\n', [['a', 'b'], ['1', '2']]],
    ['"a"x,b\n', [['ax', 'b']]],
    [`'=1+1,'plain\n`, [['=1+1', "'plain"]]],
  ]
  for (const [text, rows] of cases) t.same(parseCsv(text), rows, JSON.stringify(text))
  t.throws(() => parseCsv('a,b\nc,"open'), { code: 'csv.malformed', message: /row 2/ })
  t.throws(() => parseCsv('x'.repeat(20_000)), { code: 'csv.too-large' })
  t.throws(() => parseCsv(','.repeat(1000)), { code: 'csv.too-large' })
})

t.test('what is written is read back the same, and formulas are defused', async (t) => {
  const rows = [['=cmd|x', '+86 138', '-32.5', '@a', 'a,"b"\n', '', '中文'], ['x']]
  const text = writeCsv(rows)
  t.match(text, /^'=cmd\|x,'\+86 138,-32.5,'@a,/)
  t.same(parseCsv(text), rows)
})

t.test('damaged text is a ParseError or rows within the bounds', async () => {
  const sample = readFileSync(fixture('register-utf8-bom.csv'))
  for (const bytes of chew([sample], 2000, 11)) {
    try {
      const rows = parseCsv(decodeText(bytes))
      if (rows.length > bytes.length + 1) throw new Error('more rows than bytes')
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
})

t.test('headings in any order and under any of their names', async (t) => {
  const reading = readCells([
    ['某区登记表'],
    [' JD ', 'Device name', '*设备编码（必填）', '备注', 'WD'],
    ['118.847231', '棠城路', '32011600001320000101', '好', '32.341872'],
    ['', '', '', 'a remark alone is no row', ''],
    [],
    ['', '', '32011600001320000102'],
  ])
  t.same(reading, {
    rows: [{ longitude: '118.847231', name: '棠城路', code: '32011600001320000101', latitude: '32.341872' }, { code: '32011600001320000102' }],
    rowNumbers: [3, 6],
    headingRow: 2,
    ignored: ['备注'],
  })
  t.throws(() => readCells([['设备名称', '经度'], ['a', '1']]), { code: 'import.unreadable', message: /设备编码 \(SBBM\)/ })
  t.throws(() => readCells([]), { code: 'import.unreadable' })
  t.throws(() => readCells([['SBBM', '经度', 'JD']]), { code: 'import.unreadable', message: /经度 \(JD\) stands there twice/ })
})

t.test('networking 0 and 1 are never guessed', async (t) => {
  const sheet = [['SBBM', 'LWSX'], ['32011600001320000101', '1'], ['32011600001320000102', '０'], ['32011600001320000103', '已联网'], ['32011600001320000104', '']]
  t.throws(() => readCells(sheet), { code: 'import.unreadable', message: /holds 1 × 0 and 1 × 1/ })
  t.same(readCells(sheet, { networkingOne: 'networked' }).rows.map((row) => row.networking), ['networked', 'not-networked', '已联网', undefined])
  t.same(readCells(sheet, { networkingOne: 'not-networked' }).rows.map((row) => row.networking), ['not-networked', 'networked', '已联网', undefined])
  t.same(readCells([['SBBM', 'LWSX'], ['32011600001320000101', '未联网']]).rows[0]?.networking, '未联网', 'words need no polarity')
})

for (const name of ['register-gbk.csv', 'register-utf8-bom.csv']) {
  t.test(`an office’s register: ${name}`, async (t) => {
    const registry = await freshRegistry(t)
    const cells = await readSheet(fixture(name))
    const dry = await importCells(registry, cells, 'clerk', { networkingOne: 'networked', dryRun: true })
    t.equal((await registry.cameras({ limit: 10 })).total, 0, 'a dry run writes nothing')
    const outcome = await importCells(registry, cells, 'clerk', { networkingOne: 'networked' })
    t.same(dry, outcome, 'and says what would happen')
    t.match(outcome, { rows: 8, created: 4, changed: 0, unchanged: 0, ignored: ['备注'] })
    t.same(outcome.rejected.map(({ row, code }) => [row, code]), [[5, '3.2011600001E+19'], [6, '32011600001320000000'], [9, '32011600001320000101'], [10, '']])
    t.match(outcome.rejected.map(({ reasons }) => reasons.join()), [/科学计数法/, /15位有效数字/, /与第3行/, /缺少设备编码/])
    t.match(outcome.findings, { 'coordinates.missing': 1, 'coordinates.outside-district': 1 })
    t.match((await registry.camera('32011600001320000101'))?.declared, {
      name: '棠城路与彤华街交叉口',
      manufacturer: '1',
      class: '2',
      address: '雄州街道棠城路1号, 北侧',
      positionType: '8/10',
      networking: 'networked',
      status: '1',
      mac: 'A4-14-37-00-00-01',
    })
    t.equal((await registry.camera('32011600001320000102'))?.declared.name, '龙池地铁站（东口）', 'full width stays in names, not in codes')
    t.match(await importCells(registry, cells, 'clerk', { networkingOne: 'networked' }), { created: 0, changed: 0, unchanged: 4 }, 'the same file twice changes nothing')
    t.match(await importCells(registry, cells, 'clerk', { networkingOne: 'not-networked' }), { created: 0, changed: 4 })
  })
}

t.test('rejected rows go into a file beside the import, reasons first', async (t) => {
  const folder = t.testdir()
  const registry = await freshRegistry(t)
  const cells = await readSheet(fixture('register-gbk.csv'))
  const { rejected } = await importCells(registry, cells, 'clerk', { networkingOne: 'networked', dryRun: true })
  const path = await writeRejected(join(folder, 'register.csv'), cells, rejected)
  t.equal(path, join(folder, 'register.rejected.csv'))
  const written = await readSheet(path ?? '')
  t.same(written[0]?.slice(0, 3), ['原因 / reasons', '行 / row', '设备编码'])
  t.equal(written.length, 5)
  t.same(written[1]?.slice(1, 4), ['5', '3.2011600001E+19', '编码被改成科学计数'])
  t.equal(await writeRejected(join(folder, 'b.csv'), cells, []), undefined)
})

t.test('a workbook: numbers, dates, rich text and formulas as the text that was meant', async (t) => {
  const file = join(t.testdir(), 'register.xlsx')
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('登记表')
  sheet.addRow(['设备编码', '设备名称', '监控点位类型', '经度', '纬度', '安装时间', '录像保存天数', '管理单位'])
  sheet.addRow(['32011600001320000101', { richText: [{ text: '棠城路' }, { text: '口', font: { bold: true } }] }, 1, 118.847231, 32.341872, new Date(Date.UTC(2021, 2, 5)), 30, { formula: '"六合"&"分局"', result: '六合分局' }])
  sheet.addRow([32011600001320000102, '数字编码'])
  sheet.getCell('H4').value = '空行之间'
  await workbook.xlsx.writeFile(file)
  const reading = readCells(await readSheet(file))
  t.same(reading.rows, [
    { code: '32011600001320000101', name: '棠城路口', class: '1', longitude: '118.847231', latitude: '32.341872', installedAt: '2021-03-05', recordDays: '30', managementUnit: '六合分局' },
    { code: '3.20116000013200000e+19'.replace('00000e', 'e'), name: '数字编码' },
    { managementUnit: '空行之间' },
  ])
  const registry = await freshRegistry(t)
  const outcome = await registry.importRows(reading.rows, 'clerk', { rowNumbers: reading.rowNumbers })
  t.same(outcome.rejected.map(({ row }) => row), [3, 4])
  t.match(outcome.rejected[0]?.reasons[0], /科学计数法/)
})

for (const ending of ['xlsx', 'csv']) {
  t.test(`what is exported as .${ending} is imported the same`, async (t) => {
    const file = join(t.testdir(), `export.${ending}`)
    const [one, two] = [await freshRegistry(t), await freshRegistry(t)]
    await importCells(one, await readSheet(fixture('register-gbk.csv')), 'clerk', { networkingOne: 'networked' })
    await one.change('32011600001320000101', { contact: '张三/13812345678', name: '=1+1' }, 'clerk', 'test')
    const cameras = (await one.cameras({ limit: 100 })).items
    const rows = (withContacts: boolean, lang: 'zh' | 'en'): string[][] => [[...headingCells({ lang })], ...cameras.map((camera) => [...cameraCells(camera, { withContacts, lang })])]
    await writeSheet(file, rows(true, 'zh'))
    t.match(await importCells(two, await readSheet(file), 'clerk'), { created: 4, rejected: [], ignored: [] }, 'networking went out in words')
    for (const camera of cameras) t.same((await two.camera(camera.id))?.declared, camera.declared)
    await writeSheet(file, rows(false, 'en'))
    t.match(await importCells(two, await readSheet(file), 'clerk'), { unchanged: 4 }, 'a masked contact is no new value')
    t.equal((await readSheet(file))[1]?.[fieldTable.findIndex((row) => row.name === 'contact')], '张****/138****5678')
  })
}

t.test('contacts are masked', async (t) => {
  for (const [given, masked] of [['13812345678', '138****5678'], ['025-57750110', '025-577****0110'], ['', ''], ['李四', '李****']] as const) t.equal(maskContact(given), masked)
})

t.test('files that cannot be read say so in one line', async (t) => {
  const folder = t.testdir({ 'a.xls': '', 'b.xlsx': 'not a workbook', 'c.csv': 'a,"b' })
  await t.rejects(readSheet(join(folder, 'a.xls')), { code: 'import.unreadable', message: /save it as .xlsx/ })
  await t.rejects(readSheet(join(folder, 'b.xlsx')), { code: 'import.unreadable', message: /it is not a workbook, or was cut/ })
  await t.rejects(readSheet(join(folder, 'c.csv')), { code: 'import.unreadable', message: /quotation mark/ })
  await t.rejects(readSheet(join(folder, 'none.csv')), { code: 'import.unreadable', message: /does not exist/ })
  await t.rejects(writeSheet(join(folder, 'none', 'x.csv'), [['a']]), { code: 'data.unwritable' })
})

t.test('a damaged workbook never crashes the reader', async (t) => {
  const folder = t.testdir()
  const workbook = new ExcelJS.Workbook()
  workbook.addWorksheet('a').addRows([['SBBM', 'SBMC'], ['32011600001320000101', '甲']])
  const sound = Buffer.from(await workbook.xlsx.writeBuffer())
  t.ok(checkZip(sound).includes('xl/workbook.xml'))
  for (let cut = 0; cut < sound.length; cut += 7) t.throws(() => checkZip(sound.subarray(0, cut)), { code: 'zip.malformed' })
  for (const bytes of chew([sound], 3000, 8)) {
    try {
      checkZip(bytes)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
  let refused = 0
  for (const bytes of chew([sound], 60, 5)) {
    const file = join(folder, 'x.xlsx')
    writeFileSync(file, bytes)
    await readSheet(file).catch((error: { code?: string }) => {
      if (error.code !== 'import.unreadable') throw error
      refused++
    })
  }
  t.ok(refused > 20, `${refused} of 60 refused`)
})
