// The relay machine: every state meets every event, long random walks keep the promises to readers, and the stories of its life.
import t from 'tap'
import { manualClock, runMachine, seededRandom, silentLog } from '../base/index.ts'
import { listeners, relayStep } from './relay.ts'
import type { JoinFailure, ReaderId, RelayEffect, RelayEvent, RelayReader, RelayState } from './relay-state.ts'
import { defaultRelayTimes } from './relay-times.ts'

const step = relayStep(defaultRelayTimes)
const refused: JoinFailure = { ok: false, reason: 'refused', sipStatus: 486, detail: 'busy' }

const begun = { isAnswered: false, hasPacket: false, hasKeyframe: false }
const first = { resumed: [], way: 0, losses: 0 }
const v = (id: ReaderId): RelayReader => ({ id, kind: 'viewer' })
const i = (id: ReaderId): RelayReader => ({ id, kind: 'inspector' })
const states: readonly RelayState[] = [
  { name: 'idle', attempt: 0 },
  { name: 'starting', attempt: 1, readers: [v(1)], cold: [1], ...first, progress: begun },
  { name: 'starting', attempt: 1, readers: [v(1), i(2)], cold: [1], ...first, progress: { ...begun, isAnswered: true } },
  { name: 'starting', attempt: 1, readers: [v(1), v(2)], cold: [1], ...first, progress: { ...begun, isAnswered: true, hasPacket: true } },
  { name: 'starting', attempt: 1, readers: [v(2)], cold: [1], ...first, progress: { ...begun, hasPacket: true, hasKeyframe: true } },
  { name: 'starting', attempt: 1, readers: [v(1), i(2)], cold: [1], ...first, progress: { ...begun, isAnswered: true, hasNext: true } },
  { name: 'starting', attempt: 1, readers: [], cold: [], resumed: [v(1), v(2)], way: 1, losses: 2, progress: { ...begun, hasNext: true } },
  { name: 'starting', attempt: 1, readers: [i(2)], cold: [2], resumed: [v(1)], way: 0, losses: 1, progress: begun },
  { name: 'live', attempt: 1, readers: [v(1)], losses: 0 },
  { name: 'live', attempt: 1, readers: [v(1), i(2)], losses: 3 },
  { name: 'live', attempt: 1, readers: [i(1), i(2)], losses: 0 },
  { name: 'lingering', attempt: 1 },
  { name: 'stopping', attempt: 1, leaving: [], waiting: [], ...first },
  { name: 'stopping', attempt: 1, leaving: [1], waiting: [v(2)], ...first },
  { name: 'stopping', attempt: 1, leaving: [1], waiting: [], resumed: [v(2)], way: 0, losses: 1 },
  { name: 'stopping', attempt: 1, leaving: [], waiting: [i(1)], resumed: [v(2)], way: 1, losses: 1 },
  { name: 'resting', attempt: 1, resumed: [v(1), v(2)], losses: 4 },
  { name: 'resting', attempt: 1, resumed: [v(1)], losses: 1 },
]
const eventsAt = (attempt: number, reader: ReaderId): readonly RelayEvent[] => [
  { type: 'join', reader: 9, kind: 'viewer' },
  { type: 'join', reader: 9, kind: 'inspector' },
  { type: 'way', attempt, hasNext: true },
  { type: 'stale', attempt },
  { type: 'next-way', attempt },
  { type: 'keyframe-late', attempt },
  { type: 'steady', attempt },
  { type: 'rested', attempt },
  { type: 'leave', reader, linger: true },
  { type: 'leave', reader, linger: false },
  { type: 'close' },
  { type: 'answered', attempt },
  { type: 'failed', attempt, failure: refused },
  { type: 'packet', attempt },
  { type: 'wrong-container', attempt },
  { type: 'keyframe', attempt },
  { type: 'heard', attempt },
  { type: 'ended', attempt, reason: 'BYE' },
  { type: 'stopped', attempt },
  { type: 'start-timeout', attempt },
  { type: 'silent', attempt },
  { type: 'linger-over', attempt },
  { type: 'stop-timeout', attempt },
]
const held = (state: RelayState): readonly ReaderId[] => {
  const silent = state.name === 'stopping' ? state.waiting : state.name === 'resting' ? state.resumed : []
  return [...listeners(state), ...silent.map(({ id }) => id)]
}

