// Backups and what comes of them: whole, damaged in every way, older and newer than this version.
import t from 'tap'
import Database from 'better-sqlite3'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { manualClock, seededBytes } from '../base/index.ts'
import type { Camera } from '../registry/index.ts'
import { openStore, restoreBackup, writeBackup, type Store } from './index.ts'
import { tarEnd, tarPadding, writeTarHeader } from './tar.ts'

const clock = manualClock()
const software = 'yiji 9.9.9'
const camera = (n: number): Camera => ({ id: `320116000013100${String(n).padStart(5, '0')}`, declared: { name: `点位${n}` }, isRetired: false, isDraft: false, presence: 'unknown', findings: [], version: 1, updatedAtMs: n })

async function filled(folder: string, records: number): Promise<Store> {
  const store = await openStore({ file: join(folder, 'yiji.sqlite'), clock })
  await store.registry.saveCameras(Array.from({ length: records }, (_, n) => camera(n)), [])
  await store.accounts.saveAccount({ name: 'admin', role: 'admin', area: '', passwordHash: 'x', createdAtMs: 1, disabled: false })
  const session = { account: 'admin', name: '', createdAtMs: 1, seenAtMs: 1, expiresAtMs: clock.wallMs() + 9e9, address: '', agent: '' }
  await store.accounts.saveSession({ ...session, tokenSha256: 'aa', id: 'a', kind: 'session' })
  await store.accounts.saveSession({ ...session, tokenSha256: 'bb', id: 'b', kind: 'token' })
  await store.accounts.audit({ atMs: 1, account: 'admin', action: 'x.y', subject: '', detail: '' })
  const inspection = { id: 'i-1', area: '32', startedAtMs: 1, state: 'done', createdBy: 'a', draw: { algorithm: 'sha256-order-1', seed: '00', population: { size: 0, sha256: '' }, strata: [], members: [] }, rules: { name: 'd', version: 1 }, checks: [], total: 0 }
  await store.inspections.saveInspection(inspection as never, [])
  for (const name of ['i-1/pictures', 'i-unknown']) mkdirSync(join(folder, 'inspections', name), { recursive: true })
  writeFileSync(join(folder, 'inspections/i-1/pictures/01.jpg'), 'jpeg')
  writeFileSync(join(folder, 'inspections/i-1/01.pcapng'), Buffer.alloc(70_000, 1))
  writeFileSync(join(folder, 'inspections/i-unknown/01.jpg'), 'of no inspection')
  mkdirSync(join(folder, 'snapshots'))
  writeFileSync(join(folder, 'snapshots/a.jpg'), 'of a device')
  return store
}
const save = (folder: string, to: string, more: object = {}) => writeBackup({ dataDir: folder, to, withEvidence: false, force: false, software, clock, ...more })
const restore = (folder: string, from: string) => restoreBackup({ dataDir: folder, from, clock })
const total = async (folder: string): Promise<number> => {
  const store = await openStore({ file: join(folder, 'yiji.sqlite'), clock })
  const { total } = await store.registry.cameras({ limit: 1 })
  await store.close()
  return total
}

