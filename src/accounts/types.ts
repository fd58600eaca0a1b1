// Who may do what. Roles and areas are checked in one place (permissions.ts); passwords are kept as scrypt hashes only.

export type Role = 'admin' | 'assessor' | 'editor' | 'viewer'

export interface Account {
  readonly name: string
  readonly role: Role
  /** Administrative-division prefix; '' is everywhere. */
  readonly area: string
  readonly passwordHash: string
  readonly createdAtMs: number
  readonly disabled: boolean
  /** The password was given by somebody else: until another is chosen, nothing but that may be done. */
  readonly mustChange?: boolean
  /** When the password was last changed; absent: not since the account was made. */
  readonly passwordAtMs?: number
}

/** `session`: somebody logged in. `token`: made for a script, with a name and a longer life. */
export type SessionKind = 'session' | 'token'

export interface StoredSession {
  /** SHA-256 of what opens it, so that a copied database opens no door. */
  readonly tokenSha256: string
  /** What it is called in lists; tells nothing of the token. */
  readonly id: string
  readonly kind: SessionKind
  readonly account: string
  /** Of a token; '' for a session. */
  readonly name: string
  readonly createdAtMs: number
  /** Last used, to the minute. */
  readonly seenAtMs: number
  readonly expiresAtMs: number
  /** From where it was opened, and by what program (User-Agent). */
  readonly address: string
  readonly agent: string
}

export interface AuditEntry {
  readonly atMs: number
  readonly account: string
  /** The caller's address; '' for the command line. */
  readonly address?: string
  readonly action: string
  readonly subject: string
  readonly detail: string
}

/** An entry as it is kept: `hash` covers it and the hash of the entry before, so that none can be changed or left out unseen. */
export interface AuditRecord extends AuditEntry {
  readonly n: number
  readonly address: string
  readonly hash: string
}

export interface AuditQuery {
  readonly account?: string
  /** The action itself, or the part before its dot. */
  readonly action?: string
  readonly subject?: string
  readonly fromMs?: number
  readonly toMs?: number
  /** Only entries before this one. */
  readonly before?: number
  readonly limit: number
}

export interface AuditCut {
  readonly atMs: number
  /** Number and hash of the last entry that was taken out. */
  readonly through: number
  readonly hash: string
  readonly entries: number
}

/** What an account set up for itself. `value` is JSON text. */
export interface StoredSetting {
  readonly account: string
  readonly key: string
  readonly value: string
  readonly version: number
  readonly updatedAtMs: number
}

export interface AccountStore {
  readonly account: (name: string) => Promise<Account | undefined>
  readonly accounts: () => Promise<readonly Account[]>
  readonly saveAccount: (account: Account) => Promise<void>
  readonly saveSession: (session: StoredSession) => Promise<void>
  readonly session: (tokenSha256: string) => Promise<StoredSession | undefined>
  /** Newest first; those that are over are not among them. */
  readonly sessionsOf: (account: string) => Promise<readonly StoredSession[]>
  readonly touchSession: (tokenSha256: string, seenAtMs: number) => Promise<void>
  readonly deleteSession: (tokenSha256: string) => Promise<void>
  readonly settings: (account: string) => Promise<readonly StoredSetting[]>
  /** False, and nothing is written, unless the one that is there is of the version before (none is there: 0). */
  readonly saveSetting: (setting: StoredSetting) => Promise<boolean>
  readonly audit: (entry: AuditEntry) => Promise<void>
  /** Newest first. */
  readonly auditPage: (query: AuditQuery) => Promise<readonly AuditRecord[]>
  /** Entries in their order, from the one after `after`. */
  readonly auditStretch: (after: number, limit: number) => Promise<readonly AuditRecord[]>
  readonly auditCuts: () => Promise<readonly AuditCut[]>
  /** Takes out what is older, notes the cut beside it and in the trail itself, in one transaction; `undefined` when there was nothing. */
  readonly cutAudit: (beforeMs: number, atMs: number) => Promise<AuditCut | undefined>
}
