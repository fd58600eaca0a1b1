// How far a picture is blurred, in pixels, without a reference. The picture is cut into blocks and the blocks into twelve regions; in each
// region the blocks that carry most are looked at together, at eleven scales (gradient-energies.ts), and a model of blur, texture and noise is
// fitted to what they show (blur-fit.ts), along rows and along columns. The answer is that of the sharpest region along
// each: what is near the lens may be out of focus, what is far may be in haze; a camera whose best region is blurred is blurred. Parameters and their measurements: docs/sharpness.md.
import { fitBlur } from './blur-fit.ts'
import { choosing, pyramid, scales, type Grid, type Pyramid } from './gradient-energies.ts'
import type { Area, Planes } from './planes.ts'

export interface Sharpness {
  /** Blur in pixels at 1080p height; absent when fewer than `minBlocks` blocks, or no region, carry enough to say. */
  readonly blurPx?: number
  /** Blocks that carry more than noise. */
  readonly blocks: number
}

/** A block is this part of the picture's height: 60 px at 1080. */
const blocksDown = 18
const smallestSide = 16
const regions = { across: 4, down: 3 } as const
/** Blocks of a region that must carry something, and the part of them that is looked at. */
const regionBlocks = 6
const best = 0.3
/** Energy at the choosing scale above that of noise, times this; `grain` is what rounding and encoders leave. */
const aboveNoise = 2
const grain = 0.1
/** Levels² per px²: what a wall without texture has, and the part of the picture's strong blocks that a block must reach. */
const faintest = 0.05
const strong = { share: 0.7, part: 0.1 } as const
/** The sharpest region, softened towards the next: a percentile of the regions. */
const sharpest = 0.05
/** Part of the other axis's energy at the coarsest scale that an axis of its own has; half of the regions must have it. */
const weakAxis = 0.1
/** Text and its ringing reach so far out of its mask, px. */
const maskReach = 8
/** Below this an energy is rounding. */
const leastEnergy = 1e-6

/** `noise`: standard deviation in levels. `mask`: 1 where OSD or letterbox cover the scene. */
export function sharpness(planes: Planes, area: Area, mask: Uint8Array, noise: number, minBlocks: number): Sharpness {
  const { width, height } = planes
  const side = Math.max(smallestSide, 4 * Math.round(height / blocksDown / 4))
  if (width < regions.across * side || height < regions.down * side) return { blocks: 0 }
  const seen = pyramid(planes, side)
  const gain = 2 * scales[choosing]!.noiseGain
  const energies = seen.coarse.map((energy) => energy - noise * noise * gain)
  const floor = Math.max(faintest, aboveNoise * (noise * noise + grain) * gain)
  const isHidden = hiddenBlocks(seen.grid, { width, height }, area, mask)
  const carrying = [...energies.keys()].filter((block) => energies[block]! > floor && !isHidden(block))
  if (carrying.length < Math.max(minBlocks, regionBlocks)) return { blocks: carrying.length }
  const sorted = carrying.map((block) => energies[block]!).sort((a, b) => a - b)
  const enough = percentile(sorted, strong.share) * strong.part
  const byRegion = Map.groupBy(carrying.filter((block) => energies[block]! > enough), (block) => regionOf(seen.grid, block))
  const widths: (readonly (number | undefined)[])[] = []
  for (const blocks of byRegion.values()) {
    if (blocks.length < regionBlocks) continue
    const chosen = blocks.sort((a, b) => energies[b]! - energies[a]!).slice(0, Math.round(blocks.length * best))
    widths.push(widthsOf(seen, chosen))
  }
  if (widths.length === 0) return { blocks: carrying.length }
  const along = [0, 1].flatMap((axis) => {
    const known = widths.flatMap((width) => width[axis] ?? []).sort((a, b) => a - b)
    return known.length * 2 < widths.length ? [] : [percentile(known, sharpest)]
  })
  // Root of the mean variance of the axes.
  const sigma = Math.sqrt(along.reduce((sum, each) => sum + each * each, 0) / along.length)
  return { blocks: carrying.length, blurPx: (sigma * 1080) / height }
}

const regionOf = ({ across, down }: Grid, block: number): number => Math.floor((Math.floor(block / across) * regions.down) / down) * regions.across + Math.floor(((block % across) * regions.across) / across)

/** σ along rows and along columns: a lens blurs both alike, a camera that moved one of them. An axis that has little of its own shows the other's slanted edges. */
function widthsOf(seen: Pyramid, blocks: readonly number[]): readonly (number | undefined)[] {
  const axes = [new Float64Array(scales.length), new Float64Array(scales.length)] as const
  for (const block of blocks) seen.addEnergies(block, ...axes)
  const [x, y] = axes.map((sums) => sums.at(-1)!)
  return axes.map((sums) => (sums.at(-1)! < weakAxis * Math.max(x!, y!) ? undefined : fitBlur(sums.map((sum) => Math.max(leastEnergy, sum / blocks.length))).sigma))
}

/** Blocks that lie outside `area` in part, or within reach of what the mask covers. */
function hiddenBlocks({ side, across }: Grid, { width, height }: { readonly width: number; readonly height: number }, area: Area, mask: Uint8Array): (block: number) => boolean {
  return (block) => {
    const [left, top] = [(block % across) * side, Math.floor(block / across) * side]
    if (left < area.left || top < area.top || left + side > area.right || top + side > area.bottom) return true
    const [x0, x1] = [Math.max(0, left - maskReach), Math.min(width, left + side + maskReach)]
    for (let y = Math.max(0, top - maskReach), end = Math.min(height, top + side + maskReach); y < end; y += 4) {
      for (let i = y * width + x0, to = y * width + x1; i < to; i += 4) if (mask[i] !== 0) return true
    }
    return false
  }
}

/** `sorted` ascending, linear between the two nearest. */
function percentile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const low = sorted[Math.floor(at)]!
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at))
}
