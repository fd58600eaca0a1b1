// All records as columns, brought up to date whenever somebody asks: what was changed since by the order of change, presence by reading everything
// again in parts. A hundred thousand records take 4 MB; a map that reads them from the index each time would hold everybody up for 100 ms.
import type { Clock } from '../../base/index.ts'
import { pointClasses, pointPresences, pointRecords, type PointRow, type PointStore, type PointTable } from './types.ts'

/** Rows read at one go, some 4 ms. Ours. */
const part = 4000
/** Presence changes all day without a change of the record: how old it may be. Ours. */
const freshMs = 10_000
/** Changes are read again from so long before the last one known: those of one group are written with the time they were asked at. */
const overlapMs = 2_000

interface Columns {
  end: number
  ids: string[]
  longitude: Float64Array
  latitude: Float64Array
  area: Uint32Array
  class: Uint8Array
  presence: Uint8Array
  record: Uint8Array
  there: Uint8Array
  readonly areas: string[]
}

const empty = (): Columns => ({
  end: 1, ids: [], longitude: new Float64Array(0), latitude: new Float64Array(0), area: new Uint32Array(0), areas: [''],
  class: new Uint8Array(0), presence: new Uint8Array(0), record: new Uint8Array(0), there: new Uint8Array(0),
})

export interface PointsOptions {
  readonly store: PointStore
  readonly clock: Clock
  /** Lets everything else have its turn. */
  readonly turn: () => Promise<void>
}

/** The table as it is now; those who ask at the same time share one reading. */
export function createPoints({ store, clock, turn }: PointsOptions): () => Promise<PointTable> {
  const columns = empty()
  const areaNumbers = new Map<string, number>([['', 0]])
  let changedAtMs = 0
  let readAtMs: number | undefined
  let reading: Promise<void> | undefined
  let updating: Promise<void> | undefined

  const put = (row: PointRow): void => {
    if (row.n >= columns.longitude.length) grow(columns, row.n + 1)
    let area = areaNumbers.get(row.area)
    if (area === undefined) {
      area = columns.areas.length
      areaNumbers.set(row.area, area)
      columns.areas.push(row.area)
    }
    const { n } = row
    columns.end = Math.max(columns.end, n + 1)
    columns.ids[n] = row.id
    columns.longitude[n] = row.longitude ?? NaN
    columns.latitude[n] = row.latitude ?? NaN
    columns.area[n] = area
    columns.class[n] = placeOf(pointClasses, row.class, pointClasses.length - 1)
    columns.presence[n] = placeOf(pointPresences, row.presence, pointPresences.length - 1)
    columns.record[n] = placeOf(pointRecords, row.isDraft ? 'draft' : row.isComplete ? 'complete' : 'incomplete', 1)
    columns.there[n] = row.isRetired ? 0 : 1
    changedAtMs = Math.max(changedAtMs, row.updatedAtMs)
  }
  const readAll = async (): Promise<void> => {
    const beganMs = clock.wallMs()
    for (let after = 0; ; ) {
      const rows = await store.pointsAfter(after, part)
      for (const row of rows) put(row)
      const last = rows.at(-1)
      if (rows.length < part || !last) break
      after = last.n
      await turn()
    }
    readAtMs = beganMs
  }
  const readChanged = async (): Promise<void> => {
    for (let after = { atMs: changedAtMs - overlapMs, id: '' }; ; ) {
      const rows = await store.pointsChanged(after, part)
      for (const row of rows) put(row)
      const last = rows.at(-1)
      if (rows.length < part || !last) return
      after = { atMs: last.updatedAtMs, id: last.id }
      await turn()
    }
  }
  /** Shared while it runs; a failure is told to those who wait, and the next one asks anew. */
  const refresh = (): Promise<void> => (reading ??= readAll().finally(() => (reading = undefined)))
  const update = (): Promise<void> => (updating ??= readChanged().finally(() => (updating = undefined)))

  return async () => {
    if (readAtMs === undefined) await refresh()
    else {
      if (clock.wallMs() - readAtMs > freshMs) void refresh().catch(() => {})
      // One that began before this question may have passed by what is asked for.
      if (updating) await updating.catch(() => {})
      await update()
    }
    return columns
  }
}

const placeOf = (list: readonly string[], value: string, otherwise: number): number => {
  const at = list.indexOf(value)
  return at === -1 ? otherwise : at
}

function grow(columns: Columns, atLeast: number): void {
  const length = Math.max(1024, atLeast, Math.ceil(columns.longitude.length * 1.5))
  const wider = <T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T => {
    to.set(from)
    return to
  }
  columns.longitude = wider(columns.longitude, new Float64Array(length).fill(NaN))
  columns.latitude = wider(columns.latitude, new Float64Array(length).fill(NaN))
  columns.area = wider(columns.area, new Uint32Array(length))
  columns.class = wider(columns.class, new Uint8Array(length))
  columns.presence = wider(columns.presence, new Uint8Array(length))
  columns.record = wider(columns.record, new Uint8Array(length))
  columns.there = wider(columns.there, new Uint8Array(length))
}
