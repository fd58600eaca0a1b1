import t from 'tap'
import { manualClock } from '../base/index.ts'
import type { NewAlarm } from '../registry/index.ts'
import { openStore } from './index.ts'

const clock = manualClock()
const device = '32011600001180000001'
const other = '32011500001180000001'
const channel = (n: number): string => `320116000013100${String(n).padStart(5, '0')}`
const alarm = (n: number, more: Partial<NewAlarm> = {}): NewAlarm => ({ deviceId: device, channelId: channel(n), atMs: 1000 + n, raw: { AlarmMethod: '5' }, ...more })
const all = { most: 1000, sinceMs: 0 }

t.test('alarms: newest first, by every filter, in pages', async (t) => {
  const store = (await openStore({ file: ':memory:', clock })).registry
  const full = alarm(1, { priority: 1, method: '5', alarmType: '2', eventType: 1, alarmedAtMs: 900, description: '越界', longitude: 118.5, latitude: 32.25, raw: { AlarmMethod: '5', Info: 'x' } })
  await store.saveAlarm(full, all)
  await store.saveAlarm(alarm(2, { priority: 4, method: '12' }), all)
  await store.saveAlarm(alarm(3, { deviceId: other, channelId: other }), all)
  await store.saveCameras([{ id: channel(4), declared: { code: channel(4), area: '330100' }, isRetired: false, isDraft: false, presence: 'unknown', findings: [], version: 1, updatedAtMs: 1 }], [])
  await store.saveAlarm(alarm(4), all)
  const found = async (query: Partial<Parameters<typeof store.alarms>[0]>): Promise<readonly number[]> => (await store.alarms({ limit: 10, ...query })).items.map(({ n }) => n)
  t.same(await found({}), [4, 3, 2, 1])
  t.same((await store.alarms({ limit: 1, before: 2 })).items, [{ n: 1, area: '320116', ...full }], 'nothing is lost')
  t.same(await found({ area: '320116' }), [2, 1])
  t.same(await found({ area: '3301' }), [4], 'where its record says')
  t.same(await found({ area: '320115' }), [3])
  t.same(await found({ deviceId: other }), [3])
  t.same(await found({ channelId: channel(2) }), [2])
  t.same(await found({ method: '2' }), [2], '12 is 1 and 2')
  t.same(await found({ alarmType: '2' }), [1])
  t.same(await found({ priority: 3 }), [1])
  t.same(await found({ fromMs: 1002, toMs: 1004 }), [3, 2])
  const first = await store.alarms({ limit: 3 })
  t.equal(first.next, 2)
  t.same(await store.alarms({ limit: 3, before: 2 }).then(({ items, next }) => [items.length, next]), [1, undefined])
})

t.test('alarms: no more than so many, of one device, and none that is too old', async (t) => {
  const store = (await openStore({ file: ':memory:', clock })).registry
  const keep = { most: 200, sinceMs: 0 }
  const count = async (query: object = {}): Promise<number> => (await store.alarms({ limit: 1000, ...query })).items.length
  for (let n = 0; n < 300; n++) await store.saveAlarm(alarm(n, n < 280 ? { deviceId: `d${n}` } : {}), keep)
  t.equal(await count(), 200)
  for (let n = 0; n < 64; n++) await store.saveAlarm(alarm(n), keep)
  t.ok((await count({ deviceId: device })) <= 10 + 64, 'one that floods keeps a twentieth, give or take the rounds of looking')
  t.ok((await count()) >= 100, 'and those of others stay')
  for (let n = 0; n < 64; n++) await store.saveAlarm(alarm(n, { atMs: 9_000_000 }), { most: 200, sinceMs: 5_000_000 })
  t.equal((await store.alarms({ limit: 1000, toMs: 5_000_000 })).items.length, 0)
})

