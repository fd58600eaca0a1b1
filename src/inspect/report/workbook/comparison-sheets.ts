// The comparison of two inspections as sheets.
import type { Comparison } from '../../types.ts'
import { changeNames, comparisonWords, results, sheetNames, sheetWords, words, type Lang } from '../texts/index.ts'
import { instant, type Sheet } from './sheet.ts'

export const comparisonSheets = (comparison: Comparison, lang: Lang): readonly Sheet[] => [
  {
    name: sheetNames.comparison[lang],
    columns: [[words.what[lang], 30], [`${comparisonWords.earlier[lang]} ${sheetWords.numerator[lang]}`, 12, 'whole'], [sheetWords.denominator[lang], 10, 'whole'], [words.rate[lang], 10, 'share'], [`${comparisonWords.later[lang]} ${sheetWords.numerator[lang]}`, 12, 'whole'], [sheetWords.denominator[lang], 10, 'whole'], [words.rate[lang], 10, 'share'], [comparisonWords.difference[lang], 14, 'share'], [sheetWords.low[lang], 10, 'share'], [sheetWords.high[lang], 10, 'share'], [`${comparisonWords.earlier[lang]} ${comparisonWords.machine[lang]}`, 12, 'whole'], [`${comparisonWords.later[lang]} ${comparisonWords.machine[lang]}`, 12, 'whole'], [comparisonWords.p[lang], 14, 'number'], [comparisonWords.earlier[lang], 20, 'time'], [comparisonWords.later[lang], 20, 'time']],
    *rows() {
      for (const { name, earlier, later, difference, interval95, p, machine } of comparison.rates)
        yield [words[name as keyof typeof words][lang], earlier.numerator, earlier.denominator, earlier.rate, later.numerator, later.denominator, later.rate, difference, interval95?.[0], interval95?.[1], machine?.earlier.numerator ?? earlier.numerator, machine?.later.numerator ?? later.numerator, comparison.isWhole ? null : p, instant(comparison.earlier.startedAt), instant(comparison.later.startedAt)]
      yield [comparison.isWhole ? comparisonWords.wholeMeaning[lang] : comparisonWords.pMeaning[lang]]
    },
  },
  {
    name: sheetNames.compared[lang],
    columns: [['SBBM', 24], [words.camera[lang], 36, 'wide'], [words.owner[lang], 28, 'wide'], [comparisonWords.earlier[lang], 12], [comparisonWords.later[lang], 12], [comparisonWords.change[lang], 12]],
    *rows() {
      for (const camera of comparison.cameras) yield [camera.id, camera.name, camera.owner, results[camera.earlier][lang], results[camera.later][lang], changeNames[camera.change][lang]]
    },
  },
]
