// Records in bulk: a workbook or CSV file in, shown before anything is written, and out again.
import type { MultipartFile } from '@fastify/multipart'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import { AppError } from '../base/index.ts'
import { columnName, fieldRow, isFieldName, type Camera, type Choices, type CsvEncoding, type ImportRecord, type Registry, type RowOutcome, type StagedRow } from '../registry/index.ts'
import type { App } from './app.ts'
import { areaOf, queryOf } from './areas.ts'
import { mayThere, sessionOf } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { ExportQuery, Import, ImportApply, ImportChoices, ImportQuery, ImportRows, ImportRowsQuery, ImportSummary, IdParams, Items, type CameraFilter, type ExportFormat } from './schema/index.ts'

const pageSize = 1000
/** A small file is shown at once; for a larger one the answer is 202 and its progress is asked for. */
const waitMs = 1500
const defaultRows = 50
const listed = 200
/** Of the multipart body; the file itself is bounded by imports.mb. */
const bodyBytes = 1024 * 1024 * 1024
const contentTypes = { xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', csv: 'text/csv' } as const

const FileBody = Type.Object({ file: Type.String({ format: 'binary', description: 'a .xlsx or .csv file' }) })
const fileAnswer = { description: 'the file', content: { [contentTypes.xlsx]: { schema: Binary }, [contentTypes.csv]: { schema: Binary } } }

interface ImportProgressView {
  readonly phase: 'waiting' | 'reading' | 'checking' | 'writing'
  readonly read: number
  readonly total: number
  readonly rows: number
}
export interface ImportView extends ImportRecord {
  readonly progress?: ImportProgressView
  readonly keptUntilMs?: number
}

/** Fitted by service/imports.ts. */
export interface ImportsDep {
  readonly begin: (upload: { readonly fileName: string; readonly stream: Readable; readonly isCut: () => boolean; readonly by: string; readonly area: string; readonly choices: Choices }) => Promise<ImportView>
  readonly get: (id: string) => Promise<ImportView | undefined>
  readonly list: (limit: number) => Promise<readonly ImportView[]>
  readonly settled: (id: string, withinMs: number) => Promise<ImportView>
  readonly choose: (id: string, choices: Choices) => Promise<ImportView>
  readonly apply: (id: string, how: { readonly choices?: Choices; readonly by: string; readonly why: string }) => Promise<ImportView>
  readonly cancel: (id: string) => Promise<ImportView>
  readonly rows: (id: string, query: { readonly outcomes: readonly RowOutcome[]; readonly after: number; readonly limit: number }) => Promise<readonly StagedRow[]>
  readonly rejected: (id: string) => Promise<{ readonly fileName: string; readonly format: ExportFormat; readonly body: Readable } | undefined>
}

export interface TransferDep {
  readonly imports: ImportsDep
  /** The bytes of a file, as the records come. */
  readonly write: (
    cameras: AsyncIterable<Camera>,
    options: { readonly format: ExportFormat; readonly encoding?: CsvEncoding; readonly values?: 'codes' | 'labels'; readonly lang?: 'zh' | 'en'; readonly withContacts: (camera: Camera) => boolean },
  ) => Readable
}

export function transferRoutes(app: App, { registry, transfer: { imports, write } }: ApiDeps): void {
  /** An import is its area's: whoever keeps all records of that area may see and apply it. What lies outside is answered as if it were not there. */
  const importFor = async (request: FastifyRequest, id: string): Promise<ImportView> => {
    const found = await imports.get(id)
    if (!found || !mayThere(request, 'cameras.change', found.area)) throw new AppError('not-found', `there is no import ${id}`)
    return found
  }
  const status = <Settled extends 200 | 201>({ state }: ImportView, settled: Settled): Settled | 202 => (state === 'reading' || state === 'applying' ? 202 : settled)

  app.post(
    '/imports',
    {
      schema: { tags: ['transfer'], summary: 'Read a file of records; nothing is written before it is applied', consumes: ['multipart/form-data'], querystring: ImportQuery, body: FileBody, response: { 201: Import, 202: Import } },
      config: { allow: 'cameras.change', audit: 'import.read' },
      bodyLimit: bodyBytes,
      // The body is a stream of parts, read below; its schema describes it.
      validatorCompiler: (route) => (route.httpPart === 'body' ? () => true : TypeBoxValidatorCompiler(route)),
    },
    async (request, reply) => {
      const file: MultipartFile | undefined = request.isMultipart() ? await request.file({ limits: { fileSize: bodyBytes } }) : undefined
      if (!file) throw new AppError('request.invalid', 'send the file as the part "file" of a multipart/form-data request')
      const { account } = sessionOf(request)
      const begun = await imports.begin({ fileName: plainName(file.filename), stream: file.file, isCut: () => file.file.truncated, by: account.name, area: account.area, choices: request.query })
      const now = await imports.settled(begun.id, waitMs)
      request.audited = { subject: now.id, detail: `${now.fileName} sha256 ${now.sha256}` }
      return reply.code(status(now, 201)).header('location', `${request.url.split('?')[0]}/${now.id}`).send(now)
    },
  )

  app.get(
    '/imports',
    { schema: { tags: ['transfer'], summary: 'Imports, newest first', response: { 200: Items(ImportSummary) } }, config: { allow: 'cameras.change' } },
    async (request) => {
      const all = await imports.list(listed)
      return { items: all.filter(({ area }) => mayThere(request, 'cameras.change', area)).map(({ preview, ...rest }) => ({ ...rest, ...(preview ? { counts: preview.counts } : {}) })) }
    },
  )

  app.get(
    '/imports/:id',
    { schema: { tags: ['transfer'], summary: 'An import: its progress, what it would change, what is to be chosen', params: IdParams, response: { 200: Import } }, config: { allow: 'cameras.change' } },
    (request) => importFor(request, request.params.id),
  )

  app.get(
    '/imports/:id/rows',
    { schema: { tags: ['transfer'], summary: 'Rows by what would come of them, while its file is kept', params: IdParams, querystring: ImportRowsQuery, response: { 200: ImportRows } }, config: { allow: 'cameras.change' } },
    async (request) => {
      const { id } = await importFor(request, request.params.id)
      const { outcome, after = 0, limit = defaultRows } = request.query
      const rows = await imports.rows(id, { outcomes: [outcome], after, limit: limit + 1 })
      const last = rows.length > limit ? rows[limit - 1]?.number : undefined
      return { items: rows.slice(0, limit).map((row) => rowView(row, outcome)), ...(last === undefined ? {} : { next: last }) }
    },
  )

  app.put(
    '/imports/:id/choices',
    {
      schema: { tags: ['transfer'], summary: 'Read it again with these choices, for another preview', params: IdParams, body: ImportChoices, response: { 200: Import, 202: Import } },
      config: { allow: 'cameras.change', audit: 'import.choose' },
    },
    async (request, reply) => {
      const { id } = await importFor(request, request.params.id)
      insistOnCodes(request.body)
      await imports.choose(id, request.body)
      const now = await imports.settled(id, waitMs)
      request.audited = { subject: id, detail: JSON.stringify(request.body).slice(0, 500) }
      return reply.code(status(now, 200)).send(now)
    },
  )

  app.post(
    '/imports/:id/apply',
    {
      schema: { tags: ['transfer'], summary: 'Write the records, all in one transaction', params: IdParams, body: ImportApply, response: { 200: Import, 202: Import } },
      config: { allow: 'cameras.change', audit: 'records.import' },
    },
    async (request, reply) => {
      const before = await importFor(request, request.params.id)
      const { choices, why = '' } = request.body
      if (choices) insistOnCodes(choices)
      await imports.apply(before.id, { by: sessionOf(request).account.name, why: why === '' ? before.fileName : why, ...(choices ? { choices } : {}) })
      const now = await imports.settled(before.id, waitMs)
      const counts = now.preview?.counts
      const { created = 0, changed = 0 } = now.outcome ?? counts ?? {}
      request.audited = { subject: now.id, detail: `${now.fileName}: ${created} created, ${changed} changed, ${counts?.unchanged ?? 0} unchanged, ${counts?.rejected ?? 0} rejected` }
      return reply.code(status(now, 200)).send(now)
    },
  )

  app.post(
    '/imports/:id/cancel',
    { schema: { tags: ['transfer'], summary: 'End it; nothing of it is written', params: IdParams, response: { 200: Import } }, config: { allow: 'cameras.change', audit: 'import.cancel' } },
    async (request) => {
      const { id, fileName } = await importFor(request, request.params.id)
      request.audited = { subject: id, detail: fileName }
      return imports.cancel(id)
    },
  )

  app.get(
    '/imports/:id/rejected',
    { schema: { tags: ['transfer'], summary: 'The rows that were not taken, with their reasons; corrected, the file can be imported as it is', params: IdParams, response: { 200: fileAnswer } }, config: { allow: 'cameras.change' } },
    async (request, reply) => {
      const { id } = await importFor(request, request.params.id)
      const file = await imports.rejected(id)
      if (!file) throw new AppError('not-found', 'no row of this import was rejected')
      return reply.type(contentTypes[file.format]).header('content-disposition', attachment(file.fileName)).send(file.body)
    },
  )

  app.get(
    '/exports',
    {
      schema: { tags: ['transfer'], summary: 'Write records to a file', querystring: ExportQuery, response: { 200: fileAnswer } },
      config: { allow: 'cameras.see', audit: 'records.export' },
    },
    async (request, reply) => {
      const { format, values, lang, encoding, ...filter } = request.query
      const first = await registry.cameras(queryOf(request, filter, 1))
      request.audited = { subject: format, detail: `${first.total} records${mayThere(request, 'contacts.see', sessionOf(request).account.area) ? ', with contacts' : ''}` }
      const body = write(every(request, registry, filter), {
        format,
        ...(values === undefined ? {} : { values }),
        ...(lang === undefined ? {} : { lang }),
        ...(encoding === undefined ? {} : { encoding }),
        withContacts: (camera) => mayThere(request, 'contacts.see', areaOf(camera)),
      })
      const type = format === 'csv' ? `${contentTypes.csv}; charset=${encoding ?? 'utf-8'}` : contentTypes.xlsx
      return reply.type(type).header('content-disposition', attachment(`cameras.${format}`)).send(body)
    },
  )
}

async function* every(request: FastifyRequest, registry: Registry, filter: CameraFilter): AsyncGenerator<Camera> {
  let cursor: string | undefined
  do {
    const page = await registry.cameras(queryOf(request, filter, pageSize, cursor))
    yield* page.items
    cursor = page.next
  } while (cursor !== undefined)
}

function rowView({ number, code, changes, reasons }: StagedRow, outcome: Exclude<RowOutcome, 'unchanged'>) {
  return {
    number,
    code: code.slice(0, 64),
    outcome,
    ...(changes ? { changes: changes.map(({ field, from, to }) => ({ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) })) } : {}),
    ...(reasons ? { reasons: reasons.map(({ code: reason, message, column }) => ({ code: reason, message, ...(column === undefined ? {} : { column: columnName(column) }) })) } : {}),
  }
}

/** A mapping leads to codes that there are. */
function insistOnCodes({ codes }: ImportChoices): void {
  for (const [field, mapping] of Object.entries(codes ?? {})) {
    const table = isFieldName(field) ? fieldRow(field).table : undefined
    for (const [from, to] of Object.entries(mapping ?? {})) {
      if (!table) throw new AppError('request.invalid', `${field} is no field with codes`)
      if (to !== '' && !table.some(({ code }) => code === to)) throw new AppError('request.invalid', `${field} has no code "${to}" for "${from}"`)
    }
  }
}

/** As the sender calls it, without folders and control characters. */
const plainName = (name: string): string => (name.split(/[\\/]/).pop() ?? '').replace(/[\u0000-\u001f\u007f]/g, '').slice(0, 200) || 'file'

/** RFC 6266: a plain name for old programs, the real one beside it. */
const attachment = (name: string): string => `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\%]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`
