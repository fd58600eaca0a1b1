import t from 'tap'
import { manualClock, runMachine, silentLog } from '../../base/index.ts'
import { clampRule, offlineAfterMs, presenceStep, type Presence, type PresenceEffect, type PresenceEvent, type PresenceState } from './presence.ts'

const rule = { intervalMs: 60_000, misses: 3 }

function device() {
  const clock = manualClock()
  const changes: PresenceEffect[] = []
  const initial: PresenceState = { name: 'unknown' }
  const machine = runMachine({ initial, step: presenceStep(rule), perform: (effect) => void changes.push(effect), clock, log: silentLog, label: {} })
  const told = (): string[] => changes.splice(0).map(({ from, to, reason }) => `${from === to ? '=' : ''}${to} ${reason}`)
  /** A keepalive every `everyMs`, `times` times. */
  const keep = (times: number, everyMs = 60_000): void => {
    for (let i = 0; i < times; i++) {
      clock.advance(everyMs)
      machine.send({ type: 'keepalive' })
    }
  }
  return { clock, machine, told, keep, send: machine.send, name: () => machine.state().name }
}

t.test('keepalives keep a device online; three misses end it', async (t) => {
  const { clock, told, keep, send, name } = device()
  send({ type: 'registered' })
  keep(5)
  t.same(told(), ['online registered'], 'a keepalive writes nothing')
  clock.advance(90_000)
  t.equal(name(), 'late')
  clock.advance(89_999)
  t.equal(name(), 'late')
  clock.advance(1)
  t.same(told(), ['late keepalive-late', 'offline keepalive-lost'])
  t.equal(clock.pending(), 0)
  send({ type: 'keepalive' })
  t.same(told(), ['online keepalive'], 'a keepalive alone restores it')
})

t.test('an unregistration and a lost connection count at once', async (t) => {
  for (const type of ['connection-lost', 'unregistered'] as const) {
    const { clock, told, send } = device()
    send({ type: 'registered', leaseMs: 3_600_000 })
    send({ type })
    t.same(told(), ['online registered', `offline ${type}`])
    t.equal(clock.pending(), 0)
    send({ type })
    t.same(told(), [], 'told once')
  }
})

t.test('a device that reconnects is one pair; one that keeps reconnecting is no storm', async (t) => {
  const { clock, told, send, name } = device()
  const reconnect = (): void => {
    send({ type: 'connection-lost' })
    clock.advance(2_000)
    send({ type: 'registered' })
    clock.advance(28_000)
  }
  send({ type: 'registered' })
  reconnect()
  t.same(told(), ['online registered', 'offline connection-lost', 'online registered'])
  for (let i = 0; i < 100; i++) reconnect()
  t.same(told(), ['offline connection-lost', 'online registered'], 'from the third time within five minutes on it has ten seconds to come back')
  t.equal(name(), 'online')
  send({ type: 'connection-lost' })
  clock.advance(9_999)
  t.equal(name(), 'online')
  clock.advance(1)
  t.same(told(), ['offline connection-lost'], 'and is offline when it does not')
  t.equal(clock.pending(), 0)
})

t.test('a restored binding is online until proven otherwise, one that was offline stays so', async (t) => {
  const { clock, told, send } = device()
  send({ type: 'restored', leaseMs: 3_600_000 })
  clock.advance(180_000)
  t.same(told(), ['online restored', 'late keepalive-late', 'offline keepalive-lost'])
  const gone = device()
  gone.send({ type: 'restored', wasOffline: true, leaseMs: 3_600_000 })
  t.same(gone.told(), ['offline restored'])
  t.equal(gone.clock.pending(), 0)
  gone.send({ type: 'keepalive' })
  t.same(gone.told(), ['online keepalive'], 'a keepalive is taken at once')
  const kept = device()
  kept.send({ type: 'restored', leaseMs: -5_000 })
  kept.keep(60)
  t.same(kept.told(), ['online restored'], 'a lease that ran out before: said already')
})

