// Words that were typed about a check and not sent yet: kept for each check while the browser's tab is open, so that a look at another check loses none.
import { computed, reactive, type ComputedRef, type WritableComputedRef } from 'vue'

const store = 'yiji.drafts'
/** Of one tab; older ones give way. Ours. */
const most = 200

/** By the address of the check and the name of the field. */
const drafts = reactive(new Map<string, string>(kept()))
const keyOf = (inspection: string, n: number, field: string): string => `${inspection}/${n}/${field}`

function kept(): readonly (readonly [string, string])[] {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(store) ?? '[]')
    return Array.isArray(read) ? read.filter((each): each is [string, string] => Array.isArray(each) && each.length === 2 && each.every((part) => typeof part === 'string')).slice(0, most) : []
  } catch {
    return []
  }
}
function write(key: string, text: string): void {
  drafts.delete(key)
  if (text.trim() !== '') drafts.set(key, text)
  const [oldest] = drafts.keys()
  if (drafts.size > most && oldest !== undefined) drafts.delete(oldest)
  try {
    sessionStorage.setItem(store, JSON.stringify([...drafts]))
  } catch {
    // A browser that forbids storage keeps them as long as the page.
    return
  }
}

/** What was typed into a field of the check that is looked at. */
export const draftOf = (of: () => { readonly inspection: string; readonly n: number; readonly field: string }): WritableComputedRef<string> =>
  computed({
    get: () => drafts.get(keyOf(of().inspection, of().n, of().field)) ?? '',
    set: (text) => write(keyOf(of().inspection, of().n, of().field), text),
  })

/** Numbers of the checks of an inspection that have words which were not sent. */
export const draftsIn = (inspection: () => string): ComputedRef<ReadonlySet<number>> =>
  computed(() => new Set([...drafts.keys()].flatMap((key) => {
    const [of = '', n = ''] = key.split('/')
    return of === inspection() ? [Number(n)] : []
  })))
