import t from 'tap'
import { manualClock, seededRandom, silentLog, type Log, type ManualClock } from '../../base/index.ts'
import type { ExchangeOutcome } from '../exchange/asking.ts'
import { createMoves } from './moves.ts'
import { parsePtz } from './ptz.ts'

const target = { deviceId: '32011600001180000001', channelId: '32011600001310000001' }
const left = { kind: 'move', pan: 'left', panSpeed: 32 } as const
const focus = { kind: 'lens', focus: 'near', focusSpeed: 8 } as const
const taken: ExchangeOutcome<unknown> = { ok: true, value: {} }
const silent: ExchangeOutcome<unknown> = { ok: false, reason: 'no-answer', detail: 'silence' }

/** A camera that obeys each code as it arrives, whenever that is. */
function camera() {
  const running = { ptz: false, lens: false }
  const heard: string[] = []
  return {
    heard,
    isMoving: () => running.ptz || running.lens,
    arrive: (code: string) => {
      const { action } = parsePtz(code)
      heard.push(action.kind)
      if (action.kind === 'move' || action.kind === 'stop') running.ptz = action.kind === 'move'
      else if (action.kind === 'lens' || action.kind === 'lens-stop') running.lens = action.kind === 'lens'
    },
  }
}

/** Lets promises settle between the ticks of the clock. */
async function run(clock: ManualClock, ms: number, stepMs = 50): Promise<void> {
  for (let at = 0; at < ms; at += stepMs) {
    clock.advance(stepMs)
    for (let i = 0; i < 6; i++) await Promise.resolve()
  }
}

function warnings() {
  const lines: string[] = []
  const log: Log = { ...silentLog, warn: (_fields, message) => void lines.push(message) }
  return { lines, log }
}

t.test('a browser that goes away leaves a camera that stands still', async (t) => {
  const clock = manualClock()
  const it = camera()
  const moves = createMoves({ clock, log: silentLog, send: async (_device, _channel, { code }) => (it.arrive(code), taken) })
  t.same(await moves.move({ ...target, owner: 'tab 1', motion: left, holdMs: 600 }), taken)
  await run(clock, 500)
  await moves.move({ ...target, owner: 'tab 1', motion: left, holdMs: 600 })
  await run(clock, 500)
  t.ok(it.isMoving())
  t.match(moves.movements(), [{ ...target, part: 'ptz', state: 'moving', owner: 'tab 1' }])
  await run(clock, 200)
  t.notOk(it.isMoving())
  t.same(it.heard, ['move', 'stop'])
  t.same(moves.movements(), [])
  t.equal(clock.pending(), 0)
})

t.test('pan and focus are two movements; one stop ends both', async (t) => {
  const clock = manualClock()
  const it = camera()
  const moves = createMoves({ clock, log: silentLog, send: async (_device, _channel, { code }) => (it.arrive(code), taken) })
  await moves.move({ ...target, owner: 'a', motion: left })
  await moves.move({ ...target, owner: 'a', motion: focus })
  t.same(moves.stats(), { moving: 2, stopping: 0, lostStops: 0 })
  t.same(await moves.stop({ ...target, owner: 'a' }), taken)
  await run(clock, 50)
  t.same(it.heard, ['move', 'lens', 'stop', 'lens-stop'])
  t.notOk(it.isMoving())
})

t.test('the stop of who moves no longer does nothing; a stop by nobody stops all, a cruise too', async (t) => {
  const clock = manualClock()
  const it = camera()
  const moves = createMoves({ clock, log: silentLog, send: async (_device, _channel, { code }) => (it.arrive(code), taken) })
  await moves.move({ ...target, owner: 'a', motion: left })
  await moves.move({ ...target, owner: 'b', motion: { ...left, pan: 'right' } })
  await moves.stop({ ...target, owner: 'a' })
  t.ok(it.isMoving())
  await moves.stop(target)
  t.notOk(it.isMoving())
  await run(clock, 50)
  await moves.stop(target)
  t.same(it.heard, ['move', 'move', 'stop', 'stop'], 'said although nobody holds a movement')
})

t.test('an unreachable device: nothing moved, nothing to stop; one that went away is stopped when it returns', async (t) => {
  const clock = manualClock()
  const it = camera()
  const { lines, log } = warnings()
  let isThere = false
  const moves = createMoves({ clock, log, isReachable: () => isThere, send: async (_device, _channel, { code }) => (it.arrive(code), taken) })
  t.match(await moves.move({ ...target, owner: 'a', motion: left }), { ok: false, reason: 'offline' })
  await run(clock, 1_100)
  t.same([moves.movements(), it.heard, lines], [[], [], []])
  isThere = true
  await moves.move({ ...target, owner: 'a', motion: left })
  isThere = false
  await run(clock, 10_000)
  t.match(moves.movements(), [{ state: 'stopping' }])
  isThere = true
  moves.returned(target.deviceId)
  await run(clock, 50)
  t.notOk(it.isMoving())
  t.same([moves.movements(), lines], [[], []])
  isThere = false
  await moves.move({ ...target, owner: 'a', motion: left }).catch(() => {})
  t.equal(clock.pending(), 1)
})

