// How far the encoder's grid shows: steps between pixels on the borders of blocks of 8 beside steps elsewhere. Encoders work in blocks of 4 to 64
// whose borders all lie on this grid, and smooth them (deblocking): what is left is what a viewer sees.
import type { Area, Planes } from './planes.ts'

const grid = 8
const stride = 8

/** 0: borders are like the rest; 1: steps on borders are twice those elsewhere. */
export function blockiness({ width, luma }: Planes, area: Area, mask: Uint8Array): number {
  const ratio = (isColumns: boolean): number => {
    const [sums, counts] = [new Float64Array(grid), new Uint32Array(grid)]
    const back = isColumns ? 1 : width
    const [stepX, stepY] = isColumns ? [1, stride] : [stride, 1]
    for (let y = area.top + 1; y < area.bottom; y += stepY) {
      for (let x = area.left + 1; x < area.right; x += stepX) {
        const i = y * width + x
        if (mask[i] !== 0) continue
        const phase = (isColumns ? x : y) % grid
        sums[phase]! += Math.abs(luma[i]! - luma[i - back]!)
        counts[phase]!++
      }
    }
    const mean = (phase: number): number => sums[phase]! / Math.max(1, counts[phase]!)
    const inside = [2, 3, 5, 6].reduce((sum, phase) => sum + mean(phase), 0) / 4
    return inside < 0.05 ? 0 : mean(0) / inside - 1
  }
  return Math.max(0, (ratio(true) + ratio(false)) / 2)
}
