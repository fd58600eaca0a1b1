// How it was done, and what a sample of this size can and cannot show.
import { chanceToCatch, upperBound } from '../../../statistics.ts'
import { limitTexts, limitWords, methodTexts, percent, stratumName, words } from '../../texts/index.ts'
import type { Context } from '../context.ts'
import { heading, item, type Block, type Cell } from '../blocks.ts'

export function* methodSection({ report, lang, say, kinds }: Context): Generator<Block> {
  yield heading(1, say(words.method))
  for (const text of methodTexts(report.rules, kinds)) yield item(text[lang])
}

export function* limitsSection({ report, lang, say }: Context): Generator<Block> {
  const { inspection, checks } = report
  const isWhole = inspection.strata.every((stratum) => stratum.drawn === stratum.population) && checks.length > 0
  yield heading(1, say(words.limits))
  if (checks.length === 0) return
  for (const text of limitTexts(checks.length, percent(upperBound(0, checks.length)), isWhole)) yield item(text[lang])
  if (isWhole) return
  const row = (name: string, size: number): readonly Cell[] => [name, String(size), percent(upperBound(0, size)), percent(chanceToCatch(0.1, size)), percent(chanceToCatch(0.05, size))]
  yield {
    kind: 'table',
    columns: [{ title: say(limitWords.sample), width: 30 }, { title: say(limitWords.size), width: 10, isNumber: true }, { title: say(limitWords.bound), width: 24, isNumber: true }, { title: say(limitWords.catch10), width: 18, isNumber: true }, { title: say(limitWords.catch5), width: 18, isNumber: true }],
    rows: [...inspection.strata.filter((stratum) => stratum.drawn > 0).map((stratum) => row(stratumName(stratum, lang), stratum.drawn)), row(say(limitWords.total), checks.length)],
  }
}
