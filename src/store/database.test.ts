import t from 'tap'
import Database from 'better-sqlite3'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from './database.ts'
import { excusesWaived, setWaivers } from './waivers.ts'

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

t.test('a start does not make all texts again because waived errors are excused, or no longer', (t) => {
  const file = join(t.testdir(), 'yiji.sqlite')
  const first = connect(file)
  first.raw.exec(`INSERT INTO cameras (id, area, class, owner, presence, is_complete, is_draft, is_retired, name, address, version, updated_at_ms) VALUES ('32011600001310000001', '320116', '1', '', 'unknown', 1, 0, 0, 'n', '', 1, 1);
    INSERT INTO camera_documents (n, declared, findings) VALUES (1, '{"name":"n"}', '[]'); INSERT INTO camera_texts VALUES (1, 'as it is')`)
  first.raw.close()
  const textNow = (): unknown => {
    const { raw } = connect(file)
    const text = raw.prepare('SELECT text FROM camera_texts').pluck().get()
    raw.close()
    return text
  }
  for (const excuses of [true, false, true]) {
    const { raw } = connect(file)
    setWaivers(raw, excuses)
    t.equal(excusesWaived(raw), excuses)
    raw.close()
    t.equal(textNow(), 'as it is')
  }
  // As a version wrote it in which one mark wrote over the other, and as one of another version of the texts did.
  for (const number of [1, 16 * 99]) {
    const { raw } = connect(file)
    raw.exec(`UPDATE camera_texts SET text = 'of old'; PRAGMA user_version = ${number}`)
    raw.close()
    t.not(textNow(), 'of old')
    const again = connect(file)
    t.equal(excusesWaived(again.raw), number === 1)
    again.raw.close()
  }
  t.end()
})
