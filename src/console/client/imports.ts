// Imports of records: sent, shown, chosen, applied.
import type { ImportChoices } from '../../api/schema/index.ts'
import { call, type Answer, type QueryOf } from './call.ts'
import { addressOf, upload } from './http.ts'

type Signal = AbortSignal | undefined
export type Import = Answer<'GET /imports/:id'>
export type ImportPreview = NonNullable<Import['preview']>
export type ImportSummary = Answer<'GET /imports'>['items'][number]
export type ImportRow = Answer<'GET /imports/:id/rows'>['items'][number]
export type RowOutcome = ImportRow['outcome']

export const imports = (signal?: Signal): Promise<Answer<'GET /imports'>> => call('GET /imports', { signal })
export const importOf = (id: string, signal?: Signal): Promise<Import> => call('GET /imports/:id', { params: { id }, signal })
export const sendFile = (file: File, more: { readonly signal?: AbortSignal; readonly onSent?: (share: number) => void }): Promise<Import> => upload('/imports', file, more)
export const choose = (id: string, choices: ImportChoices): Promise<Import> => call('PUT /imports/:id/choices', { params: { id }, body: choices })
export const apply = (id: string, why: string): Promise<Import> => call('POST /imports/:id/apply', { params: { id }, body: why === '' ? {} : { why } })
export const cancel = (id: string): Promise<Import> => call('POST /imports/:id/cancel', { params: { id } })
export const rows = (id: string, query: QueryOf<'GET /imports/:id/rows'>, signal?: Signal): Promise<Answer<'GET /imports/:id/rows'>> => call('GET /imports/:id/rows', { params: { id }, query, signal })
export const rejectedUrl = (id: string): string => addressOf(`/imports/${encodeURIComponent(id)}/rejected`)
