// How far an inspection is, and how much longer it will take. Estimated from what it has done since it was last begun or resumed: so many checks in
// so much time; pauses do not count.
import type { Clock } from '../base/index.ts'
import type { InspectionProgress } from './types.ts'

export interface Progress {
  readonly begun: (n: number) => void
  readonly done: (n: number) => void
  /** Over, whether it was kept or not. */
  readonly left: (n: number) => void
  readonly pause: () => void
  readonly resume: () => void
  readonly now: (running: number) => InspectionProgress
}

/** Ours: fewer say little about the rest. */
const leastDone = 3

export function createProgress(clock: Clock, given: { readonly total: number; readonly done: number }): Progress {
  let { done } = given
  let sinceDone = 0
  /** Time that was spent at work before the last pause, and when the present stretch began. */
  let workedUs = 0
  let beganUs: number | undefined = clock.nowUs()
  const under = new Map<number, number>()
  const spentUs = (): number => workedUs + (beganUs === undefined ? 0 : clock.nowUs() - beganUs)

  /** Of checks under way, the part that is behind them by the mean of those that are done. */
  const msLeft = (): number | undefined => {
    if (sinceDone < leastDone || beganUs === undefined) return undefined
    const nowUs = clock.nowUs()
    const eachUs = spentUs() / sinceDone
    const halfDone = [...under.values()].filter((startUs) => nowUs - startUs > eachUs).length / 2
    return Math.max(0, Math.round(((given.total - done - halfDone) * eachUs) / 1000))
  }
  return {
    begun: (n) => void under.set(n, clock.nowUs()),
    done: () => {
      done++
      sinceDone++
    },
    left: (n) => void under.delete(n),
    pause: () => {
      workedUs = spentUs()
      beganUs = undefined
    },
    resume: () => {
      beganUs ??= clock.nowUs()
    },
    now: (running) => {
      const left = msLeft()
      return { total: given.total, done, running, waiting: Math.max(0, given.total - done - running), ...(left !== undefined && { msLeft: left }) }
    },
  }
}
