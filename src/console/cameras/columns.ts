// The columns of the record list: fields of the field table, and what is known beside them. The choice is kept with the account.
import type { FieldName } from '../../api/schema/index.ts'
import { ownSetting } from '../client/own-settings.ts'

/** `@`: no field of the record. */
export const ownColumns = ['@presence', '@state', '@updated'] as const
export type Column = FieldName | (typeof ownColumns)[number]

export const standardColumns: readonly Column[] = ['name', 'code', 'class', 'area', 'managementUnit', '@presence', '@state']
export const mostColumns = 14

export const isOwn = (column: Column): column is (typeof ownColumns)[number] => column.startsWith('@')

function read(value: unknown): readonly Column[] | undefined {
  const names = Array.isArray(value) ? value.filter((each): each is Column => typeof each === 'string') : []
  return names.length === 0 ? undefined : withName(names)
}

/** The name is what a row is told by, and opens it: it is always there, first. */
const withName = (columns: readonly Column[]): readonly Column[] => ['name', ...new Set(columns.filter((column) => column !== 'name'))].slice(0, mostColumns) as Column[]

/** One that was only ever kept in a browser gives way to the account's own. */
export const ownChoice = ownSetting<readonly Column[]>('columns', { none: standardColumns, read, merge: (base, mine, theirs) => (base.join() === standardColumns.join() ? theirs : mine), before: () => 'yiji.columns' })
export const chosenColumns = ownChoice.value

export const chooseColumns = (columns: readonly Column[]): void => ownChoice.change(withName(columns))
