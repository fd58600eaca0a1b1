// A report as a document: the order in which an assessor reads and signs it.
import type { Comparison, Report } from '../../types.ts'
import { beijing, comparisonWords, words, type Lang } from '../texts/index.ts'
import type { Block, Document } from './blocks.ts'
import { contextOf, type ReportOptions } from './context.ts'
import { appendixSection } from './sections/appendix.ts'
import { checksSection } from './sections/checks.ts'
import { comparisonBlocks, comparisonSection } from './sections/comparison.ts'
import { coverSection } from './sections/cover.ts'
import { drawSection } from './sections/draw.ts'
import { limitsSection, methodSection } from './sections/method.ts'
import { resultsSection } from './sections/results.ts'
import { reviewsSection } from './sections/reviews.ts'

export function reportDocument(report: Report, lang: Lang, options: ReportOptions = {}): Document {
  const context = contextOf(report, lang, options)
  const { inspection, comparison } = report
  return {
    lang,
    title: `${words.title[lang]} ${report.areaName ?? inspection.area} ${beijing(inspection.startedAt)}`,
    header: `${words.title[lang]} · ${words.inspection[lang]} ${inspection.id}`,
    software: inspection.software,
    createdAt: inspection.finishedAt === '' ? inspection.startedAt : inspection.finishedAt,
    *blocks(): Generator<Block> {
      yield* coverSection(context)
      yield { kind: 'break' }
      yield* methodSection(context)
      yield* drawSection(context)
      yield* resultsSection(context)
      yield* limitsSection(context)
      yield* checksSection(context)
      yield* reviewsSection(context)
      if (comparison) yield* comparisonSection(comparison, lang)
      yield* appendixSection(context)
    },
  }
}

/** The comparison by itself. */
export function comparisonDocument(comparison: Comparison, lang: Lang, software: string): Document {
  const { earlier, later } = comparison
  return {
    lang,
    title: comparisonWords.ownTitle[lang],
    header: `${comparisonWords.ownTitle[lang]} · ${earlier.id} · ${later.id}`,
    software,
    createdAt: later.startedAt,
    *blocks(): Generator<Block> {
      yield { kind: 'heading', level: 1, text: comparisonWords.ownTitle[lang] }
      yield* comparisonBlocks(comparison, lang)
    },
  }
}
