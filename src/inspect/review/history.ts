// What happened to one check, oldest first: the machine's verdict and everything that came after it. Pure.
import type { Appeal, Check, HistoryEntry, Opinion, Recheck, Rejudged, Rejudgement, Review } from '../types.ts'

export interface HistoryParts {
  readonly check: Check
  readonly judgedAtMs: number
  readonly reviews: readonly Review[]
  readonly appeals: readonly Appeal[]
  readonly rechecks: readonly Recheck[]
  readonly opinions: readonly Opinion[]
  readonly rejudged: readonly { readonly rejudgement: Omit<Rejudgement, 'results'>; readonly result: Rejudged }[]
}

/** Parts of other checks are left out. What came at the same instant stays in the order of the kinds below. */
export function historyOf({ check, judgedAtMs, reviews, appeals, rechecks, opinions, rejudged }: HistoryParts): readonly HistoryEntry[] {
  const { n, verdict } = check
  const entries: HistoryEntry[] = [
    { type: 'verdict', atMs: judgedAtMs, by: '', verdict, ...(check.node === undefined ? {} : { node: check.node }) },
    ...rechecks.filter((each) => each.n === n).flatMap(recheckEntries),
    ...opinions.filter((each) => each.n === n).flatMap(opinionEntries),
    ...appeals.filter((each) => each.n === n).flatMap(appealEntries),
    ...reviews.filter((each) => each.n === n).map(reviewEntry),
    ...rejudged.filter(({ result }) => result.n === n).map(rejudgedEntry),
  ]
  return entries.sort((a, b) => a.atMs - b.atMs)
}

function recheckEntries({ id, why, by, reason, askedAtMs, dueAtMs, state, doneAtMs, check, detail }: Recheck): readonly HistoryEntry[] {
  const asked: HistoryEntry = { type: 'recheck-asked', atMs: askedAtMs, by, recheck: id, why, reason, dueAtMs }
  if (doneAtMs === undefined) return [asked]
  return [asked, { type: 'recheck-done', atMs: doneAtMs, by: '', recheck: id, state, ...(check && { verdict: check.verdict }), ...(detail === undefined ? {} : { detail }) }]
}

function opinionEntries({ id, node, by, atMs, check, state, verifiedAtMs, computed, differences, signed, key }: Opinion): readonly HistoryEntry[] {
  const given: HistoryEntry = { type: 'opinion', atMs, by, opinion: id, node, verdict: check.verdict, ...(signed && { signed }), ...(key && { key }) }
  if (verifiedAtMs === undefined) return [given]
  return [given, { type: 'opinion-verified', atMs: verifiedAtMs, by: '', opinion: id, node, state, differences, ...(computed && { verdict: computed }) }]
}

const appealEntries = ({ id, text, by, atMs, files }: Appeal): readonly HistoryEntry[] => [
  { type: 'appeal', atMs, by, appeal: id, text },
  ...files.map((file): HistoryEntry => ({ type: 'appeal-file', atMs: file.atMs, by: file.by, appeal: id, file })),
]

const reviewEntry = ({ result, reason, by, atMs, appeal, decision }: Review): HistoryEntry => ({ type: 'review', atMs, by, result, reason, ...(appeal !== undefined && decision !== undefined && { appeal, decision }) })

const rejudgedEntry = ({ rejudgement: { id, rules, by, atMs, finishedAtMs }, result: { state, after } }: HistoryParts['rejudged'][number]): HistoryEntry => ({
  type: 'rejudged',
  atMs: finishedAtMs ?? atMs,
  by,
  rejudgement: id,
  rules: { name: rules.name, version: rules.version },
  state,
  ...(after && { verdict: after }),
})
