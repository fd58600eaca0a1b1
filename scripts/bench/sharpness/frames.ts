// The degraded frames of a scene, with what the usual measures say of them. They do not depend on our figure, and cost far more than it: a folder keeps them.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blurdetect, throughEncoder } from './codec.ts'
import type { Condition } from './conditions.ts'
import { blurred, exposed, written, type Blur, type Luma } from './degrade.ts'
import { photograph } from './photograph.ts'
import { tenengrad, varianceOfLaplacian } from './rivals.ts'

export interface Cell {
  readonly blur: Blur
  readonly condition: Condition
}

export interface Frame {
  readonly width: number
  readonly height: number
  readonly luma: Uint8Array
  /** Higher is more blurred. */
  readonly rivals: Readonly<Record<string, number>>
}

export interface FrameSource {
  readonly name: string
  readonly file: string
  readonly height: number
  readonly seed: number
  /** Keeps frames, where it is named. */
  readonly folder?: string
}

export const frameName = (scene: string, height: number, { blur, condition }: Cell): string => `${scene}-${height}-${blur.kind}${blur.sigma}-${condition.name.replaceAll(' ', '_')}`

/** `undefined` where the photograph is too small. */
export function framesOf(source: FrameSource): (cell: Cell) => Promise<Frame | undefined> {
  const lens = createLens(source)
  return async (cell) => {
    const name = frameName(source.name, source.height, cell)
    const kept = source.folder === undefined ? undefined : join(source.folder, name)
    if (kept !== undefined && existsSync(`${kept}.json`)) {
      const { width, height, rivals } = JSON.parse(readFileSync(`${kept}.json`, 'utf8')) as Omit<Frame, 'luma'>
      return { width, height, rivals, luma: new Uint8Array(readFileSync(`${kept}.luma`)) }
    }
    const behindLens = await lens(cell.blur)
    if (!behindLens) return undefined
    const frame = await developed(behindLens, cell.condition, seedOf(`${source.seed} ${name}`))
    if (kept !== undefined && source.folder !== undefined) {
      mkdirSync(source.folder, { recursive: true })
      writeFileSync(`${kept}.luma`, frame.luma)
      writeFileSync(`${kept}.part`, JSON.stringify({ ...frame, luma: undefined }))
      renameSync(`${kept}.part`, `${kept}.json`)
    }
    return frame
  }
}

/** The last blur is kept: cells of one blur follow each other. */
function createLens({ file, height }: FrameSource): (blur: Blur) => Promise<Luma | undefined> {
  let picture: Promise<Luma | undefined> | undefined
  let last: { readonly blur: Blur; readonly luma: Luma } | undefined
  return async (blur) => {
    picture ??= photograph(file, height)
    const sharp = await picture
    if (!sharp) return undefined
    if (last?.blur !== blur) last = { blur, luma: blurred(sharp, blur) }
    return last.luma
  }
}

async function developed(luma: Luma, { light, hasText, encoding }: Condition, seed: number): Promise<Frame> {
  const { width, height } = luma
  const sensor = exposed(luma, light, seed)
  const shown = hasText === true ? await written(sensor, width, height) : sensor
  const seen = encoding ? await throughEncoder(shown, width, height, encoding) : shown
  return { width, height, luma: seen, rivals: { 'variance of Laplacian': -varianceOfLaplacian(seen, width, height), Tenengrad: -tenengrad(seen, width, height), blurdetect: await blurdetect(seen, width, height) } }
}

/** FNV-1a: the noise of a cell is its own whatever else is looked at. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (const unit of Buffer.from(text)) hash = Math.imul(hash ^ unit, 0x01000193)
  return hash >>> 0
}
