// Evidence packages, and the public key that they are signed with.
import { Readable } from 'node:stream'
import type { PackagePart } from '../inspect/index.ts'
import type { App } from './app.ts'
import { sessionOf } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { inspectionFor } from './inspections.ts'
import { IdParams, Installation, PackageQuery } from './schema/index.ts'

export interface PackagesDep {
  /** SubjectPublicKeyInfo as PEM, and the SHA-256 of its DER in hex. */
  readonly installation: { readonly publicKey: string; readonly fingerprint: string }
  /** Throws AppError `not-found`, `conflict`. `signal`: nobody waits for it any more. */
  readonly take: (id: string, wish: PackageWish) => Promise<{ readonly fileName: string; readonly size: number; readonly bytes: () => AsyncIterable<Buffer> }>
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
      const { id } = await inspectionFor(request, inspections, 'inspections.see', request.params.id)
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

const partsOf = (parts: string): readonly PackagePart[] => (parts === 'none' ? [] : (parts.split(',') as PackagePart[]))
