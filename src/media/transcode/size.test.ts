import t from 'tap'
import { madeKbps, madeSize } from './size.ts'

t.test('sizes within the bounds, in their proportions, even, never enlarged', async (t) => {
  for (const [source, maxHeight, made] of [
    [[3840, 2160], 1080, [1920, 1080]],
    [[1920, 1080], 1080, [1920, 1080]],
    [[1920, 1088], 1080, [1906, 1080]],
    [[2560, 1440], 720, [1280, 720]],
    [[704, 576], 1080, [704, 576]],
    [[1080, 1920], 1080, [608, 1080]],
    [[5120, 1440], 1080, [1920, 540]],
    [[64, 48], 1080, [64, 48]],
    [[8192, 16], 1080, [1920, 16]],
    [[641, 361], 1080, [640, 360]],
  ] as const) {
    const [width, height] = source
    t.same(madeSize({ width, height }, { maxHeight }), { width: made[0], height: made[1] }, `${width} × ${height} at ${maxHeight}`)
  }
})

t.test('bits by size, between the least that shows a picture and the limit', async (t) => {
  const bounds = { maxKbps: 4000 }
  t.equal(madeKbps({ width: 1920, height: 1080 }, bounds), 4000)
  t.equal(madeKbps({ width: 1280, height: 720 }, bounds), 2177)
  t.equal(madeKbps({ width: 352, height: 288 }, bounds), 416)
  t.equal(madeKbps({ width: 128, height: 96 }, bounds), 400)
  t.equal(madeKbps({ width: 1920, height: 1080 }, { maxKbps: 300 }), 300, 'the limit is the limit')
})
