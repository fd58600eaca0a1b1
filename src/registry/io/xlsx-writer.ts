// A workbook of one sheet, written as its rows come: every cell a text, so that no spreadsheet rounds a 20-digit code or runs a formula.
// ISO/IEC 29500-1 (SpreadsheetML), inline strings (18.3.1.53).
import { columnName } from '../import/sheet.ts'
import { writeZip, type ZipPart } from './zip-writer.ts'

/** A cell by itself is plain; with a note it is coloured and says the note. */
export type CellOut = string | { readonly text: string; readonly note: string }
export type RowOut = readonly CellOut[]

/** Text of one deflated piece. */
const pieceLength = 128 * 1024
/** Notes beyond it are colour alone: each is a drawing of its own, and a spreadsheet with ten thousand of them opens slowly. */
const maxNotes = 2000
const styles = { plain: 1, heading: 2, faulty: 3 } as const

interface Note {
  readonly row: number
  readonly column: number
  readonly text: string
}

/** Bytes of the workbook. The first row is the heading: bold, and it stays in view. */
export function writeWorkbook(rows: AsyncIterable<RowOut> | Iterable<RowOut>, sheetName = '一机一档'): AsyncGenerator<Buffer> {
  const notes: Note[] = []
  return writeZip(partsOf(rows, sheetName, notes))
}

function* partsOf(rows: AsyncIterable<RowOut> | Iterable<RowOut>, sheetName: string, notes: Note[]): Generator<ZipPart> {
  const one = (name: string, text: string): ZipPart => ({ name, pieces: [`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${text}`] })
  yield { name: 'xl/worksheets/sheet1.xml', pieces: sheetPieces(rows, notes) }
  const hasNotes = notes.length > 0
  if (hasNotes) {
    yield one('xl/worksheets/_rels/sheet1.xml.rels', relationships([['rId1', 'vmlDrawing', '../drawings/vmlDrawing1.vml'], ['rId2', 'comments', '../comments1.xml']]))
    yield one('xl/comments1.xml', commentsPart(notes))
    yield { name: 'xl/drawings/vmlDrawing1.vml', pieces: [drawingPart(notes)] }
  }
  yield one('xl/styles.xml', stylesPart)
  yield one('xl/workbook.xml', `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="${escape(sheetName)}" sheetId="1" r:id="rId1"/></sheets></workbook>`)
  yield one('xl/_rels/workbook.xml.rels', relationships([['rId1', 'worksheet', 'worksheets/sheet1.xml'], ['rId2', 'styles', 'styles.xml']]))
  yield one('_rels/.rels', relationships([['rId1', 'officeDocument', 'xl/workbook.xml']]))
  yield one('[Content_Types].xml', contentTypes(hasNotes))
}

async function* sheetPieces(rows: AsyncIterable<RowOut> | Iterable<RowOut>, notes: Note[]): AsyncGenerator<string> {
  let text = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${main}" xmlns:r="${relations}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`
  let number = 0
  for await (const row of rows) {
    number++
    if (number === 1) text += `${columnsPart(row)}<sheetData>`
    text += `<row r="${number}">`
    for (let at = 0; at < row.length; at++) {
      const cell = row[at]
      if (cell === undefined || cell === '') continue
      const [value, style] = typeof cell === 'string' ? [cell, number === 1 ? styles.heading : styles.plain] : [cell.text, styles.faulty]
      if (typeof cell !== 'string' && notes.length < maxNotes) notes.push({ row: number, column: at, text: cell.note })
      text += `<c r="${columnName(at)}${number}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${cellText(value)}</t></is></c>`
    }
    text += '</row>'
    if (text.length > pieceLength) {
      yield text
      text = ''
    }
  }
  if (number === 0) text += '<sheetData>'
  yield `${text}</sheetData>${notes.length > 0 ? '<legacyDrawing r:id="rId1"/>' : ''}</worksheet>`
}

const columnsPart = (heading: RowOut): string => {
  const width = (cell: CellOut): number => Math.min(40, Math.max(10, (typeof cell === 'string' ? cell : cell.text).length * 2 + 2))
  // A column without cells yet is text too: what is typed there stays as typed.
  return heading.length === 0 ? '' : `<cols>${heading.map((cell, at) => `<col min="${at + 1}" max="${at + 1}" width="${width(cell)}" style="${styles.plain}" customWidth="1"/>`).join('')}</cols>`
}

const special: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text: string): string => (/[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (sign) => special[sign] ?? sign) : text)

/** What XML 1.0 cannot carry is written _xHHHH_ (ST_Xstring, 22.9.2.19), and so is what would be read as that. */
const troublesome = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const hasTroublesome = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff_\ud800-\udfff]/
function cellText(text: string): string {
  const plain = escape(text)
  return hasTroublesome.test(plain) ? plain.replace(troublesome, (sign) => `_x${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`) : plain
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'

const relationships = (list: readonly (readonly [id: string, type: string, target: string])[]): string =>
  `<Relationships xmlns="${packages}/relationships">${list.map(([id, type, target]) => `<Relationship Id="${id}" Type="${relations}/${type}" Target="${target}"/>`).join('')}</Relationships>`

const contentTypes = (hasNotes: boolean): string => {
  const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const part = (name: string, type: string): string => `<Override PartName="${name}" ContentType="${types}.${type}+xml"/>`
  const notes = hasNotes ? `<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>${part('/xl/comments1.xml', 'comments')}` : ''
  return `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${notes}${part('/xl/workbook.xml', 'sheet.main')}${part('/xl/worksheets/sheet1.xml', 'worksheet')}${part('/xl/styles.xml', 'styles')}</Types>`
}

/** Formats 49 (text, 18.8.30): plain, heading, faulty. */
const stylesPart = `<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/><xf numFmtId="49" fontId="0" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1"/></cellXfs></styleSheet>`

const commentsPart = (notes: readonly Note[]): string =>
  `<comments xmlns="${main}"><authors><author>yiji</author></authors><commentList>${notes.map(({ row, column, text }) => `<comment ref="${columnName(column)}${row}" authorId="0"><text><r><t xml:space="preserve">${cellText(text)}</t></r></text></comment>`).join('')}</commentList></comments>`

/** Spreadsheets show a note only where a hidden box of VML stands for it. ISO/IEC 29500-4, 19. */
const drawingPart = (notes: readonly Note[]): string =>
  `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>${notes
    .map(({ row, column }, at) => `<v:shape id="_x0000_s${1025 + at}" type="#_x0000_t202" style="position:absolute;width:180pt;height:60pt;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>${column + 1},15,${row},2,${column + 4},15,${row + 3},4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>${row - 1}</x:Row><x:Column>${column}</x:Column></x:ClientData></v:shape>`)
    .join('')}</xml>`