t.test('given up is said in a warning and counted', async (t) => {
  const clock = manualClock()
  const { lines, log } = warnings()
  const moves = createMoves({ clock, log, send: async () => silent })
  await moves.move({ ...target, owner: 'a', motion: left })
  await run(clock, 260_000, 500)
  t.match(lines, [/may still move/])
  t.same(moves.stats(), { moving: 0, stopping: 0, lostStops: 1 })
  t.equal(clock.pending(), 0)
})

t.test('a send that never ends, and one that throws, are stopped all the same', async (t) => {
  for (const fault of ['hang', 'throw'] as const) {
    const clock = manualClock()
    const it = camera()
    let sent = 0
    const moves = createMoves({
      clock, log: silentLog,
      send: async (_device, _channel, { code }) => {
        it.arrive(code)
        if (sent++ > 0) return taken
        if (fault === 'throw') throw new Error('bug')
        return new Promise(() => {})
      },
    })
    void moves.move({ ...target, owner: 'a', motion: left })
    await run(clock, 70_000, 500)
    t.notOk(it.isMoving(), fault)
    t.equal(moves.movements().length, 0)
  }
})

t.test('closing stops every camera and waits for them, but not for ever', async (t) => {
  const clock = manualClock()
  const cameras = new Map(Array.from({ length: 50 }, (_, i) => [`channel ${i}`, camera()]))
  const { lines, log } = warnings()
  const moves = createMoves({
    clock, log,
    send: async (_device, channelId, { code }) => {
      if (channelId === 'channel 7') return new Promise(() => {})
      cameras.get(channelId)?.arrive(code)
      return taken
    },
  })
  for (const channelId of cameras.keys()) void moves.move({ ...target, channelId, owner: 'a', motion: left, holdMs: 15_000 })
  await run(clock, 100)
  const closed = moves.close(3_000)
  await run(clock, 3_100)
  await closed
  t.same([...cameras.values()].filter((each) => each.isMoving()), [])
  t.match(lines, [/closed before/])
  t.match(await moves.move({ ...target, owner: 'a', motion: left }), { ok: false, reason: 'stopped' })
  t.match(await moves.stop(target), { ok: false, reason: 'stopped' })
  t.equal(clock.pending(), 0)
})

t.test('what does not exist is not sent; holds are bounded', async (t) => {
  const clock = manualClock()
  const it = camera()
  const moves = createMoves({ clock, log: silentLog, send: async (_device, _channel, { code }) => (it.arrive(code), taken) })
  await t.rejects(moves.move({ ...target, owner: 'a', motion: { ...left, panSpeed: 300 } }), { code: 'ptz.range' })
  await t.rejects(moves.move({ ...target, owner: 'a', motion: { kind: 'move' } }), { code: 'ptz.range' })
  t.same(it.heard, [])
  await moves.move({ ...target, owner: 'a', motion: left, holdMs: 3600_000 })
  await run(clock, 15_100, 500)
  t.notOk(it.isMoving())
})

t.test('a bad network, seeded: copies late, messages and answers lost, users in each other\'s way; in the end every camera rests', async (t) => {
  let copiesAfterStop = 0
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed)
    const below = (limit: number): number => Math.floor(random() * limit)
    const clock = manualClock()
    const it = camera()
    // Copies at 0, 500, 1500 and 3500 ms (RFC 3261 17.1.2.2), each lost or late; the exchange ends with the first answer, or at 1 s, before the last copies.
    const moves = createMoves({
      clock, log: silentLog,
      send: (_device, _channel, { code }) =>
        new Promise((resolve) => {
          let isAnswered = false
          const end = (outcome: ExchangeOutcome<unknown>): void => {
            isAnswered = true
            resolve(outcome)
          }
          for (const atMs of [0, 500, 1500, 3500]) {
            clock.after(atMs, () => {
              if (isAnswered) return
              const isLost = random() < 0.35
              const isAnswerLost = random() < 0.35
              if (isLost) return
              clock.after(20 + below(400), () => {
                if (parsePtz(code).action.kind === 'move' && it.heard.at(-1) === 'stop') copiesAfterStop++
                it.arrive(code)
                if (!isAnswerLost) clock.after(20 + below(200), () => end(taken))
              })
            })
          }
          clock.after(1_000, () => resolve(silent))
        }),
    })
    for (let i = 0; i < 6; i++) {
      const owner = random() < 0.5 ? 'a' : 'b'
      if (random() < 0.75) void moves.move({ ...target, owner, motion: random() < 0.3 ? focus : { ...left, panSpeed: below(256) }, holdMs: 300 + below(1500) })
      else void moves.stop({ ...target, owner })
      await run(clock, below(1_200))
    }
    await run(clock, 90_000, 100)
    if (moves.movements().length > 0) t.fail(`seed ${seed}: still at it`)
    if (moves.movements().length === 0 && it.isMoving()) t.fail(`seed ${seed}: the camera still moves, and nobody knows`)
  }
  t.ok(copiesAfterStop > 50, `${copiesAfterStop} times a copy of a move came after a stop`)
})
