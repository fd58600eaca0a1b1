// Accounts: who logs in, who was made, changed and put out of use.
import { AppError, type Clock, type RandomBytes } from '../base/index.ts'
import { proveAudit, type AuditProof } from './audit-proof.ts'
import { createBoundedWork } from './bounded-work.ts'
import { addressGroup, createLoginLimit } from './login-limit.ts'
import { checkPassword } from './password-rules.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { isWithin } from './permissions.ts'
import { createSessions, type Caller, type OpenSession, type Sessions, type SessionTimes } from './sessions.ts'
import { createSettings, type Settings } from './settings.ts'
import type { Account, AccountStore, AuditCut, AuditEntry, AuditQuery, AuditRecord, Role } from './types.ts'

/** A working day: a console left open over night asks again; two hours without a word from it and somebody else may sit there. */
export const defaultTimes: SessionTimes = { sessionMs: 12 * 3600_000, idleMs: 2 * 3600_000 }
/** Failures that cost nothing: of one name from one address, and of one address with whatever names (an office shares one). */
const freeTries = { name: 5, address: 30 }
/** Beyond them: half a minute, a minute, two, four … */
const waits = { firstWaitMs: 30_000, longestWaitMs: 15 * 60_000 }
/** Keys derived at once: two of the four threads that files are synced by too, 32 MiB each. */
const deriving = { atOnce: 2, waiting: 32, waitingPerKey: 4 }

export interface NewAccount {
  readonly name: string
  readonly password: string
  readonly role: Role
  readonly area: string
  readonly mustChange?: boolean
}

export interface AccountChange {
  readonly disabled?: boolean
  readonly role?: Role
  readonly area?: string
  /** Given by an admin: every session and token of the account ends. */
  readonly password?: string
  readonly mustChange?: boolean
}

export interface Accounts extends Pick<Sessions, 'sessionOf' | 'logout' | 'onEnded'> {
  /** Throws `auth.required` (wrong name or password, the same for both) or `auth.limited`. */
  readonly login: (name: string, password: string, caller: Caller) => Promise<OpenSession & { readonly token: string }>
  readonly sessions: Pick<Sessions, 'list' | 'end' | 'endAll' | 'endOthers' | 'createToken'>
  readonly settings: Settings
  readonly list: () => Promise<readonly Account[]>
  readonly find: (name: string) => Promise<Account | undefined>
  /** Throws `conflict` when the name is taken, `request.invalid` when a value does not fit. */
  readonly create: (account: NewAccount) => Promise<Account>
  /** What the account has open ends where it may do less than before, or its password is another. Throws `conflict` for the last admin of everywhere. */
  readonly change: (name: string, change: AccountChange) => Promise<Account>
  readonly setDisabled: (name: string, disabled: boolean) => Promise<Account>
  /** By its owner, who knows the old one: every other session ends, `keep` stays. Tokens of scripts stay. Throws `auth.refused` where the old one is wrong. */
  readonly changePassword: (name: string, passwords: { readonly current: string; readonly next: string }, caller: Caller, keep?: string) => Promise<{ readonly ended: number }>
  /** Makes the first admin where there is none. Returns the password it had to make, to be shown once; nothing when one was given or needed. */
  readonly ensureAdmin: (password?: string) => Promise<string | undefined>
  readonly audit: (entry: Omit<AuditEntry, 'atMs'>) => Promise<void>
  /** Newest first. */
  readonly auditTrail: (limit: number) => Promise<readonly AuditRecord[]>
  readonly auditPage: (query: AuditQuery) => Promise<readonly AuditRecord[]>
  readonly proveAudit: () => Promise<AuditProof>
  /** Takes out what is older than so many days, and says so in the trail. 0 keeps everything. */
  readonly cutAudit: (days: number) => Promise<AuditCut | undefined>
}

export interface AccountsDeps {
  readonly store: AccountStore
  readonly clock: Clock
  readonly random: RandomBytes
  readonly times?: SessionTimes
  /** Lets others have their turn while the whole trail is read. */
  readonly turn?: () => Promise<void>
}

