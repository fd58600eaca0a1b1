// Who asks, and whether the route is open to them. Each route says in its `config` what it allows and what it leaves in the audit trail.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { may, type Accounts, type Action, type OpenSession } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { LiveTokens } from './live-token.ts'
import type { OpenAnswers } from './open-answers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `anyone`: no log-in; `session`: whoever is logged in; else the action that the role must allow. */
    readonly allow?: 'anyone' | 'session' | Action
    /** Action written to the audit trail when the answer is a success. Every route that changes something has one. */
    readonly audit?: string
    /** A signed `?token=` opens it too, for players that cannot log in. */
    readonly takesLiveToken?: boolean
    /** Not for tokens of scripts: what they could do with it would outlive them. */
    readonly isForPersons?: boolean
    /** Open also to an account that must choose another password first. */
    readonly isBeforeChange?: boolean
  }
  interface FastifyRequest {
    session: (OpenSession & { readonly token?: string }) | undefined
    /** What the audit entry says beside the action. */
    audited: { readonly subject: string; readonly detail?: string } | undefined
    /** What this request does is in the trail already: it prolongs something that was begun. */
    isNoted: boolean
    /** The session that asks ends with this request; its answer is still given. */
    endsOwnSession: boolean
  }
}

export const sessionCookie = 'yiji_session'

/** Runs before a body is read: nobody unknown makes us parse anything. */
export function authenticate(accounts: Accounts, liveTokens: LiveTokens, openAnswers: OpenAnswers) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { allow, takesLiveToken, isForPersons, isBeforeChange } = request.routeOptions.config
    if (allow === undefined) return
    request.session = (await fromBearer(request, accounts)) ?? (await fromCookie(request, accounts)) ?? (takesLiveToken ? await fromLiveToken(request, accounts, liveTokens) : undefined)
    if (allow === 'anyone') return
    if (!request.session) throw new AppError('auth.required', 'log in first: POST /api/v1/session')
    openAnswers.track(request, reply, request.session)
    if (request.session.account.mustChange && !isBeforeChange) throw new AppError('auth.change-password', 'choose a password of your own first: PUT /api/v1/session/password')
    if (isForPersons && request.session.kind !== 'session') throw new AppError('auth.refused', 'this is not for tokens: log in with name and password')
    if (allow !== 'session' && !may(request.session.account, allow)) {
      throw new AppError('auth.refused', `the role ${request.session.account.role} does not allow ${allow}`)
    }
  }
}

async function fromBearer(request: FastifyRequest, accounts: Accounts): Promise<FastifyRequest['session']> {
  const token = /^Bearer ([\w-]{20,200})$/i.exec(request.headers.authorization ?? '')?.[1]
  const open = token === undefined ? undefined : await accounts.sessionOf(token)
  return open && token !== undefined ? { ...open, token } : undefined
}

/** A cookie is sent by the browser unasked, so a change must come from our own page (beside SameSite=Strict); a WebSocket too, which any page may read. */
async function fromCookie(request: FastifyRequest, accounts: Accounts): Promise<FastifyRequest['session']> {
  const token = request.cookies[sessionCookie]
  if (token === undefined || token.length > 200) return undefined
  const isUpgrade = request.headers.upgrade !== undefined
  if ((request.method !== 'GET' || isUpgrade) && !isOwnPage(request)) throw new AppError('auth.refused', 'a change or a WebSocket with a cookie must come from the console itself')
  const open = await accounts.sessionOf(token)
  return open ? { ...open, token } : undefined
}

export function isOwnPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const origin = request.headers.origin
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.host)
}

async function fromLiveToken(request: FastifyRequest, accounts: Accounts, liveTokens: LiveTokens): Promise<FastifyRequest['session']> {
  const { token } = request.query as { readonly token?: unknown }
  const { camera, id } = request.params as { readonly camera?: unknown; readonly id?: unknown }
  const subject = camera ?? id
  if (typeof token !== 'string' || typeof subject !== 'string') return undefined
  const claim = liveTokens.check(token, subject)
  const account = claim ? await accounts.find(claim.account) : undefined
  return account && claim && !account.disabled ? { account, expiresAtMs: claim.expiresAtMs } : undefined
}

/** The session of a request that the route let in. */
export function sessionOf(request: FastifyRequest): NonNullable<FastifyRequest['session']> {
  if (!request.session) throw new AppError('auth.required', 'log in first: POST /api/v1/session')
  return request.session
}

/** Does the account allow `action` there? What lies outside is answered as if it were not there. */
export const mayThere = (request: FastifyRequest, action: Action, area: string): boolean => may(sessionOf(request).account, action, area)

/** For an area that the caller named: outside is said plainly, since it tells nothing new. */
export function insistOnArea(request: FastifyRequest, action: Action, area: string): void {
  if (mayThere(request, action, area)) return
  throw new AppError('area.outside', `"${area}" is not within your area ${sessionOf(request).account.area}`)
}

/** Writes what a route declared into the audit trail, before its success leaves. */
export function auditSuccess(accounts: Accounts) {
  return async (request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> => {
    const { audit } = request.routeOptions.config
    if (audit !== undefined && reply.statusCode < 400 && !request.isNoted) await note(accounts, request, audit).catch((error: unknown) => Promise.reject(notNoted(error, request.method)))
    return payload
  }
}

/** What was done stands, and nobody may take the refusal for a word on that. */
function notNoted(error: unknown, method: string): unknown {
  if (!(error instanceof AppError)) return error
  return new AppError(error.code, `${method === 'GET' ? 'it is not shown' : 'it was done'}, but the audit trail could not be written: ${error.message.replace(/, nothing of this change was written$/, '')}`)
}

export async function note(accounts: Accounts, request: FastifyRequest, action: string): Promise<void> {
  const { subject = '', detail = '' } = request.audited ?? {}
  await accounts.audit({ account: request.session?.account.name ?? '', address: request.ip, action, subject, detail })
}
