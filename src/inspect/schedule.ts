// Which checks may start now: so many at once in all, few per device, recorder and platform, no camera twice, areas by turns. A stage: holds what
// waits, in the order it was drawn within each area and device.
import type { Carrier, RuleSet } from './types.ts'

export interface Place {
  readonly camera: string
  readonly area: string
  /** What carries the camera, outermost first. */
  readonly carriers: readonly Carrier[]
}

export interface Queue<T extends Place> {
  /**
   * What may start beside those that run; it waits no longer. One that must wait for its device does not hold up the next.
   * `elsewhere`: what other inspections have running, which share the devices but not the total.
   */
  readonly take: (running: readonly Place[], elsewhere: readonly Place[], limits: RuleSet['concurrency']) => readonly T[]
  /** It waits again, before all others. */
  readonly putBack: (place: T) => void
  readonly size: () => number
  readonly clear: () => void
}

/** What comes through the same carriers, and is let go one after the other. */
interface Group<T> {
  readonly carriers: readonly Carrier[]
  places: T[]
  /** The first that waits: the list is cut now and then, not at each taking. */
  next: number
}

type Groups<T> = Map<string, Group<T>>

export function createQueue<T extends Place>(places: readonly T[]): Queue<T> {
  const areas = new Map<string, Groups<T>>()
  let waiting = 0

  const groupOf = ({ area, carriers, camera }: T): Group<T> => {
    const groups = areas.get(area) ?? new Map<string, Group<T>>()
    areas.set(area, groups)
    // A camera that nothing is known to carry is a group of its own.
    const key = carriers.length === 0 ? camera : carriers.map(({ id }) => id).join('/')
    const group = groups.get(key) ?? { carriers, places: [], next: 0 }
    groups.set(key, group)
    return group
  }
  for (const place of places) groupOf(place).places.push(place)
  waiting = places.length

  /** The first of an area that may go; its group then waits behind the area's others. */
  const pick = (area: string, groups: Groups<T>, busy: Busy): T | undefined => {
    for (const [key, group] of groups) {
      if (!busy.hasRoom(group.carriers)) continue
      const at = group.places.findIndex(({ camera }, n) => n >= group.next && !busy.cameras.has(camera))
      const place = group.places[at]
      if (!place) continue
      group.places[at] = group.places[group.next]!
      group.next++
      groups.delete(key)
      if (group.next < group.places.length) groups.set(key, group)
      if (group.next > 1000) {
        group.places = group.places.slice(group.next)
        group.next = 0
      }
      if (groups.size === 0) areas.delete(area)
      return place
    }
    return undefined
  }
  return {
    take: (running, elsewhere, limits) => {
      const started: T[] = []
      const busy = busyWith([...running, ...elsewhere], limits)
      let hasFound = true
      while (hasFound) {
        hasFound = false
        for (const [area, groups] of [...areas]) {
          if (running.length + started.length >= limits.total) return started
          const place = pick(area, groups, busy)
          if (!place) continue
          hasFound = true
          waiting--
          busy.note(place)
          started.push(place)
          // The turn passes on, from one taking to the next too.
          if (areas.delete(area)) areas.set(area, groups)
        }
      }
      return started
    },
    putBack: (place) => {
      const group = groupOf(place)
      group.places.splice(group.next, 0, place)
      waiting++
    },
    size: () => waiting,
    clear: () => {
      areas.clear()
      waiting = 0
    },
  }
}

interface Busy {
  readonly cameras: Set<string>
  readonly hasRoom: (carriers: readonly Carrier[]) => boolean
  readonly note: (place: Place) => void
}

function busyWith(places: readonly Place[], { perDevice, perRecorder = perDevice, perPlatform = perDevice }: RuleSet['concurrency']): Busy {
  const limits = { device: perDevice, recorder: perRecorder, platform: perPlatform }
  const cameras = new Set<string>()
  const counts = new Map<string, number>()
  const note = ({ camera, carriers }: Place): void => {
    cameras.add(camera)
    for (const { id } of carriers) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  for (const place of places) note(place)
  return { cameras, note, hasRoom: (carriers) => carriers.every(({ id, kind }) => (counts.get(id) ?? 0) < limits[kind]) }
}
