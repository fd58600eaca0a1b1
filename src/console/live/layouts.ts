// Layouts of the wall that somebody saved, each as its address; kept with the account.
import type { NamedView } from '../../api/schema/index.ts'
import { mergeViews, readViews } from '../client/named-views.ts'
import { ownSetting } from '../client/own-settings.ts'

/** Ours. */
const most = 50

export const savedLayouts = ownSetting('layouts', { none: [], read: readViews, merge: mergeViews, before: () => 'yiji.wall.layouts' })

/** A layout of the same name is replaced. */
export const withLayout = (all: readonly NamedView[], layout: NamedView): readonly NamedView[] => [layout, ...all.filter(({ name }) => name !== layout.name)].slice(0, most)
