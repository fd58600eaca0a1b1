// Appeals: whoever keeps the records of an area says why a verdict is wrong, with files; an assessor decides. The machine's verdict stays.
import type { MultipartFile } from '@fastify/multipart'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Type } from 'typebox'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { sessionOf } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { checkFor, inspectionFor } from './inspections.ts'
import { Appeal, AppealBody, AppealFile, AppealFileParams, AppealList, AppealParams, CheckParams, DecisionBody, IdParams, Review } from './schema/index.ts'

/** Of the multipart body; the file itself is bounded where it is written. */
const bodyBytes = 24 * 1024 * 1024
const FileBody = Type.Object({ file: Type.String({ format: 'binary', description: 'PDF, JPEG, PNG, Word, Excel, MP4 or text, 20 MiB at most' }) })
/** An attached file may be anything that its sender made it: it is saved, never shown in our page. */
const savedPolicy = "default-src 'none'; sandbox"

export function appealRoutes(app: App, { inspections, disputes }: ApiDeps): void {
  const { appeals } = disputes
  app.get(
    '/inspections/:id/appeals',
    { schema: { tags: ['reviews'], summary: 'Appeals with their files and decisions, oldest first', params: IdParams, response: { 200: AppealList } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const { id } = await inspectionFor(request, { get: inspections.head }, 'inspections.see', request.params.id)
      return { items: [...(await appeals.of(id))] }
    },
  )

  app.post(
    '/inspections/:id/checks/:n/appeals',
    {
      schema: { tags: ['reviews'], summary: 'Say why the verdict of a check is wrong', params: CheckParams, body: AppealBody, response: { 201: Appeal } },
      config: { allow: 'checks.appeal', audit: 'check.appeal' },
    },
    async (request, reply) => {
      const { id, n } = request.params
      const check = await checkFor(request, inspections, 'checks.appeal', id, n)
      const appeal = await appeals.appeal({ inspection: id, check, text: request.body.text, by: sessionOf(request).account.name })
      request.audited = { subject: `${id}/${n}`, detail: `appeal ${appeal.id}: ${appeal.text}` }
      return reply.code(201).send(appeal)
    },
  )

  app.post(
    '/inspections/:id/appeals/:appeal/files',
    {
      schema: { tags: ['reviews'], summary: 'Add a file to an appeal of one’s own', consumes: ['multipart/form-data'], params: AppealParams, body: FileBody, response: { 201: AppealFile } },
      config: { allow: 'checks.appeal', audit: 'appeal.attach' },
      bodyLimit: bodyBytes,
      // The body is a stream of parts, read below; its schema describes it.
      validatorCompiler: (route) => (route.httpPart === 'body' ? () => true : TypeBoxValidatorCompiler(route)),
    },
    async (request, reply) => {
      const { id, appeal } = request.params
      await inspectionFor(request, { get: inspections.head }, 'checks.appeal', id)
      const part: MultipartFile | undefined = request.isMultipart() ? await request.file({ limits: { fileSize: bodyBytes } }) : undefined
      if (!part) throw new AppError('request.invalid', 'send the file as the part "file" of a multipart/form-data request')
      const file = await appeals.attach({ inspection: id, appeal, name: part.filename, bytes: part.file, by: sessionOf(request).account.name })
      request.audited = { subject: `${id}/appeal ${appeal}`, detail: `${file.name}, ${file.size} bytes, sha256 ${file.sha256}` }
      return reply.code(201).send(file)
    },
  )

  app.get(
    '/inspections/:id/appeals/:appeal/files/:file',
    {
      schema: { tags: ['reviews'], summary: 'A file of an appeal', params: AppealFileParams, response: { 200: { description: 'the file', content: { 'application/octet-stream': { schema: Binary } } } } },
      config: { allow: 'inspections.see', audit: 'appeal.see-file' },
    },
    async (request, reply) => {
      const { id, file } = request.params
      await inspectionFor(request, { get: inspections.head }, 'inspections.see', id)
      const found = await appeals.file(id, file)
      const path = disputes.pathOf(id, found.file)
      const size = (await stat(path).catch(() => undefined))?.size
      if (size === undefined) throw new AppError('not-found', `inspection ${id} no longer has the file ${found.name}`)
      request.audited = { subject: `${id}/${found.file}` }
      return reply
        .type(found.contentType)
        .header('content-length', size)
        .header('content-security-policy', savedPolicy)
        .header('content-disposition', `attachment; filename="${found.id}"; filename*=UTF-8''${encodeURIComponent(found.name)}`)
        .send(createReadStream(path))
    },
  )

  app.post(
    '/inspections/:id/appeals/:appeal/decision',
    {
      schema: { tags: ['reviews'], summary: 'Grant an appeal, which gives the check another result, or reject it; with a reason', params: AppealParams, body: DecisionBody, response: { 201: Review } },
      config: { allow: 'inspections.review', audit: 'appeal.decide' },
    },
    async (request, reply) => {
      const { id, appeal } = request.params
      await inspectionFor(request, { get: inspections.head }, 'inspections.review', id)
      const review = await appeals.decide({ inspection: id, appeal, ...request.body, by: sessionOf(request).account.name, checkOf: (n) => inspections.check(id, n) })
      request.audited = { subject: `${id}/${review.n}`, detail: `appeal ${appeal} ${request.body.decision}, ${review.result}: ${review.reason}` }
      return reply.code(201).send(review)
    },
  )
}
