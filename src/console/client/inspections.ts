// Making and watching inspections: plans, seeds of two sides, what was drawn, pause and resume, rates over time.
import type { DistrictSummary } from '../../api/schema/index.ts'
import { call, type Answer, type Asked, type QueryOf } from './call.ts'
import { addressOf, request } from './http.ts'

type Signal = AbortSignal | undefined
export type Plan = Answer<'GET /plans'>['items'][number]
export type Draw = Answer<'GET /draws/:id'>
export type DrawnSet = Answer<'GET /drawn-sets'>['items'][number]
export type Summary = Answer<'GET /inspections'>['items'][number]
export type StartBody = Asked<'POST /inspections'>['body']
export type OpenBody = Asked<'POST /draws'>['body']
export type Outlook = Answer<'GET /draws/outlook'>
export type ListWish = QueryOf<'GET /inspections'>
export type District = DistrictSummary

/** As many as the API gives at once. */
export const mostListed = 200

export const plans = (signal?: Signal): Promise<Answer<'GET /plans'>> => call('GET /plans', { signal })
export const drawnSets = (query: QueryOf<'GET /drawn-sets'>, signal?: Signal): Promise<Answer<'GET /drawn-sets'>> => call('GET /drawn-sets', { query, signal })
export const inspections = (signal?: Signal, wish: ListWish = {}): Promise<Answer<'GET /inspections'>> => call('GET /inspections', { query: { limit: mostListed, ...wish }, signal })
export const draws = (query: QueryOf<'GET /draws'>, signal?: Signal): Promise<Answer<'GET /draws'>> => call('GET /draws', { query, signal })
export const draw = (id: string, signal?: Signal): Promise<Draw> => call('GET /draws/:id', { params: { id }, signal })
/** What a draw would be made of now; nothing is drawn. */
export const outlook = (query: QueryOf<'GET /draws/outlook'>, signal?: Signal): Promise<Outlook> => call('GET /draws/outlook', { query, signal })
export const openDraw = (body: OpenBody): Promise<Draw> => call('POST /draws', { body })
export const commit = (id: string, commitment: string): Promise<Draw> => call('POST /draws/:id/commitment', { params: { id }, body: { commitment } })
export const reveal = (id: string, half: string, salt: string): Promise<Draw> => call('POST /draws/:id/reveal', { params: { id }, body: { half, salt } })
export const drawListUrl = (id: string, list: 'population' | 'left-out'): string => addressOf(`/draws/${encodeURIComponent(id)}/${list}.tsv`)
export const pause = (id: string): Promise<Summary> => call('POST /inspections/:id/pause', { params: { id } })
export const resume = (id: string): Promise<Summary> => call('POST /inspections/:id/resume', { params: { id } })
/** One address for page, workbook and JSON: it is not among the routes of JSON alone. */
export const district = (query: { readonly area: string; readonly from: string; readonly to: string; readonly class?: string }, signal?: Signal): Promise<District> => request<District>('GET', '/reports/district', { query, ...(signal ? { signal } : {}) })
