// A sheet as rows, before it is written: numbers are numbers, instants are dates in Beijing time, all else is text and never a formula.
export type SheetCell = string | number | null | undefined | Instant
export interface Instant {
  readonly atMs: number
}
export type ColumnKind = 'text' | 'wide' | 'number' | 'whole' | 'share' | 'time' | 'degrees'
export type SheetColumn = readonly [title: string, width: number, kind?: ColumnKind]

export interface Sheet {
  readonly name: string
  readonly columns: readonly SheetColumn[]
  readonly rows: () => Iterable<readonly SheetCell[]>
}

/** From an ISO instant or milliseconds since 1970; nothing where there is none. */
export function instant(value: string | number | undefined): Instant | null {
  const atMs = typeof value === 'string' ? Date.parse(value) : value
  return atMs !== undefined && Number.isFinite(atMs) ? { atMs } : null
}

/** Degrees as a record has them; what is no number stays the text that it is. */
export const degrees = (text: string): string | number => (/^-?\d{1,3}(\.\d{1,9})?$/.test(text) ? Number(text) : text)
