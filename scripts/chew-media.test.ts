// A short run of damage through every parser of media; the long one, a million bites each, is run by hand.
import t from 'tap'
import { chewMedia } from './chew-media.ts'

t.test('two thousand bites each: nothing but ParseError, no input altered, memory bounded', (t) => {
  const done = chewMedia({ count: 2_000, seed: 4 })
  t.equal(done.length, 14)
  for (const { name, failure, bites, refused } of done) {
    t.equal(failure, undefined, name)
    t.ok(bites === 2_000 && refused < bites, `${name}: ${refused} refused`)
  }
  t.end()
})
