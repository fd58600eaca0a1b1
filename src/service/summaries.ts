// What is said over inspections: the comparison of two, the contact sheet of one, the summary of a district.
import { join } from 'node:path'
import type { SummariesDep } from '../api/index.ts'
import { AppError, type Clock } from '../base/index.ts'
import {
  compareInspections, comparisonDocument, comparisonSheets, contactCell, contactDocument, contactDrawing, contactItems, contactWords, createDistrict, districtDocument, districtSheets, lastReviews, pageOf, periodOf, perSheet, planOf, reportWords, standingResult, workbookBytes,
  type Comparison, type DistrictSummary, type Document, type Inspection, type ReportStore, type Sheet,
} from '../inspect/index.ts'
import { contentTypes, streamOf, thumbnailsIn, wholeReport, type Lang, type RenderedReport, type ReportSource } from './reports.ts'

export interface SummarySource extends ReportSource {
  readonly store: ReportStore
  /** When each check of an inspection was judged. */
  readonly judgedAt?: (inspection: string) => Promise<ReadonlyMap<number, number>>
  readonly clock: Clock
  readonly software: string
}

export type SummaryFormat = 'html' | 'xlsx' | 'json'

/** Inspections of one summary, checks that are read at a time, and checks of an inspection that is compared unasked. Ours. */
const [maxInspections, batch, maxCompared] = [500, 200, 5_000]
const yearMs = 365 * 86_400_000

/** The comparison with the last finished one of the same area and plan; undefined where there is none. */
export async function comparisonWithLast(source: SummarySource, id: string): Promise<Comparison | undefined> {
  const inspection = await source.inspections.get(id)
  if (!inspection || inspection.total > maxCompared) return undefined
  const earlier = await source.store.heads({ area: inspection.area, isExact: true, fromMs: 0, toMs: inspection.startedAtMs - 1, state: 'done', limit: 50 })
  const last = earlier.find((head) => head.total <= maxCompared && planOf(head) === planOf(inspection))
  return last && compareTwo(source, inspection, last.id)
}

async function compareTwo(source: SummarySource, inspection: Inspection, other: string): Promise<Comparison> {
  const found = await source.inspections.get(other)
  if (!found) throw new AppError('not-found', `there is no inspection ${other}`)
  return compareInspections({ inspection, reviews: await source.inspections.reviews(inspection.id) }, { inspection: found, reviews: await source.inspections.reviews(other) })
}

/** `other` absent: the last one of the same area and plan. Throws AppError `not-found`. */
export async function renderComparison(source: SummarySource, id: string, other: string | undefined, format: SummaryFormat, lang: Lang): Promise<RenderedReport> {
  const inspection = await source.inspections.get(id)
  if (!inspection) throw new AppError('not-found', `there is no inspection ${id}`)
  const comparison = other === undefined ? await comparisonWithLast(source, id) : await compareTwo(source, inspection, other)
  if (!comparison) throw new AppError('not-found', `there is no earlier finished inspection of area ${inspection.area} with the same plan: name one by ?with=`)
  return rendered(source, `comparison-${comparison.later.id}-${comparison.earlier.id}`, format, comparison, comparisonDocument(comparison, lang, source.software), comparisonSheets(comparison, lang))
}

