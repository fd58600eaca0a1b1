// Results: rates of the whole and of each stratum, scores with what they are made of.
import { rateRow, rateRows } from '../../rows.ts'
import { summarise } from '../../../summary.ts'
import type { AfterReview, InspectionSummary, Score } from '../../../types.ts'
import { percent, resultWords, stratumName, words } from '../../texts/index.ts'
import { checksByStratum, type Context } from '../context.ts'
import { heading, note, strong, type Block, type Cell, type Column } from '../blocks.ts'

export function* resultsSection(context: Context): Generator<Block> {
  const { report, lang, say } = context
  yield heading(1, say(words.rates))
  yield rateTable(context, report.summary)
  const { scores, afterReview } = report.summary
  if (scores) yield* score(context, scores, say(resultWords.scores))
  if (afterReview) yield* standing(context, afterReview)
  const parts = checksByStratum(report)
  if (report.inspection.strata.length > 1) {
    yield heading(2, say(resultWords.byStratum))
    yield {
      kind: 'table',
      columns: [{ title: say(words.stratum), width: 18 }, { title: say(words.rate), width: 24 }, { title: say(words.count), width: 10, isNumber: true }, { title: say(words.rate), width: 10, isNumber: true }, { title: say(words.interval), width: 20, isNumber: true }, { title: say(words.of), width: 18 }],
      rows: report.inspection.strata.flatMap((stratum, index) => rateRows(summarise(parts[index] ?? []), lang).map((row, at): readonly Cell[] => [at === 0 ? stratumName(stratum, lang) : '', row.name, row.count, row.rate, row.interval, row.of])),
    }
  }
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
