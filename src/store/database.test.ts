import t from 'tap'
import Database from 'better-sqlite3'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from './database.ts'

t.test('the log that grew under a long reader is cut back', (t) => {
  const file = join(t.testdir(), 'yiji.sqlite')
  const { raw } = connect(file)
  t.equal(raw.pragma('journal_size_limit', { simple: true }), 64 * 1024 * 1024)
  raw.pragma('journal_size_limit = 1048576')
  raw.exec('CREATE TABLE filler (bytes BLOB)')
  const write = raw.prepare('INSERT INTO filler VALUES (zeroblob(100000))')
  const reader = new Database(file, { readonly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM filler').get()
  for (let n = 0; n < 60; n++) write.run()
  const grown = statSync(`${file}-wal`).size
  t.ok(grown > 5_000_000, `${grown} bytes: what the reader sees cannot be written over`)
  reader.close()
  for (let n = 0; n < 3; n++) {
    raw.pragma('wal_checkpoint(PASSIVE)')
    write.run()
  }
  t.ok(statSync(`${file}-wal`).size <= 1_048_576 + 200_000, `${statSync(`${file}-wal`).size} bytes`)
  raw.close()
  t.end()
})
