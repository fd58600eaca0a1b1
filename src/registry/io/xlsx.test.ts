import t, { type Test } from 'tap'
import ExcelJS from 'exceljs'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chew } from '../../base/chew.ts'
import { AppError } from '../../base/index.ts'
import { seededBytes, seededRandom } from '../../base/random.ts'
import type { SheetEnd, SheetRow, SheetSource } from '../import/sheet.ts'
import { mergeFiller } from '../import/merges.ts'
import { openArchive } from './archive.ts'
import { openSheet } from './open-sheet.ts'
import { writeWorkbook } from './xlsx-writer.ts'
import { writeZip } from './zip-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'yiji-xlsx-'))
t.teardown(() => rmSync(folder, { recursive: true }))
let files = 0

interface Read {
  readonly source: SheetSource
  readonly rows: readonly SheetRow[]
  readonly end: SheetEnd
}
async function read(bytes: Uint8Array, sheet = 0): Promise<Read> {
  const file = join(folder, `${files++}.xlsx`)
  writeFileSync(file, bytes)
  const source = await openSheet(file, 'x.xlsx')
  try {
    const rows: SheetRow[] = []
    const steps = source.rows({ sheet })
    for (;;) {
      const step = await steps.next()
      if (step.done) return { source, rows, end: step.value }
      rows.push(...step.value)
    }
  } finally {
    await source.close()
    rmSync(file)
  }
}
const refused = (t: Test, bytes: Uint8Array, message: RegExp): Promise<unknown> => t.rejects(read(bytes), { code: 'import.unreadable', message })

const pack = async (parts: Readonly<Record<string, string>>): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of writeZip(Object.entries(parts).map(([name, text]) => ({ name, pieces: [text] })))) chunks.push(chunk)
  return Buffer.concat(chunks)
}
const whole = async (bytes: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}
const packageOf = (sheet: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  '[Content_Types].xml': '<Types/>',
  'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
  'xl/worksheets/sheet1.xml': sheet,
  ...more,
})
const workbookOf = (sheetData: string, more?: Readonly<Record<string, string>>, after = ''): Promise<Buffer> => pack(packageOf(`<worksheet><sheetData>${sheetData}</sheetData>${after}</worksheet>`, more))
const cellsOf = ({ rows }: Read): readonly (readonly string[])[] => rows.map(({ cells }) => cells)

t.test('numbers, dates, rich text, formulas and errors as the text that was meant', async (t) => {
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('登记表')
  sheet.addRow(['设备编码', '设备名称'])
  sheet.addRow(['32011600001320000101', { richText: [{ text: '棠城路' }, { text: '口', font: { bold: true } }] }, 1, 118.84723099999999, new Date(Date.UTC(2021, 2, 5)), { formula: '"六合"&"分局"', result: '六合分局' }, true])
  sheet.addRow([32011600001320000102, 320116510000, 1e15, 0.1 + 0.2, new Date(Date.UTC(2021, 2, 5, 8, 30)), { error: '#N/A' }, 7])
  sheet.getCell('G3').numFmt = '000000'
  sheet.getCell('B5').value = '空行之间'
  sheet.getCell('C5').value = { formula: 'A1+1', result: undefined } as unknown as ExcelJS.CellFormulaValue
  const { rows, source } = await read(new Uint8Array(await workbook.xlsx.writeBuffer()))
  t.same(source.sheets, [{ name: '登记表', isHidden: false }])
  t.same(rows.map(({ number }) => number), [1, 2, 3, 5])
  t.same(rows[1]?.cells, ['32011600001320000101', '棠城路口', '1', '118.847231', '2021-03-05', '六合分局', 'TRUE'])
  t.same(rows[1]?.types, [undefined, undefined, 'number', 'number', 'date', undefined, 'boolean'])
  t.same([...(rows[1]?.marks ?? [])], [[5, 'formula']])
  t.same(rows[2]?.cells, ['3.20116000013200E+19'.replace('200E', '2E'), '320116510000', '1E+15', '0.3', '2021-03-05T08:30:00', '#N/A', '000007'])
  t.same(rows[2]?.types?.[5], 'error')
  t.same([...(rows[3]?.marks ?? [])], [[2, 'no-value']])
})

