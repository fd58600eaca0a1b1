// Every state of the four machines with every event, over UDP and TCP, against the figures of RFC 3261 17 and RFC 6026 7.
// A cell reads: next state, then what is done; `E=500` starts timer E with 500 ms, `-E` stops it. What a row does not name changes nothing.
import t from 'tap'
import type { Step, TimerEffect } from '../../base/index.ts'
import type { Address, SipResponse } from '../types.ts'
import { clientInvite, type ClientInviteEvent, type ClientInviteState } from './client-invite.ts'
import { clientOther, type ClientOtherEvent, type ClientOtherState } from './client-other.ts'
import { serverInvite, type ServerInviteEvent, type ServerInviteState } from './server-invite.ts'
import { serverOther, type ServerOtherEvent, type ServerOtherState } from './server-other.ts'
import { timingOf } from './timing.ts'

const source: Address = { transport: 'udp', host: '192.0.2.77', port: 5060 }
const response = (status: number): SipResponse => ({ kind: 'response', status, reason: '', headers: [], body: Buffer.alloc(0) })
const hears = (status: number) => ({ type: 'response', response: response(status), source, atUs: 0 }) as const
const answers = (status: number) => ({ type: 'respond', response: response(status) }) as const
const broken = { type: 'transport-error', detail: 'no route' } as const

interface Shown {
  readonly type: string
  readonly response?: SipResponse
  readonly event?: { readonly type: string; readonly response?: SipResponse }
  readonly name?: string
  readonly ms?: number
}

function inShort({ type, response: sent, event, name, ms }: Shown): string {
  if (type === 'timer') return `${name}=${ms}`
  if (type === 'cancel') return `-${name}`
  if (type === 'tell') return `tell ${event?.response?.status ?? event?.type}`
  return sent ? `${type} ${sent.status}` : type
}

/** Per state and event: the cell over UDP, and over TCP where it differs. */
type Table = Readonly<Record<string, Readonly<Record<string, string | readonly [udp: string, tcp: string]>>>>

function walk<State extends { readonly name: string }, Event extends { readonly type: string }, Effect extends Shown>(
  t: Pick<typeof import('tap').t, 'same'>,
  name: string,
  machine: { readonly states: Readonly<Record<string, State>>; readonly events: Readonly<Record<string, Event>>; readonly step: (transport: 'udp' | 'tcp') => Step<State, Event, Effect | TimerEffect<Event>> },
  wanted: Table,
): void {
  const cell = (transport: 'udp' | 'tcp', state: State, event: Event): string => {
    const [after, ...effects] = machine.step(transport)(state, event, 0)
    const isSame = JSON.stringify(after) === JSON.stringify(state)
    return isSame && effects.length === 0 ? '' : [after.name, ...effects.map((effect) => inShort(effect as Shown))].join(', ')
  }
  const table: Record<string, Record<string, string | readonly [string, string]>> = {}
  for (const [stateName, state] of Object.entries(machine.states)) {
    const row: Record<string, string | readonly [string, string]> = (table[stateName] = {})
    for (const [eventName, event] of Object.entries(machine.events)) {
      const [udp, tcp] = [cell('udp', state, event), cell('tcp', state, event)]
      if (udp !== '' || tcp !== '') row[eventName] = udp === tcp ? udp : [udp, tcp]
    }
  }
  t.same(table, wanted, name)
}

// RFC 3261 17.1.2, figure 6.
const clientOtherTable: Table = {
  trying: {
    100: 'proceeding, tell 100',
    200: ['completed, -E, -F, tell 200, K=5000', 'terminated, tell 200, finish'],
    401: ['completed, -E, -F, tell 401, K=5000', 'terminated, tell 401, finish'],
    begin: ['trying, transmit, E=500, F=32000', 'trying, transmit, F=32000'],
    'timer-e': ['trying, transmit, E=1000', 'trying, transmit'],
    'timer-f': 'terminated, tell timeout, finish',
    broken: 'terminated, tell transport-error, finish',
  },
  'trying late': {
    100: 'proceeding, tell 100',
    200: ['completed, -E, -F, tell 200, K=5000', 'terminated, tell 200, finish'],
    401: ['completed, -E, -F, tell 401, K=5000', 'terminated, tell 401, finish'],
    begin: ['trying, transmit, E=500, F=32000', 'trying, transmit, F=32000'],
    'timer-e': ['trying, transmit, E=4000', 'trying, transmit'],
    'timer-f': 'terminated, tell timeout, finish',
    broken: 'terminated, tell transport-error, finish',
  },
  proceeding: {
    100: 'proceeding, tell 100',
    200: ['completed, -E, -F, tell 200, K=5000', 'terminated, tell 200, finish'],
    401: ['completed, -E, -F, tell 401, K=5000', 'terminated, tell 401, finish'],
    'timer-e': ['proceeding, transmit, E=4000', 'proceeding, transmit'],
    'timer-f': 'terminated, tell timeout, finish',
    broken: 'terminated, tell transport-error, finish',
  },
  completed: {
    'timer-k': 'terminated, finish',
  },
  terminated: {},
}

