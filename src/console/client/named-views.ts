// Views that somebody gave a name: saved filters, layouts of the wall.
import type { NamedView } from '../../api/schema/index.ts'

export const longestName = 40

/** What an older version or another hand left is read entry by entry. */
export function readViews(value: unknown): readonly NamedView[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.flatMap((each: unknown): readonly NamedView[] => {
    if (typeof each !== 'object' || each === null || !('name' in each) || typeof each.name !== 'string' || each.name === '' || !('query' in each) || typeof each.query !== 'object' || each.query === null) return []
    return [{ name: each.name.slice(0, longestName), query: Object.fromEntries(Object.entries(each.query).filter((pair): pair is [string, string] => typeof pair[1] === 'string')) }]
  })
}

const sameQuery = (a: NamedView | undefined, b: NamedView): boolean => a !== undefined && JSON.stringify(a.query) === JSON.stringify(b.query)

/** Theirs, without what I took away, with what I added or changed since `base`. */
export function mergeViews(base: readonly NamedView[], mine: readonly NamedView[], theirs: readonly NamedView[]): readonly NamedView[] {
  const was = new Map(base.map((view) => [view.name, view]))
  const own = new Set(mine.map(({ name }) => name))
  const changed = mine.filter((view) => !sameQuery(was.get(view.name), view))
  const kept = theirs.filter(({ name }) => !changed.some((view) => view.name === name) && (own.has(name) || !was.has(name)))
  return [...kept, ...changed]
}
