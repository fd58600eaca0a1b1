// Further checks of a camera, and the checks of other installations: each stands beside the first. And everything that happened to a check, in order.
import type { MultipartFile } from '@fastify/multipart'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AppError } from '../base/index.ts'
import type { Opinion as KeptOpinion } from '../inspect/index.ts'
import type { App } from './app.ts'
import { sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { checkFor, inspectionFor } from './inspections.ts'
import { CheckParams, History, IdParams, Opinion, OpinionBody, OpinionList, OpinionParams, Recheck, RecheckBody, RecheckList, RecheckParams } from './schema/index.ts'

/** A recording has 64 MiB at most. */
const bodyBytes = 66 * 1024 * 1024
const FileBody = Type.Object({ file: Type.String({ format: 'binary', description: 'the recording (.pcapng) that the opinion named' }) })

/** The package itself is bounded where it is written. */
const packageBytes = 260 * 1024 * 1024
const PackageBody = Type.Object({ file: Type.String({ format: 'binary', description: 'evidence.zip of one check, as the other installation made it; 256 MiB at most' }) })

export function secondLookRoutes(app: App, { inspections, disputes: { rechecks, opinions, history } }: ApiDeps): void {
  const outlines = { get: inspections.head }
  app.get(
    '/inspections/:id/checks/:n/history',
    { schema: { tags: ['reviews'], summary: 'What happened to one check, oldest first: verdict, re-checks, opinions, appeals, reviews, other rules', params: CheckParams, response: { 200: History } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const { id, n } = request.params
      return { items: [...(await history(id, await checkFor(request, inspections, 'inspections.see', id, n)))] }
    },
  )

  app.get(
    '/inspections/:id/rechecks',
    { schema: { tags: ['reviews'], summary: 'Further checks, oldest first', params: IdParams, response: { 200: RecheckList } }, config: { allow: 'inspections.see' } },
    async (request) => ({ items: [...(await rechecks.of((await inspectionFor(request, outlines, 'inspections.see', request.params.id)).id))] }),
  )

  app.post(
    '/inspections/:id/checks/:n/rechecks',
    {
      schema: { tags: ['reviews'], summary: 'Check the camera once more; what comes of it stands beside the first', params: CheckParams, body: RecheckBody, response: { 202: Recheck } },
      config: { allow: 'inspections.run', audit: 'check.recheck' },
    },
    async (request, reply) => {
      const { id, n } = request.params
      const check = await checkFor(request, inspections, 'inspections.run', id, n)
      const recheck = await rechecks.ask({ inspection: id, check, reason: request.body.reason, by: sessionOf(request).account.name })
      request.audited = { subject: `${id}/${n}`, detail: `re-check ${recheck.id}: ${recheck.reason}` }
      return reply.code(202).send(recheck)
    },
  )

  app.delete(
    '/inspections/:id/rechecks/:recheck',
    {
      schema: { tags: ['reviews'], summary: 'Cancel a further check that is due or under way; it stays in the list', params: RecheckParams, response: { 200: Recheck } },
      config: { allow: 'inspections.run', audit: 'recheck.cancel' },
    },
    async (request) => {
      const { id, recheck } = request.params
      await inspectionFor(request, outlines, 'inspections.run', id)
      await rechecks.cancel(id, recheck, sessionOf(request).account.name)
      request.audited = { subject: `${id}/re-check ${recheck}` }
      const found = (await rechecks.of(id)).find((each) => each.id === recheck)
      if (!found) throw new AppError('not-found', `inspection ${id} has no re-check ${recheck}`)
      return found
    },
  )

  app.get(
    '/inspections/:id/opinions',
    { schema: { tags: ['reviews'], summary: 'Checks of other installations, oldest first', params: IdParams, response: { 200: OpinionList } }, config: { allow: 'inspections.see' } },
    async (request) => ({ items: (await opinions.of((await inspectionFor(request, outlines, 'inspections.see', request.params.id)).id)).map(opinionOf) }),
  )

  app.post(
    '/inspections/:id/checks/:n/opinions',
    {
      schema: { tags: ['reviews'], summary: 'Name the check of another installation; it counts once its recording has come', params: CheckParams, body: OpinionBody, response: { 201: Opinion } },
      config: { allow: 'inspections.review', audit: 'check.opinion' },
    },
    async (request, reply) => {
      const { id, n } = request.params
      const { node, check: said, recordingSha256 } = request.body
      const check = await checkFor(request, inspections, 'inspections.review', id, n)
      const opinion = await opinions.give({ inspection: id, check, node, said, recordingSha256, by: sessionOf(request).account.name })
      request.audited = { subject: `${id}/${n}`, detail: `opinion ${opinion.id} of ${node}: ${opinion.check.verdict.result}, recording sha256 ${recordingSha256}` }
      return reply.code(201).send(opinionOf(opinion))
    },
  )

  app.post(
    '/inspections/:id/checks/:n/opinions/package',
    {
      schema: { tags: ['reviews'], summary: 'The evidence package of another installation’s check of the camera: proved, computed again, and kept as it came', consumes: ['multipart/form-data'], params: CheckParams, body: PackageBody, response: { 201: Opinion } },
      config: { allow: 'inspections.review', audit: 'opinion.package' },
      bodyLimit: packageBytes,
      // The body is a stream of parts, read below; its schema describes it.
      validatorCompiler: (route) => (route.httpPart === 'body' ? () => true : TypeBoxValidatorCompiler(route)),
    },
    async (request, reply) => {
      const { id, n } = request.params
      const check = await checkFor(request, inspections, 'inspections.review', id, n)
      const part: MultipartFile | undefined = request.isMultipart() ? await request.file({ limits: { fileSize: packageBytes } }) : undefined
      if (!part) throw new AppError('request.invalid', 'send the package as the part "file" of a multipart/form-data request')
      const opinion = await opinions.take({ inspection: id, check, bytes: part.file, by: sessionOf(request).account.name })
      request.audited = { subject: `${id}/${n}`, detail: `opinion ${opinion.id} of ${opinion.node}: ${opinion.check.verdict.result}, ${opinion.state}; signed by ${opinion.signed?.fingerprint ?? ''}, which is ${opinion.key?.state ?? 'unknown'}` }
      return reply.code(201).send(opinionOf(opinion))
    },
  )

  app.post(
    '/inspections/:id/opinions/:opinion/recording',
    {
      schema: { tags: ['reviews'], summary: 'The recording of an opinion: it is computed again, and what differs is said', consumes: ['multipart/form-data'], params: OpinionParams, body: FileBody, response: { 200: Opinion } },
      config: { allow: 'inspections.review', audit: 'opinion.recording' },
      bodyLimit: bodyBytes,
      // The body is a stream of parts, read below; its schema describes it.
      validatorCompiler: (route) => (route.httpPart === 'body' ? () => true : TypeBoxValidatorCompiler(route)),
    },
    async (request) => {
      const { id, opinion } = request.params
      await inspectionFor(request, outlines, 'inspections.review', id)
      const part: MultipartFile | undefined = request.isMultipart() ? await request.file({ limits: { fileSize: bodyBytes } }) : undefined
      if (!part) throw new AppError('request.invalid', 'send the recording as the part "file" of a multipart/form-data request')
      const verified = await opinions.attach({ inspection: id, opinion, bytes: part.file })
      request.audited = { subject: `${id}/${verified.n}`, detail: `opinion ${opinion} of ${verified.node}: ${verified.state}` }
      return opinionOf(verified)
    },
  )
}

const opinionOf = ({ check, ...opinion }: KeptOpinion): Opinion => ({ ...opinion, verdict: check.verdict })
