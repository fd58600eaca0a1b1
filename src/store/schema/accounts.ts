// Tables of accounts, their sessions, and the audit trail.
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.ts'

export const accounts = sqliteTable('accounts', {
  name: text('name').primaryKey(),
  role: text('role').notNull(),
  area: text('area').notNull(),
  passwordHash: text('password_hash').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  disabled: integer('disabled', { mode: 'boolean' }).notNull(),
  /** The password was given by somebody else: another must be chosen before anything else is done. */
  mustChange: integer('must_change', { mode: 'boolean' }).notNull().default(false),
  /** 0: never changed since the account was made. */
  passwordAtMs: integer('password_at_ms').notNull().default(0),
})

/** Sessions of persons and tokens of scripts, by the SHA-256 of what opens them. */
export const sessions = sqliteTable(
  'sessions',
  {
    tokenSha256: text('token_sha256').primaryKey(),
    account: text('account').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
    /** What it is called in lists; tells nothing of the token. */
    id: text('id').notNull().default(''),
    /** session or token. */
    kind: text('kind').notNull().default('session'),
    /** Of a token, given by its owner. */
    name: text('name').notNull().default(''),
    createdAtMs: integer('created_at_ms').notNull().default(0),
    seenAtMs: integer('seen_at_ms').notNull().default(0),
    address: text('address').notNull().default(''),
    agent: text('agent').notNull().default(''),
  },
  (table) => [index('sessions_expiry').on(table.expiresAtMs), index('sessions_account').on(table.account, table.id)],
)

/** What an account set up for itself in the console: saved filters, columns, layouts of the wall. `value` is JSON; `version` counts its changes. */
export const accountSettings = sqliteTable(
  'account_settings',
  {
    account: text('account').notNull(),
    key: text('key').notNull(),
    value: text('value').notNull(),
    version: integer('version').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.account, table.key] })],
)

/** Only ever added to; triggers refuse the rest. Each row holds the hash of itself and the one before (account-store.ts). */
export const audit = sqliteTable(
  'audit',
  {
    n: integer('n').primaryKey(),
    atMs: integer('at_ms').notNull(),
    account: text('account').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    detail: text('detail').notNull(),
    address: text('address').notNull().default(''),
    hash: text('hash').notNull().default(''),
  },
  (table) => [
    index('audit_time').on(table.atMs),
    index('audit_account').on(table.account),
    index('audit_action').on(table.action),
    index('audit_subject').on(table.subject),
  ],
)

/** What was taken out after the time that the configuration keeps: up to which entry, and that entry's hash, from which the chain goes on. */
export const auditCuts = sqliteTable('audit_cuts', {
  n: integer('n').primaryKey(),
  atMs: integer('at_ms').notNull(),
  through: integer('through').notNull(),
  hash: text('hash').notNull(),
  entries: integer('entries').notNull(),
})
