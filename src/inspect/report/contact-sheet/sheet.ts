// The contact sheet: one picture of each camera with number, name, verdict and time, as a page of HTML or as a drawing to lay pictures into.
import type { Check, Report } from '../../types.ts'
import { clean, type Document } from '../document/blocks.ts'
import { lastReviews } from '../standing.ts'
import { beijing, contactWords, reasonsIn, results, words, type Lang } from '../texts/index.ts'

export interface ContactItem {
  readonly n: number
  readonly id: string
  readonly name: string
  readonly result: Check['verdict']['result']
  readonly resultText: string
  readonly why: string
  /** When it was judged where that is known, and how long the first picture took. */
  readonly time: string
  /** Of the evidence; absent where no picture was obtained. */
  readonly file?: string
}

/** Cameras of one sheet of A4, and sheets in one page of HTML. Ours. */
export const perSheet = 20
const maxSheets = 10

export function contactItems(report: Report, lang: Lang, judgedAt: ReadonlyMap<number, number> = new Map()): readonly ContactItem[] {
  const last = lastReviews(report.reviews ?? [])
  return report.checks.map((check) => {
    const { n, camera, verdict, evidence, responseMs } = check
    const pictures = evidence.filter((item) => item.kind === 'picture' && item.removedAt === undefined)
    // The attempt that was judged is the last that has pictures of its own, unless an earlier one was.
    const file = pictures[0]?.file
    const at = judgedAt.get(n)
    const word = last.get(n)
    return {
      n, id: camera.id, name: camera.name, result: verdict.result,
      resultText: `${results[verdict.result][lang]}${word ? ` → ${results[word.result][lang]}` : ''}`,
      why: reasonsIn(verdict.reasons, lang),
      time: [at === undefined ? '' : beijing(at), responseMs === undefined ? '' : `${responseMs.toFixed(0)} ms`].filter((part) => part !== '').join(' · '),
      ...(file === undefined ? {} : { file }),
    }
  })
}

export function contactDocument(report: Report, lang: Lang, judgedAt?: ReadonlyMap<number, number>): Document {
  const { inspection } = report
  const items = contactItems(report, lang, judgedAt)
  const shown = items.slice(0, perSheet * maxSheets)
  const title = `${contactWords.title[lang]} · ${report.areaName ?? inspection.area} · ${words.inspection[lang]} ${inspection.id}`
  return {
    lang, title, header: title, software: inspection.software, createdAt: inspection.finishedAt,
    *blocks() {
      yield { kind: 'heading', level: 1, text: title }
      yield { kind: 'sheet', items: shown, empty: words.noPicture[lang] }
      if (items.length > shown.length) yield { kind: 'text', style: 'note', runs: [`${contactWords.further[lang]} ${items.length - shown.length}`] }
    },
  }
}

/** Pixels of a cell of the drawing: a picture of 16:9 and four lines. */
export const cell = { width: 480, picture: 270, caption: 104, gap: 12, columns: 4, head: 56 } as const

/** Where the pictures of one sheet lie, and an SVG of everything else. */
export function contactDrawing(title: string, items: readonly ContactItem[], empty: string): { readonly width: number; readonly height: number; readonly svg: string; readonly places: readonly { readonly file: string; readonly left: number; readonly top: number }[] } {
  const rows = Math.max(1, Math.ceil(items.length / cell.columns))
  const width = cell.columns * (cell.width + cell.gap) + cell.gap
  const height = cell.head + rows * (cell.picture + cell.caption + cell.gap) + cell.gap
  const place = (index: number): { left: number; top: number } => ({ left: cell.gap + (index % cell.columns) * (cell.width + cell.gap), top: cell.head + Math.floor(index / cell.columns) * (cell.picture + cell.caption + cell.gap) })
  const text = (x: number, y: number, size: number, fill: string, value: string, most: number, weight = 400): string => `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}">${escape(cut(value, most))}</text>`
  const cells = items.map((item, index) => {
    const { left, top } = place(index)
    const y = top + cell.picture
    return [
      `<rect x="${left}" y="${top}" width="${cell.width}" height="${cell.picture + cell.caption}" fill="#fff" stroke="#c9d1db"/><rect x="${left}" y="${top}" width="${cell.width}" height="${cell.picture}" fill="#11161c"/>`,
      item.file === undefined ? text(left + 16, top + cell.picture / 2, 22, '#c9d1db', empty, 40) : '',
      text(left + 8, y + 26, 20, '#1b2430', `${item.n}. ${item.name}`, 42, 700),
      text(left + 8, y + 49, 16, '#3d4856', item.id, 40),
      `<rect x="${left + 8}" y="${y + 58}" width="6" height="36" fill="${colours[item.result]}"/>`,
      text(left + 22, y + 73, 17, colours[item.result], item.resultText, 36, 700),
      text(left + 22, y + 93, 14, '#5c6877', [item.time, item.why].filter((part) => part !== '').join(' · '), 62),
    ].join('')
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif"><rect width="${width}" height="${height}" fill="#fff"/>${text(cell.gap, 36, 24, '#1b2430', title, 150, 700)}${cells.join('')}</svg>`
  return { width, height, svg, places: items.flatMap((item, index) => (item.file === undefined ? [] : [{ file: item.file, ...place(index) }])) }
}

const colours = { pass: '#0f7b46', fail: '#b3261e', review: '#9a6200' } as const
const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
const escape = (text: string): string => clean(text).replace(/[&<>"']/g, (sign) => signs[sign] ?? '')

/** So many half widths: Chinese characters take two. */
function cut(text: string, most: number): string {
  let [width, kept] = [0, '']
  for (const sign of text) {
    width += (sign.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1
    if (width > most) return `${kept}…`
    kept += sign
  }
  return kept
}
