// Rule sets by name and version: those that ship, and those that people write. A version is never changed; other content is another version.
import { AppError, type Clock } from '../../base/index.ts'
import type { RuleSet } from '../types.ts'
import { checkRules } from './check.ts'
import { ruleSets as newest, shippedRuleSets } from './choose.ts'
import { rulesSha256 } from './digest.ts'

export interface KeptRules {
  readonly rules: RuleSet
  /** Of the content, without name and version. */
  readonly sha256: string
  /** Why there is this version. */
  readonly note: string
  /** Who may write the next version: accounts of this area, or of one around it. */
  readonly area: string
  readonly by: string
  readonly atMs: number
  readonly isShipped: boolean
}

export interface RuleStore {
  /** Throws AppError `conflict` when there is this version already. */
  readonly save: (kept: Omit<KeptRules, 'isShipped'>) => Promise<void>
  /** In order of names and versions. */
  readonly all: () => Promise<readonly Omit<KeptRules, 'isShipped'>[]>
}

export interface NewRules {
  /** As a rule set, its version aside. */
  readonly rules: unknown
  readonly note: string
  readonly by: string
  readonly area: string
  /** The version that was looked at: another newest one is a conflict. 0 for a name that is new. */
  readonly after?: number
}

export interface RuleBook {
  /** Every version there is: those that ship first, then by name and version. */
  readonly all: () => Promise<readonly KeptRules[]>
  /** `name` for the newest, or `name@version`. Throws AppError `not-found`. */
  readonly find: (name: string) => Promise<KeptRules>
  /** A new name, or the next version of one. The same content as the newest version is that version. Throws AppError `request.invalid`, `conflict`, `limit.reached`. */
  readonly create: (asked: NewRules) => Promise<{ readonly kept: KeptRules; readonly isNew: boolean }>
}

/** Versions in all. Ours: a rule set is a few kilobytes, and all are read for a list. */
const maxVersions = 2_000
const maxBytes = 100_000

export function createRuleBook({ store, clock }: { readonly store: RuleStore; readonly clock: Clock }): RuleBook {
  const shipped: readonly KeptRules[] = shippedRuleSets.map((rules) => ({ rules, sha256: rulesSha256(rules), note: '', area: '', by: '', atMs: 0, isShipped: true }))
  const all = async (): Promise<readonly KeptRules[]> => [...shipped, ...(await store.all()).map((kept) => ({ ...kept, isShipped: false }))]
  return {
    all,
    find: async (name) => {
      const found = findRules(await all(), name)
      if (!found) throw new AppError('not-found', `there is no rule set "${name}"`)
      return found
    },
    create: async ({ rules: said, note, by, area, after }) => {
      const given = checkRules({ ...(typeof said === 'object' ? said : {}), version: 1 })
      if (JSON.stringify(given).length > maxBytes) throw new AppError('request.invalid', `a rule set may have ${maxBytes} bytes at most`)
      if (newest.some(({ name }) => name === given.name)) throw new AppError('request.invalid', `"${given.name}" ships with the program and stays as it is: choose another name`)
      const kept = await all()
      const before = findRules(kept, given.name)
      const version = (before?.rules.version ?? 0) + 1
      const sha256 = rulesSha256(given)
      if (before?.sha256 === sha256) return { kept: before, isNew: false }
      if (after !== undefined && after !== version - 1) throw new AppError('conflict', `the newest version of "${given.name}" is ${version - 1}, not ${after}: look at what has changed`)
      if (note.trim() === '') throw new AppError('request.invalid', 'say in a note why there is this version')
      if (kept.length >= maxVersions) throw new AppError('busy', `there are ${maxVersions} versions of rule sets, which is as many as are kept`)
      const row = { rules: { ...given, version }, sha256, note: note.trim(), area: before?.area ?? area, by, atMs: clock.wallMs() }
      await store.save(row)
      return { kept: { ...row, isShipped: false }, isNew: true }
    },
  }
}

/** `name@version`, or the newest of the name. */
function findRules(kept: readonly KeptRules[], wanted: string): KeptRules | undefined {
  const [name, version] = wanted.split('@', 2)
  return kept.filter(({ rules }) => rules.name === name && (version === undefined || String(rules.version) === version)).reduce<KeptRules | undefined>((best, each) => (best && best.rules.version > each.rules.version ? best : each), undefined)
}
