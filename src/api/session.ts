// Log in, log out, who am I.
import { Type } from 'typebox'
import { actions, may, type Account, type OpenSession } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { sessionCookie, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { LoginBody, Session } from './schema/index.ts'

const view = ({ account, expiresAtMs }: OpenSession): Session => ({
  account: { name: account.name, role: account.role, area: account.area },
  can: allowedActions(account),
  expiresAtMs,
})

const allowedActions = (account: Account): Session['can'] => actions.filter((action) => may(account, action))

export function sessionRoutes(app: App, { accounts, clock }: ApiDeps): void {
  app.post(
    '/session',
    {
      schema: { tags: ['session'], summary: 'Log in', security: [], body: LoginBody, response: { 200: Session } },
      config: { allow: 'anyone', audit: 'session.open' },
    },
    async (request, reply) => {
      const { name, password, want } = request.body
      request.audited = { subject: name, detail: `from ${request.ip}` }
      const { token, ...open } = await accounts.login(name, password, request.ip).catch(async (error: unknown) => {
        // What hit the limit is not written down: a flood would fill the trail.
        if (error instanceof AppError && error.code === 'auth.required') await accounts.audit({ account: '', action: 'session.refused', subject: name, detail: `from ${request.ip}` })
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
    { schema: { tags: ['session'], summary: 'Who is logged in, and what they may do', response: { 200: Session } }, config: { allow: 'session' } },
    async (request) => view(sessionOf(request)),
  )

  app.delete(
    '/session',
    { schema: { tags: ['session'], summary: 'Log out', response: { 204: Type.Null() } }, config: { allow: 'session', audit: 'session.close' } },
    async (request, reply) => {
      const { token, account } = sessionOf(request)
      request.audited = { subject: account.name }
      if (token !== undefined) await accounts.logout(token)
      return reply.clearCookie(sessionCookie, { path: '/' }).code(204).send(null)
    },
  )
}
