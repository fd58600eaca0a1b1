// Imports on a disk that other processes share: killed at any moment, cancelled, left lying, one too many.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { manualClock, seededBytes, silentLog, systemClock, systemRandom, type Clock } from '../base/index.ts'
import { seededRandom } from '../base/random.ts'
import { createRegistry, type Registry } from '../registry/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { createImports, type ImportBounds, type ImportOptions, type Imports, type ImportView } from './imports.ts'

const folder = mkdtempSync(join(tmpdir(), 'yiji-imports-'))
t.teardown(() => rmSync(folder, { recursive: true }))

interface Office {
  readonly imports: Imports
  readonly registry: Registry
  readonly store: Store
  readonly close: () => Promise<void>
}
async function office(name: string, clock: Clock = systemClock, bounds: Partial<ImportBounds & Pick<ImportOptions, 'reconcile'>> = {}): Promise<Office> {
  const dataDir = join(folder, name)
  mkdirSync(dataDir, { recursive: true })
  const store = await openStore({ file: join(dataDir, 'yiji.sqlite'), clock })
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  const imports = await createImports({ store, registry, dataDir, files: 3, maxBytes: 50_000_000, keepMs: 3600_000, ...bounds, clock, log: silentLog, random: clock === systemClock ? systemRandom : seededBytes(3) })
  let isOpen = true
  return {
    imports,
    registry,
    store,
    close: async () => {
      if (!isOpen) return
      isOpen = false
      await imports.close()
      await store.close()
    },
  }
}
const open = async (t: Test, ...given: Parameters<typeof office>): Promise<Office> => {
  const opened = await office(...given)
  t.teardown(() => opened.close())
  return opened
}
const sheet = (count: number, name = '甲'): string => ['SBBM,SBMC', ...Array.from({ length: count }, (_, n) => `32011600001320${String(n + 1).padStart(6, '0')},${name}${n}`)].join('\n')
const begin = ({ imports }: Pick<Office, 'imports'>, text: string, fileName = 'x.csv'): Promise<ImportView> => imports.begin({ fileName, stream: Readable.from([Buffer.from(text)]), by: 'clerk', area: '', choices: {} })
const forever = 60_000
const filesOf = (name: string): readonly string[] => readdirSync(join(folder, name, 'imports'))

t.test('killed at any moment: all of the records or none, and it can be applied again', { timeout: 240_000 }, async (t) => {
  const count = 3000
  const random = seededRandom(4)
  const outcomes = { none: 0, all: 0 }
  let took = 0
  for (let round = 0; round < 7; round++) {
    const name = `killed-${round}`
    mkdirSync(join(folder, name))
    const script = join(import.meta.dirname, '..', '..', 'scripts', 'bench', 'import', 'apply-and-say.ts')
    writeFileSync(join(folder, name, 'x.csv'), sheet(count))
    const child = spawn(process.execPath, [script, join(folder, name), join(folder, name, 'x.csv')], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('close', resolve))
    const says = (word: string): Promise<void> => new Promise((resolve) => child.stdout.on('data', (said: Buffer) => said.toString().includes(word) && resolve()))
    const done = says('done')
    await says('applying')
    const from = performance.now()
    // The first is killed when it has just been told that all is written; the others somewhere before or shortly after.
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, round === 0 ? forever : random() * took * 1.2))])
    child.kill('SIGKILL')
    if (round === 0) took = performance.now() - from
    await ended
    const { imports, registry, store, close } = await office(name)
    const total = (await registry.cameras({ limit: 1 })).total
    t.ok(total === 0 || total === count, `${total} of ${count}`)
    const [record] = await imports.list(1)
    if (total === 0) {
      outcomes.none++
      t.match(record, { state: 'ready', failure: { message: /nothing was written/ } })
      await imports.apply(record?.id ?? '', { by: 'clerk', why: 'again' })
      t.match(await imports.settled(record?.id ?? '', forever), { state: 'done', outcome: { created: count } })
    } else {
      outcomes.all++
      t.match(record, { state: 'done', outcome: { created: count } })
    }
    t.equal((await registry.cameras({ limit: 1 })).total, count)
    t.equal((await store.registry.history('32011600001320000007')).length, 1, 'and their history, once')
    await close()
    rmSync(join(folder, name), { recursive: true })
  }
  t.ok(outcomes.all > 0 && outcomes.none > 0, JSON.stringify(outcomes))
})

