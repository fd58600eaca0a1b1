// Work that is slow on purpose, some at a time: passwords are derived on the pool of threads that files are read and synced by too.
import { AppError } from '../base/index.ts'

export interface WorkBounds {
  readonly atOnce: number
  /** What may wait, and how much of it for one key: a flood from one address does not take the place of the others. */
  readonly waiting: number
  readonly waitingPerKey: number
}

/** Does work in the order it comes; AppError 'auth.limited' when too much waits. */
export function createBoundedWork({ atOnce, waiting, waitingPerKey }: WorkBounds): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = []
  const perKey = new Map<string, number>()
  let running = 0
  const next = (): void => {
    const start = running < atOnce ? queue.shift() : undefined
    if (!start) return
    running++
    start()
  }
  const leave = (key: string): void => {
    const left = (perKey.get(key) ?? 1) - 1
    if (left > 0) perKey.set(key, left)
    else perKey.delete(key)
  }
  return async (key, work) => {
    if (queue.length >= waiting || (perKey.get(key) ?? 0) >= waitingPerKey) throw new AppError('auth.limited', 'too many log-ins at once; try again in a moment')
    perKey.set(key, (perKey.get(key) ?? 0) + 1)
    const started = new Promise<void>((resolve) => queue.push(resolve))
    next()
    await started
    try {
      return await work()
    } finally {
      running--
      leave(key)
      next()
    }
  }
}
