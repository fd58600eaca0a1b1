// The right to write, lent: what is written here waits in its order, what is read does not, and the event loop never stands still.
import Database from 'better-sqlite3'
import t from 'tap'
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../base/index.ts'
import type { Device } from '../registry/index.ts'
import { openStore, restoreBackup, writeBackup } from './index.ts'
import { meantimeFile, readMeantime } from './meantime-file.ts'

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
    t.same(done.filter((each) => each !== '1'), [])
    other.exec('COMMIT')
    t.same(done.filter((each) => each !== '1'), [])
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

const binding = (n: number): NonNullable<Device['binding']> => ({ transport: 'udp', host: '10.0.0.7', port: 5060, contact: `sip:${n}`, registeredAtMs: n, expiresAtMs: n + 1, callId: 'c' })
const idOf = (n: number): string => `3402000000132${String(n).padStart(7, '0')}`

t.test('registrations are acknowledged while another thread writes, survive the end of this process, and are carried over before anything else', async (t) => {
  const file = join(folder, 'meantime', 'yiji.sqlite')
  const store = await openStore({ file, clock: systemClock })
  await store.registry.saveBinding({ ...device(idOf(1)), binding: binding(1) })
  await store.registry.saveDevice({ ...device(idOf(2)), approved: false })
  await store.registry.savePresenceChange({ deviceId: idOf(1), from: 'unknown', to: 'online', reason: 'registered', atMs: 5 })
  const other = new Database(file, { timeout: 5000 })
  const order: string[] = []
  await store.lend(async () => {
    other.exec('BEGIN IMMEDIATE')
    void store.registry.saveCatalogPart({ deviceId: idOf(3), channels: [{ id: idOf(30), name: 'c', status: 'on', raw: {}, kind: 'camera', parents: [] }], cameras: [], changes: [] }).then(() => order.push('catalog'), (error: unknown) => order.push(String(error)))
    t.equal(await store.registry.saveBinding({ ...device(idOf(1)), binding: binding(20) }), false)
    t.equal(await store.registry.saveBinding({ ...device(idOf(2)), binding: binding(21) }), true, 'it waited for approval')
    t.equal(await store.registry.saveBinding({ ...device(idOf(2)), binding: binding(22) }), false)
    await store.registry.saveBinding({ ...device(idOf(3)), binding: binding(23) })
    await store.registry.savePresenceChange({ deviceId: idOf(1), from: 'online', to: 'offline', reason: 'silent', atMs: 30 })
    await store.registry.savePresenceChange({ deviceId: idOf(3), from: 'unknown', to: 'online', reason: 'registered', atMs: 31 })
    await store.registry.saveBinding(device(idOf(4)))
    t.match(await store.registry.device(idOf(1)), { binding: { registeredAtMs: 20 }, presence: 'offline', presenceReason: 'silent' }, 'read as they are')
    t.match((await store.registry.devices()).map(({ id, approved, presence, binding: at }) => [id, approved, presence, at?.registeredAtMs]), [[idOf(1), true, 'offline', 20], [idOf(2), true, 'unknown', 22], [idOf(3), true, 'online', 23]])
    t.equal(other.prepare('SELECT count(*) FROM devices').pluck().get(), 2, 'the database has nothing of it')

    // As a process that is killed leaves it: the transaction of the other is gone.
    cpSync(join(folder, 'meantime'), join(folder, 'killed'), { recursive: true, filter: (path) => !path.endsWith('.lock') && !path.endsWith('-shm') })
    const after = await openStore({ file: join(folder, 'killed', 'yiji.sqlite'), clock: systemClock })
    t.match((await after.registry.devices()).map(({ id, binding: at }) => [id, at?.registeredAtMs]), [[idOf(1), 20], [idOf(2), 22], [idOf(3), 23]], 'nothing that was acknowledged is lost')
    t.match(await after.registry.presenceHistory(idOf(1), 3), [{ to: 'unknown' }, { from: 'online', to: 'offline', atMs: 30 }, { to: 'online' }])
    t.notOk(existsSync(meantimeFile(join(folder, 'killed', 'yiji.sqlite'))))
    await after.close()

    other.exec('ROLLBACK')
    // A backup has them too, and a database that is restored over others takes none of theirs.
    await writeBackup({ dataDir: join(folder, 'meantime'), to: join(folder, 'copy.tar'), withEvidence: false, force: true, software: 'test', clock: systemClock })
    other.exec('BEGIN IMMEDIATE')
    void store.registry.saveDevice(device(idOf(5))).then(() => order.push('device'))
    other.exec('COMMIT')
  })
  await store.registry.saveDevice(device(idOf(6)))
  t.same(order, ['catalog', 'device'], 'what waited found the device that had registered meanwhile')
  t.same(readMeantime(file), [], 'and nothing of it is left there')
  t.match((await store.registry.devices()).map(({ id, binding: at }) => [id, at?.registeredAtMs]), [[idOf(1), 20], [idOf(2), 22], [idOf(3), 23], [idOf(5)], [idOf(6)]])
  t.equal((await store.registry.presenceHistory(idOf(1), 10)).length, 2, 'each change once')
  other.close()
  await store.close()

  mkdirSync(join(folder, 'restored'))
  await restoreBackup({ dataDir: join(folder, 'restored'), from: join(folder, 'copy.tar'), clock: systemClock })
  const restored = await openStore({ file: join(folder, 'restored', 'yiji.sqlite'), clock: systemClock })
  t.match((await restored.registry.devices()).map(({ id, binding: at }) => [id, at?.registeredAtMs]), [[idOf(1), 20], [idOf(2), 22], [idOf(3), 23]])
  await restored.close()
})

t.test('killed at any moment while another writes: whatever was acknowledged is there', { timeout: 120_000 }, async (t) => {
  const program = `
    import { openStore } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    import { systemClock } from ${JSON.stringify(new URL('../base/index.ts', import.meta.url).href)}
    const store = await openStore({ file: process.argv[1], clock: systemClock })
    const keep = setInterval(() => {}, 1000)
    let n = 0
    const say = async () => {
      const id = '3402000000132' + String(++n).padStart(7, '0')
      await store.registry.saveBinding({ id, approved: true, presence: 'unknown', mediaTransport: 'udp', channelCount: 0, firstSeenMs: 1, binding: { transport: 'udp', host: 'h', port: 1, contact: 'x', registeredAtMs: n, expiresAtMs: 2, callId: 'c' } })
      process.stdout.write(id + ' ')
    }
    // Lent again and again: it is killed while they are kept beside, while they are carried over, and in between.
    for (;;) {
      const many = Array.from({ length: 40 }, async () => { for (let k = 0; k < 3; k++) await say() })
      await store.lend(() => new Promise((resolve) => setTimeout(resolve, 10)))
      await Promise.all(many)
    }`
  for (let round = 0; round < 3; round++) {
    const file = join(folder, `kill-${round}`, 'yiji.sqlite')
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (text: Buffer) => (said += text.toString()))
    const ended = new Promise((resolve) => child.once('close', resolve))
    while (said.split(' ').length < 200 + round * 130 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 7))
    child.kill('SIGKILL')
    await ended
    const acknowledged = said.split(' ').filter((id) => id.length === 20)
    const store = await openStore({ file, clock: systemClock })
    const there = new Set((await store.registry.devices()).map(({ id }) => id))
    t.same(acknowledged.filter((id) => !there.has(id)), [], `${acknowledged.length} acknowledged`)
    await store.close()
  }
})