t.test('what other programs write: prefixes, no references, phonetic runs, escapes, the calendar of 1904, East Asian dates', async (t) => {
  const styles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="31"/></cellXfs></styleSheet>'
  const strings = '<sst><si><t>设备</t><phoneticPr/><rPh sb="0" eb="1"><t>シェベイ</t></rPh></si><si><r><t>a</t></r><r><t xml:space="preserve"> b_x000D_c_x005F_x0041_</t></r></si></sst>'
  const found = await read(await workbookOf('<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c s="1"><v>44260</v></c></row><row r="4"><c r="B4" t="inlineStr"><is><t>x</t></is></c></row>', { 'xl/styles.xml': styles, 'xl/sharedStrings.xml': strings }))
  t.same(found.rows.map(({ number, cells }) => [number, ...cells]), [[1, '设备', 'a b\rc_x0041_', '2021-03-05'], [4, '', 'x']])
  const prefixed = await read(await pack({ ...packageOf('<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>甲</x:v></x:c></x:row></x:sheetData></x:worksheet>') }))
  t.same(cellsOf(prefixed), [['甲']])
  const old = await read(await pack({ ...packageOf('<worksheet><sheetData><row r="1"><c r="A1" s="1"><v>42798</v></c></row></sheetData></worksheet>', { 'xl/styles.xml': styles }), 'xl/workbook.xml': '<workbook><workbookPr date1904="1"/><sheets><sheet name="a" id="rId1"/></sheets></workbook>' }))
  t.same(cellsOf(old), [['2021-03-05']])
})

t.test('merged and hidden cells, rows, columns and sheets are known', async (t) => {
  const after = '<mergeCells><mergeCell ref="B2:B4"/><mergeCell ref="A1:C1"/></mergeCells>'
  const { rows, end } = await read(await pack(packageOf(`<worksheet><cols><col min="3" max="4" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="str"><v>题</v></c></row><row r="2"><c r="A2" t="str"><v>1</v></c><c r="B2" t="str"><v>单位</v></c></row><row r="3" hidden="1"><c r="A3" t="str"><v>2</v></c></row><row r="5"><c r="A5" t="str"><v>3</v></c></row></sheetData>${after}</worksheet>`)))
  t.same(end, { merges: [{ left: 1, right: 1, top: 2, bottom: 4 }, { left: 0, right: 2, top: 1, bottom: 1 }], moreMerges: 0, hiddenColumns: [2, 3] })
  t.same(rows.map(({ isHidden }) => isHidden === true), [false, false, true, false])
  const filled = rows.map(mergeFiller(end.merges))
  t.same(filled.map(({ cells }) => cells), [['题'], ['1', '单位'], ['2', '单位'], ['3']])
  t.equal(filled[2]?.marks?.get(1), 'merged')
  const several = new ExcelJS.Workbook()
  several.addWorksheet('甲').addRow(['a'])
  several.addWorksheet('乙', { state: 'hidden' }).addRow(['b'])
  several.addWorksheet('丙', { state: 'veryHidden' }).addRow(['c'])
  const bytes = new Uint8Array(await several.xlsx.writeBuffer())
  t.same((await read(bytes)).source.sheets.map(({ isHidden }) => isHidden), [false, true, true])
  t.same(cellsOf(await read(bytes, 2)), [['c']])
})

t.test('a cell of ten megabytes is cut and marked; a larger one, a million columns and rows out of order are refused', async (t) => {
  const long = seededBytes(5)(10_000_000).toString('base64')
  const { rows } = await read(await workbookOf(`<row><c t="str"><v>${long.slice(0, 10_000_000)}</v></c><c t="str"><v>b</v></c></row>`))
  t.same([rows[0]?.cells.map((cell) => cell.length), rows[0]?.marks?.get(0)], [[200, 1], 'too-long'])
  await refused(t, await workbookOf(`<row><c t="str"><v>${long.repeat(2)}</v></c></row>`), /x\.xlsx: sheet 表 has a cell or tag of more than 16 MB/)
  await refused(t, await workbookOf(`<row>${'<c><v>1</v></c>'.repeat(600_000)}</row>`), /row 1 has more than 16384 columns/)
  const wide = await read(await workbookOf(`<row>${'<c><v>1</v></c>'.repeat(16_384)}</row>`))
  t.same([wide.rows[0]?.cells.length, wide.rows[0]?.beyond], [300, 16_084])
  await refused(t, await workbookOf('<row r="2"/><row r="1"/>'), /out of order/)
  await refused(t, await workbookOf('<row r="99999999"/>'), /out of order/)
  await refused(t, await workbookOf('<row><c t="s"><v>5</v></c></row>'), /names a text that is not there/)
  t.same((await read(await workbookOf('<row r="1"><c r="A1" s="3"/><c r="XFD1"/></row>'.repeat(1)))).rows, [], 'formatted, and empty')
})

