// Accounts, for those who manage them, and the audit trail.
import type { FastifyRequest } from 'fastify'
import type { Account } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { insistOnArea, mayThere, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { AuditList, AuditQuery, User, UserChange, UserCreate, UserList, UserParams } from './schema/index.ts'

const defaultEntries = 200

export function userRoutes(app: App, { accounts }: ApiDeps): void {
  app.get(
    '/users',
    { schema: { tags: ['users'], summary: 'Accounts', response: { 200: UserList } }, config: { allow: 'users.manage' } },
    async (request) => ({ items: (await accounts.list()).filter((account) => mayThere(request, 'users.manage', account.area)).map(userOf) }),
  )

  app.post(
    '/users',
    { schema: { tags: ['users'], summary: 'Make an account', body: UserCreate, response: { 201: User } }, config: { allow: 'users.manage', audit: 'user.create' } },
    async (request, reply) => {
      const { name, password, role, area = sessionOf(request).account.area } = request.body
      insistOnArea(request, 'users.manage', area)
      request.audited = { subject: name, detail: `${role}${area === '' ? '' : ` in ${area}`}` }
      return reply.code(201).send(userOf(await accounts.create({ name, password, role, area })))
    },
  )

  app.patch(
    '/users/:name',
    { schema: { tags: ['users'], summary: 'Put an account out of use, or back', params: UserParams, body: UserChange, response: { 200: User } }, config: { allow: 'users.manage', audit: 'user.change' } },
    async (request) => {
      const { name } = await userFor(request, accounts.find, request.params.name)
      const { disabled } = request.body
      if (disabled && name === sessionOf(request).account.name) throw new AppError('conflict', 'nobody puts their own account out of use')
      request.audited = { subject: name, detail: disabled ? 'out of use' : 'back in use' }
      return userOf(await accounts.setDisabled(name, disabled))
    },
  )

  app.get(
    '/audit',
    { schema: { tags: ['users'], summary: 'Who did and saw what, newest first', querystring: AuditQuery, response: { 200: AuditList } }, config: { allow: 'audit.see' } },
    async (request) => {
      // Entries belong to no area, so they are for those whose area is everywhere.
      if (!mayThere(request, 'audit.see', '')) throw new AppError('area.outside', 'the audit trail is for admins of everywhere')
      return { items: await accounts.auditTrail(request.query.limit ?? defaultEntries) }
    },
  )
}

const userOf = ({ name, role, area, createdAtMs, disabled }: Account): User => ({ name, role, area, createdAtMs, disabled })

async function userFor(request: FastifyRequest, find: (name: string) => Promise<Account | undefined>, name: string): Promise<Account> {
  const account = await find(name)
  if (!account || !mayThere(request, 'users.manage', account.area)) throw new AppError('not-found', `there is no account "${name}"`)
  return account
}
