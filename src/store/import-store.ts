// ImportStore on SQLite: what was imported, by whom, and what became of it.
import type { ImportRecord, ImportState, ImportStore } from '../registry/index.ts'
import type { Connection } from './database.ts'
import type { Task } from './trouble.ts'

/** Imports remembered; the oldest that are over go first. Ours. */
const maxImports = 2000

interface Row {
  readonly id: string
  readonly fileName: string
  readonly bytes: number
  readonly sha256: string
  readonly by: string
  readonly area: string
  readonly state: string
  readonly atMs: number
  readonly updatedAtMs: number
  readonly document: string
}

const columns = 'id, file_name AS fileName, bytes, sha256, by, area, state, at_ms AS atMs, updated_at_ms AS updatedAtMs, document'

/** Writes one; also from within the transaction that writes its records. */
export function importWriter(raw: Connection['raw']): (record: ImportRecord) => void {
  const put = raw.prepare(`
    INSERT INTO imports (id, file_name, bytes, sha256, by, area, state, at_ms, updated_at_ms, document) VALUES (@id, @fileName, @bytes, @sha256, @by, @area, @state, @atMs, @updatedAtMs, @document)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated_at_ms = excluded.updated_at_ms, document = excluded.document`)
  return ({ id, fileName, bytes, sha256, by, area, state, atMs, updatedAtMs, ...document }) => void put.run({ id, fileName, bytes, sha256, by, area, state, atMs, updatedAtMs, document: JSON.stringify(document) })
}

export function importStore(raw: Connection['raw'], task: Task): ImportStore {
  const write = importWriter(raw)
  const trim = raw.prepare(`DELETE FROM imports WHERE state IN ('done', 'failed', 'cancelled') AND n <= (SELECT n FROM imports ORDER BY n DESC LIMIT 1 OFFSET ${maxImports})`)
  const one = raw.prepare<[string], Row>(`SELECT ${columns} FROM imports WHERE id = ?`)
  const list = raw.prepare<[number], Row>(`SELECT ${columns} FROM imports ORDER BY n DESC LIMIT ?`)
  const applied = raw.prepare<[string], Row>(`SELECT ${columns} FROM imports WHERE sha256 = ? AND state = 'done' ORDER BY n DESC LIMIT 1`)
  const save = raw.transaction((record: ImportRecord): void => {
    write(record)
    trim.run()
  })
  const optional = (row: Row | undefined): ImportRecord | undefined => row && recordOf(row)
  return {
    saveImport: (record) => task(() => save.immediate(record)),
    import: (id) => task(() => optional(one.get(id))),
    imports: (limit) => task(() => list.all(limit).map(recordOf)),
    appliedImport: (sha256) => task(() => optional(applied.get(sha256))),
  }
}

const recordOf = ({ document, state, ...row }: Row): ImportRecord => ({ ...row, state: state as ImportState, ...(JSON.parse(document) as Pick<ImportRecord, 'choices'>) })
