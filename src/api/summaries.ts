// What is said over inspections: two compared, the pictures of one on a sheet, a district over a time.
import type { FastifyReply } from 'fastify'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { areaFor } from './areas.ts'
import { Binary } from './binary.ts'
import type { ApiDeps, RenderedReport } from './deps.ts'
import { inspectionFor } from './inspections.ts'
import { disposition, documentPolicy } from './reports.ts'
import { Comparison, ComparisonQuery, ContactSheetParams, ContactSheetQuery, DistrictQuery, DistrictSummary, IdParams, type Lang } from './schema/index.ts'
import { Type } from 'typebox'

export type SummaryFormat = 'html' | 'xlsx' | 'json'

export interface SummariesDep {
  /** `other` absent: the last finished one of the same area and plan. Throws AppError `not-found`. */
  readonly comparison: (id: string, other: string | undefined, format: SummaryFormat, lang: Lang) => Promise<RenderedReport>
  readonly contactSheet: (id: string, format: 'html' | 'jpg', wish: { readonly lang: Lang; readonly page: number }) => Promise<RenderedReport>
  /** Throws AppError `request.invalid` for a period that is none. */
  readonly district: (wish: { readonly area: string; readonly from?: string; readonly to?: string; readonly class?: string }, format: SummaryFormat, lang: Lang) => Promise<RenderedReport>
}

const workbook = { schema: Binary }
const page = { schema: Type.String() }

export function summaryRoutes(app: App, { inspections, summaries }: ApiDeps): void {
  app.get(
    '/inspections/:id/comparison',
    {
      schema: {
        tags: ['inspections'],
        summary: 'Beside another inspection: what improved, what worsened, and what chance alone would do',
        params: IdParams,
        querystring: ComparisonQuery,
        response: { 200: { description: 'the comparison', content: { 'application/json': { schema: Comparison }, 'text/html': page, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': workbook } } },
      },
      config: { allow: 'inspections.see', audit: 'report.see' },
    },
    async (request, reply) => {
      const { with: other, format = 'json', lang = 'zh' } = request.query
      const { id } = await inspectionFor(request, { get: inspections.head }, 'inspections.see', request.params.id)
      if (other !== undefined) await inspectionFor(request, { get: inspections.head }, 'inspections.see', other)
      request.audited = { subject: `${id}/comparison`, detail: other ?? '' }
      return send(reply, format, await summaries.comparison(id, other, format, lang))
    },
  )

  app.get(
    '/inspections/:id/contact-sheet.:format',
    {
      schema: {
        tags: ['inspections'],
        summary: 'The pictures on a sheet, each with number, name, verdict and time',
        params: ContactSheetParams,
        querystring: ContactSheetQuery,
        response: { 200: { description: 'the sheet', content: { 'text/html': page, 'image/jpeg': { schema: Binary } } } },
      },
      config: { allow: 'inspections.see', audit: 'report.see' },
    },
    async (request, reply) => {
      const { id, format } = request.params
      const { lang = 'zh', page: number = 1 } = request.query
      const inspection = await inspectionFor(request, { get: inspections.head }, 'inspections.see', id)
      if (inspection.state === 'running') throw new AppError('conflict', 'the inspection is still running: its sheet comes when it has finished')
      request.audited = { subject: `${id}/contact-sheet.${format}` }
      return send(reply, format, await summaries.contactSheet(id, format, { lang, page: number }))
    },
  )

  app.get(
    '/reports/district',
    {
      schema: {
        tags: ['inspections'],
        summary: 'The inspections of an area over a time: rates, owners, cameras that failed again',
        querystring: DistrictQuery,
        response: { 200: { description: 'the summary', content: { 'application/json': { schema: DistrictSummary }, 'text/html': page, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': workbook } } },
      },
      config: { allow: 'inspections.see', audit: 'report.see' },
    },
    async (request, reply) => {
      const { area: asked, from, to, class: only, format = 'json', lang = 'zh' } = request.query
      const area = areaFor(request, asked)
      request.audited = { subject: `district/${area === '' ? 'all' : area}` }
      return send(reply, format, await summaries.district({ area, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), ...(only === undefined ? {} : { class: only }) }, format, lang))
    },
  )
}

function send(reply: FastifyReply, format: SummaryFormat | 'jpg', { contentType, fileName, body }: RenderedReport): FastifyReply {
  if (format === 'html') void reply.header('content-security-policy', documentPolicy)
  if (format === 'xlsx') void reply.header('content-disposition', disposition(fileName))
  return reply.type(contentType).send(body)
}