t.test('a lease that runs out: noted while keepalives come, offline where none ever came', async (t) => {
  const once = device()
  once.send({ type: 'registered', leaseMs: 300_000 })
  once.keep(10)
  t.same(once.told(), ['online registered', '=online registration-expired'], 'it registers once and keeps alive for ever')
  t.equal(once.name(), 'online')
  once.send({ type: 'registered', leaseMs: 300_000 })
  once.keep(3)
  once.clock.advance(130_000)
  t.same(once.told(), ['late keepalive-late'])
  once.send({ type: 'keepalive' })
  t.same(once.told(), ['online keepalive', '=online registration-expired'], 'said with the next keepalive')

  const silent = device()
  silent.send({ type: 'registered', leaseMs: 60_000 })
  silent.clock.advance(69_999)
  t.equal(silent.name(), 'online', 'a refresh may come a little late')
  silent.clock.advance(1)
  t.same(silent.told(), ['online registered', 'offline registration-expired'])
  t.equal(silent.clock.pending(), 0)

  const refreshed = device()
  refreshed.send({ type: 'registered', leaseMs: 60_000 })
  for (let i = 0; i < 20; i++) {
    refreshed.clock.advance(55_000)
    refreshed.send({ type: 'registered', leaseMs: 60_000 })
  }
  t.same(refreshed.told(), ['online registered'], 'refreshing is a sign of life too')
})

t.test('the device’s own rule counts from when it was heard', async (t) => {
  const { clock, told, send } = device()
  send({ type: 'registered' })
  clock.advance(30_000)
  send({ type: 'rule', rule: { intervalMs: 20_000, misses: 3 } })
  t.same(told(), ['online registered'])
  clock.advance(1)
  t.same(told(), ['late keepalive-late'], 'half a minute of silence is late for it')
  clock.advance(29_999)
  t.same(told(), ['offline keepalive-lost'])
  send({ type: 'rule', rule: { intervalMs: 300_000, misses: 3 } })
  t.equal(clock.pending(), 0, 'a rule wakes nobody')
  send({ type: 'registered' })
  clock.advance(449_999)
  t.same(told(), ['online registered'])
})

t.test('rules are clamped', async (t) => {
  t.equal(offlineAfterMs(rule), 180_000)
  t.equal(offlineAfterMs({ intervalMs: 10, misses: 0 }), 1_000)
  t.equal(offlineAfterMs({ intervalMs: 86_400_000, misses: 30 }), 3_600_000)
  t.same(clampRule({ intervalMs: 0, misses: 0 }, rule), rule)
  t.same(clampRule({ intervalMs: Number.NaN, misses: -1 }, rule), rule)
  t.same(clampRule({ intervalMs: 1, misses: 1 }, rule), { intervalMs: 5_000, misses: 3 })
  t.same(clampRule({ intervalMs: 86_400_000, misses: 255 }, rule), { intervalMs: 1_200_000, misses: 10 })
})

t.test('a device slower than its rule flaps twice at most, then its own pace is known', async (t) => {
  const { told, keep, send, name } = device()
  send({ type: 'registered' })
  keep(4, 200_000)
  t.same(told(), ['online registered', ...Array.from({ length: 3 }, () => ['late keepalive-late', 'offline keepalive-lost', 'online keepalive']).flat()])
  keep(100, 200_000)
  t.same(told(), [])
  t.equal(name(), 'online')
  keep(100, 60_000)
  t.same(told(), [])

  const jittery = device()
  jittery.send({ type: 'registered' })
  for (let i = 0; i < 100; i++) jittery.keep(1, i % 2 ? 95_000 : 105_000)
  t.ok(jittery.told().length <= 7, 'late at first, then no more rows')

  const outage = device()
  outage.send({ type: 'registered' })
  outage.keep(5)
  outage.keep(1, 900_000)
  outage.keep(5)
  outage.told()
  outage.clock.advance(180_000)
  t.equal(outage.name(), 'offline', 'one outage is no pace')
})