export function createAccounts({ store, clock, random, times = defaultTimes, turn = () => Promise.resolve() }: AccountsDeps): Accounts {
  const limit = createLoginLimit({ clock, free: (key) => (key.startsWith('name ') ? freeTries.name : freeTries.address), ...waits })
  const derive = createBoundedWork(deriving)
  const sessions = createSessions({ store, clock, random, times })
  // An unknown name is checked against this, so that it takes as long as a known one.
  let nobody: Promise<string> | undefined
  const nobodysHash = (): Promise<string> => (nobody ??= hashPassword(random(18).toString('base64url'), random))

  /** The account, where the password is right; each wrong one counts against name and address. */
  const prove = async (name: string, password: string, { address }: Caller): Promise<Account | undefined> => {
    const from = addressGroup(address)
    const keys = [`name ${from} ${name}`, `address ${from}`]
    const waitMs = limit.take(keys)
    if (waitMs > 0) throw new AppError('auth.limited', `too many failed log-ins: wait ${Math.ceil(waitMs / 1000)} seconds`)
    const spare = await nobodysHash()
    const account = await store.account(name)
    const isRight = await derive(from, () => verifyPassword(password, account?.passwordHash ?? spare))
    if (!account || !isRight || account.disabled) return undefined
    limit.forgive(keys, `name ${from} ${name}`)
    return account
  }
  const known = async (name: string): Promise<Account> => {
    const account = await store.account(name)
    if (!account) throw new AppError('not-found', `there is no account "${name}"`)
    return account
  }
  const hashed = (password: string, name: string): Promise<string> => {
    checkPassword(password, name)
    return derive('', () => hashPassword(password, random))
  }
  const create = async ({ name, password, role, area, mustChange = false }: NewAccount): Promise<Account> => {
    if (!/^[\p{L}\p{N}._@-]{1,64}$/u.test(name)) throw new AppError('request.invalid', 'a name is 1 to 64 letters, digits, or . _ @ -')
    checkArea(area)
    if (await store.account(name)) throw new AppError('conflict', `there is already an account "${name}"`)
    const account: Account = { name, role, area, passwordHash: await hashed(password, name), createdAtMs: clock.wallMs(), disabled: false, ...(mustChange && { mustChange }) }
    await store.saveAccount(account)
    return account
  }
  const change = async (name: string, { password, ...wanted }: AccountChange): Promise<Account> => {
    if (wanted.area !== undefined) checkArea(wanted.area)
    const passwordHash = password === undefined ? undefined : await hashed(password, (await known(name)).name)
    const before = await known(name)
    const { mustChange: _was, ...kept } = before
    const mustChange = wanted.mustChange ?? (password === undefined && before.mustChange === true)
    const after: Account = {
      ...kept,
      role: wanted.role ?? before.role,
      area: wanted.area ?? before.area,
      disabled: wanted.disabled ?? before.disabled,
      ...(passwordHash === undefined ? {} : { passwordHash, passwordAtMs: clock.wallMs() }),
      ...(mustChange && { mustChange }),
    }
    const rules = (account: Account): boolean => account.role === 'admin' && account.area === '' && !account.disabled
    if (rules(before) && !rules(after) && (await store.accounts()).filter(rules).length === 1) throw new AppError('conflict', `"${name}" is the last admin of everywhere: make another first`)
    await store.saveAccount(after)
    const mayLess = after.disabled || after.role !== before.role || !isWithin(before.area, after.area)
    if (password !== undefined || mayLess) await sessions.endAll(name)
    return after
  }

  return {
    login: async (name, password, caller) => {
      const account = await prove(name, password, caller)
      if (!account) throw new AppError('auth.required', 'the name or the password is wrong')
      return sessions.open(account, caller)
    },
    sessionOf: sessions.sessionOf,
    logout: sessions.logout,
    onEnded: sessions.onEnded,
    sessions,
    settings: createSettings(store, clock),
    list: () => store.accounts(),
    find: (name) => store.account(name),
    create,
    change,
    setDisabled: (name, disabled) => change(name, { disabled }),
    changePassword: async (name, { current, next }, caller, keep) => {
      if (!(await prove(name, current, caller))) throw new AppError('auth.refused', 'the present password is wrong')
      if (current === next) throw new AppError('request.invalid', 'the new password is the old one')
      const passwordHash = await hashed(next, name)
      const { mustChange: _done, ...account } = await known(name)
      await store.saveAccount({ ...account, passwordHash, passwordAtMs: clock.wallMs() })
      return { ended: await sessions.endOthers(name, keep) }
    },
    ensureAdmin: async (password) => {
      if ((await store.accounts()).some((account) => account.role === 'admin')) return undefined
      const chosen = password ?? random(18).toString('base64url')
      await create({ name: 'admin', password: chosen, role: 'admin', area: '' })
      return password === undefined ? chosen : undefined
    },
    audit: (entry) => store.audit({ ...entry, atMs: clock.wallMs() }),
    auditTrail: (limit) => store.auditPage({ limit }),
    auditPage: (query) => store.auditPage(query),
    proveAudit: async () => proveAudit(store.auditStretch, await store.auditCuts(), turn),
    cutAudit: async (days) => (days === 0 ? undefined : store.cutAudit(clock.wallMs() - days * 24 * 3600_000, clock.wallMs())),
  }
}

function checkArea(area: string): void {
  if (!/^(?:\d{2}){0,4}$/.test(area)) throw new AppError('request.invalid', 'an area is 2, 4, 6 or 8 digits of an administrative-division code, or empty for everywhere')
}
