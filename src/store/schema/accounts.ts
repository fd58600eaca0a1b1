// Tables of accounts, their sessions, and the audit trail.
import { index, integer, sqliteTable, text } from '../drizzle.ts'

export const accounts = sqliteTable('accounts', {
  name: text('name').primaryKey(),
  role: text('role').notNull(),
  area: text('area').notNull(),
  passwordHash: text('password_hash').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  disabled: integer('disabled', { mode: 'boolean' }).notNull(),
})

export const sessions = sqliteTable(
  'sessions',
  {
    tokenSha256: text('token_sha256').primaryKey(),
    account: text('account').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [index('sessions_expiry').on(table.expiresAtMs)],
)

export const audit = sqliteTable('audit', {
  n: integer('n').primaryKey(),
  atMs: integer('at_ms').notNull(),
  account: text('account').notNull(),
  action: text('action').notNull(),
  subject: text('subject').notNull(),
  detail: text('detail').notNull(),
})
