import t from 'tap'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { chew } from '../base/chew.ts'
import { AppError, ParseError } from '../base/index.ts'
import { csvLine, csvStage, unguard, type CsvRecord, type Separator } from './csv.ts'
import { decodeCell, encodingCount, encodingOfStart } from './import/text.ts'
import type { SheetRow } from './import/sheet.ts'
import { openSheet } from './io/open-sheet.ts'

const folder = mkdtempSync(join(tmpdir(), 'yiji-csv-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const fixture = (name: string): string => new URL(`../../fixtures/records/${name}`, import.meta.url).pathname

function parse(text: string | Buffer, separator: Separator = ',', cut?: number): readonly CsvRecord[] {
  const bytes = Buffer.from(text)
  const stage = csvStage(separator)
  const pieces = cut === undefined ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)]
  return [...pieces.flatMap((piece) => stage.push(Buffer.from(piece))), ...stage.end()]
}
const cells = (records: readonly CsvRecord[]): string[][] => records.map((record) => record.cells.map(String))

const cases: readonly (readonly [text: string, rows: readonly (readonly string[])[], numbers?: readonly number[]])[] = [
  ['', []],
  ['a,b\r\nc,d\r\n', [['a', 'b'], ['c', 'd']]],
  ['a,b\nc,d', [['a', 'b'], ['c', 'd']]],
  ['a,b\rc,', [['a', 'b'], ['c', '']]],
  ['"a,1","say ""hi""","two\r\nlines"\n', [['a,1', 'say "hi"', 'two\r\nlines']]],
  ['a\n\nb\n', [['a'], ['b']], [1, 3]],
  ['"a"x,b\n', [['ax', 'b']]],
  ['a"b,"",c\n', [['a"b', '', 'c']]],
  ['"","""",""""""\n', [['', '"', '""']]],
  ['中,"文""字"\n', [['中', '文"字']]],
  [' a ,b\r\n,\r\nc,\r\n', [[' a ', 'b'], ['c', '']], [1, 3]],
]

t.test('comma-separated values, as spreadsheets write them', async (t) => {
  for (const [text, rows, numbers] of cases) {
    t.same(cells(parse(text)), rows, JSON.stringify(text))
    if (numbers) t.same(parse(text).map((record) => record.number), numbers)
  }
  t.same(cells(parse('a;b;c,d\n1;"2;";3\n', ';')), [['a', 'b', 'c,d'], ['1', '2;', '3']])
  t.throws(() => parse('a,b\nc,"open'), { code: 'csv.malformed', message: /row 2 has a quotation mark that is never closed/ })
})

t.test('cut at every byte, it reads the same', async (t) => {
  for (const [text, rows] of cases) for (let cut = 0; cut <= Buffer.byteLength(text); cut++) t.same(cells(parse(text, ',', cut)), rows, `${JSON.stringify(text)} at ${cut}`)
})

t.test('a cell of ten megabytes is cut and said, a million columns are counted and not kept', async (t) => {
  const [record] = parse(`a,"${'x'.repeat(10_000_000)}",c\n`)
  t.same([record?.cells.map((cell) => cell.length), record?.cut], [[1, 200, 1], [1]])
  const [wide] = parse(`${'x,'.repeat(1_000_000)}\n`)
  t.same([wide?.cells.length, wide?.beyond], [300, 999_700])
  t.equal(parse(`${','.repeat(1_000_000)}\n`).length, 0, 'a million of nothing is an empty row')
})