t.test('walk: every state meets every event, and no reader is forgotten', async (t) => {
  let pairs = 0
  for (const state of states) {
    for (const event of [...eventsAt(1, 1), ...eventsAt(1, 2)]) {
      const before = structuredClone(state)
      const [after, ...effects] = step(state, event)
      pairs++
      t.strictSame(state, before, 'the state given is not altered')
      const joining = event.type === 'join' ? [event.reader] : []
      const released = effects.flatMap((effect) => (effect.type === 'release' ? effect.readers : []))
      t.strictSame([...held(after), ...released].sort(), [...held(state), ...joining].sort(), `${state.name} x ${event.type}: each reader is held or released`)
    }
    for (const event of eventsAt(7, 1)) {
      if (!('attempt' in event)) continue
      t.strictSame(step(state, event), [state], `${state.name} x ${event.type} of another attempt: nothing`)
    }
  }
  t.equal(pairs, states.length * 46)
})

t.test('walk: whatever happens, everyone who joined is answered once, and the camera is asked and left in turn', async (t) => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = seededRandom(seed)
    const world = createWorld()
    let reader = 0
    for (let moves = 0; moves < 120; moves++) {
      const events = eventsAt(random() < 0.9 ? world.attempt() : world.attempt() - 1, 1 + Math.floor(random() * Math.max(reader, 1)))
      const event = events[Math.floor(random() * events.length)]
      if (!event) continue
      if (event.type === 'stopped' && !world.isStopping()) continue
      world.send(event.type === 'join' ? { ...event, reader: ++reader } : event)
    }
    world.send({ type: 'close' })
    if (world.isStopping()) world.send({ type: 'stopped', attempt: world.attempt() })
    t.strictSame(world.problems(reader), [], `seed ${seed}`)
  }
})

/** A reader that a loss ends; who outlives it has tests of its own. */
const kind = 'inspector'

t.test('two readers share one upstream, and both are told', async (t) => {
  const world = createWorld()
  world.send({ type: 'join', reader: 1, kind }, { type: 'answered', attempt: 1 }, { type: 'join', reader: 2, kind }, { type: 'packet', attempt: 1 })
  t.strictSame(world.said(), ['start 1'])
  world.send({ type: 'keyframe', attempt: 1 })
  t.strictSame(world.said(), ['admit 1 cold', 'admit 2'])
  t.strictSame(world.timers(), ['silence'])
})

t.test('media before the answer: live only when the camera has answered', async (t) => {
  const world = createWorld()
  world.send({ type: 'join', reader: 1, kind }, { type: 'packet', attempt: 1 }, { type: 'keyframe', attempt: 1 })
  t.strictSame(world.said(), ['start 1'])
  world.send({ type: 'answered', attempt: 1 })
  t.strictSame(world.said(), ['admit 1 cold'])
})

t.test('a start that fails answers all who waited, then hangs up', async (t) => {
  const cases: readonly (readonly [string, readonly RelayEvent[], number])[] = [
    ['no-answer', [], 10_000],
    ['no-media', [{ type: 'answered', attempt: 1 }], 10_000],
    ['no-keyframe', [{ type: 'answered', attempt: 1 }, { type: 'packet', attempt: 1 }], 10_000],
    ['no-keyframe', [{ type: 'packet', attempt: 1 }, { type: 'answered', attempt: 1 }], 10_000],
    ['wrong-container', [{ type: 'answered', attempt: 1 }, { type: 'packet', attempt: 1 }, { type: 'wrong-container', attempt: 1 }], 0],
    ['refused', [{ type: 'failed', attempt: 1, failure: refused }], 0],
    ['no-answer', [{ type: 'ended', attempt: 1, reason: 'gone' }], 0],
    ['no-media', [{ type: 'answered', attempt: 1 }, { type: 'ended', attempt: 1, reason: 'camera hangs up while starting' }], 0],
    ['stopped', [{ type: 'close' }], 0],
  ]
  for (const [reason, events, ms] of cases) {
    const world = createWorld()
    world.send({ type: 'join', reader: 1, kind }, { type: 'join', reader: 2, kind }, ...events)
    if (ms > 0) {
      world.advance(ms - 1)
      t.strictSame(world.said(), ['start 1'], `${reason}: not before its time`)
      world.advance(1)
    }
    t.strictSame(world.said().slice(-2), [`reject 1,2 ${reason}`, 'stop 1'])
    t.equal(world.failures().get(1)?.reason, reason)
    t.equal(world.failures().get(2)?.reason, reason)
    t.strictSame(world.timers(), ['stop'])
    world.send({ type: 'stopped', attempt: 1 })
    t.strictSame(world.said(), ['release 1,2'])
    t.equal(world.state().name, 'idle')
    t.strictSame(world.timers(), [])
  }
})

