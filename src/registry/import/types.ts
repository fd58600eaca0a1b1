// What an import says of itself: what a file holds, what it would change, what it still needs to be told. Shown before anything is written.
import type { Camera, FieldChange, FieldName, Finding, Found } from '../types.ts'
import type { SheetInfo } from './sheet.ts'

export interface Words {
  readonly zh: string
  readonly en: string
}

/** What only a person can say. Nothing here is ever guessed. */
export interface Choices {
  /** What 1 means in the column 联网属性. */
  readonly networkingOne?: 'networked' | 'not-networked'
  /** Which table the codes of 设备厂商 are from. */
  readonly manufacturerTable?: 'national' | 'jiangsu'
  /** Name of the sheet to read. */
  readonly sheet?: string
  /** Column of a field, as A, B, …, AA; '' leaves the field out. */
  readonly columns?: Readonly<Partial<Record<FieldName, string>>>
  /** What a value of a coded column means: a code of its table, or '' for nothing. */
  readonly codes?: Readonly<Partial<Record<FieldName, Readonly<Record<string, string>>>>>
}

/** A choice without which nothing is applied. */
export interface Need {
  readonly choice: 'networkingOne' | 'manufacturerTable' | 'sheet' | 'column'
  /** Of `column`: which field has several. */
  readonly field?: FieldName
  readonly message: Words
  readonly options: readonly { readonly value: string; readonly words: Words }[]
  /** Values that depend on it, how often they occur, and what each would mean by which option. */
  readonly values: readonly { readonly value: string; readonly count: number; readonly meanings: Readonly<Record<string, Words>> }[]
}

export interface Reason {
  /** Stable: `code.spoilt`, `networking.unknown`, `area.outside` … */
  readonly code: string
  /** Column of the faulty cell, from 0; absent where the row as a whole is refused. */
  readonly column?: number
  readonly message: Words
}

/** `outside`: not within the area of whoever imports. `conflict`: the record was changed after the preview. */
export type RowOutcome = 'created' | 'changed' | 'unchanged' | 'rejected' | 'outside' | 'conflict'

/** One row of the file with what would come of it; kept beside the database until the import is over. */
export interface StagedRow {
  readonly number: number
  readonly code: string
  readonly outcome: RowOutcome
  /** Of the record that was there; absent where none was. */
  readonly version?: number
  /** What the record would be. */
  readonly written?: Pick<Camera, 'declared' | 'findings' | 'completeness'>
  readonly changes?: readonly FieldChange[]
  /** As they stood in the file: only of rows that are not taken. */
  readonly cells?: readonly string[]
  readonly reasons?: readonly Reason[]
}

/** Something that was done to values, or is to be known of them: how often, with a few examples. */
export interface Normalisation {
  readonly kind: NormalisationKind
  readonly field: FieldName
  readonly count: number
  readonly examples: readonly { readonly row: number; readonly column: string; readonly from: string; readonly to: string }[]
}

export type NormalisationKind =
  | 'blanks' // blanks and invisible marks at the ends
  | 'width' // full-width digits, letters and signs
  | 'spaces' // blanks within digits
  | 'zeros' // zeros before a code, or behind a whole number
  | 'label' // the word of a code instead of the code
  | 'list' // another separator than /, or a code twice
  | 'date' // another way to write a date
  | 'date-number' // the days that a spreadsheet counts
  | 'number' // a unit behind a number, or a number that is none in binary
  | 'mac'
  | 'case'
  | 'form' // anything else that is stored in another form
  | 'formula' // the value that was last computed
  | 'merged' // filled from the cell it is merged with
  | 'masked' // a masked contact: what is there stays
  | 'recoded' // another encoding than the file's
  | 'guarded' // an apostrophe before a formula
  | 'networking' // by the choice of what 1 means
  | 'manufacturer-table'
  | 'mapped' // by the mapping that was given

export interface ImportCounts {
  readonly rows: number
  /** New records, those from drafts of a catalog among them. */
  readonly created: number
  readonly adopted: number
  readonly changed: number
  readonly unchanged: number
  readonly rejected: number
  readonly outside: number
  readonly conflicts: number
}

export interface ImportPreview {
  readonly kind: 'xlsx' | 'csv'
  readonly encoding?: string
  readonly separator?: string
  readonly sheets: readonly SheetInfo[]
  /** The one that was read; absent until it is chosen. */
  readonly sheet?: string
  readonly headingRow?: number
  readonly columns: readonly { readonly column: string; readonly heading: string; readonly field?: FieldName }[]
  readonly counts: ImportCounts
  /** Of records that are there already. */
  readonly fieldChanges: Readonly<Partial<Record<FieldName, number>>>
  readonly normalisations: readonly Normalisation[]
  /** Of accepted rows, by rule. */
  readonly findings: readonly { readonly rule: string; readonly severity: Finding['severity']; readonly field: string; readonly count: number; readonly message: Words; readonly rows: readonly number[] }[]
  readonly rejections: readonly { readonly code: string; readonly count: number; readonly message: Words; readonly rows: readonly number[] }[]
  /** What else is to be known: merged and hidden cells, the encoding, an ending that does not fit. */
  readonly notes: readonly { readonly code: string; readonly count: number; readonly message: Words }[]
  readonly needs: readonly Need[]
  /** Values of coded columns that no table has. */
  readonly unknownCodes: readonly { readonly field: FieldName; readonly values: readonly { readonly value: string; readonly count: number }[]; readonly more: number }[]
}

/** Where rows wait between preview and apply. Synchronous: it works in a thread of its own. */
export interface Staging {
  readonly save: (rows: readonly StagedRow[]) => void
  /** Forgets all rows: the file is read again. */
  readonly clear: () => void
}

/** Rows waiting in the order of the file. */
export interface StagedRows {
  readonly rows: (query: { readonly outcomes: readonly RowOutcome[]; readonly after: number; readonly limit: number }) => readonly StagedRow[]
}

/** waiting: another import is being read. interrupted: the service stopped meanwhile. */
export type ImportState = 'reading' | 'ready' | 'applying' | 'done' | 'failed' | 'cancelled'

export interface ImportRecord {
  readonly id: string
  readonly fileName: string
  readonly bytes: number
  readonly sha256: string
  readonly by: string
  /** Where that account may write. */
  readonly area: string
  readonly state: ImportState
  readonly atMs: number
  readonly updatedAtMs: number
  readonly choices: Choices
  readonly preview?: ImportPreview
  /** What was written, when it was. */
  readonly outcome?: ImportOutcomeCounts & { readonly by: string; readonly why: string; readonly atMs: number }
  readonly failure?: { readonly code: string; readonly message: string }
  /** An earlier import of the very same bytes that was applied. */
  readonly sameAs?: { readonly id: string; readonly atMs: number; readonly by: string }
}

export interface ImportOutcomeCounts {
  readonly created: number
  readonly changed: number
  /** Rows whose records were changed after the preview: not written. */
  readonly conflicts: number
}

/** What is kept of imports. */
export interface ImportStore {
  readonly saveImport: (record: ImportRecord) => Promise<void>
  readonly import: (id: string) => Promise<ImportRecord | undefined>
  /** Newest first. */
  readonly imports: (limit: number) => Promise<readonly ImportRecord[]>
  /** The last one of these bytes that was applied. */
  readonly appliedImport: (sha256: string) => Promise<ImportRecord | undefined>
}

/** What other rules (catalogs, presence) find of records as they would be. */
export type FindFound = (cameras: readonly Camera[]) => Promise<readonly Found[]>

/** Records as they are now, by code. */
export type FindCameras = (ids: readonly string[]) => ReadonlyMap<string, Camera>
