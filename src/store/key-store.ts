// SigningKeyStore on SQLite: keys of other installations that the operator has compared. A row is added and perhaps revoked, once; none is deleted.
import type Database from 'better-sqlite3'
import { AppError } from '../base/index.ts'
import type { SigningKey, SigningKeyStore } from '../inspect/index.ts'
import type { Write } from './group-commit.ts'
import type { Task } from './trouble.ts'

type Row = Omit<SigningKey, 'revoked'> & { readonly revokedAtMs: number | null; readonly revokedBy: string | null; readonly revokedReason: string | null }

export function keyStore(raw: Database.Database, task: Task, write: Write): SigningKeyStore {
  const all = raw.prepare<[], Row>('SELECT id, fingerprint, name, note, by, at_ms AS atMs, revoked_at_ms AS revokedAtMs, revoked_by AS revokedBy, revoked_reason AS revokedReason FROM signing_keys ORDER BY id')
  const known = raw.prepare<[string], { id: number; name: string }>('SELECT id, name FROM signing_keys WHERE fingerprint = ? AND revoked_at_ms IS NULL')
  const add = raw.prepare<[object]>('INSERT INTO signing_keys (fingerprint, name, note, by, at_ms) VALUES (@fingerprint, @name, @note, @by, @atMs)')
  const revoke = raw.prepare<[number, string, string, number]>('UPDATE signing_keys SET revoked_at_ms = ?, revoked_by = ?, revoked_reason = ? WHERE id = ? AND revoked_at_ms IS NULL')
  const find = (id: number): SigningKey => {
    const row = all.all().find((each) => each.id === id)
    if (!row) throw new AppError('not-found', `there is no key ${id} on the list`)
    return keyOf(row)
  }
  return {
    keys: () => task(() => all.all().map(keyOf)),
    addKey: (key) =>
      write(() => {
        const before = known.get(key.fingerprint)
        if (before) throw new AppError('conflict', `this key is on the list already, as ${before.name} (key ${before.id})`)
        return find(Number(add.run(key).lastInsertRowid))
      }),
    revokeKey: (id, { atMs, by, reason }) =>
      write(() => {
        const before = find(id)
        if (revoke.run(atMs, by, reason, id).changes === 0) throw new AppError('conflict', `key ${id} (${before.name}) was revoked already`)
        return find(id)
      }),
  }
}

const keyOf = ({ revokedAtMs, revokedBy, revokedReason, ...key }: Row): SigningKey => ({ ...key, ...(revokedAtMs !== null && { revoked: { atMs: revokedAtMs, by: revokedBy ?? '', reason: revokedReason ?? '' } }) })