t.test('what is written is read back the same, and formulas are defused', async (t) => {
  const rows = [
    ['=cmd|x', '+86 138', '-32.5', '@a', 'a,"b"\n', 'x', '中文'],
    ["'=1", "''@x", "'plain", '\t=1', '\r=1', '\n=1', '＝1+1', '-1+2', '-', ' x '],
  ]
  const text = rows.map(csvLine).join('')
  t.match(text, /^'=cmd\|x,'\+86 138,-32.5,'@a,/)
  for (const cell of text.replace(/^"|"$/gm, '').split(/,|\r\n/)) t.notMatch(cell, /^[=+@＝]/, `${cell} would run`)
  const read = cells(parse(text)).map((row) => row.map((cell) => unguard(cell) ?? cell))
  t.same(read, rows)
  const signs = ["'", '=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', 'a', '1', '.', ' ', '＝', '中']
  let seed = 7
  const next = (below: number): number => (seed = (seed * 48271) % 2147483647) % below
  for (let i = 0; i < 5000; i++) {
    const cell = Array.from({ length: 1 + next(6) }, () => signs[next(signs.length)] ?? '').join('')
    const back = cells(parse(csvLine(['x', cell])))[0]?.[1] ?? ''
    if ((unguard(back) ?? back) !== cell) t.fail(`${JSON.stringify(cell)} came back as ${JSON.stringify(back)}`)
  }
})

async function read(bytes: Buffer): Promise<{ readonly rows: readonly SheetRow[]; readonly encoding: string | undefined; readonly separator: string | undefined }> {
  const file = join(folder, 'x.csv')
  writeFileSync(file, bytes)
  const source = await openSheet(file, 'x.csv')
  const rows: SheetRow[] = []
  for await (const batch of source.rows({ sheet: 0 })) rows.push(...batch)
  return { rows, encoding: source.encoding, separator: source.separator }
}

t.test('encodings are told by their bytes', async (t) => {
  const text = '设备编码,设备名称\r\n32011600001320000101,棠城路与彤华街交叉口\r\n'
  const utf16 = Buffer.from(text, 'utf16le')
  const kinds: readonly (readonly [string, Buffer])[] = [
    ['utf-8', Buffer.from(text)],
    ['utf-8-bom', Buffer.from(`\ufeff${text}`)],
    ['gb18030', iconv.encode(text, 'gbk')],
    ['gb18030', iconv.encode(text.replace('彤', '㐂'), 'gb18030')],
    ['utf-16le', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['utf-16le', Buffer.from('SBBM,SBMC\r\n32011600001320000101,abc\r\n', 'utf16le')],
    ['utf-16be', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
  ]
  for (const [encoding, bytes] of kinds) {
    const { rows, ...told } = await read(bytes)
    t.match(told, { encoding, separator: ',' })
    t.same(rows.map(({ cells, marks }) => [cells.length, marks]), [[2, undefined], [2, undefined]], encoding)
    if (bytes.length > 100) t.match(rows[1]?.cells[1], /^棠城路与[彤㐂]华街交叉口$/)
  }
  t.equal(encodingOfStart(Buffer.from('a,b\n')), undefined)
})

t.test('encodings that are mixed are read each as what it is, and marked', async (t) => {
  const gb = (text: string): Buffer => iconv.encode(text, 'gbk')
  const inUtf8 = await read(Buffer.concat([Buffer.from('设备编码,设备名称\n'), Buffer.from('1,棠城路口\n2,雄州街道\n'), gb('3,龙池地铁站\n'), Buffer.from('4,plain\n')]))
  t.equal(inUtf8.encoding, 'utf-8')
  t.same(inUtf8.rows.map(({ cells, marks }) => [cells[1], marks?.get(1)]), [['设备名称', undefined], ['棠城路口', undefined], ['雄州街道', undefined], ['龙池地铁站', 'recoded'], ['plain', undefined]])
  const inGbk = await read(Buffer.concat([gb('设备编码,设备名称\n1,棠城路口\n2,雄州街道\n3,联通\n'), Buffer.from('4,龙池地铁站\n')]))
  t.equal(inGbk.encoding, 'gb18030')
  t.same(inGbk.rows.map(({ cells, marks }) => [cells[1], marks?.get(1)]), [['设备名称', undefined], ['棠城路口', undefined], ['雄州街道', undefined], ['联通', undefined], ['龙池地铁站', 'recoded']], '联通 in GBK happens to be well-formed UTF-8')
  const broken = await read(Buffer.concat([Buffer.from('设备编码,设备名称\n1,棠城路口\n2,'), Buffer.from([0x80, 0xff, 0x41]), Buffer.from('\n')]))
  t.equal(broken.rows[2]?.marks?.get(1), 'undecodable')
})

t.test('the separator is the one that shows the headings, whatever stands above', async (t) => {
  for (const [separator, sign] of [['\t', '\t'], [';', ';'], [',', ',']] as const) {
    const text = `某区,某局,登记表,一,二,三\n设备编码${sign}设备名称${sign}经度\n1${sign}a,b${sign}2\n`
    t.equal((await read(Buffer.from(text))).separator, separator)
  }
  const told = await read(Buffer.from('sep=;\r\nSBBM;SBMC\r\n1;a\r\n'))
  t.same([told.separator, told.rows.map(({ number, cells }) => [number, ...cells])], [';', [[2, 'SBBM', 'SBMC'], [3, '1', 'a']]])
})

t.test('damaged bytes: rows within the bounds, or one clear line', async (t) => {
  const samples = ['register-utf8-bom.csv', 'register-gbk.csv'].map((name) => readFileSync(fixture(name)))
  let refused = 0
  for (const bytes of chew(samples, 1500, 11)) {
    try {
      const { rows } = await read(bytes)
      if (rows.length > bytes.length + 1) t.fail('more rows than bytes')
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'import.unreadable' || error.message.includes('\n')) throw error
      refused++
    }
  }
  t.ok(refused > 0, `${refused} refused`)
  for (const bytes of chew(samples, 1500, 12)) {
    const before = Buffer.from(bytes)
    try {
      parse(bytes)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
    if (!bytes.equals(before)) t.fail('the input was altered')
    const count = encodingCount()
    count.push(bytes)
    decodeCell(bytes, count.decide())
  }
})