export async function renderContactSheet(source: SummarySource, id: string, format: 'html' | 'jpg', { lang, page }: { readonly lang: Lang; readonly page: number }): Promise<RenderedReport> {
  const report = await wholeReport(source, id)
  const folder = join(source.evidenceDir, id)
  const judgedAt = await source.judgedAt?.(id)
  const fileName = `contact-sheet-${report.inspection.area}-${id}${format === 'jpg' && page > 1 ? `-${page}` : ''}.${format}`
  if (format === 'html') return { contentType: contentTypes.html, fileName, body: streamOf(pageOf(contactDocument(report, lang, judgedAt), thumbnailsIn(folder, contactCell.width))) }
  const items = contactItems(report, lang, judgedAt).slice((page - 1) * perSheet, page * perSheet)
  if (items.length === 0) throw new AppError('not-found', `inspection ${id} has no sheet ${page}: there are ${Math.max(1, Math.ceil(report.checks.length / perSheet))}`)
  const { default: sharp } = await import('sharp')
  const { svg, places } = contactDrawing(`${contactWords.title[lang]} · ${report.areaName ?? report.inspection.area} · ${reportWords.inspection[lang]} ${id}`, items, reportWords.noPicture[lang])
  const pictureOf = thumbnailsIn(folder, contactCell.width)
  const pictures: { readonly input: Buffer; readonly left: number; readonly top: number }[] = []
  for (const { file, left, top } of places) {
    const jpeg = await pictureOf(file)
    if (jpeg) pictures.push({ input: await sharp(jpeg).resize({ width: contactCell.width, height: contactCell.picture, fit: 'contain', background: '#11161c' }).toBuffer(), left, top })
  }
  return { contentType: contentTypes.jpg, fileName, body: streamOf([await sharp(Buffer.from(svg)).composite(pictures).jpeg({ quality: 85 }).toBuffer()]) }
}

export interface DistrictWish {
  readonly area: string
  /** Days in Beijing, both included; a year up to today where absent. */
  readonly from?: string
  readonly to?: string
  readonly class?: string
}

/** Throws AppError `request.invalid` for a period that is none. */
export async function districtSummary({ store, inspections, clock, areaName }: SummarySource, { area, from, to, class: only }: DistrictWish): Promise<DistrictSummary> {
  const today = new Date(clock.wallMs() + 8 * 3_600_000).toISOString().slice(0, 10)
  const last = to ?? today
  const first = from ?? new Date(Date.parse(`${last}T00:00:00Z`) - yearMs).toISOString().slice(0, 10)
  const period = periodOf(first, last)
  if (!period) throw new AppError('request.invalid', `"${first}" to "${last}" is no period: two days as YYYY-MM-DD, the first not after the last`)
  const found = await store.heads({ area, ...period, state: 'done', limit: maxInspections + 1 })
  const district = createDistrict()
  for (const head of found.slice(0, maxInspections).reverse()) {
    district.begin(head)
    const said = lastReviews(await inspections.reviews(head.id))
    for (let after = 0; ; ) {
      const checks = await store.checks(head.id, after, batch)
      for (const check of checks) if (only === undefined || check.camera.class === only) district.add(check, standingResult(check, said), said.has(check.n))
      if (checks.length < batch) break
      after = checks.at(-1)?.n ?? after
    }
  }
  const name = areaName?.(area)
  return district.result({ area, from: first, to: last, madeAt: new Date(clock.wallMs()).toISOString(), isCut: found.length > maxInspections, ...(name === undefined ? {} : { areaName: name }), ...(only === undefined ? {} : { class: only }) })
}

export async function renderDistrict(source: SummarySource, wish: DistrictWish, format: SummaryFormat, lang: Lang): Promise<RenderedReport> {
  const summary = await districtSummary(source, wish)
  return rendered(source, `district-${wish.area}-${summary.from}-${summary.to}`, format, summary, districtDocument(summary, lang, source.software), districtSheets(summary, lang))
}

function rendered({ software, clock }: SummarySource, name: string, format: SummaryFormat, value: object, document: Document, sheets: readonly Sheet[]): RenderedReport {
  const fileName = `${name}.${format}`
  switch (format) {
    case 'json':
      return { contentType: contentTypes.json, fileName, body: streamOf([`${JSON.stringify(value, null, 1)}\n`]) }
    case 'xlsx':
      return { contentType: contentTypes.xlsx, fileName, body: streamOf(workbookBytes(sheets, { software, createdAt: new Date(clock.wallMs()).toISOString() })) }
    case 'html':
      return { contentType: contentTypes.html, fileName, body: streamOf(pageOf(document, async () => undefined)) }
  }
}

/** As the API takes them. */
export const summariesOf = (source: SummarySource): SummariesDep => ({
  comparison: (id, other, format, lang) => renderComparison(source, id, other, format, lang),
  contactSheet: (id, format, wish) => renderContactSheet(source, id, format, wish),
  district: (wish, format, lang) => renderDistrict(source, wish, format, lang),
})
