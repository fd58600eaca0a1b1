import t from 'tap'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../base/index.ts'
import { watchSystem } from './system-state.ts'

t.test('figures of this machine; the lag of the loop is that since the last reading', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'yiji-system-'))
  t.teardown(() => rm(dataDir, { recursive: true }))
  await writeFile(join(dataDir, 'yiji.sqlite'), Buffer.alloc(4096))
  const watch = watchSystem({ version: '1', dataDir, sip: { host: '127.0.0.1', port: () => 5060 }, media: { host: '127.0.0.1', first: 30_000, last: 30_009, figures: () => ({ total: 5, leased: 2, resting: 1 }) }, decoders: 2, hasRoom: () => true, clock: systemClock })
  t.teardown(() => watch.close())
  await new Promise((resolve) => setTimeout(resolve, 60))
  // A turn of the loop that takes 200 ms and more.
  const until = performance.now() + 250
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 60))
  const first = await watch.read()
  t.ok(first.loop.maxMs > 150, `${first.loop.maxMs} ms were noticed`)
  t.match(first, { version: '1', node: process.version, database: { bytes: 4096, logBytes: 0 }, sip: { port: 5060 }, media: { total: 5, leased: 2, resting: 1 }, decoders: 2, disk: { hasRoomForEvidence: true } })
  t.ok(first.disk.freeBytes > 0 && first.disk.freeBytes <= first.disk.totalBytes)
  t.ok(first.memory.rssBytes > first.memory.heapBytes)
  const second = await watch.read()
  t.ok(second.loop.maxMs <= first.loop.maxMs, 'what was read is not told twice')
})
