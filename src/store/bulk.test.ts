import t from 'tap'
import { manualClock, seededBytes, silentLog } from '../base/index.ts'
import { createRegistry, type Camera, type Channel, type Fields } from '../registry/index.ts'
import { beginBulk } from './bulk.ts'
import { connect, type Connection } from './database.ts'
import { recordWriter } from './record-writer.ts'
import { registryStore } from './registry-store.ts'
import { taskOn } from './trouble.ts'

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

/** What an import may bring: new ones, drafts declared, places moved and taken away, retired ones that are back. */
async function brought(connection: Connection): Promise<readonly Camera[]> {
  const store = registryStore(connection, taskOn(':memory:'))
  const values: Fields = { name: '新名', area: '320116', class: '3', longitude: '118.81', latitude: '32.31' }
  const list: Camera[] = []
  for (let n = 0; n < 70; n++) {
    const before = await store.camera(idOf(n))
    const declared = n % 7 === 0 ? { ...values, longitude: '' } : n % 5 === 0 ? { ...before?.declared, name: '改名' } : values
    list.push({ ...(before ?? { id: idOf(n), presence: 'unknown' }), isDraft: false, isRetired: false, declared, findings: [], version: (before?.version ?? 0) + 1, updatedAtMs: 1_700_000_100_000 })
  }
  return list
}

function dump({ raw }: Connection): Readonly<Record<string, readonly unknown[]>> {
  const all = (sql: string): readonly unknown[] => raw.prepare(sql).all()
  return {
    cameras: all('SELECT * FROM cameras ORDER BY n'),
    places: all('SELECT * FROM camera_places ORDER BY n'),
    sums: all('SELECT * FROM camera_sums WHERE n > 0 ORDER BY 1, 2, 3, 4, 5'),
    completeness: all('SELECT area, class, owner, built_by, records, complete, mandatory, filled, last_records FROM completeness_sums WHERE records > 0 ORDER BY 1, 2, 3, 4'),
    findings: all('SELECT * FROM finding_sums WHERE n > 0 ORDER BY 1, 2, 3, 4, 5'),
    texts: all('SELECT * FROM camera_texts ORDER BY n'),
    triggers: all(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name`),
  }
}

t.test('written in bulk or one by one: the same in the end', async (t) => {
  for (const seed of [1, 2, 3]) {
    const [single, many] = [await world(seed), await world(seed)]
    t.same(dump(many), dump(single), 'the same before')
    const cameras = await brought(single)
    const found = { found: [], atMs: 1_700_000_100_000 }
    single.raw.transaction(() => recordWriter(single.raw)(cameras, [], found))()
    many.raw.transaction(() => {
      const bulk = beginBulk(many.raw)
      recordWriter(many.raw, { isBulk: true })(cameras, [], found)
      for (const { id } of cameras) bulk.moved(id)
      bulk.finish()
    })()
    const [a, b] = [dump(single), dump(many)]
    for (const what of Object.keys(a)) t.same(b[what], a[what], what)
    t.ok(a.sums?.length && a.places?.length && a.cameras?.some((row) => (row as { presence: string }).presence === 'online'), 'there was something to compare')
    single.raw.close()
    many.raw.close()
  }
})

t.test('what fails in the middle leaves everything as it was, triggers too', async (t) => {
  const connection = await world(4)
  const before = dump(connection)
  const cameras = await brought(connection)
  t.throws(
    () =>
      connection.raw.transaction(() => {
        const bulk = beginBulk(connection.raw)
        recordWriter(connection.raw, { isBulk: true })(cameras, [], undefined)
        bulk.moved(idOf(1))
        throw new Error('no space left')
      })(),
    /no space left/,
  )
  t.same(dump(connection), before)
  const again = connection.raw.transaction(() => {
    const bulk = beginBulk(connection.raw)
    bulk.finish()
  })
  again()
  t.same(dump(connection), before, 'and a further one finds its way')
  connection.raw.close()
})
