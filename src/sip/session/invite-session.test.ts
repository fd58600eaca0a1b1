import t from 'tap'
import { manualClock, runMachine, silentLog } from '../../base/index.ts'
import { inviteStart, inviteStep, type End, type InviteEffect, type InviteEvent, type InviteOutcome, type InviteState } from './invite-session.ts'
import type { SipResponse } from '../types.ts'

const times = { answerMs: 5_000, releaseMs: 3_000, abandonMs: 32_000, retryMs: 500, drainMs: 300, t1Ms: 500 }
const response: SipResponse = { kind: 'response', status: 200, reason: 'OK', headers: [], body: Buffer.alloc(0) }
const accepted: InviteEvent = { type: 'accepted', response, outcome: { ok: true, ssrc: 1, hop: 'x', notes: [] }, isFork: false }
const fork: InviteEvent = { ...accepted, isFork: true }
const useless: InviteEvent = { ...accepted, outcome: { ok: false, reason: 'refused', sipStatus: 200, detail: 'not where to connect' } }
const busy: Extract<InviteOutcome, { ok: false }> = { ok: false, reason: 'refused', sipStatus: 486, hop: 'x', detail: '486 Busy Here' }
const rejected: InviteEvent = { type: 'rejected', outcome: busy, isBusy: false }
const replaced: End = { how: 'replaced', reason: 'newer' }

