import t from 'tap'
import { manualClock, type Log } from '../base/index.ts'
import { createPresenceBacklog } from './presence-backlog.ts'

interface Change {
  readonly deviceId: string
  readonly n: number
}

function backlog() {
  const clock = manualClock()
  const kept: Change[] = []
  const said: string[] = []
  const say = (_fields: unknown, text: string): void => void said.push(text)
  const log: Log = { debug: say, info: say, warn: say, error: say }
  const store = { isFull: false }
  const changes = createPresenceBacklog<Change>({
    clock, log,
    apply: (change) => (store.isFull ? Promise.reject(new Error('disk full')) : Promise.resolve(void kept.push(change))),
  })
  /** Lets the promises of a retry run. */
  const settle = async (ms: number): Promise<void> => {
    clock.advance(ms)
    for (let i = 0; i < 200; i++) await Promise.resolve()
  }
  return { clock, kept, said, store, changes, settle }
}

t.test('what a full disk refused is kept later, in order, and said twice in all', async (t) => {
  const { clock, kept, said, store, changes, settle } = backlog()
  await changes.keep({ deviceId: 'a', n: 1 })
  store.isFull = true
  for (const n of [2, 3, 4]) await changes.keep({ deviceId: 'a', n })
  await changes.keep({ deviceId: 'b', n: 5 })
  t.equal(changes.waiting(), 4)
  await settle(20_000)
  store.isFull = false
  await changes.keep({ deviceId: 'a', n: 6 })
  t.same(kept.map(({ n }) => n), [1], 'a later change of the same device waits behind the earlier')
  await settle(5_000)
  t.same(kept.map(({ n }) => n), [1, 2, 3, 4, 6, 5])
  t.equal(changes.waiting(), 0)
  t.equal(clock.pending(), 0)
  t.same(said, ['presence cannot be kept for now: its changes wait', 'presence is kept again'])
})

t.test('what waits is bounded: the latest of each device', async (t) => {
  const { kept, said, store, changes, settle } = backlog()
  store.isFull = true
  for (let n = 0; n < 100; n++) await changes.keep({ deviceId: 'a', n })
  for (let n = 0; n < 60_000; n++) await changes.keep({ deviceId: `d${n}`, n })
  t.equal(changes.waiting(), 50_000)
  store.isFull = false
  await settle(5_000)
  await changes.close()
  t.same(kept.filter(({ deviceId }) => deviceId === 'a').map(({ n }) => n), Array.from({ length: 16 }, (_, n) => 84 + n))
  t.ok(said.some((text) => text.includes('too many')))
})

t.test('closing tries once more, and says what is lost', async (t) => {
  const { clock, kept, said, store, changes } = backlog()
  store.isFull = true
  await changes.keep({ deviceId: 'a', n: 1 })
  store.isFull = false
  await changes.close()
  t.equal(kept.length, 1)
  store.isFull = true
  await changes.keep({ deviceId: 'a', n: 2 })
  await changes.close()
  t.equal(clock.pending(), 0)
  t.match(said.at(-1), /lost/)
})
