// What happened to the checks of an inspection after their verdicts, for its report.
import { historyOf, type CheckHistory, type Report, type ReviewStore } from '../inspect/index.ts'

/** Judgements by other rules that a report takes in, the latest. Ours. */
const maxRejudgements = 5

/** Of each check that has more than its verdict: everything, oldest first. */
export async function historiesIn(store: ReviewStore, { inspection, checks, reviews = [] }: Report): Promise<readonly CheckHistory[]> {
  const { id, startedAt } = inspection
  const [judgedAt, appeals, rechecks, opinions, outlines] = await Promise.all([store.judgedAt(id), store.appeals(id), store.rechecks(id), store.opinions(id), store.rejudgements(id)])
  const rejudgements = (await Promise.all(outlines.slice(0, maxRejudgements).map((outline) => store.rejudgement(outline.id)))).flatMap((found) => (found ? [found] : []))
  const touched = new Set([...reviews, ...appeals, ...rechecks, ...opinions, ...rejudgements.flatMap(({ results }) => results.filter(({ differences }) => differences.length > 0))].map(({ n }) => n))
  return checks
    .filter(({ n }) => touched.has(n))
    .map((check) => ({
      n: check.n,
      entries: historyOf({
        check,
        judgedAtMs: judgedAt.get(check.n) ?? Date.parse(startedAt),
        reviews,
        appeals,
        rechecks,
        opinions,
        rejudged: rejudgements.flatMap(({ results, ...rejudgement }) => results.filter(({ n }) => n === check.n).map((result) => ({ rejudgement, result }))),
      }),
    }))
}
