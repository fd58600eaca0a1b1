// Results: rates of the whole and of each stratum, scores with what they are made of.
import { rateRow, rateRows } from '../../rows.ts'
import { standingResult } from '../../standing.ts'
import { weightingText } from '../../../plan/showing.ts'
import { summarise } from '../../../summary.ts'
import type { AfterReview, InspectionSummary, ReasonCode, Result, Score } from '../../../types.ts'
import { answerWords, drawWords, percent, reasons, results, resultWords, stratumName, words } from '../../texts/index.ts'
import { checksByStratum, type Context } from '../context.ts'
import { heading, note, strong, type Block, type Cell, type Column } from '../blocks.ts'

export function* resultsSection(context: Context): Generator<Block> {
  const { report, lang, say } = context
  yield heading(1, say(words.rates))
  yield rateTable(context, report.summary)
  yield* weighted(context)
  const { scores, afterReview } = report.summary
  if (scores) yield* score(context, scores, say(resultWords.scores))
  if (afterReview) yield* standing(context, afterReview)
  yield* reasonsTable(context)
  yield* ownersTable(context)
  const parts = checksByStratum(report)
  if (report.inspection.strata.length > 1) {
    yield heading(2, say(resultWords.byStratum))
    yield {
      kind: 'table',
      columns: [{ title: say(words.stratum), width: 18 }, { title: say(words.rate), width: 24 }, { title: say(words.count), width: 10, isNumber: true }, { title: say(words.rate), width: 10, isNumber: true }, { title: say(words.interval), width: 20, isNumber: true }, { title: say(words.of), width: 18 }],
      rows: report.inspection.strata.flatMap((stratum, index) => rateRows(summarise(parts[index] ?? []), lang).map((row): readonly Cell[] => [stratumName(stratum, lang), row.name, row.count, row.rate, row.interval, row.of])),
    }
  }
}

/** Numbers of checks that a row names. Ours. */
const maxNumbers = 40

/** Each reason with the cameras that it concerns: the list that somebody works through afterwards. */
function* reasonsTable({ report: { checks }, lang, say }: Context): Generator<Block> {
  yield heading(2, say(answerWords.reasons))
  const found = new Map<string, { readonly code: ReasonCode; readonly result: Result; readonly numbers: number[] }>()
  for (const { n, verdict } of checks) {
    if (verdict.result === 'pass') continue
    for (const code of verdict.reasons) {
      const key = `${verdict.result} ${code}`
      const row = found.get(key) ?? { code, result: verdict.result, numbers: [] }
      row.numbers.push(n)
      found.set(key, row)
    }
  }
  if (found.size === 0) return yield note(say(answerWords.noReasons))
  const rows = [...found.values()].sort((a, b) => (a.result === b.result ? b.numbers.length - a.numbers.length : a.result === 'fail' ? -1 : 1))
  yield {
    kind: 'table',
    columns: [{ title: say(words.verdict), width: 14 }, { title: say(answerWords.reason), width: 40 }, { title: say(words.cameras), width: 10, isNumber: true }, { title: say(answerWords.which), width: 36 }],
    rows: rows.map(({ code, result, numbers }): readonly Cell[] => [[{ text: results[result][lang], as: result }], reasons[code]?.[lang] ?? code, String(numbers.length), `${numbers.slice(0, maxNumbers).join(', ')}${numbers.length > maxNumbers ? ' …' : ''}`]),
  }
  yield note(say(answerWords.reasonsNote))
}

/** Owners that are listed, those with the most failed first. Ours. */
const maxOwners = 60

function* ownersTable({ report: { checks }, last, say }: Context): Generator<Block> {
  const owners = new Map<string, Record<Result, number>>()
  for (const check of checks) {
    const row = owners.get(check.camera.owner) ?? { pass: 0, fail: 0, review: 0 }
    row[standingResult(check, last)]++
    owners.set(check.camera.owner, row)
  }
  if (owners.size < 2) return
  const rows = [...owners].sort(([a, x], [b, y]) => y.fail - x.fail || y.review - x.review || (a < b ? -1 : 1))
  yield heading(2, say(answerWords.byOwner))
  yield {
    kind: 'table',
    columns: [{ title: say(words.owner), width: 46 }, { title: say(answerWords.drawnOf), width: 12, isNumber: true }, { title: say(words.passed), width: 14, isNumber: true }, { title: say(words.failed), width: 14, isNumber: true }, { title: say(words.review), width: 14, isNumber: true }],
    rows: rows.slice(0, maxOwners).map(([owner, { pass, fail, review }]): readonly Cell[] => [owner || say(answerWords.noOwner), String(pass + fail + review), String(pass), String(fail), String(review)]),
    ...(rows.length > maxOwners ? { note: `${say(answerWords.further)} ${rows.length - maxOwners}` } : {}),
  }
  yield note(say(answerWords.ownerNote))
}

