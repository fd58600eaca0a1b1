// What is to be known of a file as a whole: hidden and merged cells, its encoding, columns that name no field, rules that were not applied.
import type { Outline } from '../outline.ts'
import { outlineNotApplied } from '../rules.ts'
import type { Headings } from './headings.ts'
import { columnName, type Merge, type SheetEnd, type SheetSource } from './sheet.ts'
import type { ImportPreview } from './types.ts'

type Note = ImportPreview['notes'][number]

interface Known {
  readonly source: SheetSource
  readonly end: SheetEnd
  readonly hiddenRows: number
  readonly fill: readonly Merge[]
  readonly headings: Headings
  readonly areas: ReadonlySet<string>
  readonly outlines: readonly Outline[] | undefined
}

export function notesOf({ source, end, hiddenRows, fill, headings, areas, outlines }: Known): readonly Note[] {
  const notes: Note[] = []
  const say = (code: string, count: number, zh: string, en: string): unknown => count > 0 && notes.push({ code, count, message: { zh, en } })
  const list = (names: readonly string[]): string => (names.length > 10 ? `${names.slice(0, 10).join('、')} …` : names.join('、'))

  const hiddenSheets = source.sheets.filter(({ isHidden }) => isHidden).map(({ name }) => name)
  say('sheet.hidden', hiddenSheets.length, `隐藏的工作表未读取：${list(hiddenSheets)}`, `hidden sheets, not read: ${list(hiddenSheets)}`)
  if (source.sheets.length > 1) say('sheet.others', source.sheets.length - 1, `文件有${source.sheets.length}个工作表，只读取其中一个`, `the file has ${source.sheets.length} sheets, one of them is read`)
  say('rows.hidden', hiddenRows, `${hiddenRows}行是隐藏的（可能被筛选），同样读取`, `${hiddenRows} rows are hidden (filtered, perhaps) and read like the others`)
  const hidden = end.hiddenColumns.filter((column) => (headings.headings[column] ?? '').trim() !== '').map((column) => `${columnName(column)} ${headings.headings[column]?.trim()}`)
  say('columns.hidden', hidden.length, `隐藏的列同样读取：${list(hidden)}`, `hidden columns, read like the others: ${list(hidden)}`)
  const merges = end.merges.length + end.moreMerges
  const ranges = end.merges.map(({ left, right, top, bottom }) => `${columnName(left)}${top}:${columnName(right)}${bottom}`)
  say('cells.merged', merges, `${merges}处合并单元格：${list(ranges)}`, `${merges} merged ranges: ${list(ranges)}`)
  say('cells.merged-filled', fill.length, `其中${fill.length}处跨行，下面各行按首格的值填充`, `${fill.length} of them go over several rows, which are filled with the value of the first cell`)

  const unknown = headings.headings.map((heading, column) => ({ heading: heading.trim(), column })).filter(({ heading, column }) => heading !== '' && !headings.ours.has(column) && ![...headings.columns.values()].includes(column))
  say('columns.unknown', unknown.length, `不对应任何字段的列未导入：${list(unknown.map(({ heading }) => heading))}`, `columns that name no field, not imported: ${list(unknown.map(({ heading }) => heading))}`)
  if (source.encoding !== undefined && !source.encoding.startsWith('utf-8')) say('encoding', 1, `文件编码为${source.encoding.toUpperCase()}`, `the file is in ${source.encoding.toUpperCase()}`)
  const withoutOutline = [...areas].filter((area) => outlineNotApplied(area, outlines))
  say('outline.not-applied', withoutOutline.length, `没有行政区域${list(withoutOutline)}的边界，未检查坐标是否在辖区内`, `no outline of ${list(withoutOutline)} was supplied: whether points lie inside was not checked`)
  return notes
}
