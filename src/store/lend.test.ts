// The right to write, lent: what is written here waits in its order, what is read does not, and the event loop never stands still.
import Database from 'better-sqlite3'
import t from 'tap'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../base/index.ts'
import type { Device } from '../registry/index.ts'
import { openStore } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'yiji-lend-'))
t.teardown(() => rmSync(folder, { recursive: true }))

const device = (id: string, name = id): Device => ({ id, approved: true, presence: 'unknown', mediaTransport: 'udp', channelCount: 0, firstSeenMs: 1, settings: { name } as unknown as NonNullable<Device['settings']> })
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise(setImmediate)
}

t.test('writes wait in their order, reads do not, and nobody waits in SQLite', async (t) => {
  const file = join(folder, 'yiji.sqlite')
  const store = await openStore({ file, clock: systemClock })
  await store.registry.saveDevice(device('first'))
  const other = new Database(file, { timeout: 5000 })
  const done: string[] = []
  await store.lend(async (hasWritten) => {
    other.exec('BEGIN IMMEDIATE')
    other.prepare(`UPDATE devices SET settings = '{"name":"theirs"}' WHERE id = 'first'`).run()
    const from = performance.now()
    for (const [at, work] of [
      () => store.registry.saveDevice(device('second')),
      () => store.registry.saveBinding({ ...device('third'), binding: { source: 'here' } as unknown as NonNullable<Device['binding']> }),
      () => store.registry.saveDevice(device('second', 'again')),
      () => store.accounts.saveAccount({ name: 'wang', role: 'viewer', area: '', passwordHash: '', createdAtMs: 1, disabled: false }),
    ].entries()) void work().then(() => done.push(String(at)))
    t.match(await store.registry.device('first'), { settings: { name: 'first' } }, 'what was there is read, not what is being written')
    t.equal(await store.registry.device('second'), undefined)
    await turns(50)
    t.ok(performance.now() - from < 1500, 'SQLite was not waited for: that would be two seconds for each')
    t.same(done, [])
    other.exec('COMMIT')
    t.same(done, [])
    void store.registry.saveDevice(device('first', 'ours')).then(() => done.push('late'))
    hasWritten()
    // From here on everybody may write, although the other thread is not over yet.
    await store.registry.saveDevice(device('fourth'))
    while (done.length < 5) await turns(1)
  })
  t.same(done.filter((each) => each !== '1' && each !== '3'), ['0', '2', 'late'], 'in their order; what is gathered in groups has one of its own')
  t.match(await store.registry.device('second'), { settings: { name: 'again' } })
  t.match(await store.registry.device('first'), { settings: { name: 'ours' } }, 'what came late came after what they wrote')
  t.ok(await store.registry.device('third'))
  other.close()
  await store.close()
})

t.test('who lends gets it back, also from one that failed; two lend one after the other', async (t) => {
  const store = await openStore({ file: join(folder, 'again.sqlite'), clock: systemClock })
  const order: string[] = []
  const first = store.lend(async () => {
    order.push('first')
    await turns(5)
    throw new Error('no luck')
  })
  const second = store.lend(async () => {
    order.push('second')
    return 7
  })
  const written = store.registry.saveDevice(device('waiting'))
  await t.rejects(first, { message: 'no luck' })
  t.equal(await second, 7)
  await written
  t.same(order, ['first', 'second'])
  t.ok(await store.registry.device('waiting'))
  await store.registry.saveDevice(device('after'))
  await store.close()
})
