// A bounded queue that drops the oldest and counts what it dropped.

export interface BoundedQueue<T> {
  readonly push: (item: T) => void
  readonly shift: () => T | undefined
  readonly clear: () => void
  readonly size: () => number
  /** Items lost to the bound since the beginning. */
  readonly dropped: () => number
}

export function boundedQueue<T>(limit: number): BoundedQueue<T> {
  const items: T[] = []
  let dropped = 0
  return {
    push: (item) => {
      if (items.length >= limit) {
        items.shift()
        dropped++
      }
      items.push(item)
    },
    shift: () => items.shift(),
    clear: () => {
      items.length = 0
    },
    size: () => items.length,
    dropped: () => dropped,
  }
}
