import t from 'tap'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { openCheckpoints } from './checkpoints.ts'
import { connect } from './database.ts'

const until = async (isSo: () => boolean): Promise<boolean> => {
  for (let n = 0; n < 400 && !isSo(); n++) await wait(25)
  return isSo()
}

t.test('the log is copied beside the loop, begins anew, and leaves nothing behind', async (t) => {
  const file = join(t.testdir(), 'yiji.db')
  const { raw } = connect(file)
  const checkpoints = openCheckpoints({ raw, file, isLent: () => false })
  const write = raw.transaction((from: number): void => {
    const put = raw.prepare('INSERT INTO audit (at_ms, account, action, subject, detail) VALUES (1, ?, ?, ?, ?)')
    for (let n = 0; n < 3000; n++) put.run('a', 'b', `${from + n}`, 'x'.repeat(500))
  })
  const before = statSync(file).size
  t.equal(checkpoints.stats().hasThread, false, 'who writes little has no thread')
  for (let round = 1; round <= 5; round++) {
    write(round * 10_000)
    t.ok(await until(() => checkpoints.stats().copied >= round), `copied ${round} times`)
  }
  t.ok(statSync(file).size > before + 5_000_000, 'it is in the database')
  t.ok(statSync(`${file}-wal`).size < 8_000_000, `the log began anew: ${statSync(`${file}-wal`).size} bytes`)
  await checkpoints.close()
  await checkpoints.close()
  t.equal(checkpoints.stats().hasThread, false)
  raw.close()
  t.notOk(existsSync(`${file}-wal`), 'the last one out takes the log with it')
})

t.test('while another writes the log is his; closing at once is fine; memory has no log', async (t) => {
  const file = join(t.testdir(), 'yiji.db')
  const { raw } = connect(file)
  const lent = openCheckpoints({ raw, file, isLent: () => true })
  raw.transaction(() => {
    for (let n = 0; n < 3000; n++) raw.prepare('INSERT INTO audit (at_ms, account, action, subject, detail) VALUES (1, ?, ?, ?, ?)').run('a', 'b', 'c', 'd')
  })()
  await wait(1200)
  t.same(lent.stats(), { copied: 0, hasThread: false })
  await lent.close()
  raw.close()
  const { raw: memory } = connect(':memory:')
  await openCheckpoints({ raw: memory, file: ':memory:', isLent: () => false }).close()
  memory.close()
})

t.test('a thread that fails leaves the log to SQLite, which keeps it small', async (t) => {
  const dir = t.testdir({ 'fails.mjs': 'throw new Error("no memory left")' })
  const file = join(dir, 'yiji.db')
  const { raw } = connect(file)
  const checkpoints = openCheckpoints({ raw, file, isLent: () => false, thread: pathToFileURL(join(dir, 'fails.mjs')) })
  const put = raw.prepare('INSERT INTO audit (at_ms, account, action, subject, detail) VALUES (1, ?, ?, ?, ?)')
  const write = raw.transaction((): void => {
    for (let n = 0; n < 3000; n++) put.run('a', 'b', 'c', 'x'.repeat(500))
  })
  write()
  t.ok(await until(() => raw.pragma('wal_autocheckpoint', { simple: true }) === 1000), 'it is given back')
  t.same(checkpoints.stats(), { copied: 0, hasThread: false })
  for (let n = 0; n < 10; n++) write()
  t.ok(statSync(`${file}-wal`).size < 12_000_000, `the log stays small: ${statSync(`${file}-wal`).size} bytes`)
  await checkpoints.close()
  raw.close()
})
