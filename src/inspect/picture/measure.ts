// Everything that one decoded keyframe says by itself and beside the one before it. Pure: the same pictures give the same figures.
import type { PictureMeasure, RuleSet } from '../types.ts'
import { absence } from './absence.ts'
import { blockiness } from './blockiness.ts'
import { brightness, histogram, type Brightness } from './brightness.ts'
import { colour } from './colour.ts'
import { clockChange, difference } from './freeze.ts'
import { letterbox, mask } from './mask.ts'
import { noise } from './noise.ts'
import { halve, type Area, type Planes } from './planes.ts'
import { sharpness } from './sharpness.ts'
import { signature } from './signature.ts'
import { stripes } from './stripes.ts'

/** What a session keeps of its last picture for the next. */
export interface Seen {
  readonly planes: Planes
  readonly area: Area
  readonly mask: Uint8Array
  /** A picture of the session was looked at closely. */
  readonly isKnown: boolean
}

/** Taller pictures are halved first: their edges are measured at half size, in the same unit. */
export const tallest = 1620

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

/** `before`: what the last call of the same session returned as `seen`. A picture of another size starts the session anew. */
export function measure(planes: Planes, before: Seen | undefined, rules: Pick<RuleSet, 'absence' | 'sharpness'>): { readonly measure: PictureMeasure; readonly seen: Seen } {
  if (planes.height > tallest) {
    const halved = measure(halve(planes), before, rules)
    return { ...halved, measure: { ...halved.measure, width: planes.width, height: planes.height } }
  }
  const area = letterbox(planes)
  const hidden = mask(planes, area)
  const { mean, std, p01, p99 } = brightness(histogram(planes, area))
  const scene = brightness(histogram(planes, area, hidden))
  const grain = noise(planes, area, hidden)
  const pattern = absence(planes, area, hidden, scene, grain, rules.absence)
  const edges = pattern === undefined ? sharpness(planes, area, hidden, grain, rules.sharpness) : { blocks: 0 }
  const last = before && before.planes.width === planes.width && before.planes.height === planes.height ? before : undefined
  const change = last && difference(planes, last.planes, area, either(hidden, last.mask))
  const ticked = last && clockChange(planes, last.planes, area, hidden, last.mask)
  const isFirst = pattern === undefined && !(last?.isKnown ?? false)
  return {
    measure: {
      width: planes.width,
      height: planes.height,
      mean: rounded(mean, 2),
      std: rounded(std, 2),
      p01,
      p99,
      osdShare: rounded(shareOf(hidden, area, planes.width), 4),
      ...(pattern === undefined ? {} : { absence: pattern }),
      ...(change === undefined ? {} : { difference: rounded(change, 3) }),
      ...(edges.blurPx === undefined ? {} : { blurPx: rounded(edges.blurPx, 3) }),
      ...(edges.blurPx === undefined || rules.sharpness.figure !== 2 ? {} : { blurFigure: 2 as const }),
      blocks: edges.blocks,
      noise: rounded(grain, 3),
      ...(ticked === undefined ? {} : { clockChange: rounded(ticked, 1) }),
      ...(isFirst && closely(planes, area, hidden, scene, grain)),
    },
    seen: { planes, area, mask: hidden, isKnown: isFirst || (last?.isKnown ?? false) },
  }
}

/** What is looked at once in a session, on its first picture with a scene. */
function closely(planes: Planes, area: Area, hidden: Uint8Array, scene: Brightness, grain: number): Partial<PictureMeasure> {
  const seen = colour(planes, area, hidden)
  const waves = stripes(planes, area, hidden)
  return {
    contrast: scene.p95 - scene.p05,
    ...(seen && { cb: rounded(seen.cb, 1), cr: rounded(seen.cr, 1), castRatio: rounded(seen.castRatio, 2), saturation: rounded(seen.saturation, 1) }),
    stripesAcross: rounded(waves.horizontal, 1),
    stripesDown: rounded(waves.vertical, 1),
    blockiness: rounded(blockiness(planes, area, hidden), 2),
    signature: signature(planes, area, hidden, grain),
  }
}

function either(p: Uint8Array, q: Uint8Array): Uint8Array {
  const out = new Uint8Array(p.length)
  for (let i = 0; i < out.length; i++) out[i] = p[i]! | q[i]!
  return out
}

/** Share of the picture inside `area` that is marked, by every fourth row. */
function shareOf(marks: Uint8Array, area: Area, width: number): number {
  let [covered, seen] = [0, 0]
  for (let y = area.top; y < area.bottom; y += 4) {
    for (let i = y * width + area.left, end = y * width + area.right; i < end; i++) covered += marks[i]!
    seen += area.right - area.left
  }
  return covered / Math.max(1, seen)
}
