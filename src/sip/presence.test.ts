import t from 'tap'
import { manualClock, runMachine, silentLog } from '../base/index.ts'
import { offlineAfterMs, presenceStep, type PresenceEffect, type PresenceEvent, type PresenceState } from './presence.ts'

const rule = { intervalMs: 60_000, misses: 3 }

function device() {
  const clock = manualClock()
  const changes: PresenceEffect[] = []
  const initial: PresenceState = { name: 'unknown' }
  const machine = runMachine({ initial, step: presenceStep(rule), perform: (effect) => void changes.push(effect), clock, log: silentLog, label: {} })
  return { clock, changes, machine }
}

t.test('keepalives keep a device online; three misses end it', async (t) => {
  const { clock, changes, machine } = device()
  machine.send({ type: 'registered' })
  for (let i = 0; i < 5; i++) {
    clock.advance(60_000)
    machine.send({ type: 'keepalive' })
  }
  t.match(changes, [{ from: 'unknown', to: 'online', reason: 'registered' }])
  clock.advance(90_000)
  t.equal(machine.state().name, 'late')
  clock.advance(89_999)
  t.equal(machine.state().name, 'late')
  clock.advance(1)
  t.match(changes.slice(1), [{ from: 'online', to: 'late', reason: 'keepalive-late' }, { from: 'late', to: 'offline', reason: 'keepalive-lost' }])
  t.equal(clock.pending(), 0)
  machine.send({ type: 'keepalive' })
  t.match(changes.at(-1), { from: 'offline', to: 'online', reason: 'keepalive' }, 'a keepalive alone restores it')
})

t.test('a lost connection and an unregistration count at once', async (t) => {
  for (const type of ['connection-lost', 'unregistered'] as const) {
    const { clock, changes, machine } = device()
    machine.send({ type: 'registered' })
    machine.send({ type })
    t.match(changes.at(-1), { to: 'offline', reason: type })
    t.equal(clock.pending(), 0)
  }
})

t.test('a restored binding is online until proven otherwise', async (t) => {
  const { clock, changes, machine } = device()
  machine.send({ type: 'restored' })
  clock.advance(180_000)
  t.match(changes, [{ to: 'online', reason: 'restored' }, { to: 'late' }, { to: 'offline', reason: 'keepalive-lost' }])
})

t.test('the rule is clamped', async (t) => {
  t.equal(offlineAfterMs(rule), 180_000)
  t.equal(offlineAfterMs({ intervalMs: 10, misses: 0 }), 1_000)
  t.equal(offlineAfterMs({ intervalMs: 86_400_000, misses: 30 }), 3_600_000)
})

t.test('walk: every state and event; offline runs no timer, a change is told once', async (t) => {
  const events: readonly PresenceEvent['type'][] = ['registered', 'restored', 'keepalive', 'unregistered', 'connection-lost', 'late', 'lost']
  for (const name of ['unknown', 'online', 'late', 'offline'] as const) {
    for (const type of events) {
      const [next, ...effects] = presenceStep(rule)({ name }, { type }, 0)
      const told = effects.filter((effect) => effect.type === 'changed')
      t.equal(told.length, next.name === name ? 0 : 1, `${name} on ${type}: ${next.name}`)
      if (next.name === 'offline') t.notOk(effects.some((effect) => effect.type === 'timer'))
      if (next.name === 'online' && type !== 'late' && type !== 'lost') t.equal(effects.filter((effect) => effect.type === 'timer').length, 2)
    }
  }
})