// RFC 3261 17.1.1, figure 5; RFC 6026 7.2; cancelling by RFC 3261 9.1.
const clientInviteTable: Table = {
  calling: {
    180: 'proceeding, -A, -B, tell 180',
    200: 'accepted, -A, -B, tell 200, M=32000',
    486: ['completed, -A, -B, acknowledge 486, tell 486, D=32000', 'terminated, acknowledge 486, tell 486, finish'],
    begin: ['calling, transmit, A=500, B=32000', 'calling, transmit, B=32000'],
    cancel: 'calling',
    'timer-a': ['calling, transmit, A=1000', 'calling, transmit'],
    'timer-b': 'terminated, tell timeout, finish',
    broken: 'terminated, tell transport-error, finish',
  },
  'calling, cancelled': {
    180: 'proceeding, -A, -B, send-cancel, B=32000, tell 180',
    200: 'accepted, -A, -B, tell 200, M=32000',
    486: ['completed, -A, -B, acknowledge 486, tell 486, D=32000', 'terminated, acknowledge 486, tell 486, finish'],
    begin: ['calling, transmit, A=500, B=32000', 'calling, transmit, B=32000'],
    'timer-a': ['calling, transmit, A=1000', 'calling, transmit'],
    'timer-b': 'terminated, tell timeout, finish',
    broken: 'terminated, tell transport-error, finish',
  },
  proceeding: {
    180: 'proceeding, tell 180',
    200: 'accepted, -A, -B, tell 200, M=32000',
    486: ['completed, -A, -B, acknowledge 486, tell 486, D=32000', 'terminated, acknowledge 486, tell 486, finish'],
    cancel: 'proceeding, send-cancel, B=32000',
    broken: 'terminated, tell transport-error, finish',
  },
  'proceeding, cancelled': {
    180: 'proceeding, tell 180',
    200: 'accepted, -A, -B, tell 200, M=32000',
    486: ['completed, -A, -B, acknowledge 486, tell 486, D=32000', 'terminated, acknowledge 486, tell 486, finish'],
    'timer-b': 'terminated, tell timeout, finish',
    broken: 'terminated, tell transport-error, finish',
  },
  accepted: {
    200: 'accepted, tell 200',
    'timer-m': 'terminated, finish',
  },
  completed: {
    486: 'completed, acknowledge 486',
    'timer-d': 'terminated, finish',
    broken: 'terminated, finish',
  },
  terminated: {},
}

// RFC 3261 17.2.2, figure 8.
const serverOtherTable: Table = {
  trying: {
    100: 'proceeding, transmit 100',
    200: ['completed, -unanswered, transmit 200, J=32000', 'terminated, transmit 200, finish'],
    500: ['completed, -unanswered, transmit 500, J=32000', 'terminated, transmit 500, finish'],
    begin: 'trying, unanswered=32000',
    'timer-unanswered': 'terminated, finish',
    broken: 'terminated, finish',
  },
  proceeding: {
    100: 'proceeding, transmit 100',
    200: ['completed, -unanswered, transmit 200, J=32000', 'terminated, transmit 200, finish'],
    500: ['completed, -unanswered, transmit 500, J=32000', 'terminated, transmit 500, finish'],
    begin: 'proceeding, unanswered=32000',
    request: 'proceeding, transmit 100',
    'timer-unanswered': 'terminated, finish',
    broken: 'terminated, finish',
  },
  completed: {
    request: 'completed, transmit 200',
    'timer-j': 'terminated, finish',
    broken: 'terminated, finish',
  },
  terminated: {},
}

