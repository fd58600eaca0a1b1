// What an account set up for itself: kept as it was given, by a version that counts its changes, so that two machines do not undo each other's.
import { AppError, type Clock } from '../base/index.ts'
import type { AccountStore, StoredSetting } from './types.ts'

/** JSON text of one setting. Fifty layouts of sixteen cameras each are 20 kB. */
const longestSetting = 64 * 1024

export interface Setting {
  readonly key: string
  readonly value: unknown
  readonly version: number
  readonly updatedAtMs: number
}

export interface Settings {
  readonly list: (account: string) => Promise<readonly Setting[]>
  /** `version` is the one that was seen, 0 for none. Throws `conflict` when another was written since, `request.invalid` when it is too long. */
  readonly save: (account: string, key: string, value: unknown, version: number) => Promise<Setting>
}

const settingOf = ({ account: _known, value, ...others }: StoredSetting): Setting => ({ ...others, value: JSON.parse(value) as unknown })

export function createSettings(store: Pick<AccountStore, 'settings' | 'saveSetting'>, clock: Clock): Settings {
  return {
    list: async (account) => (await store.settings(account)).map(settingOf),
    save: async (account, key, value, version) => {
      const text = JSON.stringify(value)
      if (text.length > longestSetting) throw new AppError('request.invalid', `a setting is at most ${longestSetting} characters long; this one has ${text.length}`)
      const next = { account, key, value: text, version: version + 1, updatedAtMs: clock.wallMs() }
      if (!(await store.saveSetting(next))) throw new AppError('conflict', `"${key}" was changed meanwhile, in another window or on another machine`)
      return settingOf(next)
    },
  }
}
