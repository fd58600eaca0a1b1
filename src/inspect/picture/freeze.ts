// Is this the same picture again? A frozen source is encoded anew for every keyframe, at another quantiser, under a running clock:
// its decoded pictures differ by one to two levels everywhere, as much as a live scene without motion does by sensor noise. So
// the mean difference says nothing by itself; what tells them apart is what an encoder cannot do to one and the same picture.
// Measured on encoded streams: docs/sharpness.md, "Frozen".
import { noiseResponse } from './noise.ts'
import type { Area, Planes } from './planes.ts'

/** Side of the blocks whose mean level is compared. */
const movedBlock = 16
/** Encoders move the mean of such a block by up to 4 levels (quantiser 38), moving things by 6 to 100. */
const encoderShift = 4
/** So many blocks may be worse than the one that is asked: glints of a clock that the text mask missed. */
const strayBlocks = 3
/** Side and greatest variance of the flat blocks in which grain is looked for. */
const flatBlock = 8
const flatVariance = 60
/** Pictures of the same grain share about this part of the weaker one's energy, or more. */
const sameGrain = 0.5

/**
 * Mean absolute luma difference, in levels, between two pictures of one size that no re-encoding explains; `hidden` marks what the
 * OSD covers in either. The largest of three: the whole picture got brighter or darker; something moved; the grain is another.
 * Below about 0.3 it is the same picture. Sees no life where nothing moves and the encoder took all the noise away.
 */
export function difference(now: Planes, before: Planes, area: Area, hidden: Uint8Array): number {
  const { drift, moved } = motion(now, before, area, hidden)
  return Math.max(drift, moved, grain(now, before, area, hidden))
}

/** Side of the pieces of text that are compared, and what of them an encoder changes at most, in levels. */
const glyphPiece = 8

/**
 * The greatest change of a piece of text between two pictures, in levels; undefined where neither shows text. Digits that changed differ by tens,
 * the same text encoded anew by a few. Only where both pictures have text: what a mask caught once is none.
 */
export function clockChange({ luma: p, width }: Planes, { luma: q }: Planes, area: Area, now: Uint8Array, before: Uint8Array): number | undefined {
  let most: number | undefined
  for (let top = area.top; top + glyphPiece <= area.bottom; top += glyphPiece) {
    for (let left = area.left; left + glyphPiece <= area.right; left += glyphPiece) {
      const corner = (top + glyphPiece - 1) * width + left + glyphPiece - 1
      const first = top * width + left
      if (now[first] === 0 || before[first] === 0 || now[corner] === 0 || before[corner] === 0) continue
      let sum = 0
      for (let y = top; y < top + glyphPiece; y++) {
        for (let i = y * width + left, end = i + glyphPiece; i < end; i++) sum += Math.abs(p[i]! - q[i]!)
      }
      most = Math.max(most ?? 0, sum / glyphPiece ** 2)
    }
  }
  return most
}

/** `drift`: mean signed difference, as an amount. `moved`: change of block means beyond what an encoder does. */
function motion({ luma: p, width }: Planes, { luma: q }: Planes, area: Area, hidden: Uint8Array): { readonly drift: number; readonly moved: number } {
  const changes: number[] = []
  let total = 0
  let counted = 0
  for (let top = area.top; top + movedBlock <= area.bottom; top += movedBlock) {
    for (let left = area.left; left + movedBlock <= area.right; left += movedBlock) {
      let sum = 0
      let n = 0
      for (let y = top; y < top + movedBlock; y++) {
        for (let i = y * width + left, end = i + movedBlock; i < end; i++) {
          if (hidden[i] !== 0) continue
          sum += p[i]! - q[i]!
          n++
        }
      }
      total += sum
      counted += n
      if (n * 2 >= movedBlock * movedBlock) changes.push(Math.abs(sum / n))
    }
  }
  if (changes.length <= strayBlocks) return { drift: 0, moved: 0 }
  changes.sort((a, b) => b - a)
  return { drift: Math.abs(total / counted), moved: Math.max(0, changes[strayBlocks]! - encoderShift) }
}

/**
 * Noise that both pictures show and do not share, in levels. Quantising one picture twice leaves the coarser result correlated with
 * the finer one (0.43 to 0.98 of its energy, measured); noise of two moments is not (0 to 0.3, where the encoder kept any).
 */
function grain({ luma: p, width }: Planes, { luma: q }: Planes, area: Area, hidden: Uint8Array): number {
  let [pp, qq, pq] = [0, 0, 0]
  let n = 0
  for (let top = area.top + 1; top + flatBlock < area.bottom; top += flatBlock) {
    for (let left = area.left + 1; left + flatBlock < area.right; left += flatBlock) {
      if (!isFlat(p, width, top, left, hidden) || !isFlat(q, width, top, left, hidden)) continue
      for (let y = top; y < top + flatBlock; y += 2) {
        for (let i = y * width + left, end = i + flatBlock; i < end; i += 2) {
          const r = noiseResponse(p, i, width)
          const s = noiseResponse(q, i, width)
          pp += r * r
          qq += s * s
          pq += r * s
          n++
        }
      }
    }
  }
  // 36 is the energy that the kernel makes of noise of variance 1; √(2/π)·√2 turns a deviation into a mean difference of two.
  return n < 256 ? 0 : Math.sqrt(Math.max(0, sameGrain * Math.min(pp, qq) - pq) / n / 36) * Math.sqrt(4 / Math.PI)
}

function isFlat(luma: Uint8Array, width: number, top: number, left: number, hidden: Uint8Array): boolean {
  if (hidden[top * width + left] !== 0 || hidden[(top + flatBlock - 1) * width + left + flatBlock - 1] !== 0) return false
  let sum = 0
  let squares = 0
  for (let y = top; y < top + flatBlock; y += 2) {
    for (let i = y * width + left, end = i + flatBlock; i < end; i += 2) {
      const level = luma[i]!
      sum += level
      squares += level * level
    }
  }
  const n = (flatBlock / 2) ** 2
  const variance = squares / n - (sum / n) ** 2
  // Without any variance it is drawn (a privacy mask) or clipped: no sensor's grain is to be expected there.
  return variance > 0 && variance <= flatVariance
}
