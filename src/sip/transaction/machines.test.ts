// The four transaction machines: walks over every state and event, and the flows of RFC 3261 17 by a clock that a test moves.
import t from 'tap'
import { manualClock, runMachine, seededRandom, silentLog, type Machine, type ManualClock, type Step, type TimerEffect } from '../../base/index.ts'
import type { Address, SipResponse } from '../types.ts'
import { clientInvite, clientInviteStart, type ClientInviteEvent, type ClientInviteState } from './client-invite.ts'
import { clientOther, clientOtherStart, type ClientOtherEvent, type ClientOtherState } from './client-other.ts'
import { serverInvite, serverInviteStart, type ServerInviteEvent, type ServerInviteState } from './server-invite.ts'
import { serverOther, serverOtherStart, type ServerOtherEvent, type ServerOtherState } from './server-other.ts'
import { timingOf } from './timing.ts'

const source: Address = { transport: 'udp', host: '192.0.2.77', port: 5060 }
const udp = timingOf('udp', 500)
const tcp = timingOf('tcp', 500)
const response = (status: number): SipResponse => ({ kind: 'response', status, reason: '', headers: [], body: Buffer.alloc(0) })
const answer = (status: number) => ({ type: 'response', response: response(status), source, atUs: 0 }) as const
const respond = (status: number) => ({ type: 'respond', response: response(status) }) as const
const broken = { type: 'transport-error', detail: 'no route' } as const

interface Shown {
  readonly type: string
  readonly response?: SipResponse
  readonly event?: { readonly type: string; readonly response?: SipResponse }
}

/** An effect in short: `transmit`, `transmit 486`, `tell 200`, `tell timeout`, `finish`. */
function inShort(effect: Shown): string {
  const { event } = effect
  if (event) return `${effect.type} ${event.response?.status ?? event.type}`
  return effect.response ? `${effect.type} ${effect.response.status}` : effect.type
}

interface Run<State, Event> {
  readonly machine: Machine<State, Event>
  readonly clock: ManualClock
  /** Effects in short, each with the millisecond it was done at. */
  readonly done: string[]
  readonly state: () => string
}

function run<State extends { readonly name: string }, Event extends { readonly type: string }, Effect extends Shown>(initial: State, step: Step<State, Event, Effect | TimerEffect<Event>>, begin: Event): Run<State, Event> {
  const clock = manualClock()
  const done: string[] = []
  const machine: Machine<State, Event> = runMachine<State, Event, Effect>({
    initial,
    step,
    clock,
    log: silentLog,
    label: {},
    perform: (effect) => {
      done.push(`${clock.nowUs() / 1000} ${inShort(effect)}`)
      if (effect.type === 'finish') machine.close()
    },
  })
  machine.send(begin)
  return { machine, clock, done, state: () => machine.state().name }
}

const begin = { type: 'begin' } as const
const startClientOther = (timing = udp): Run<ClientOtherState, ClientOtherEvent> => run<ClientOtherState, ClientOtherEvent, Shown>(clientOtherStart(timing), clientOther(timing), begin)
const startClientInvite = (timing = udp): Run<ClientInviteState, ClientInviteEvent> => run<ClientInviteState, ClientInviteEvent, Shown>(clientInviteStart(timing), clientInvite(timing), begin)
const startServerOther = (timing = udp): Run<ServerOtherState, ServerOtherEvent> => run<ServerOtherState, ServerOtherEvent, Shown>(serverOtherStart, serverOther<SipResponse>(timing), begin)
const startServerInvite = (timing = udp): Run<ServerInviteState, ServerInviteEvent> => run<ServerInviteState, ServerInviteEvent, Shown>(serverInviteStart, serverInvite<SipResponse>(timing), begin)

const isFinal = (short: string): boolean => /tell ([2-6]\d\d|timeout|transport-error)$/.test(short)

