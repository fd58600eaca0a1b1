// Which sheet of a workbook is read: the visible one with headings, when there is exactly one; else the user says.
import { AppError } from '../../base/index.ts'
import { fieldRow } from '../field-table.ts'
import { findHeadings, headingSearch } from './headings.ts'
import type { SheetRow, SheetSource } from './sheet.ts'
import type { Choices, Need } from './types.ts'

/** Throws AppError 'import.unreadable' where no sheet has headings, or none has the chosen name. */
export async function chooseSheet(source: SheetSource, choices: Choices): Promise<{ readonly sheet?: number; readonly needs: readonly Need[] }> {
  const { sheets } = source
  if (choices.sheet !== undefined && source.kind === 'xlsx') {
    const sheet = sheets.findIndex(({ name }) => name === choices.sheet)
    if (sheet < 0) throw new AppError('import.unreadable', `there is no sheet "${choices.sheet}": there are ${sheets.map(({ name }) => name).join(', ').slice(0, 300)}`)
    return { sheet, needs: [] }
  }
  if (sheets.length === 1) return { sheet: 0, needs: [] }
  const withHeadings: number[] = []
  for (const [at] of sheets.entries()) if (findHeadings(await firstRows(source, at), choices)) withHeadings.push(at)
  const visible = withHeadings.filter((at) => sheets[at]?.isHidden === false)
  const [only] = visible
  if (only !== undefined && visible.length === 1) return { sheet: only, needs: [] }
  if (withHeadings.length === 0) {
    const code = fieldRow('code')
    throw new AppError('import.unreadable', `none of the ${sheets.length} sheets has the headings among its first ${headingSearch} rows: one must be ${code.zh} (${code.abbreviation})`)
  }
  const candidates = visible.length > 0 ? visible : withHeadings
  const names = candidates.map((at) => sheets[at]?.name ?? '')
  const message =
    visible.length > 0
      ? { zh: `${names.length}个工作表都有表头：${names.join('、')}，请选择一个`, en: `${names.length} sheets have headings: ${names.join(', ')}; choose one` }
      : { zh: `只有隐藏的工作表有表头：${names.join('、')}，请选择`, en: `only hidden sheets have headings: ${names.join(', ')}; choose one` }
  return { needs: [{ choice: 'sheet', message, options: names.map((name) => ({ value: name, words: { zh: name, en: name } })), values: [] }] }
}

async function firstRows(source: SheetSource, sheet: number): Promise<readonly SheetRow[]> {
  const found: SheetRow[] = []
  for await (const rows of source.rows({ sheet })) {
    found.push(...rows)
    if (found.length >= headingSearch) break
  }
  return found.slice(0, headingSearch)
}
