import t from 'tap'
import { manualClock, runMachine, silentLog, type ManualClock, type Machine } from '../base/index.ts'
import type { WireEvent } from '../media/index.ts'
import { readSignal } from '../sip/index.ts'
import { defaultRules as rules, type AttemptOutcome } from './index.ts'
import { measureLag } from './lag.ts'
import { checkStep, maxOwnFaults, type CheckEffect, type CheckEvent, type CheckState } from './run.ts'
import { emptyTimeline, readTimeline, type Timeline } from './timeline.ts'

const step = checkStep(rules)
const states: readonly CheckState[] = [
  ...(['queued', 'connecting', 'sampling', 'measuring'] as const).map((name): CheckState => ({ name, attempt: 2, blamed: 1 })),
  { name: 'done' },
  { name: 'failed' },
]
const news = (attempt: number): readonly CheckEvent[] => [
  ...(['asked', 'answered', 'packet', 'picture', 'sampled', 'hung-up', 'full', 'timeout'] as const).map((type): CheckEvent => ({ type, attempt })),
  { type: 'joined', attempt, isCold: true },
  { type: 'joined', attempt, isCold: false },
  { type: 'refused', attempt, reason: 'offline', detail: '' },
  { type: 'ended', attempt, reason: 'BYE' },
  ...([['ok', false, true], ['no-answer', false, true], ['no-answer', true, true], ['no-answer', false, false]] as const).map(
    ([outcome, isOurFault, mayRepeat]): CheckEvent => ({ type: 'attempted', attempt, outcome, isOurFault, mayRepeat }),
  ),
]
const events: readonly CheckEvent[] = [{ type: 'begin' }, { type: 'cancel' }, { type: 'broke' }, ...news(2), ...news(1)]

t.test('walk: every state on every event', async (t) => {
  for (const state of states) {
    for (const event of events) {
      const [after, ...effects] = step(state, event)
      const name = `${state.name} on ${event.type}`
      const isOver = state.name === 'done' || state.name === 'failed'
      if (isOver || ('attempt' in event && event.attempt === 1)) {
        t.same([after, ...effects], [state], `${name}: nothing`)
        continue
      }
      if (event.type === 'cancel' || event.type === 'broke') t.equal(after.name, 'failed', name)
      if (after.name === 'failed') t.equal(effects.filter(({ type }) => type === 'abandon').length, 1, `${name}: let go once`)
      if (after.name === 'done') t.same(effects, [{ type: 'conclude' }], name)
      if (after.name === 'measuring' && state.name !== 'measuring') {
        t.equal(effects.filter(({ type }) => type === 'end').length, 1, `${name}: ends once`)
        t.equal(effects.filter(({ type }) => type === 'cancel').length, 5, `${name}: no timer stays`)
      }
      if (after.name === 'queued' && state.name === 'measuring') t.equal(after.attempt, 3)
      if (effects.some(({ type }) => type === 'join')) t.equal(after.name, 'connecting', name)
    }
  }
})

interface Story {
  readonly clock: ManualClock
  readonly machine: Machine<CheckState, CheckEvent>
  readonly done: string[]
}

function begin(): Story {
  const clock = manualClock()
  const done: string[] = []
  const machine = runMachine<CheckState, CheckEvent, CheckEffect>({
    initial: { name: 'queued', attempt: 1, blamed: 0 },
    step,
    perform: (effect) => done.push(effect.type === 'end' ? `end ${effect.why}${effect.failed ? ` ${effect.failed.reason}` : ''}` : effect.type === 'join' ? `join ${effect.attempt}` : effect.type),
    clock,
    log: silentLog,
    label: {},
  })
  machine.send({ type: 'begin' })
  return { clock, machine, done }
}
const attempted = (attempt: number, outcome: AttemptOutcome, isOurFault = false): CheckEvent => ({ type: 'attempted', attempt, outcome, isOurFault, mayRepeat: true })
const { timeouts, sampling, betweenAttemptsMs } = rules

