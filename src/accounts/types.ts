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
}

export interface AuditEntry {
  readonly atMs: number
  readonly account: string
  readonly action: string
  readonly subject: string
  readonly detail: string
}

export interface AccountStore {
  readonly account: (name: string) => Promise<Account | undefined>
  readonly accounts: () => Promise<readonly Account[]>
  readonly saveAccount: (account: Account) => Promise<void>
  /** Sessions are kept as SHA-256 of their token, so that a copied database opens no door. */
  readonly saveSession: (tokenSha256: string, account: string, expiresAtMs: number) => Promise<void>
  readonly session: (tokenSha256: string) => Promise<{ readonly account: string; readonly expiresAtMs: number } | undefined>
  readonly deleteSession: (tokenSha256: string) => Promise<void>
  readonly audit: (entry: AuditEntry) => Promise<void>
  readonly auditTrail: (limit: number) => Promise<readonly AuditEntry[]>
}
