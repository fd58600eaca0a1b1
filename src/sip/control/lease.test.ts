import t from 'tap'
import { leaseStart, leaseStep, stopPausesMs, type LeaseEffect, type LeaseEvent, type LeaseState, type Motion, type Sent } from './lease.ts'

const left: Motion = { kind: 'move', pan: 'left', panSpeed: 32 }
const up: Motion = { kind: 'move', tilt: 'up', tiltSpeed: 32 }
const events: readonly LeaseEvent[] = [
  { type: 'move', owner: 'a', motion: left, holdMs: 1000 },
  { type: 'move', owner: 'b', motion: up, holdMs: 1000 },
  { type: 'release' },
  { type: 'release', owner: 'a' },
  { type: 'release', owner: 'nobody' },
  ...([0, 1, 2, 3] as const).flatMap((attempt) => (['taken', 'unsure', 'not-sent'] as const).map((sent): LeaseEvent => ({ type: 'sent', attempt, sent }))),
  { type: 'expired' },
  { type: 'again' },
  { type: 'close' },
]

const key = (state: LeaseState): string => JSON.stringify({ ...state, underWay: state.underWay.map(({ attempt, isStop }) => [attempt, isStop]) })

t.test('walk: whatever happens in whatever order, a camera that may move is held or being stopped', async (t) => {
  const seen = new Map<string, LeaseState>([[key(leaseStart), leaseStart]])
  const frontier: LeaseState[] = [leaseStart]
  let steps = 0
  while (frontier.length > 0 && seen.size < 6000) {
    const state = frontier.shift() ?? leaseStart
    for (const event of events) {
      for (const nowUs of [1_000, 2_000_000]) {
        const [next, ...effects] = leaseStep(state, event, nowUs)
        steps++
        const says = `${state.name} ${JSON.stringify(event)} -> ${next.name}`
        const sends = effects.filter((effect) => effect.type === 'send')
        if (sends.length > 1) t.fail(`${says}: two messages`)
        if (sends[0] && !next.underWay.some(({ attempt }) => attempt === sends[0]?.attempt)) t.fail(`${says}: a message that nobody waits for`)
        if (next.name === 'stopping' && !next.isWaiting && next.underWay.length === 0) t.fail(`${says}: stopping, and nothing under way`)
        if (next.name === 'stopping' && next.isWaiting !== (state.name === 'stopping' && next === state ? state.isWaiting : effects.some((effect) => effect.type === 'timer' && effect.name === 'again') || (state.name === 'stopping' && state.isWaiting && sends.length === 0))) t.fail(`${says}: waits without a timer`)
        if (state.name === 'moving' && next.name === 'idle' && (state.mayMove || state.underWay.length > 0) && event.type !== 'sent') t.fail(`${says}: left moving`)
        if (next.name === 'idle' && state.name !== 'idle' && !effects.some((effect) => effect.type === 'rested')) t.fail(`${says}: rests unsaid`)
        const isClean = next.name === 'idle' && effects.some((effect) => effect.type === 'rested' && effect.isStopped && effect.tries > 0)
        if (isClean && next.underWay.some(({ isStop }) => !isStop)) t.fail(`${says}: a motion may still arrive`)
        if (next.attempt > 3 || seen.has(key(next))) continue
        seen.set(key(next), next)
        frontier.push(next)
      }
    }
  }
  t.ok(steps > 5_000, `${seen.size} states, ${steps} steps`)
})

/** Drives the machine by hand: what it sends is listed, timers are fired by name. */
function camera() {
  let state: LeaseState = leaseStart
  let nowUs = 0
  const sent: string[] = []
  const timers = new Map<string, number>()
  const rested: LeaseEffect[] = []
  const tell = (event: LeaseEvent): void => {
    const [next, ...effects] = leaseStep(state, event, nowUs)
    state = next
    for (const effect of effects) {
      if (effect.type === 'timer') timers.set(effect.name, effect.ms)
      else if (effect.type === 'cancel') timers.delete(effect.name)
      else if (effect.type === 'send') sent.push(`${effect.attempt} ${effect.motion === 'stop' ? 'stop' : (('pan' in effect.motion && effect.motion.pan) || 'up')}`)
      else rested.push(effect)
    }
  }
  return {
    tell, sent, timers, rested,
    state: () => state.name,
    wait: (ms: number) => void (nowUs += ms * 1000),
    answer: (attempt: number, how: Sent = 'taken') => tell({ type: 'sent', attempt, sent: how }),
  }
}