t.test('story: asked, answered, sampled, and a second time', async (t) => {
  const { clock, machine, done } = begin()
  for (const type of ['asked', 'answered', 'packet', 'picture'] as const) machine.send({ type, attempt: 1 })
  t.equal(machine.state().name, 'sampling')
  t.same(machine.timers(), ['window'])
  machine.send({ type: 'joined', attempt: 1, isCold: true })
  machine.send({ type: 'picture', attempt: 1 })
  machine.send({ type: 'sampled', attempt: 1 })
  t.equal(machine.state().name, 'measuring')
  machine.send(attempted(1, 'ok'))
  clock.advance(betweenAttemptsMs)
  machine.send({ type: 'picture', attempt: 2 })
  machine.send({ type: 'sampled', attempt: 2 })
  machine.send(attempted(2, 'ok'))
  t.same(done, ['join 1', 'end sampled', 'join 2', 'end sampled', 'conclude'])
  t.equal(clock.pending(), 0)
})

t.test('story: silence is waited for as long as the rules say after the INVITE, twice', async (t) => {
  const patience: readonly (readonly [readonly ('answered' | 'packet')[], number])[] = [
    [[], timeouts.answerMs],
    [['answered'], timeouts.firstPacketMs],
    [['answered', 'packet'], timeouts.firstKeyframeMs],
  ]
  for (const [progress, waitMs] of patience) {
    const { clock, machine, done } = begin()
    clock.advance(100)
    machine.send({ type: 'asked', attempt: 1 })
    clock.advance(50)
    for (const type of progress) machine.send({ type, attempt: 1 })
    clock.advance(waitMs - 51)
    t.equal(machine.state().name, 'connecting', `${progress.join(', ') || 'nothing'}: still waits`)
    clock.advance(1)
    t.same(done, ['join 1', 'end timeout'])
    machine.send(attempted(1, 'no-answer'))
    clock.advance(betweenAttemptsMs - 1)
    t.same(done.length, 2, 'the pause')
    clock.advance(1)
    machine.send({ type: 'refused', attempt: 2, reason: 'no-answer', detail: '' })
    machine.send(attempted(2, 'no-answer'))
    t.same(done, ['join 1', 'end timeout', 'join 2', 'end failed no-answer', 'conclude'])
    t.equal(clock.pending(), 0)
  }
})

t.test('story: an INVITE that never leaves, and a stream that was running', async (t) => {
  const silent = begin()
  silent.clock.advance(timeouts.answerMs)
  t.same(silent.done, ['join 1', 'end timeout'])
  const warm = begin()
  warm.machine.send({ type: 'joined', attempt: 1, isCold: false })
  warm.clock.advance(timeouts.firstPacketMs - 1)
  t.equal(warm.machine.state().name, 'connecting', 'no answer is waited for')
  warm.machine.send({ type: 'packet', attempt: 1 })
  warm.machine.send({ type: 'picture', attempt: 1 })
  t.equal(warm.machine.state().name, 'sampling')
})

t.test('story: the window closes, the camera hangs up, the recording is full', async (t) => {
  for (const [event, end] of [[undefined, 'end timeout'], ['hung-up', 'end ended'], ['full', 'end timeout']] as const) {
    const { clock, machine, done } = begin()
    machine.send({ type: 'asked', attempt: 1 })
    machine.send({ type: 'picture', attempt: 1 })
    if (event) machine.send({ type: event, attempt: 1 })
    else clock.advance(sampling.windowMs)
    t.same(done, ['join 1', end])
    machine.send({ type: 'attempted', attempt: 1, outcome: 'lost-midway', isOurFault: false, mayRepeat: event !== 'full' })
    t.equal(machine.state().name, event === 'full' ? 'done' : 'queued')
  }
})

t.test('story: our own troubles cost attempts of their own, but not for ever', async (t) => {
  const { clock, machine, done } = begin()
  for (let attempt = 1; attempt <= maxOwnFaults + 1; attempt++) {
    machine.send({ type: 'refused', attempt, reason: 'no-port', detail: '' })
    machine.send(attempted(attempt, 'no-answer', true))
    clock.advance(betweenAttemptsMs)
  }
  t.same(done.filter((each) => each.startsWith('join')), ['join 1', 'join 2', 'join 3'])
  t.equal(machine.state().name, 'done')
})

t.test('story: cancelled in the pause, nothing is left', async (t) => {
  const { clock, machine, done } = begin()
  machine.send({ type: 'ended', attempt: 1, reason: 'BYE' })
  machine.send(attempted(1, 'no-media'))
  t.equal(clock.pending(), 1)
  machine.send({ type: 'cancel' })
  t.equal(clock.pending(), 0)
  t.same(done, ['join 1', 'end ended ended', 'abandon'])
})