t.test('each wait of a start has its own time: answer, first packet, first keyframe', async (t) => {
  const world = createWorld()
  world.send({ type: 'join', reader: 1, kind })
  world.advance(9_999)
  world.send({ type: 'answered', attempt: 1 })
  world.advance(9_999)
  world.send({ type: 'packet', attempt: 1 })
  world.advance(9_999)
  world.send({ type: 'keyframe', attempt: 1 })
  t.equal(world.state().name, 'live')
})

t.test('the last viewer leaves: the stream lingers, a newcomer finds it running, then it ends', async (t) => {
  const world = createWorld({ isLive: true })
  world.send({ type: 'leave', reader: 1, linger: true })
  t.strictSame(world.said(), ['release 1'])
  world.advance(4_000)
  world.send({ type: 'heard', attempt: 1 }, { type: 'join', reader: 2, kind: 'viewer' })
  t.strictSame(world.said(), ['admit 2'])
  world.send({ type: 'leave', reader: 2, linger: true })
  for (let second = 1; second <= 19; second++) {
    world.advance(1_000)
    world.send({ type: 'heard', attempt: 1 })
  }
  t.strictSame(world.said(), ['release 2'])
  world.advance(1_000)
  t.strictSame(world.said(), ['stop 1'])
})

t.test('an inspector does not take a stream that nobody watches any more: it begins cold', async (t) => {
  const world = createWorld({ isLive: true })
  world.send({ type: 'leave', reader: 1, linger: true })
  world.advance(1_000)
  world.send({ type: 'join', reader: 2, kind: 'inspector' })
  t.strictSame(world.said(), ['release 1', 'stop 1'])
  world.send({ type: 'stopped', attempt: 1 })
  t.strictSame(world.said(), ['start 2'])
  world.send({ type: 'answered', attempt: 2 }, { type: 'keyframe', attempt: 2 })
  t.strictSame(world.said(), ['admit 2 cold'])
})

t.test('an inspector leaves at once: BYE now, and it is told when the BYE is confirmed', async (t) => {
  const world = createWorld({ isLive: true })
  world.send({ type: 'leave', reader: 1, linger: false })
  t.strictSame(world.said(), ['stop 1'])
  t.strictSame(listeners(world.state()), [1], 'it still hears the wire')
  world.send({ type: 'stopped', attempt: 1 })
  t.strictSame(world.said(), ['release 1'])
})

t.test('an inspector leaves a stream that others watch: nothing stops', async (t) => {
  const world = createWorld({ isLive: true })
  world.send({ type: 'join', reader: 2, kind }, { type: 'leave', reader: 2, linger: false })
  t.strictSame(world.said(), ['admit 2', 'release 2'])
})

t.test('the last reader leaves while starting: the start is called off', async (t) => {
  for (const linger of [true, false]) {
    const world = createWorld()
    world.send({ type: 'join', reader: 1, kind }, { type: 'leave', reader: 1, linger })
    t.strictSame(world.said(), ['start 1', 'reject 1 stopped', 'stop 1'])
    world.send({ type: 'answered', attempt: 1 })
    t.strictSame(world.said(), [], 'a late 200 wakes nothing')
    world.send({ type: 'stopped', attempt: 1 })
    t.strictSame(world.said(), ['release 1'])
  }
})

t.test('join while stopping: starts again after the stop, and a late answer of the old attempt is nothing', async (t) => {
  const world = createWorld({ isLive: true })
  world.send({ type: 'leave', reader: 1, linger: false }, { type: 'join', reader: 2, kind }, { type: 'join', reader: 3, kind }, { type: 'leave', reader: 3, linger: true })
  t.strictSame(world.said(), ['stop 1', 'reject 3 stopped', 'release 3'])
  world.send({ type: 'stopped', attempt: 1 })
  t.strictSame(world.said(), ['release 1', 'start 2'])
  world.send({ type: 'answered', attempt: 1 }, { type: 'keyframe', attempt: 1 }, { type: 'ended', attempt: 1, reason: 'old' }, { type: 'stopped', attempt: 1 })
  t.equal(world.state().name, 'starting')
  world.send({ type: 'keyframe', attempt: 2 }, { type: 'answered', attempt: 2 })
  t.strictSame(world.said(), ['admit 2 cold'])
})

