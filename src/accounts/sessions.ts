// Sessions of persons and tokens of scripts: opened, asked for, listed, ended, and over after their time.
import { createHash } from 'node:crypto'
import { AppError, type Clock, type RandomBytes } from '../base/index.ts'
import type { Account, AccountStore, SessionKind, StoredSession } from './types.ts'

/** How long a session lasts, and how long it may lie idle. */
export interface SessionTimes {
  readonly sessionMs: number
  readonly idleMs: number
}

export interface OpenSession {
  readonly account: Account
  readonly expiresAtMs: number
  /** Its name in lists; absent for what is no session, such as the signed address of one stream. */
  readonly id?: string
  readonly kind?: SessionKind
}

/** Who asks, as far as the network tells. */
export interface Caller {
  readonly address: string
  readonly agent?: string
}

/** What ended before its time: the session or token with this id, or without one everything that the account has open. */
export interface Ended {
  readonly account: string
  readonly id?: string
}

export interface Sessions {
  readonly open: (account: Account, caller: Caller) => Promise<OpenSession & { readonly token: string }>
  /** The token is told here and never again. Throws `conflict` when the account has too many. */
  readonly createToken: (account: Account, caller: Caller, fresh: { readonly name: string; readonly days: number }) => Promise<{ readonly token: string; readonly session: StoredSession }>
  /** Undefined for a token that is unknown, over, or of an account that is out of use. */
  readonly sessionOf: (token: string) => Promise<OpenSession | undefined>
  readonly list: (account: string) => Promise<readonly StoredSession[]>
  readonly logout: (token: string) => Promise<void>
  /** False where the account has none by this name. */
  readonly end: (account: string, id: string) => Promise<boolean>
  /** Sessions, tokens, and what was opened by a signed address. */
  readonly endAll: (account: string) => Promise<void>
  /** Sessions of persons, all but `keep`; how many. */
  readonly endOthers: (account: string, keep?: string) => Promise<number>
  /** Hears of every end; what is still streaming for it ends too. */
  readonly onEnded: (listener: (ended: Ended) => void) => () => void
}

/** Written at most so often: a page asks every second. */
const touchMs = 60_000
const dayMs = 24 * 3600_000
/** Tokens of one account; more are forgotten ones. */
const maxTokens = 20
const maxAgent = 200

const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex')

export function createSessions(deps: { readonly store: AccountStore; readonly clock: Clock; readonly random: RandomBytes; readonly times: SessionTimes }): Sessions {
  const { store, clock, random, times } = deps
  const listeners = new Set<(ended: Ended) => void>()
  const tell = (ended: Ended): void => {
    for (const listener of listeners) listener(ended)
  }
  const isOver = (session: StoredSession): boolean => session.expiresAtMs <= clock.wallMs() || (session.kind === 'session' && clock.wallMs() - session.seenAtMs >= times.idleMs)
  const save = async (kind: SessionKind, account: Account, caller: Caller, more: { readonly name: string; readonly lifeMs: number; readonly prefix: string }): Promise<{ readonly token: string; readonly session: StoredSession }> => {
    const token = more.prefix + random(32).toString('base64url')
    const now = clock.wallMs()
    const session: StoredSession = {
      tokenSha256: sha256(token),
      id: random(9).toString('base64url'),
      kind,
      account: account.name,
      name: more.name,
      createdAtMs: now,
      seenAtMs: now,
      expiresAtMs: now + more.lifeMs,
      address: caller.address,
      agent: (caller.agent ?? '').slice(0, maxAgent),
    }
    await store.saveSession(session)
    return { token, session }
  }
  const list = async (account: string): Promise<readonly StoredSession[]> => (await store.sessionsOf(account)).filter((session) => !isOver(session))

  return {
    open: async (account, caller) => {
      const { token, session } = await save('session', account, caller, { name: '', lifeMs: times.sessionMs, prefix: '' })
      return { account, expiresAtMs: session.expiresAtMs, id: session.id, kind: 'session', token }
    },
    createToken: async (account, caller, { name, days }) => {
      const own = (await list(account.name)).filter((session) => session.kind === 'token')
      if (own.length >= maxTokens) throw new AppError('conflict', `there are ${maxTokens} tokens already: end one that is not used any more`)
      if (own.some((session) => session.name === name)) throw new AppError('conflict', `there is already a token "${name}"`)
      // A prefix by which scanners and people know what has leaked.
      return save('token', account, caller, { name, lifeMs: days * dayMs, prefix: 'yiji_' })
    },
    sessionOf: async (token) => {
      const key = sha256(token)
      const session = await store.session(key)
      if (!session) return undefined
      if (isOver(session)) {
        await store.deleteSession(key)
        return undefined
      }
      const account = await store.account(session.account)
      if (!account || account.disabled) return undefined
      if (clock.wallMs() - session.seenAtMs >= touchMs) await store.touchSession(key, clock.wallMs())
      return { account, expiresAtMs: session.expiresAtMs, id: session.id, kind: session.kind }
    },
    list,
    logout: async (token) => {
      const session = await store.session(sha256(token))
      if (!session) return
      await store.deleteSession(session.tokenSha256)
      tell({ account: session.account, id: session.id })
    },
    end: async (account, id) => {
      const session = (await store.sessionsOf(account)).find((each) => each.id === id)
      if (!session) return false
      await store.deleteSession(session.tokenSha256)
      tell({ account, id })
      return true
    },
    endAll: async (account) => {
      for (const session of await store.sessionsOf(account)) await store.deleteSession(session.tokenSha256)
      tell({ account })
    },
    endOthers: async (account, keep) => {
      const ending = (await store.sessionsOf(account)).filter((session) => session.kind === 'session' && session.id !== keep)
      for (const session of ending) {
        await store.deleteSession(session.tokenSha256)
        tell({ account, id: session.id })
      }
      return ending.length
    },
    onEnded: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
