// The decisions of an H.264 version: every state × every event, random lives, and the stories that matter.
import t from 'tap'
import { manualClock, runMachine, seededRandom, silentLog } from '../../base/index.ts'
import { versionStep, type VersionEffect, type VersionEvent, type VersionState } from './version-state.ts'

const times = { startMs: 15_000, lingerMs: 20_000, restartMs: 500, maxFailures: 3, steadyMs: 60_000 }
const failure = { ok: false, reason: 'offline', detail: 'gone' } as const
const states: readonly VersionState[] = [
  { name: 'idle' },
  { name: 'starting', readers: [], failures: 0 },
  { name: 'starting', readers: [1, 2], failures: 3 },
  { name: 'live', readers: [1], failures: 0 },
  { name: 'live', readers: [1, 2], failures: 3 },
  { name: 'lingering', failures: 1 },
  { name: 'over' },
]
const events: readonly VersionEvent[] = [
  { type: 'begin' }, { type: 'join', reader: 9 }, { type: 'leave', reader: 1 }, { type: 'leave', reader: 77 }, { type: 'picture' }, { type: 'late' }, { type: 'linger-over' }, { type: 'started' },
  { type: 'lost', detail: 'killed' }, { type: 'rested' }, { type: 'steady' }, { type: 'unneeded' }, { type: 'ended', reason: 'the camera hung up' }, { type: 'refused', failure },
]

t.test('every state and event: nothing is lost, the end is the end', async (t) => {
  const step = versionStep(times)
  for (const state of states) {
    for (const event of events) {
      const [next, ...effects] = step(state, event)
      const before = new Set('readers' in state ? state.readers : [])
      const after = new Set('readers' in next ? next.readers : [])
      const told = effects.flatMap((effect) => (effect.type === 'end' || effect.type === 'reject' ? effect.readers : []))
      if (event.type === 'join') before.add(event.reader)
      if (event.type === 'leave') before.delete(event.reader)
      if (state.name === 'idle') continue
      t.same([...after, ...told].toSorted(), [...before].toSorted(), `${state.name} × ${event.type}: each reader stays or is told`)
      if (next.name === 'over' && state.name !== 'over') t.equal(effects.filter(({ type }) => type === 'finish').length, 1, 'it finishes once')
      if (state.name === 'over') t.equal(next.name, 'over')
      if (next.name === 'live') t.ok(next.readers.length > 0, 'live is watched')
    }
  }
})

/** A machine with what it did. */
function life() {
  const clock = manualClock()
  const did: VersionEffect[] = []
  const machine = runMachine<VersionState, VersionEvent, VersionEffect>({ initial: { name: 'idle' }, step: versionStep(times), perform: (effect) => void did.push(effect), clock, log: silentLog, label: {} })
  machine.send({ type: 'begin' })
  return { clock, machine, send: machine.send, did, types: () => did.splice(0).map(({ type }) => type) }
}

t.test('random lives end without timers, each reader answered once', async (t) => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed)
    const { clock, machine, send, did } = life()
    let reader = 0
    const here = new Set<number>()
    for (let n = 0; n < 60; n++) {
      const event = events[Math.floor(random() * events.length)]
      if (!event || event.type === 'begin') continue
      if (event.type === 'join') {
        here.add(++reader)
        send({ type: 'join', reader })
      } else if (event.type === 'leave') {
        const one = [...here][Math.floor(random() * here.size)]
        if (one !== undefined && here.delete(one)) send({ type: 'leave', reader: one })
      } else if (event.type !== 'ended' && event.type !== 'refused') send(event)
      clock.advance(Math.floor(random() * 3_000))
    }
    send({ type: 'ended', reason: 'closed' })
    const answers = (type: VersionEffect['type']): number[] => did.flatMap((effect) => (effect.type === type ? ('reader' in effect ? [effect.reader] : 'readers' in effect ? effect.readers : []) : []))
    const first = [...answers('admit'), ...answers('reject')]
    const isSound = machine.state().name === 'over' && machine.timers().length === 0 && clock.pending() === 0 && new Set(first).size === first.length && did.filter(({ type }) => type === 'finish').length === 1
    if (!isSound) t.fail(`life ${seed}`)
  }
  t.pass('300 lives')
})

t.test('a start that brings nothing, and one that nobody waits for any more', async (t) => {
  const late = life()
  late.send({ type: 'join', reader: 1 })
  late.clock.advance(times.startMs)
  t.match(late.did, [{ type: 'finish' }, { type: 'reject', readers: [1], failure: { reason: 'no-keyframe', detail: /within 15 s/ } }])
  const left = life()
  left.send({ type: 'join', reader: 1 })
  left.send({ type: 'leave', reader: 1 })
  t.same(left.types(), ['finish'])
})

t.test('it lingers, is joined again, and ends', async (t) => {
  const { clock, machine, send, types } = life()
  send({ type: 'join', reader: 1 })
  send({ type: 'picture' })
  send({ type: 'leave', reader: 1 })
  t.equal(machine.state().name, 'lingering')
  clock.advance(times.lingerMs - 1)
  send({ type: 'join', reader: 2 })
  clock.advance(times.lingerMs)
  t.match(machine.state(), { name: 'live', readers: [2] })
  send({ type: 'leave', reader: 2 })
  clock.advance(times.lingerMs)
  t.same([machine.state().name, ...types()], ['over', 'admit', 'admit', 'finish'])
})

t.test('encoders that die: longer and longer pauses, forgiven after a minute, given up after four in a row', async (t) => {
  const { clock, machine, send, types } = life()
  send({ type: 'join', reader: 1 })
  send({ type: 'started' })
  send({ type: 'picture' })
  types()
  for (const pause of [500, 1_000, 1_500]) {
    send({ type: 'lost', detail: 'killed' })
    clock.advance(pause - 1)
    t.same(types(), ['rest'])
    clock.advance(1)
    t.same(types(), ['resume'])
    send({ type: 'started' })
  }
  clock.advance(times.steadyMs)
  t.match(machine.state(), { name: 'live', failures: 0 }, 'it was well for long')
  for (let n = 0; n < 3; n++) send({ type: 'lost', detail: 'killed' })
  t.equal(machine.state().name, 'live')
  send({ type: 'lost', detail: 'killed' })
  t.match([machine.state().name, machine.timers()], ['over', []])
})
