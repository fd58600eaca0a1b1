// The audit trail as rows that are only added to: each with its hash, which covers the hash of the one before.
import type Database from 'better-sqlite3'
import type { AuditCut, AuditEntry, AuditQuery, AuditRecord } from '../accounts/index.ts'
import { chainHash } from '../base/index.ts'

const columns = 'n, at_ms AS atMs, account, address, action, subject, detail, hash'

/** Gives the entries of before their hashes; call it inside a transaction. Triggers refuse any later change. */
export function sealAudit(raw: Database.Database): void {
  const first = raw.prepare<[], number>(`SELECT min(n) FROM audit WHERE hash = ''`).pluck().get() ?? undefined
  if (first === undefined) return
  const next = raw.prepare<[number], AuditRecord>(`SELECT ${columns} FROM audit WHERE n > ? ORDER BY n LIMIT 1`)
  const move = raw.prepare('UPDATE audit SET n = ?, hash = ? WHERE n = ?')
  let head = raw.prepare<[number], string>('SELECT hash FROM audit WHERE n < ? ORDER BY n DESC LIMIT 1').pluck().get(first) ?? ''
  let last = first - 1
  for (let entry = next.get(last); entry; entry = next.get(last)) {
    const { hash: _none, n: was, ...values } = entry
    const n = last + 1
    head = chainHash(head, { n, ...values })
    move.run(n, head, was)
    last = n
  }
}

export interface AuditRows {
  /** Inside a transaction: what stands last decides the next hash, whoever wrote it. */
  readonly append: (entry: AuditEntry) => void
  readonly page: (query: AuditQuery) => readonly AuditRecord[]
  readonly stretch: (after: number, limit: number) => readonly AuditRecord[]
  readonly cuts: () => readonly AuditCut[]
  /** Inside a transaction. */
  readonly cut: (beforeMs: number, atMs: number) => AuditCut | undefined
}

export function auditRows(raw: Database.Database): AuditRows {
  const lastCut = raw.prepare<[], Pick<AuditCut, 'through' | 'hash'>>('SELECT through, hash FROM audit_cuts ORDER BY n DESC LIMIT 1')
  const last = raw.prepare<[], { readonly n: number; readonly hash: string }>('SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1')
  const add = raw.prepare('INSERT INTO audit (n, at_ms, account, address, action, subject, detail, hash) VALUES (@n, @atMs, @account, @address, @action, @subject, @detail, @hash)')
  const stretch = raw.prepare<[number, number], AuditRecord>(`SELECT ${columns} FROM audit WHERE n > ? ORDER BY n LIMIT ?`)
  const allCuts = raw.prepare<[], AuditCut>('SELECT at_ms AS atMs, through, hash, entries FROM audit_cuts ORDER BY n')
  /** The last of the oldest that are all of before: an entry that a wrong clock dated early does not take later ones with it. */
  const lastOld = raw.prepare<[number], number | null>('SELECT coalesce((SELECT min(n) FROM audit WHERE at_ms >= ?) - 1, (SELECT max(n) - 1 FROM audit))').pluck()
  const one = raw.prepare<[number], { readonly hash: string }>('SELECT hash FROM audit WHERE n = ?')
  const addCut = raw.prepare('INSERT INTO audit_cuts (at_ms, through, hash, entries) VALUES (@atMs, @through, @hash, @entries)')
  const drop = raw.prepare<[number]>('DELETE FROM audit WHERE n <= ?')
  const count = raw.prepare<[number], number>('SELECT count(*) FROM audit WHERE n <= ?').pluck()

  const append = ({ atMs, account, address = '', action, subject, detail }: AuditEntry): void => {
    const before = last.get() ?? { n: lastCut.get()?.through ?? 0, hash: lastCut.get()?.hash ?? '' }
    const entry = { n: before.n + 1, atMs, account, address, action, subject, detail }
    add.run({ ...entry, hash: chainHash(before.hash, entry) })
  }
  return {
    append,
    page: (query) => {
      const { sql, values } = filterOf(query)
      return raw.prepare<[object], AuditRecord>(`SELECT ${columns} FROM audit WHERE ${sql} ORDER BY n DESC LIMIT @limit`).all({ ...values, limit: query.limit })
    },
    stretch: (after, limit) => stretch.all(after, limit),
    cuts: () => allCuts.all(),
    cut: (beforeMs, atMs) => {
      const through = lastOld.get(beforeMs) ?? 0
      const found = one.get(through)
      if (!found) return undefined
      const made = { atMs, through, hash: found.hash, entries: count.get(through) ?? 0 }
      addCut.run(made)
      drop.run(through)
      append({ atMs, account: '', action: 'audit.cut', subject: `1-${through}`, detail: `${made.entries} entries from before ${new Date(beforeMs).toISOString()} taken out as configured (audit.days)` })
      return made
    },
  }
}

function filterOf({ account, action, subject, fromMs, toMs, before }: AuditQuery): { readonly sql: string; readonly values: Readonly<Record<string, string | number>> } {
  const terms: string[] = []
  const values: Record<string, string | number> = {}
  const add = (sql: string, name: string, value: string | number | undefined): void => {
    if (value === undefined) return
    terms.push(sql)
    values[name] = value
  }
  add('account = @account', 'account', account)
  // `camera` is every action on a camera: the words end at the dot.
  if (action?.includes('.')) add('action = @action', 'action', action)
  else if (action !== undefined) add(`action >= @action || '.' AND action < @action || '/'`, 'action', action)
  add('subject = @subject', 'subject', subject)
  add('at_ms >= @fromMs', 'fromMs', fromMs)
  add('at_ms < @toMs', 'toMs', toMs)
  add('n < @before', 'before', before)
  return { sql: terms.length === 0 ? 'true' : terms.join(' AND '), values }
}