/** Every state with every event: no throw, an ended machine does nothing, what ends finishes exactly then. */
function walk<State extends { readonly name: string }, Event extends { readonly type: string }, Effect extends Shown>(t: Pick<typeof import('tap').t, 'equal' | 'same'>, states: readonly State[], events: readonly Event[], step: Step<State, Event, Effect | TimerEffect<Event>>): void {
  for (const state of states) {
    for (const event of events) {
      const [after, ...effects] = step(state, event, 0)
      const finishes = effects.some((effect) => effect.type === 'finish')
      const where = `${state.name} on ${event.type}`
      t.equal(finishes, after.name === 'terminated' && state.name !== 'terminated', `${where}: finishes when it ends`)
      if (state.name === 'terminated') t.same(effects, [], `${where}: over`)
    }
  }
}

const clientOtherEvents: readonly ClientOtherEvent[] = [{ type: 'begin' }, { type: 'timer-e' }, { type: 'timer-f' }, { type: 'timer-k' }, answer(100), answer(200), answer(401), broken]
const clientInviteEvents: readonly ClientInviteEvent[] = [{ type: 'begin' }, { type: 'cancel' }, { type: 'timer-a' }, { type: 'timer-b' }, { type: 'timer-d' }, { type: 'timer-m' }, answer(100), answer(200), answer(486), broken]
const serverOtherEvents: readonly ServerOtherEvent[] = [{ type: 'begin' }, { type: 'request' }, { type: 'timer-j' }, { type: 'timer-unanswered' }, respond(100), respond(200), respond(500), broken]
const serverInviteEvents: readonly ServerInviteEvent[] = [{ type: 'begin' }, { type: 'request' }, { type: 'ack' }, { type: 'timer-trying' }, { type: 'timer-g' }, { type: 'timer-h' }, { type: 'timer-i' }, { type: 'timer-l' }, respond(180), respond(200), respond(486), broken]

void t.test('walk: every state and every event', (t) => {
  for (const timing of [udp, tcp]) {
    walk<ClientOtherState, ClientOtherEvent, Shown>(t, [{ name: 'trying', intervalMs: 500 }, { name: 'proceeding' }, { name: 'completed' }, { name: 'terminated' }], clientOtherEvents, clientOther(timing))
    walk<ClientInviteState, ClientInviteEvent, Shown>(
      t,
      [{ name: 'calling', intervalMs: 500, wantsCancel: false }, { name: 'calling', intervalMs: 500, wantsCancel: true }, { name: 'proceeding', isCancelled: false }, { name: 'proceeding', isCancelled: true }, { name: 'accepted' }, { name: 'completed' }, { name: 'terminated' }],
      clientInviteEvents,
      clientInvite(timing),
    )
    walk<ServerOtherState, ServerOtherEvent, Shown>(t, [{ name: 'trying' }, { name: 'proceeding', last: response(100) }, { name: 'completed', last: response(200) }, { name: 'terminated' }], serverOtherEvents, serverOther<SipResponse>(timing))
    walk<ServerInviteState, ServerInviteEvent, Shown>(
      t,
      [{ name: 'proceeding' }, { name: 'proceeding', last: response(180) }, { name: 'accepted' }, { name: 'completed', last: response(486), intervalMs: 500 }, { name: 'confirmed' }, { name: 'terminated' }],
      serverInviteEvents,
      serverInvite<SipResponse>(timing),
    )
  }
  t.end()
})

void t.test('random walks end: one final event, no timer left', (t) => {
  const random = seededRandom(17)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  let problems = 0
  for (let round = 0; round < 2000; round++) {
    const timing = round % 2 === 0 ? udp : tcp
    const client = round % 4 < 2 ? startClientOther(timing) : startClientInvite(timing)
    const server = round % 4 < 2 ? startServerOther(timing) : startServerInvite(timing)
    for (let i = 0; i < 6; i++) {
      if (round % 4 < 2) {
        client.machine.send(pick(clientOtherEvents) as never)
        server.machine.send(pick(serverOtherEvents) as never)
      } else {
        client.machine.send(pick(clientInviteEvents) as never)
        server.machine.send(pick(serverInviteEvents) as never)
      }
      client.clock.advance(random() * 3000)
      server.clock.advance(random() * 3000)
    }
    // Only an INVITE that is being answered has no end of its own.
    client.machine.send(answer(603) as never)
    server.machine.send(respond(603) as never)
    client.clock.advance(200_000)
    server.clock.advance(200_000)
    const finals = client.done.filter((short) => isFinal(short))
    const repeats = finals.filter((short) => short.endsWith('tell 200')).length
    if (client.state() !== 'terminated' || server.state() !== 'terminated' || client.clock.pending() + server.clock.pending() > 0 || finals.length - Math.max(0, repeats - 1) !== 1) {
      problems++
      t.fail(`round ${round}: ${client.state()} ${server.state()} ${client.done.join(', ')}`)
    }
  }
  t.equal(problems, 0)
  t.end()
})