t.test('a camera that never confirms the BYE is given up', async (t) => {
  const world = createWorld({ isLive: true })
  world.send({ type: 'close' })
  t.strictSame(world.said(), ['end 1 the service is stopping', 'stop 1'])
  world.advance(5_000)
  t.strictSame(world.said(), ['abandon 1', 'release 1'])
  t.equal(world.state().name, 'idle')
})

t.test('media falls silent: readers are told, the camera gets a BYE (GB/T 28181-2022 Annex K)', async (t) => {
  const world = createWorld({ isLive: true })
  world.advance(5_900)
  world.send({ type: 'heard', attempt: 1 })
  world.advance(5_900)
  t.strictSame(world.said(), [])
  world.advance(100)
  t.strictSame(world.said(), ['lost 1', 'end 1 no media for 5000 ms', 'stop 1'])
})

t.test('the camera hangs up', async (t) => {
  const world = createWorld({ isLive: true })
  world.send({ type: 'ended', attempt: 1, reason: 'BYE' })
  t.strictSame(world.said(), ['end 1 BYE', 'stop 1'])
})

const join = (reader: ReaderId, kind: RelayReader['kind'] = 'viewer'): RelayEvent => ({ type: 'join', reader, kind })
/** The stream is there again, by a start that goes well. */
const goodStart = (attempt: number): readonly RelayEvent[] => [{ type: 'answered', attempt }, { type: 'packet', attempt }, { type: 'keyframe', attempt }]

t.test('a viewer outlives a loss: it rests, and goes on with the next start; the pauses grow to half a minute', async (t) => {
  const world = createWorld()
  world.send(join(1), ...goodStart(1))
  world.said()
  world.send({ type: 'ended', attempt: 1, reason: 'BYE' })
  t.strictSame(world.said(), ['pause 1', 'stop 1'])
  t.strictSame(listeners(world.state()), [1], 'it hears the BYE')
  let attempt = 1
  for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
    world.send({ type: 'stopped', attempt })
    t.equal(world.state().name, 'resting')
    world.advance(seconds * 1000 - 1)
    t.strictSame(world.said(), [], `not before ${seconds} s`)
    world.advance(1)
    attempt++
    t.strictSame(world.said(), [`start ${attempt}`])
    world.send({ type: 'failed', attempt, failure: refused })
    t.strictSame(world.said(), ['missed: refused', `stop ${attempt}`], 'nobody is told of a start that nobody waits for')
  }
  world.send({ type: 'stopped', attempt })
  world.advance(30_000)
  attempt++
  world.send(...goodStart(attempt))
  t.strictSame(world.said(), [`start ${attempt}`, 'resume 1'])
  world.advance(5_000)
  world.send({ type: 'ended', attempt, reason: 'BYE' }, { type: 'stopped', attempt })
  world.said()
  world.advance(29_999)
  t.strictSame(world.said(), [], 'five seconds were no life: the pause is the long one')
  world.advance(1)
  attempt++
  world.send(...goodStart(attempt))
  for (let second = 0; second < 31; second++) {
    world.advance(1_000)
    world.send({ type: 'heard', attempt })
  }
  world.said()
  world.send({ type: 'ended', attempt, reason: 'BYE' }, { type: 'stopped', attempt })
  world.advance(1_000)
  t.strictSame(world.said(), ['pause 1', `stop ${attempt}`, `start ${attempt + 1}`], 'half a minute was: it begins with a second again')
  world.send({ type: 'leave', reader: 1, linger: true })
  t.strictSame(world.said(), [`stop ${attempt + 1}`])
  world.send({ type: 'stopped', attempt: attempt + 1 })
  t.strictSame(world.said(), ['release 1'])
  t.strictSame(world.timers(), [])
})

t.test('a loss ends an inspector at once, the viewer beside it stays', async (t) => {
  const world = createWorld()
  world.send(join(1), join(2, 'inspector'), ...goodStart(1))
  world.said()
  world.send({ type: 'ended', attempt: 1, reason: 'BYE' })
  t.strictSame(world.said(), ['end 2 BYE', 'pause 1', 'stop 1'])
  world.send({ type: 'stopped', attempt: 1 })
  t.strictSame(world.said(), ['release 2'])
  t.match(world.state(), { name: 'resting', resumed: [{ id: 1 }] })
  world.send({ type: 'leave', reader: 1, linger: true })
  t.strictSame(world.said(), ['release 1'])
  t.equal(world.state().name, 'idle')
  t.strictSame(world.timers(), [])
})

