// Writes fixtures/records/district.xlsx: the records of the demonstration district as an office would send them, a title above the headings, dates as dates, a
// column of its own, and rows that are wrong in the ways such files are. Run it with `node scripts/make-workbook.ts` after scripts/make-scenario.ts.
import ExcelJS from 'exceljs'
import { readFileSync } from 'node:fs'
import { fieldTable, type FieldName } from '../src/registry/index.ts'
import type { Scenario } from '../src/simulator/index.ts'

const root = new URL('../fixtures/', import.meta.url)
const district = JSON.parse(readFileSync(new URL('scenarios/district.json', root), 'utf8')) as Scenario
const records = district.devices.flatMap((device) => device.channels.map(({ record }) => record))
const columns = fieldTable.filter(({ name }) => records.some((record) => record[name] !== undefined))
type Cells = Readonly<Partial<Record<FieldName, string | number>>>

/** The office writes its own codes: 1 for what is joined to the network. */
const asWritten = (record: Cells): Cells => ({ ...record, ...(record.networking === undefined ? {} : { networking: record.networking === 'networked' ? '1' : '0' }) })
const base = asWritten(records[0] ?? {})
const wrong: readonly Cells[] = [
  { ...base, code: '320116000013201', name: '编码只剩十五位' },
  // A spreadsheet keeps fifteen digits of a number.
  { ...base, code: 32011600001320000901, name: '编码成了数字' },
  { ...base, name: '与第一行重复' },
  { ...base, code: '', name: '没有编码' },
  { ...base, code: '32011600001320000902', name: '重点部位', class: '重点' },
  { ...base, code: '32011600001320000903', name: '<script>alert(1)</script>' },
  { ...base, code: '32011600001320000904', name: '经纬度填反', longitude: base.latitude ?? '', latitude: base.longitude ?? '' },
]

const book = new ExcelJS.Workbook()
book.creator = 'Yiji'
book.created = book.modified = new Date(Date.UTC(2026, 0, 5))
const sheet = book.addWorksheet('台账')
sheet.addRow(['六合区视频监控点位台账（2026年1月）'])
sheet.mergeCells(1, 1, 1, columns.length + 1)
sheet.addRow([...columns.map(({ zh }) => zh), '杂项']).font = { bold: true }
for (const [at, cells] of [...records.map(asWritten), ...wrong].entries()) {
  sheet.addRow([...columns.map(({ name }) => (name === 'installedAt' && cells.installedAt !== undefined ? new Date(`${cells.installedAt}T00:00:00Z`) : (cells[name] ?? null))), at % 5 === 0 ? '南段' : null])
}
await book.xlsx.writeFile(new URL('records/district.xlsx', root).pathname)
process.stdout.write(`${records.length} records and ${wrong.length} more rows, ${columns.length} fields\n`)
