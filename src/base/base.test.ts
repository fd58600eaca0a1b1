import t from 'tap'
import { chew } from './chew.ts'
import { boundedQueue, manualClock, runMachine, seededBytes, seededRandom, silentLog, systemClock, type Step, type TimerEffect } from './index.ts'

t.test('a manual clock fires timers in order of their due time, and only while it moves', async (t) => {
  const clock = manualClock()
  const heard: string[] = []
  clock.after(20, () => heard.push('b'))
  clock.after(10, () => {
    heard.push('a')
    clock.after(5, () => heard.push('a2'))
  })
  clock.after(20, () => heard.push('c'))
  const cancel = clock.after(15, () => heard.push('never'))
  cancel()
  cancel()
  t.equal(clock.pending(), 3)
  clock.advance(20)
  t.same(heard, ['a', 'a2', 'b', 'c'])
  t.equal(clock.nowUs(), 20_000)
  t.equal(clock.pending(), 0)
})

t.test('the system clock counts whole microseconds', async (t) => {
  const before = systemClock.nowUs()
  await new Promise<void>((done) => systemClock.after(5, done))
  const spent = systemClock.nowUs() - before
  t.ok(Number.isInteger(spent) && spent >= 4_000, `${spent} µs`)
})

type Lamp = { readonly name: 'off' } | { readonly name: 'on'; readonly presses: number }
type LampEvent = { readonly type: 'press' } | { readonly type: 'expired' }
type LampEffect = { readonly type: 'say'; readonly text: string }
const lamp: Step<Lamp, LampEvent, LampEffect | TimerEffect<LampEvent>> = (state, event) => {
  if (event.type === 'expired') return [{ name: 'off' }, { type: 'say', text: 'dark' }]
  if (state.name === 'off') return [{ name: 'on', presses: 1 }, { type: 'timer', name: 'expiry', ms: 100, event: { type: 'expired' } }, { type: 'say', text: 'light' }]
  return [{ name: 'on', presses: state.presses + 1 }, { type: 'timer', name: 'expiry', ms: 100, event: { type: 'expired' } }]
}

t.test('a machine sets its state before its effects, runs one event at a time and restarts its timers', async (t) => {
  const clock = manualClock()
  const said: string[] = []
  const machine = runMachine<Lamp, LampEvent, LampEffect>({
    initial: { name: 'off' },
    step: lamp,
    perform: (effect, send) => {
      said.push(`${effect.text}:${machine.state().name}`)
      if (effect.text === 'light') send({ type: 'press' })
    },
    clock,
    log: silentLog,
    label: { lamp: 1 },
  })
  machine.send({ type: 'press' })
  t.same(machine.state(), { name: 'on', presses: 2 }, 'the event sent from an effect ran after it')
  clock.advance(60)
  machine.send({ type: 'press' })
  clock.advance(60)
  t.same(machine.timers(), ['expiry'], 'the timer of the same name was replaced, not doubled')
  clock.advance(40)
  t.same(said, ['light:on', 'dark:off'])
  t.same(machine.timers(), [])
  machine.send({ type: 'press' })
  machine.close()
  machine.send({ type: 'expired' })
  t.equal(clock.pending(), 0, 'closing drops the timers')
  t.equal(machine.state().name, 'on', 'and ignores what still arrives')
})

t.test('a machine whose effect throws is still usable: the error belongs to its caller', async (t) => {
  const clock = manualClock()
  const machine = runMachine<Lamp, LampEvent, LampEffect>({
    initial: { name: 'off' },
    step: lamp,
    perform: () => {
      throw new Error('bug')
    },
    clock,
    log: silentLog,
    label: {},
  })
  t.throws(() => machine.send({ type: 'press' }), { message: 'bug' })
  t.equal(machine.state().name, 'on')
  machine.send({ type: 'press' })
  t.same(machine.state(), { name: 'on', presses: 2 })
})

t.test('a bounded queue drops the oldest and counts', async (t) => {
  const queue = boundedQueue<number>(2)
  for (const item of [1, 2, 3]) queue.push(item)
  t.equal(queue.dropped(), 1)
  t.equal(queue.size(), 2)
  t.equal(queue.shift(), 2)
  queue.clear()
  t.equal(queue.shift(), undefined)
})

t.test('seeded randomness and chewing repeat exactly and leave the sample alone', async (t) => {
  const a = seededRandom(7)
  const b = seededRandom(7)
  t.same([a(), a(), a()], [b(), b(), b()])
  t.same(seededBytes(1)(8), seededBytes(1)(8))
  const sample = Buffer.from('REGISTER sip:x SIP/2.0\r\n\r\n')
  const kept = Buffer.from(sample)
  const first = [...chew([sample], 200, 3)]
  t.same(first, [...chew([sample], 200, 3)])
  t.same(sample, kept)
  t.ok(first.some((bytes) => !bytes.equals(sample)))
})
