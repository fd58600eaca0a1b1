// Standard deviation of the sensor noise that is left in a luma plane. Immerkær, "Fast Noise Variance Estimation", 1996,
// per block and in the quietest quarter of the blocks, so that texture does not count as noise.
import type { Area, Planes } from './planes.ts'

const block = 32

/** Immerkær's kernel [1 -2 1; -2 4 -2; 1 -2 1] at pixel `i`: blind to slopes and straight edges, six times the deviation of noise. */
export function noiseResponse(luma: Uint8Array, i: number, width: number): number {
  const up = i - width
  const down = i + width
  return luma[up - 1]! + luma[up + 1]! + luma[down - 1]! + luma[down + 1]! - 2 * (luma[up]! + luma[down]! + luma[i - 1]! + luma[i + 1]!) + 4 * luma[i]!
}

/** Standard deviation of noise whose responses have this mean amount. */
const deviationOf = (meanResponse: number): number => (Math.sqrt(Math.PI / 2) / 6) * meanResponse

/**
 * In luma levels. Every fourth row and column is sampled; masked pixels and blocks that are mostly masked do not count.
 * After H.264 at low bitrates it reads about 0 whatever the sensor did: the encoder took the noise away.
 */
export function noise({ width, luma }: Planes, area: Area, mask: Uint8Array): number {
  const means: number[] = []
  for (let top = area.top + 1; top + block < area.bottom; top += block) {
    for (let left = area.left + 1; left + block < area.right; left += block) {
      let sum = 0
      let count = 0
      for (let y = top; y < top + block; y += 4) {
        for (let i = y * width + left, end = i + block; i < end; i += 4) {
          if (mask[i] !== 0) continue
          sum += Math.abs(noiseResponse(luma, i, width))
          count++
        }
      }
      if (count >= 32) means.push(sum / count)
    }
  }
  if (means.length === 0) return 0
  means.sort((p, q) => p - q)
  const quiet = means.slice(0, Math.max(1, Math.ceil(means.length / 4)))
  return deviationOf((quiet[quiet.length >> 1]! + quiet[(quiet.length - 1) >> 1]!) / 2)
}
