// How far a picture is blurred, in pixels, without a reference. The picture is cut into blocks and the blocks into twelve regions; in each
// region the blocks that carry most are looked at together, at eleven scales (gradient-energies.ts). There are two figures, and a rule set says by which one
// it judges, so that a verdict stays what it was when there is a better figure:
// 1. a model of blur, texture and noise is fitted to each region (blur-fit.ts), and the answer is that of the sharpest region along rows and along columns;
// 2. a regression on all regions together (blur-regression.ts).
// What is near the lens may be out of focus, what is far may be in haze; a camera whose best regions are blurred is blurred. Measurements: docs/sharpness.md.
import { fitBlur } from './blur-fit.ts'
import { regressBlur } from './blur-regression.ts'
import { choosing, noEnergies, pyramid, scales, type Energies, type Grid, type Pyramid } from './gradient-energies.ts'
import { percentile } from './percentile.ts'
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
const layout = { across: 4, down: 3 } as const
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

export interface SharpnessRules {
  readonly minBlocks: number
  /** Absent of rule sets that were written when there was one figure. */
  readonly figure?: 1 | 2
}

/** `noise`: standard deviation in levels. `mask`: 1 where OSD or letterbox cover the scene. */
export function sharpness(planes: Planes, area: Area, mask: Uint8Array, noise: number, { minBlocks, figure = 1 }: SharpnessRules): Sharpness {
  const { blocks, seen, regions } = regionsOf(planes, area, mask, noise, minBlocks)
  if (!seen || regions.length === 0) return { blocks }
  const means = regions.map((each) => strongest(seen, each))
  const sigma = figure === 1 ? sharpestFit(means) : regressBlur(means, noise)
  return { blocks, blurPx: (sigma * 1080) / planes.height }
}

export interface Regions {
  /** Blocks of the picture that carry more than noise. */
  readonly blocks: number
  readonly seen?: Pyramid
  /** The blocks of each region that carry enough; none where there are too few. */
  readonly regions: readonly (readonly number[])[]
}

export function regionsOf(planes: Planes, area: Area, mask: Uint8Array, noise: number, minBlocks: number): Regions {
  const { width, height } = planes
  const side = Math.max(smallestSide, 4 * Math.round(height / blocksDown / 4))
  if (width < layout.across * side || height < layout.down * side) return { blocks: 0, regions: [] }
  const seen = pyramid(planes, side)
  const gain = 2 * scales[choosing]!.noiseGain
  const energies = seen.coarse.map((energy) => energy - noise * noise * gain)
  const floor = Math.max(faintest, aboveNoise * (noise * noise + grain) * gain)
  const isHidden = hiddenBlocks(seen.grid, { width, height }, area, mask)
  const carrying = [...energies.keys()].filter((block) => energies[block]! > floor && !isHidden(block))
  if (carrying.length < Math.max(minBlocks, regionBlocks)) return { blocks: carrying.length, regions: [] }
  const sorted = carrying.map((block) => energies[block]!).sort((a, b) => a - b)
  const enough = percentile(sorted, strong.share) * strong.part
  const byRegion = Map.groupBy(carrying.filter((block) => energies[block]! > enough), (block) => regionOf(seen.grid, block))
  return { blocks: carrying.length, seen, regions: [...byRegion.values()].filter((blocks) => blocks.length >= regionBlocks) }
}

/** Means over the part of the blocks that carries most. */
export function strongest(seen: Pyramid, blocks: readonly number[]): Energies {
  const chosen = blocks.toSorted((a, b) => seen.coarse[b]! - seen.coarse[a]!).slice(0, Math.round(blocks.length * best))
  const sums = noEnergies()
  for (const block of chosen) seen.addEnergies(block, sums)
  for (const values of Object.values(sums) as readonly Float64Array[]) for (let k = 0; k < values.length; k++) values[k]! /= chosen.length
  return sums
}

const regionOf = ({ across, down }: Grid, block: number): number => Math.floor((Math.floor(block / across) * layout.down) / down) * layout.across + Math.floor(((block % across) * layout.across) / across)

/** σ in the picture's own px, by the first figure. */
function sharpestFit(regions: readonly Energies[]): number {
  const widths = regions.map(widthsOf)
  const along = [0, 1].flatMap((axis) => {
    const known = widths.flatMap((width) => width[axis] ?? []).sort((a, b) => a - b)
    return known.length * 2 < widths.length ? [] : [percentile(known, sharpest)]
  })
  // Root of the mean variance of the axes.
  return Math.sqrt(along.reduce((sum, each) => sum + each * each, 0) / along.length)
}

/** σ along rows and along columns: a lens blurs both alike, a camera that moved one of them. An axis that has little of its own shows the other's slanted edges. */
function widthsOf({ x, y }: Energies): readonly (number | undefined)[] {
  const most = Math.max(x.at(-1)!, y.at(-1)!)
  return [x, y].map((means) => (means.at(-1)! < weakAxis * most ? undefined : fitBlur(means.map((mean) => Math.max(leastEnergy, mean))).sigma))
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
