// Brightness figures of a luma plane: mean, spread and percentiles.
import type { Area, Planes } from './planes.ts'

export interface Brightness {
  readonly mean: number
  readonly std: number
  readonly p01: number
  readonly p05: number
  readonly p95: number
  readonly p99: number
}

/** From this height on every second row and column is counted: half a million pixels say as much as two. */
const sampledFrom = 720

/** Luma counts inside `area`, without the pixels that `mask` marks. */
export function histogram({ width, height, luma }: Pick<Planes, 'width' | 'height' | 'luma'>, area: Area, mask?: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256)
  const step = height >= sampledFrom ? 2 : 1
  for (let y = area.top; y < area.bottom; y += step) {
    for (let i = y * width + area.left, end = y * width + area.right; i < end; i += step) {
      if (mask !== undefined && mask[i] !== 0) continue
      counts[luma[i]!]!++
    }
  }
  return counts
}

/** The level below or at which `share` (0-1) of the pixels lie. */
function percentile(counts: Uint32Array, total: number, share: number): number {
  let seen = 0
  for (let level = 0; level < 256; level++) {
    seen += counts[level] ?? 0
    if (seen > 0 && seen >= share * total) return level
  }
  return 255
}

/** Figures in luma levels 0-255; all 0 when nothing was counted. */
export function brightness(counts: Uint32Array): Brightness {
  let total = 0
  let sum = 0
  let squares = 0
  for (let level = 0; level < 256; level++) {
    const n = counts[level] ?? 0
    total += n
    sum += n * level
    squares += n * level * level
  }
  if (total === 0) return { mean: 0, std: 0, p01: 0, p05: 0, p95: 0, p99: 0 }
  const mean = sum / total
  return { mean, std: Math.sqrt(Math.max(0, squares / total - mean * mean)), p01: percentile(counts, total, 0.01), p05: percentile(counts, total, 0.05), p95: percentile(counts, total, 0.95), p99: percentile(counts, total, 0.99) }
}
