// Evidence packages, and the public key that they are signed with.
import { Readable } from 'node:stream'
import type { PackagePart } from '../inspect/index.ts'
import type { App } from './app.ts'
import { insistOnArea, sessionOf } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { inspectionFor } from './inspections.ts'
import { EvidenceState, Hold, HoldBody, HoldListQuery, HoldParams, HoldReleaseBody, IdParams, Installation, Items, PackageQuery, type SigningKey } from './schema/index.ts'

export interface PackagesDep {
  /** SubjectPublicKeyInfo as PEM, and the SHA-256 of its DER in hex. */
  readonly installation: { readonly publicKey: string; readonly fingerprint: string }
  /** Throws AppError `not-found`, `conflict`. `signal`: nobody waits for it any more. */
  readonly take: (id: string, wish: PackageWish) => Promise<{ readonly fileName: string; readonly size: number; readonly bytes: () => AsyncIterable<Buffer> }>
  readonly holds: HoldsDep
  /** Keys of other installations, as the operator knows them. */
  readonly keys: SigningKeysDep
  /** How much is kept, and what went last. */
  readonly state: () => Promise<EvidenceState>
}

export interface HoldsDep {
  readonly list: (inspection: string) => Promise<readonly Hold[]>
  /** Of every inspection, newest first. */
  readonly all: (query: { readonly isOpen: boolean; readonly before?: number; readonly limit: number }) => Promise<readonly Hold[]>
  /** Throws AppError `not-found`. */
  readonly add: (hold: { readonly inspection: string; readonly n?: number; readonly reason: string; readonly by: string }) => Promise<Hold>
  /** Throws AppError `not-found`, `conflict`. */
  readonly release: (release: { readonly inspection: string; readonly id: number; readonly by: string; readonly reason: string }) => Promise<Hold>
}

export interface SigningKeysDep {
  /** Oldest first. */
  readonly list: () => Promise<readonly SigningKey[]>
  /** `key`: a fingerprint, or a public key in PEM. Throws AppError `request.invalid`, `conflict`. */
  readonly add: (key: { readonly key: string; readonly name: string; readonly note: string; readonly by: string }) => Promise<SigningKey>
  /** Throws AppError `not-found`, `conflict`. */
  readonly revoke: (revoked: { readonly id: number; readonly by: string; readonly reason: string }) => Promise<SigningKey>
}

export interface PackageWish {
  readonly parts?: readonly PackagePart[]
  readonly check?: number
  readonly by: string
  readonly signal?: AbortSignal
}

export function packageRoutes(app: App, { inspections, packages, log }: ApiDeps): void {
  app.get(
    '/installation',
    { schema: { tags: ['inspections'], summary: 'The public key that evidence is signed with', response: { 200: Installation } }, config: { allow: 'session' } },
    async () => ({ algorithm: 'Ed25519' as const, ...packages.installation }),
  )

  app.get(
    '/inspections/:id/evidence.zip',
    {
      schema: {
        tags: ['inspections'],
        summary: 'Everything that an inspection, or one check of it, goes by: signed, and proved with yiji verify',
        params: IdParams,
        querystring: PackageQuery,
        response: { 200: { description: 'the package', content: { 'application/zip': { schema: Binary } } } },
      },
      config: { allow: 'inspections.see', audit: 'package.take' },
    },
    async (request, reply) => {
      const { id } = await inspectionFor(request, { get: inspections.head }, 'inspections.see', request.params.id)
      const { parts, check } = request.query
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const wish: PackageWish = { by: sessionOf(request).account.name, signal: gone.signal, ...(parts === undefined ? {} : { parts: partsOf(parts) }), ...(check === undefined ? {} : { check }) }
      const taken = await packages.take(id, wish)
      request.audited = { subject: check === undefined ? id : `${id}/${check}`, detail: `${parts === undefined ? 'everything' : `documents${parts === 'none' ? '' : `, ${parts}`}`}, ${taken.size} bytes` }
      const body = Readable.from(taken.bytes(), { objectMode: false, highWaterMark: 1 << 20 })
      body.on('error', (error) => log.warn({ inspection: id, error: error.message }, 'a package broke off'))
      return reply.type('application/zip').header('content-length', taken.size).header('content-disposition', `attachment; filename="${taken.fileName}"`).header('cache-control', 'no-store').send(body)
    },
  )
}

/** What a person holds back from removal, and how much there is. */
export function keepingRoutes(app: App, { inspections, packages }: ApiDeps): void {
  app.get(
    '/evidence',
    { schema: { tags: ['inspections'], summary: 'How much evidence is kept, and what was removed last', response: { 200: EvidenceState } }, config: { allow: 'audit.see' } },
    async (request) => {
      insistOnArea(request, 'audit.see', '')
      return packages.state()
    },
  )

  app.get(
    '/holds',
    { schema: { tags: ['inspections'], summary: 'Evidence of all inspections that persons hold back from removal, newest first', querystring: HoldListQuery, response: { 200: Items(Hold) } }, config: { allow: 'audit.see' } },
    async (request) => {
      insistOnArea(request, 'audit.see', '')
      const { open, before, limit = 100 } = request.query
      return { items: await packages.holds.all({ isOpen: open === true, limit, ...(before === undefined ? {} : { before }) }) }
    },
  )

  app.get(
    '/inspections/:id/holds',
    { schema: { tags: ['inspections'], summary: 'Evidence that persons hold back from removal, and released again', params: IdParams, response: { 200: Items(Hold) } }, config: { allow: 'inspections.see' } },
    async (request) => ({ items: await packages.holds.list((await inspectionFor(request, { get: inspections.head }, 'inspections.see', request.params.id)).id) }),
  )

  app.post(
    '/inspections/:id/holds',
    {
      schema: { tags: ['inspections'], summary: 'Hold evidence of one check, or of all, with a reason', params: IdParams, body: HoldBody, response: { 201: Hold } },
      config: { allow: 'inspections.review', audit: 'evidence.hold' },
    },
    async (request, reply) => {
      const { id } = await inspectionFor(request, { get: inspections.head }, 'inspections.review', request.params.id)
      const { n, reason } = request.body
      const hold = await packages.holds.add({ inspection: id, reason, by: sessionOf(request).account.name, ...(n === undefined ? {} : { n }) })
      request.audited = { subject: n === undefined ? id : `${id}/${n}`, detail: reason }
      return reply.code(201).send(hold)
    },
  )

  app.post(
    '/inspections/:id/holds/:hold/release',
    {
      schema: { tags: ['inspections'], summary: 'It need not be held any longer, with a reason', params: HoldParams, body: HoldReleaseBody, response: { 200: Hold } },
      config: { allow: 'inspections.review', audit: 'evidence.release' },
    },
    async (request) => {
      const { id } = await inspectionFor(request, { get: inspections.head }, 'inspections.review', request.params.id)
      request.audited = { subject: `${id}/hold ${request.params.hold}`, detail: request.body.reason }
      return packages.holds.release({ inspection: id, id: request.params.hold, by: sessionOf(request).account.name, reason: request.body.reason })
    },
  )
}

const partsOf = (parts: string): readonly PackagePart[] => (parts === 'none' ? [] : (parts.split(',') as PackagePart[]))
