// Evidence that is kept, by which rules, and what persons hold back.
import { call, type Answer, type QueryOf } from './call.ts'

export type Hold = Answer<'GET /holds'>['items'][number]
export const evidence = (signal?: AbortSignal): Promise<Answer<'GET /evidence'>> => call('GET /evidence', { signal })
export const holds = (query: QueryOf<'GET /holds'>, signal?: AbortSignal): Promise<Answer<'GET /holds'>> => call('GET /holds', { query, signal })
export const releaseHold = ({ inspection, id }: Hold, reason: string): Promise<Hold> => call('POST /inspections/:id/holds/:hold/release', { params: { id: inspection, hold: id }, body: { reason } })
