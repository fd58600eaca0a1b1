// Files of an office's register for the bench: a workbook as spreadsheets write it (texts in a table of their own), and CSV in GBK.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { columnName, fieldTable, sheetBytes } from '../../../src/registry/index.ts'
import { writeZip } from '../../../src/registry/io/zip-writer.ts'

const two = (number: number): string => number.toString(16).toUpperCase().padStart(2, '0')
const bytesOf = (i: number): readonly number[] => [(i >> 16) & 255, (i >> 8) & 255, i & 255]

/** The 27 columns, filled in; one in a hundred rows with what offices do wrong. `edition` changes a field of every row. */
export function rowOf(i: number, edition = 0): readonly string[] {
  const isOdd = i % 100 === 99
  const values: Readonly<Record<string, string>> = {
    code: `32011600001320${String(i).padStart(6, '0')}`,
    name: `六合区棠城路与彤华街交叉口第${i}号杆`,
    manufacturer: String(1 + (i % 9)),
    area: '320116',
    class: isOdd ? '' : String(1 + (i % 3)),
    model: `DS-2CD${3000 + (i % 50)}`,
    commonName: `棠城路${i % 1000}`,
    ipv4: `10.${bytesOf(i).join('.')}`,
    mac: `A4:14:37:${bytesOf(i).map(two).join(':')}`,
    cameraType: String(1 + (i % 5)),
    functionType: '5',
    supplyLight: '2',
    encoding: '4',
    address: `南京市六合区雄州街道棠城路${i % 900}号${edition === 0 ? '' : `（${edition}）`}`,
    longitude: (118.8 + i / 1e6).toFixed(6),
    latitude: (32.3 + ((i * 7) % 100_000) / 1e6).toFixed(6),
    positionType: '8/10',
    direction: String(1 + (i % 9)),
    networking: '已联网',
    policeUnit: '320116510000',
    installedAt: isOdd ? '2021/3/5' : '2021-03-05',
    managementUnit: '南京市公安局六合分局',
    contact: `0255755${String(i % 10_000).padStart(4, '0')}`,
    recordDays: '30',
    status: '1',
    industry: '1',
  }
  return fieldTable.map(({ name }) => values[name] ?? '')
}

function* rows(count: number, edition: number): Generator<readonly string[]> {
  yield fieldTable.map(({ zh }) => zh)
  for (let i = 0; i < count; i++) yield rowOf(i, edition)
}

export const writeCsvFile = (path: string, count: number, edition = 0): Promise<void> => pipeline(Readable.from(sheetBytes(rows(count, edition), 'csv', 'gb18030')), createWriteStream(path))

export async function writeWorkbookFile(path: string, count: number, edition = 0): Promise<void> {
  const texts = new Map<string, number>()
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const sheet = function* (): Generator<string> {
    let text = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${main}"><sheetData>`
    let number = 0
    for (const row of rows(count, edition)) {
      number++
      text += `<row r="${number}" spans="1:${row.length}">`
      for (const [at, value] of row.entries()) {
        if (value === '') continue
        let index = texts.get(value)
        if (index === undefined) texts.set(value, (index = texts.size))
        text += `<c r="${columnName(at)}${number}" t="s"><v>${index}</v></c>`
      }
      text += '</row>'
      if (text.length > 128 * 1024) {
        yield text
        text = ''
      }
    }
    yield `${text}</sheetData></worksheet>`
  }
  const strings = function* (): Generator<string> {
    let text = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="${main}" uniqueCount="${texts.size}">`
    for (const value of texts.keys()) {
      text += `<si><t>${value}</t></si>`
      if (text.length > 128 * 1024) {
        yield text
        text = ''
      }
    }
    yield `${text}</sst>`
  }
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const parts = [
    { name: 'xl/worksheets/sheet1.xml', pieces: sheet() },
    { name: 'xl/sharedStrings.xml', pieces: strings() },
    { name: 'xl/workbook.xml', pieces: [`<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="登记表" sheetId="1" r:id="rId1"/></sheets></workbook>`] },
    { name: 'xl/_rels/workbook.xml.rels', pieces: [`<Relationships><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`] },
  ]
  await pipeline(Readable.from(writeZip(parts)), createWriteStream(path))
}
