// How wide the edges of a picture are: a no-reference blur estimate in pixels. Parameters and their measurements: docs/sharpness.md.
// Blurring a step by σ and looking at it at the scale t gives a gradient energy that falls with 1/√(σ²+t²): two scales give σ.
import { border, noiseEnergy, scales } from './blur-scales.ts'
import { widen } from './mask.ts'
import { deviationOf, noiseResponse } from './noise.ts'
import type { Area, Planes } from './planes.ts'

export interface Sharpness {
  /** Blur in pixels at 1080p height; absent when fewer than `minBlocks` blocks carry an edge. */
  readonly blurPx?: number
  /** Blocks that carry an edge. */
  readonly blocks: number
}

const [scaleA, scaleB] = [1, 2]
const blockSize = 60
/** Pixels of edge that a block needs. */
const edgePixels = 12
/** Pixels around an edge whose energy counts. */
const reach = 4
/** Gradient of an edge, levels per pixel at the scale 2.5: at least `faintest`, and 8 times what the noise makes. */
const faintest = 1.2
const widest = 20

export function sharpness(planes: Planes, area: Area, mask: Uint8Array, noise: number, minBlocks: number): Sharpness {
  const { width, height, luma } = planes
  const { a, b, c, halfWidth, halfHeight } = scales(luma, width, height)
  const inside: Area = {
    left: Math.max(area.left, border) >> 1,
    top: Math.max(area.top, border) >> 1,
    right: Math.min(area.right, width - border) >> 1,
    bottom: Math.min(area.bottom, height - border) >> 1,
  }
  const usable = usablePixels(mask, width, halfWidth, halfHeight)
  const floor = Math.max(faintest, 8 * noise * Math.sqrt(noiseEnergy.c / 2))
  const edges = findEdges(c, halfWidth, halfHeight, inside, usable, floor)
  const region = widen(edges, halfWidth, halfHeight, reach >> 1)

  const blocks = sumBlocks(luma, a, b, { width, halfWidth, halfHeight, inside, usable, edges, region })
  const textured = blocks.filter((block) => block.edgePixels >= edgePixels)
  // The encoder leaves noise where there is texture and wipes it off the flat parts: what is left beside edges counts too.
  const besideEdges = textured.map((block) => block.detail / block.pixels).sort((p, q) => p - q)
  const variance = Math.max(noise, besideEdges.length > 0 ? deviationOf(percentile(besideEdges, 0.25)) : 0) ** 2
  const widths: number[] = []
  for (const block of textured) {
    const energyA = block.energyA - block.pixels * variance * noiseEnergy.a
    const energyB = block.energyB - block.pixels * variance * noiseEnergy.b
    if (energyA > 0 && energyB > 0) widths.push(edgeWidth(energyA / energyB))
  }
  if (widths.length < minBlocks || widths.length === 0) return { blocks: widths.length }
  widths.sort((p, q) => p - q)
  return { blocks: widths.length, blurPx: (percentile(widths, 0.1) * 1080) / height }
}

interface Block {
  pixels: number
  edgePixels: number
  energyA: number
  energyB: number
  detail: number
}

interface Grid {
  readonly width: number
  readonly halfWidth: number
  readonly halfHeight: number
  readonly inside: Area
  readonly usable: Uint8Array
  readonly edges: Uint8Array
  readonly region: Uint8Array
}

/** Sums per block over the region around its edges: gradient energy at both scales, response of the noise kernel, edge pixels. */
function sumBlocks(luma: Uint8Array, a: Uint16Array, b: Uint16Array, { width, halfWidth, halfHeight, inside, usable, edges, region }: Grid): readonly Block[] {
  const side = blockSize / 2
  const across = Math.ceil(halfWidth / side)
  const blocks: Block[] = Array.from({ length: across * Math.ceil(halfHeight / side) }, () => ({ pixels: 0, edgePixels: 0, energyA: 0, energyB: 0, detail: 0 }))
  for (let y = inside.top; y < inside.bottom; y++) {
    for (let from = inside.left; from < inside.right; ) {
      const until = Math.min(inside.right, (Math.floor(from / side) + 1) * side)
      let [pixels, edgeCount, energyA, energyB, detail] = [0, 0, 0, 0, 0]
      for (let x = from; x < until; x++) {
        const i = y * halfWidth + x
        if (region[i] === 0 || usable[i] === 0) continue
        const p = 2 * y * width + 2 * x
        const ax = a[p + 1]! - a[p - 1]!
        const ay = a[p + width]! - a[p - width]!
        const bx = b[i + 1]! - b[i - 1]!
        const by = b[i + halfWidth]! - b[i - halfWidth]!
        energyA += ax * ax + ay * ay
        energyB += bx * bx + by * by
        detail += Math.abs(noiseResponse(luma, p, width))
        pixels++
        edgeCount += edges[i]!
      }
      const block = blocks[Math.floor(y / side) * across + Math.floor(from / side)]!
      block.pixels += pixels
      // Every second pixel in both directions: half of the pixels of a line are seen.
      block.edgePixels += 2 * edgeCount
      block.energyA += energyA / 512 ** 2
      block.energyB += energyB / 1024 ** 2
      block.detail += detail
      from = until
    }
  }
  return blocks
}

/** σ in pixels from the ratio of summed energies; 0.006 to 20. */
function edgeWidth(energyRatio: number): number {
  const ratio = Math.min(Math.max(energyRatio * energyRatio, 1.0005), (scaleB / scaleA) ** 2 - 1e-4)
  return Math.min(widest, Math.sqrt(Math.max(0, (scaleB ** 2 - ratio * scaleA ** 2) / (ratio - 1))))
}

/** `sorted` ascending, linear between the two nearest. */
function percentile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const low = sorted[Math.floor(at)]!
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at))
}

/** Even pixels that no mask covers, 1 or 0. */
function usablePixels(mask: Uint8Array, width: number, halfWidth: number, halfHeight: number): Uint8Array {
  const out = new Uint8Array(halfWidth * halfHeight)
  for (let y = 0; y < halfHeight; y++) {
    for (let x = 0; x < halfWidth; x++) out[y * halfWidth + x] = mask[2 * y * width + 2 * x] === 0 ? 1 : 0
  }
  return out
}

/** Maxima of the gradient along its dominant axis that are stronger than `floor` levels per pixel. */
function findEdges(c: Uint16Array, width: number, height: number, inside: Area, usable: Uint8Array, floor: number): Uint8Array {
  const squared = new Float32Array(width * height)
  for (let y = inside.top - 1; y <= inside.bottom; y++) {
    for (let i = y * width + inside.left - 1, end = y * width + inside.right; i <= end; i++) {
      const gx = c[i + 1]! - c[i - 1]!
      const gy = c[i + width]! - c[i - width]!
      squared[i] = gx * gx + gy * gy
    }
  }
  const least = (floor * 1024) ** 2
  const edges = new Uint8Array(width * height)
  for (let y = inside.top; y < inside.bottom; y++) {
    for (let i = y * width + inside.left, end = y * width + inside.right; i < end; i++) {
      const here = squared[i]!
      if (here < least || usable[i] === 0) continue
      const gx = c[i + 1]! - c[i - 1]!
      const gy = c[i + width]! - c[i - width]!
      const step = gx * gx >= gy * gy ? 1 : width
      if (here >= squared[i - step]! && here > squared[i + step]!) edges[i] = 1
    }
  }
  return edges
}
