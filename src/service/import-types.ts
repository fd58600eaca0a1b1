// What imports are to the rest of the service.
import type { Readable } from 'node:stream'
import type { Clock, Log, RandomBytes } from '../base/index.ts'
import type { Choices, ImportRecord, ReconcileOptions, Registry, RowOutcome, StagedRow } from '../registry/index.ts'
import type { Store } from '../store/index.ts'
import type { RuleFiles } from './rules.ts'

export interface ImportBounds {
  /** Files kept at once. */
  readonly files: number
  readonly maxBytes: number
  readonly keepMs: number
}

export interface ImportProgress {
  readonly phase: 'waiting' | 'reading' | 'checking' | 'writing'
  readonly read: number
  readonly total: number
  readonly rows: number
}

/** An import as it is now. */
export interface ImportView extends ImportRecord {
  readonly progress?: ImportProgress
  /** When its file is removed; absent when it has none any more. */
  readonly keptUntilMs?: number
}

export interface Imports {
  /** Takes the file and begins to read it. `isCut`: the stream was ended because it was too long. */
  readonly begin: (upload: { readonly fileName: string; readonly stream: Readable; readonly isCut?: () => boolean; readonly by: string; readonly area: string; readonly choices: Choices }) => Promise<ImportView>
  readonly get: (id: string) => Promise<ImportView | undefined>
  readonly list: (limit: number) => Promise<readonly ImportView[]>
  /** When it is neither read nor written any more, or after that time. */
  readonly settled: (id: string, withinMs: number) => Promise<ImportView>
  /** Reads the file again with other choices. Throws AppError 'conflict' unless it is ready. */
  readonly choose: (id: string, choices: Choices) => Promise<ImportView>
  /** Throws AppError 'import.choice-needed' while something is to be chosen, 'conflict' unless it is ready. */
  readonly apply: (id: string, how: { readonly choices?: Choices; readonly by: string; readonly why: string }) => Promise<ImportView>
  /** Ends it, unless its records are written already. */
  readonly cancel: (id: string) => Promise<ImportView>
  readonly rows: (id: string, query: { readonly outcomes: readonly RowOutcome[]; readonly after: number; readonly limit: number }) => Promise<readonly StagedRow[]>
  /** The rows that were not taken, with their reasons; undefined where there are none. */
  readonly rejected: (id: string) => Promise<{ readonly fileName: string; readonly format: 'xlsx' | 'csv'; readonly body: Readable } | undefined>
  readonly close: () => Promise<void>
}

export interface ImportOptions extends ImportBounds {
  readonly store: Pick<Store, 'imports' | 'lend'>
  readonly registry: Pick<Registry, 'alone'>
  readonly dataDir: string
  /** What the rules go by; absent: their own figures, no outlines. */
  readonly ruleFiles?: RuleFiles
  readonly reconcile?: ReconcileOptions
  readonly clock: Clock
  readonly log: Log
  readonly random: RandomBytes
}
