import t from 'tap'
import { manualClock, runMachine, silentLog } from '../base/index.ts'
import { inviteStep, type InviteEffect, type InviteEvent, type InviteOutcome, type InviteState } from './invite-session.ts'
import type { SipResponse } from './types.ts'

const times = { answerMs: 5_000, releaseMs: 3_000, abandonMs: 32_000 }
const response: SipResponse = { kind: 'response', status: 200, reason: 'OK', headers: [], body: Buffer.alloc(0) }
const accepted: InviteEvent = { type: 'accepted', response, outcome: { ok: true, ssrc: 1 } }
const busy: InviteOutcome = { ok: false, reason: 'refused', sipStatus: 486, hop: 'x', detail: '486 Busy Here' }

function session() {
  const clock = manualClock()
  const done: InviteEffect[] = []
  const initial: InviteState = { name: 'inviting' }
  const machine = runMachine({ initial, step: inviteStep(times), perform: (effect) => void done.push(effect), clock, log: silentLog, label: {} })
  machine.send({ type: 'begin' })
  done.shift()
  const said = (): string[] => done.map((effect) => effect.type)
  return { clock, done, machine, said, send: (...events: InviteEvent[]) => events.forEach((event) => machine.send(event)) }
}

t.test('answered, acknowledged again when the 200 repeats, ended by us', async (t) => {
  const { clock, machine, said, send } = session()
  send({ type: 'provisional' }, accepted, accepted, { type: 'stop' })
  t.same(said(), ['ack', 'answered', 'ack', 'bye'])
  send(accepted, { type: 'bye-done' })
  t.same(said().slice(4), ['ack', 'released', 'over'])
  t.equal(machine.state().name, 'ended')
  t.equal(clock.pending(), 0)
  send(accepted)
  t.equal(said().at(-1), 'ack', 'even now')
})

t.test('answered, ended by the camera', async (t) => {
  const { clock, said, send } = session()
  send(accepted, { type: 'bye-received' }, { type: 'stop' }, { type: 'bye-received' })
  t.same(said(), ['ack', 'answered', 'hung-up', 'released', 'over'])
  t.equal(clock.pending(), 0)
})

t.test('BYE crosses BYE', async (t) => {
  const { clock, said, send } = session()
  send(accepted, { type: 'stop' }, { type: 'bye-received' }, { type: 'bye-done' })
  t.same(said(), ['ack', 'answered', 'bye', 'released', 'over'])
  t.equal(clock.pending(), 0)
})

t.test('refused', async (t) => {
  const { clock, done, send } = session()
  send({ type: 'provisional' }, { type: 'rejected', outcome: busy })
  t.match(done, [{ type: 'answered', outcome: busy }, { type: 'released' }, { type: 'over' }])
  t.equal(clock.pending(), 0)
})

t.test('no answer in time: cancelled, the waiting caller let go, the refusal awaited', async (t) => {
  const { clock, done, machine, said, send } = session()
  send({ type: 'provisional' })
  clock.advance(5_000)
  t.match(done, [{ type: 'answered', outcome: { ok: false, reason: 'no-answer', detail: 'no final answer within 5000 ms' } }, { type: 'cancel-invite' }])
  clock.advance(3_000)
  t.same(said().slice(2), ['released'])
  t.equal(machine.state().name, 'ending')
  send({ type: 'rejected', outcome: { ...busy, sipStatus: 487 } })
  t.equal(machine.state().name, 'ended')
  t.equal(clock.pending(), 0)
})

t.test('a camera that takes the CANCEL and says no more is given up', async (t) => {
  const { clock, machine, said, send } = session()
  send({ type: 'provisional' }, { type: 'stop' })
  clock.advance(32_000)
  t.same(said(), ['answered', 'cancel-invite', 'released', 'released', 'over'])
  t.equal(machine.state().name, 'ended')
  t.equal(clock.pending(), 0)
})

t.test('a 200 that crosses the CANCEL is acknowledged and hung up, late or very late', async (t) => {
  const crossing = session()
  crossing.clock.advance(5_000)
  crossing.send(accepted)
  t.same(crossing.said(), ['answered', 'cancel-invite', 'ack', 'bye'])
  crossing.send({ type: 'bye-done' })
  t.equal(crossing.clock.pending(), 0)

  const late = session()
  late.send({ type: 'failed', detail: 'timeout' }, accepted, accepted)
  t.same(late.said(), ['answered', 'released', 'over', 'ack', 'bye', 'ack'])
  t.equal(late.clock.pending(), 0)
})

t.test('walk: every state and event; answered once, released once ended, every 2xx acknowledged', async (t) => {
  const events: readonly InviteEvent[] = [
    { type: 'begin' }, { type: 'provisional' }, accepted, { type: 'rejected', outcome: busy }, { type: 'failed', detail: 'x' }, { type: 'answer-late' },
    { type: 'stop' }, { type: 'bye-received' }, { type: 'bye-done' }, { type: 'waited' }, { type: 'abandoned' },
  ]
  const step = inviteStep(times)
  let steps = 0
  const walk = (state: InviteState, answers: number, timers: ReadonlySet<string>, depth: number): void => {
    for (const event of events) {
      const [next, ...effects] = step(state, event, 0)
      steps++
      const told = answers + effects.filter((effect) => effect.type === 'answered').length
      const running = new Set(timers)
      for (const effect of effects) {
        if (effect.type === 'timer') running.add(effect.name)
        if (effect.type === 'cancel') running.delete(effect.name)
      }
      const isBefore = next.name === 'inviting' || next.name === 'early'
      if (told !== (isBefore ? 0 : 1)) t.fail(`${state.name} on ${event.type}: answered ${told} times`)
      if (next.name === 'ended' && running.size > 0) t.fail(`${state.name} on ${event.type}: ${[...running].join()} left`)
      if (next.name === 'ended' && state.name !== 'ended' && !effects.some((effect) => effect.type === 'released')) t.fail(`${state.name} on ${event.type}: nobody released`)
      if (event.type === 'accepted' && !effects.some((effect) => effect.type === 'ack')) t.fail(`${state.name}: a 2xx without ACK`)
      if (depth > 0) walk(next, told, running, depth - 1)
    }
  }
  walk({ name: 'inviting' }, 0, new Set(), 4)
  t.ok(steps > 10_000)
})
