// The figures of the first page, out of the one answer that has them all. A number and the list behind it are found by the same filter.
import type { Counts } from '../../api/schema/index.ts'
import type { CameraFilters } from '../cameras/filters.ts'

export const classes = ['', '1', '2', '3', '4', '9'] as const
export type ClassRow = (typeof classes)[number]

export const columns = ['records', 'online', 'late', 'offline', 'unknown', 'complete', 'drafts'] as const
export type Column = (typeof columns)[number]

/** The filter of each column; a draft has no record that could be complete or not. */
export const filterOf: Readonly<Record<Column, Partial<CameraFilters>>> = {
  records: { draft: 'false' },
  online: { draft: 'false', presence: 'online' },
  late: { draft: 'false', presence: 'late' },
  offline: { draft: 'false', presence: 'offline' },
  unknown: { draft: 'false', presence: 'unknown' },
  complete: { draft: 'false', complete: 'true' },
  drafts: { draft: 'true' },
}

type Count = Counts['cameras'][number]
const isIn: Readonly<Record<Column, (count: Count) => boolean>> = {
  records: ({ isDraft }) => !isDraft,
  online: ({ isDraft, presence }) => !isDraft && presence === 'online',
  late: ({ isDraft, presence }) => !isDraft && presence === 'late',
  offline: ({ isDraft, presence }) => !isDraft && presence === 'offline',
  unknown: ({ isDraft, presence }) => !isDraft && presence === 'unknown',
  complete: ({ isDraft, isComplete }) => !isDraft && isComplete,
  drafts: ({ isDraft }) => isDraft,
}

export interface FigureRow extends Readonly<Record<Column, number>> {
  readonly class: ClassRow
}

/** A row for all, and one for each class that has any camera; the three that are drawn from are always there. */
export function rowsOf({ cameras }: Counts): readonly FigureRow[] {
  return classes.flatMap((pointClass) => {
    const own = cameras.filter((count) => pointClass === '' || count.class === pointClass)
    if (own.length === 0 && (pointClass === '4' || pointClass === '9')) return []
    const sum = (column: Column): number => own.reduce((total, count) => total + (isIn[column](count) ? count.n : 0), 0)
    return [{ class: pointClass, records: sum('records'), online: sum('online'), late: sum('late'), offline: sum('offline'), unknown: sum('unknown'), complete: sum('complete'), drafts: sum('drafts') }]
  })
}
