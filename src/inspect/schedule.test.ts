import t from 'tap'
import { manualClock } from '../base/index.ts'
import { createProgress } from './progress.ts'
import { createQueue, type Place } from './schedule.ts'
import type { Carrier } from './types.ts'

const device = (id: string): Carrier => ({ id, kind: 'device' })
const place = (camera: string, carriers: readonly Carrier[] = [device(camera)], area = '320116'): Place => ({ camera, area, carriers })
const names = (places: readonly Place[]): string => places.map(({ camera }) => camera).join('')
const nvr: Carrier = { id: 'nvr', kind: 'recorder' }
const platform: Carrier = { id: 'platform', kind: 'platform' }

t.test('so many at once in all, few per device, recorder and platform, no camera twice', async (t) => {
  const limits = { total: 9, perDevice: 1, perRecorder: 2, perPlatform: 3 }
  const behind = ['a', 'b', 'c'].map((camera) => place(camera, [nvr]))
  t.equal(names(createQueue([...behind, place('d'), place('e')]).take([], [], { ...limits, total: 4 })), 'adeb', 'one after the other from each, two of the recorder')
  t.equal(names(createQueue(behind).take(behind.slice(1, 2), [], limits)), 'a', 'b runs already')
  t.equal(names(createQueue(behind).take([], [place('x', [nvr]), place('y', [nvr])], limits)), '', 'another inspection holds the recorder')
  t.equal(names(createQueue([place('a'), place('b')]).take([], [place('a'), place('x'), place('y')], { ...limits, total: 1 })), 'b', 'the total is each inspection’s own')
  const upper = ['a', 'b', 'c', 'd', 'e'].map((camera, n) => place(camera, [platform, ...(n < 3 ? [nvr] : [])]))
  t.equal(names(createQueue(upper).take([], [], limits)), 'adb', 'two behind the recorder, three in all through the platform')
  t.equal(names(createQueue(upper).take([], [], { total: 9, perDevice: 2 })), 'ad', 'a rule set of before knows one limit')
  t.equal(names(createQueue([place('a', []), place('b', [])]).take([], [], limits)), 'ab', 'what nothing is known to carry has no limit but the total')
})

t.test('areas by turns, and the turn goes on from one taking to the next', async (t) => {
  const [big, small] = [Array.from({ length: 6 }, (_, n) => place(`${n}`, undefined, 'A')), [place('x', undefined, 'B'), place('y', undefined, 'B')]]
  const queue = createQueue([...big, ...small])
  const limits = { total: 3, perDevice: 1 }
  t.equal(names(queue.take([], [], limits)), '0x1')
  t.equal(queue.size(), 5)
  t.equal(names(queue.take([], [], limits)), 'y23')
  t.equal(names(queue.take([place('2'), place('3')], [], limits)), '4')
  queue.putBack(place('2', undefined, 'A'))
  t.equal(queue.size(), 2)
  t.equal(names(queue.take([], [], { total: 9, perDevice: 1 })), '52')
  t.equal(queue.size(), 0)
  queue.putBack(place('0', undefined, 'A'))
  queue.clear()
  t.same(queue.take([], [], limits), [])
})

t.test('chew: whatever is taken and put back, nothing is lost, doubled or beyond a limit', async (t) => {
  let seed = 7
  const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below
  const limits = { total: 7, perDevice: 1, perRecorder: 2, perPlatform: 4 }
  const places = Array.from({ length: 2500 }, (_, n) => {
    const kinds: readonly (readonly Carrier[])[] = [[device(`d${n}`)], [{ id: `r${random(40)}`, kind: 'recorder' }], [{ id: `p${random(3)}`, kind: 'platform' }, { id: `r${random(40)}`, kind: 'recorder' }], []]
    return place(`${n}`, kinds[random(4)], `area ${random(12)}`)
  })
  const queue = createQueue(places)
  const done = new Set<string>()
  const running: Place[] = []
  for (let turn = 0; turn < 20_000 && done.size < places.length; turn++) {
    running.push(...queue.take(running, [], limits))
    if (running.length > limits.total) t.fail('more than the total')
    for (const { carriers } of running) {
      for (const { id, kind } of carriers) {
        const most = { device: 1, recorder: 2, platform: 4 }[kind]
        if (running.filter((each) => each.carriers.some((carrier) => carrier.id === id)).length > most) t.fail(`${kind} ${id} has more than ${most}`)
      }
    }
    const [over] = running.splice(random(running.length), 1)
    if (over && random(50) === 0) queue.putBack(over)
    else if (over && done.has(over.camera)) t.fail(`${over.camera} twice`)
    else if (over) done.add(over.camera)
  }
  t.equal(done.size, places.length)
  t.equal(queue.size(), 0)
})

t.test('how much longer: by what was done since the last pause or start, pauses aside', async (t) => {
  const clock = manualClock()
  const progress = createProgress(clock, { total: 20, done: 4 })
  for (let n = 1; n <= 4; n++) {
    t.notOk('msLeft' in progress.now(1) && n < 4, 'too few to say')
    progress.begun(n)
    clock.advance(1000)
    progress.done(n)
    progress.left(n)
  }
  t.same(progress.now(2), { total: 20, done: 8, running: 2, waiting: 10, msLeft: 12_000 })
  progress.pause()
  clock.advance(60_000)
  t.notOk('msLeft' in progress.now(0), 'nobody knows how long it is paused')
  progress.resume()
  t.match(progress.now(2), { msLeft: 12_000 })
  progress.begun(9)
  clock.advance(2000)
  t.match(progress.now(1), { done: 8, running: 1, waiting: 11 })
})
