import t from 'tap'
import { onlineShare, spansOf } from './presence.ts'

t.test('spans fill the stretch, in order, whatever order changes come in', async (t) => {
  const changes = [
    { from: 'online', to: 'offline', atMs: 60 },
    { from: 'unknown', to: 'online', atMs: 20 },
    { from: 'offline', to: 'online', atMs: 80 },
  ] as const
  t.same(spansOf(changes, 'online', 0, 100), [
    { state: 'unknown', fromMs: 0, toMs: 20 },
    { state: 'online', fromMs: 20, toMs: 60 },
    { state: 'offline', fromMs: 60, toMs: 80 },
    { state: 'online', fromMs: 80, toMs: 100 },
  ])
  t.same(spansOf(changes, 'online', 70, 75), [{ state: 'offline', fromMs: 70, toMs: 75 }], 'what was before counts')
  t.same(spansOf([], 'offline', 0, 10), [{ state: 'offline', fromMs: 0, toMs: 10 }])
})

t.test('share of known time', async (t) => {
  t.equal(onlineShare(spansOf([{ from: 'unknown', to: 'online', atMs: 50 }, { from: 'online', to: 'offline', atMs: 75 }], 'offline', 0, 100)), 0.5)
  t.equal(onlineShare(spansOf([], 'unknown', 0, 100)), undefined)
})