t.test('the largest delay of the own loop is measured', async (t) => {
  const quiet = manualClock()
  const stop = measureLag(quiet)
  quiet.advance(1000)
  t.equal(stop(), 0)
  t.equal(quiet.pending(), 0)
  let lateUs = 0
  const late = manualClock()
  const stopLate = measureLag({ ...late, nowUs: () => late.nowUs() + lateUs })
  late.advance(50)
  lateUs = 123_456
  late.advance(20)
  t.equal(stopLate(), 123.5)
})

t.test('what the signalling says, and what it does not', async (t) => {
  const sip = (direction: 'in' | 'out', first: string, method: string, ...more: readonly string[]): WireEvent => ({
    layer: 'signal', direction, atUs: 1000, transport: 'udp', local: { host: '192.0.2.10', port: 5060 }, remote: { host: '198.51.100.7', port: 5061 },
    bytes: Buffer.from([first, 'Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1', 'From: <sip:a@b>;tag=1', 'To: <sip:c@d>', 'Call-ID: 1', `CSeq: 1 ${method}`, ...more, 'Content-Length: 0', '', ''].join('\r\n')),
  })
  const read = (...events: readonly WireEvent[]): Timeline => events.reduce((timeline, event) => readTimeline(timeline, event, readSignal), emptyTimeline)
  const invite = sip('out', 'INVITE sip:c@d SIP/2.0', 'INVITE')
  const asked = { isCancelled: false, isHungUp: false, askedUs: 1000 }
  const table: readonly (readonly [string, Timeline, Timeline])[] = [
    ['nothing', read(), emptyTimeline],
    ['bytes that are no SIP', read({ ...invite, bytes: Buffer.from([0, 1, 2]) }), emptyTimeline],
    ['a retransmission asks nothing anew', read(invite, { ...invite, atUs: 501_000 }), asked],
    ['provisional answers', read(invite, sip('in', 'SIP/2.0 100 Trying', 'INVITE'), { ...sip('in', 'SIP/2.0 183 Session Progress', 'INVITE'), atUs: 7000 }), { ...asked, tryingUs: 1000 }],
    ['our ACK, said again', read(invite, sip('in', 'SIP/2.0 200 OK', 'INVITE'), { ...sip('out', 'ACK sip:c@d SIP/2.0', 'ACK'), atUs: 3000 }, { ...sip('out', 'ACK sip:c@d SIP/2.0', 'ACK'), atUs: 8000 }), { ...asked, okUs: 1000, ackUs: 3000, final: { status: 200, reason: 'OK', hop: '198.51.100.7:5061' } }],
    ['the first final answer counts, its hop is the sender', read(invite, sip('in', 'SIP/2.0 503 Service Unavailable', 'INVITE'), sip('in', 'SIP/2.0 200 OK', 'INVITE')), { ...asked, final: { status: 503, reason: 'Service Unavailable', hop: '198.51.100.7:5061' } }],
    ['200, said twice', read(invite, sip('in', 'SIP/2.0 200 OK', 'INVITE', 'Server: NVR'), { ...sip('in', 'SIP/2.0 200 OK', 'INVITE'), atUs: 9000 }), { ...asked, okUs: 1000, final: { status: 200, reason: 'OK', hop: 'NVR' } }],
    ['a 200 to another method', read(invite, sip('in', 'SIP/2.0 200 OK', 'MESSAGE')), asked],
    ['487 after our CANCEL refuses nothing', read(invite, sip('out', 'CANCEL sip:c@d SIP/2.0', 'CANCEL'), sip('in', 'SIP/2.0 487 Request Terminated', 'INVITE')), { ...asked, isCancelled: true }],
    ['487 by itself does', read(invite, sip('in', 'SIP/2.0 487 Request Terminated', 'INVITE')), { ...asked, final: { status: 487, reason: 'Request Terminated', hop: '198.51.100.7:5061' } }],
    ['the camera hangs up', read(invite, sip('in', 'BYE sip:a@b SIP/2.0', 'BYE')), { ...asked, isHungUp: true }],
    ['our own BYE', read(invite, sip('out', 'BYE sip:c@d SIP/2.0', 'BYE')), asked],
  ]
  for (const [name, found, expected] of table) t.same(found, expected, name)
})
