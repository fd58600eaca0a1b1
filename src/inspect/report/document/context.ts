// What every section of a report's document needs: the report, its language, and its checks by stratum.
import type { Check, CheckKind, Report, Review } from '../../types.ts'
import { lastReviews } from '../standing.ts'
import { beijing, classes, type Lang, type Text } from '../texts/index.ts'

export interface ReportOptions {
  /** The document's number, where the office has given it one. */
  readonly number?: string
}

export interface Context {
  readonly report: Report
  readonly lang: Lang
  readonly options: ReportOptions
  readonly say: (text: Text) => string
  readonly last: ReadonlyMap<number, Review>
  readonly kinds: ReadonlySet<CheckKind>
}

export function contextOf(report: Report, lang: Lang, options: ReportOptions = {}): Context {
  const kinds = report.inspection.strata.flatMap((stratum) => stratum.kinds ?? ['record', 'image'] as const)
  return { report, lang, options, say: (text) => text[lang], last: lastReviews(report.reviews ?? []), kinds: new Set<CheckKind>(kinds.length > 0 ? kinds : ['record', 'image']) }
}

/** The checks of each stratum: by what the draw says, or, where it is older, stratum by stratum in the order of the numbers. */
export function checksByStratum({ checks, inspection }: Report): readonly (readonly Check[])[] {
  const parts: Check[][] = inspection.strata.map(() => [])
  const ends = inspection.strata.reduce<number[]>((list, stratum) => [...list, (list.at(-1) ?? 0) + stratum.drawn], [])
  for (const check of checks) {
    const own = inspection.drawnIn?.[check.n - 1] ?? [ends.findIndex((end) => check.n <= end)]
    for (const index of own) parts[index]?.push(check)
  }
  return parts
}

export const areaText = ({ inspection, areaName }: Report): string => (areaName === undefined || areaName === inspection.area ? inspection.area : `${areaName}（${inspection.area}）`)

export const classText = (value: string, lang: Lang): string => classes[value]?.[lang] ?? value

export const periodText = ({ inspection }: Report): string => `${beijing(inspection.startedAt)} – ${inspection.finishedAt === '' ? '' : beijing(inspection.finishedAt)}`
