// Records in bulk: a workbook or CSV file in, and out again.
import type { FastifyRequest } from 'fastify'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AppError } from '../base/index.ts'
import type { Camera, Fields, Registry } from '../registry/index.ts'
import type { App } from './app.ts'
import { maskCamera, mayWrite, queryOf } from './areas.ts'
import { sessionOf } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { ExportQuery, ImportOutcome, ImportQuery, type CameraFilter } from './schema/index.ts'

const pageSize = 500
/** Rows named one by one in a refusal. */
const namedRows = 10
const contentTypes = { xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', csv: 'text/csv; charset=utf-8' } as const

const FileBody = Type.Object({ file: Type.String({ format: 'binary', description: 'a .xlsx or .csv file' }) })

export function transferRoutes(app: App, { registry, transfer }: ApiDeps): void {
  app.post(
    '/imports',
    {
      schema: { tags: ['transfer'], summary: 'Read records from a file', consumes: ['multipart/form-data'], querystring: ImportQuery, body: FileBody, response: { 200: ImportOutcome } },
      config: { allow: 'cameras.change', audit: 'records.import' },
      // The body is a stream of parts, read below; its schema describes it.
      validatorCompiler: (route) => (route.httpPart === 'body' ? () => true : TypeBoxValidatorCompiler(route)),
    },
    async (request) => {
      const { networkingOne, dryRun = false } = request.query
      const file = request.isMultipart() ? await request.file() : undefined
      if (!file) throw new AppError('request.invalid', 'send the file as the part "file" of a multipart/form-data request')
      const { rows, rowNumbers } = await transfer.read(await file.toBuffer(), file.filename, networkingOne === undefined ? {} : { networkingOne })
      await insistOnRows(request, registry, rows, rowNumbers)
      const outcome = await registry.importRows(rows, sessionOf(request).account.name, { dryRun, why: file.filename, ...(rowNumbers ? { rowNumbers } : {}) })
      const { created, changed, unchanged, rejected } = outcome
      request.audited = { subject: file.filename, detail: `${dryRun ? 'dry run: ' : ''}${created} created, ${changed} changed, ${unchanged} unchanged, ${rejected.length} rejected` }
      return { ...outcome, dryRun }
    },
  )

  app.get(
    '/exports',
    {
      schema: {
        tags: ['transfer'],
        summary: 'Write records to a file',
        querystring: ExportQuery,
        response: { 200: { description: 'the file', content: { [contentTypes.xlsx]: { schema: Binary }, 'text/csv': { schema: Binary } } } },
      },
      config: { allow: 'cameras.see', audit: 'records.export' },
    },
    async (request, reply) => {
      const { format, ...filter } = request.query
      const cameras = await every(request, registry, filter)
      request.audited = { subject: format, detail: `${cameras.length} records` }
      const body = await transfer.write(cameras, format)
      return reply.type(contentTypes[format]).header('content-disposition', `attachment; filename="cameras.${format}"`).send(body)
    },
  )
}

async function every(request: FastifyRequest, registry: Registry, filter: CameraFilter): Promise<readonly Camera[]> {
  const cameras: Camera[] = []
  let cursor: string | undefined
  do {
    const page = await registry.cameras(queryOf(request, filter, pageSize, cursor))
    cameras.push(...page.items.map((camera) => maskCamera(request, camera)))
    cursor = page.next
  } while (cursor !== undefined)
  return cameras
}

/** All or nothing: a file with rows of another area is refused whole, so that nobody thinks it was read. */
async function insistOnRows(request: FastifyRequest, registry: Registry, rows: readonly Fields[], rowNumbers: readonly number[] | undefined): Promise<void> {
  const outside: string[] = []
  for (const [index, row] of rows.entries()) {
    if (row.code !== undefined && !(await mayWrite(request, registry, row.code, row))) outside.push(`${rowNumbers?.[index] ?? index + 1} (${row.code})`)
  }
  if (outside.length === 0) return
  const { area } = sessionOf(request).account
  const named = outside.slice(0, namedRows).join(', ')
  throw new AppError('area.outside', `${outside.length} of ${rows.length} rows lie outside your area ${area}, nothing was read: rows ${named}${outside.length > namedRows ? ' …' : ''}`)
}
