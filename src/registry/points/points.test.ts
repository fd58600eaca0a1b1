// Points of a map: clusters hold every point once, whatever the zoom; a ring, a division and a filter find what looking at each would find.
import t from 'tap'
import { manualClock, seededBytes } from '../../base/index.ts'
import { clusterPoints, colourings, countAreas, createPoints, pointsWithin, type Colouring, type PointFilter, type PointRow, type PointStore, type PointTable } from './index.ts'

const random = seededBytes(11)
const below = (n: number): number => random(4).readUInt32BE() % n
const presences = ['online', 'late', 'offline', 'unknown'] as const

function rowsOf(count: number): PointRow[] {
  return Array.from({ length: count }, (_, at) => ({
    n: at + 1, id: `3201160000132${String(at).padStart(7, '0')}`, longitude: below(20) === 0 ? null : 118 + below(1_000_000) / 1e6, latitude: 31.5 + below(1_000_000) / 1e6, area: ['320116', '32011601', '320115', '110101'][below(4)] ?? '',
    class: ['1', '2', '3', '4', '9', '', '7'][below(7)] ?? '', presence: presences[below(4)] ?? 'unknown', isComplete: below(2) === 0, isDraft: below(5) === 0, isRetired: below(10) === 0, updatedAtMs: 1_000 + below(50),
  }))
}

/** A store of rows in memory that answers as the database does. */
function storeOf(rows: PointRow[], asked: string[] = []): PointStore {
  return {
    pointsAfter: async (n, limit) => {
      asked.push('after')
      return rows.filter((row) => row.n > n).sort((a, b) => a.n - b.n).slice(0, limit)
    },
    pointsChanged: async ({ atMs, id }, limit) => {
      asked.push('changed')
      return rows.filter((row) => row.updatedAtMs > atMs || (row.updatedAtMs === atMs && row.id > id)).sort((a, b) => a.updatedAtMs - b.updatedAtMs || (a.id < b.id ? -1 : 1)).slice(0, limit)
    },
  }
}
const tableOf = (rows: PointRow[]): Promise<PointTable> => createPoints({ store: storeOf(rows), clock: manualClock(), turn: () => Promise.resolve() })()
const everything: PointFilter = { area: '' }
const none = new Map<string, 'pass' | 'fail' | 'review'>()

t.test('each point is in one cluster, at every zoom, coloured by its own word', async (t) => {
  const rows = rowsOf(5_000)
  const table = await tableOf(rows)
  const placed = rows.filter((row) => !row.isRetired && row.longitude !== null)
  const verdicts = new Map(rows.slice(0, 100).map((row, at) => [row.id, (['pass', 'fail', 'review'] as const)[at % 3] ?? 'pass']))
  for (const by of Object.keys(colourings) as Colouring[]) {
    for (const zoom of [0, 5, 9, 12, 16, 24]) {
      const { items, total, inBox, unplaced, bounds } = clusterPoints(table, { zoom, by, filter: everything }, verdicts)
      t.equal(total, placed.length)
      t.equal(inBox, placed.length)
      t.equal(unplaced, rows.filter((row) => !row.isRetired && row.longitude === null).length)
      t.equal(items.reduce((sum, { n }) => sum + n, 0), placed.length)
      t.ok(items.length <= 2_000)
      t.ok(items.every(({ n, counts, id }) => counts.reduce((a, b) => a + b, 0) === n && (n === 1) === (id !== undefined)))
      t.ok(items.every(({ longitude, latitude, box }) => longitude >= box.west - 1e-9 && longitude <= box.east + 1e-9 && latitude >= box.south - 1e-9 && latitude <= box.north + 1e-9))
      t.ok(bounds && bounds.west >= 118 && bounds.north <= 32.5)
    }
  }
  const { items } = clusterPoints(table, { zoom: 0, by: 'verdict', filter: everything }, verdicts)
  const seen = (word: string): number => items.reduce((sum, { counts }) => sum + (counts[colourings.verdict.indexOf(word)] ?? 0), 0)
  t.equal(seen('fail'), rows.slice(0, 100).filter((row, at) => at % 3 === 1 && !row.isRetired && row.longitude !== null).length)
})

t.test('a cell does not move with the box: what is panned stays together', async (t) => {
  const table = await tableOf(rowsOf(3_000))
  const signs = (west: number): Set<string> => new Set(clusterPoints(table, { zoom: 13, by: 'class', filter: everything, box: { west, south: 31.9, east: west + 0.2, north: 32.1 } }, none).items.filter(({ box }) => box.west > 118.32 && box.east < 118.48).map(({ longitude, latitude, n }) => `${longitude} ${latitude} ${n}`))
  t.same(signs(118.3), signs(118.31), 'but for those at the edge')
})

