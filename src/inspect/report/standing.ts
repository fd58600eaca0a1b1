// The result that stands: what a person said last, else what the machine found. The machine's verdict is shown beside it, always.
import type { Check, Result, Review } from '../types.ts'

/** The last word on each check, by its number. */
export function lastReviews(reviews: readonly Review[]): ReadonlyMap<number, Review> {
  const last = new Map<number, Review>()
  for (const review of reviews) {
    const known = last.get(review.n)
    if (!known || review.atMs >= known.atMs) last.set(review.n, review)
  }
  return last
}

export const standingResult = (check: Pick<Check, 'n' | 'verdict'>, last: ReadonlyMap<number, Review>): Result => last.get(check.n)?.result ?? check.verdict.result
