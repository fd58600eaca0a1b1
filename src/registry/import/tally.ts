// Counting with a few examples: what a preview says is bounded, however large the file.
import { fieldRow, fieldTable } from '../field-table.ts'
import type { FieldName, Finding } from '../types.ts'
import { columnName } from './sheet.ts'
import type { ImportPreview, Normalisation, NormalisationKind, Reason } from './types.ts'

const maxExamples = 5
const maxRows = 20
/** Different values counted of one column; the others are counted together. */
const maxValues = 200
const shown = 60

/** A copy of its own: a piece of a large text keeps the whole text alive. */
export const detached = (text: string): string => Buffer.from(text).toString()

export const short = (text: string, length = shown): string => (text.length > length ? `${text.slice(0, length)}…` : text)

export interface ImportTally {
  readonly normalised: (kind: NormalisationKind, field: FieldName, row: number, column: number, from: string, to: string) => void
  readonly found: (row: number, findings: readonly Finding[]) => void
  readonly refused: (row: number, reasons: readonly Reason[]) => void
  readonly changed: (fields: readonly string[]) => void
  /** A value that no table has. */
  readonly unknownCode: (field: FieldName, value: string) => void
  /** A value that a choice decides. */
  readonly undecided: (choice: 'networkingOne' | 'manufacturerTable', value: string) => void
  readonly undecidedValues: (choice: 'networkingOne' | 'manufacturerTable') => readonly { readonly value: string; readonly count: number }[]
  readonly result: () => Pick<ImportPreview, 'normalisations' | 'findings' | 'rejections' | 'fieldChanges' | 'unknownCodes'>
}

interface Values {
  readonly counts: Map<string, number>
  more: number
}

export function createTally(): ImportTally {
  const normalisations = new Map<string, { readonly kind: NormalisationKind; readonly field: FieldName; count: number; readonly examples: Normalisation['examples'][number][] }>()
  const findings = new Map<string, { readonly finding: Finding; count: number; readonly rows: number[] }>()
  const rejections = new Map<string, { readonly reason: Reason; count: number; readonly rows: number[] }>()
  const fieldChanges: Partial<Record<string, number>> = {}
  const unknown = new Map<FieldName, Values>()
  const undecided = { networkingOne: newValues(), manufacturerTable: newValues() }

  return {
    normalised: (kind, field, row, column, from, to) => {
      const key = `${kind} ${field}`
      let entry = normalisations.get(key)
      if (!entry) normalisations.set(key, (entry = { kind, field, count: 0, examples: [] }))
      entry.count++
      const value = (text: string): string => (fieldRow(field).isPersonal ? '…' : detached(short(text)))
      if (entry.examples.length < maxExamples) entry.examples.push({ row, column: columnName(column), from: value(from), to: value(to) })
    },
    found: (row, list) => {
      for (const finding of list) {
        let entry = findings.get(finding.rule)
        if (!entry) findings.set(finding.rule, (entry = { finding, count: 0, rows: [] }))
        entry.count++
        if (entry.rows.length < maxRows) entry.rows.push(row)
      }
    },
    refused: (row, reasons) => {
      for (const code of new Set(reasons.map((reason) => reason.code))) {
        const reason = reasons.find((each) => each.code === code)
        let entry = rejections.get(code)
        if (!entry && reason) rejections.set(code, (entry = { reason, count: 0, rows: [] }))
        if (!entry) continue
        entry.count++
        if (entry.rows.length < maxRows) entry.rows.push(row)
      }
    },
    changed: (fields) => {
      for (const field of fields) fieldChanges[field] = (fieldChanges[field] ?? 0) + 1
    },
    unknownCode: (field, value) => {
      let values = unknown.get(field)
      if (!values) unknown.set(field, (values = newValues()))
      add(values, value)
    },
    undecided: (choice, value) => add(undecided[choice], value),
    undecidedValues: (choice) => listed(undecided[choice]),
    result: () => ({
      normalisations: [...normalisations.values()].sort((a, b) => b.count - a.count),
      findings: [...findings.values()]
        .sort((a, b) => b.count - a.count)
        .map(({ finding: { rule, severity, field, message }, count, rows }) => ({ rule, severity, field, count, message, rows })),
      rejections: [...rejections.values()].sort((a, b) => b.count - a.count).map(({ reason: { code, message }, count, rows }) => ({ code, count, message, rows })),
      fieldChanges,
      unknownCodes: fieldTable.flatMap(({ name }) => {
        const values = unknown.get(name)
        return values ? [{ field: name, values: listed(values), more: values.more }] : []
      }),
    }),
  }
}

const newValues = (): Values => ({ counts: new Map(), more: 0 })

function add(values: Values, value: string): void {
  const key = short(value)
  const count = values.counts.get(key)
  if (count === undefined && values.counts.size >= maxValues) values.more++
  else values.counts.set(count === undefined ? detached(key) : key, (count ?? 0) + 1)
}

const listed = ({ counts }: Values): readonly { readonly value: string; readonly count: number }[] => [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count)