t.test('alarms: what is rare is looked for in windows', async (t) => {
  const { registry: store } = await openStore({ file: ':memory:', clock })
  const keep = { most: 100_000, sinceMs: 0 }
  await store.saveAlarm(alarm(1, { deviceId: other, channelId: other }), keep)
  for (let n = 0; n < 20_500; n++) await store.saveAlarm(alarm(n % 100, { deviceId: `d${n % 50}` }), keep)
  let [before, pages, seen]: [number | undefined, number, number] = [undefined, 0, 0]
  do {
    const page = await store.alarms({ limit: 10, area: '320115', ...(before === undefined ? {} : { before }) })
    before = page.next
    pages++
    seen += page.items.length
  } while (before !== undefined && pages < 10)
  t.same([pages, seen], [2, 1], 'found on the second, short pages, and an end')
})

t.test('positions: newest first, bounded for each device', async (t) => {
  const { registry: store } = await openStore({ file: ':memory:', clock })
  const full = { deviceId: device, channelId: device, atMs: 5, fixedAtMs: 4, longitude: 118.5, latitude: 32.5, speedKmh: 60.5, direction: 90, altitudeM: 20, heightM: 2 }
  await store.savePositions([{ deviceId: device, channelId: device, atMs: 1, longitude: 1, latitude: 2 }, full], { most: 100 })
  t.same(await store.positions(device, undefined, 10), [{ n: 2, ...full }, { n: 1, deviceId: device, channelId: device, atMs: 1, longitude: 1, latitude: 2 }])
  t.same((await store.positions(device, 2, 10)).map(({ n }) => n), [1])
  await store.savePositions(Array.from({ length: 300 }, (_, n) => ({ ...full, atMs: n })), { most: 100 })
  t.ok((await store.positions(device, undefined, 1000)).length <= 100 + 64)
  t.same(await store.positions(other, undefined, 10), [])
})

t.test('what a device says of itself: the latest of each', async (t) => {
  const { registry: store } = await openStore({ file: ':memory:', clock })
  await store.saveDevice({ id: device, approved: true, presence: 'online', mediaTransport: 'udp', channelCount: 0, firstSeenMs: 1 })
  t.equal(await store.information(device), undefined)
  await store.saveInformation(device, { name: 'NVR', manufacturer: 'H', atMs: 1, raw: {} })
  await store.saveInformation(device, { status: { online: 'online', clockOffsetMs: -500, raw: {}, atMs: 2 } })
  await store.saveInformation(device, { name: 'NVR 2', atMs: 3 })
  t.same(await store.information(device), { name: 'NVR 2', manufacturer: 'H', atMs: 3, raw: {}, status: { online: 'online', clockOffsetMs: -500, raw: {}, atMs: 2 } })
})

t.test('snapshots: an order, its pictures, its end; the oldest go', async (t) => {
  const { registry: store } = await openStore({ file: ':memory:', clock })
  const order = { session: 's1', cameraId: channel(1), deviceId: device, by: 'wang', atMs: 1, count: 3 }
  await store.saveSnapshotOrder(order)
  const picture = (name: string) => ({ file: `${name}.jpg`, name, bytes: 10, sha256: 'ab', atMs: 2 })
  t.same(await store.saveSnapshotPicture('s1', picture('a'), { most: 2 }), [])
  t.same(await store.saveSnapshotPicture('s1', picture('b'), { most: 2 }), [])
  await store.saveSnapshotOrder({ ...order, finishedAtMs: 9, fileIds: ['a', 'b'] })
  t.same(await store.snapshotOrders(channel(1), 10), [{ ...order, finishedAtMs: 9, fileIds: ['a', 'b'], pictures: [{ n: 1, ...picture('a') }, { n: 2, ...picture('b') }] }])
  t.same(await store.saveSnapshotPicture('s1', picture('c'), { most: 2 }), ['a.jpg'])
  t.same((await store.snapshotOrder('s1'))?.pictures.map(({ name }) => name), ['b', 'c'])
  t.equal(await store.snapshotOrder('none'), undefined)
  await t.rejects(store.saveSnapshotPicture('none', picture('d'), { most: 2 }), { code: /CONSTRAINT/ })
})