t.test('filters and rings find what looking at each record finds', async (t) => {
  const rows = rowsOf(3_000)
  const table = await tableOf(rows)
  const ring = [[118.2, 31.7], [118.8, 31.6], [118.5, 32.3]] as const
  const side = ([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number], x: number, y: number): number => Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax))
  const inTriangle = ({ longitude, latitude }: PointRow): boolean => longitude !== null && latitude !== null && [side(ring[0], ring[1], longitude, latitude), side(ring[1], ring[2], longitude, latitude), side(ring[2], ring[0], longitude, latitude)].every((each) => each > 0)
  const filters: [PointFilter, (row: PointRow) => boolean][] = [
    [everything, () => true],
    [{ area: '3201' }, (row) => row.area.startsWith('3201')],
    [{ area: '32011601' }, (row) => row.area === '32011601'],
    [{ area: '', class: '2' }, (row) => row.class === '2'],
    [{ area: '', online: true }, (row) => row.presence === 'online' || row.presence === 'late'],
    [{ area: '', online: false }, (row) => row.presence === 'offline' || row.presence === 'unknown'],
    [{ area: '', complete: true }, (row) => row.isComplete && !row.isDraft],
    [{ area: '', draft: true }, (row) => row.isDraft],
  ]
  for (const [filter, fits] of filters) {
    const wanted = rows.filter((row) => !row.isRetired && fits(row) && inTriangle(row)).map(({ id }) => id)
    const { ids, total } = pointsWithin(table, ring, filter, 10_000, none)
    t.same(ids, wanted, JSON.stringify(filter))
    t.equal(total, wanted.length)
    t.equal(pointsWithin(table, ring, filter, 3, none).ids.length, Math.min(3, wanted.length))
  }
  t.equal(pointsWithin(table, [[118, 31.5], [119, 31.5], [119, 32.5], [118, 32.5]], everything, 10_000, none).total, rows.filter((row) => !row.isRetired && row.longitude !== null).length)
})

t.test('counts of divisions, one level at a time', async (t) => {
  const rows = rowsOf(400)
  const table = await tableOf(rows)
  const count = (prefix: string): number => rows.filter((row) => !row.isRetired && row.area.startsWith(prefix)).length
  t.same(countAreas(table, '').map(({ area, n }) => [area, n]), [['11', count('11')], ['32', count('32')]])
  t.same(countAreas(table, '3201').map(({ area }) => area), ['320115', '320116'])
  t.same(countAreas(table, '320116').map(({ area }) => area), ['320116', '32011601'], 'what has no more digits stands under the division itself')
  t.equal(countAreas(table, '44').length, 0)
})

t.test('what is changed is there with the next question; presence is read again after a while, by one reading for all', async (t) => {
  const rows = rowsOf(9_000)
  const asked: string[] = []
  const clock = manualClock()
  const points = createPoints({ store: storeOf(rows, asked), clock, turn: () => Promise.resolve() })
  const [first, same] = await Promise.all([points(), points()])
  t.equal(first, same)
  t.same(asked, ['after', 'after', 'after'], 'in parts, once')
  const moved = rows[41]
  if (!moved) throw new Error('there are 9,000')
  rows[41] = { ...moved, longitude: 120.5, latitude: 30, isRetired: false, updatedAtMs: 2_000 }
  rows.push({ ...moved, n: 20_000, id: '44030000001320000001', updatedAtMs: 2_000 })
  const table = await points()
  t.equal(table.longitude[42], 120.5)
  t.equal(table.ids[20_000], '44030000001320000001')
  t.equal(table.there[15_000], 0, 'numbers that are not there are nothing')
  asked.length = 0
  clock.advance(11_000)
  await points()
  await points()
  t.equal(asked.filter((each) => each === 'after').length, 3)
})

t.test('a reading that fails is told to who asked, and the next one asks anew', async (t) => {
  const rows = rowsOf(5)
  const good = storeOf(rows)
  let fails = true
  const points = createPoints({ store: { ...good, pointsAfter: (n, limit) => (fails ? Promise.reject(new Error('disk')) : good.pointsAfter(n, limit)) }, clock: manualClock(), turn: () => Promise.resolve() })
  await t.rejects(points(), /disk/)
  fails = false
  t.equal((await points()).end, 6)
})
