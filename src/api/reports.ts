// What an inspection leaves: the report in its forms, the recordings and the pictures.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { note } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { inspectionFor } from './inspections.ts'
import { EvidenceParams, IdParams, ReportParams, ReportQuery } from './schema/index.ts'

/** A report is a document: it may carry its style and its pictures, and run nothing. */
export const documentPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; frame-ancestors 'self'; sandbox allow-popups allow-downloads allow-same-origin"

export function reportRoutes(app: App, { accounts, inspections, reports, evidence }: ApiDeps): void {
  app.get(
    '/inspections/:id/report.:format',
    {
      schema: {
        tags: ['inspections'],
        summary: 'The report as page, workbook, Word document or JSON',
        params: ReportParams,
        querystring: ReportQuery,
        response: {
          200: {
            description: 'the report',
            content: {
              'text/html': { schema: Type.String() },
              'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: Binary },
              'application/vnd.openxmlformats-officedocument.wordprocessingml.document': { schema: Binary },
              'application/json': { schema: Type.Unknown() },
            },
          },
        },
      },
      config: { allow: 'inspections.see', audit: 'report.see' },
    },
    async (request, reply) => {
      const { id, format } = request.params
      const inspection = await inspectionFor(request, inspections, 'inspections.see', id)
      if (inspection.state === 'running') throw new AppError('conflict', 'the inspection is still running: its report comes when it has finished')
      request.audited = { subject: `${id}/${format}` }
      const { lang = 'zh', number } = request.query
      const { contentType, fileName, body } = await reports.render(id, format, { lang, ...(number === undefined ? {} : { number }) })
      if (format === 'html') void reply.header('content-security-policy', documentPolicy)
      else void reply.header('content-disposition', disposition(fileName))
      return reply.type(contentType).send(body)
    },
  )

  app.get(
    '/inspections/:id/evidence/*',
    {
      schema: {
        tags: ['inspections'],
        summary: 'A recording, a picture or a verdict, by its path in the report',
        params: EvidenceParams,
        response: { 200: { description: 'the file', content: { 'image/jpeg': { schema: Binary }, 'application/octet-stream': { schema: Binary } } } },
      },
      config: { allow: 'inspections.see' },
      // TypeBox makes expressions of property names when it converts, and cannot of `*`; the path is judged below.
      validatorCompiler: (route) => TypeBoxValidatorCompiler({ ...route, schema: IdParams }),
    },
    async (request, reply) => {
      const { id, '*': relativePath } = request.params
      await inspectionFor(request, { get: inspections.head }, 'inspections.see', id)
      const file = isPlainPath(relativePath) ? await evidence.file(id, relativePath) : undefined
      const found = file ? await stat(file.path).catch(() => undefined) : undefined
      if (!file || !found?.isFile()) {
        const gone = (await inspections.get(id))?.checks.flatMap((check) => check.evidence).find((each) => each.file === relativePath && each.removedAt !== undefined)
        throw new AppError('not-found', gone ? `${relativePath} was removed at ${gone.removedAt}: ${gone.removedWhy}. Its SHA-256 was ${gone.sha256}` : `inspection ${id} has no evidence "${relativePath}"`)
      }
      request.audited = { subject: `${id}/${relativePath}` }
      await note(accounts, request, relativePath.endsWith('.pcapng') ? 'recording.take' : 'evidence.see')
      return reply
        .type(file.contentType)
        .header('content-length', found.size)
        .header('content-security-policy', documentPolicy)
        .send(createReadStream(file.path))
    },
  )
}

/** Names of letters, digits, `-`, `_` and single dots between them, separated by `/`: nothing that climbs, hides or means another drive. */
export const isPlainPath = (path: string): boolean => /^[\w-]+(\.[\w-]+)*(\/[\w-]+(\.[\w-]+)*)*$/.test(path)

/** Both the plain and the UTF-8 form of the name (RFC 6266 4.3). */
export const disposition = (fileName: string): string => `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(fileName)}`
