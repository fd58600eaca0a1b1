import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { manualClock, silentLog } from '../base/index.ts'
import { createRegistry, keeping } from '../registry/index.ts'
import { openStore } from '../store/index.ts'
import { openDeviceSnapshots } from './device-snapshots.ts'

const camera = '32011600001320000001'
const picture = (n: number): Buffer => Buffer.from([0xff, 0xd8, n, 0xff, 0xd9])

t.test('uploads are kept as files, as many as were ordered, as many as fit', async (t) => {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: store.registry, clock, log: silentLog, keep: { ...keeping, snapshots: 3 } })
  const folder = join(t.testdir(), 'snapshots')
  const snapshots = openDeviceSnapshots({ folder, baseUrl: () => 'http://10.0.0.1:8080', registry, log: silentLog })
  t.equal(snapshots.urlFor('abc'), 'http://10.0.0.1:8080/api/v1/snapshot-uploads/abc')
  t.notOk(existsSync(folder), 'no folder before the first picture')
  await registry.orderSnapshots({ session: 'one', cameraId: camera, deviceId: camera, by: 'wang', count: 2 })
  await snapshots.store('one', '../../etc/passwd', picture(1))
  await snapshots.store('one', 'again', picture(1))
  const [first] = (await registry.snapshotOrder('one'))?.pictures ?? []
  t.match(first, { name: '....etcpasswd', bytes: 5 }, 'a name is for showing; a picture that comes twice is kept once')
  t.same(await snapshots.read(first?.file ?? ''), picture(1))
  t.equal(statSync(join(folder, first?.file ?? '')).mode & 0o077, 0, 'for the owner only')
  const late = await Promise.allSettled([2, 3, 4].map((n) => snapshots.store('one', `p${n}`, picture(n))))
  t.same(late.map(({ status }) => status), ['fulfilled', 'rejected', 'rejected'], 'no more than were ordered, however they arrive')
  await t.rejects(snapshots.store('none', 'x', picture(5)), { code: 'not-found' })
  await registry.orderSnapshots({ session: 'two', cameraId: camera, deviceId: camera, by: 'wang', count: 5 })
  await t.rejects(snapshots.store('two', 'x', Buffer.from('<html>')), { code: 'request.invalid' })
  for (const n of [6, 7]) await snapshots.store('two', `p${n}`, picture(n))
  t.equal(readdirSync(folder).length, 3)
  t.equal(await snapshots.read(first?.file ?? ''), undefined, 'the oldest went')
  t.same((await registry.snapshotOrder('one'))?.pictures.map(({ name }) => name), ['p2'])
})
