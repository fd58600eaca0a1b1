// Fits the weights of the second blur figure to the tuning half, and says how they do on each scene when fitted without it.
//   npm run bench -- sharpness-fit --frames FOLDER [--penalty N] [--write] [--dump FILE | --from FILE]
// --frames: what `npm run bench -- sharpness --half tuning --make-only --frames FOLDER` made; frames that are not there are left out. --write: into src/inspect/picture. --dump keeps
// the features, --from reads them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { letterbox, mask } from '../../src/inspect/picture/mask.ts'
import { blurFeatures } from '../../src/inspect/picture/blur-features.ts'
import { noise } from '../../src/inspect/picture/noise.ts'
import { regionsOf, strongest } from '../../src/inspect/picture/sharpness.ts'
import { blurs, conditions, heights, isBlurred, isPlainlyBlurred, isSharp } from './sharpness/conditions.ts'
import type { Blur } from './sharpness/degrade.ts'
import { fit, leaveOneSceneOut, type Sample } from './sharpness/fit.ts'
import { frameName, type Frame } from './sharpness/frames.ts'
import { scenes } from './sharpness/scenes.ts'
import { auc } from './sharpness/statistics.ts'

/** A pixel's own width, px: below it blur cannot be told, so it is not asked for. */
const floorPx = 0.5

interface Row extends Sample {
  readonly blur: Blur
  readonly height: number
  readonly condition: string
  readonly isShallow: boolean
}

export function run(): void {
  const { values } = parseArgs({ args: process.argv.slice(3), options: { frames: { type: 'string' }, penalty: { type: 'string', default: '100' }, write: { type: 'boolean', default: false }, dump: { type: 'string' }, from: { type: 'string' } } })
  if (values.frames === undefined && values.from === undefined) throw new Error('--frames names the folder that sharpness --make-only made')
  const rows = values.from === undefined ? read(values.frames ?? '') : (JSON.parse(readFileSync(values.from, 'utf8')) as readonly Row[]).map((row) => ({ ...row, weight: weightOf(row.isShallow) }))
  if (values.dump !== undefined) writeFileSync(values.dump, JSON.stringify(rows))
  const penalty = Number(values.penalty)
  const said = leaveOneSceneOut(rows, penalty).map((each, k) => (Math.exp(each) * 1080) / rows[k]!.height)
  const print = (name: string, isOne: (row: Row) => boolean): void => {
    const of = (isKind: (blur: Blur) => boolean): readonly number[] => said.filter((_, k) => isOne(rows[k]!) && isKind(rows[k]!.blur)).toSorted((a, b) => a - b)
    const [sharp, blurred, plain] = [of(isSharp), of(isBlurred), of(isPlainlyBlurred)]
    if (sharp.length === 0 || plain.length === 0) return
    const at = (sorted: readonly number[], share: number): string => sorted[Math.round(share * (sorted.length - 1))]!.toFixed(2)
    process.stdout.write(`${name.padEnd(28)} ${sharp.length} sharp, ${plain.length} plainly blurred; AUC ${auc(sharp, blurred).toFixed(4)}; sharp 95 % ${at(sharp, 0.95)}, 99 % ${at(sharp, 0.99)}, most ${at(sharp, 1)} px; σ ≥ 3: least ${at(plain, 0)}, 1 % ${at(plain, 0.01)}, 5 % ${at(plain, 0.05)} px\n`)
  }
  for (const height of heights) {
    print(`${height} rows, deep`, (row) => row.height === height && !row.isShallow)
    print(`${height} rows, shallow`, (row) => row.height === height && row.isShallow)
  }
  for (const { name } of conditions) print(`720, deep, ${name}`, (row) => row.height === 720 && !row.isShallow && row.condition === name)
  for (const { name } of scenes) print(`720, ${name}`, (row) => row.height === 720 && row.scene === name)
  const { means, deviations, factors, intercept } = fit(rows, penalty)
  const digits = (list: readonly number[]): string => list.map((value) => Number(value.toPrecision(7))).join(', ')
  const text = `// Written by \`npm run bench -- sharpness-fit --write\`, not by hand: ridge regression, penalty ${penalty}, on ${rows.length} frames of ${new Set(rows.map(({ scene }) => scene)).size} photographs (the tuning
// half of scripts/bench/sharpness/scenes.ts) at ${[...new Set(rows.map(({ height }) => height))].sort((a, b) => b - a).join(', ')} rows. In the order of blurFeatures.
/** Of each feature its mean and deviation over those frames, and by how much one deviation changes the logarithm of the blur; \`intercept\`: that logarithm on the mean. */
export const weights: { readonly means: readonly number[]; readonly deviations: readonly number[]; readonly factors: readonly number[]; readonly intercept: number } = {
  means: [${digits(means)}],
  deviations: [${digits(deviations)}],
  factors: [${digits(factors)}],
  intercept: ${Number(intercept.toPrecision(7))},
}
`
  if (values.write) writeFileSync(fileURLToPath(new URL('../../src/inspect/picture/blur-weights.ts', import.meta.url)), text)
}

/** Cameras focus deep: shallow scenes have less to say. */
const weightOf = (isShallow: boolean): number => (isShallow ? 0.4 : 1)

/** Every frame of the tuning half that is in the folder. */
function read(folder: string): readonly Row[] {
  const rows: Row[] = []
  for (const { name, half, isShallow = false } of scenes) {
    if (half !== 'tuning') continue
    for (const height of heights) {
      for (const blur of blurs) {
        for (const condition of conditions) {
          const file = join(folder, frameName(name, height, { blur, condition }))
          if (!existsSync(`${file}.json`)) continue
          const features = featuresOf(file)
          const px = (blur.sigma * height) / 1080
          if (features) rows.push({ scene: name, isShallow, height, blur, condition: condition.name, features, target: Math.log(Math.max(floorPx, px)), weight: weightOf(isShallow) })
        }
      }
    }
  }
  return rows
}

function featuresOf(file: string): readonly number[] | undefined {
  const { width, height } = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as Frame
  const luma = new Uint8Array(readFileSync(`${file}.luma`))
  const chroma = new Uint8Array(((width + 1) >> 1) * ((height + 1) >> 1)).fill(128)
  const planes = { width, height, luma, cb: chroma, cr: chroma }
  const area = letterbox(planes)
  const hidden = mask(planes, area)
  const grain = noise(planes, area, hidden)
  const { seen, regions } = regionsOf(planes, area, hidden, grain, 6)
  return seen && regions.length > 0 ? blurFeatures(regions.map((each) => strongest(seen, each)), grain) : undefined
}
