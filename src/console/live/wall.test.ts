// The wall as a value: its address holds all of it, what is done by hand keeps what it should, a patrol shows everybody; and a camera that is held stops.
import t from 'tap'
import { createHold, directionOf, moveOf, type Direction } from './hold.ts'
import { addressOfWall, filled, hear, patrolGroup, placeFor, put, streamOf, swap, viewCounts, wallOf, withViews, type Wall } from './wall.ts'

const code = (n: number): string => `3201160000132000${String(n).padStart(4, '0')}`

t.test('an address is the whole wall, and the wall an address', async (t) => {
  const walls: Wall[] = [
    filled([], 1),
    filled([code(1), code(2), code(3)]),
    { views: 6, tiles: [{ camera: code(1), stream: 'main' }, undefined, { camera: code(2), codec: 'h264' }, undefined, { camera: code(3), stream: 'sub', codec: 'h264' }, undefined], sound: 2 },
    { ...filled([], 4), patrol: { seconds: 15, of: { list: [code(1), code(2)] } } },
    { ...filled([], 9), patrol: { seconds: 60, of: { group: 'owner:六合分局, 交警大队' } } },
    filled(Array.from({ length: 16 }, (_, n) => code(n))),
  ]
  for (const wall of walls) t.same(wallOf(addressOfWall(wall) as Record<string, string>), wall)
})

t.test('an address by hand breaks nothing', async (t) => {
  const odd = ['', 'x', ',,,', '<script>', code(1).repeat(9), '1.2.3', `${code(1)}.none.h265`, '../..', '☃']
  for (const v of odd) for (const n of ['', '0', '5', '16', '-1', '1e9']) {
    const wall = wallOf({ v, n, sound: v, patrol: v, of: v })
    t.ok(viewCounts.includes(wall.views) && wall.tiles.length === wall.views)
    t.ok(wall.tiles.every((tile) => tile === undefined || /^[\w-]{1,64}$/.test(tile.camera)))
  }
  t.same(wallOf({ v: [code(1)], n: ['4'] as unknown as string }).tiles, [undefined], 'twice in an address is not there')
  t.equal(wallOf({ v: Array.from({ length: 40 }, (_, n) => code(n)).join(',') }).tiles.length, 16)
  t.equal(wallOf({ of: code(1), patrol: '0' }).patrol?.seconds, 10)
})

t.test('fewer views keep what is shown, more keep its places; sound goes with its picture', async (t) => {
  const wall: Wall = { ...put(put(filled([], 9), 3, { camera: code(1) }), 8, { camera: code(2) }), sound: 8 }
  const four = withViews(wall, 4)
  t.same(four.tiles, [{ camera: code(1) }, { camera: code(2) }, undefined, undefined])
  t.equal(four.sound, 1)
  t.same(withViews(wall, 16).tiles.slice(0, 9), wall.tiles)
  t.equal(withViews(wall, 1).sound, undefined)
  t.equal(swap(wall, 8, 0).sound, 0)
  t.same(swap(wall, 8, 3).tiles[3], { camera: code(2) })
  t.equal(put(wall, 8, undefined).sound, undefined)
  t.equal(hear(hear(wall, 3), 3).sound, undefined)
  t.equal(placeFor(wall, undefined), 0)
  t.equal(placeFor(wall, 3), 0, 'a view that has one is left alone while there is room')
  t.equal(placeFor(filled([code(1), code(2), code(3), code(4)]), 2), 2)
  t.equal(streamOf({ camera: code(1) }, 1), 'main')
  t.equal(streamOf({ camera: code(1) }, 4), 'sub')
  t.equal(streamOf({ camera: code(1), stream: 'main' }, 16), 'main')
})

