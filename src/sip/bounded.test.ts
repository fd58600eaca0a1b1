import t from 'tap'
import { createBounded, createOncePer, ownText } from './bounded.ts'

t.test('never more than its limit, always the newest half', async (t) => {
  const dropped: number[] = []
  const bounded = createBounded<number>(100, (value) => void dropped.push(value))
  for (let n = 0; n < 10_000; n++) {
    bounded.set(String(n), n)
    if (bounded.size() > 100) t.fail(`${bounded.size()} entries`)
    if (n >= 50 && bounded.get(String(n - 49)) !== n - 49) t.fail(`${n - 49} was forgotten too early`)
  }
  t.equal(dropped.length + bounded.size(), 10_000)
  t.same(dropped, [...dropped].sort((a, b) => a - b), 'the oldest go first')
  bounded.set('9950', 1)
  t.equal(bounded.get('9950'), 1)
  bounded.delete('9950')
  t.equal(bounded.get('9950'), undefined)
  bounded.age()
  bounded.age()
  t.equal(bounded.size(), 0)
})

t.test('said once in a time, for each key', async (t) => {
  const isToSay = createOncePer(1000, 10)
  t.same([isToSay('a', 0), isToSay('a', 999), isToSay('b', 999), isToSay('a', 1000), isToSay('a', 1001)], [true, false, true, true, false])
})

t.test('a copy is the same text, raw bytes included', async (t) => {
  const every = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('')
  t.equal(ownText(every), every)
})
