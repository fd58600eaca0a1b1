import t from 'tap'
import { manualClock, runMachine, silentLog } from '../base/index.ts'
import { registrationStep, type RegistrationEffect, type RegistrationEvent, type RegistrationState } from './registration.ts'

const events: readonly RegistrationEvent[] = [
  { type: 'start' }, { type: 'challenged' }, { type: 'accepted', expiresS: 3600 }, { type: 'refused' }, { type: 'unanswered' },
  { type: 'keepalive-due' }, { type: 'keepalive-answered' }, { type: 'keepalive-refused' }, { type: 'refresh-due' }, { type: 'retry-due' }, { type: 'reboot' }, { type: 'reboot-due' },
]
const states: readonly RegistrationState[] = [
  { name: 'silent' }, { name: 'registering', isAnswered: false }, { name: 'registering', isAnswered: true }, { name: 'registered', missed: 0 }, { name: 'registered', missed: 3 }, { name: 'waiting' },
  { name: 'restarting', phase: 'lingering' }, { name: 'restarting', phase: 'leaving' }, { name: 'restarting', phase: 'silent' },
]

function device() {
  const clock = manualClock()
  const done: string[] = []
  const machine = runMachine<RegistrationState, RegistrationEvent, RegistrationEffect>({
    initial: { name: 'silent' }, step: registrationStep({ keepaliveMs: 10_000 }), perform: (effect) => done.push(effect.type), clock, log: silentLog, label: {},
  })
  return { clock, done, machine }
}

t.test('walk: no state throws on any event, and each ends in a state that goes on by itself', async (t) => {
  const step = registrationStep({ keepaliveMs: 10_000 })
  for (const state of states) {
    for (const event of events) {
      const [after, ...effects] = step(state, event, 0)
      if (after.name === 'waiting' && state.name !== 'waiting') t.ok(effects.some((e) => e.type === 'timer' && e.name === 'retry'), `${state.name} + ${event.type} tries again`)
      if (after.name === 'registering' && state.name !== 'registering') t.ok(effects.some((e) => e.type === 'register'), `${state.name} + ${event.type} registers`)
    }
  }
})

t.test('story: challenged once, registered, alive, refreshed at 90 % of the lease', async (t) => {
  const { clock, done, machine } = device()
  machine.send({ type: 'start' })
  machine.send({ type: 'challenged' })
  machine.send({ type: 'accepted', expiresS: 60 })
  t.same(done, ['register', 'authorize', 'registered'])
  clock.advance(20_000)
  t.same(done.slice(3), ['keepalive', 'keepalive'])
  machine.send({ type: 'keepalive-answered' })
  clock.advance(34_000)
  t.equal(done.at(-1), 'register', 'the refresh')
  t.same(machine.timers(), [], 'the old keepalive does not run beside it')
})

t.test('story: three keepalives without an answer make it register anew', async (t) => {
  const { clock, done, machine } = device()
  machine.send({ type: 'start' })
  machine.send({ type: 'accepted', expiresS: 3600 })
  clock.advance(40_000)
  t.same(done.slice(2), ['keepalive', 'keepalive', 'keepalive', 'register'])
})

t.test('story: a remote restart: unregisters 5 s later, is silent, comes back', async (t) => {
  const { clock, done, machine } = device()
  machine.send({ type: 'start' })
  machine.send({ type: 'accepted', expiresS: 3600 })
  machine.send({ type: 'reboot' })
  clock.advance(4_999)
  t.equal(done.at(-1), 'registered', 'no keepalive either')
  clock.advance(1)
  machine.send({ type: 'challenged' })
  machine.send({ type: 'accepted', expiresS: 0 })
  t.same(done.slice(2), ['unregister', 'authorize'])
  clock.advance(46_999)
  t.equal(done.at(-1), 'authorize', 'silence')
  clock.advance(1)
  t.equal(done.at(-1), 'register')
})

t.test('story: a second challenge is a wrong password: it waits before it tries again', async (t) => {
  const { clock, done, machine } = device()
  machine.send({ type: 'start' })
  machine.send({ type: 'challenged' })
  machine.send({ type: 'challenged' })
  t.same(done, ['register', 'authorize', 'failed'])
  clock.advance(9_999)
  t.equal(done.at(-1), 'failed')
  clock.advance(1)
  t.equal(done.at(-1), 'register')
  machine.close()
  t.equal(clock.pending(), 0)
})
