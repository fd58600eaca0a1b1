// Bulk: records from a workbook or CSV file, shown before they are written, and out again.
import { Type, type Static } from 'typebox'
import { CameraFilter, FieldName, Severity, type FieldName as FieldNames } from './cameras.ts'
import { Id, IdParams, Instant, ListOf, Localized } from './common.ts'

/** What 1 means in the column 联网属性: programs give it opposite meanings, so nobody guesses. */
export const NetworkingOne = Type.Enum(['networked', 'not-networked'])
export type NetworkingOne = Static<typeof NetworkingOne>

const Letters = Type.String({ pattern: '^[A-Za-z]{0,3}$', description: "A, B, …, AA; '' leaves the field out" })
const given = { minLength: 1, maxLength: 100 } as const

export const ImportChoices = Type.Object(
  {
    networkingOne: Type.Optional(NetworkingOne),
    manufacturerTable: Type.Optional(Type.Enum(['national', 'jiangsu'])),
    sheet: Type.Optional(Type.String({ maxLength: 200 })),
    columns: Type.Optional(Type.Unsafe<Partial<Record<FieldNames, string>>>(Type.Partial(Type.Record(FieldName, Letters), { additionalProperties: false, description: 'column of a field' }))),
    codes: Type.Optional(
      Type.Unsafe<Partial<Record<FieldNames, Record<string, string>>>>(
        Type.Partial(Type.Record(FieldName, Type.Record(Type.String(given), Type.String({ maxLength: 100 }), { maxProperties: 500 })), {
          additionalProperties: false,
          description: "what a value of a coded column means: a code of its table, or '' for nothing",
        }),
      ),
    ),
  },
  { additionalProperties: false },
)
export type ImportChoices = Static<typeof ImportChoices>

/** The file itself is the multipart part `file`; what is known beforehand is its query. */
export const ImportQuery = Type.Object(
  { networkingOne: Type.Optional(NetworkingOne), manufacturerTable: Type.Optional(Type.Enum(['national', 'jiangsu'])), sheet: Type.Optional(Type.String({ maxLength: 200 })) },
  { additionalProperties: false },
)
export type ImportQuery = Static<typeof ImportQuery>

export const ImportApply = Type.Object({ choices: Type.Optional(ImportChoices), why: Type.Optional(Type.String({ maxLength: 500 })) }, { additionalProperties: false })
export type ImportApply = Static<typeof ImportApply>

export const ImportState = Type.Enum(['reading', 'ready', 'applying', 'done', 'failed', 'cancelled'])

export const ImportNeed = Type.Object({
  choice: Type.Enum(['networkingOne', 'manufacturerTable', 'sheet', 'column']),
  field: Type.Optional(FieldName),
  message: Localized,
  options: ListOf(Type.Object({ value: Type.String(), words: Localized })),
  values: ListOf(Type.Object({ value: Type.String(), count: Type.Integer(), meanings: Type.Record(Type.String(), Localized, { description: 'what it would mean by each option' }) })),
})

const Example = Type.Object({ row: Type.Integer(), column: Type.String(), from: Type.String(), to: Type.String() })
const rows = ListOf(Type.Integer())

