// A document as one page of HTML: opens without a network, prints on A4, pictures inside. The same document gives the same bytes.
// Written piece by piece, so that neither the page nor its pictures are held whole. CSS Paged Media Level 3 for page numbers and heads.
import type { Block, Cell, Column, Cover, Document, Run } from '../document/blocks.ts'
import type { ContactItem } from '../contact-sheet/sheet.ts'
import { clean } from '../document/blocks.ts'
import { timesBar } from './times-bar.ts'
import { trendChart } from './trend-chart.ts'
import { style } from './style.ts'

/** A picture of the evidence, small; undefined for one that is not there. */
export type PictureOf = (file: string) => Promise<Buffer | undefined>

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
/** Text into HTML: camera names come from devices and spreadsheets, so nothing enters the page unescaped. */
export const escape = (text: string | number): string => clean(String(text)).replace(/[&<>"']/g, (character) => escapes[character] ?? '')

/** Text into a string of CSS: letters and digits as they are, everything else by its number. */
const cssText = (text: string): string => clean(text).replace(/[^\p{L}\p{N} .·-]/gu, (sign) => `\\${(sign.codePointAt(0) ?? 0x20).toString(16)} `)

/** Pieces of the page in their order. */
export async function* pageOf(document: Document, pictureOf: PictureOf): AsyncGenerator<string> {
  yield `<!doctype html>
<html lang="${document.lang === 'zh' ? 'zh-CN' : 'en'}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="${escape(document.software)}">
<title>${escape(document.title)}</title>
<style>${style}
@page{@top-center{content:"${cssText(document.header)}"}}</style>
<body>
`
  for (const block of document.blocks()) yield `${await htmlOf(block, pictureOf)}\n`
  yield '</body></html>\n'
}

async function htmlOf(block: Block, pictureOf: PictureOf): Promise<string> {
  switch (block.kind) {
    case 'cover':
      return cover(block.cover)
    case 'heading':
      return `<h${block.level + 1}>${escape(block.text)}</h${block.level + 1}>`
    case 'text':
      return `<p class="${block.style}">${runs(block.runs)}</p>`
    case 'command':
      return `<pre class="command">${escape(block.text)}</pre>`
    case 'facts':
      return facts(block.rows)
    case 'table':
      return table(block.columns, block.rows, `${block.isSmall === true ? ' small' : ''}${block.isDense === true ? ' dense' : ''}`, block.note)
    case 'tally':
      return `<div class="tally">${block.boxes.map((box) => `<div class="box ${box.tone}"><b>${box.count}</b><span>/ ${box.of}</span><p>${escape(box.name)}</p></div>`).join('')}</div>`
    case 'trend':
      return `<figure class="trend"><figcaption>${escape(block.title)}</figcaption>${trendChart(block.points, escape)}</figure>`
    case 'seen': {
      const figures = await Promise.all(block.pictures.map(({ file, caption }) => picture(file, caption, pictureOf)))
      const shown = figures.filter((figure) => figure !== '')
      return `<div class="seen">${facts(block.rows)}<div class="pictures">${shown.length > 0 ? shown.join('') : `<p class="nothing">${escape(block.empty)}</p>`}</div></div>`
    }
    case 'sheet': {
      // One after the other: twenty pictures are decoded at once otherwise.
      const figures: string[] = []
      for (const item of block.items) figures.push(await contact(item, block.empty, pictureOf))
      return `<div class="sheet">${figures.join('\n')}</div>`
    }
    case 'times':
      return `<div class="times">${timesBar(block.bars, escape)}</div>`
    case 'group':
      return (await Promise.all(block.blocks.map((inner) => htmlOf(inner, pictureOf)))).join('\n')
    case 'card':
      return `<article id="${escape(block.anchor)}"><h4>${runs(block.title)}</h4>\n${(await Promise.all(block.blocks.map((inner) => htmlOf(inner, pictureOf)))).join('\n')}\n</article>`
    case 'break':
      return '<div class="break"></div>'
  }
}

const picture = async (file: string, caption: string, pictureOf: PictureOf): Promise<string> => {
  const jpeg = await pictureOf(file)
  return jpeg ? `<figure><img alt="${escape(caption)}" src="data:image/jpeg;base64,${jpeg.toString('base64')}"><figcaption>${escape(caption)}</figcaption></figure>` : ''
}

async function contact({ n, id, name, result, resultText, why, time, file }: ContactItem, empty: string, pictureOf: PictureOf): Promise<string> {
  const jpeg = file === undefined ? undefined : await pictureOf(file)
  const image = jpeg ? `<img alt="${escape(name)}" src="data:image/jpeg;base64,${jpeg.toString('base64')}">` : `<p class="nothing">${escape(empty)}</p>`
  return `<figure>${image}<figcaption><b>${n}. ${escape(name)}</b><br><code>${escape(id)}</code><br><span class="badge ${result}">${escape(resultText)}</span> ${escape(time)}<br><small>${escape(why)}</small></figcaption></figure>`
}

function run(part: Run): string {
  if (typeof part === 'string') return escape(part).replace(/\n/g, '<br>')
  if ('to' in part) return `<a href="#${escape(part.to)}">${escape(part.text)}</a>`
  const text = escape(part.text)
  switch (part.as) {
    case 'strong':
      return `<b>${text}</b>`
    case 'code':
      return `<code>${text}</code>`
    case 'dim':
      return `<small>${text}</small>`
    case 'warning':
      return `<b class="red">${text}</b>`
    case 'pass':
    case 'fail':
    case 'review':
      return `<span class="badge ${part.as}">${text}</span>`
  }
}

const runs = (parts: readonly Run[]): string => parts.map(run).join('')
const cell = (content: Cell): string => (typeof content === 'string' ? escape(content) : runs(content))
const facts = (rows: readonly (readonly [string, Cell])[]): string => `<table class="facts"><tbody>${rows.map(([name, value]) => `<tr><th>${escape(name)}<td>${cell(value)}`).join('\n')}</tbody></table>`

function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], looks: string, note?: string): string {
  const whole = columns.reduce((sum, { width }) => sum + width, 0)
  const kind = (column: Column | undefined): string => (column?.isNumber === true ? ' class="n"' : '')
  return `<table class="grid${looks}"><colgroup>${columns.map(({ width }) => `<col style="width:${((100 * width) / whole).toFixed(1)}%">`).join('')}</colgroup><thead><tr>${columns.map((column) => `<th${kind(column)}>${escape(column.title)}`).join('')}</thead><tbody>
${rows.map((row) => `<tr>${row.map((content, at) => `<td${kind(columns[at])}>${cell(content)}`).join('')}`).join('\n')}
</tbody></table>${note === undefined ? '' : `<p class="under">${escape(note)}</p>`}`
}

function cover({ number, title, subtitle, facts: rows, warnings, signatures, dayLabel }: Cover): string {
  return `<section class="cover">
<p class="number">${escape(number[0])}: <span>${escape(number[1])}</span></p>
<h1>${escape(title)}</h1>
<p class="subtitle">${escape(subtitle)}</p>
${warnings.map((text) => `<p class="warning">${escape(text)}</p>`).join('')}
${facts(rows)}
<div class="signatures">${signatures.map(({ place, isStamp }) => `<div class="${isStamp ? 'stamp' : 'sign'}"><p>${escape(place)}</p><p class="day">${escape(dayLabel)}: <span></span></p></div>`).join('')}</div>
</section>`
}
