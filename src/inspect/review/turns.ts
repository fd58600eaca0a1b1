// One piece of heavy work after another, a few waiting: judging again decodes every picture of a recording.
import { AppError } from '../../base/index.ts'

export interface Turns {
  /** Runs when those before are over. Throws AppError `busy` at once when too many wait. */
  readonly take: <T>(work: () => Promise<T>) => Promise<T>
  /** Resolves when all are over. */
  readonly idle: () => Promise<void>
}

export function createTurns(most: number): Turns {
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  return {
    take: (work) => {
      if (waiting >= most) throw new AppError('busy', `${most} pieces of work wait already: try again later`)
      waiting++
      const mine = last.then(work, work).finally(() => waiting--)
      last = mine.catch(() => undefined)
      return mine
    },
    idle: async () => {
      await last
    },
  }
}
