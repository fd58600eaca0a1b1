// The audit trail: who did and saw what, when, and from where. It is read and proved here; there is no way to change it.
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { Accounts, AuditQuery as Query, AuditRecord } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { mayThere } from './auth.ts'
import { Binary } from './binary.ts'
import type { ApiDeps } from './deps.ts'
import { AuditExportQuery, AuditPage, AuditProof, AuditQuery } from './schema/index.ts'

const defaultEntries = 200
const exportPart = 1000

export function auditRoutes(app: App, { accounts }: ApiDeps): void {
  app.get(
    '/audit',
    { schema: { tags: ['audit'], summary: 'Who did and saw what, newest first', querystring: AuditQuery, response: { 200: AuditPage } }, config: { allow: 'audit.see' } },
    async (request) => {
      insistOnEverywhere(request)
      const { cursor, limit = defaultEntries, ...filter } = request.query
      const items = await accounts.auditPage({ ...filter, ...(cursor === undefined ? {} : { before: Number(cursor) }), limit: limit + 1 })
      const last = items[limit - 1]
      return { items: items.slice(0, limit), ...(items.length > limit && last ? { next: String(last.n) } : {}) }
    },
  )

  app.get(
    '/audit.csv',
    {
      schema: { tags: ['audit'], summary: 'The same as a CSV file', querystring: AuditExportQuery, response: { 200: { description: 'UTF-8 with a byte order mark, newest first', content: { 'text/csv': { schema: Binary } } } } },
      config: { allow: 'audit.see', audit: 'audit.export' },
    },
    async (request, reply) => {
      insistOnEverywhere(request)
      request.audited = { subject: 'csv', detail: JSON.stringify(request.query) }
      return reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="audit.csv"').send(Readable.from(lines(accounts, request.query)))
    },
  )

  app.get(
    '/audit/verify',
    { schema: { tags: ['audit'], summary: 'Is the trail unchanged? Every hash is computed again', response: { 200: AuditProof } }, config: { allow: 'audit.see' } },
    async (request) => {
      insistOnEverywhere(request)
      return accounts.proveAudit()
    },
  )
}

/** Entries belong to no area, so they are for those whose area is everywhere. */
function insistOnEverywhere(request: FastifyRequest): void {
  if (!mayThere(request, 'audit.see', '')) throw new AppError('area.outside', 'the audit trail is for admins of everywhere')
}

async function* lines(accounts: Pick<Accounts, 'auditPage'>, filter: Omit<Query, 'limit' | 'before'>): AsyncGenerator<string> {
  yield '\ufeffn,time,account,address,action,subject,detail,hash\r\n'
  let before: number | undefined
  for (;;) {
    const part: readonly AuditRecord[] = await accounts.auditPage({ ...filter, ...(before === undefined ? {} : { before }), limit: exportPart })
    yield part.map(lineOf).join('')
    before = part.at(-1)?.n
    if (part.length < exportPart) return
  }
}

const lineOf = ({ n, atMs, account, address, action, subject, detail, hash }: AuditRecord): string =>
  `${[String(n), new Date(atMs).toISOString(), account, address, action, subject, detail, hash].map(cell).join(',')}\r\n`

/** RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe: names of files and reasons come from anybody. */
function cell(text: string): string {
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}
