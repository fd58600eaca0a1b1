// What the account set up for itself: kept by the service, so that it is there on another machine, with a copy in this browser, so that a page is drawn
// at once and nothing is lost while the service is away. Of two windows that changed something else both changes stay.
import { shallowRef, watch, type ShallowRef } from 'vue'
import type { NamedView, Problem, Setting, SettingKey } from '../../api/schema/index.ts'
import { call } from './call.ts'
import { returns } from './connection.ts'
import { asProblem } from './http.ts'
import { forget, recallJson, remember } from './kept.ts'
import { account } from './session.ts'

export interface OwnSetting<T> {
  readonly value: Readonly<ShallowRef<T>>
  /** Shown and kept here at once; sent to the service behind it. */
  readonly change: (next: T) => void
  /** Why the service has not taken the last change; it is sent again by itself. */
  readonly problem: Readonly<ShallowRef<Problem | undefined>>
  /** When what the service has is known, or that it cannot be asked. Never throws. */
  readonly ready: () => Promise<void>
  /** Asks the service again. Never throws. */
  readonly refresh: () => Promise<void>
}

export interface OwnSettingOptions<T> {
  readonly none: T
  /** Of whatever is found; what does not fit is left out. */
  readonly read: (value: unknown) => T | undefined
  /** `base` is what both started from. */
  readonly merge: (base: T, mine: T, theirs: T) => T
  /** Where a browser kept it before the service did. */
  readonly before: (account: string) => string
}

interface Copy<T> {
  readonly base: T
  readonly version: number
  readonly value: T
  readonly isUnsent: boolean
}

const mostTries = 5
/** One question for all settings of an account, as a page opens. */
let asked: { readonly account: string; readonly answer: Promise<readonly Setting[]> } | undefined
function settingsOf(name: string, isFresh: boolean): Promise<readonly Setting[]> {
  if (isFresh || asked?.account !== name) asked = { account: name, answer: call('GET /session/settings', {}).then(({ items }) => items) }
  const { answer } = asked
  answer.catch(() => void (asked = undefined))
  return answer
}

export function ownSetting<T extends readonly (string | NamedView)[]>(key: SettingKey, { none, read, merge, before }: OwnSettingOptions<T>): OwnSetting<T> {
  const value: ShallowRef<T> = shallowRef(none)
  const problem = shallowRef<Problem>()
  let name = ''
  let copy: Copy<T> = { base: none, version: 0, value: none, isUnsent: false }
  let isSending = false
  let first: Promise<void> = Promise.resolve()

  const place = (): string => `yiji.own.${key}.${name}`
  const keep = (next: Copy<T>): void => {
    copy = next
    value.value = next.value
    remember(place(), JSON.stringify(next))
  }
  const readCopy = (found: unknown): Copy<T> | undefined => {
    if (typeof found !== 'object' || found === null || !('value' in found) || !('base' in found) || !('version' in found) || typeof found.version !== 'number') return undefined
    const [mine, base] = [read(found.value), read(found.base)]
    return mine && { base: base ?? none, version: found.version, value: mine, isUnsent: 'isUnsent' in found && found.isUnsent === true }
  }
  const takeTheirs = (all: readonly Setting[]): void => {
    const found = all.find((each) => each.key === key)
    const theirs = (found && read(found.value)) ?? none
    if (found ? found.version === copy.version : copy.version === 0) return
    keep({ base: theirs, version: found?.version ?? 0, value: copy.isUnsent ? merge(copy.base, copy.value, theirs) : theirs, isUnsent: copy.isUnsent })
  }

  async function ask(isFresh: boolean): Promise<void> {
    const own = name
    if (own === '') return
    try {
      const all = await settingsOf(own, isFresh)
      if (own !== name) return
      takeTheirs(all)
      await send()
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  async function send(): Promise<void> {
    if (isSending) return
    isSending = true
    const own = name
    try {
      for (let tries = 0; copy.isUnsent && own === name && tries < mostTries; tries += 1) {
        const sent = copy.value
        try {
          const { version } = await call('PUT /session/settings/:key', { params: { key }, body: { value: sent, version: copy.version } })
          if (own !== name) return
          keep({ base: sent, version, value: copy.value, isUnsent: copy.value !== sent })
          problem.value = undefined
        } catch (error) {
          if (asProblem(error).code !== 'conflict') throw error
          const all = await settingsOf(own, true)
          if (own === name) takeTheirs(all)
        }
      }
    } catch (error) {
      problem.value = asProblem(error)
    } finally {
      isSending = false
    }
  }

  watch(() => account.value?.name ?? '', (now) => {
    name = now
    problem.value = undefined
    if (now === '') return
    const kept = recallJson(place(), readCopy)
    const older = kept ? undefined : recallJson(before(now), read)
    copy = kept ?? { base: none, version: 0, value: older ?? none, isUnsent: older !== undefined }
    value.value = copy.value
    if (older) {
      keep(copy)
      forget(before(now))
    }
    first = ask(false)
  }, { immediate: true })
  watch(returns, () => void (problem.value && ask(true)))

  return {
    value, problem,
    change: (next) => {
      keep({ ...copy, value: next, isUnsent: true })
      void send()
    },
    ready: () => first,
    refresh: () => ask(true),
  }
}
