// The waiting room: order, bounds, and how many are served in a turn.
import t from 'tap'
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts'

function bench(): { readonly room: WaitingRoom<number>; readonly taken: number[]; readonly turn: () => boolean } {
  const taken: number[] = []
  const turns: (() => void)[] = []
  const room = createWaitingRoom<number>({ take: (item) => taken.push(item), later: (callback) => turns.push(callback) })
  return {
    room,
    taken,
    turn: () => {
      const next = turns.shift()
      next?.()
      return next !== undefined && turns.length <= 1
    },
  }
}

void t.test('in order, in turns, and quiet when empty', (t) => {
  const { room, taken, turn } = bench()
  for (let i = 0; i < 200; i++) room.push(i, 100)
  t.ok(turn())
  t.equal(taken.length, 4, 'few while the socket brings many')
  t.ok(turn())
  t.equal(taken.length, 68, 'many when it brought none')
  for (let i = 200; i < 210; i++) room.push(i, 100)
  while (turn());
  t.same(taken, Array.from({ length: 210 }, (_, i) => i))
  t.notOk(turn(), 'nothing is scheduled for an empty room')
  t.same([room.size(), room.lost()], [0, 0])
  t.end()
})

void t.test('bounded by number and by bytes; what has no room is counted, what waits stays', (t) => {
  const { room, taken, turn } = bench()
  for (let i = 0; i < 5_000; i++) room.push(i, 100)
  t.same([room.size(), room.lost()], [4_000, 1_000])
  while (turn());
  t.equal(taken.at(-1), 3_999)
  t.ok(room.push(1, 8 * 1024 * 1024))
  t.notOk(room.push(2, 1))
  turn()
  t.ok(room.push(3, 1), 'room again')
  t.equal(room.lost(), 1_001)
  t.end()
})

void t.test('a steady stream for long: memory of what was served is given back, nothing is lost', (t) => {
  const { room, taken, turn } = bench()
  for (let round = 0; round < 20_000; round++) {
    for (let i = 0; i < 3; i++) room.push(round * 3 + i, 1)
    turn()
  }
  while (turn());
  t.same([taken.length, room.lost(), taken.at(-1)], [60_000, 0, 59_999])
  t.end()
})

void t.test('after closing nothing is taken', (t) => {
  const { room, taken, turn } = bench()
  room.push(1, 1)
  room.close()
  turn()
  t.notOk(room.push(2, 1))
  t.same(taken, [])
  t.end()
})