function session() {
  const clock = manualClock()
  const done: InviteEffect[] = []
  const machine = runMachine({ initial: inviteStart, step: inviteStep(times), perform: (effect) => void done.push(effect), clock, log: silentLog, label: {} })
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

t.test('answered without any provisional, ended by the camera', async (t) => {
  const { clock, done, said, send } = session()
  send(accepted, { type: 'bye-received' }, { type: 'stop' }, { type: 'bye-received' })
  t.same(said(), ['ack', 'answered', 'end', 'released', 'over'])
  t.match(done[2], { end: { how: 'hung-up' } })
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
  send({ type: 'provisional' }, rejected)
  t.match(done, [{ type: 'answered', outcome: busy }, { type: 'released' }, { type: 'over' }])
  t.equal(clock.pending(), 0)
})

t.test('BYE before the answer is a refusal, and the INVITE is cancelled', async (t) => {
  const { clock, done, said, send } = session()
  send({ type: 'bye-received' })
  t.match(done[0], { type: 'answered', outcome: { ok: false, reason: 'refused', detail: 'BYE before an answer' } })
  send(rejected)
  t.same(said(), ['answered', 'cancel-invite', 'released', 'over'])
  t.equal(clock.pending(), 0)
})

t.test('an answer that cannot be used is acknowledged and hung up', async (t) => {
  const { clock, said, send } = session()
  send(useless)
  t.same(said(), ['ack', 'answered', 'bye'])
  send({ type: 'bye-done' })
  t.equal(clock.pending(), 0)
})

t.test('busy with an old session of ours: ended, half a second, asked once more, and no third time', async (t) => {
  const { clock, done, machine, said, send } = session()
  send({ type: 'rejected', outcome: busy, isBusy: true })
  t.same(said(), ['clear'])
  send({ type: 'cleared' })
  clock.advance(499)
  t.same(said(), ['clear'], 'not yet')
  clock.advance(1)
  t.match(done.at(-1), { type: 'invite', attempt: 2 })
  send({ type: 'provisional' }, { type: 'rejected', outcome: busy, isBusy: true })
  t.same(said().slice(2), ['answered', 'released', 'over'])
  t.equal(machine.state().name, 'ended')
  t.equal(clock.pending(), 0)
})

t.test('busy: the second try is answered; stopped while the old one ends, there is nothing to cancel', async (t) => {
  const good = session()
  good.send({ type: 'rejected', outcome: busy, isBusy: true }, { type: 'cleared' })
  good.clock.advance(500)
  good.send(accepted)
  t.same(good.said(), ['clear', 'invite', 'ack', 'answered'])
  t.equal(good.clock.pending(), 0, 'no timer runs while a session is up')

  const stopped = session()
  stopped.send({ type: 'rejected', outcome: busy, isBusy: true }, { type: 'stop' }, { type: 'cleared' })
  t.same(stopped.said(), ['clear', 'answered', 'released', 'over'])
  t.equal(stopped.clock.pending(), 0)

  const late = session()
  late.send({ type: 'rejected', outcome: busy, isBusy: true })
  late.clock.advance(5_000)
  t.match(late.done[1], { type: 'answered', outcome: { reason: 'no-answer' } }, 'both tries within the time for one answer')
  t.equal(late.clock.pending(), 0)
})

t.test('no answer in time: cancelled, the waiting caller let go, the refusal awaited', async (t) => {
  const { clock, done, machine, said, send } = session()
  send({ type: 'provisional' })
  clock.advance(5_000)
  t.match(done, [{ type: 'answered', outcome: { ok: false, reason: 'no-answer', detail: 'no final answer within 5000 ms' } }, { type: 'cancel-invite' }])
  clock.advance(3_000)
  t.same(said().slice(2), ['released'])
  t.equal(machine.state().name, 'ending')
  send({ type: 'rejected', outcome: { ...busy, sipStatus: 487 }, isBusy: false })
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

t.test('a second camera behind one INVITE is acknowledged and sent home, at any time', async (t) => {
  const { said, send } = session()
  send(accepted, fork, { type: 'stop' }, fork, { type: 'bye-done' }, fork)
  t.same(said(), ['ack', 'answered', 'farewell', 'bye', 'farewell', 'released', 'over', 'farewell'])
})

t.test('a recording that is over is drained, then hung up; its end is told once', async (t) => {
  const { clock, done, said, send } = session()
  send(accepted, { type: 'finished', reason: 'MediaStatus 121' })
  clock.advance(299)
  t.same(said(), ['ack', 'answered'])
  send({ type: 'finished', reason: 'idle' })
  clock.advance(1)
  t.match(done[2], { type: 'end', end: { how: 'finished', reason: 'MediaStatus 121' } })
  t.same(said().slice(3), ['bye'])
  send({ type: 'bye-done' }, { type: 'finished', reason: 'again' })
  t.equal(clock.pending(), 0)
  t.equal(said().filter((type) => type === 'end').length, 1)

  const crossed = session()
  crossed.send(accepted, { type: 'finished', reason: 'MediaStatus 121' }, { type: 'bye-received' })
  t.match(crossed.done[2], { type: 'end', end: { how: 'finished' } }, 'BYE after the news is the same end')
  t.equal(crossed.clock.pending(), 0)
})

t.test('cut: a session that was replaced or forgotten is told so and hung up', async (t) => {
  const { clock, said, send } = session()
  send(accepted, { type: 'cut', end: replaced }, { type: 'bye-done' })
  t.same(said(), ['ack', 'answered', 'end', 'bye', 'released', 'over'])
  t.equal(clock.pending(), 0)
})

t.test('our 200 to a re-INVITE goes out again until its ACK, and a missing ACK ends nothing', async (t) => {
  const { clock, machine, said, send } = session()
  send(accepted, { type: 'reinvited' })
  clock.advance(500)
  clock.advance(1_000)
  t.same(said().slice(2), ['answer-again', 'answer-again'])
  send({ type: 'acknowledged' })
  clock.advance(60_000)
  t.equal(said().length, 4)
  send({ type: 'reinvited' })
  clock.advance(120_000)
  t.equal(said().slice(4).length, 10)
  t.equal(machine.state().name, 'confirmed')
  t.equal(clock.pending(), 0)
})

t.test('walk: every state and event; answered once, released once ended, every 2xx acknowledged, no timer left', async (t) => {
  const events: readonly InviteEvent[] = [
    { type: 'begin' }, { type: 'provisional' }, accepted, fork, useless, rejected, { type: 'rejected', outcome: busy, isBusy: true }, { type: 'failed', detail: 'x' },
    { type: 'answer-late' }, { type: 'stop' }, { type: 'bye-received' }, { type: 'bye-done' }, { type: 'waited' }, { type: 'abandoned' }, { type: 'cleared' }, { type: 'retry' },
    { type: 'finished', reason: 'x' }, { type: 'drained' }, { type: 'cut', end: replaced }, { type: 'reinvited' }, { type: 'unacknowledged' }, { type: 'acknowledged' },
  ]
  const step = inviteStep(times)
  const seen = new Set<string>()
  const walk = (state: InviteState, told: { readonly answers: number; readonly ends: number; readonly invites: number }, timers: ReadonlySet<string>, depth: number): void => {
    for (const event of events) {
      const [next, ...effects] = step(state, event, 0)
      const count = (type: string): number => effects.filter((effect) => effect.type === type).length
      const now = { answers: told.answers + count('answered'), ends: told.ends + count('end'), invites: told.invites + (event.type === 'begin' ? 0 : count('invite')) }
      const running = new Set(timers)
      for (const effect of effects) {
        if (effect.type === 'timer') running.add(effect.name)
        if (effect.type === 'cancel') running.delete(effect.name)
      }
      const name = `${JSON.stringify(state)} on ${event.type}`
      const isBefore = next.name === 'inviting' || next.name === 'early'
      if (now.answers !== (isBefore ? 0 : 1)) t.fail(`${name}: answered ${now.answers} times`)
      if (now.ends > 1) t.fail(`${name}: the end told twice`)
      if (now.invites > 1) t.fail(`${name}: asked more than twice`)
      if (next.name === 'ended' && running.size > 0) t.fail(`${name}: ${[...running].join()} left`)
      if (next.name === 'ended' && state.name !== 'ended' && count('released') !== 1) t.fail(`${name}: nobody released`)
      if (event.type === 'accepted' && count('ack') + count('farewell') !== 1) t.fail(`${name}: a 2xx without ACK`)
      if (state.name === 'confirmed' && next.name === 'ending' && count('bye') !== 1) t.fail(`${name}: left without BYE`)
      seen.add(`${state.name} ${event.type}`)
      if (depth > 0) walk(next, now, running, depth - 1)
    }
  }
  walk(inviteStart, { answers: 0, ends: 0, invites: 0 }, new Set(), 3)
  t.equal(seen.size, 5 * new Set(events.map(({ type }) => type)).size, 'every state met every event')
})
