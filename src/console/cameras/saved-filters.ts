// Filters that somebody saved by name; kept with the account.
import { mergeViews, readViews } from '../client/named-views.ts'
import { ownSetting } from '../client/own-settings.ts'

export const savedFilters = ownSetting('filters', { none: [], read: readViews, merge: mergeViews, before: (account) => `yiji.filters.${account}` })