t.test('while it is read and written the service goes on', async (t) => {
  const home = await open(t, 'goes-on')
  const { id } = await begin(home, sheet(4000))
  t.match(await home.imports.get(id), { state: 'reading', progress: { phase: 'waiting' } })
  await home.imports.settled(id, forever)
  const seen = new Set<string>()
  await home.imports.apply(id, { by: 'clerk', why: '' })
  let bindings = 0
  for (let now = await home.imports.get(id); now?.state === 'applying'; now = await home.imports.get(id)) {
    if (now.progress) seen.add(now.progress.phase)
    t.equal((await home.registry.cameras({ limit: 1 })).total % 4000, 0, 'nobody sees half of it')
    void home.registry.applyStranger(`3201160000132000${String(9000 + bindings)}`).then(() => bindings++)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  t.match(await home.imports.get(id), { state: 'done', outcome: { created: 4000 } })
  t.ok(seen.has('checking') || seen.has('writing'), [...seen].join())
  t.ok(bindings > 0, 'what was to be written meanwhile was written')
})

t.test('cancelled while it is read: nothing is left', async (t) => {
  const home = await open(t, 'cancelled')
  const { id } = await begin(home, sheet(20_000))
  t.match(await home.imports.cancel(id), { state: 'cancelled' })
  t.same(filesOf('cancelled'), [])
  await t.rejects(home.imports.cancel(id), { code: 'conflict' })
  await t.rejects(home.imports.apply(id, { by: 'x', why: '' }), { code: 'conflict' })
  await t.rejects(home.imports.cancel('none'), { code: 'not-found' })
})

t.test('one after the other, so many files at once, each for its time', async (t) => {
  const clock = manualClock()
  const home = await open(t, 'bounds', clock)
  const slow = Array.from({ length: 3 }, () => new Readable({ read: () => {} }))
  const coming = slow.map((stream) => home.imports.begin({ fileName: 'slow.csv', stream, by: 'clerk', area: '', choices: {} }))
  for (let n = 0; n < 10; n++) await new Promise(setImmediate)
  await t.rejects(begin(home, sheet(1)), { code: 'busy' }, 'those on their way count')
  for (const stream of slow) stream.destroy(new Error('the sender is gone'))
  for (const one of coming) await t.rejects(one, /the sender is gone/)
  t.same(filesOf('bounds'), [])
  const first = await begin(home, sheet(3))
  const others = [await begin(home, sheet(4)), await begin(home, sheet(5))]
  for (const each of [first, ...others]) t.equal((await home.imports.settled(each.id, forever)).state, 'ready')
  await t.rejects(begin(home, sheet(6)), { code: 'busy', message: /3 imports wait to be applied.*imports\.files/ })
  await home.imports.apply(first.id, { by: 'clerk', why: '' })
  t.equal((await home.imports.settled(first.id, forever)).state, 'done')
  const next = await begin(home, 'no heading\n1\n')
  t.match(await home.imports.settled(next.id, forever), { state: 'failed', failure: { code: 'import.unreadable', message: /^x\.csv: no row|^no row/ } }, 'what was applied made way')
  t.equal(await home.imports.rejected(others[0]?.id ?? ''), undefined)
  clock.advance(3600_000)
  for (let n = 0; n < 20; n++) await new Promise(setImmediate)
  t.match(await home.imports.get(others[0]?.id ?? ''), { state: 'cancelled', failure: { message: /nobody applied it in time/ } })
  t.same(filesOf('bounds'), [])
  await t.rejects(home.imports.rows(first.id, { outcomes: ['created'], after: 0, limit: 1 }), { code: 'conflict', message: /no longer kept/ })
})

t.test('what the process before left is put in order', async (t) => {
  const before = await office('left')
  const ready = await begin(before, sheet(2))
  await before.imports.settled(ready.id, forever)
  await before.close()
  const dataDir = join(folder, 'left')
  writeFileSync(join(dataDir, 'imports', 'feedfeedfeedfeed.upload'), 'of nobody')
  const store = await openStore({ file: join(dataDir, 'yiji.sqlite'), clock: systemClock })
  const record = { ...(await store.imports.import(ready.id)), id: 'aaaa', state: 'reading' } as ImportView
  await store.imports.saveImport(record)
  await store.close()
  const after = await open(t, 'left')
  t.match(await after.imports.get('aaaa'), { state: 'failed', failure: { message: /stopped meanwhile: nothing was written; send the file again/ } })
  t.notOk(existsSync(join(dataDir, 'imports', 'feedfeedfeedfeed.upload')))
  await after.imports.apply(ready.id, { by: 'clerk', why: '' })
  t.match(await after.imports.settled(ready.id, forever), { state: 'done', outcome: { created: 2 } }, 'what was ready is ready still')
})

t.test('stopped while it writes, and while it reads again: as it was read before, and all or nothing', async (t) => {
  const before = await office('stopped')
  const { id } = await begin(before, sheet(3000))
  await before.imports.settled(id, forever)
  await before.imports.apply(id, { by: 'clerk', why: '' })
  await new Promise((resolve) => setTimeout(resolve, 50))
  await before.close()
  const after = await open(t, 'stopped')
  const now = await after.imports.get(id)
  t.equal((await after.registry.cameras({ limit: 1 })).total, now?.state === 'done' ? 3000 : 0)
  if (now?.state === 'ready') {
    await after.imports.choose(id, { sheet: 'none of CSV', columns: { code: '' } })
    t.match(await after.imports.settled(id, forever), { state: 'ready', choices: {}, preview: { counts: { created: 3000 } }, failure: { code: 'import.unreadable', message: /is left out/ } }, 'a choice that cannot be: what was read before stands')
    await after.imports.apply(id, { by: 'clerk', why: '' })
    t.match(await after.imports.settled(id, forever), { state: 'done', outcome: { created: 3000 } })
  }
})

t.test('closed in the middle of its work it leaves no timer behind', async (t) => {
  const running = new Set<object>()
  const clock: Clock = {
    ...systemClock,
    after: (ms, task) => {
      const mark = {}
      running.add(mark)
      const cancel = systemClock.after(ms, () => {
        running.delete(mark)
        task()
      })
      return () => {
        running.delete(mark)
        cancel()
      }
    },
  }
  const home = await office('timers', clock)
  const { id } = await begin(home, sheet(3000))
  await home.imports.settled(id, forever)
  await home.imports.apply(id, { by: 'clerk', why: '' })
  await home.close()
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.equal(running.size, 0)
})

t.test('a file that is too much for the thread ends the file, not the service', async (t) => {
  const home = await open(t, 'heavy')
  const cell = 'x'.repeat(30_000)
  const wide = `SBBM,SBMC,${Array.from({ length: 60 }, (_, n) => `c${n}`).join(',')}\n${Array.from({ length: 25 }, (_, n) => `32011600001320${String(n + 1).padStart(6, '0')},甲,${Array.from({ length: 60 }, () => cell).join(',')}`).join('\n')}\n`
  const { id } = await begin(home, wide)
  const now = await home.imports.settled(id, forever)
  t.ok(now.state === 'ready' || (now.state === 'failed' && /memory/.test(now.failure?.message ?? '')), JSON.stringify(now.failure))
  const next = await begin(home, sheet(1))
  t.equal((await home.imports.settled(next.id, forever)).state, 'ready')
})

t.test('an import goes by the configured distance, as every other write does', async (t) => {
  const device = '32011600001180000001'
  const moved = async (name: string, bounds: Pick<ImportOptions, 'reconcile'>): Promise<number> => {
    const home = await open(t, name, systemClock, bounds)
    const id = '32011600001320000001'
    await home.registry.applyBinding(device, { transport: 'udp', host: '10.0.0.7', port: 5060, contact: 'sip:x', registeredAtMs: 1, expiresAtMs: 2, callId: 'c' })
    await home.registry.applyCatalog(device, [{ id, name: '甲', status: 'on', raw: { DeviceID: id, Name: '甲', Longitude: '118.84000', Latitude: '32.34000' } }], true)
    // 0.001 degrees of latitude are 111 m.
    const { id: file } = await begin(home, `SBBM,SBMC,JD,WD\n${id},甲,118.84000,32.34100\n`)
    await home.imports.settled(file, forever)
    await home.imports.apply(file, { by: 'clerk', why: '' })
    t.match(await home.imports.settled(file, forever), { state: 'done', outcome: { created: 1 } })
    return (await home.registry.findings({ limit: 10, rule: 'catalog.moved' })).items.length
  }
  t.equal(await moved('near', {}), 1, '50 m when nobody says otherwise')
  t.equal(await moved('far', { reconcile: { distanceM: 200, offlineDays: 7 } }), 0)
})

t.test('a large file is written in bulk, with texts of a second thread: the same as in small ones', async (t) => {
  const count = 5200
  const rows = sheet(count, '南门').split('\n').map((row, n) => (n === 0 ? `${row},XZQY,JD,WD` : `${row},32011${n % 3},118.8${n},${n % 2 ? 32.3 : ''}`))
  const write = async (name: string, files: readonly (readonly string[])[]): Promise<Readonly<Record<string, unknown>>> => {
    const home = await office(name)
    for (const file of files) {
      const { id } = await begin(home, [rows[0], ...file].join('\n'))
      await home.imports.settled(id, forever)
      await home.imports.apply(id, { by: 'clerk', why: '' })
      t.match(await home.imports.settled(id, forever), { state: 'done', outcome: { created: file.length } })
    }
    const total = async (text: string): Promise<number> => (await home.registry.cameras({ limit: 1, text })).total
    const found = [await total('南门77'), await total('nm'), await total('nanmen100'), await total('320006'), await total('北门')]
    const counts = await home.registry.counts('')
    const box = (await home.registry.cameras({ limit: 1, box: { west: 118.81, south: 32, east: 118.82, north: 33 } })).total
    await home.close()
    const raw = new Database(join(folder, name, 'yiji.sqlite'), { readonly: true })
    const texts = raw.prepare('SELECT id, name_key, text FROM cameras JOIN camera_texts USING (n) ORDER BY id').all()
    raw.close()
    return { found, counts, box, texts }
  }
  const body = rows.slice(1)
  const [many, few] = [await write('bulk', [body]), await write('few', [body.slice(0, 2600), body.slice(2600)])]
  t.same(many.found, few.found)
  t.ok((many.found as readonly number[])[1] === 5000 || (many.found as readonly number[])[1] === count, String(many.found))
  t.same([many.counts, many.box], [few.counts, few.box])
  t.ok((many.box as number) > 0, String(many.box))
  t.strictSame(many.texts, few.texts)
})
