// Two inspections side by side, as a section of the later one's report or by itself.
import type { ComparedCamera, Comparison, Rate } from '../../../types.ts'
import { beijing, cautionTexts, changeNames, comparisonWords, pairedText, percent, pValue, reading, results, words, type Lang } from '../../texts/index.ts'
import { code, dim, heading, item, note, plain, warning, type Block, type Cell } from '../blocks.ts'

/** Cameras that are listed in a document; the JSON has more. Ours. */
const maxListed = 200

export function* comparisonSection(comparison: Comparison, lang: Lang): Generator<Block> {
  yield heading(1, comparisonWords.title[lang])
  yield* comparisonBlocks(comparison, lang)
}

export function* comparisonBlocks(comparison: Comparison, lang: Lang): Generator<Block> {
  const { earlier, later, rates, cautions, isWhole } = comparison
  const side = ({ id, startedAt, checks, population, ruleSet, reviewed = 0 }: Comparison['earlier']): Cell => [code(id), `\n${beijing(startedAt)} · ${checks}/${population} ${words.cameras[lang]} · ${ruleSet.name} v${ruleSet.version}${reviewed > 0 ? ` · ${comparisonWords.reviewed[lang]} ${reviewed}` : ''}`]
  yield { kind: 'facts', rows: [[comparisonWords.earlier[lang], side(earlier)], [comparisonWords.later[lang], side(later)]] }
  for (const caution of cautions) yield warning(cautionTexts[caution][lang])
  if (!isWhole) yield plain(comparisonWords.differentSamples[lang])
  yield {
    kind: 'table',
    columns: [{ title: words.what[lang], width: 20 }, { title: comparisonWords.earlier[lang], width: 16, isNumber: true }, { title: comparisonWords.later[lang], width: 16, isNumber: true }, { title: comparisonWords.difference[lang], width: 18, isNumber: true }, { title: comparisonWords.p[lang], width: 13, isNumber: true }, { title: comparisonWords.reading[lang], width: 17 }],
    rows: rates.map(({ name, earlier: was, later: is, difference, interval95 = null, p, machine }): readonly Cell[] => {
      const isGoodWhenLess = name === 'failed' || name === 'review'
      const isBetter = difference === null || difference === 0 ? null : difference > 0 !== isGoodWhenLess
      const points = (value: number): string => `${value > 0 ? '+' : ''}${(value * 100).toFixed(1)}`
      const count = (rate: Rate, before: Rate | undefined): Cell => [`${rate.numerator}/${rate.denominator} · ${percent(rate.rate)}`, ...(before ? ['\n', dim(`${comparisonWords.machine[lang]} ${before.numerator}/${before.denominator}`)] : [])]
      return [words[name as keyof typeof words][lang], count(was, machine?.earlier), count(is, machine?.later), difference === null ? '–' : [points(difference), ...(interval95 === null || isWhole ? [] : ['\n', dim(`${points(interval95[0])} … ${points(interval95[1])}`)])], isWhole ? '–' : pValue(p), reading(p, isWhole, isBetter)[lang]]
    }),
  }
  yield note(comparisonWords.standing[lang])
  if (!isWhole) yield note(comparisonWords.intervalMeaning[lang])
  yield note(isWhole ? comparisonWords.wholeMeaning[lang] : comparisonWords.pMeaning[lang])
  yield heading(2, comparisonWords.cameras[lang])
  yield item(comparison.inBoth === 0 ? comparisonWords.noneInBoth[lang] : pairedText(comparison)[lang])
  const listed = comparison.cameras.filter(({ change }) => change !== 'same').concat(comparison.cameras.filter(({ change }) => change === 'same')).slice(0, maxListed)
  if (listed.length === 0) return
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: words.camera[lang], width: 42 }, { title: words.owner[lang], width: 22 }, { title: comparisonWords.earlier[lang], width: 12 }, { title: comparisonWords.later[lang], width: 12 }, { title: comparisonWords.change[lang], width: 12 }],
    rows: listed.map((camera: ComparedCamera): readonly Cell[] => [[camera.name, '\n', code(camera.id)], camera.owner, [{ text: results[camera.earlier][lang], as: camera.earlier }], [{ text: results[camera.later][lang], as: camera.later }], changeNames[camera.change][lang]]),
  }
}
