// Writes that come together are committed and synced together, each with an outcome of its own.
import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '../base/index.ts'
import { openStore } from './index.ts'
import { createGroupCommit } from './group-commit.ts'
import { connect } from './database.ts'
import { translate } from './trouble.ts'

function open(file: string) {
  const { raw } = connect(file)
  raw.exec('CREATE TABLE IF NOT EXISTS notes (n INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)')
  const group = createGroupCommit({ raw, file, translate: (error) => translate(error, file) })
  const add = raw.prepare('INSERT INTO notes (text) VALUES (?)')
  const write = (text: string): Promise<string> =>
    group.write(() => {
      add.run(text)
      return text
    })
  const kept = (): string[] => raw.prepare<[], string>('SELECT text FROM notes ORDER BY n').pluck().all()
  return { raw, group, write, kept }
}
const outcomes = async (writes: readonly Promise<string>[]): Promise<string[]> => (await Promise.allSettled(writes)).map((each) => (each.status === 'fulfilled' ? each.value : 'failed'))

for (const name of [':memory:', 'a file']) {
  t.test(`in ${name}: what comes together goes together, in order`, async (t) => {
    const { raw, group, write, kept } = open(name === ':memory:' ? name : join(t.testdir(), 'yiji.db'))
    const texts = Array.from({ length: 300 }, (_, n) => `note ${n}`)
    t.same(await outcomes(texts.map(write)), texts)
    t.same(kept(), texts)
    t.same(group.stats(), { writes: 300, groups: 1, syncs: name === ':memory:' ? 0 : 1 })
    t.same(await Promise.all(Array.from({ length: 1200 }, (_, n) => write(`more ${n}`))).then((all) => all.length), 1200)
    t.equal(group.stats().groups, 4, 'a group is bounded')
    await group.close()
    raw.close()
  })
}

t.test('one that fails fails alone, and what it had written is gone', async (t) => {
  const { raw, group, write, kept } = open(join(t.testdir(), 'yiji.db'))
  const half = group.write((): string => {
    raw.prepare('INSERT INTO notes (text) VALUES (?)').run('half')
    throw new Error('a bug')
  })
  t.same(await outcomes([write('a'), write('b'), half, write('a'), write('c')]), ['a', 'b', 'failed', 'failed', 'c'])
  t.same(kept(), ['a', 'b', 'c'])
  await t.rejects(half, /a bug/)
  t.equal(await write('half'), 'half', 'the next group is a new one')
  await group.close()
  raw.close()
})

t.test('a full disk fails the group in the house’s words, and the next is taken again', async (t) => {
  const { raw, group, write, kept } = open(join(t.testdir(), 'yiji.db'))
  t.equal(await write('before'), 'before')
  raw.pragma(`max_page_count = ${(raw.pragma('page_count', { simple: true }) as number) + 2}`)
  const big = 'x'.repeat(20_000)
  const full = [write(`1${big}`), write(`2${big}`)]
  t.same(await outcomes(full), ['failed', 'failed'])
  await t.rejects(full[0] as Promise<string>, { code: 'disk.full' })
  raw.pragma('max_page_count = 100000')
  t.equal(await write('after'), 'after')
  t.same(kept(), ['before', 'after'])
  await group.close()
  raw.close()
})

t.test('closing writes what waits and takes no more', async (t) => {
  const file = join(t.testdir(), 'yiji.db')
  const { raw, group, write } = open(file)
  const waiting = ['a', 'b', 'c'].map(write)
  const closing = group.close()
  t.same(await outcomes(waiting), ['a', 'b', 'c'])
  await closing
  await group.close()
  await t.rejects(write('late'))
  raw.close()
  const again = new Database(file)
  t.equal(again.prepare('SELECT count(*) FROM notes').pluck().get(), 3)
  again.close()
})

t.test('other writers on the connection are not drawn into a group', async (t) => {
  const { raw, group, write, kept } = open(join(t.testdir(), 'yiji.db'))
  const first = write('grouped')
  raw.prepare('INSERT INTO notes (text) VALUES (?)').run('alone')
  t.notOk(raw.inTransaction)
  t.same(kept(), ['alone'])
  await first
  t.same(kept(), ['alone', 'grouped'])
  await group.close()
  raw.close()
})

t.test('a process that is killed has kept what it told', async (t) => {
  const file = join(t.testdir(), 'yiji.db')
  const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  const code = `const { openStore } = await import(${url('./index.ts')}); const { systemClock } = await import(${url('../base/index.ts')})
    const store = await openStore({ file: ${JSON.stringify(file)}, clock: systemClock })
    const device = (id) => ({ id, approved: true, presence: 'unknown', mediaTransport: 'udp', channelCount: 0, firstSeenMs: 1, binding: { transport: 'udp', host: 'h', port: 1, contact: 'c', registeredAtMs: 1, expiresAtMs: 2, callId: id } })
    for (let n = 0; ; n += 5) {
      const ids = [0, 1, 2, 3, 4].map((m) => String(n + m))
      await Promise.all(ids.map((id) => store.registry.saveBinding(device(id)).then(() => process.stdout.write(id + '\\n'))))
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = ''
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString()
    if (told.length > 2000) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const store = await openStore({ file, clock: systemClock })
  const kept = new Set((await store.registry.devices()).filter(({ binding }) => binding).map(({ id }) => id))
  const ids = told.split('\n').slice(0, -1)
  t.ok(ids.length > 100)
  t.same(ids.filter((id) => !kept.has(id)), [])
  await store.close()
})
