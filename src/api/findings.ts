// Findings with a life: what rules found, and what people say of it. Editors of the area set; whoever sees the records sees.
import type { FastifyRequest } from 'fastify'
import type { Accounts } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { FindingEdit as Edit, FindingFilter as Filter, KeptFinding as Kept, Registry } from '../registry/index.ts'
import type { App } from './app.ts'
import { areaFor, cameraFor } from './areas.ts'
import { mayThere, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { BulkOutcome, FindingBulk, FindingEdit, FindingListQuery, FindingPage, FindingParams, FindingWithHistory, IdParams, Items, KeptFinding, type FindingFilter } from './schema/index.ts'

const defaultLimit = 50

export function findingRoutes(app: App, { registry, accounts, clock }: ApiDeps): void {
  app.get(
    '/findings',
    { schema: { tags: ['findings'], summary: 'What rules found, by filter and page, with counts', querystring: FindingListQuery, response: { 200: FindingPage } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const { cursor, limit = defaultLimit, ...filter } = request.query
      return registry.findings({ ...filterOf(request, filter, clock.wallMs()), ...(cursor === undefined ? {} : { cursor }), limit })
    },
  )

  app.get(
    '/findings/:n',
    { schema: { tags: ['findings'], summary: 'One finding, with who changed what', params: FindingParams, response: { 200: FindingWithHistory } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const finding = await findingFor(request, registry, 'cameras.see', request.params.n)
      return { ...finding, changes: await registry.findingChanges(finding.n) }
    },
  )

  app.get(
    '/cameras/:id/findings',
    { schema: { tags: ['findings'], summary: 'What is or was wrong with the record; fixed ones last', params: IdParams, response: { 200: Items(KeptFinding) } }, config: { allow: 'cameras.see' } },
    async (request) => ({ items: await registry.findingsOf((await cameraFor(request, registry, 'cameras.see', request.params.id)).id) }),
  )

  app.patch(
    '/findings/:n',
    {
      schema: { tags: ['findings'], summary: 'Accept or waive it, hand it to somebody, set a date, say something', params: FindingParams, body: FindingEdit, response: { 200: FindingWithHistory } },
      config: { allow: 'findings.change', audit: 'finding.change' },
    },
    async (request) => {
      const { n } = await findingFor(request, registry, 'findings.change', request.params.n)
      await insistOnOwner(accounts, request.body.owner)
      const finding = await registry.editFinding(n, request.body, sessionOf(request).account.name)
      request.audited = { subject: `${n} of ${finding.cameraId}`, detail: `${finding.rule}: ${said(request.body)}` }
      return { ...finding, changes: await registry.findingChanges(n) }
    },
  )

  app.post(
    '/findings/bulk',
    {
      schema: { tags: ['findings'], summary: 'The same for many, by ids or filter, in one transaction; at most 2,000', body: FindingBulk, response: { 200: BulkOutcome } },
      config: { allow: 'findings.change', audit: 'finding.bulk' },
    },
    async (request) => {
      const { ids, filter, change } = request.body
      if ((ids === undefined) === (filter === undefined)) throw new AppError('request.invalid', 'give either ids or filter')
      await insistOnOwner(accounts, change.owner)
      const { account } = sessionOf(request)
      const which = ids ?? filterOf(request, filter ?? {}, clock.wallMs())
      const outcome = await registry.editFindings(which, account.area, change, account.name)
      request.audited = { subject: `${outcome.changed} of ${outcome.matched}`, detail: `${ids ? `${ids.length} ids` : JSON.stringify(filter)}: ${said(change)}` }
      return outcome
    },
  )
}

/** The finding, if there is one and the account may do this there; else the same 404 for both. */
async function findingFor(request: FastifyRequest, registry: Registry, action: 'cameras.see' | 'findings.change', n: number): Promise<Kept> {
  const finding = await registry.finding(n)
  if (!finding || !mayThere(request, action, finding.area)) throw new AppError('not-found', `there is no finding ${n}`)
  return finding
}

function filterOf(request: FastifyRequest, { area, overdue, ...rest }: FindingFilter, nowMs: number): Filter {
  return { ...rest, area: areaFor(request, area), ...(overdue === true ? { dueBeforeMs: nowMs } : {}) }
}

async function insistOnOwner(accounts: Accounts, owner: string | null | undefined): Promise<void> {
  if (owner === null || owner === undefined) return
  const account = await accounts.find(owner)
  if (!account || account.disabled) throw new AppError('request.invalid', `owner: there is no account ${owner}`)
}

/** What the audit trail says of a change. */
const said = ({ state, reason, owner, dueAtMs, comment }: Edit): string =>
  [
    ...(state === undefined ? [] : [state]),
    ...(reason === undefined ? [] : [reason]),
    ...(owner === undefined ? [] : [owner === null ? 'no owner' : `owner ${owner}`]),
    ...(dueAtMs === undefined ? [] : [dueAtMs === null ? 'no date' : `due ${new Date(dueAtMs).toISOString()}`]),
    ...(comment === undefined ? [] : [`"${comment}"`]),
  ].join('; ')
