// Cameras that share a value which only one of them should have.
import type { AreaRecord } from './area-check.ts'
import type { AreaRule } from './of-area.ts'
import { words, type Words } from './rule.ts'

export interface Group {
  readonly key: string
  readonly members: number[]
  /** What the first one says beside the key, and whether all say it. */
  beside: string | undefined
  isAlike: boolean
}

/** One of the rules on duplicates. */
export interface Same {
  readonly rule: AreaRule
  /** What must not be the same; undefined where the record says nothing. */
  readonly keyOf: (record: AreaRecord) => string | undefined
  /** What explains it, where all members have the same. */
  readonly besideOf?: (record: AreaRecord) => string | undefined
  /** A member that does not say is taken as the others; otherwise it explains nothing. */
  readonly unsaidIsAlike?: boolean
  /** From so many members on. */
  readonly least: number
  readonly says: (group: Group, others: Words) => Words
}

export interface Sames {
  readonly push: (index: number, record: AreaRecord) => void
  /** Groups that break the rule. */
  readonly broken: () => Iterable<Group>
}

/** A map of a hundred thousand keys holds everybody up while it grows; so many small ones grow a little at a time. Ours. */
const shards = 64

const shardOf = (key: string): number => (key.charCodeAt(key.length - 1) * 31 + key.charCodeAt(key.length >> 1) * 7 + key.length) & (shards - 1)

/** A group is made with the second of the same key; until then the first is only its number. */
export function createSames({ keyOf, besideOf, least, unsaidIsAlike = false }: Same): Sames {
  /** Number of the first one with a key, or -1 - the place of its group. */
  const seen = Array.from({ length: shards }, () => new Map<string, number>())
  const besides = new Map<number, string>()
  const groups: Group[] = []
  const isAlike = (a: string | undefined, b: string | undefined): boolean => (a === undefined || b === undefined ? unsaidIsAlike : a === b)
  return {
    push: (index, record) => {
      const key = keyOf(record)
      if (key === undefined) return
      const shard = seen[shardOf(key)]
      const known = shard?.get(key)
      const beside = besideOf?.(record)
      if (known === undefined) {
        shard?.set(key, index)
        if (beside !== undefined) besides.set(index, beside)
        return
      }
      const group = known < 0 ? groups[-1 - known] : undefined
      if (group) {
        group.members.push(index)
        group.isAlike &&= isAlike(beside, group.beside)
        group.beside ??= beside
        return
      }
      const first = besides.get(known)
      shard?.set(key, -1 - groups.length)
      groups.push({ key, members: [known, index], beside: first ?? beside, isAlike: isAlike(beside, first) })
    },
    *broken() {
      for (const group of groups) if (group.members.length >= least && !group.isAlike) yield group
    },
  }
}

/** Others named one by one in a finding. */
const named = 3

/** The others of a group for one of its members. */
export function othersOf({ members }: Group, index: number, idOf: (index: number) => string): Words {
  const ids: string[] = []
  for (const member of members) {
    if (member !== index) ids.push(idOf(member))
    if (ids.length === named) break
  }
  const count = members.length - 1
  return count > ids.length ? words(`${ids.join('、')}等${count}路`, `${ids.join(', ')} and ${count - ids.length} more`) : words(ids.join('、'), ids.join(', '))
}