/** The only rates to be quoted of the whole where its strata were not drawn in proportion. */
function* weighted({ report, lang, say }: Context): Generator<Block> {
  const samples = (report.weighted ?? []).filter((sample) => sample.passed.isNeeded)
  if (samples.length === 0) return
  yield heading(2, say(resultWords.weighted))
  const rows = samples.flatMap((sample) =>
    (['recordComplete', 'picturePresent', 'passed', 'failed'] as const).flatMap((key): readonly (readonly Cell[])[] => {
      const rate = sample[key]
      if (!rate) return []
      const made = rate.strata.map(({ holds, checked, population }) => `${holds}/${checked} × ${population}/${rate.population}`).join(' + ')
      return [[...(samples.length > 1 ? [String(sample.nth)] : []), words[key][lang], percent(rate.rate), `${percent(rate.interval95[0])} – ${percent(rate.interval95[1])}`, made, String(rate.population)]]
    }),
  )
  yield {
    kind: 'table',
    columns: [...(samples.length > 1 ? [{ title: say(drawWords.sample), width: 7 }] : []), { title: say(words.what), width: 18 }, { title: say(words.rate), width: 10, isNumber: true }, { title: say(resultWords.weightedInterval), width: 20, isNumber: true }, { title: say(resultWords.formula), width: 40 }, { title: say(resultWords.ofPopulation), width: 12, isNumber: true }],
    rows,
  }
  yield note(weightingText[lang])
}

const rateColumns = ({ say }: Context): readonly Column[] => [{ title: say(words.what), width: 28 }, { title: say(words.count), width: 12, isNumber: true }, { title: say(words.rate), width: 12, isNumber: true }, { title: say(words.interval), width: 22, isNumber: true }, { title: say(words.of), width: 26 }]

function rateTable(context: Context, summary: InspectionSummary): Block {
  const { lang } = context
  return {
    kind: 'table',
    columns: rateColumns(context),
    rows: rateRows(summary, lang).map((row) => [row.name, row.count, row.rate, row.interval, row.of]),
  }
}

/** With the last word of the persons in place of the machine's. */
function* standing(context: Context, after: AfterReview): Generator<Block> {
  const { lang, say } = context
  yield heading(2, `${say(resultWords.standing)} (${after.reviewed})`)
  yield {
    kind: 'table',
    columns: rateColumns(context),
    rows: (['passed', 'failed', 'review'] as const).map((key) => {
      const row = rateRow(key, after[key], lang)
      return [row.name, row.count, row.rate, row.interval, row.of]
    }),
  }
  yield note(say(resultWords.reviewNote))
  if (after.scores) yield* score(context, after.scores, `${say(resultWords.scores)} · ${say(resultWords.standing)}`)
}

/** Each part of a score with what was divided by what: nothing is a bare number. */
function* score({ lang, say }: Context, { title, formula, items, value }: Score, name: string): Generator<Block> {
  const counted = ({ title: what, count }: Score['items'][number]['numerator']): string => `${what[lang]} ${count}`
  yield heading(2, `${name}: ${title[lang]}`)
  yield {
    kind: 'table',
    columns: [{ title: say(words.what), width: 20 }, { title: say(resultWords.weight), width: 8, isNumber: true }, { title: say(words.count), width: 34 }, { title: say(words.rate), width: 10, isNumber: true }, { title: say(resultWords.undiagnosed), width: 14, isNumber: true }, { title: say(resultWords.points), width: 14, isNumber: true }],
    rows: [
      ...items.map((item): readonly Cell[] => [item.title[lang], String(item.weight), `${counted(item.numerator)} / ${counted(item.denominator)}`, percent(item.rate), String(item.undiagnosed + item.unsettled), item.points === null ? '–' : String(item.points)]),
      [[strong(say(resultWords.score))], '', '', '', '', [strong(value === null ? '–' : String(value))]],
    ],
    note: `${say(resultWords.formula)}: ${formula[lang]}`,
  }
  yield note(say(resultWords.undiagnosedNote))
}
