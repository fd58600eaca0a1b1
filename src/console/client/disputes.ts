// What is asked after a verdict: appeals, further checks, opinions, holds, other rules; and the addresses of what is handed out.
import type { AppealFile, Comparison, DistrictSummary, Opinion } from '../../api/schema/index.ts'
import { call, type Answer } from './call.ts'
import { addressOf, request, upload, type Query } from './http.ts'

type Signal = AbortSignal | undefined
const at = (key: string): string => `/inspections/${encodeURIComponent(key)}`

export const check = (id: string, n: number, signal?: Signal): Promise<Answer<'GET /inspections/:id/checks/:n'>> => call('GET /inspections/:id/checks/:n', { params: { id, n }, signal })
export const history = (id: string, n: number, signal?: Signal): Promise<Answer<'GET /inspections/:id/checks/:n/history'>> => call('GET /inspections/:id/checks/:n/history', { params: { id, n }, signal })
export const appeals = (id: string, signal?: Signal): Promise<Answer<'GET /inspections/:id/appeals'>> => call('GET /inspections/:id/appeals', { params: { id }, signal })
export const rechecks = (id: string, signal?: Signal): Promise<Answer<'GET /inspections/:id/rechecks'>> => call('GET /inspections/:id/rechecks', { params: { id }, signal })
export const opinions = (id: string, signal?: Signal): Promise<Answer<'GET /inspections/:id/opinions'>> => call('GET /inspections/:id/opinions', { params: { id }, signal })
export const holds = (id: string, signal?: Signal): Promise<Answer<'GET /inspections/:id/holds'>> => call('GET /inspections/:id/holds', { params: { id }, signal })
export const installation = (signal?: Signal): Promise<Answer<'GET /installation'>> => call('GET /installation', { signal })

export const appeal = (id: string, n: number, text: string): Promise<Answer<'POST /inspections/:id/checks/:n/appeals'>> => call('POST /inspections/:id/checks/:n/appeals', { params: { id, n }, body: { text } })
export const attach = (id: string, number: number, file: File, onSent?: (share: number) => void): Promise<AppealFile> => upload(`${at(id)}/appeals/${number}/files`, file, onSent ? { onSent } : {})
/** The evidence package of another installation's check of the camera. */
export const takeOpinion = (id: string, n: number, file: File, onSent: (share: number) => void): Promise<Opinion> => upload(`${at(id)}/checks/${n}/opinions/package`, file, { onSent })
export const decide = (id: string, number: number, body: { readonly decision: 'granted' | 'rejected'; readonly result?: 'pass' | 'fail' | 'review'; readonly reason: string }): Promise<Answer<'POST /inspections/:id/appeals/:appeal/decision'>> =>
  call('POST /inspections/:id/appeals/:appeal/decision', { params: { id, appeal: number }, body })
export const askRecheck = (id: string, n: number, reason: string): Promise<Answer<'POST /inspections/:id/checks/:n/rechecks'>> => call('POST /inspections/:id/checks/:n/rechecks', { params: { id, n }, body: { reason } })
export const cancelRecheck = (id: string, recheck: number): Promise<Answer<'DELETE /inspections/:id/rechecks/:recheck'>> => call('DELETE /inspections/:id/rechecks/:recheck', { params: { id, recheck } })
export const hold = (id: string, reason: string, n?: number): Promise<Answer<'POST /inspections/:id/holds'>> => call('POST /inspections/:id/holds', { params: { id }, body: { reason, ...(n === undefined ? {} : { n }) } })
export const release = (id: string, number: number, reason: string): Promise<Answer<'POST /inspections/:id/holds/:hold/release'>> => call('POST /inspections/:id/holds/:hold/release', { params: { id, hold: number }, body: { reason } })

export const ruleFigures = (name: string, version: number, signal?: Signal): Promise<Answer<'GET /rule-sets/:name/versions/:version/figures'>> => call('GET /rule-sets/:name/versions/:version/figures', { params: { name, version }, signal })
export const ruleDifferences = (name: string, version: number, from: string, signal?: Signal): Promise<Answer<'GET /rule-sets/:name/versions/:version/differences'>> => call('GET /rule-sets/:name/versions/:version/differences', { params: { name, version }, query: { from }, signal })
export const rejudge = (id: string, rules: string): Promise<Answer<'POST /inspections/:id/rejudge'>> => call('POST /inspections/:id/rejudge', { params: { id }, body: { rules } })
export const rejudgements = (id: string, signal?: Signal): Promise<Answer<'GET /inspections/:id/rejudgements'>> => call('GET /inspections/:id/rejudgements', { params: { id }, signal })
export const rejudgement = (id: string, key: string, signal?: Signal): Promise<Answer<'GET /inspections/:id/rejudgements/:rejudgement'>> => call('GET /inspections/:id/rejudgements/:rejudgement', { params: { id, rejudgement: key }, signal })
export const cancelRejudgement = (id: string, key: string): Promise<Answer<'POST /inspections/:id/rejudgements/:rejudgement/cancel'>> => call('POST /inspections/:id/rejudgements/:rejudgement/cancel', { params: { id, rejudgement: key } })

const heard = (signal: Signal): { readonly signal?: AbortSignal } => (signal ? { signal } : {})
/** These two come as page or workbook too, by the addresses below. */
export const comparison = (id: string, other: string, signal?: Signal): Promise<Comparison> => request('GET', `${at(id)}/comparison`, { query: { with: other }, ...heard(signal) })
export const district = (query: Query, signal?: Signal): Promise<DistrictSummary> => request('GET', '/reports/district', { query, ...heard(signal) })

export const appealFileUrl = (id: string, number: number, file: string): string => addressOf(`${at(id)}/appeals/${number}/files/${file}`)
export const reportUrl = (id: string, format: 'html' | 'xlsx' | 'docx' | 'json', query: Query): string => addressOf(`${at(id)}/report.${format}`, query)
export const contactSheetUrl = (id: string, format: 'html' | 'jpg', query: Query): string => addressOf(`${at(id)}/contact-sheet.${format}`, query)
export const packageUrl = (id: string, query: Query): string => addressOf(`${at(id)}/evidence.zip`, query)
export const comparisonUrl = (id: string, query: Query): string => addressOf(`${at(id)}/comparison`, query)
export const districtUrl = (query: Query): string => addressOf('/reports/district', query)
