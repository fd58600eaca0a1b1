import t, { type Test } from 'tap'
import { manualClock, seededBytes, silentLog, type ManualClock } from '../base/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { graceMs } from './catalogs.ts'
import { createRegistry, type CatalogChange, type Channel, type Registry, type RegistryStore } from './index.ts'
import { openRings, parentsOf } from './parents.ts'

const platform = '32011600002000000001'
const cameraId = (n: number): string => `320116000013100${String(n).padStart(5, '0')}`
const camera = (n: number, raw: Readonly<Record<string, string>> = {}, status: Channel['status'] = 'on'): Channel => ({ id: cameraId(n), name: `点位${n}`, status, raw: { DeviceID: cameraId(n), Name: `点位${n}`, ...raw } })
const node = (id: string, raw: Readonly<Record<string, string>> = {}): Channel => ({ id, name: id, status: 'unknown', raw: { DeviceID: id, ...raw } })
const told = (event: CatalogChange['event'], channel: Channel): CatalogChange => ({ event, channel })

interface House {
  readonly store: Store
  readonly registry: Registry
  readonly clock: ManualClock
  readonly ids: (parent?: string) => Promise<readonly string[]>
}
async function house(t: Test, over: (store: RegistryStore) => RegistryStore = (store) => store): Promise<House> {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: over(store.registry), clock, log: silentLog, turn: () => new Promise(setImmediate) })
  await registry.applyBinding(platform, { transport: 'udp', host: '10.0.0.7', port: 5060, contact: 'sip:x', registeredAtMs: 1, expiresAtMs: 2, callId: 'c' })
  const ids = async (parent?: string): Promise<readonly string[]> => (await registry.channels(platform, { limit: 1000, ...(parent === undefined ? {} : { parent }) })).items.map(({ id }) => id)
  return { store, registry, clock, ids }
}

