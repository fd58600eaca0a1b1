// One scene at one height through all its blurs and conditions, and what each measure says of it.
import { AV_LOG_QUIET, Log } from 'node-av'
import { defaultRules } from '../../../src/inspect/rules/index.ts'
import { letterbox, mask } from '../../../src/inspect/picture/mask.ts'
import { measure } from '../../../src/inspect/picture/measure.ts'
import { noise } from '../../../src/inspect/picture/noise.ts'
import { sharpness } from '../../../src/inspect/picture/sharpness.ts'
import { blurdetect, throughEncoder } from './codec.ts'
import { isFit, type Condition } from './conditions.ts'
import { blurred, exposed, photograph, rowsOf, written, type Blur } from './degrade.ts'
import { tenengrad, varianceOfLaplacian } from './rivals.ts'
import type { Scene } from './scenes.ts'
import type { Seen } from './tables.ts'

export async function look(scene: Scene, height: number, cells: readonly { readonly blur: Blur; readonly condition: Condition }[], { seed, wantsEvery }: { readonly seed: number; readonly wantsEvery: boolean }): Promise<readonly Seen[]> {
  Log.setLevel(AV_LOG_QUIET)
  const fits = isFit(await rowsOf(scene.file), height)
  const picture = fits || wantsEvery ? await photograph(scene.file, height) : undefined
  if (!picture) return []
  const { width } = picture
  const seen: Seen[] = []
  let behindLens = picture
  for (const [index, { blur, condition }] of cells.entries()) {
    if (cells[index - 1]?.blur !== blur) behindLens = blurred(picture, blur)
    const sensor = exposed(behindLens, condition.light, 1000 * seed + index)
    const shown = condition.hasText === true ? await written(sensor, width, height) : sensor
    const luma = condition.encoding ? await throughEncoder(shown, width, height, condition.encoding) : shown
    seen.push({ scene: scene.name, half: scene.half, height, blur, condition: condition.name, isFit: fits, ...(await figures(luma, width, height)) })
  }
  return seen
}

async function figures(luma: Uint8Array, width: number, height: number): Promise<Pick<Seen, 'blurPx' | 'cpuMs' | 'allCpuMs' | 'rivals'>> {
  const chroma = new Uint8Array(((width + 1) >> 1) * ((height + 1) >> 1)).fill(128)
  const planes = { width, height, luma, cb: chroma, cr: chroma }
  const all = timed(() => measure(planes, undefined, defaultRules).measure)
  const alone = timed(() => {
    const area = letterbox(planes)
    const hidden = mask(planes, area)
    return sharpness(planes, area, hidden, noise(planes, area, hidden), defaultRules.sharpness.minBlocks)
  })
  return {
    ...(all.value.blurPx === undefined ? {} : { blurPx: all.value.blurPx }),
    cpuMs: alone.cpuMs,
    allCpuMs: all.cpuMs,
    rivals: { 'variance of Laplacian': -varianceOfLaplacian(luma, width, height), Tenengrad: -tenengrad(luma, width, height), blurdetect: await blurdetect(luma, width, height) },
  }
}

function timed<T>(work: () => T): { readonly value: T; readonly cpuMs: number } {
  const started = process.cpuUsage()
  const value = work()
  const { user, system } = process.cpuUsage(started)
  return { value, cpuMs: (user + system) / 1000 }
}