t.test('saved while it is open, put back into another folder and over itself', async (t) => {
  const folder = t.testdir({ data: {}, other: {} })
  const [data, other] = [join(folder, 'data'), join(folder, 'other')]
  const store = await filled(data, 30)
  for (const name of ['plain.tar', 'packed.tar.gz']) {
    const made = await save(data, join(folder, name), { withEvidence: name === 'plain.tar' })
    t.match(made, { records: 30, inspections: 1, evidenceFiles: name === 'plain.tar' ? 3 : 0, isNoted: true, bytes: statSync(join(folder, name)).size })
    t.equal(execFileSync('sha256sum', ['-c', `${name}.sha256`], { cwd: folder }).toString().trim(), `${name}: OK`)
    t.equal(statSync(join(folder, name)).mode & 0o077, 0, 'for its owner alone: passwords of devices are in it')
  }
  t.same(execFileSync('tar', ['-tf', 'plain.tar'], { cwd: folder }).toString().trim().split('\n'), ['yiji.sqlite', 'inspections/i-1/01.pcapng', 'inspections/i-1/pictures/01.jpg', 'snapshots/a.jpg', 'manifest.json'])
  t.ok(statSync(join(folder, 'packed.tar.gz')).size < statSync(join(folder, 'plain.tar')).size / 2)
  await t.rejects(save(data, join(folder, 'plain.tar')), { code: 'conflict', message: /--force/ })
  t.match(await store.accounts.auditPage({ limit: 9 }), [{ action: 'data.backup', subject: 'packed.tar.gz' }, { action: 'data.backup', subject: 'plain.tar' }, { action: 'x.y' }])
  await store.accounts.audit({ atMs: 2, account: 'admin', action: 'after.it', subject: '', detail: '' })
  await store.registry.saveCameras([camera(99)], [])

  await t.rejects(restore(data, join(folder, 'plain.tar')), { code: 'data.locked' }, 'not under a service that runs')
  t.match(await restore(other, join(folder, 'plain.tar')), { records: 30, evidenceFiles: 3, kept: [], software })
  t.equal(await total(other), 30)
  t.equal(readFileSync(join(other, 'inspections/i-1/pictures/01.jpg'), 'utf8'), 'jpeg')
  t.equal(readFileSync(join(other, 'snapshots/a.jpg'), 'utf8'), 'of a device')

  await store.close()
  const back = await restore(data, join(folder, 'packed.tar.gz'))
  t.equal(back.kept.length, 1)
  t.equal(await total(data), 30, 'as it was')
  t.equal(new Database(back.kept[0] ?? '', { readonly: true }).prepare('SELECT count(*) FROM cameras').pluck().get(), 31, 'what was there is kept, whole')
  t.ok(existsSync(join(data, 'inspections/i-1/01.pcapng')), 'evidence that is not in the backup stays')
  const again = await openStore({ file: join(data, 'yiji.sqlite'), clock })
  t.equal(await again.accounts.session('aa'), undefined, 'who was logged in is not')
  t.ok(await again.accounts.session('bb'))
  t.match(await again.accounts.auditPage({ limit: 2 }), [{ action: 'data.restored', detail: /yiji 9\.9\.9, SHA-256 of the database [0-9a-f]{64}/ }, { action: 'data.backup' }])
  await again.close()
  t.equal((await restore(data, join(folder, 'plain.tar'))).kept.length, 3, 'with evidence: what was there is kept too')
  t.same(readdirSync(data).filter((name) => name.startsWith('restoring')), [])
})

t.test('backups of a database that is written without pause are each of one moment', async (t) => {
  const folder = t.testdir()
  const store = await filled(folder, 10)
  let isOver = false
  let written = 0
  const writing = (async () => {
    // Two records at a time: a backup has both or none.
    for (let n = 1000; !isOver; n += 2) {
      await store.registry.saveCameras([camera(n), camera(n + 1)], [])
      written += 2
      await new Promise(setImmediate)
    }
  })()
  for (let n = 0; n < 3; n++) {
    const before = written
    const made = await save(folder, join(folder, `${n}.tar`))
    t.equal(made.records % 2, 0)
    t.ok(made.records >= 10 + before, 'what was written before it began is in it')
  }
  isOver = true
  await writing
  await store.close()
})

