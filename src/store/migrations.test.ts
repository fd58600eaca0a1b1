// Every schema that ever was, with data in it, is brought up to date with its data intact. A migration without a fixture fails here.
import t from 'tap'
import Database from 'better-sqlite3'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAccounts } from '../accounts/index.ts'
import { manualClock, seededBytes } from '../base/index.ts'
import { databaseOf, dump, fixtures, journal, plainTables } from '../../scripts/make-store-fixtures.ts'
import { openStore } from './index.ts'

const clock = manualClock()

/** Columns that a later version or a start writes anew, by what was there; everything else stays as it was, to the letter. */
const writtenAnew: Readonly<Record<string, readonly string[]>> = {
  devices: ['presence', 'presence_reason', 'presence_since_ms'],
  cameras: ['presence', 'gone_since_ms', 'functions', 'industry', 'name_key', 'built_by', 'area', 'mandatory', 'filled', 'is_complete'],
  channels: ['kind'],
  audit: ['hash'],
  inspections: ['state', 'finished_at_ms'],
  findings: ['area'],
}
/** Sums follow from the rows; sessions of before they had an origin are ended, on purpose. */
const notCompared = /^(camera_sums|finding_sums|completeness_sums|camera_texts|__drizzle_migrations|sqlite_.*)$/

type Row = Readonly<Record<string, unknown>>

t.test('each migration has its fixture, and the fixture is what the migrations make', (t) => {
  const tags = journal().map(({ tag }) => tag)
  t.same(readdirSync(fixtures).filter((name) => name.endsWith('.sql')).sort(), tags.map((tag) => `${tag}.sql`), 'run: node scripts/make-store-fixtures.ts')
  for (const { idx, tag } of journal()) {
    if (!existsSync(`${fixtures}${tag}.sql`)) continue
    const made = databaseOf(idx)
    const schema = (sql: string): readonly string[] => sql.split('\n').filter((line) => !line.startsWith('INSERT'))
    t.same(schema(readFileSync(`${fixtures}${tag}.sql`, 'utf8')), schema(dump(made)), `${tag}: a migration that was released is never changed`)
    made.close()
  }
  t.end()
})

for (const { tag } of journal()) {
  t.test(`from ${tag}`, async (t) => {
    const file = join(t.testdir(), 'yiji.sqlite')
    const old = new Database(file)
    old.pragma('foreign_keys = OFF')
    old.exec(readFileSync(`${fixtures}${tag}.sql`, 'utf8'))
    for (const { tag: applied, when } of journal()) old.prepare('UPDATE __drizzle_migrations SET created_at = ? WHERE hash = ?').run(when, applied)
    const tables = plainTables(old).filter((name) => !notCompared.test(name))
    const before = new Map(tables.map((table) => [table, old.prepare(`SELECT * FROM "${table}"`).all() as readonly Row[]]))
    old.close()

    const store = await openStore({ file, clock })
    const page = await store.registry.cameras({ limit: 10 })
    t.equal(page.total, 3)
    t.match(page.items[0], { id: '32011600001320000001', declared: { name: '南门大道1号' }, version: 1 })
    for (const [query, total] of [[{ text: '南门' }, 3], [{ text: 'nmdd' }, 3], [{ text: '老桥' }, 3], [{ function: '5' }, 3], [{ industry: '1', area: '320116' }, 3], [{ area: '32011603' }, 1], [{ box: { west: 118.795, south: 32, east: 118.805, north: 33 } }, 1], [{ class: '1' }, 3], [{ class: '2' }, 0]] as const) {
      t.equal((await store.registry.cameras({ limit: 10, ...query })).total, total, JSON.stringify(query))
    }
    t.equal((await store.inspections.inspections(9)).length, 3)
    t.equal((await store.registry.history('32011600001320000001')).length, 1)
    const accounts = createAccounts({ store: store.accounts, clock, random: seededBytes(1) })
    t.match(await accounts.proveAudit(), { ok: true, entries: 3 }, 'the trail of before is sealed')
    t.equal((await accounts.list()).length, 3)
    const now = new Database(file)
    for (const [table, rows] of before) {
      if (rows.length === 0) continue
      if (table === 'sessions' && rows[0]?.['kind'] === undefined) {
        t.equal(now.prepare('SELECT count(*) FROM sessions').pluck().get(), 0, 'sessions without an origin have ended')
        continue
      }
      const kept = Object.keys(rows[0] ?? {}).filter((name) => !writtenAnew[table]?.includes(name))
      const one = now.prepare(`SELECT count(*) FROM "${table}" WHERE ${kept.map((name) => `"${name}" IS ?`).join(' AND ')}`).pluck()
      for (const row of rows) t.ok((one.get(kept.map((name) => row[name])) as number) >= 1, `${table} ${JSON.stringify(row).slice(0, 120)}`)
    }

    await store.accounts.audit({ atMs: 9, account: 'a', action: 'b.c', subject: '', detail: '' })
    await store.registry.saveCameras(page.items.slice(0, 1).map((camera) => ({ ...camera, version: 2, declared: { name: '新名' } })), [])
    t.equal((await store.registry.cameras({ limit: 1, text: 'xinming' })).total, 1, 'and goes on')
    await store.close()

    t.equal(now.pragma('integrity_check', { simple: true }), 'ok')
    t.same(now.pragma('foreign_key_check'), [])
    now.close()
  })
}
