// Memory taken again and again: one behind the other, anew when full, joined without copying where it lies so.
import t from 'tap'
import { adjacent, createArena, freshMemory } from './arena.ts'

t.test('what is taken does not overlap until all is given back', (t) => {
  const arena = createArena()
  const parts = [arena.take(10), arena.take(100_000), arena.take(0), arena.take(300_000)]
  parts.forEach((part, i) => part.fill(i))
  t.ok(parts.every((part, i) => part.every((byte) => byte === i)))
  t.same(parts.map(({ length }) => length), [10, 100_000, 0, 300_000])
  arena.reset()
  const [again, behind] = [arena.take(20), arena.take(30)]
  t.equal(again.buffer, parts[3]?.buffer, 'the same block')
  t.equal(behind.byteOffset, again.byteOffset + 20)
  t.end()
})

t.test('a frame beyond all measure is not kept room for', (t) => {
  const arena = createArena()
  t.equal(arena.take(8_000_000).buffer.byteLength, 8_000_000)
  arena.reset()
  t.ok(arena.take(10).buffer.byteLength <= 2 * 1024 * 1024)
  t.end()
})

t.test('it grows with a frame that does not fit, and not with frames that are never seen to end', (t) => {
  const endless = createArena()
  for (let n = 0; n < 100; n++) endless.take(20_000)
  t.equal(endless.take(20_000).buffer.byteLength, 64 * 1024)
  const arena = createArena()
  for (let n = 0; n < 3; n++) {
    arena.take(50_000)
    arena.take(50_000)
    arena.reset()
  }
  t.equal(arena.take(1).buffer.byteLength, 128 * 1024)
  t.end()
})

t.test('parts are one where they lie one behind the other, and in that order', (t) => {
  const arena = createArena()
  const [one, two, three] = [arena.take(3), arena.take(4), arena.take(5)]
  Buffer.from('abcdefghijkl').copy(one.subarray(0, 3))
  two.fill('x')
  three.fill('y')
  t.equal(adjacent([one, two, three])?.toString(), 'abcxxxxyyyyy')
  t.equal(adjacent([two, one]), undefined)
  t.equal(adjacent([one, three]), undefined)
  t.equal(adjacent([one, Buffer.allocUnsafeSlow(4)]), undefined)
  t.equal(adjacent([one]), one)
  t.equal(adjacent([]), undefined)
  t.not(freshMemory.take(4).buffer, freshMemory.take(4).buffer)
  t.end()
})
