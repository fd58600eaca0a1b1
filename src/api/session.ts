// Log in, log out, who am I; one's own password.
import { Type } from 'typebox'
import { actions, may, type Account, type Caller, type OpenSession } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { FastifyRequest } from 'fastify'
import type { App } from './app.ts'
import { isOwnPage, sessionCookie, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { LoginBody, PasswordChange, PasswordChanged, Session } from './schema/index.ts'

const view = ({ account, expiresAtMs, id }: OpenSession): Session => ({
  ...(id === undefined ? {} : { id }),
  account: { name: account.name, role: account.role, area: account.area, ...(account.mustChange && { mustChangePassword: true }) },
  can: allowedActions(account),
  expiresAtMs,
})

const allowedActions = (account: Account): Session['can'] => actions.filter((action) => may(account, action))

export const callerOf = (request: FastifyRequest): Caller => ({ address: request.ip, agent: request.headers['user-agent'] ?? '' })

export function sessionRoutes(app: App, { accounts, clock }: ApiDeps): void {
  app.post(
    '/session',
    {
      schema: { tags: ['session'], summary: 'Log in', security: [], body: LoginBody, response: { 200: Session } },
      config: { allow: 'anyone', audit: 'session.open' },
    },
    async (request, reply) => {
      const { name, password, want } = request.body
      // Another page must not log its visitor in as somebody else.
      if (want !== 'token' && !isOwnPage(request)) throw new AppError('auth.refused', 'a log-in with a cookie must come from the console itself')
      request.audited = { subject: name }
      const { token, ...open } = await accounts.login(name, password, callerOf(request)).catch(async (error: unknown) => {
        // What hit the limit is not written down: a flood would fill the trail.
        if (error instanceof AppError && error.code === 'auth.required') await accounts.audit({ account: '', address: request.ip, action: 'session.refused', subject: name, detail: '' })
        throw error
      })
      request.session = open
      void reply.header('cache-control', 'no-store')
      if (want === 'token') return { ...view(open), token }
      void reply.setCookie(sessionCookie, token, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        maxAge: Math.floor((open.expiresAtMs - clock.wallMs()) / 1000),
      })
      return view(open)
    },
  )

  app.get(
    '/session',
    { schema: { tags: ['session'], summary: 'Who is logged in, and what they may do', response: { 200: Session } }, config: { allow: 'session', isBeforeChange: true } },
    async (request) => view(sessionOf(request)),
  )

  app.delete(
    '/session',
    { schema: { tags: ['session'], summary: 'Log out', response: { 204: Type.Null() } }, config: { allow: 'session', audit: 'session.close', isBeforeChange: true } },
    async (request, reply) => {
      const { token, account } = sessionOf(request)
      request.audited = { subject: account.name }
      request.endsOwnSession = true
      if (token !== undefined) await accounts.logout(token)
      return reply.clearCookie(sessionCookie, { path: '/' }).code(204).send(null)
    },
  )

  app.put(
    '/session/password',
    {
      schema: { tags: ['session'], summary: 'Change one’s own password; other sessions end', body: PasswordChange, response: { 200: PasswordChanged } },
      config: { allow: 'session', audit: 'user.password', isForPersons: true, isBeforeChange: true },
    },
    async (request) => {
      const { account, id } = sessionOf(request)
      const { ended } = await accounts.changePassword(account.name, request.body, callerOf(request), id)
      request.audited = { subject: account.name, detail: `by its owner; ${ended} other sessions ended` }
      return { ended }
    },
  )
}