t.test('bombs are refused while they are unpacked, and nothing is unpacked on faith', async (t) => {
  const bomb = await pack(packageOf(`<worksheet><sheetData>${' '.repeat(300_000_000)}</sheetData></worksheet>`))
  t.ok(bomb.length < 2_000_000)
  await refused(t, bomb, /unpacks xl\/worksheets\/sheet1\.xml to more than is read/)
  const lying = Buffer.from(bomb)
  // The directory says that it is small; what comes out says otherwise.
  const entry = lying.lastIndexOf(Buffer.from('xl/worksheets/sheet1.xml'))
  t.ok(entry > 0)
  lying.writeUInt32LE(1000, entry - 46 + 24)
  await refused(t, lying, /damaged in xl\/worksheets\/sheet1\.xml: it is longer than it says/)
  await refused(t, await pack(packageOf('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>')), /DOCTYPE/)
  await refused(t, await pack(packageOf(`${'<a>'.repeat(200)}${'</a>'.repeat(200)}`)), /100 deep/)
  await refused(t, await pack(Object.fromEntries(Array.from({ length: 2001 }, (_, n) => [`xl/${n}.xml`, '']))), /more than 2000 entries/)
  await refused(t, await pack(packageOf('<worksheet/>', { 'xl/workbook.xml': `<workbook><sheets>${'<sheet name="a" id="rId1"/>'.repeat(300)}</sheets></workbook>` })), /more than 200 sheets/)
})

t.test('what is no workbook is told apart, each in one line', async (t) => {
  const wide = (text: string): Buffer => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600), Buffer.from(text, 'utf16le'), Buffer.alloc(100)])
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.alloc(0), /the file is empty/],
    [wide('Workbook'), /old \.xls workbook: save it as \.xlsx/],
    [wide('EncryptedPackage'), /protected by a password/],
    [wide('WordDocument'), /Word document/],
    [await pack({ 'xl/workbook.bin': '' }), /\.xlsb/],
    [await pack({ mimetype: 'application/vnd.oasis', 'content.xml': '' }), /OpenDocument/],
    [await pack({ 'word/document.xml': '' }), /Word document/],
    [await pack({ '登记表.xlsx': 'PK' }), /an archive with 登记表\.xlsx in it: unpack it/],
    [await pack({ 'inner.zip': 'PK' }), /archive of archives/],
    [await pack({ 'a.txt': '' }), /an archive, but not a workbook/],
    [Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1'), /empty archive/],
    [Buffer.from('Rar!\x1a\x07\x00'), /RAR archive/],
    [Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), /7z archive/],
    [Buffer.from([0x1f, 0x8b, 8]), /gzip/],
    [Buffer.from('%PDF-1.4'), /PDF/],
    [Buffer.from('<html><table><tr><td>设备编码'), /web page/],
    [Buffer.from('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'), /XML spreadsheet of 2003/],
    [Buffer.from('{"a": 1}'), /JSON/],
    [Buffer.from(Array.from({ length: 500 }, (_, n) => n % 32)), /neither a workbook nor text/],
    [Buffer.from('PK\x03\x04 cut', 'latin1'), /cannot be read/],
  ]
  for (const [bytes, message] of cases) await refused(t, bytes, new RegExp(`^x\\.xlsx: .*${message.source}[^\\n]*$`))
  const locked = await workbookOf('')
  for (let at = locked.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = locked.indexOf('PK\x01\x02', at + 1, 'latin1')) locked.writeUInt16LE(0x0809, at + 8)
  await refused(t, locked, /protected by a password: save it without one/)
  await t.rejects(openSheet(join(folder, 'none.xlsx')), { code: 'import.unreadable', message: /does not exist/ })
  await t.rejects(openSheet(folder), { code: 'import.unreadable', message: /is a folder/ })
})

