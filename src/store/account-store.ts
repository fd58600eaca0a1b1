// AccountStore on SQLite: accounts, sessions, and the audit trail, which is only ever added to.
import { asc, desc, eq, lt } from './drizzle.ts'
import type { Account, AccountStore, Role } from '../accounts/index.ts'
import type { Clock } from '../base/index.ts'
import type { Connection } from './database.ts'
import { accounts, audit, sessions } from './schema/index.ts'
import type { Task } from './trouble.ts'

export function accountStore({ typed }: Connection, task: Task, clock: Clock): AccountStore {
  const accountOf = ({ mustChange: _must, passwordAtMs: _at, ...row }: typeof accounts.$inferSelect): Account => ({ ...row, role: row.role as Role })
  return {
    account: (name) =>
      task(() => {
        const row = typed.select().from(accounts).where(eq(accounts.name, name)).get()
        return row && accountOf(row)
      }),
    accounts: () => task(() => typed.select().from(accounts).orderBy(asc(accounts.name)).all().map(accountOf)),
    saveAccount: ({ name, ...columns }) =>
      task(() => {
        typed.insert(accounts).values({ name, ...columns }).onConflictDoUpdate({ target: accounts.name, set: columns }).run()
      }),
    saveSession: (tokenSha256, account, expiresAtMs) =>
      task(() => {
        typed.delete(sessions).where(lt(sessions.expiresAtMs, clock.wallMs())).run()
        typed.insert(sessions).values({ tokenSha256, account, expiresAtMs }).onConflictDoUpdate({ target: sessions.tokenSha256, set: { account, expiresAtMs } }).run()
      }),
    session: (tokenSha256) =>
      task(() => typed.select({ account: sessions.account, expiresAtMs: sessions.expiresAtMs }).from(sessions).where(eq(sessions.tokenSha256, tokenSha256)).get()),
    deleteSession: (tokenSha256) =>
      task(() => {
        typed.delete(sessions).where(eq(sessions.tokenSha256, tokenSha256)).run()
      }),
    audit: (entry) =>
      task(() => {
        typed.insert(audit).values(entry).run()
      }),
    auditTrail: (limit) => task(() => typed.select().from(audit).orderBy(desc(audit.n)).limit(limit).all().map(({ n: _n, address: _address, hash: _hash, ...entry }) => entry)),
  }
}
