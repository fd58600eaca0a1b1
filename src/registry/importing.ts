// Rows by field name, as a program gives them -> what would be written. Files come another way (import/), and by the same plan.
import { normaliseFields, type Author } from './camera.ts'
import { planRow } from './import/plan.ts'
import { outlineNotApplied, type RuleContext } from './rules.ts'
import type { Camera, FieldChange, Fields, ImportOutcome } from './types.ts'

export interface ImportPlan {
  readonly outcome: ImportOutcome
  readonly cameras: readonly Camera[]
  readonly changes: readonly FieldChange[]
}

/**
 * An empty or absent value leaves a field as it is: an import never takes anything away, so the same rows twice change nothing. `rowNumbers[i]` is
 * the row of `rows[i]` in its file, for the reasons; without it rows count from 1.
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
  const counts = { created: 0, changed: 0, unchanged: 0 }
  const count = (rule: string): unknown => findings.set(rule, (findings.get(rule) ?? 0) + 1)

  for (const [index, given] of rows.entries()) {
    const number = rowNumbers?.[index] ?? index + 1
    const fields = normaliseFields(given)
    const before = fields.code === undefined ? undefined : await find(fields.code)
    const row = planRow({ number, fields, cells: [], reasons: [] }, before, { rules: context, columnOf: () => undefined, isInside: () => true, firstRow: (code) => firstRow.get(code) })
    const { code, outcome, written, reasons = [] } = row
    if (outcome !== 'created' && outcome !== 'changed' && outcome !== 'unchanged') {
      rejected.push({ row: number, code, reasons: reasons.map(({ message: { zh, en } }) => `${zh} / ${en}`) })
      continue
    }
    firstRow.set(code, number)
    for (const finding of written?.findings ?? []) count(finding.rule)
    const notApplied = outlineNotApplied(written?.declared.area ?? code.slice(0, 6), context.outlines)
    if (notApplied) count(notApplied.rule)
    counts[outcome]++
    if (outcome === 'unchanged' || !written) continue
    cameras.push({ ...(before ?? { id: code, presence: 'unknown' }), isRetired: false, isDraft: false, ...written, version: (before?.version ?? 0) + 1, updatedAtMs: context.nowMs })
    changes.push(...(row.changes ?? []).map((change) => ({ ...change, ...author })))
  }
  return { outcome: { rows: rows.length, ...counts, rejected, findings: Object.fromEntries(findings) }, cameras, changes }
}