t.test('a platform of ten thousand: all kept, in one tree, while others have their turn', async (t) => {
  const { registry, store, ids } = await house(t)
  const groups = Array.from({ length: 50 }, (_, g) => node(`32011600002160${String(g).padStart(6, '0')}`, g === 0 ? {} : { ParentID: `32011600002160${String(Math.floor((g - 1) / 5)).padStart(6, '0')}` }))
  const cameras = Array.from({ length: 10_000 }, (_, n) => camera(n, { ParentID: `${platform}/${groups[n % 50]?.id ?? ''}`, Longitude: '118.8', Latitude: '32.3' }))
  let turns = 0
  const others = (async () => {
    for (let isOver = false; !isOver; turns++) {
      await new Promise(setImmediate)
      isOver = (await store.registry.device(platform))?.catalogAtMs !== undefined
    }
  })()
  await registry.applyCatalog(platform, [...groups, ...cameras], true)
  await others
  t.ok(turns >= 100, `others had ${turns} turns`)
  t.match(await registry.device(platform), { channelCount: 10_000, catalogComplete: true, catalogEmpty: false })
  t.equal((await registry.cameras({ limit: 1 })).total, 10_000, 'a record for each')
  t.same(await registry.history(cameraId(9_999)), [{ cameraId: cameraId(9_999), field: 'record', to: 'draft', atMs: (await registry.device(platform))?.catalogAtMs, by: platform, why: 'catalog' }])
  t.same(await ids(''), [groups[0]?.id], 'one root')
  t.same(await ids(groups[0]?.id), [...Array.from({ length: 200 }, (_, n) => cameraId(n * 50)), ...groups.slice(1, 6).map(({ id }) => id)])
  let [cursor, seen]: [string | undefined, number] = [undefined, 0]
  do {
    const page = await registry.channels(platform, { limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
    t.equal(page.total, 10_050)
    seen += page.items.length
    cursor = page.next
  } while (cursor !== undefined)
  t.equal(seen, 10_050)
  await registry.applyPresence({ deviceId: platform, from: 'unknown', to: 'online', reason: 'registered', atMs: 5 })
  const online = async (): Promise<number> => (await registry.cameras({ limit: 1, online: true })).total
  t.equal(await online(), 500, 'the first part with the fact itself')
  await registry.applyPresence({ deviceId: platform, from: 'online', to: 'offline', reason: 'keepalive-lost', atMs: 6 })
  await registry.applyPresence({ deviceId: platform, from: 'offline', to: 'online', reason: 'keepalive', atMs: 7 })
  for (let n = 0; n < 100 && (await online()) < 10_000; n++) await new Promise(setImmediate)
  t.equal(await online(), 10_000, 'the rest soon after, as it is now')
  await registry.applyPresence({ deviceId: platform, from: 'online', to: 'late', reason: 'keepalive-late', atMs: 8 })
  for (let n = 0; n < 40; n++) await new Promise(setImmediate)
  t.equal((await registry.camera(cameraId(9_999)))?.presence, 'late')
})

t.test('what ends us in the middle leaves a whole list; the next catalog mends it', async (t) => {
  let writes = Infinity
  const { registry, ids } = await house(t, (store) => ({
    ...store,
    saveCatalogPart: (part) => (writes-- > 0 ? store.saveCatalogPart(part) : Promise.reject(new Error('the disk went away'))),
  }))
  const first = Array.from({ length: 300 }, (_, n) => camera(n))
  await registry.applyCatalog(platform, first, true)
  writes = 1
  const second = Array.from({ length: 300 }, (_, n) => camera(n + 150, { Model: 'new' }))
  await t.rejects(registry.applyCatalog(platform, second, true), /the disk went away/)
  t.equal((await ids()).length, 300, 'the old list, none of it missing')
  t.same((await registry.camera(cameraId(150)))?.reported?.fields.model, 'new', 'with what was kept of the new')
  t.equal((await registry.channels(platform, { limit: 1000 })).items.filter((each) => each.missingSinceMs !== undefined).length, 0)
  writes = Infinity
  await registry.applyCatalog(platform, second, true)
  t.equal((await ids()).length, 450)
  t.equal((await registry.device(platform))?.channelCount, 300)
})

t.test('what a catalog lacks is missing first and gone after the grace', async (t) => {
  const { registry, clock, ids } = await house(t)
  await registry.applyPresence({ deviceId: platform, from: 'unknown', to: 'online', reason: 'registered', atMs: 5 })
  await registry.applyCatalog(platform, [camera(1), camera(2), camera(3)], true)
  clock.advance(1000)
  await registry.applyCatalog(platform, [camera(1)], false)
  t.equal((await registry.device(platform))?.channelCount, 3, 'a part of a catalog takes nothing away')
  await registry.applyCatalog(platform, [], true)
  t.match(await registry.device(platform), { channelCount: 3, catalogEmpty: true, catalogComplete: true }, 'nor does an empty one')
  t.equal((await registry.camera(cameraId(2)))?.presence, 'online')
  await registry.applyCatalog(platform, [camera(1)], true)
  t.match(await registry.device(platform), { channelCount: 1, catalogEmpty: false })
  t.match((await registry.channels(platform, { limit: 9 })).items, [{ id: cameraId(1), missingSinceMs: undefined }, { missingSinceMs: clock.wallMs() }, { missingSinceMs: clock.wallMs() }])
  t.equal((await registry.camera(cameraId(2)))?.presence, 'unknown', 'nobody says that it is there')
  t.equal(await registry.deviceOfChannel(cameraId(2)), platform, 'and it can be asked')
  clock.advance(graceMs - 1)
  await registry.applyCatalog(platform, [camera(1), camera(3)], true)
  t.same(await ids(), [1, 2, 3].map(cameraId))
  t.equal((await registry.camera(cameraId(3)))?.presence, 'online', 'it is back')
  clock.advance(1)
  await registry.applyCatalog(platform, [camera(1)], true)
  t.same(await ids(), [1, 3].map(cameraId), 'the third is missing for the first time again')
  t.equal(await registry.deviceOfChannel(cameraId(2)), undefined)
  t.match(await registry.camera(cameraId(2)), { isDraft: true, reported: { deviceId: platform } }, 'its record stays')
})

t.test('a NOTIFY changes channels, records and presence; one that comes while a catalog is kept waits', async (t) => {
  const { registry, ids } = await house(t)
  await registry.applyPresence({ deviceId: platform, from: 'unknown', to: 'online', reason: 'registered', atMs: 5 })
  const list = Array.from({ length: 250 }, (_, n) => camera(n, { Model: 'a' }))
  const kept = registry.applyCatalog(platform, list, true)
  const changed = registry.applyCatalogChanges(platform, [
    told('DEL', camera(240)),
    told('ADD', camera(300, { ParentID: cameraId(1) })),
    told('UPDATE', { ...node(cameraId(2), { Model: 'b', Event: 'UPDATE' }), name: '' }),
    told('VLOST', node(cameraId(3))),
    told('OFF', node(cameraId(4))),
    told('ON', node(cameraId(4))),
    told('OFF', node(cameraId(999))),
    told('DEL', node(cameraId(998))),
  ])
  await Promise.all([kept, changed])
  const at = async (n: number) => (await registry.camera(cameraId(n)))?.presence
  t.equal(await at(240), 'unknown', 'deleted, though the catalog still had it')
  t.same(await ids(cameraId(1)), [cameraId(300)])
  t.match(await registry.camera(cameraId(300)), { isDraft: true, presence: 'online' })
  t.match(await registry.camera(cameraId(2)), { presence: 'online', reported: { fields: { model: 'b', name: '点位2' }, raw: { Model: 'b', DeviceID: cameraId(2) } } })
  t.notOk((await registry.camera(cameraId(2)))?.reported?.raw['Event'])
  t.same([await at(3), await at(4)], ['offline', 'online'])
  const [third] = (await registry.channels(platform, { limit: 1, cursor: cameraId(2) })).items
  t.match(third, { id: cameraId(3), status: 'off', statusEvent: 'VLOST' })
  t.equal((await registry.device(platform))?.channelCount, 250)
  t.notOk(await registry.camera(cameraId(999)), 'a state of what is not listed makes nothing')
  await registry.setSettings(platform, { ignoresNotifiedStatus: true })
  await registry.applyCatalogChanges(platform, [told('OFF', node(cameraId(5))), told('DEL', camera(6))])
  t.same([await at(5), await at(6)], ['online', 'unknown'], 'a storm of states is not believed, the rest is')
  await registry.applyCatalog(platform, list, true)
  t.same([await at(3), await at(6), await at(240)], ['online', 'online', 'online'], 'the next catalog has the last word')
  await t.rejects(registry.applyCatalogChanges('32011600002000000009', []), { code: 'not-found' })
})

t.test('parents: several, groups, divisions, and those that name nobody', async (t) => {
  const known = new Set(['3201', '320116', platform, '32011600001180000001', '32011600002150000001', '32011600002160000001'])
  const parents = (channel: Channel): readonly string[] => parentsOf(channel, platform, (id) => known.has(id))
  t.same(parents(camera(1, { ParentID: '32011600001180000001/32011600002160000001', CivilCode: '320116' })), ['32011600001180000001', '32011600002160000001', '320116'])
  t.same(parents(camera(1, { ParentID: `${platform}/${cameraId(1)}/ /32011600009999999999`, CivilCode: '3201160000' })), [], 'the platform, itself, nobody')
  t.same(parents({ ...camera(1), parentId: '32011600001180000001' }), ['32011600001180000001'], 'where only the typed field is there')
  t.same(parents(node('32011600002160000001', { BusinessGroupID: '32011600002150000001' })), ['32011600002150000001'])
  t.same(parents(node('32011600002160000001', { 'Info.BusinessGroupID': '32011600002150000001' })), ['32011600002150000001'])
  t.same(parents(node('32011600')), ['320116'])
  t.same(parents(node('320117')), ['3201'])
  t.same(parents(node('3201', { CivilCode: '3201' })), [])
  t.ok(parents(camera(1, { ParentID: Array.from(known).join('/') })).length <= 8)
})

t.test('rings are opened, and everybody is reached from the top', async (t) => {
  const random = seededBytes(3)
  const reached = (parents: ReadonlyMap<string, readonly string[]>, ids: readonly string[]): boolean => {
    const top = new Set(ids.filter((id) => (parents.get(id) ?? []).length === 0))
    for (let grew = true; grew; ) {
      grew = false
      for (const id of ids) if (!top.has(id) && (parents.get(id) ?? []).some((parent) => top.has(parent))) grew = Boolean(top.add(id))
    }
    return top.size === ids.length
  }
  const ring = new Map<string, readonly string[]>([['a', ['b']], ['b', ['c']], ['c', ['a', 'd']], ['e', ['a']]])
  openRings(ring)
  t.ok(reached(ring, ['a', 'b', 'c', 'd', 'e']))
  t.same(ring.get('e'), ['a'])
  for (let round = 0; round < 200; round++) {
    const ids = Array.from({ length: 12 }, (_, n) => `n${n}`)
    const parents = new Map(ids.map((id): [string, readonly string[]] => [id, ids.filter((each) => each !== id && (random(1)[0] ?? 0) < 40)]))
    openRings(parents)
    if (!reached(parents, ids)) return t.fail(`round ${round}: ${JSON.stringify([...parents])}`)
  }
  const deep = new Map(Array.from({ length: 50_000 }, (_, n): [string, readonly string[]] => [`n${n}`, [`n${(n + 1) % 50_000}`]]))
  openRings(deep)
  t.equal([...deep.values()].filter((list) => list.length === 0).length, 1, 'a ring of fifty thousand is opened once')
})
