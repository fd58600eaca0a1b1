// The kept GOP: what is given back is what was kept, wherever the blocks end, and nothing given is ever written again.
import t from 'tap'
import { createGop } from './gop.ts'
import type { AccessUnit } from './types.ts'

const bounds = { maxUnits: 500, maxBytes: 16 * 1024 * 1024 }
const unit = (n: number, isKeyframe: boolean, sizes: readonly number[]): AccessUnit => ({
  codec: 'h264', pts90k: n * 3600, isKeyframe, receivedUs: n, isDamaged: n % 3 === 0,
  nalUnits: sizes.map((size, i) => Buffer.alloc(size, n + i)),
  ...(isKeyframe && { parameterSets: { sps: Buffer.from([0x67]), pps: Buffer.from([0x68]) }, width: 64, height: 32 }),
})

t.test('units of any size come back as they were', (t) => {
  const gop = createGop(bounds)
  const units = [unit(1, true, [9, 4, 700_000]), unit(2, false, [1]), unit(3, false, [262_144, 262_144]), unit(4, false, [10, 20])]
  for (const each of units) gop.keep(each)
  t.strictSame(gop.units(), units)
  t.equal(gop.units()[0], gop.units()[0], 'copied once')
  t.end()
})

t.test('what was given stays as it was when the memory is written again', (t) => {
  const gop = createGop(bounds)
  const first = [unit(1, true, [300_000]), unit(2, false, [50_000])]
  for (const each of first) gop.keep(each)
  const given = [...gop.units()]
  gop.keep(unit(9, true, [400_000]))
  t.strictSame(given, first)
  t.strictSame(gop.units(), [unit(9, true, [400_000])])
  t.end()
})

t.test('a newcomer in the middle gets what has come since, behind what others got', (t) => {
  const gop = createGop(bounds)
  gop.keep(unit(1, true, [1000]))
  t.equal(gop.units().length, 1)
  gop.keep(unit(2, false, [2000]))
  gop.keep(unit(3, false, [3000]))
  t.strictSame(gop.units(), [unit(1, true, [1000]), unit(2, false, [2000]), unit(3, false, [3000])])
  t.end()
})

t.test('too long a GOP is not kept, and nothing is until the next keyframe', (t) => {
  for (const tight of [{ maxUnits: 2, maxBytes: 1000 }, { maxUnits: 9, maxBytes: 250 }]) {
    const gop = createGop(tight)
    gop.keep(unit(0, false, [100]))
    t.ok(gop.isEmpty(), 'nothing before a keyframe')
    for (let n = 1; n <= 3; n++) gop.keep(unit(n, n === 1, [100]))
    t.ok(gop.isEmpty())
    gop.keep(unit(4, false, [100]))
    t.ok(gop.isEmpty())
    gop.keep(unit(5, true, [100]))
    t.equal(gop.units().length, 1)
  }
  t.end()
})

t.test('its memory follows the GOPs: the blocks of a long one are given back behind a short one', (t) => {
  const gop = createGop(bounds)
  gop.keep(unit(1, true, [8_000_000]))
  t.ok(gop.heldBytes() >= 8_000_000 && gop.heldBytes() < 8_300_000)
  gop.keep(unit(2, true, [1000]))
  gop.keep(unit(3, true, [1000]))
  t.equal(gop.heldBytes(), 256 * 1024)
  t.strictSame(gop.units(), [unit(3, true, [1000])])
  t.end()
})
