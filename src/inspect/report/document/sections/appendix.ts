// After the cameras: reviews, the comparison, and the appendix with rule set and evidence.
import { ruleRows } from '../../rule-rows.ts'
import { beijing, evidenceKinds, results, resultWords, words } from '../../texts/index.ts'
import { code, heading, note, plain, type Block, type Cell } from '../blocks.ts'
import type { Context } from '../context.ts'
import { shownChecks } from './checks.ts'

/** Reviews and files that are listed; the workbook has all. Ours. */
const [maxReviews, maxFiles] = [500, 1_000]

export function* reviewsSection({ report, lang, say }: Context): Generator<Block> {
  yield heading(1, say(resultWords.reviews))
  const reviews = report.reviews ?? []
  if (reviews.length === 0) return yield plain(say(resultWords.noReviews))
  const byNumber = new Map(report.checks.map((check) => [check.n, check]))
  yield note(say(resultWords.reviewNote))
  yield {
    kind: 'table',
    columns: [{ title: '#', width: 5, isNumber: true }, { title: say(words.camera), width: 23 }, { title: say(resultWords.machine), width: 11 }, { title: say(resultWords.said), width: 11 }, { title: say(resultWords.why), width: 26 }, { title: say(resultWords.reviewer), width: 10 }, { title: say(resultWords.at), width: 14 }],
    rows: reviews.slice(0, maxReviews).map((review): readonly Cell[] => {
      const check = byNumber.get(review.n)
      return [String(review.n), check?.camera.name ?? '–', check ? [{ text: results[check.verdict.result][lang], as: check.verdict.result }] : '–', [{ text: results[review.result][lang], as: review.result }], review.reason, review.by, beijing(review.atMs)]
    }),
    ...(reviews.length > maxReviews ? { note: `${say(resultWords.furtherRows)} ${reviews.length - maxReviews}` } : {}),
  }
}

export function* appendixSection(context: Context): Generator<Block> {
  const { report, lang, say } = context
  yield heading(1, `${say(resultWords.appendix)} A · ${say(words.rules)}`)
  yield plain(`${report.rules.title[lang]} (${report.rules.name} v${report.rules.version})`)
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: say(resultWords.rule), width: 24 }, { title: say(resultWords.meaning), width: 34 }, { title: say(resultWords.value), width: 16, isNumber: true }, { title: say(resultWords.basis), width: 26 }],
    rows: ruleRows(report.rules, lang).map((row): readonly Cell[] => [[code(row.name)], row.meaning, row.value, row.basis]),
  }
  yield heading(1, `${say(resultWords.appendix)} B · ${say(resultWords.evidenceList)}`)
  yield* evidenceList(context)
}

function* evidenceList({ report, lang, say }: Context): Generator<Block> {
  const shown = shownChecks(report.checks)
  if (shown.isCut) return yield plain(say(resultWords.evidenceMany))
  const files = report.checks.flatMap((check) => check.evidence.map((item) => ({ n: check.n, ...item })))
  yield plain(say(resultWords.evidenceNote))
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: '#', width: 5, isNumber: true }, { title: say(resultWords.kind), width: 10 }, { title: say(resultWords.file), width: 27 }, { title: 'SHA-256', width: 58 }],
    rows: files.slice(0, maxFiles).map((item): readonly Cell[] => [String(item.n), evidenceKinds[item.kind]?.[lang] ?? item.kind, [code(item.file), ...(item.removedAt === undefined ? [] : ['\n', `${say(resultWords.removed)} ${beijing(item.removedAt)}`])], [code(item.sha256)]]),
    ...(files.length > maxFiles ? { note: say(resultWords.evidenceMany) } : {}),
  }
}
