// Reviews and appeals: what happened to a check after its verdict, in order, nothing in the place of another.
import type { CheckHistory, HistoryEntry, Report, Verdict } from '../../../types.ts'
import { beijing, decisionNames, entryNames, historyWords, keyStates, opinionStates, reasonsIn, recheckReasons, recheckStates, rejudgedStates, results, resultWords, words, type Lang } from '../../texts/index.ts'
import { code, dim, heading, note, plain, type Block, type Cell, type Run } from '../blocks.ts'
import type { Context } from '../context.ts'

/** Entries that are listed; the workbook has all. Ours. */
const maxEntries = 500

/** As kept, or, of reports of before, the verdict and the reviews of each check that has some. */
export function historiesOf({ histories, reviews = [], checks, inspection }: Report): readonly CheckHistory[] {
  if (histories) return histories
  const reviewed = new Set(reviews.map(({ n }) => n))
  const judgedAtMs = Date.parse(inspection.finishedAt || inspection.startedAt)
  return checks.flatMap(({ n, verdict }) =>
    reviewed.has(n)
      ? [{ n, entries: [{ type: 'verdict', atMs: judgedAtMs, by: '', verdict }, ...reviews.filter((review) => review.n === n).map((review): HistoryEntry => ({ type: 'review', atMs: review.atMs, by: review.by, result: review.result, reason: review.reason }))] }]
      : [],
  )
}

export function* reviewsSection({ report, lang, say }: Context): Generator<Block> {
  yield heading(1, say(resultWords.reviews))
  const histories = historiesOf(report)
  if (histories.length === 0) return yield plain(say(resultWords.noReviews))
  const byNumber = new Map(report.checks.map((check) => [check.n, check.camera]))
  const rows = histories.flatMap(({ n, entries }) => entries.map((entry, index) => ({ n, entry, isFirst: index === 0 })))
  yield note(say(resultWords.reviewNote))
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: '#', width: 5, isNumber: true }, { title: say(words.camera), width: 22 }, { title: say(resultWords.at), width: 14 }, { title: say(historyWords.what), width: 14 }, { title: say(resultWords.reviewer), width: 10 }, { title: say(historyWords.detail), width: 35 }],
    rows: rows.slice(0, maxEntries).map(({ n, entry, isFirst }): readonly Cell[] => {
      const camera = byNumber.get(n)
      return [isFirst ? String(n) : '', isFirst && camera ? [camera.name, '\n', code(camera.id)] : '', beijing(entry.atMs), entryNames[entry.type][lang], entry.by === '' ? say(historyWords.itself) : entry.by, entryRuns(entry, lang)]
    }),
    ...(rows.length > maxEntries ? { note: `${say(resultWords.furtherRows)} ${rows.length - maxEntries}` } : {}),
  }
}

const verdictRuns = ({ result, reasons }: Verdict, lang: Lang): readonly Run[] => [{ text: results[result][lang], as: result }, ...(reasons.length > 0 ? [dim(` ${reasonsIn(reasons, lang)}`)] : [])]

export function entryRuns(entry: HistoryEntry, lang: Lang): readonly Run[] {
  switch (entry.type) {
    case 'verdict':
      return verdictRuns(entry.verdict, lang)
    case 'recheck-asked':
      return [`${recheckReasons[entry.why][lang]} ${beijing(entry.dueAtMs)} ${entry.reason}`]
    case 'recheck-done':
      return [`${recheckStates[entry.state][lang]} `, ...(entry.verdict ? verdictRuns(entry.verdict, lang) : [])]
    case 'appeal':
      return [entry.text]
    case 'appeal-file':
      return [`${entry.file.name} `, code(`${entry.file.sha256.slice(0, 16)}…`)]
    case 'review':
      return [{ text: results[entry.result][lang], as: entry.result }, ` ${entry.decision ? `${decisionNames[entry.decision][lang]}: ` : ''}${entry.reason}`]
    case 'opinion':
      return [`${entry.node} `, ...verdictRuns(entry.verdict, lang), ...(entry.signed ? ['\n', dim(`${keyStates[entry.key?.state ?? 'unknown'][lang]}${entry.key?.name === undefined ? '' : ` (${entry.key.name})`}: `), code(entry.signed.fingerprint.slice(0, 32)), dim(`… · ${entry.signed.inspection}/${entry.signed.n} · ${entry.signed.madeBy}`)] : ['\n', dim(keyStates.unsigned[lang])])]
    case 'opinion-verified':
      return [`${entry.node} ${opinionStates[entry.state][lang]} `, ...(entry.verdict ? verdictRuns(entry.verdict, lang) : [])]
    case 'rejudged':
      return [`${entry.rules.name} v${entry.rules.version} ${rejudgedStates[entry.state][lang]} `, ...(entry.verdict ? verdictRuns(entry.verdict, lang) : [])]
  }
}
