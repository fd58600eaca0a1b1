// Who is known from a session that is over, and for how long.
import t from 'tap'
import { manualClock } from '../base/index.ts'
import { createEndedSessions } from './ended.ts'

const from = { host: '192.0.2.10', port: 5000 }

t.test('late: the same sender under the same SSRC, to another camera, within half a minute', (t) => {
  const clock = manualClock()
  const ended = createEndedSessions(clock)
  ended.note('one', { ...from, ssrc: 5 })
  t.equal(ended.isLate('two', from, 5), true)
  t.equal(ended.isLate('one', from, 5), false, 'its own camera: many keep one SSRC for all sessions')
  t.equal(ended.isLate('two', from, 6), false, 'a recorder sends its next camera from the same port')
  t.equal(ended.isLate('two', { ...from, port: 5001 }, 5), false, 'another camera numbers alike')
  clock.advance(29_999)
  t.equal(ended.isLate('two', from, 5), true)
  ended.note('one', { ...from, ssrc: 5 })
  clock.advance(29_999)
  t.equal(ended.isLate('two', from, 5), true, 'heard again meanwhile')
  clock.advance(1)
  t.equal(ended.isLate('two', from, 5), false)
  ended.note('one', { ssrc: 5 })
  t.end()
})

t.test('a thousand are remembered', (t) => {
  const ended = createEndedSessions(manualClock())
  for (let ssrc = 0; ssrc <= 1000; ssrc++) ended.note('one', { ...from, ssrc })
  t.equal(ended.isLate('two', from, 0), false)
  t.equal(ended.isLate('two', from, 1), true)
  t.end()
})
