// What an import would do, row by row, before anything is written. Pure but for the look-up of records.
import { alter, declare, normaliseFields, refusals, type Author } from './camera.ts'
import { outlineNotApplied } from './place.ts'
import type { RuleContext } from './rules.ts'
import type { Camera, FieldChange, Fields, ImportOutcome } from './types.ts'

export interface ImportPlan {
  readonly outcome: ImportOutcome
  readonly cameras: readonly Camera[]
  readonly changes: readonly FieldChange[]
}

/**
 * Plans the rows of one file. An empty or absent cell leaves a field as it is: an import never takes anything away, so the same file twice
 * changes nothing. `rowNumbers[i]` is the row of `rows[i]` in its file, for the reasons; without it rows count from 1.
 */
export async function planImport(
  rows: readonly Fields[],
  rowNumbers: readonly number[] | undefined,
  find: (id: string) => Promise<Camera | undefined>,
  author: Author,
  context: RuleContext,
): Promise<ImportPlan> {
  const cameras: Camera[] = []
  const changes: FieldChange[] = []
  const rejected: ImportOutcome['rejected'][number][] = []
  const findings = new Map<string, number>()
  const firstRow = new Map<string, number>()
  let created = 0
  let changed = 0
  let unchanged = 0
  const count = (rule: string): unknown => findings.set(rule, (findings.get(rule) ?? 0) + 1)

  for (const [index, given] of rows.entries()) {
    const row = rowNumbers?.[index] ?? index + 1
    const fields = normaliseFields(given)
    const code = fields.code ?? ''
    const reasons = [...refusals(fields)]
    const earlier = firstRow.get(code)
    if (code !== '' && earlier !== undefined) reasons.push(`与第${earlier}行的设备编码重复 / repeats the code of row ${earlier}`)
    const before = reasons.length === 0 ? await find(code) : undefined
    if (before?.isRetired) reasons.push('该档案已注销，请先恢复 / the record is retired: declare it again first')
    if (reasons.length > 0) {
      rejected.push({ row, code, reasons })
      continue
    }
    firstRow.set(code, row)
    const written = before ? alter(before, fields, author, context) : declare(undefined, fields, author, context)
    for (const finding of written.camera.findings) count(finding.rule)
    const area = written.camera.declared.area ?? code.slice(0, 6)
    const notApplied = outlineNotApplied(area, context.outlines)
    if (notApplied) count(notApplied.rule)
    if (written.changes.length === 0) {
      unchanged++
      continue
    }
    if (before) changed++
    else created++
    cameras.push(written.camera)
    changes.push(...written.changes)
  }
  return { outcome: { rows: rows.length, created, changed, unchanged, rejected, findings: Object.fromEntries(findings) }, cameras, changes }
}
