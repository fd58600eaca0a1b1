// A map that forgets its oldest entries when full: what strangers can fill must not grow.

export interface Bounded<Value> {
  readonly get: (key: string) => Value | undefined
  /** The entry becomes one of the newest. */
  readonly set: (key: string, value: Value) => void
  readonly delete: (key: string) => void
  /** Forgets what was not set since the last time. */
  readonly age: () => void
  readonly size: () => number
}

/**
 * Holds `limit` entries at most and the newest half of them at least; `dropped` hears of what had to go. Two generations instead of one ordered
 * map: taking the first of a Map again and again walks over all that was deleted before it (60 µs each at 50,000 entries, measured).
 */
export function createBounded<Value>(limit: number, dropped?: (value: Value) => void): Bounded<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  const age = (): void => {
    if (dropped) for (const value of old.values()) dropped(value)
    old = young
    young = new Map()
  }
  return {
    get: (key) => young.get(key) ?? old.get(key),
    set: (key, value) => {
      old.delete(key)
      young.set(key, value)
      if (young.size >= limit / 2) age()
    },
    delete: (key) => {
      young.delete(key)
      old.delete(key)
    },
    age,
    size: () => young.size + old.size,
  }
}

/** Whether something is to be said again: once in `everyUs` for each key, of the latest `limit` keys. */
export function createOncePer(everyUs: number, limit: number): (key: string, nowUs: number) => boolean {
  const said = createBounded<number>(limit)
  return (key, nowUs) => {
    const last = said.get(key)
    if (last !== undefined && nowUs - last < everyUs) return false
    said.set(key, nowUs)
    return true
  }
}

/** A piece of a message's text as a string of its own: as it is cut out, it would keep the whole message in memory for as long as it is kept. */
export const ownText = (piece: string): string => Buffer.from(piece, 'latin1').toString('latin1')
