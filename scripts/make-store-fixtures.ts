// Databases of every released schema, as SQL with data in every table: `node scripts/make-store-fixtures.ts` writes those that are missing under
// fixtures/store/. Each is made by the migrations up to it, filled, and dumped whole, so that a migration that is changed afterwards is found out.
import Database from 'better-sqlite3'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const migrations = new URL('../src/store/migrations/', import.meta.url)
export const fixtures = fileURLToPath(new URL('../fixtures/store/', import.meta.url))

interface Entry {
  readonly idx: number
  readonly tag: string
  readonly when: number
}
export const journal = (): readonly Entry[] => (JSON.parse(readFileSync(new URL('meta/_journal.json', migrations), 'utf8')) as { entries: readonly Entry[] }).entries

const cameras = ['32011600001320000001', '32011600001320000002', '32011603001320000003']
const devices = ['32011600001110000001', '32011600002000000002', '32011600001180000003']
const area = '320116'
const declared = (n: number): string => JSON.stringify({ code: cameras[n], name: `南门大道${n + 1}号`, area, class: '1', managementUnit: '交警大队', functionType: '1/5', industry: '1', builtBy: '2', address: '龙池街道', commonName: '老桥', longitude: `118.8${n}`, latitude: '32.3' })
const finding = JSON.stringify([{ field: 'contact', rule: 'contact.missing', severity: 'error', message: { zh: '缺少联系方式', en: 'no contact' } }])

/** Values of columns that mean something; any other is made of its name and the number of its row. */
const known: Readonly<Record<string, (n: number) => unknown>> = {
  camera_id: (n) => cameras[n], device_id: (n) => devices[n], channel_id: (n) => cameras[n], inspection: () => 'i-1', area: () => area, presence: () => 'online', role: () => 'editor', state: () => 'done', kind: () => 'camera',
  status: () => 'on', severity: () => 'error', source: () => 'record', media_transport: () => 'udp', transport: () => 'tcp', class: () => '1', from_presence: () => 'unknown', to_presence: () => 'online', result: () => 'pass', raw: () => '{}', parents: () => '[]',
  'cameras.id': (n) => cameras[n], 'cameras.name': (n) => `南门大道${n + 1}号`, 'cameras.address': () => '龙池街道', 'cameras.owner': () => '交警大队', 'cameras.longitude': (n) => 118.8 + n / 100, 'cameras.latitude': () => 32.3, 'cameras.is_retired': () => 0,
  'cameras.is_draft': () => 0, 'cameras.is_complete': () => 0, 'camera_documents.declared': declared, 'camera_documents.reported': () => null, 'camera_documents.findings': () => finding, 'camera_documents.verified': () => null,
  'devices.id': (n) => devices[n], 'devices.binding': () => null, 'devices.settings': () => null, 'channels.id': (n) => cameras[n], 'channels.parent_id': () => null, 'channels.missing_since_ms': () => null, 'channel_parents.parent_id': () => '',
  'inspections.id': (n) => `i-${n + 1}`, 'inspections.draw': () => '{"seed":"00","members":[]}', 'inspections.rules': () => '{"name":"default"}', 'checks.document': (n) => `{"n":${n + 1},"verdict":{"result":"pass"}}`, 'population_members.member': (n) => JSON.stringify({ id: cameras[n] }),
  'population_members.drawn': () => null, 'population_members.drawn_in': () => null, 'population_members.left_out': () => null, 'inspections.about': () => null, 'check_results.reasons': () => '["black"]',
  'exemptions.camera': (n) => (n === 0 ? cameras[n] : null), 'exemptions.ended_at_ms': () => null, 'exemptions.ended_by': () => null, 'exemptions.ended_reason': () => null,
  'seed_draws.id': (n) => `d-${n + 1}`, 'seed_draws.document': (n) => JSON.stringify({ id: `d-${n + 1}`, area }), 'seed_draw_members.draw': (n) => `d-${n + 1}`, 'seed_draw_members.member': (n) => JSON.stringify({ id: cameras[n] }), 'seed_draw_members.left_out': () => null,
  'device_information.document': () => '{"name":"IPC"}', 'camera_sources.url': () => 'rtsp://10.0.0.64/ch1', 'snapshot_orders.session': (n) => `s-${n + 1}`, 'snapshot_pictures.session': (n) => `s-${n + 1}`, 'snapshot_orders.file_ids': () => null,
  'findings.rule': () => 'contact.missing', 'findings.field': () => 'contact', 'findings.detail': () => null, 'findings.state': () => 'accepted', 'field_changes.side': () => 'declared', 'sessions.expires_at_ms': () => 4_102_444_800_000,
  'rule_sets.document': (n) => JSON.stringify({ name: `rules-${n + 1}`, version: 1 }), 'rule_sets.name': (n) => `rules-${n + 1}`, 'rechecks.document': () => null, 'rechecks.detail': () => null, 'appeal_decisions.decision': () => 'rejected', 'opinions.document': () => '{"n":1}', 'opinions.computed': () => null,
  'opinions.differences': () => '[]', 'opinions.remarks': () => '[]', 'opinions.state': () => 'verified', 'opinions.signed': () => null, 'signing_keys.revoked_at_ms': () => null, 'signing_keys.revoked_by': () => null, 'signing_keys.revoked_reason': () => null, 'rejudgements.rules': () => '{"name":"default"}', 'rejudgements.results': () => '[]',
  'area_checks.id': (n) => `c-${n + 1}`, 'area_checks.document': (n) => JSON.stringify({ id: `c-${n + 1}`, area, by: 'x', state: 'done', stage: 'together', startedAtMs: n + 1, total: 3, done: 3, opened: 0, reopened: 0, fixed: 0, standing: 3, rewritten: 0, notes: [] }),
  // Sealed at the first start, like the entries of before there were hashes.
  'audit.hash': () => '',
}
/** Kept by triggers from what is in the others, or by the program; not ours to fill. */
const made = /^(camera_sums|finding_sums|completeness_sums|camera_places|camera_texts|camera_grams|audit_cuts|__drizzle_migrations|sqlite_.*)/

