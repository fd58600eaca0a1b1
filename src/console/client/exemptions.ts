// Exempted cameras and areas.
import { call, type Answer, type Asked, type QueryOf } from './call.ts'

export type Exemption = Answer<'GET /exemptions'>['items'][number]
export const exemptions = (query: QueryOf<'GET /exemptions'>, signal?: AbortSignal): Promise<Answer<'GET /exemptions'>> => call('GET /exemptions', { query, signal })
export const addExemption = (body: Asked<'POST /exemptions'>['body']): Promise<Exemption> => call('POST /exemptions', { body })
export const endExemption = (n: number, reason: string): Promise<Exemption> => call('POST /exemptions/:n/end', { params: { n }, body: { reason } })