t.test('a lease that runs out ends in a stop; one that is renewed costs no message', async (t) => {
  const { tell, sent, timers, rested, answer, state } = camera()
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  answer(1)
  tell({ type: 'move', owner: 'a', motion: { panSpeed: 32, pan: 'left', kind: 'move' }, holdMs: 700 })
  t.same(sent, ['1 left'])
  t.same([...timers], [['lease', 700]])
  tell({ type: 'expired' })
  answer(2)
  t.same(sent, ['1 left', '2 stop'])
  t.same(rested, [{ type: 'rested', isStopped: true, tries: 1 }])
  t.equal(state(), 'idle')
})

t.test('a stop that is not taken comes again at growing distance, and is given up loudly', async (t) => {
  const { tell, sent, timers, rested, answer } = camera()
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  answer(1)
  tell({ type: 'release', owner: 'a' })
  const pauses: number[] = []
  for (let attempt = 2; rested.length === 0; attempt++) {
    answer(attempt, attempt % 2 ? 'unsure' : 'not-sent')
    const pause = timers.get('again')
    timers.delete('again')
    if (pause === undefined) break
    pauses.push(pause)
    tell({ type: 'again' })
  }
  t.same(pauses, stopPausesMs)
  t.equal(sent.length, 1 + 1 + stopPausesMs.length)
  t.same(rested, [{ type: 'rested', isStopped: false, tries: stopPausesMs.length + 1 }])
})

t.test('a move whose answer never came is stopped twice: its copy may arrive after the first stop', async (t) => {
  const { tell, sent, rested, answer, state } = camera()
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  tell({ type: 'expired' })
  answer(2)
  t.equal(state(), 'stopping', 'the stop was taken, and yet')
  t.same(sent, ['1 left', '2 stop'])
  answer(1, 'unsure')
  t.same(sent, ['1 left', '2 stop', '3 stop'])
  answer(3)
  t.same(rested, [{ type: 'rested', isStopped: true, tries: 2 }])
})

t.test('the same when the move ends before the stop is answered', async (t) => {
  const { tell, sent, rested, answer } = camera()
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  tell({ type: 'release', owner: 'a' })
  answer(1)
  answer(2)
  answer(3)
  t.same(sent, ['1 left', '2 stop', '3 stop'])
  t.equal(rested.length, 1)
})

t.test('the later user takes over; the earlier one neither stops nor loses anything', async (t) => {
  const { tell, sent, timers, answer, state, wait } = camera()
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  tell({ type: 'move', owner: 'b', motion: up, holdMs: 900 })
  tell({ type: 'release', owner: 'a' })
  t.equal(state(), 'moving')
  t.same([...timers], [['lease', 900]])
  answer(2)
  wait(600)
  answer(1, 'taken')
  t.same(sent, ['1 left', '2 up', '3 up'], 'a copy of the first may have arrived last: the second is said again')
  tell({ type: 'release', owner: 'b' })
  t.equal(state(), 'stopping')
})

t.test('a move while the stop is under way goes on; a late stop does not end it', async (t) => {
  const { tell, sent, answer, state, wait } = camera()
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  answer(1)
  tell({ type: 'release', owner: 'a' })
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  wait(1_000)
  answer(2)
  t.equal(state(), 'moving')
  t.same(sent, ['1 left', '2 stop', '3 left', '4 left'])
})

t.test('what never left needs no stop', async (t) => {
  const { tell, sent, rested, answer } = camera()
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  answer(1, 'not-sent')
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  t.same(sent, ['1 left', '2 left'], 'a renewal tries again')
  answer(2, 'not-sent')
  tell({ type: 'release', owner: 'a' })
  t.same(sent, ['1 left', '2 left'])
  t.same(rested, [{ type: 'rested', isStopped: true, tries: 0 }])
})

t.test('closing stops at once, tries three times, and lets nobody move again', async (t) => {
  const { tell, sent, rested, answer, timers } = camera()
  tell({ type: 'move', owner: 'a', motion: left, holdMs: 1000 })
  answer(1)
  tell({ type: 'close' })
  tell({ type: 'move', owner: 'b', motion: up, holdMs: 1000 })
  for (const attempt of [2, 3, 4]) {
    answer(attempt, 'unsure')
    if (timers.delete('again')) tell({ type: 'again' })
  }
  t.same(sent, ['1 left', '2 stop', '3 stop', '4 stop'])
  t.same(rested, [{ type: 'rested', isStopped: false, tries: 3 }])
})
