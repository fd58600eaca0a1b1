// Spans of presence cover the time asked for without a gap, whatever the changes are.
import t from 'tap'
import { seededBytes } from '../../base/index.ts'
import type { PresenceChange } from '../../api/schema/index.ts'
import { onlineShare, spansOf } from './presence-line.ts'

const change = (atMs: number, from: PresenceChange['from'], to: PresenceChange['to']): PresenceChange => ({ deviceId: 'd', atMs, from, to, reason: to })

t.test('a line of a day', async (t) => {
  const changes = [change(50, 'offline', 'online'), change(20, 'unknown', 'online'), change(30, 'online', 'late'), change(40, 'late', 'offline')]
  t.same(spansOf(changes, 'online', 0, 100).map(({ presence, fromMs, toMs }) => [presence, fromMs, toMs]), [['unknown', 0, 20], ['online', 20, 30], ['late', 30, 40], ['offline', 40, 50], ['online', 50, 100]])
  t.equal(onlineShare(spansOf(changes, 'online', 0, 100)), 0.875, 'nobody knows what was before the first of it')
  t.same(spansOf(changes, 'online', 60, 100).map(({ presence }) => presence), ['online'], 'what began before is cut')
  t.same(spansOf([], 'offline', 0, 10), [{ presence: 'offline', fromMs: 0, toMs: 10 }])
  t.same(spansOf([change(5, 'online', 'online')], 'online', 0, 10).length, 1, 'a note is no change')
  t.equal(onlineShare([]), 0)
})

t.test('no gap and no overlap, in any order of changes', async (t) => {
  const random = seededBytes(3)
  const next = (below: number): number => random(4).readUInt32BE() % below
  const words = ['online', 'late', 'offline', 'unknown'] as const
  for (let run = 0; run < 200; run++) {
    const changes = Array.from({ length: next(12) }, () => change(next(2_000) - 500, words[next(4)] ?? 'online', words[next(4)] ?? 'online'))
    const spans = spansOf(changes, 'online', 0, 1_000)
    t.equal(spans[0]?.fromMs, 0)
    t.equal(spans.at(-1)?.toMs, 1_000)
    t.ok(spans.every((span, at) => span.toMs > span.fromMs && (at === 0 || span.fromMs === spans[at - 1]?.toMs)))
  }
})