t.test('who comes while a stream rests has it asked for at once, and is answered', async (t) => {
  const world = createWorld()
  world.send(join(1), ...goodStart(1), { type: 'silent', attempt: 1 }, { type: 'stopped', attempt: 1 })
  world.said()
  world.send(join(2, 'inspector'))
  t.strictSame(world.said(), ['start 2'])
  world.send({ type: 'failed', attempt: 2, failure: refused })
  t.strictSame(world.said(), ['reject 2 refused', 'stop 2'])
  world.send({ type: 'stopped', attempt: 2 })
  t.strictSame(world.said(), ['release 2'])
  world.send(join(3), ...goodStart(3))
  t.strictSame(world.said(), ['start 3', 'resume 1', 'admit 3 cold'])
  world.send({ type: 'close' })
  t.strictSame(world.said(), ['end 1,3 the service is stopping', 'stop 3'])
})

t.test('closing ends who rests', async (t) => {
  const world = createWorld()
  world.send(join(1), ...goodStart(1), { type: 'silent', attempt: 1 }, { type: 'stopped', attempt: 1 })
  world.said()
  world.send({ type: 'close' })
  t.strictSame(world.said(), ['end 1 the service is stopping', 'release 1'])
  t.strictSame([world.state().name, ...world.timers()], ['idle'])
})

t.test('no packet by one transport: viewers wait six seconds, then the next is asked by, and that one has all its time', async (t) => {
  const world = createWorld()
  world.send(join(1), { type: 'way', attempt: 1, hasNext: true }, { type: 'answered', attempt: 1 })
  world.advance(5_999)
  t.strictSame(world.said(), ['start 1'])
  world.advance(1)
  t.strictSame(world.said(), ['retry after no-media', 'stop 1'])
  world.send({ type: 'stopped', attempt: 1 })
  t.strictSame(world.said(), ['start 2 by way 1'])
  world.send({ type: 'answered', attempt: 2 })
  world.advance(9_999)
  t.strictSame(world.said(), [])
  world.advance(1)
  t.strictSame(world.said(), ['reject 1 no-media', 'stop 2'], 'the last failure is the answer')
})

t.test('what another transport may cure is tried by it, everything else is not', async (t) => {
  const cases: readonly (readonly [JoinFailure, boolean])[] = [
    [{ ok: false, reason: 'refused', sipStatus: 488, detail: 'not acceptable' }, true],
    [{ ok: false, reason: 'refused', sipStatus: 415, detail: 'unsupported' }, true],
    [{ ok: false, reason: 'no-answer', detail: 'silence' }, true],
    [refused, false],
    [{ ok: false, reason: 'offline', detail: 'gone' }, false],
    [{ ok: false, reason: 'no-port', detail: 'none' }, false],
  ]
  for (const [failure, isRetried] of cases) {
    const world = createWorld()
    world.send(join(1), { type: 'way', attempt: 1, hasNext: true }, { type: 'failed', attempt: 1, failure })
    t.strictSame(world.said().slice(1), isRetried ? [`retry after ${failure.reason}`, 'stop 1'] : [`reject 1 ${failure.reason}`, 'stop 1'], failure.detail)
  }
})

t.test('an inspection is one attempt by the transport that is set: all its time, its own result, no keyframe asked for', async (t) => {
  const world = createWorld()
  world.send(join(1, 'inspector'), join(2), { type: 'way', attempt: 1, hasNext: true }, { type: 'answered', attempt: 1 })
  world.advance(9_999)
  t.strictSame(world.said(), ['start 1'])
  world.advance(1)
  t.strictSame(world.said(), ['reject 1 no-media', 'retry after no-media', 'stop 1'], 'its viewer companion goes on without it')
  world.send(join(3, 'inspector'), { type: 'stopped', attempt: 1 })
  t.strictSame(world.said(), ['release 1', 'start 2'], 'another inspector has the first way again')
  world.send({ type: 'answered', attempt: 2 }, { type: 'packet', attempt: 2 })
  world.advance(9_999)
  t.strictSame(world.said(), [])
  world.send({ type: 'keyframe', attempt: 2 }, { type: 'stale', attempt: 2 })
  t.strictSame(world.said(), ['admit 2 cold', 'admit 3 cold'])
})

