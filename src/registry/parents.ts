// Where a channel hangs in its device's catalog: parents, groups, regions. GB/T 28181-2022 A.2.1.9 (ParentID), Annex J; raw fields stay as sent.
import { kindOf } from './code.ts'
import type { Channel } from './types.ts'

/** Ours: places at which one channel may hang. */
const maxParents = 8

/**
 * Ids that the channel hangs under, of those that the same catalog lists; none: at the top. ParentID may join several with `/`, and names the
 * device itself, the platform that asks, or the channel for "none" (Q45). An organisation may name its business group apart, at top level or in
 * Info (Q48); a division hangs under the next wider one, and a device under that of its CivilCode.
 */
export function parentsOf(channel: Channel, deviceId: string, isListed: (id: string) => boolean): readonly string[] {
  const { id, raw } = channel
  const found = new Set<string>()
  const add = (parent: string): void => {
    if (parent !== '' && parent !== id && parent !== deviceId && found.size < maxParents && isListed(parent)) found.add(parent)
  }
  for (const part of (raw['ParentID'] ?? channel.parentId ?? '').split('/')) add(part.trim())
  if (kindOf(id) === 'group' && found.size === 0) add((raw['BusinessGroupID'] ?? raw['Info.BusinessGroupID'] ?? '').trim())
  if (kindOf(id) === 'region') {
    for (let length = id.length - 1; length >= 2 && found.size === 0; length--) add(id.slice(0, length))
  } else {
    const division = raw['CivilCode']?.trim() ?? ''
    if (/^\d{2,8}$/.test(division)) add(division)
  }
  return [...found]
}

/**
 * Takes out of the tree what would close a ring, as lists of several platforms do: whoever walks up always arrives. Only ids that are somebody's
 * parent can be in a ring; `parents` is altered.
 */
export function openRings(parents: Map<string, readonly string[]>): void {
  const inner = new Set<string>()
  for (const list of parents.values()) for (const parent of list) inner.add(parent)
  const done = new Set<string>()
  for (const start of inner) {
    const path: { readonly id: string; next: number }[] = done.has(start) ? [] : [{ id: start, next: 0 }]
    const onPath = new Set([start])
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const list = parents.get(at.id) ?? []
      const parent = list[at.next]
      if (parent === undefined) {
        path.pop()
        onPath.delete(at.id)
        done.add(at.id)
      } else if (onPath.has(parent)) {
        parents.set(at.id, list.filter((each) => each !== parent))
      } else {
        at.next++
        if (done.has(parent)) continue
        onPath.add(parent)
        path.push({ id: parent, next: 0 })
      }
    }
  }
}
