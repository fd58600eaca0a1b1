// Accounts and their sessions: who logs in, who asks, who was made and put out of use.
import { createHash } from 'node:crypto'
import { AppError, type Clock, type RandomBytes } from '../base/index.ts'
import { createLoginLimit } from './login-limit.ts'
import { hashPassword, verifyPassword } from './password.ts'
import type { Account, AccountStore, AuditEntry, Role } from './types.ts'

/** A working day: a console left open over night asks again. */
const sessionMs = 12 * 3600_000
const failureWindowMs = 5 * 60_000
/** Failures in a window: of one name from one address, and of one address with whatever names (an office shares one). */
const triesPerName = 5
const triesPerAddress = 30
/** Passwords waiting to be checked; scrypt is made to be slow and is done one at a time. */
const maxWaiting = 32
const minPasswordLength = 8

export interface OpenSession {
  readonly account: Account
  readonly expiresAtMs: number
}

export interface NewAccount {
  readonly name: string
  readonly password: string
  readonly role: Role
  readonly area: string
}

export interface Accounts {
  /** `from` is the caller's address. Throws `auth.required` (wrong name or password, the same for both) or `auth.limited`. */
  readonly login: (name: string, password: string, from: string) => Promise<OpenSession & { readonly token: string }>
  /** Undefined for a token that is unknown, expired, or of an account that is out of use. */
  readonly sessionOf: (token: string) => Promise<OpenSession | undefined>
  readonly logout: (token: string) => Promise<void>
  readonly list: () => Promise<readonly Account[]>
  readonly find: (name: string) => Promise<Account | undefined>
  /** Throws `conflict` when the name is taken, `request.invalid` when a value does not fit. */
  readonly create: (account: NewAccount) => Promise<Account>
  readonly setDisabled: (name: string, disabled: boolean) => Promise<Account>
  /** Makes the first admin where there is none. Returns the password it had to make, to be shown once; nothing when one was given or needed. */
  readonly ensureAdmin: (password?: string) => Promise<string | undefined>
  readonly audit: (entry: Omit<AuditEntry, 'atMs'>) => Promise<void>
  readonly auditTrail: (limit: number) => Promise<readonly AuditEntry[]>
}

const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Does one thing after the other, and refuses when too many wait. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return (work) => {
    if (waiting >= maxWaiting) return Promise.reject(new AppError('auth.limited', 'too many log-ins at once; try again in a moment'))
    waiting++
    const done = last.then(work).finally(() => waiting--)
    last = done.catch(() => undefined)
    return done
  }
}

function checkNew({ name, password, area }: NewAccount): void {
  if (!/^[\p{L}\p{N}._@-]{1,64}$/u.test(name)) throw new AppError('request.invalid', 'a name is 1 to 64 letters, digits, or . _ @ -')
  if (password.length < minPasswordLength) throw new AppError('request.invalid', `a password has at least ${minPasswordLength} characters`)
  if (!/^(?:\d{2}){0,4}$/.test(area)) throw new AppError('request.invalid', 'an area is 2, 4, 6 or 8 digits of an administrative-division code, or empty for everywhere')
}

export function createAccounts(deps: { readonly store: AccountStore; readonly clock: Clock; readonly random: RandomBytes }): Accounts {
  const { store, clock, random } = deps
  const limit = createLoginLimit({ clock, windowMs: failureWindowMs, tries: (key) => (key.startsWith('name ') ? triesPerName : triesPerAddress) })
  const checking = inTurn()
  // An unknown name is checked against this, so that it takes as long as a known one.
  let nobody: Promise<string> | undefined
  const nobodysHash = (): Promise<string> => (nobody ??= hashPassword(random(18).toString('base64url'), random))

  const create = async (fresh: NewAccount): Promise<Account> => {
    checkNew(fresh)
    if (await store.account(fresh.name)) throw new AppError('conflict', `there is already an account "${fresh.name}"`)
    const passwordHash = await checking(() => hashPassword(fresh.password, random))
    const account: Account = { name: fresh.name, role: fresh.role, area: fresh.area, passwordHash, createdAtMs: clock.wallMs(), disabled: false }
    await store.saveAccount(account)
    return account
  }

  return {
    login: async (name, password, from) => {
      const keys = [`name ${from} ${name}`, `address ${from}`]
      if (!limit.take(keys)) throw new AppError('auth.limited', 'too many failed log-ins; wait five minutes')
      const spare = await nobodysHash()
      const account = await store.account(name)
      const hash = account?.passwordHash ?? spare
      const isRight = await checking(() => verifyPassword(password, hash))
      if (!account || !isRight || account.disabled) throw new AppError('auth.required', 'the name or the password is wrong')
      limit.forgive(keys)
      const token = random(32).toString('base64url')
      const expiresAtMs = clock.wallMs() + sessionMs
      await store.saveSession(sha256(token), account.name, expiresAtMs)
      return { account, expiresAtMs, token }
    },
    sessionOf: async (token) => {
      const key = sha256(token)
      const session = await store.session(key)
      if (!session) return undefined
      if (session.expiresAtMs <= clock.wallMs()) {
        await store.deleteSession(key)
        return undefined
      }
      const account = await store.account(session.account)
      return account && !account.disabled ? { account, expiresAtMs: session.expiresAtMs } : undefined
    },
    logout: (token) => store.deleteSession(sha256(token)),
    list: () => store.accounts(),
    find: (name) => store.account(name),
    create,
    setDisabled: async (name, disabled) => {
      const account = await store.account(name)
      if (!account) throw new AppError('not-found', `there is no account "${name}"`)
      const changed = { ...account, disabled }
      await store.saveAccount(changed)
      return changed
    },
    ensureAdmin: async (password) => {
      if ((await store.accounts()).some((account) => account.role === 'admin')) return undefined
      const chosen = password ?? random(18).toString('base64url')
      await create({ name: 'admin', password: chosen, role: 'admin', area: '' })
      return password === undefined ? chosen : undefined
    },
    audit: (entry) => store.audit({ ...entry, atMs: clock.wallMs() }),
    auditTrail: (limit) => store.auditTrail(limit),
  }
}
