// Outlines with fewer corners, for drawing: each ring by Douglas and Peucker's method, coarser until all together keep within a bound.
import type { Outline } from './outline.ts'

type Ring = Outline['polygons'][number][number]

/** Degrees: about 10 m, then twice as much each time. */
const finest = 0.0001
const coarsest = 1

/** Rules never go by these. A ring that shrinks to nothing is left out. */
export function thinned(outlines: readonly Outline[], maxCorners: number): readonly Outline[] {
  for (let tolerance = finest; ; tolerance *= 2) {
    const thin = outlines.map(({ area, polygons }) => ({ area, polygons: polygons.map((rings) => rings.map((ring) => thinRing(ring, tolerance)).filter((ring) => ring.length >= 4)).filter((rings) => rings.length > 0) }))
    if (tolerance >= coarsest || corners(thin) <= maxCorners) return thin
  }
}

const corners = (outlines: readonly Outline[]): number => outlines.reduce((sum, { polygons }) => sum + polygons.reduce((of, rings) => of + rings.reduce((n, ring) => n + ring.length, 0), 0), 0)

function thinRing(ring: Ring, tolerance: number): Ring {
  const kept = new Uint8Array(ring.length)
  kept[0] = kept[ring.length - 1] = 1
  // Without recursion: a coast has a hundred thousand corners.
  const parts: [number, number][] = [[0, ring.length - 1]]
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [from, to] = part
    let [far, at] = [tolerance * tolerance, -1]
    for (let n = from + 1; n < to; n++) {
      const distance = squaredDistance(ring[n], ring[from], ring[to])
      if (distance > far) [far, at] = [distance, n]
    }
    if (at === -1) continue
    kept[at] = 1
    parts.push([from, at], [at, to])
  }
  return ring.filter((_, n) => kept[n] === 1)
}

/** From a point to the segment, in degrees: good enough for drawing. */
function squaredDistance(point: Ring[number] | undefined, from: Ring[number] | undefined, to: Ring[number] | undefined): number {
  if (!point || !from || !to) return 0
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const length2 = dx * dx + dy * dy
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / length2))
  const [px, py] = [point[0] - from[0] - along * dx, point[1] - from[1] - along * dy]
  return px * px + py * py
}
