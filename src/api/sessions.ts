// What an account has open: sessions of persons and tokens of scripts, its own or, for those who manage accounts, another's.
import { Type } from 'typebox'
import type { StoredSession } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { SessionEntries, SessionParams, TokenCreate, TokenCreated, UserParams, type SessionEntry } from './schema/index.ts'
import { callerOf } from './session.ts'
import { userFor } from './users.ts'

export function sessionsRoutes(app: App, { accounts }: ApiDeps): void {
  app.get(
    '/sessions',
    { schema: { tags: ['session'], summary: 'One’s own sessions and tokens', response: { 200: SessionEntries } }, config: { allow: 'session' } },
    async (request) => {
      const { account, id } = sessionOf(request)
      return { items: (await accounts.sessions.list(account.name)).map((session) => entryOf(session, id)) }
    },
  )

  app.delete(
    '/sessions/:id',
    { schema: { tags: ['session'], summary: 'End one of one’s own sessions or tokens', params: SessionParams, response: { 204: Type.Null() } }, config: { allow: 'session', audit: 'session.end' } },
    async (request, reply) => {
      const { account, id: own } = sessionOf(request)
      const { id } = request.params
      request.audited = { subject: account.name, detail: id }
      request.endsOwnSession = id === own
      if (!(await accounts.sessions.end(account.name, id))) throw new AppError('not-found', `you have no session ${id}`)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/tokens',
    {
      schema: { tags: ['session'], summary: 'Make a token for a script, with one’s own rights; shown once', body: TokenCreate, response: { 201: TokenCreated } },
      config: { allow: 'session', audit: 'token.create', isForPersons: true },
    },
    async (request, reply) => {
      const { account } = sessionOf(request)
      const { token, session } = await accounts.sessions.createToken(account, callerOf(request), request.body)
      request.audited = { subject: account.name, detail: `${session.name}, ${request.body.days} days` }
      return reply.code(201).header('cache-control', 'no-store').send({ id: session.id, name: session.name, token, expiresAtMs: session.expiresAtMs })
    },
  )

  app.get(
    '/users/:name/sessions',
    { schema: { tags: ['users'], summary: 'What an account has open', params: UserParams, response: { 200: SessionEntries } }, config: { allow: 'users.manage' } },
    async (request) => {
      const { name } = await userFor(request, accounts.find, request.params.name)
      const { id } = sessionOf(request)
      return { items: (await accounts.sessions.list(name)).map((session) => entryOf(session, id)) }
    },
  )

  app.delete(
    '/users/:name/sessions',
    { schema: { tags: ['users'], summary: 'End everything that an account has open', params: UserParams, response: { 204: Type.Null() } }, config: { allow: 'users.manage', audit: 'user.end-sessions' } },
    async (request, reply) => {
      const { name } = await userFor(request, accounts.find, request.params.name)
      request.audited = { subject: name }
      request.endsOwnSession = name === sessionOf(request).account.name
      await accounts.sessions.endAll(name)
      return reply.code(204).send(null)
    },
  )
}

const entryOf = ({ tokenSha256: _secret, account: _known, ...session }: StoredSession, own: string | undefined): SessionEntry => ({ ...session, isThis: session.id === own })
