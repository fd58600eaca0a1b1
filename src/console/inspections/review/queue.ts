// Which checks want a person, and why. What stands is what a person said last, else what the machine found.
import type { Appeal, Check, Opinion, Recheck, Result, Review } from '../../../api/schema/index.ts'

export type Want = 'appeal' | 'review' | 'recheck-differs' | 'opinion-differs'
export interface Wanted {
  readonly n: number
  readonly wants: readonly Want[]
}
export interface Said {
  readonly reviews: readonly Review[]
  readonly appeals: readonly Appeal[]
  readonly rechecks: readonly Recheck[]
  readonly opinions: readonly Opinion[]
}
export const nothingSaid: Said = { reviews: [], appeals: [], rechecks: [], opinions: [] }

/** What a person said last of a check. */
export const lastReviewOf = (n: number, reviews: readonly Review[]): Review | undefined => reviews.filter((review) => review.n === n).reduce<Review | undefined>((last, review) => (last && last.atMs > review.atMs ? last : review), undefined)
export const standingOf = (check: Pick<Check, 'n' | 'verdict'>, reviews: readonly Review[]): Result => lastReviewOf(check.n, reviews)?.result ?? check.verdict.result

/** Empty: nothing is open. A further check and an opinion are settled by a review that came after them. */
export function wantsOf(check: Pick<Check, 'n' | 'verdict'>, { reviews, appeals, rechecks, opinions }: Said): readonly Want[] {
  const { n } = check
  const last = lastReviewOf(n, reviews)
  const standing = standingOf(check, reviews)
  const isNews = (atMs: number | undefined): boolean => atMs !== undefined && (!last || atMs > last.atMs)
  const wants: Want[] = []
  if (appeals.some((appeal) => appeal.n === n && !appeal.decision)) wants.push('appeal')
  if (standing === 'review') wants.push('review')
  if (rechecks.some((each) => each.n === n && each.check && each.check.verdict.result !== standing && isNews(each.doneAtMs))) wants.push('recheck-differs')
  if (opinions.some((each) => each.n === n && (each.state === 'differs' || (each.state === 'verified' && each.verdict.result !== standing)) && isNews(each.verifiedAtMs ?? each.atMs))) wants.push('opinion-differs')
  return wants
}

/** Appeals first: somebody waits for them. Then in drawing order. */
export function queueOf(checks: readonly Check[], said: Said): readonly Wanted[] {
  const wanted = checks.map((check): Wanted => ({ n: check.n, wants: wantsOf(check, said) })).filter(({ wants }) => wants.length > 0)
  const rank = ({ wants }: Wanted): number => (wants[0] === 'appeal' ? 0 : 1)
  return wanted.toSorted((a, b) => rank(a) - rank(b) || a.n - b.n)
}

/** Where to go from `n`: the list may have lost it meanwhile, as it does when its verdict was given. */
export function beside(list: readonly number[], n: number, before: readonly number[], step: 1 | -1): number | undefined {
  const at = list.indexOf(n)
  if (at >= 0) return list[at + step]
  const was = before.indexOf(n)
  const rest = step === 1 ? before.slice(was + 1) : before.slice(0, Math.max(was, 0)).toReversed()
  return rest.find((each) => list.includes(each)) ?? (step === 1 ? list[0] : undefined)
}

/** To agree with the machine: of a doubt, that it is one. */
export const agreedResult = (machine: Result): 'pass' | 'fail' => (machine === 'pass' ? 'pass' : 'fail')
export const opposedResult = (machine: Result): 'pass' | 'fail' => (machine === 'pass' ? 'fail' : 'pass')
