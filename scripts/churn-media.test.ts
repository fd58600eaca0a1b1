// A short run of starts and stops leaves nothing behind; the long one is run by hand.
import t from 'tap'
import { churn } from './churn-media.ts'

for (const threads of [0, 1]) {
  t.test(`three hundred starts and stops over every transport, with ${threads} threads that receive UDP`, async (t) => {
    const { failed, after, ...figures } = await churn({ seconds: 2, perSecond: 150, threads })
    t.match(figures, { starts: 300, live: 270, leftEarly: 30 })
    t.same(failed, [])
    t.match(after, { streams: 0, leased: 0, pairs: 0, timers: 0, handles: {} })
    t.same(after.handles, {}, 'no socket is left')
    t.ok(after.heapGrowthMb < 20, `${after.heapGrowthMb} MB`)
  })
}
