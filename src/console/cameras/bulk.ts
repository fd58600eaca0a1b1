// Work on many records, one request each: a few at a time, with its progress, a way to stop, and a list of what failed.
import type { Problem } from '../../api/schema/index.ts'
import { asProblem } from '../client/http.ts'

export interface Failure<T> {
  readonly item: T
  readonly problem: Problem
}

export interface BulkRun<T> {
  readonly done: readonly T[]
  readonly failed: readonly Failure<T>[]
  readonly left: readonly T[]
}

/** At once: more would only wait in the service. */
const width = 4
/** A session or a service that is gone fails everything: what is left is kept for another try. */
const ends = (problem: Problem): boolean => problem.status === 401 || problem.code === 'network' || problem.status === 507

/** Resolves when all is done, stopped by `signal`, or ended by something that would fail everything. Never rejects. */
export async function runAll<T>(items: readonly T[], work: (item: T) => Promise<unknown>, { signal, onStep }: { readonly signal: AbortSignal; readonly onStep: (run: BulkRun<T>) => void }): Promise<BulkRun<T>> {
  const waiting = [...items]
  const done: T[] = []
  const failed: Failure<T>[] = []
  let isOver = false
  const now = (): BulkRun<T> => ({ done: [...done], failed: [...failed], left: [...waiting] })
  const worker = async (): Promise<void> => {
    for (;;) {
      const item = isOver || signal.aborted ? undefined : waiting.shift()
      if (item === undefined) return
      try {
        await work(item)
        done.push(item)
      } catch (error) {
        const problem = asProblem(error)
        if (ends(problem)) isOver = true
        failed.push({ item, problem })
      }
      onStep(now())
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  return now()
}
