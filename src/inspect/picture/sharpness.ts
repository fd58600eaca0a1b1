// How wide the edges of a picture are: a no-reference blur estimate in pixels. Parameters and their measurements: docs/sharpness.md.
// Blurring a step by σ and looking at it at the scale t gives a gradient energy that falls with 1/√(σ²+t²): two scales give σ.
import { border, noiseEnergy, scales } from './blur-scales.ts'
import { widen } from './mask.ts'
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

  const across = Math.ceil(halfWidth / (blockSize / 2))
  const down = Math.ceil(halfHeight / (blockSize / 2))
  const sumA = new Float64Array(across * down)
  const sumB = new Float64Array(across * down)
  const counts = new Uint32Array(across * down)
  const noiseA = noise * noise * noiseEnergy.a
  const noiseB = noise * noise * noiseEnergy.b
  for (let y = inside.top; y < inside.bottom; y++) {
    const blockRow = Math.floor(y / (blockSize / 2)) * across
    for (let x = inside.left; x < inside.right; x++) {
      const i = y * halfWidth + x
      if (region[i] === 0 || usable[i] === 0) continue
      const block = blockRow + Math.floor(x / (blockSize / 2))
      const p = 2 * y * width + 2 * x
      const ax = (a[p + 1]! - a[p - 1]!) / 512
      const ay = (a[p + width]! - a[p - width]!) / 512
      const bx = (b[i + 1]! - b[i - 1]!) / 1024
      const by = (b[i + halfWidth]! - b[i - halfWidth]!) / 1024
      sumA[block] = sumA[block]! + ax * ax + ay * ay - noiseA
      sumB[block] = sumB[block]! + bx * bx + by * by - noiseB
      // Every second pixel in both directions: half of the pixels of a line are seen.
      if (edges[i] !== 0) counts[block] = counts[block]! + 2
    }
  }

  const widths: number[] = []
  for (let block = 0; block < counts.length; block++) {
    const [energyA, energyB] = [sumA[block]!, sumB[block]!]
    if (counts[block]! >= edgePixels && energyA > 0 && energyB > 0) widths.push(edgeWidth(energyA / energyB))
  }
  if (widths.length < minBlocks || widths.length === 0) return { blocks: widths.length }
  widths.sort((p, q) => p - q)
  return { blocks: widths.length, blurPx: (percentile(widths, 0.1) * 1080) / height }
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