void t.test('client, no INVITE: sent at 0, T1, 2 T1, 4 T1, then every T2, given up at 64 T1', (t) => {
  const { clock, done, state } = startClientOther()
  clock.advance(40_000)
  t.same(done, ['0 transmit', '500 transmit', '1500 transmit', '3500 transmit', '7500 transmit', '11500 transmit', '15500 transmit', '19500 transmit', '23500 transmit', '27500 transmit', '31500 transmit', '32000 tell timeout', '32000 finish'])
  t.equal(state(), 'terminated')
  t.end()
})

void t.test('client, no INVITE: a provisional slows it to T2, a final one ends it, its copies are absorbed for T4', (t) => {
  const { machine, clock, done, state } = startClientOther()
  clock.advance(600)
  machine.send(answer(100))
  clock.advance(5_000)
  machine.send(answer(401))
  machine.send(answer(401))
  t.equal(state(), 'completed')
  clock.advance(4_999)
  machine.send(answer(401))
  t.equal(state(), 'completed')
  clock.advance(1)
  t.same(done, ['0 transmit', '500 transmit', '600 tell 100', '1500 transmit', '5500 transmit', '5600 tell 401', '10600 finish'])
  t.equal(clock.pending(), 0)

  const byTcp = startClientOther(tcp)
  byTcp.clock.advance(31_000)
  byTcp.machine.send(answer(200))
  t.same(byTcp.done, ['0 transmit', '31000 tell 200', '31000 finish'], 'over TCP: once, and over at once')
  t.end()
})

void t.test('client INVITE: sent at 0, T1, 3 T1, 7 T1 … given up at 64 T1; a provisional stops the sending and the clock', (t) => {
  const silent = startClientInvite()
  silent.clock.advance(40_000)
  t.same(silent.done, ['0 transmit', '500 transmit', '1500 transmit', '3500 transmit', '7500 transmit', '15500 transmit', '31500 transmit', '32000 tell timeout', '32000 finish'])
  const ringing = startClientInvite()
  ringing.machine.send(answer(180))
  ringing.clock.advance(100_000)
  t.same(ringing.done, ['0 transmit', '0 tell 180'], 'ringing is for the user to end')
  t.equal(ringing.clock.pending(), 0)
  t.end()
})

void t.test('client INVITE: each copy of a failure is acknowledged again (lost ACK), told once', (t) => {
  const { machine, clock, done } = startClientInvite()
  machine.send(answer(486))
  clock.advance(500)
  machine.send(answer(486))
  clock.advance(40_000)
  t.same(done, ['0 transmit', '0 acknowledge 486', '0 tell 486', '500 acknowledge 486', '32000 finish'])
  const byTcp = startClientInvite(tcp)
  byTcp.machine.send(answer(486))
  t.same(byTcp.done, ['0 transmit', '0 acknowledge 486', '0 tell 486', '0 finish'])
  t.end()
})

void t.test('client INVITE: a repeated 2xx is told again, since its ACK is the user\'s', (t) => {
  const { machine, clock, done, state } = startClientInvite()
  machine.send(answer(200))
  clock.advance(500)
  machine.send(answer(200))
  machine.send(answer(180))
  machine.send(answer(486))
  machine.send(broken)
  t.equal(state(), 'accepted')
  clock.advance(31_500)
  t.same(done, ['0 transmit', '0 tell 200', '500 tell 200', '32000 finish'])
  t.end()
})

