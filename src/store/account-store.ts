// AccountStore on SQLite: accounts, sessions and tokens, and the audit trail.
import { asc, eq } from './drizzle.ts'
import type { Account, AccountStore, Role, SessionKind, StoredSession, StoredSetting } from '../accounts/index.ts'
import type { Clock } from '../base/index.ts'
import { auditRows } from './audit-rows.ts'
import type { Connection } from './database.ts'
import type { Write } from './group-commit.ts'
import { accounts, sessions } from './schema/index.ts'
import type { Task } from './trouble.ts'

/** What is told to have been kept is on the disk: writes go through `write` (group-commit.ts). */
export function accountStore({ raw, typed }: Connection, task: Task, write: Write, clock: Clock): AccountStore {
  const rows = auditRows(raw)
  const touch = raw.prepare<[number, string]>('UPDATE sessions SET seen_at_ms = ? WHERE token_sha256 = ?')
  const oneSession = raw.prepare<[string], SessionRow>(`SELECT ${sessionColumns} FROM sessions WHERE token_sha256 = ?`)
  const someSessions = raw.prepare<[string, number], SessionRow>(`SELECT ${sessionColumns} FROM sessions WHERE account = ? AND expires_at_ms > ? ORDER BY created_at_ms DESC, id`)
  const dropOver = raw.prepare<[number]>('DELETE FROM sessions WHERE expires_at_ms <= ?')
  const putSession = raw.prepare<[StoredSession]>(
    `INSERT OR REPLACE INTO sessions (token_sha256, id, kind, account, name, created_at_ms, seen_at_ms, expires_at_ms, address, agent)
     VALUES (@tokenSha256, @id, @kind, @account, @name, @createdAtMs, @seenAtMs, @expiresAtMs, @address, @agent)`,
  )
  const someSettings = raw.prepare<[string], StoredSetting>('SELECT account, key, value, version, updated_at_ms AS updatedAtMs FROM account_settings WHERE account = ? ORDER BY key')
  const putSetting = raw.prepare<[StoredSetting]>(
    `INSERT INTO account_settings (account, key, value, version, updated_at_ms) SELECT @account, @key, @value, @version, @updatedAtMs
     WHERE @version = 1 + coalesce((SELECT version FROM account_settings WHERE account = @account AND key = @key), 0)
     ON CONFLICT (account, key) DO UPDATE SET value = excluded.value, version = excluded.version, updated_at_ms = excluded.updated_at_ms`,
  )
  return {
    account: (name) =>
      task(() => {
        const row = typed.select().from(accounts).where(eq(accounts.name, name)).get()
        return row && accountOf(row)
      }),
    accounts: () => task(() => typed.select().from(accounts).orderBy(asc(accounts.name)).all().map(accountOf)),
    saveAccount: ({ name, mustChange = false, passwordAtMs = 0, ...others }) =>
      write(() => {
        const columns = { ...others, mustChange, passwordAtMs }
        typed.insert(accounts).values({ name, ...columns }).onConflictDoUpdate({ target: accounts.name, set: columns }).run()
      }),
    saveSession: (session) =>
      write(() => {
        dropOver.run(clock.wallMs())
        putSession.run(session)
      }),
    session: (tokenSha256) =>
      task(() => {
        const row = oneSession.get(tokenSha256)
        return row && sessionOf(row)
      }),
    sessionsOf: (account) => task(() => someSessions.all(account, clock.wallMs()).map(sessionOf)),
    touchSession: (tokenSha256, seenAtMs) => task(() => void touch.run(seenAtMs, tokenSha256)),
    deleteSession: (tokenSha256) => write(() => void typed.delete(sessions).where(eq(sessions.tokenSha256, tokenSha256)).run()),
    settings: (account) => task(() => someSettings.all(account)),
    saveSetting: (setting) => write(() => putSetting.run(setting).changes === 1),
    audit: (entry) => write(() => rows.append(entry)),
    auditPage: (query) => task(() => rows.page(query)),
    auditStretch: (after, limit) => task(() => rows.stretch(after, limit)),
    auditCuts: () => task(() => rows.cuts()),
    cutAudit: (beforeMs, atMs) => write(() => rows.cut(beforeMs, atMs)),
  }
}

function accountOf({ mustChange, passwordAtMs, ...row }: typeof accounts.$inferSelect): Account {
  return { ...row, role: row.role as Role, ...(mustChange && { mustChange }), ...(passwordAtMs > 0 && { passwordAtMs }) }
}

type SessionRow = Omit<StoredSession, 'kind'> & { readonly kind: string }

const sessionColumns =
  'token_sha256 AS tokenSha256, id, kind, account, name, created_at_ms AS createdAtMs, seen_at_ms AS seenAtMs, expires_at_ms AS expiresAtMs, address, agent'
const sessionOf = (row: SessionRow): StoredSession => ({ ...row, kind: row.kind as SessionKind })
