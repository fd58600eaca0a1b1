// How it was done, and what a sample of this size can and cannot show.
import { showingOf } from '../../../plan/showing.ts'
import { upperBound } from '../../../statistics.ts'
import type { Showing } from '../../../types.ts'
import { answerWords, limitTexts, limitWords, methodTexts, percent, words } from '../../texts/index.ts'
import type { Context } from '../context.ts'
import { heading, item, type Block, type Cell } from '../blocks.ts'

export function* methodSection({ report, lang, say, kinds }: Context): Generator<Block> {
  yield heading(1, say(words.method))
  for (const text of methodTexts(report.rules, kinds)) yield item(text[lang])
  const delay = report.checks.reduce((most, { attempts }) => attempts.reduce((larger, { loopLagMs }) => Math.max(larger, loopLagMs), most), 0)
  if (report.checks.some(({ attempts }) => attempts.length > 0)) yield item(`${say(answerWords.ownDelay)}: ${delay.toFixed(1)} ms`)
}

export function* limitsSection({ report, lang, say }: Context): Generator<Block> {
  const { inspection, checks } = report
  const isWhole = inspection.strata.every((stratum) => stratum.drawn === stratum.population) && checks.length > 0
  yield heading(1, say(words.limits))
  if (checks.length === 0) return
  for (const text of limitTexts(checks.length, percent(upperBound(0, checks.length)), isWhole)) yield item(text[lang])
  const row = (showing: Showing): readonly Cell[] => [
    showing.title[lang],
    String(showing.population),
    String(showing.drawn),
    showing.drawn >= showing.population ? say(limitWords.none) : `${showing.mostBad} (${percent(showing.mostBad / showing.population)})`,
    showing.drawn >= showing.population ? '–' : percent(showing.largeShare),
    showing.drawn >= showing.population ? '–' : `${percent(showing.chance)} (${showing.tenth})`,
  ]
  for (const sample of inspection.showing ?? showingOf(inspection.strata)) {
    if (sample.whole.drawn === 0) continue
    yield {
      kind: 'table',
      columns: [{ title: say(limitWords.sample), width: 20 }, { title: say(words.inPopulation), width: 11, isNumber: true }, { title: say(words.drawnCount), width: 9, isNumber: true }, { title: say(limitWords.bound), width: 22, isNumber: true }, { title: say(limitWords.large), width: 18, isNumber: true }, { title: say(limitWords.chance), width: 20, isNumber: true }],
      rows: [...sample.strata, ...(sample.strata.length > 1 ? [sample.whole] : [])].map(row),
      ...(sample.isProportional || sample.strata.length < 2 ? {} : { note: say(limitWords.unproportional) }),
    }
  }
}
