// Merged cells: a spreadsheet keeps the value in the first one and shows it over all. Rows below are filled with it, and each such cell is marked.
import type { CellMark, CellType, Merge, SheetRow } from './sheet.ts'

/**
 * Goes over the rows in their order. Only the first column of a merged range is filled, downwards: what stands beside it is another field. Without
 * merges rows pass as they are.
 */
export function mergeFiller(merges: readonly Merge[]): (row: SheetRow) => SheetRow {
  if (merges.length === 0) return (row) => row
  const waiting = [...merges].sort((a, b) => a.top - b.top)
  let next = 0
  let active: { readonly merge: Merge; text: string; type: CellType | undefined }[] = []
  return (row) => {
    while (next < waiting.length && (waiting[next]?.top ?? Infinity) <= row.number) {
      const merge = waiting[next++]
      if (merge && merge.bottom >= row.number) active.push({ merge, text: '', type: undefined })
    }
    active = active.filter(({ merge }) => merge.bottom >= row.number)
    if (active.length === 0) return row
    const cells = [...row.cells]
    const types = [...(row.types ?? [])]
    const marks = new Map<number, CellMark>(row.marks)
    for (const each of active) {
      const { left, top } = each.merge
      if (row.number === top) [each.text, each.type] = [row.cells[left] ?? '', row.types?.[left]]
      else if (each.text !== '' && (cells[left] ?? '') === '') {
        while (cells.length < left) cells.push('')
        cells[left] = each.text
        types[left] = each.type
        marks.set(left, 'merged')
      }
    }
    return { ...row, cells, types, ...(marks.size > 0 ? { marks } : {}) }
  }
}
