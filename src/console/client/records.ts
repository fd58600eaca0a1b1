// Records, their findings, and what is done to many of them.
import type { Adoption, AdoptionBulk, Camera, FieldName, FindingBulk, FindingEdit } from '../../api/schema/index.ts'
import { call, type Answer, type QueryOf } from './call.ts'
import { addressOf, type Query } from './http.ts'

type Signal = AbortSignal | undefined

export type FindingPage = Answer<'GET /findings'>
export type ListedFinding = FindingPage['items'][number]
export type FindingDetail = Answer<'GET /findings/:n'>
export type FieldValues = Answer<'GET /cameras/:id/values'>['items'][number]
export type FieldChange = Answer<'GET /cameras/:id/history'>['items'][number]
export type SnapshotOrder = Answer<'GET /cameras/:id/device-snapshots'>['items'][number]
export type AreaCheck = Answer<'GET /cameras/checks/:id'>

export const camera = (id: string, signal?: Signal, at?: string): Promise<Camera> => call('GET /cameras/:id', { params: { id }, query: { at }, signal })
export const changeRecord = (id: string, fields: Partial<Record<FieldName, string | null>>, more: { readonly why?: string; readonly version?: number }): Promise<Camera> => call('PATCH /cameras/:id', { params: { id }, body: { fields, ...more } })
export const retire = (id: string, why: string): Promise<Camera> => call('DELETE /cameras/:id', { params: { id }, query: { why } })
export const history = (id: string, signal?: Signal): Promise<{ readonly items: readonly FieldChange[] }> => call('GET /cameras/:id/history', { params: { id }, signal })
export const values = (id: string, signal?: Signal): Promise<{ readonly items: readonly FieldValues[] }> => call('GET /cameras/:id/values', { params: { id }, signal })
export const verify = (id: string, fields: Partial<Record<FieldName, string | null>>, why: string, evidence?: string): Promise<Camera> => call('POST /cameras/:id/verified', { params: { id }, body: { values: fields, why, ...(evidence ? { evidence } : {}) } })
export const adopt = (id: string, body: Adoption): Promise<Camera> => call('POST /cameras/:id/adopt', { params: { id }, body })
export const adoptMany = (body: AdoptionBulk): Promise<Answer<'POST /cameras/adopt'>> => call('POST /cameras/adopt', { body })
export const deviceSnapshots = (id: string, signal?: Signal): Promise<Answer<'GET /cameras/:id/device-snapshots'>> => call('GET /cameras/:id/device-snapshots', { params: { id }, signal })
export const devicePictureUrl = (id: string, n: number): string => addressOf(`/cameras/${encodeURIComponent(id)}/device-snapshots/${n}.jpg`)
export const exportUrl = (query: Query): string => addressOf('/exports', query)

export const findings = (query: QueryOf<'GET /findings'>, signal?: Signal): Promise<FindingPage> => call('GET /findings', { query, signal })
export const finding = (n: number, signal?: Signal): Promise<FindingDetail> => call('GET /findings/:n', { params: { n }, signal })
export const findingsOf = (id: string, signal?: Signal): Promise<Answer<'GET /cameras/:id/findings'>> => call('GET /cameras/:id/findings', { params: { id }, signal })
export const editFinding = (n: number, body: FindingEdit): Promise<FindingDetail> => call('PATCH /findings/:n', { params: { n }, body })
export const editFindings = (body: FindingBulk): Promise<Answer<'POST /findings/bulk'>> => call('POST /findings/bulk', { body })
export const recordRules = (signal?: Signal): Promise<Answer<'GET /record-rules'>> => call('GET /record-rules', { signal })

export const startCheck = (area: string): Promise<AreaCheck> => call('POST /cameras/checks', { body: area === '' ? {} : { area } })
export const areaCheck = (id: string): Promise<AreaCheck> => call('GET /cameras/checks/:id', { params: { id } })
export const completenessHistory = (query: QueryOf<'GET /completeness/history'>, signal?: Signal): Promise<Answer<'GET /completeness/history'>> => call('GET /completeness/history', { query, signal })