t.test('a patrol shows each camera once a round, forwards and back', async (t) => {
  const list = Array.from({ length: 10 }, (_, n) => code(n))
  const seen = [0, 1, 2].flatMap((turn) => patrolGroup(list, 4, turn).tiles.flatMap((tile) => tile?.camera ?? []))
  t.same(seen, list)
  t.match(patrolGroup(list, 4, 3), { page: 0, pages: 3 })
  t.match(patrolGroup(list, 4, -1), { page: 2 })
  t.match(patrolGroup([], 4, 5), { page: 0, pages: 1, tiles: [undefined, undefined, undefined, undefined] })
})

t.test('keys are directions, and what is held is one move', async (t) => {
  t.equal(directionOf('ArrowUp'), 'up')
  t.equal(directionOf('='), 'in')
  t.equal(directionOf('a'), undefined)
  const held = (...directions: Direction[]): ReadonlySet<Direction> => new Set(directions)
  t.same(moveOf(held('up', 'left'), 0.5), { tilt: 0.5, pan: -0.5 })
  t.equal(moveOf(held('up', 'down'), 1), undefined)
  t.same(moveOf(held('in'), 1), { zoom: 1 })
  t.same(moveOf(held('near', 'left'), 1), { focus: -1 }, 'the lens does not go with turning')
  t.equal(moveOf(held(), 1), undefined)
})

/** What is asked of a camera, answered when the test says so. */
function scripted(): { readonly asked: string[]; readonly answer: () => Promise<void>; fails: boolean; readonly hold: ReturnType<typeof createHold>; readonly failures: unknown[]; readonly turning: boolean[]; readonly renew: () => void } {
  const asked: string[] = []
  const waiting: (() => void)[] = []
  const failures: unknown[] = []
  const turning: boolean[] = []
  let renew = (): void => {}
  const self = { fails: false }
  const ask = (what: string): Promise<void> => {
    asked.push(what)
    return new Promise((resolve, reject) => waiting.push(() => (self.fails ? reject(new Error('no network')) : resolve())))
  }
  const hold = createHold({
    move: ({ pan = 0, tilt = 0, zoom = 0 }) => ask(`${pan} ${tilt} ${zoom}`), stop: () => ask('stop'), onTurning: (is) => void turning.push(is), onFailed: (error) => void failures.push(error), pause: () => new Promise((resolve) => (renew = resolve)),
  })
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return Object.assign(self, {
    asked, hold, failures, turning,
    answer: async () => {
      await settle()
      waiting.shift()?.()
      await settle()
    },
    renew: () => renew(),
  })
}

t.test('held: asked, asked again, stopped when let go; one request at a time', async (t) => {
  const wire = scripted()
  wire.hold.press('left')
  wire.hold.press('left')
  await wire.answer()
  wire.renew()
  await wire.answer()
  wire.hold.press('up')
  await wire.answer()
  wire.hold.release('left')
  await wire.answer()
  t.same(wire.asked, ['-0.5 0 0', '-0.5 0 0', '-0.5 0.5 0', '0 0.5 0'])
  wire.hold.release('up')
  await wire.answer()
  t.same(wire.asked.slice(4), ['stop'])
  t.same(wire.turning, [true, false])
})

t.test('let go while the request is under way: the stop comes after it', async (t) => {
  const wire = scripted()
  wire.hold.press('in')
  wire.hold.releaseAll()
  t.same(wire.asked, ['0 0 0.5'])
  await wire.answer()
  t.same(wire.asked, ['0 0 0.5', 'stop'])
  wire.hold.press('out')
  await wire.answer()
  await wire.answer()
  t.equal(wire.asked.at(-1), '0 0 -0.5', 'pressed again while it was being stopped: it turns')
})

t.test('a lost connection: it is said, nothing is asked again, and a stop is tried', async (t) => {
  const wire = scripted()
  wire.hold.press('right')
  wire.fails = true
  await wire.answer()
  t.equal(wire.failures.length, 1)
  t.same(wire.asked, ['0.5 0 0', 'stop'])
  await wire.answer()
  t.same(wire.turning, [true, false])
  t.equal(wire.asked.length, 2)
})
