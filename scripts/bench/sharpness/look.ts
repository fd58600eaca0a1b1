// One scene at one height through all its blurs and conditions, and what each measure says of it.
import { AV_LOG_QUIET, Log } from 'node-av'
import { secondFigure } from '../../../src/inspect/rules/second-figure.ts'
import { letterbox, mask } from '../../../src/inspect/picture/mask.ts'
import { measure, tallest } from '../../../src/inspect/picture/measure.ts'
import { noise } from '../../../src/inspect/picture/noise.ts'
import { halve } from '../../../src/inspect/picture/planes.ts'
import { sharpness, type Sharpness } from '../../../src/inspect/picture/sharpness.ts'
import { isFit } from './conditions.ts'
import { framesOf, type Cell, type Frame } from './frames.ts'
import { rowsOf } from './photograph.ts'
import type { Scene } from './scenes.ts'
import type { Seen } from './tables.ts'

export interface LookOptions {
  readonly seed: number
  readonly wantsEvery: boolean
  /** Keeps the frames. */
  readonly folder?: string
  /** Frames are made and kept, and nothing of ours is computed of them. */
  readonly isMakingOnly: boolean
}

export async function look(scene: Scene, height: number, cells: readonly Cell[], { seed, wantsEvery, folder, isMakingOnly }: LookOptions): Promise<readonly Seen[]> {
  Log.setLevel(AV_LOG_QUIET)
  const fits = isFit(await rowsOf(scene.file), height)
  if (!fits && !wantsEvery) return []
  const frameOf = framesOf({ name: scene.name, file: scene.file, height, seed, ...(folder !== undefined && { folder }) })
  const seen: Seen[] = []
  for (const cell of cells) {
    const frame = await frameOf(cell)
    if (!frame) return []
    if (!isMakingOnly) seen.push({ scene: scene.name, half: scene.half, isShallow: scene.isShallow === true, height, blur: cell.blur, condition: cell.condition.name, isFit: fits, ...figures(frame) })
  }
  return seen
}

/** The second figure, with what it costs; the first one counts among the usual measures. Everything else that is measured is timed at 1080 rows alone. */
function figures({ luma, width, height, rivals }: Frame): Pick<Seen, 'blurPx' | 'cpuMs' | 'firstCpuMs' | 'allCpuMs' | 'rivals'> {
  const chroma = new Uint8Array(((width + 1) >> 1) * ((height + 1) >> 1)).fill(128)
  const given = { width, height, luma, cb: chroma, cr: chroma }
  const planes = height > tallest ? halve(given) : given
  const by = (figure: 1 | 2): Sharpness => {
    const area = letterbox(planes)
    const hidden = mask(planes, area)
    return sharpness(planes, area, hidden, noise(planes, area, hidden), { ...secondFigure.sharpness, figure })
  }
  const [first, second] = [timed(() => by(1)), timed(() => by(2))]
  return {
    ...(second.value.blurPx === undefined ? {} : { blurPx: second.value.blurPx }),
    cpuMs: second.cpuMs,
    firstCpuMs: first.cpuMs,
    ...(height === 1080 && { allCpuMs: timed(() => measure(planes, undefined, secondFigure)).cpuMs }),
    rivals: { ...(first.value.blurPx === undefined ? {} : { 'first figure': first.value.blurPx }), ...rivals },
  }
}

function timed<T>(work: () => T): { readonly value: T; readonly cpuMs: number } {
  const started = process.cpuUsage()
  const value = work()
  const { user, system } = process.cpuUsage(started)
  return { value, cpuMs: (user + system) / 1000 }
}
