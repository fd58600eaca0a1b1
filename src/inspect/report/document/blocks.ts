// A report as blocks, before it is a page or a Word document: what is said stands here once, how it looks is the writer's.
import type { Result } from '../../types.ts'
import type { ContactItem } from '../contact-sheet/sheet.ts'

/** A piece of a line. A result is shown as a badge; `to` leads to a card of the same document. */
export type Run = string | { readonly text: string; readonly as: 'strong' | 'code' | 'dim' | 'warning' | Result } | { readonly text: string; readonly to: string }
/** A string alone is one line; in a list of runs `\n` begins a new one. */
export type Cell = string | readonly Run[]

export interface Column {
  readonly title: string
  /** Share of the table's width. */
  readonly width: number
  /** Numbers stand right. */
  readonly isNumber?: boolean
}

export interface TimesBar {
  readonly label: string
  /** In the order of time, ms after the start. */
  readonly marks: readonly { readonly name: string; readonly atMs: number }[]
}

export type Block =
  | { readonly kind: 'cover'; readonly cover: Cover }
  | { readonly kind: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: 'text'; readonly runs: readonly Run[]; readonly style: 'plain' | 'note' | 'warning' | 'item' }
  /** A line that the reader may type. */
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [string, Cell])[] }
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[]; readonly note?: string; readonly isSmall?: boolean; /** A list of files and hashes, a line each. */ readonly isDense?: boolean }
  | { readonly kind: 'tally'; readonly boxes: readonly { readonly tone: Result; readonly name: string; readonly count: number; readonly of: number }[] }
  | { readonly kind: 'trend'; readonly title: string; readonly points: readonly TrendPoint[] }
  /** Facts beside the pictures. `empty` is said where there is none. */
  | { readonly kind: 'seen'; readonly rows: readonly (readonly [string, Cell])[]; readonly pictures: readonly { readonly file: string; readonly caption: string }[]; readonly empty: string }
  | { readonly kind: 'times'; readonly bars: readonly TimesBar[] }
  | { readonly kind: 'sheet'; readonly items: readonly ContactItem[]; readonly empty: string }
  /** What belongs together: its head is never left alone at the foot of a page. */
  | { readonly kind: 'card'; readonly anchor: string; readonly title: readonly Run[]; readonly blocks: readonly Block[] }
  | { readonly kind: 'group'; readonly blocks: readonly Block[] }
  | { readonly kind: 'break' }

export interface TrendPoint {
  readonly label: string
  readonly rate: number
  readonly interval: readonly [number, number]
}

export interface Cover {
  /** Of the document, as the office files it; a line to write on where it is empty. */
  readonly number: readonly [string, string]
  readonly title: string
  readonly subtitle: string
  readonly facts: readonly (readonly [string, Cell])[]
  /** Said in red: an inspection that was not finished, a demonstration. */
  readonly warnings: readonly string[]
  readonly signatures: readonly { readonly place: string; readonly isStamp: boolean }[]
  /** Label of the line for the day of signing. */
  readonly dayLabel: string
}

export interface Document {
  readonly lang: 'zh' | 'en'
  /** Of the window and the file's properties. */
  readonly title: string
  /** Stands at the head of each page after the cover. */
  readonly header: string
  readonly software: string
  /** ISO, of the end of what is reported: the same report gives the same document. */
  readonly createdAt: string
  readonly blocks: () => Iterable<Block>
}

/** Files of the pictures that blocks show, each once. */
export function picturesIn(blocks: Iterable<Block>): ReadonlySet<string> {
  const files = new Set<string>()
  for (const block of blocks) {
    if (block.kind === 'seen') for (const { file } of block.pictures) files.add(file)
    if (block.kind === 'card' || block.kind === 'group') for (const file of picturesIn(block.blocks)) files.add(file)
  }
  return files
}

export const heading = (level: 1 | 2, text: string): Block => ({ kind: 'heading', level, text })
export const plain = (...runs: readonly Run[]): Block => ({ kind: 'text', runs, style: 'plain' })
export const item = (...runs: readonly Run[]): Block => ({ kind: 'text', runs, style: 'item' })
export const note = (...runs: readonly Run[]): Block => ({ kind: 'text', runs, style: 'note' })
export const warning = (...runs: readonly Run[]): Block => ({ kind: 'text', runs, style: 'warning' })
export const strong = (text: string): Run => ({ text, as: 'strong' })
export const code = (text: string): Run => ({ text, as: 'code' })
export const dim = (text: string): Run => ({ text, as: 'dim' })

/** Names come from devices and spreadsheets: what no XML may hold, and marks that turn the direction of writing, are not let into a document. Bounded. */
export function clean(text: string): string {
  const short = text.length > maxText ? `${text.slice(0, maxText)}…` : text
  return short.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '\ufffd').replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
}
/** Longer than any reason or rule set; a cell of a workbook holds 32,767. Ours. */
const maxText = 20_000
