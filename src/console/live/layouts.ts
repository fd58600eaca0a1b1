// Layouts of the wall that somebody saved, in this browser, each as its address.
import { recallJson, remember } from '../client/kept.ts'

export interface Layout {
  readonly name: string
  readonly query: Readonly<Record<string, string>>
}
const key = 'yiji.wall.layouts'
/** Ours. */
const most = 50

const isLayout = (value: unknown): value is Layout =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string' && 'query' in value && typeof value.query === 'object' && value.query !== null && Object.values(value.query).every((each) => typeof each === 'string')

export const layouts = (): readonly Layout[] => recallJson(key, (value) => (Array.isArray(value) ? value.filter(isLayout) : undefined)) ?? []

export const keepLayouts = (all: readonly Layout[]): void => remember(key, JSON.stringify(all.slice(0, most)))

/** A layout of the same name is replaced. */
export const withLayout = (all: readonly Layout[], layout: Layout): readonly Layout[] => [layout, ...all.filter(({ name }) => name !== layout.name)].slice(0, most)
