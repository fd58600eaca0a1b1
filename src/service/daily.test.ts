import t from 'tap'
import { manualClock, silentLog } from '../base/index.ts'
import { createRegistry } from '../registry/index.ts'
import { openStore } from '../store/index.ts'
import { openDaily } from './daily.ts'

const settled = async (): Promise<void> => {
  for (let n = 0; n < 50; n++) await new Promise(setImmediate)
}

t.test('once a day, and at a start that finds none of today', async (t) => {
  const clock = manualClock(Date.UTC(2026, 2, 1, 2))
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  await registry.create({ code: '32011600001310000101', area: '320116', class: '1' }, 'wang', 'new')
  const daily = openDaily({ registry, clock, log: silentLog })
  const days = async (): Promise<readonly string[]> => (await registry.completenessHistory({ area: '' }, '')).map(({ day }) => day)
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 600_000) {
      clock.advance(Math.min(left, 600_000))
      await settled()
    }
  }
  t.same(await days(), [])
  await pass(30_000)
  t.same(await days(), ['2026-03-01'])
  t.match(registry.checks(), [{ area: '', by: 'yiji', state: 'done' }])
  await pass(13 * 3600_000)
  t.same(await days(), ['2026-03-01'])
  await pass(2 * 3600_000)
  t.same(await days(), ['2026-03-01', '2026-03-02'], 'after midnight in Beijing')
  t.equal(registry.checks().length, 2)
  await daily.close()
  await daily.close()
  t.equal(clock.pending(), 0)
})

t.test('while somebody checks an area it waits; a broken one is tried again', async (t) => {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  let isBroken = true
  const registry = createRegistry({ store: { ...store.registry, cameraTotal: (area) => (isBroken ? Promise.reject(new Error('disk')) : store.registry.cameraTotal(area)) }, clock, log: silentLog })
  const daily = openDaily({ registry, clock, log: silentLog })
  clock.advance(30_000)
  await settled()
  t.equal(await registry.hasToday(), false)
  isBroken = false
  clock.advance(600_000)
  await settled()
  t.equal(await registry.hasToday(), true)
  await daily.close()
})
