// How well the sharpness figure tells blurred pictures from sharp ones: every scene × blur × condition, beside the usual measures on the same frames.
//   npm run bench -- sharpness [--half test|tuning] [--heights 1080,720] [--scenes N] [--part I/N] [--out FILE]
// Needs Debian's packages of photographs (named when they are missing). The tables are what docs/sharpness.md prints.
import { existsSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Log, AV_LOG_QUIET } from 'node-av'
import { defaultRules } from '../../src/inspect/index.ts'
import { measure } from '../../src/inspect/picture/index.ts'
import { blurdetect, throughEncoder } from './sharpness/codec.ts'
import { blurs, conditionsAt, heights, type Condition } from './sharpness/conditions.ts'
import { blurred, exposed, photograph, written, type Blur } from './sharpness/degrade.ts'
import { varianceOfLaplacian, tenengrad } from './sharpness/rivals.ts'
import { packages, scenes, type Scene } from './sharpness/scenes.ts'
import { printTables, type Seen } from './sharpness/tables.ts'

export async function run(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { half: { type: 'string' }, heights: { type: 'string', default: '1080' }, scenes: { type: 'string' }, part: { type: 'string', default: '0/1' }, out: { type: 'string' } },
  })
  const missing = scenes.filter((scene) => !existsSync(scene.file))
  if (missing.length > 0) {
    process.stderr.write(`photographs are missing: apt-get install ${packages.join(' ')}\n`)
    process.exitCode = 2
    return
  }
  Log.setLevel(AV_LOG_QUIET)
  const [part = 0, parts = 1] = values.part.split('/').map(Number)
  const wanted = scenes.filter((scene) => values.half === undefined || scene.half === values.half).slice(0, Number(values.scenes ?? scenes.length))
  const seen: Seen[] = []
  for (const [index, scene] of wanted.entries()) {
    if (index % parts !== part) continue
    for (const height of heights.filter((each) => values.heights.split(',').includes(String(each)))) seen.push(...(await look(scene, height, index)))
    process.stderr.write(`${scene.name} `)
  }
  process.stderr.write('\n')
  if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(seen))
  printTables(seen)
}

async function look(scene: Scene, height: number, seed: number): Promise<readonly Seen[]> {
  const picture = await photograph(scene.file, height)
  if (!picture) return []
  const seen: Seen[] = []
  for (const blur of blurs) {
    const behindLens = blurred(picture, blur)
    for (const condition of conditionsAt(height)) {
      const { width } = picture
      const sensor = exposed(behindLens, condition.light, 1000 * seed + seen.length)
      const shown = condition.hasText === true ? await written(sensor, width, height) : sensor
      const luma = condition.encoding ? await throughEncoder(shown, width, height, condition.encoding) : shown
      seen.push({ scene: scene.name, height, blur, condition: condition.name, ...(await figures(luma, width, height)) })
    }
  }
  return seen
}

async function figures(luma: Uint8Array, width: number, height: number): Promise<Omit<Seen, 'scene' | 'height' | 'blur' | 'condition'>> {
  const chroma = new Uint8Array(((width + 1) >> 1) * ((height + 1) >> 1)).fill(128)
  const started = process.cpuUsage()
  const { blurPx } = measure({ width, height, luma, cb: chroma, cr: chroma }, undefined, defaultRules).measure
  const used = process.cpuUsage(started)
  return {
    ...(blurPx === undefined ? {} : { blurPx }),
    cpuMs: (used.user + used.system) / 1000,
    rivals: { 'variance of Laplacian': -varianceOfLaplacian(luma, width, height), Tenengrad: -tenengrad(luma, width, height), blurdetect: await blurdetect(luma, width, height) },
  }
}

export type { Blur, Condition }