t.test('a keyframe is asked for once when none comes, and when pictures have been useless', async (t) => {
  const world = createWorld()
  world.send(join(1), { type: 'answered', attempt: 1 }, { type: 'packet', attempt: 1 })
  world.advance(1_999)
  t.strictSame(world.said(), ['start 1'])
  world.advance(6_000)
  t.strictSame(world.said(), ['ask-keyframe'])
  world.send({ type: 'keyframe', attempt: 1 }, { type: 'stale', attempt: 1 })
  t.strictSame(world.said(), ['admit 1 cold', 'ask-keyframe'])
  world.send(join(2, 'inspector'), { type: 'stale', attempt: 1 })
  t.strictSame(world.said(), ['admit 2'])
})

t.test('where a loss is the end, nobody rests', async (t) => {
  const once = relayStep({ ...defaultRelayTimes, restartMs: [] })
  const [state, ...effects] = once({ name: 'live', attempt: 1, readers: [v(1)], losses: 0 }, { type: 'ended', attempt: 1, reason: 'over' })
  t.match(state, { name: 'stopping', leaving: [1], resumed: [] })
  t.ok(effects.some((effect) => effect.type === 'end'))
})

/** A relay machine on a clock of our own, with a memory of what it asked for. */
function createWorld(options: { readonly isLive?: boolean } = {}) {
  const clock = manualClock()
  const lines: string[] = []
  const failures = new Map<ReaderId, JoinFailure>()
  const answered: ReaderId[] = []
  const released: ReaderId[] = []
  const asked: string[] = []
  const perform = (effect: RelayEffect): void => {
    if (effect.type === 'start' || effect.type === 'stop') asked.push(effect.type)
    if (effect.type === 'admit') answered.push(effect.reader)
    if (effect.type === 'reject') {
      answered.push(...effect.readers)
      for (const reader of effect.readers) failures.set(reader, effect.failure)
    }
    if (effect.type === 'release') released.push(...effect.readers)
    if (effect.type === 'release' && effect.readers.length === 0) return
    lines.push(describe(effect))
  }
  const machine = runMachine<RelayState, RelayEvent, RelayEffect>({ initial: { name: 'idle', attempt: 0 }, step, perform, clock, log: silentLog, label: {} })
  const send = (...events: readonly RelayEvent[]): void => events.forEach(machine.send)
  const said = (): readonly string[] => lines.splice(0)
  if (options.isLive) {
    send({ type: 'join', reader: 1, kind }, { type: 'answered', attempt: 1 }, { type: 'keyframe', attempt: 1 })
    said()
  }
  return {
    send,
    said,
    state: machine.state,
    timers: machine.timers,
    advance: clock.advance,
    failures: () => failures,
    attempt: () => machine.state().attempt,
    isStopping: () => machine.state().name === 'stopping',
    /** What is wrong once all is closed and stopped; `readers` have joined. */
    problems: (readers: number): readonly string[] => {
      const all = Array.from({ length: readers }, (_, index) => index + 1).join()
      const inOrder = (list: readonly ReaderId[]): string => [...list].sort((a, b) => a - b).join()
      return [
        ...(machine.state().name === 'idle' ? [] : [`not idle but ${machine.state().name}`]),
        ...(clock.pending() === 0 ? [] : [`timers left: ${machine.timers().join()}`]),
        ...(inOrder(answered) === all ? [] : [`answered ${inOrder(answered)} of ${all}`]),
        ...(inOrder(released) === all ? [] : [`released ${inOrder(released)} of ${all}`]),
        ...(asked.every((what, index) => what === (index % 2 === 0 ? 'start' : 'stop')) && asked.length % 2 === 0 ? [] : [`asked ${asked.join()}`]),
      ]
    },
  }
}

function describe(effect: RelayEffect): string {
  switch (effect.type) {
    case 'start':
    case 'stop':
    case 'abandon':
      return effect.type === 'start' && effect.way > 0 ? `start ${effect.attempt} by way ${effect.way}` : `${effect.type} ${effect.attempt}`
    case 'ask-keyframe':
      return effect.type
    case 'lost':
      return `lost ${effect.attempt}`
    case 'pause':
    case 'resume':
      return `${effect.type} ${effect.readers.join()}`
    case 'missed':
      return `missed: ${effect.failure.reason}`
    case 'retry':
      return `retry after ${effect.failure.reason}`
    case 'admit':
      return `admit ${effect.reader}${effect.isCold ? ' cold' : ''}`
    case 'reject':
      return `reject ${effect.readers.join()} ${effect.failure.reason}`
    case 'end':
      return `end ${effect.readers.join()} ${effect.reason}`
    case 'release':
      return `release ${effect.readers.join()}`
  }
}