export const ImportPreview = Type.Object({
  kind: Type.Enum(['xlsx', 'csv']),
  encoding: Type.Optional(Type.String()),
  separator: Type.Optional(Type.String()),
  sheets: ListOf(Type.Object({ name: Type.String(), isHidden: Type.Boolean() })),
  sheet: Type.Optional(Type.String()),
  headingRow: Type.Optional(Type.Integer()),
  columns: ListOf(Type.Object({ column: Type.String(), heading: Type.String(), field: Type.Optional(FieldName) })),
  counts: Type.Object({
    rows: Type.Integer(),
    created: Type.Integer(),
    adopted: Type.Integer({ description: 'of created: drafts of a catalog that become records' }),
    changed: Type.Integer(),
    unchanged: Type.Integer(),
    rejected: Type.Integer(),
    outside: Type.Integer({ description: 'not within the area of whoever sent the file' }),
    conflicts: Type.Integer({ description: 'changed by somebody else after the preview' }),
  }),
  fieldChanges: Type.Unsafe<Partial<Record<FieldNames, number>>>(Type.Partial(Type.Record(FieldName, Type.Integer()), { description: 'of records that are there already' })),
  normalisations: ListOf(Type.Object({ kind: Type.String(), field: FieldName, count: Type.Integer(), examples: ListOf(Example) })),
  findings: ListOf(Type.Object({ rule: Type.String(), severity: Severity, field: Type.String(), count: Type.Integer(), message: Localized, rows })),
  rejections: ListOf(Type.Object({ code: Type.String(), count: Type.Integer(), message: Localized, rows })),
  notes: ListOf(Type.Object({ code: Type.String(), count: Type.Integer(), message: Localized })),
  needs: ListOf(ImportNeed),
  unknownCodes: ListOf(Type.Object({ field: FieldName, values: ListOf(Type.Object({ value: Type.String(), count: Type.Integer() })), more: Type.Integer() })),
})

export const Import = Type.Object({
  id: Type.String(),
  fileName: Type.String(),
  bytes: Type.Integer(),
  sha256: Type.String(),
  by: Type.String(),
  area: Type.String(),
  state: ImportState,
  atMs: Instant,
  updatedAtMs: Instant,
  choices: ImportChoices,
  progress: Type.Optional(
    Type.Object({ phase: Type.Enum(['waiting', 'reading', 'checking', 'writing']), read: Type.Number(), total: Type.Number({ description: 'bytes while it is read, rows afterwards' }), rows: Type.Integer() }),
  ),
  preview: Type.Optional(ImportPreview),
  outcome: Type.Optional(Type.Object({ created: Type.Integer(), changed: Type.Integer(), conflicts: Type.Integer(), by: Type.String(), why: Type.String(), atMs: Instant })),
  failure: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  sameAs: Type.Optional(Type.Object({ id: Type.String(), atMs: Instant, by: Type.String() }, { description: 'the very same file was applied before' })),
  keptUntilMs: Type.Optional(Instant),
})
export type Import = Static<typeof Import>

/** A list has no previews: each is some kilobytes. */
export const ImportSummary = Type.Object({ ...Type.Omit(Import, ['preview']).properties, counts: Type.Optional(ImportPreview.properties.counts) })
export type ImportSummary = Static<typeof ImportSummary>

export const ImportOutcomeName = Type.Enum(['created', 'changed', 'rejected', 'outside', 'conflict'])
export const ImportRowsQuery = Type.Object(
  { outcome: ImportOutcomeName, after: Type.Optional(Type.Integer({ minimum: 0, description: 'row number that the page begins after' })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })) },
  { additionalProperties: false },
)
export const ImportRow = Type.Object({
  number: Type.Integer({ description: 'row of the file' }),
  code: Type.String(),
  outcome: ImportOutcomeName,
  changes: Type.Optional(ListOf(Type.Object({ field: Type.String(), from: Type.Optional(Type.String()), to: Type.Optional(Type.String()) }))),
  reasons: Type.Optional(ListOf(Type.Object({ code: Type.String(), column: Type.Optional(Type.String()), message: Localized }))),
})
export const ImportRows = Type.Object({ items: ListOf(ImportRow), next: Type.Optional(Type.Integer()) })

export const ExportFormat = Type.Enum(['xlsx', 'csv'])
export type ExportFormat = Static<typeof ExportFormat>

export const ExportQuery = Type.Object(
  {
    ...CameraFilter.properties,
    format: ExportFormat,
    values: Type.Optional(Type.Enum(['codes', 'labels'], { description: 'coded values as codes, or in words' })),
    lang: Type.Optional(Type.Enum(['zh', 'en'])),
    encoding: Type.Optional(Type.Enum(['utf-8', 'gb18030'], { description: 'of CSV' })),
  },
  { additionalProperties: false },
)
export type ExportQuery = Static<typeof ExportQuery>

export const CameraParams = Type.Object({ camera: Id })
export const ImportParams = IdParams