// RFC 3261 17.2.1, figure 7; RFC 6026 7.1.
const serverInviteTable: Table = {
  proceeding: {
    180: 'proceeding, -trying, transmit 180',
    200: 'accepted, -trying, transmit 200, L=32000',
    486: ['completed, -trying, transmit 486, G=500, H=32000', 'completed, -trying, transmit 486, H=32000'],
    begin: 'proceeding, trying=200',
    request: 'proceeding, transmit-trying',
    'timer-trying': 'proceeding, transmit-trying',
    broken: 'terminated, finish',
  },
  'proceeding, ringing': {
    180: 'proceeding, -trying, transmit 180',
    200: 'accepted, -trying, transmit 200, L=32000',
    486: ['completed, -trying, transmit 486, G=500, H=32000', 'completed, -trying, transmit 486, H=32000'],
    begin: 'proceeding, trying=200',
    request: 'proceeding, transmit 180',
    broken: 'terminated, finish',
  },
  accepted: {
    200: 'accepted, transmit 200',
    'timer-l': 'terminated, finish',
  },
  completed: {
    request: 'completed, transmit 486',
    ack: ['confirmed, -G, -H, I=5000', 'terminated, finish'],
    'timer-g': ['completed, transmit 486, G=1000', 'completed, transmit 486'],
    'timer-h': 'terminated, finish',
    broken: 'terminated, finish',
  },
  'completed, late': {
    request: 'completed, transmit 486',
    ack: ['confirmed, -G, -H, I=5000', 'terminated, finish'],
    'timer-g': ['completed, transmit 486, G=4000', 'completed, transmit 486'],
    'timer-h': 'terminated, finish',
    broken: 'terminated, finish',
  },
  confirmed: {
    'timer-i': 'terminated, finish',
  },
  terminated: {},
}

const timer = <Name extends string>(type: Name): { readonly type: Name } => ({ type })

void t.test('client, no INVITE', (t) => {
  const states: Readonly<Record<string, ClientOtherState>> = {
    trying: { name: 'trying', intervalMs: 500 }, 'trying late': { name: 'trying', intervalMs: 4000 }, proceeding: { name: 'proceeding' }, completed: { name: 'completed' }, terminated: { name: 'terminated' },
  }
  const events: Readonly<Record<string, ClientOtherEvent>> = {
    begin: timer('begin'), 'timer-e': timer('timer-e'), 'timer-f': timer('timer-f'), 'timer-k': timer('timer-k'), 100: hears(100), 200: hears(200), 401: hears(401), broken,
  }
  walk(t, 'each cell', { states, events, step: (transport) => clientOther(timingOf(transport, 500)) }, clientOtherTable)
  t.end()
})

void t.test('client INVITE', (t) => {
  const states: Readonly<Record<string, ClientInviteState>> = {
    calling: { name: 'calling', intervalMs: 500, wantsCancel: false }, 'calling, cancelled': { name: 'calling', intervalMs: 500, wantsCancel: true },
    proceeding: { name: 'proceeding', isCancelled: false }, 'proceeding, cancelled': { name: 'proceeding', isCancelled: true },
    accepted: { name: 'accepted' }, completed: { name: 'completed' }, terminated: { name: 'terminated' },
  }
  const events: Readonly<Record<string, ClientInviteEvent>> = {
    begin: timer('begin'), cancel: timer('cancel'), 'timer-a': timer('timer-a'), 'timer-b': timer('timer-b'), 'timer-d': timer('timer-d'), 'timer-m': timer('timer-m'),
    180: hears(180), 200: hears(200), 486: hears(486), broken,
  }
  walk(t, 'each cell', { states, events, step: (transport) => clientInvite(timingOf(transport, 500)) }, clientInviteTable)
  t.end()
})

void t.test('server, no INVITE', (t) => {
  const states: Readonly<Record<string, ServerOtherState>> = {
    trying: { name: 'trying' }, proceeding: { name: 'proceeding', last: response(100) }, completed: { name: 'completed', last: response(200) }, terminated: { name: 'terminated' },
  }
  const events: Readonly<Record<string, ServerOtherEvent>> = {
    begin: timer('begin'), request: timer('request'), 'timer-j': timer('timer-j'), 'timer-unanswered': timer('timer-unanswered'), 100: answers(100), 200: answers(200), 500: answers(500), broken,
  }
  walk(t, 'each cell', { states, events, step: (transport) => serverOther<SipResponse>(timingOf(transport, 500)) }, serverOtherTable)
  t.end()
})

void t.test('server INVITE', (t) => {
  const states: Readonly<Record<string, ServerInviteState>> = {
    proceeding: { name: 'proceeding' }, 'proceeding, ringing': { name: 'proceeding', last: response(180) }, accepted: { name: 'accepted' },
    completed: { name: 'completed', last: response(486), intervalMs: 500 }, 'completed, late': { name: 'completed', last: response(486), intervalMs: 4000 },
    confirmed: { name: 'confirmed' }, terminated: { name: 'terminated' },
  }
  const events: Readonly<Record<string, ServerInviteEvent>> = {
    begin: timer('begin'), request: timer('request'), ack: timer('ack'), 'timer-trying': timer('timer-trying'), 'timer-g': timer('timer-g'), 'timer-h': timer('timer-h'),
    'timer-i': timer('timer-i'), 'timer-l': timer('timer-l'), 180: answers(180), 200: answers(200), 486: answers(486), broken,
  }
  walk(t, 'each cell', { states, events, step: (transport) => serverInvite<SipResponse>(timingOf(transport, 500)) }, serverInviteTable)
  t.end()
})