/** The archive of a database that something was done to. */
function archiveOf(database: string, change: (raw: Database.Database) => void, manifest: object = {}, damage: (bytes: Buffer) => void = () => {}): string {
  const folder = mkdtempSync(join(dirname(database), 'archive-'))
  const file = join(folder, 'x.sqlite')
  writeFileSync(file, readFileSync(database))
  const raw = new Database(file)
  raw.pragma('journal_mode = DELETE')
  change(raw)
  raw.close()
  const bytes = readFileSync(file)
  damage(bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const said = Buffer.from(JSON.stringify({ format: 1, software, atMs: 1, schema: 1, withEvidence: false, files: [{ name: 'yiji.sqlite', size: bytes.length, sha256 }], ...manifest }))
  const entry = (name: string, content: Buffer): Buffer[] => [writeTarHeader({ name, size: content.length, mtimeMs: 0 }), content, tarPadding(content.length)]
  const to = join(folder, 'x.tar')
  writeFileSync(to, Buffer.concat([...entry('yiji.sqlite', bytes), ...entry('manifest.json', said), tarEnd()]))
  return to
}

t.test('what is damaged, no backup, or of a newer version is refused, and nothing is touched', async (t) => {
  const folder = t.testdir({ data: {} })
  const data = join(folder, 'data')
  await (await filled(data, 5)).close()
  await save(data, join(folder, 'good.tar'), { withEvidence: true })
  const good = readFileSync(join(folder, 'good.tar'))
  const before = readFileSync(join(data, 'yiji.sqlite'))
  const refused = async (name: string, bytes: Buffer | undefined, why: RegExp): Promise<void> => {
    const file = bytes ? join(folder, 'bad.tar') : name
    if (bytes) writeFileSync(file, bytes)
    await t.rejects(restore(data, file), { code: 'backup.invalid', message: why }, name)
    t.ok(readFileSync(join(data, 'yiji.sqlite')).equals(before), `${name}: the data is as it was`)
  }
  await t.rejects(restore(data, join(folder, 'none.tar')), { code: 'not-found' })
  await refused('nothing', Buffer.alloc(0), /ends too soon/)
  await refused('text', Buffer.from('not an archive '.repeat(100)), /is no archive/)
  await refused('cut off', good.subarray(0, good.length - 5000), /ends too soon/)
  await refused('without its list', tarEnd(), /no list of its files/)
  const flipped = Buffer.from(good)
  flipped[100_000] = (flipped[100_000] ?? 0) ^ 1
  await refused('one bit', flipped, /is not as it was saved/)
  await refused('climbing', Buffer.concat([writeTarHeader({ name: '../yiji.sqlite', size: 0, mtimeMs: 0 }), good]), /belongs to no backup/)
  await refused('other files', Buffer.concat([writeTarHeader({ name: 'etc/passwd', size: 0, mtimeMs: 0 }), good]), /belongs to no backup/)
  await refused('twice', Buffer.concat([good.subarray(0, good.length - 1024), good]), /behind its end|belongs to no backup/)
  const packed = execFileSync('gzip', ['-c', join(folder, 'good.tar')], { maxBuffer: 1e9 })
  await refused('compressed and damaged', Buffer.concat([packed.subarray(0, packed.length / 2), Buffer.alloc(50), packed.subarray(packed.length / 2)]), /cannot be restored/)
  const source = join(data, 'yiji.sqlite')
  await refused(archiveOf(source, () => {}, { format: 2 }), undefined, /newer version/)
  await refused(archiveOf(source, (raw) => raw.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('later', Date.UTC(2100, 0))), undefined, /newer version/)
  await refused(archiveOf(source, (raw) => raw.exec('DROP TABLE __drizzle_migrations')), undefined, /not one of Yiji/)
  await refused(archiveOf(source, (raw) => raw.exec(`PRAGMA foreign_keys = OFF; INSERT INTO camera_documents (n, declared, findings) VALUES (9999, '{}', '[]')`)), undefined, /rows without what they belong to/)
  await refused(archiveOf(source, () => {}, {}, (bytes) => void bytes.fill(0xa5, 4096 * 3, 4096 * 12)), undefined, /damaged/)
  t.match(await restore(data, join(folder, 'good.tar')), { records: 5 })
})

t.test('chewed archives are refused or restored, and never more', async (t) => {
  const folder = t.testdir({ data: {}, target: {} })
  await (await filled(join(folder, 'data'), 2)).close()
  await save(join(folder, 'data'), join(folder, 'good.tar'))
  const good = readFileSync(join(folder, 'good.tar'))
  const random = seededBytes(11)
  const end = good.length
  for (let n = 0; n < 60; n++) {
    const bytes = Buffer.from(good)
    for (let k = 0; k <= n % 4; k++) bytes[n % 2 ? random(4).readUInt32BE() % 512 : end - 1 - (random(4).readUInt32BE() % 2500)] = random(1)[0] ?? 0
    writeFileSync(join(folder, 'bad.tar'), bytes)
    await restore(join(folder, 'target'), join(folder, 'bad.tar')).catch((error: unknown) => {
      if ((error as { code?: string }).code !== 'backup.invalid') throw error
    })
  }
  t.pass('only backup.invalid')
})

t.test('no room, no rights, no database: one line, and no half of an archive', async (t) => {
  const folder = t.testdir({ empty: {} })
  await (await filled(folder, 3)).close()
  await t.rejects(save(join(folder, 'empty'), join(folder, 'x.tar')), { code: 'not-found', message: /YIJI_DATA_DIR/ })
  await t.rejects(save(folder, '/proc/yiji.tar'), { code: 'data.unwritable' })
  await t.rejects(save(folder, join(folder, 'none', 'x.tar')), { code: 'data.unwritable' })
  t.same(readdirSync(folder).filter((name) => /\.(part|database)/.test(name)), [])
})

t.test('the key that signs evidence goes with the database, for its owner alone; another that is there is kept', async (t) => {
  const folder = t.testdir({ data: {}, other: {} })
  const [data, other] = [join(folder, 'data'), join(folder, 'other')]
  await (await filled(data, 1)).close()
  writeFileSync(join(data, 'installation.key'), 'ours')
  t.equal((await save(data, join(folder, 'x.tar'))).evidenceFiles, 0)
  t.same(execFileSync('tar', ['-tf', 'x.tar'], { cwd: folder }).toString().trim().split('\n'), ['yiji.sqlite', 'installation.key', 'manifest.json'])
  t.match(await restore(other, join(folder, 'x.tar')), { evidenceFiles: 0, kept: [] })
  t.equal(readFileSync(join(other, 'installation.key'), 'utf8'), 'ours')
  t.equal(statSync(join(other, 'installation.key')).mode & 0o777, 0o600)
  writeFileSync(join(other, 'installation.key'), 'theirs')
  const { kept } = await restore(other, join(folder, 'x.tar'))
  t.same(kept.filter((path) => path.includes('installation')).map((path) => readFileSync(path, 'utf8')), ['theirs'])
  t.equal(readFileSync(join(other, 'installation.key'), 'utf8'), 'ours')
})
