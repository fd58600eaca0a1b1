import t from 'tap'
import { crash } from './crash.ts'

t.setTimeout(240_000)

t.test('kills at any moment lose no acknowledged write, and of one that was not acknowledged there is all or nothing', async (t) => {
  const outcome = await crash(14, undefined, 120_000)
  t.same(outcome.lost, [])
  t.equal(outcome.integrity, 'ok')
  t.ok(outcome.rounds >= 5, `${outcome.rounds} kills`)
  t.ok(outcome.acknowledged > outcome.rounds * 2, `${outcome.acknowledged} writes were acknowledged in ${outcome.rounds} rounds`)
})