/** The database as it was when this migration was the newest, with three rows in each table. */
export function databaseOf(upTo: number): Database.Database {
  const raw = new Database(':memory:')
  raw.exec('CREATE TABLE __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at NUMERIC)')
  for (const { tag, when } of journal().slice(0, upTo + 1)) {
    for (const statement of readFileSync(new URL(`${tag}.sql`, migrations), 'utf8').split('--> statement-breakpoint')) raw.exec(statement)
    raw.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run(tag, when)
  }
  raw.pragma('foreign_keys = OFF')
  for (const table of plainTables(raw).filter((name) => !made.test(name))) {
    const columns = raw.pragma(`table_info('${table}')`) as readonly { readonly name: string; readonly type: string; readonly pk: number }[]
    for (let n = 0; n < 3; n++) {
      const values = columns.map(({ name, type }) => {
        const value = known[`${table}.${name}`] ?? known[name]
        return value ? value(n) : /int|real/i.test(type) ? n + 1 : `${name} ${n + 1}`
      })
      raw.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => '?').join(', ')})`).run(...values)
    }
  }
  const broken = raw.pragma('foreign_key_check') as readonly unknown[]
  if (broken.length > 0) throw new Error(`the fixture's rows do not belong together: ${JSON.stringify(broken)}`)
  return raw
}

export const plainTables = (raw: Database.Database): readonly string[] => {
  const virtual = raw.prepare<[], string>(`SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'`).pluck().all()
  return raw.prepare<[], string>(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid`).pluck().all().filter((name) => !virtual.some((each) => name === each || name.startsWith(`${each}_`)))
}

/** As SQL: tables, their rows, what R*Trees hold, then indexes and triggers, which would act on the rows otherwise. */
export function dump(raw: Database.Database): string {
  const objects = raw.prepare<[], { type: string; name: string; sql: string }>(`SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid`).all()
  const tables = plainTables(raw).filter((name) => !name.startsWith('sqlite_'))
  const literal = (value: unknown): string => (value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`)
  const rowsOf = (table: string): readonly string[] => raw.prepare(`SELECT * FROM "${table}"`).raw().all().map((row) => `INSERT INTO "${table}" VALUES (${(row as readonly unknown[]).map(literal).join(', ')});`)
  const virtual = objects.filter(({ sql }) => sql.startsWith('CREATE VIRTUAL'))
  return [
    ...objects.filter(({ type, name }) => type === 'table' && tables.includes(name)).map(({ sql }) => `${sql};`),
    ...virtual.map(({ sql }) => `${sql};`),
    ...tables.flatMap(rowsOf),
    ...virtual.filter(({ sql }) => /USING rtree/i.test(sql)).flatMap(({ name }) => rowsOf(name)),
    ...objects.filter(({ type }) => type === 'index' || type === 'trigger').map(({ sql }) => `${sql};`),
    '',
  ].join('\n')
}

if (import.meta.main) {
  mkdirSync(fixtures, { recursive: true })
  for (const { idx, tag } of journal()) {
    const file = `${fixtures}${tag}.sql`
    if (existsSync(file)) continue
    const raw = databaseOf(idx)
    writeFileSync(file, dump(raw))
    raw.close()
    process.stdout.write(`${file}\n`)
  }
}