void t.test('client INVITE: CANCEL leaves after the first provisional, once; silence after it ends the call', (t) => {
  const early = startClientInvite()
  early.machine.send({ type: 'cancel' })
  t.same(early.done, ['0 transmit'])
  early.clock.advance(200)
  early.machine.send(answer(100))
  early.machine.send({ type: 'cancel' })
  early.machine.send(answer(487))
  early.clock.advance(40_000)
  t.same(early.done, ['0 transmit', '200 send-cancel', '200 tell 100', '200 acknowledge 487', '200 tell 487', '32200 finish'])

  const crossing = startClientInvite()
  crossing.machine.send(answer(180))
  crossing.machine.send({ type: 'cancel' })
  crossing.machine.send(answer(200))
  t.same(crossing.done.slice(1), ['0 tell 180', '0 send-cancel', '0 tell 200'], 'a 2xx that crosses it is the user\'s to end with BYE')

  const dead = startClientInvite()
  dead.machine.send(answer(180))
  dead.clock.advance(60_000)
  dead.machine.send({ type: 'cancel' })
  dead.clock.advance(32_000)
  t.same(dead.done.slice(2), ['60000 send-cancel', '92000 tell timeout', '92000 finish'])

  const never = startClientInvite()
  never.machine.send({ type: 'cancel' })
  never.clock.advance(40_000)
  t.same(never.done.at(-2), '32000 tell timeout', 'no provisional, no CANCEL')
  t.end()
})

void t.test('server, no INVITE: a copy gets the last response, for 64 T1', (t) => {
  const { machine, clock, done } = startServerOther()
  machine.send({ type: 'request' })
  machine.send(respond(100))
  machine.send({ type: 'request' })
  clock.advance(300)
  machine.send(respond(401))
  machine.send(respond(200))
  clock.advance(31_999)
  machine.send({ type: 'request' })
  clock.advance(1)
  machine.send({ type: 'request' })
  t.same(done, ['0 transmit 100', '0 transmit 100', '300 transmit 401', '32299 transmit 401', '32300 finish'])
  t.equal(clock.pending(), 0)

  const forgotten = startServerOther()
  forgotten.clock.advance(32_000)
  forgotten.machine.send(respond(200))
  t.same(forgotten.done, ['32000 finish'], 'an answer later than anyone waits is not sent')
  const byTcp = startServerOther(tcp)
  byTcp.machine.send(respond(200))
  t.same(byTcp.done, ['0 transmit 200', '0 finish'])
  t.end()
})

void t.test('server INVITE: 100 by itself after 200 ms; a failure is sent until its ACK, 64 T1 at most', (t) => {
  const { machine, clock, done, state } = startServerInvite()
  machine.send({ type: 'request' })
  clock.advance(1_000)
  machine.send(respond(486))
  clock.advance(8_000)
  machine.send({ type: 'request' })
  machine.send({ type: 'ack' })
  t.equal(state(), 'confirmed')
  machine.send({ type: 'request' })
  machine.send({ type: 'ack' })
  clock.advance(5_000)
  t.same(done, ['0 transmit-trying', '200 transmit-trying', '1000 transmit 486', '1500 transmit 486', '2500 transmit 486', '4500 transmit 486', '8500 transmit 486', '9000 transmit 486', '14000 finish'])

  const unacknowledged = startServerInvite()
  unacknowledged.machine.send(respond(486))
  unacknowledged.clock.advance(40_000)
  t.equal(unacknowledged.done.filter((short) => short.endsWith('transmit 486')).length, 11)
  t.equal(unacknowledged.done.at(-1), '32000 finish')

  const byTcp = startServerInvite(tcp)
  byTcp.machine.send(respond(486))
  byTcp.clock.advance(10_000)
  byTcp.machine.send({ type: 'ack' })
  t.same(byTcp.done, ['0 transmit 486', '10000 finish'])
  t.end()
})

void t.test('server INVITE: a 2xx is sent when the user sends it, copies of the INVITE are absorbed', (t) => {
  const { machine, clock, done, state } = startServerInvite()
  machine.send(respond(180))
  clock.advance(1_000)
  machine.send({ type: 'request' })
  machine.send(respond(200))
  machine.send({ type: 'request' })
  machine.send(respond(486))
  clock.advance(500)
  machine.send(respond(200))
  machine.send({ type: 'ack' })
  t.equal(state(), 'accepted')
  clock.advance(31_500)
  t.same(done, ['0 transmit 180', '1000 transmit 180', '1000 transmit 200', '1500 transmit 200', '33000 finish'])
  t.end()
})
