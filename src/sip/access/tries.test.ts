// Wrong answers: slowed per device and source, per source and per device, and none of it locks a device out that knows its password.
import t from 'tap'
import { createTries, sourceKey, type Attempt } from './tries.ts'

const second = 1_000_000
const at = (deviceId: string, host: string, isAtHome = false): Attempt => ({ deviceId, host, isAtHome })

/** Asks and, when admitted, fails. */
function guesser() {
  const tries = createTries()
  const guess = (attempt: Attempt, nowUs: number): boolean => {
    const isAdmitted = !tries.admit(attempt, nowUs).isLimited
    if (isAdmitted) tries.failed(attempt, nowUs)
    return isAdmitted
  }
  return { tries, guess }
}

t.test('ten tries, then one in half a minute, for each pair', async (t) => {
  const { tries, guess } = guesser()
  const looked = Array.from({ length: 300 }, (_, s) => s).filter((s) => guess(at('d', 'h'), s * second))
  t.same(looked.slice(0, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  t.same(looked.slice(10), [39, 69, 99, 129, 159, 189, 219, 249, 279])
  t.ok(guess(at('d', 'other'), 279 * second), 'another source')
  t.ok(guess(at('e', 'h'), 279 * second), 'another device')
  t.same(tries.admit(at('d', 'h'), 280 * second), { isLimited: true, retryAfterS: 20, isNew: false }, 'the window ends before half a minute is over')
  t.ok(guess(at('d', 'h'), 300 * second), 'and then it is forgotten')
})

t.test('one id guessed from everywhere: a source has one try; who comes for the first time is always looked at', async (t) => {
  const { tries, guess } = guesser()
  for (let n = 0; n < 100; n++) t.ok(guess(at('d', `h${n % 20}`), n))
  t.notOk(guess(at('d', 'h3'), 200), 'five of its ten tries were left')
  t.ok(guess(at('d', 'h77'), 200))
  t.notOk(guess(at('d', 'h77'), 201))
  t.same(tries.admit(at('d', 'where the device moved to'), 202), { isLimited: false })
})

t.test('one source that tries every id is slowed as a whole; devices that are at home there are not', async (t) => {
  const { tries, guess } = guesser()
  for (let n = 0; n < 100; n++) t.ok(guess(at(`d${n}`, 'h'), n))
  t.same(tries.admit(at('d100', 'h'), 200), { isLimited: true, retryAfterS: 1, isNew: true })
  t.match(tries.admit(at('d101', 'h'), 300), { isLimited: true, isNew: false }, 'said once')
  t.ok(guess(at('d102', 'h'), second + 100))
  t.notOk(guess(at('d103', 'h'), second + 200))
  t.same(tries.admit(at('d104', 'h', true), second + 300), { isLimited: false })
  t.notOk(guess(at('d5', 'h', true), second + 300), 'but it has had its one try')
  t.same(tries.admit(at('d5', 'h', true), 30 * second + 300), { isLimited: false })
})

t.test('a success clears the pair, a new password the device', async (t) => {
  const { tries, guess } = guesser()
  for (let n = 0; n < 10; n++) guess(at('d', 'h'), n)
  t.notOk(guess(at('d', 'h'), 20))
  tries.succeeded(at('d', 'h'))
  t.ok(guess(at('d', 'h'), 20))
  for (let n = 0; n < 20; n++) guess(at('d', `h${n % 2}`), n)
  t.notOk(guess(at('d', 'h0'), 40))
  tries.forget('d')
  t.ok(guess(at('d', 'h0'), 40))
  t.ok(guess(at('d', 'h1'), 40))
})

t.test('what is remembered is bounded', async (t) => {
  const { tries, guess } = guesser()
  for (let n = 0; n < 100_000; n++) guess(at(`d${n % 60_000}`, `10.${n & 255}.${(n >> 8) & 255}.1`), n * 10)
  for (let n = 0; n < 20_000; n++) tries.forget(`d${n}`)
  t.ok(tries.size() <= 80_000, `${tries.size()} entries`)
})

t.test('an IPv6 source is its /64', async (t) => {
  t.equal(sourceKey('192.0.2.1'), '192.0.2.1')
  t.equal(sourceKey('2001:db8:0:1::5'), sourceKey('2001:db8:0:1:ffff:1:2:3'))
  t.equal(sourceKey('2001:db8::5'), '2001:db8:0:0')
  t.not(sourceKey('2001:db8:0:1::5'), sourceKey('2001:db8:0:2::5'))
  t.equal(sourceKey('::1'), '0:0:0:0')
})
