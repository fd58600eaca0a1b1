// A document as an OOXML file (ISO/IEC 29500-1) to be printed, signed, stamped and filed.
import type { FileChild, ParagraphChild, IRunOptions } from 'docx'
import { clean, type Block, type Cell, type Column, type Cover, type Document, type Run } from '../document/blocks.ts'
import type { PictureOf } from '../page/page.ts'
import { resultWords } from '../texts/index.ts'
import { jpegSize } from './jpeg-size.ts'
import { bodySpacing, colours, fonts, grey, inTable, line, none, page, size, textWidth } from './style.ts'

type Docx = typeof import('docx')

/** Pictures stand two in a row: 74 mm each, in pixels of 1/96 inch; higher ones are narrower. */
const picture = { width: 280, height: 190 } as const

export async function wordOf(document: Document, pictureOf: PictureOf): Promise<Buffer> {
  // Loaded with the first document: it is large, and the service runs for months without one.
  const docx = await import('docx')
  const write = writer(docx, pictureOf, document.lang)
  const children: FileChild[] = []
  for (const block of document.blocks()) children.push(...(await write(block)))
  const footer = (alignment: 'left' | 'right') =>
    new docx.Footer({
      children: [new docx.Paragraph({ alignment, indent: alignment === 'left' ? { left: 280 } : { right: 280 }, children: [new docx.TextRun({ children: ['— ', docx.PageNumber.CURRENT, ' —'], font: fonts.table, size: 28 })] })],
    })
  const header = new docx.Header({ children: [new docx.Paragraph({ alignment: 'center', children: [new docx.TextRun({ text: clean(document.header), font: fonts.table, size: size.small, color: grey })] })] })
  const empty = { header: new docx.Header({ children: [new docx.Paragraph('')] }), footer: new docx.Footer({ children: [new docx.Paragraph('')] }) }
  return docx.Packer.toBuffer(
    new docx.Document({
      creator: clean(document.software),
      title: clean(document.title),
      evenAndOddHeaderAndFooters: true,
      styles: { default: { document: { run: { font: fonts.body, size: size.body, language: { value: 'en-US', eastAsia: 'zh-CN' } } } } },
      sections: [
        {
          properties: { titlePage: true, page: { size: { width: page.width, height: page.height }, margin: { top: page.top, bottom: page.bottom, left: page.left, right: page.right, header: 1_200, footer: 1_200 } } },
          headers: { default: header, even: header, first: empty.header },
          footers: { default: footer('right'), even: footer('left'), first: empty.footer },
          children,
        },
      ],
    }),
  )
}

/** Rows of one table: each cell is some kilobytes while the document is made. Ours. */
const maxRows = 400

