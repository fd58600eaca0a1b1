// Bulk: records from a workbook or CSV file, and out again.
import { Type, type Static } from 'typebox'
import { Id, ListOf } from './common.ts'
import { CameraFilter } from './cameras.ts'

/** What 1 means in the column 联网属性: two national tables give it opposite meanings, so nobody guesses. */
export const NetworkingOne = Type.Enum(['networked', 'not-networked'])
export type NetworkingOne = Static<typeof NetworkingOne>

/** The file itself is the multipart part `file`; these two are its query. */
export const ImportQuery = Type.Object(
  { networkingOne: Type.Optional(NetworkingOne), dryRun: Type.Optional(Type.Boolean({ default: false })) },
  { additionalProperties: false },
)
export type ImportQuery = Static<typeof ImportQuery>

export const ImportOutcome = Type.Object({
  rows: Type.Integer(),
  created: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  rejected: ListOf(Type.Object({ row: Type.Integer(), code: Type.String(), reasons: ListOf(Type.String()) })),
  findings: Type.Record(Type.String(), Type.Integer(), { description: 'findings of accepted rows by rule' }),
  dryRun: Type.Boolean(),
})
export type ImportOutcome = Static<typeof ImportOutcome>

export const ExportFormat = Type.Enum(['xlsx', 'csv'])
export type ExportFormat = Static<typeof ExportFormat>

export const ExportQuery = Type.Object({ ...CameraFilter.properties, format: ExportFormat }, { additionalProperties: false })
export type ExportQuery = Static<typeof ExportQuery>

export const CameraParams = Type.Object({ camera: Id })
