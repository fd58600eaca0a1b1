// Accounts, for those who manage them.
import type { FastifyRequest } from 'fastify'
import type { Account } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import { insistOnArea, mayThere, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { User, UserChange, UserCreate, UserList, UserParams } from './schema/index.ts'

export function userRoutes(app: App, { accounts }: ApiDeps): void {
  app.get(
    '/users',
    { schema: { tags: ['users'], summary: 'Accounts', response: { 200: UserList } }, config: { allow: 'users.manage' } },
    async (request) => ({ items: (await accounts.list()).filter((account) => mayThere(request, 'users.manage', account.area)).map(userOf) }),
  )

  app.post(
    '/users',
    {
      schema: { tags: ['users'], summary: 'Make an account', body: UserCreate, response: { 201: User } },
      config: { allow: 'users.manage', audit: 'user.create', isForPersons: true },
    },
    async (request, reply) => {
      const { name, password, role, area = sessionOf(request).account.area, mustChangePassword: mustChange = false } = request.body
      insistOnArea(request, 'users.manage', area)
      request.audited = { subject: name, detail: `${role}${area === '' ? '' : ` in ${area}`}` }
      return reply.code(201).send(userOf(await accounts.create({ name, password, role, area, mustChange })))
    },
  )

  app.patch(
    '/users/:name',
    {
      schema: { tags: ['users'], summary: 'Give an account another role, area or password, put it out of use, or back', params: UserParams, body: UserChange, response: { 200: User } },
      config: { allow: 'users.manage', audit: 'user.change', isForPersons: true },
    },
    async (request) => {
      const { name } = await userFor(request, accounts.find, request.params.name)
      const { mustChangePassword: mustChange, ...change } = request.body
      const isOwn = name === sessionOf(request).account.name
      if (isOwn && (change.disabled === true || change.role !== undefined || change.area !== undefined)) throw new AppError('conflict', 'nobody changes their own role or area or puts their own account out of use')
      if (isOwn && change.password !== undefined) throw new AppError('conflict', 'one’s own password is changed at PUT /session/password')
      if (change.area !== undefined) insistOnArea(request, 'users.manage', change.area)
      request.audited = { subject: name, detail: told(request.body) }
      return userOf(await accounts.change(name, { ...change, ...(mustChange === undefined ? {} : { mustChange }) }))
    },
  )
}

/** What was changed, for the trail; a password is said to be another, not which. */
function told({ disabled, role, area, password, mustChangePassword }: UserChange): string {
  const words = [
    disabled === undefined ? '' : disabled ? 'out of use' : 'back in use',
    role ?? '',
    area === undefined ? '' : area === '' ? 'everywhere' : `in ${area}`,
    password === undefined ? '' : 'another password',
    mustChangePassword === undefined ? '' : mustChangePassword ? 'must choose a password' : 'need not choose a password',
  ]
  return words.filter((word) => word !== '').join(', ')
}

const userOf = ({ name, role, area, createdAtMs, disabled, mustChange = false, passwordAtMs }: Account): User => ({
  name,
  role,
  area,
  createdAtMs,
  disabled,
  mustChangePassword: mustChange,
  ...(passwordAtMs === undefined ? {} : { passwordAtMs }),
})

/** The account, if there is one and it lies in the area; else the same 404 for both. */
export async function userFor(request: FastifyRequest, find: (name: string) => Promise<Account | undefined>, name: string): Promise<Account> {
  const account = await find(name)
  if (!account || !mayThere(request, 'users.manage', account.area)) throw new AppError('not-found', `there is no account "${name}"`)
  return account
}
