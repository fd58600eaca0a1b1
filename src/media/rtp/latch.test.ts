// Who may speak in a session: each rule of the latch, and what it spares.
import t from 'tap'
import { createSourceLatch, type Sender } from './latch.ts'

const camera: Sender = { host: '192.0.2.10', port: 5000 }
const other: Sender = { host: '192.0.2.11', port: 6000 }
const ms = (value: number): number => value * 1000

t.test('the first sender is the source; others are strangers while it is heard, each counted by address and SSRC', (t) => {
  const latch = createSourceLatch()
  for (let n = 0; n < 100; n++) {
    t.equal(latch.admit({ ssrc: 1, sequence: n }, ms(n * 40), camera), 'same')
    t.equal(latch.admit({ ssrc: 1, sequence: n }, ms(n * 40 + 1), other), 'stranger', 'the same SSRC from elsewhere')
    t.equal(latch.admit({ ssrc: 2, sequence: n }, ms(n * 40 + 2), other), 'stranger')
  }
  t.match(latch.source(), { ssrc: 1, ...camera })
  t.same(latch.strangers(), [{ ssrc: 1, ...other, packets: 100 }, { ssrc: 2, ...other, packets: 100 }])
  t.end()
})

t.test('a camera that comes back from another port is followed after a second of silence', (t) => {
  const latch = createSourceLatch()
  latch.admit({ ssrc: 1, sequence: 0 }, 0, camera)
  t.equal(latch.admit({ ssrc: 9, sequence: 4000 }, ms(999), other), 'stranger')
  t.equal(latch.admit({ ssrc: 9, sequence: 4001 }, ms(1000), other), 'changed')
  t.equal(latch.admit({ ssrc: 1, sequence: 1 }, ms(1001), camera), 'stranger', 'and the old one is a stranger then')
  t.end()
})

t.test('the same host, SSRC and numbers from another port: a NAT made its way anew, no packet is lost', (t) => {
  const latch = createSourceLatch()
  latch.admit({ ssrc: 1, sequence: 65_535 }, 0, camera)
  t.equal(latch.admit({ ssrc: 1, sequence: 0 }, ms(1), { ...camera, port: 5999 }), 'same')
  t.equal(latch.admit({ ssrc: 1, sequence: 30_000 }, ms(2), { ...camera, port: 5001 }), 'stranger', 'other numbers are another sender')
  t.match(latch.source(), { port: 5999 })
  t.end()
})

t.test('a sender that changes its SSRC is followed when the old one is gone, and two that alternate are not mixed (Q95)', (t) => {
  const restarted = createSourceLatch()
  restarted.admit({ ssrc: 1, sequence: 0 }, 0, camera)
  const answers = Array.from({ length: 40 }, (_, n) => restarted.admit({ ssrc: 2, sequence: n }, ms(10 + n * 10), camera))
  t.equal(answers.indexOf('changed'), 19, 'sixteen packets and 200 ms')
  t.ok(answers.slice(20).every((answer) => answer === 'same'))

  const two = createSourceLatch()
  for (let n = 0; n < 500; n++) {
    t.equal(two.admit({ ssrc: 1, sequence: n }, ms(n * 100), camera), 'same')
    for (let i = 0; i < 30; i++) t.equal(two.admit({ ssrc: 2, sequence: n * 30 + i }, ms(n * 100 + i), camera), 'stranger')
  }
  t.end()
})

t.test('the agreed SSRC decides once: it takes the place of another, and is not displaced', (t) => {
  for (const from of [other, camera]) {
    const latch = createSourceLatch()
    latch.admit({ ssrc: 5, sequence: 0 }, 0, camera)
    latch.expect(7)
    t.equal(latch.admit({ ssrc: 7, sequence: 0 }, ms(1), from), 'changed')
    t.equal(latch.admit({ ssrc: 5, sequence: 1 }, ms(2), camera), 'stranger')
    const sound = Array.from({ length: 50 }, (_, n) => latch.admit({ ssrc: 8, sequence: n }, ms(10 + n * 18), from))
    t.ok(sound.every((answer) => answer === 'stranger'), 'nor by another SSRC of its own address within a second: that may be sound')
  }
  const advice = createSourceLatch()
  advice.expect(7)
  t.equal(advice.admit({ ssrc: 0, sequence: 0 }, 0, camera), 'same', 'whoever speaks alone is taken, whatever was agreed (Q66, Q68)')
  t.end()
})

t.test('who goes on from an ended session waits two seconds, is passed by anybody, and is taken when nobody else comes (Q103)', (t) => {
  const isLate = (from: Sender, ssrc: number): boolean => from.port === camera.port && ssrc === 5
  const passed = createSourceLatch(isLate)
  t.equal(passed.admit({ ssrc: 5, sequence: 0 }, 0, camera), 'stranger')
  t.equal(passed.admit({ ssrc: 6, sequence: 0 }, ms(1), other), 'same')
  t.equal(passed.admit({ ssrc: 5, sequence: 1 }, ms(2), camera), 'stranger')

  const alone = createSourceLatch(isLate)
  t.equal(alone.admit({ ssrc: 5, sequence: 0 }, 0, camera), 'stranger')
  t.equal(alone.admit({ ssrc: 5, sequence: 1 }, ms(1_999), camera), 'stranger')
  t.equal(alone.admit({ ssrc: 5, sequence: 2 }, ms(2_000), camera), 'same')

  const agreed = createSourceLatch(isLate)
  agreed.expect(5)
  t.equal(agreed.admit({ ssrc: 5, sequence: 0 }, 0, camera), 'same', 'the answer said so: it is the new session')
  t.end()
})

t.test('over a connection there is one address: only the SSRC tells', (t) => {
  const latch = createSourceLatch()
  t.equal(latch.admit({ ssrc: 1, sequence: 0 }, 0), 'same')
  t.equal(latch.admit({ ssrc: 2, sequence: 0 }, ms(1)), 'stranger')
  t.same(latch.strangers(), [{ ssrc: 2, packets: 1 }])
  t.equal(latch.admit({ ssrc: 2, sequence: 1 }, ms(1_001)), 'changed')
  t.end()
})

t.test('strangers are remembered by eights', (t) => {
  const latch = createSourceLatch()
  latch.admit({ ssrc: 0, sequence: 0 }, 0, camera)
  for (let ssrc = 1; ssrc < 1000; ssrc++) latch.admit({ ssrc, sequence: 0 }, ms(1), other)
  t.equal(latch.strangers().length, 8)
  t.end()
})