t.test('what is written is a workbook for others too, every cell a text, notes at the faulty ones', async (t) => {
  const odd = ['=1+1', '32011600001320000101', ' x ', 'a\r\nb\tc', '\u0001\u001f', '_x0041_', '<&>"\'', '😀', '\ud800', '\ufffe', '']
  const bytes = await whole(writeWorkbook([['设备编码', '原因', '说明'], odd, ['甲', { text: '坏', note: '联网属性含义不明' }, { text: '', note: '缺少' }]]))
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(bytes as unknown as ArrayBuffer)
  const sheet = workbook.worksheets[0]
  t.equal(sheet?.name, '一机一档')
  t.same([sheet?.getCell('A2').value, sheet?.getCell('A2').type, sheet?.getCell('A2').numFmt], ['=1+1', ExcelJS.ValueType.String, '@'], 'a text, which nothing runs')
  t.equal(sheet?.getCell('B2').value, '32011600001320000101')
  t.match(JSON.stringify(sheet?.getCell('B3').note), /联网属性含义不明/)
  t.match(sheet?.getCell('B3').fill, { type: 'pattern', pattern: 'solid' })
  t.match(JSON.stringify(sheet?.getCell('C3').note), /缺少/, 'an empty cell too')
  const again = await read(bytes)
  t.same(again.rows[1]?.cells, odd.slice(0, -1), 'and read back character for character')
  t.same(bytes, await whole(writeWorkbook([['设备编码', '原因', '说明'], odd, ['甲', { text: '坏', note: '联网属性含义不明' }, { text: '', note: '缺少' }]])), 'the same rows, the same bytes')
})

t.test('a damaged archive: rows, or one clear line, and never a wait', async (t) => {
  const workbook = new ExcelJS.Workbook()
  workbook.addWorksheet('a').addRows([['SBBM', 'SBMC'], ['32011600001320000101', '甲']])
  const sound = Buffer.from(await workbook.xlsx.writeBuffer())
  const attempt = async (bytes: Buffer): Promise<boolean> => {
    try {
      await read(bytes)
      return true
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'import.unreadable' || error.message.includes('\n')) throw error
      return false
    }
  }
  for (let cut = 0; cut < sound.length; cut += 29) t.equal(await attempt(sound.subarray(0, cut)), false, `cut at ${cut}`)
  let taken = 0
  for (const bytes of chew([sound, await workbookOf('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>')], 700, 8)) if (await attempt(bytes)) taken++
  t.ok(taken < 500, `${taken} of 700 still read`)
})

t.test('damaged XML in a sound archive: rows, or one clear line', async (t) => {
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('a')
  sheet.addRows([['SBBM', 'SBMC', 'AZSJ'], ['32011600001320000101', '甲', new Date()], [{ formula: '1+1', result: 2 }, 118.5, true]])
  sheet.mergeCells('B2:B3')
  const parts: Record<string, string> = {}
  const file = join(folder, 'sound.xlsx')
  writeFileSync(file, new Uint8Array(await workbook.xlsx.writeBuffer()))
  const archive = await openArchive(file)
  for (const name of archive.names) if (/\.(xml|rels)$/.test(name)) parts[name] = (await whole(archive.bytes(name))).toString()
  archive.close()
  const names = Object.keys(parts).filter((name) => /sheet1|sharedStrings|styles|workbook/.test(name))
  const random = seededRandom(21)
  const [fragments, outcomes] = [['<row r="', '<c r="A1" t="s">', '</c>', '<v>', '</v>', '&#0;', '&lt;', '&bogus;', '<![CDATA[', ']]>', '<!--', '-->', '<mergeCell ref="A1:XFD1048576"/>', 'r="ZZZZ9"', ' s="-1"', '1e999', '\ufffd', '<?pi?>'], { taken: 0, refused: 0 }]
  for (let n = 0; n < 600; n++) {
    const name = names[Math.floor(random() * names.length)] ?? ''
    let text = parts[name] ?? ''
    for (let bites = 1 + Math.floor(random() * 4); bites > 0; bites--) {
      const at = Math.floor(random() * text.length)
      const kind = random()
      if (kind < 0.4) text = text.slice(0, at) + (fragments[Math.floor(random() * fragments.length)] ?? '') + text.slice(at)
      else if (kind < 0.7) text = text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 12))
      else text = text.slice(0, at) + text.slice(at, at + Math.floor(random() * 60)) + text.slice(at)
    }
    try {
      await read(await pack({ ...parts, [name]: text }))
      outcomes.taken++
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'import.unreadable' || error.message.includes('\n')) throw Object.assign(error as Error, { name, text })
      outcomes.refused++
    }
  }
  t.ok(outcomes.refused > 100 && outcomes.taken > 20, JSON.stringify(outcomes))
})
