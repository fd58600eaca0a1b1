// Accounts, what they have open, the audit trail, the state of the service.
import type { Health, UserChange } from '../../api/schema/index.ts'
import { call, type Answer, type Asked, type QueryOf } from './call.ts'
import { addressOf, type Query } from './http.ts'

type Signal = AbortSignal | undefined
export type User = Answer<'GET /users'>['items'][number]
export type SessionEntry = Answer<'GET /sessions'>['items'][number]
export type AuditEntry = Answer<'GET /audit'>['items'][number]
export type AuditProof = Answer<'GET /audit/verify'>

export const users = (signal?: Signal): Promise<Answer<'GET /users'>> => call('GET /users', { signal })
export const createUser = (body: Asked<'POST /users'>['body']): Promise<User> => call('POST /users', { body })
export const changeUser = (name: string, body: UserChange): Promise<User> => call('PATCH /users/:name', { params: { name }, body })
export const sessionsOf = (name: string, signal?: Signal): Promise<Answer<'GET /users/:name/sessions'>> => call('GET /users/:name/sessions', { params: { name }, signal })
export const endSessionsOf = (name: string): Promise<undefined> => call('DELETE /users/:name/sessions', { params: { name } })

export const ownSessions = (signal?: Signal): Promise<Answer<'GET /sessions'>> => call('GET /sessions', { signal })
export const endSession = (id: string): Promise<undefined> => call('DELETE /sessions/:id', { params: { id } })
export const createToken = (name: string, days: number): Promise<Answer<'POST /tokens'>> => call('POST /tokens', { body: { name, days } })
export const changePassword = (current: string, next: string): Promise<Answer<'PUT /session/password'>> => call('PUT /session/password', { body: { current, next } })

export const audit = (query: QueryOf<'GET /audit'>, signal?: Signal): Promise<Answer<'GET /audit'>> => call('GET /audit', { query, signal })
export const proveAudit = (): Promise<AuditProof> => call('GET /audit/verify', {})
export const auditCsvUrl = (query: Query): string => addressOf('/audit.csv', query)

export type SystemState = Answer<'GET /system'>
export const system = (signal?: Signal): Promise<SystemState> => call('GET /system', { signal })

/** Outside the API's prefix: the one answer that is of use also when it is a refusal. */
export async function health(signal?: Signal): Promise<Health> {
  const response = await fetch('/healthz', { cache: 'no-store', ...(signal ? { signal } : {}) })
  return (await response.json()) as Health
}
/** Counters in Prometheus text. */
export async function metrics(signal?: Signal): Promise<string> {
  const response = await fetch('/metrics', { cache: 'no-store', ...(signal ? { signal } : {}) })
  return response.text()
}