t.test('a reboot that we asked for: gone for that reason, and overdue after three minutes', async (t) => {
  const { clock, told, keep, send } = device()
  send({ type: 'registered' })
  send({ type: 'rebooting' })
  clock.advance(5_000)
  send({ type: 'unregistered' })
  clock.advance(52_000)
  send({ type: 'registered' })
  t.same(told(), ['online registered', 'offline rebooting', 'online registered'])
  keep(3)
  clock.advance(180_000)
  t.same(told(), ['late keepalive-late', 'offline keepalive-lost'], 'later silence is no reboot')

  send({ type: 'registered' })
  send({ type: 'rebooting' })
  send({ type: 'connection-lost' })
  clock.advance(180_000)
  t.same(told(), ['online registered', 'offline rebooting', '=offline reboot-overdue'])
  t.equal(clock.pending(), 0)

  send({ type: 'registered' })
  send({ type: 'rebooting' })
  keep(10)
  t.same(told(), ['online registered'], 'it took the command and did nothing')
  send({ type: 'unregistered' })
  t.same(told(), ['offline unregistered'])
})

t.test('a message from elsewhere is noted and changes nothing', async (t) => {
  const { told, send, clock } = device()
  send({ type: 'registered' })
  send({ type: 'elsewhere' })
  t.same(told(), ['online registered', '=online heard-elsewhere'])
  clock.advance(180_000)
  t.same(told(), ['late keepalive-late', 'offline keepalive-lost'], 'nor does it keep the device alive')
})

const events: readonly PresenceEvent[] = [
  { type: 'registered' }, { type: 'registered', leaseMs: 60_000 }, { type: 'restored' }, { type: 'restored', wasOffline: true, leaseMs: 1 }, { type: 'keepalive' }, { type: 'unregistered' },
  { type: 'connection-lost' }, { type: 'rule', rule: { intervalMs: 30_000, misses: 3 } }, { type: 'rebooting' }, { type: 'elsewhere' }, { type: 'late' }, { type: 'lost' }, { type: 'lease-over' },
  { type: 'not-reconnected' }, { type: 'reboot-over' },
]
const isNote = ({ from, to }: PresenceEffect): boolean => from === to

t.test('walk: every state and event; a change is told once and as it is, offline waits for nothing but a reboot', async (t) => {
  const names: readonly Presence[] = ['unknown', 'online', 'late', 'offline']
  for (const name of names) {
    for (const extra of [{}, { isRebooting: true }, { isKept: true }, { lossesUs: [0, 1] }, { heardUs: 5, keepaliveUs: 5, gapMs: 60_000 }]) {
      for (const event of events) {
        const [next, ...effects] = presenceStep(rule)({ name, ...extra }, event, 1_000_000)
        const told = effects.filter((effect) => effect.type === 'changed')
        const changes = told.filter((effect) => !isNote(effect))
        t.equal(changes.length, next.name === name ? 0 : 1, `${name} on ${event.type}: ${next.name}`)
        for (const { from, to } of changes) t.same([from, to], [name, next.name])
        for (const note of told.filter(isNote)) t.equal(note.to, next.name)
        const timers = effects.flatMap((effect) => (effect.type === 'timer' ? [effect.name] : []))
        if (next.name === 'offline') t.ok(timers.every((timer) => timer === 'reboot'))
        if (next.name === 'online' && ['registered', 'restored', 'keepalive'].includes(event.type)) t.ok(timers.includes('late'))
        for (const effect of effects) if (effect.type === 'timer') t.ok(effect.ms >= 0 && effect.ms < 2 ** 31)
      }
    }
  }
})

t.test('walk: whatever comes in whatever order, presence is told without a gap and ends without a timer', async (t) => {
  let seed = 7
  const pick = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff)
  for (let round = 0; round < 40; round++) {
    const clock = manualClock()
    let last: Presence = 'unknown'
    const machine = runMachine<PresenceState, PresenceEvent, PresenceEffect>({
      initial: { name: 'unknown' }, step: presenceStep(rule), clock, log: silentLog, label: {},
      perform: ({ from, to }) => {
        t.equal(from, last)
        last = to
      },
    })
    for (let i = 0; i < 100; i++) {
      const event = events[pick() % events.length]
      if (event) machine.send(event)
      clock.advance(pick() % 100_000)
    }
    clock.advance(2 * 3_600_000)
    t.not(machine.state().name, 'online', 'two hours of silence')
    t.equal(clock.pending(), 0)
  }
})
