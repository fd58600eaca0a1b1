// Records of an import, read where they are staged and written by a few statements: the same in the end as one by one, with triggers and without.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { manualClock, seededBytes, silentLog } from '../base/index.ts'
import { createRegistry, type Camera, type Channel, type FieldChange, type Fields, type Finding, type Found, type StagedRow } from '../registry/index.ts'
import { beginBulk } from './bulk.ts'
import { indexed } from './camera-text.ts'
import { connect, type Connection } from './database.ts'
import { asked, openStaging, type StagingFile } from './import-staging.ts'
import { stagedWriter } from './import-write.ts'
import { recordWriter } from './record-writer.ts'
import { registryStore } from './registry-store.ts'
import { taskOn } from './trouble.ts'
import { setWaivers } from './waivers.ts'

const folder = mkdtempSync(join(tmpdir(), 'yiji-bulk-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const [by, why, atMs] = ['clerk', 'spring', 1_700_000_100_000]

const idOf = (n: number): string => `3201160000131${String(n + 1).padStart(7, '0')}`
const device = '32011600001180000001'

/** Records, drafts and retired ones with a device that lists some of them; the same for the same seed. */
async function world(seed: number): Promise<Connection> {
  const connection = connect(':memory:')
  const clock = manualClock(1_700_000_000_000)
  const registry = createRegistry({ store: registryStore(connection, taskOn(':memory:')), clock, log: silentLog })
  const random = seededBytes(seed)
  const pick = <T>(list: readonly T[]): T => list[(random(1)[0] ?? 0) % list.length] as T
  await registry.applyBinding(device, { transport: 'udp', host: '10.0.0.7', port: 5060, contact: 'sip:x', registeredAtMs: 1, expiresAtMs: 2, callId: 'c' })
  for (let n = 0; n < 40; n++) await registry.create({ code: idOf(n), name: pick(['南门', '北门']), area: pick(['320116', '320115']), longitude: '118.84723', latitude: pick(['32.34187', '']), class: pick(['1', '2']) }, 'w', 'x')
  const channels = Array.from({ length: 30 }, (_, n): Channel => ({ id: idOf(n + 25), name: 'c', status: pick(['on', 'off'] as const), raw: { DeviceID: idOf(n + 25), CivilCode: '320116', Longitude: '118.9', Latitude: '32.3' } }))
  await registry.applyCatalog(device, channels, true)
  await registry.applyPresence({ deviceId: device, from: 'unknown', to: 'online', reason: 'x', atMs: clock.wallMs() })
  await registry.retire(idOf(3), 'w', 'x')
  await registry.retire(idOf(4), 'w', 'x')
  return connection
}

interface Brought {
  readonly cameras: readonly Camera[]
  readonly changes: readonly FieldChange[]
  readonly rows: readonly StagedRow[]
}

/** What an import may bring: new ones, drafts declared, places moved and taken away, retired ones that are back, with findings and without. */
async function brought(connection: Connection): Promise<Brought> {
  const store = registryStore(connection, taskOn(':memory:'))
  const values: Fields = { name: '新名', area: '320116', class: '3', longitude: '118.81', latitude: '32.31' }
  const finding = (n: number): Finding => ({ rule: 'name.missing', field: 'name', severity: n % 2 === 0 ? 'error' : 'warning', message: { zh: `“缺”\n${n}`, en: `a "quote" \\ ${n}` }, ...(n % 4 === 0 && { detail: { value: `南门"${n}`, m: 1.5 } }) })
  const cameras: Camera[] = []
  const changes: FieldChange[] = []
  const rows: StagedRow[] = []
  for (let n = 0; n < 70; n++) {
    const id = idOf(n)
    const before = await store.camera(id)
    const declared = n % 7 === 0 ? { ...values, longitude: '' } : n % 5 === 0 ? { ...before?.declared, name: '改名' } : n % 11 === 0 && before ? { ...before.declared, class: '3' } : values
    const findings = n % 3 === 0 ? [finding(n), finding(n + 1), { ...finding(n), rule: 'area.division-unknown' as Finding['rule'], field: 'area' as const }] : []
    const completeness = n % 2 === 0 ? { completeness: { filled: n % 8, mandatory: 8 } } : {}
    const isNew = !before || before.isDraft
    const own: FieldChange[] = isNew ? [{ cameraId: id, field: 'record', to: 'declared', atMs, by, why, ...(before && { from: 'draft' }) }] : [{ cameraId: id, field: 'class', to: '3', atMs, by, why }, ...(n % 5 === 0 ? [{ cameraId: id, field: 'name', from: '"南门\n"', to: '改名', atMs, by, why }] : n % 11 === 0 ? [] : [{ cameraId: id, field: 'name', atMs, by, why }])]
    cameras.push({ ...(before ?? { id, presence: 'unknown' }), isDraft: false, isRetired: false, declared, findings, ...completeness, version: (before?.version ?? 0) + 1, updatedAtMs: atMs })
    changes.push(...own)
    rows.push({ number: 2 + n * 3, code: id, outcome: isNew ? 'created' : 'changed', ...(before && n % 2 === 0 ? { version: before.version } : before && !before.isDraft ? { version: before.version } : {}), written: { declared, findings, ...completeness }, changes: own.map(({ from: _from, ...change }) => (change.field === 'record' ? change : { ...change, ...(_from === undefined ? {} : { from: _from }) })) })
  }
  return { cameras, changes, rows }
}

/** What catalogs find of some of them. */
const foundOf = ({ cameras }: Brought): readonly Found[] =>
  cameras.flatMap((camera, n): Found[] => [{ cameraId: camera.id, source: 'catalog', findings: n % 6 === 0 ? [{ rule: 'catalog.absent', field: 'record', severity: 'warning', message: { zh: '无', en: 'none' }, detail: { device } }] : [] }])

async function stage(file: string, given: Brought, hasFound: boolean): Promise<StagingFile> {
  const staging = openStaging(file)
  staging.save(given.rows)
  staging.save([{ number: 1, code: 'x', outcome: 'rejected', cells: ['x'], reasons: [] }])
  staging.saveTexts(asked(given.rows).map(([number, values]) => [number, indexed(values)]))
  const numbers = new Map(given.rows.map(({ code, number }) => [code, number]))
  if (hasFound) staging.saveFound(foundOf(given).map((found) => ({ number: numbers.get(found.cameraId) ?? 0, found: [found] })))
  return staging
}

/** As import-apply.ts does. */
function apply({ raw }: Connection, staging: StagingFile, isBulk: boolean): void {
  raw.prepare('ATTACH ? AS staged').run(staging.file)
  raw.transaction(() => {
    const bulk = isBulk ? beginBulk(raw) : undefined
    const writer = stagedWriter(raw, staging, { by, why, atMs }, isBulk)
    while (writer.next() > 0);
    while (writer.nextTexts() > 0);
    bulk?.finish()
  })()
}

function dump({ raw }: Connection): Readonly<Record<string, readonly unknown[]>> {
  const all = (sql: string): readonly Record<string, unknown>[] => raw.prepare<[], Record<string, unknown>>(sql).all()
  return {
    cameras: all('SELECT * FROM cameras ORDER BY n'),
    places: all('SELECT * FROM camera_places ORDER BY n'),
    sums: all('SELECT * FROM camera_sums WHERE n > 0 ORDER BY 1, 2, 3, 4, 5'),
    completeness: all('SELECT area, class, owner, built_by, records, complete, mandatory, filled, last_records FROM completeness_sums WHERE records > 0 ORDER BY 1, 2, 3, 4'),
    findings: all('SELECT * FROM finding_sums WHERE n > 0 ORDER BY 1, 2, 3, 4, 5'),
    documents: all('SELECT * FROM camera_documents ORDER BY n'),
    history: all('SELECT * FROM field_changes ORDER BY camera_id, field, n').map(({ n: _n, ...row }) => row),
    found: all('SELECT * FROM findings ORDER BY camera_id, source, rule, field').map(({ n: _n, ...row }) => row),
    changed: all('SELECT f.camera_id, f.source, f.rule, f.field, c.* FROM finding_changes c JOIN findings f ON f.n = c.finding ORDER BY 1, 2, 3, 4, c.n').map(({ n: _n, finding: _finding, ...row }) => row),
    texts: all('SELECT * FROM camera_texts ORDER BY n'),
    byName: ['u65b0u540d', 'xm', 'gm', '南'].map((word) => all(`SELECT rowid FROM camera_grams WHERE camera_grams MATCH '"${word}"' ORDER BY 1`)),
    triggers: all(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name`),
  }
}

t.test('written as staged, with triggers or without, or one by one: the same in the end', async (t) => {
  for (const [seed, isBulk, excuses] of [[1, true, false], [2, true, true], [3, false, false], [4, false, true]] as const) {
    const [single, many] = [await world(seed), await world(seed)]
    for (const { raw } of [single, many]) {
      setWaivers(raw, excuses)
      // Waived as it will be found again, waived with other values, and one that is no longer found.
      raw.exec(`INSERT INTO findings (camera_id, area, rule, field, severity, source, state, message_zh, message_en, detail, first_at_ms, last_at_ms, state_at_ms)
        SELECT id, area, 'name.missing', 'name', 'error', 'record', CASE WHEN n % 2 = 0 THEN 'waived' ELSE 'accepted' END, 'x', 'y', NULL, 1, 1, 1 FROM cameras WHERE is_draft = 0 AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.camera_id = cameras.id AND f.rule = 'name.missing')`)
    }
    t.same(dump(many), dump(single), 'the same before')
    const given = await brought(single)
    single.raw.transaction(() => recordWriter(single.raw)(given.cameras, given.changes, { found: foundOf(given), atMs }))()
    const staging = await stage(join(folder, `${seed}.staging`), given, true)
    apply(many, staging, isBulk)
    const [a, b] = [dump(single), dump(many)]
    for (const what of Object.keys(a)) t.same(b[what], a[what], `${what}, ${isBulk ? 'in bulk' : 'with triggers'}`)
    t.ok(a.sums?.length && a.places?.length && a.changed?.length && a.cameras?.some((row) => (row as { presence: string }).presence === 'online'), 'there was something to compare')
    t.same(staging.rows({ outcomes: ['created', 'changed'], after: 0, limit: 100 }), given.rows, 'and rows are read as they were staged')
    staging.close()
    single.raw.close()
    many.raw.close()
  }
})

t.test('what fails in the middle leaves everything as it was, triggers too', async (t) => {
  const connection = await world(5)
  const before = dump(connection)
  const given = await brought(connection)
  const staging = await stage(join(folder, 'fails.staging'), given, false)
  // Somebody was there in between: the last of them is no longer the record that was seen.
  connection.raw.exec(`UPDATE cameras SET version = version + 1 WHERE id = '${idOf(39)}'`)
  t.throws(() => apply(connection, staging, true), { code: 'conflict' })
  connection.raw.exec(`UPDATE cameras SET version = version - 1 WHERE id = '${idOf(39)}'; DETACH staged`)
  t.same(dump(connection), before)
  apply(connection, staging, true)
  t.equal((dump(connection).cameras ?? []).length, 70, 'and a further one finds its way')
  staging.close()
  connection.raw.close()
})