function writer(docx: Docx, pictureOf: PictureOf, lang: Document['lang']): (block: Block) => Promise<readonly FileChild[]> {
  const { Paragraph, TextRun, Table, TableRow, TableCell } = docx
  /** Text in pieces: a line feed is a break. */
  const pieces = (text: string, options: IRunOptions): readonly ParagraphChild[] => clean(text).split('\n').map((part, index) => new TextRun({ ...options, text: part, ...(index > 0 ? { break: 1 } : {}) }))
  const runs = (parts: Cell, options: IRunOptions): readonly ParagraphChild[] => (typeof parts === 'string' ? pieces(parts, options) : parts.flatMap((part) => run(part, options)))
  const run = (part: Run, options: IRunOptions): readonly ParagraphChild[] => {
    if (typeof part === 'string') return pieces(part, options)
    if ('to' in part) return [new docx.InternalHyperlink({ anchor: part.to, children: pieces(part.text, options) })]
    switch (part.as) {
      case 'strong':
        return pieces(part.text, { ...options, bold: true })
      case 'code':
        return pieces(part.text, { ...options, font: fonts.code })
      case 'dim':
        return pieces(part.text, { ...options, color: grey })
      case 'warning':
        return pieces(part.text, { ...options, bold: true, color: colours.fail })
      case 'pass':
      case 'fail':
      case 'review':
        return pieces(part.text, { ...options, bold: true, color: colours[part.as] })
    }
  }
  const cellOf = (content: Cell, width: number, { isNumber = false, isHead = false, isSmall = false, isDense = false, borders = line as typeof line | typeof none } = {}) =>
    new TableCell({
      width: { size: width, type: 'dxa' },
      margins: isDense ? { top: 0, bottom: 0, left: 40, right: 40 } : { top: 40, bottom: 40, left: 80, right: 80 },
      borders: { top: borders, bottom: borders, left: borders, right: borders },
      ...(isHead ? { shading: { fill: 'F3F5F8' } } : {}),
      children: [new Paragraph({ alignment: isNumber ? 'right' : 'left', keepNext: isHead, children: [...runs(content, { ...inTable(isSmall), ...(isDense && !isHead ? { size: size.dense } : {}), bold: isHead })] })],
    })
  const table = (columns: readonly Column[], rows: readonly (readonly Cell[])[], isSmall: boolean, isDense: boolean): FileChild => {
    const whole = columns.reduce((sum, { width }) => sum + width, 0)
    const widths = columns.map(({ width }) => Math.floor((textWidth * width) / whole))
    const rowOf = (cells: readonly Cell[], isHead: boolean) => new TableRow({ tableHeader: isHead, cantSplit: true, children: cells.map((content, at) => cellOf(content, widths[at] ?? 0, { isHead, isSmall, isDense, isNumber: columns[at]?.isNumber === true })) })
    return new Table({ width: { size: textWidth, type: 'dxa' }, columnWidths: widths, layout: 'fixed', rows: [rowOf(columns.map(({ title }) => title), true), ...rows.map((row) => rowOf(row, false))] })
  }
  const facts = (rows: readonly (readonly [string, Cell])[], nameShare = 0.24): FileChild => {
    const widths = [Math.floor(textWidth * nameShare), Math.floor(textWidth * (1 - nameShare))] as const
    return new Table({
      width: { size: textWidth, type: 'dxa' }, columnWidths: [...widths], layout: 'fixed',
      rows: rows.map(([name, value]) => new TableRow({ cantSplit: true, children: [cellOf([{ text: name, as: 'dim' }], widths[0], { borders: none }), cellOf(value, widths[1], { borders: none })] })),
    })
  }
  const text = (parts: readonly Run[], more: IRunOptions, spacing: object = bodySpacing, indent: object = { firstLine: 640 }): FileChild => new Paragraph({ spacing, indent, children: [...runs(parts, { font: fonts.body, size: size.body, ...more })] })
  const gap = (): FileChild => new Paragraph({ spacing: { before: 0, after: 80, line: 120, lineRule: 'exact' }, children: [] })
  const small = (content: Cell): FileChild => new Paragraph({ spacing: { before: 60, after: 60 }, children: [...runs(content, { font: fonts.table, size: size.table, color: grey })] })

  const images = async (files: readonly { readonly file: string; readonly caption: string }[], empty: string): Promise<FileChild> => {
    const found = await Promise.all(files.map(async ({ file, caption }) => ({ caption, jpeg: await pictureOf(file) })))
    const shown = found.flatMap(({ caption, jpeg }) => {
      const whole = jpeg && jpegSize(jpeg)
      if (!jpeg || !whole) return []
      const scale = Math.min(picture.width / whole.width, picture.height / whole.height)
      return [{ caption, jpeg, width: Math.round(whole.width * scale), height: Math.round(whole.height * scale) }]
    })
    if (shown.length === 0) return small(empty)
    const width = Math.floor(textWidth / 2)
    return new Table({
      width: { size: textWidth, type: 'dxa' }, columnWidths: [width, width], layout: 'fixed',
      rows: [
        new TableRow({
          cantSplit: true,
          children: [0, 1].map((at) => {
            const one = shown[at]
            const children = one
              ? [new Paragraph({ keepNext: true, children: [new docx.ImageRun({ type: 'jpg', data: one.jpeg, transformation: { width: one.width, height: one.height }, altText: { name: clean(one.caption), title: clean(one.caption), description: clean(one.caption) } })] }), small(one.caption) as InstanceType<typeof Paragraph>]
              : [new Paragraph('')]
            return new TableCell({ width: { size: width, type: 'dxa' }, borders: { top: none, bottom: none, left: none, right: none }, children })
          }),
        }),
      ],
    })
  }

  const cover = ({ number, title, subtitle, facts: rows, warnings, signatures, dayLabel }: Cover): readonly FileChild[] => {
    const place = ({ place: name, isStamp }: Cover['signatures'][number]) =>
      new TableCell({
        width: { size: Math.floor(textWidth / 2), type: 'dxa' }, verticalAlign: 'top', margins: { top: 80, bottom: 80, left: 120, right: 120 },
        borders: { top: line, bottom: line, left: line, right: line },
        children: [
          new Paragraph({ children: [...pieces(name, { font: fonts.table, size: size.note })] }),
          new Paragraph({ spacing: { before: isStamp ? 1_000 : 360 }, children: [...pieces(`${dayLabel}: ____________________`, { font: fonts.table, size: size.note, color: grey })] }),
        ],
      })
    const pairs = signatures.flatMap((_, index) => (index % 2 === 0 ? [signatures.slice(index, index + 2)] : []))
    return [
      new Paragraph({ alignment: 'right', children: [...pieces(`${number[0]}: ${number[1] === '' ? '____________________' : number[1]}`, { font: fonts.body, size: size.note })] }),
      new Paragraph({ alignment: 'center', spacing: { before: 420, after: 160 }, children: [...pieces(title, { font: fonts.title, size: size.title })] }),
      new Paragraph({ alignment: 'center', spacing: { after: 260 }, children: [...pieces(subtitle, { font: fonts.second, size: size.body })] }),
      ...warnings.map((warning) => text([{ text: warning, as: 'warning' }], {}, { before: 120, after: 120 }, {})),
      facts(rows, 0.3),
      new Paragraph({ spacing: { before: 200 }, children: [] }),
      new Table({ width: { size: textWidth, type: 'dxa' }, columnWidths: [Math.floor(textWidth / 2), Math.floor(textWidth / 2)], layout: 'fixed', rows: pairs.map((pair) => new TableRow({ cantSplit: true, children: pair.map(place) })) }),
    ]
  }

  const write = async (block: Block): Promise<readonly FileChild[]> => {
    switch (block.kind) {
      case 'cover':
        return cover(block.cover)
      case 'heading':
        return [new Paragraph({ heading: block.level === 1 ? docx.HeadingLevel.HEADING_1 : docx.HeadingLevel.HEADING_2, keepNext: true, spacing: { before: block.level === 1 ? 360 : 200, after: 120 }, children: [...pieces(block.text, { font: block.level === 1 ? fonts.heading : fonts.second, size: block.level === 1 ? size.body : 30, color: '000000', bold: block.level === 2 })] })]
      case 'text':
        if (block.style === 'note') return [small(block.runs)]
        return [text(block.runs, block.style === 'warning' ? { color: colours.fail, bold: true } : {})]
      case 'command':
        return [new Paragraph({ shading: { fill: 'F3F5F8' }, spacing: { before: 60, after: 120 }, children: [...pieces(block.text, { font: fonts.code, size: size.table })] })]
      case 'facts':
        return [facts(block.rows), gap()]
      case 'table':
        return [table(block.columns, block.rows.slice(0, maxRows), block.isSmall === true, block.isDense === true), ...(block.rows.length > maxRows ? [small(`${resultWords.furtherRows[lang]} ${block.rows.length - maxRows}`)] : []), ...(block.note === undefined ? [gap()] : [small(block.note)])]
      case 'tally':
        return [gap(), new Paragraph({ alignment: 'center', children: block.boxes.flatMap(({ tone, name, count, of }, at) => [...(at > 0 ? pieces('　　', { size: size.body }) : []), ...pieces(`${name} `, { font: fonts.table, size: size.note }), ...pieces(String(count), { bold: true, size: size.body, color: colours[tone] }), ...pieces(` / ${of}`, { font: fonts.table, size: size.note })]) })]
      case 'sheet':
      case 'trend':
        // Of the page alone.
        return []
      case 'seen':
        return [facts(block.rows), await images(block.pictures, block.empty), gap()]
      case 'times':
        // The table above has the same times as numbers.
        return []
      case 'group':
        return (await Promise.all(block.blocks.map(write))).flat()
      case 'card':
        return [new Paragraph({ keepNext: true, spacing: { before: 320, after: 80 }, border: { top: { style: 'single', size: 8, color: '8A97A8', space: 6 } }, children: [new docx.Bookmark({ id: block.anchor, children: [...runs(block.title, { font: fonts.heading, size: size.note })] })] }), ...(await Promise.all(block.blocks.map(async (inner) => (inner.kind === 'text' ? [small(inner.runs)] : write(inner))))).flat()]
      case 'break':
        return [new Paragraph({ children: [new docx.PageBreak()] })]
    }
  }
  return write
}
