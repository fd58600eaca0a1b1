// An inspection judged again by other rules, from its recordings: beside the verdicts that stand, and in the place of none.
import type { FastifyRequest } from 'fastify'
import { AppError } from '../base/index.ts'
import { checkRules, type Rejudgement as Kept, type RuleSet } from '../inspect/index.ts'
import type { App } from './app.ts'
import { sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { inspectionFor } from './inspections.ts'
import { namedRules } from './rule-sets.ts'
import { IdParams, RejudgeBody, Rejudgement, RejudgementList, RejudgementParams, RejudgementSummary } from './schema/index.ts'

export function rejudgementRoutes(app: App, { inspections, ruleBook, disputes: { rejudging } }: ApiDeps): void {
  const outlines = { get: inspections.head }
  const find = async (request: FastifyRequest<{ Params: { id: string; rejudgement: string } }>, action: 'inspections.see' | 'inspections.review'): Promise<Kept> => {
    const { id, rejudgement } = request.params
    await inspectionFor(request, outlines, action, id)
    const found = await rejudging.get(rejudgement)
    if (found?.inspection !== id) throw new AppError('not-found', `inspection ${id} has not been judged again as ${rejudgement}`)
    return found
  }

  app.post(
    '/inspections/:id/rejudge',
    {
      schema: { tags: ['reviews'], summary: 'Judge every check again by other rules, in the background', params: IdParams, body: RejudgeBody, response: { 202: RejudgementSummary } },
      config: { allow: 'inspections.review', audit: 'inspection.rejudge' },
    },
    async (request, reply) => {
      const inspection = await inspectionFor(request, inspections, 'inspections.review', request.params.id)
      const { rules: asked } = request.body
      const rules: RuleSet = typeof asked === 'string' ? await namedRules(ruleBook, asked) : checkRules(asked)
      const begun = await rejudging.begin({ inspection, rules, by: sessionOf(request).account.name })
      request.audited = { subject: inspection.id, detail: `${begun.id} by ${rules.name}@${rules.version}, sha256 ${begun.rulesSha256}` }
      return reply.code(202).header('location', `${request.url.split('?')[0]?.replace(/rejudge$/, 'rejudgements')}/${begun.id}`).send(summaryOf(begun))
    },
  )

  app.get(
    '/inspections/:id/rejudgements',
    { schema: { tags: ['reviews'], summary: 'Judged again: by whom, when, by which rules; newest first', params: IdParams, response: { 200: RejudgementList } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const { id } = await inspectionFor(request, outlines, 'inspections.see', request.params.id)
      return { items: (await rejudging.of(id)).map(headOf) }
    },
  )

  app.get(
    '/inspections/:id/rejudgements/:rejudgement',
    { schema: { tags: ['reviews'], summary: 'Each check by the other rules, as far as it is done', params: RejudgementParams, response: { 200: Rejudgement } }, config: { allow: 'inspections.see' } },
    async (request) => {
      const found = await find(request, 'inspections.see')
      return { ...summaryOf(found), rules: found.rules, results: [...found.results] }
    },
  )

  app.post(
    '/inspections/:id/rejudgements/:rejudgement/cancel',
    { schema: { tags: ['reviews'], summary: 'Stop it; what is done stays', params: RejudgementParams, response: { 200: RejudgementSummary } }, config: { allow: 'inspections.review', audit: 'rejudge.cancel' } },
    async (request) => {
      const found = await find(request, 'inspections.review')
      request.audited = { subject: found.inspection, detail: found.id }
      return summaryOf(await rejudging.cancel(found.id))
    },
  )
}

const headOf = ({ rules: { name, version }, rulesSha256, results: _results, ...kept }: Kept): Omit<RejudgementSummary, 'done' | 'changed' | 'notJudged'> => ({ ...kept, ruleSet: { name, version, sha256: rulesSha256 } })

const summaryOf = (kept: Kept): RejudgementSummary => ({
  ...headOf(kept),
  done: kept.results.length,
  changed: kept.results.filter(({ before, after }) => after && after.result !== before.result).length,
  notJudged: kept.results.filter(({ state }) => state !== 'judged').length,
})
