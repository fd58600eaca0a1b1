// Measuring drawn planes: every pattern, what must not be taken for one, masks, freeze and sharpness, odd sizes, determinism.
import t from 'tap'
import { seededRandom } from '../../base/index.ts'
import type { PictureMeasure } from '../types.ts'
import { fitBlur } from './blur-fit.ts'
import { blurFeatures } from './blur-features.ts'
import { regressBlur } from './blur-regression.ts'
import { weights } from './blur-weights.ts'
import { noEnergies, pyramid, scales, type Energies } from './gradient-energies.ts'
import { expandRange, measure, type Planes } from './index.ts'
import { letterbox, mask } from './mask.ts'

const rules = {
  absence: { blackMean: 10, blackP99: 40, whiteMean: 250, oneColourStd: 3, frozenDifference: 0.3 },
  sharpness: { clearBelowPx: 1.4, unclearFromPx: 1.9, minBlocks: 6, minHeight: 360 },
}
const [width, height] = [960, 540]
const whole = { left: 0, top: 0, right: width, bottom: height }

/** Planes from a function of the pixel; chroma neutral unless given. */
function draw(luma: (x: number, y: number) => number, chroma: readonly [number, number] = [128, 128], w = width, h = height): Planes {
  const half = Math.ceil(w / 2) * Math.ceil(h / 2)
  return { width: w, height: h, luma: Uint8Array.from({ length: w * h }, (_, i) => Math.max(0, Math.min(255, Math.round(luma(i % w, Math.floor(i / w)))))), cb: new Uint8Array(half).fill(chroma[0]), cr: new Uint8Array(half).fill(chroma[1]) }
}
const gaussian = (seed: number): (() => number) => {
  const random = seededRandom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
const noisy = (planes: Planes, deviation: number, seed: number): Planes => {
  const next = gaussian(seed)
  return { ...planes, luma: planes.luma.map((level) => Math.max(0, Math.min(255, Math.round(level + deviation * next())))) }
}
/** A scene of steps of many sizes: slanted slabs whose edges are Gaussian of `blur` pixels. */
const slabs = (x: number, y: number, blur: number): number => {
  const edge = (distance: number): number => 1 / (1 + Math.exp((-1.702 * distance) / Math.max(blur, 0.05)))
  const at = (x + 0.2 * y) % 120
  return 70 + 90 * edge(at - 30) * (1 - edge(at - 90)) + 15 * Math.sin(y / 50)
}
const scene = (blur: number): Planes => draw((x, y) => slabs(x, y, blur))
/** Blocks of 2×7 white strokes with black borders, as a line of text makes them. */
const withText = (planes: Planes, left: number, top: number, glyphs: number): Planes => {
  const luma = new Uint8Array(planes.luma)
  for (let glyph = 0; glyph < glyphs; glyph++) {
    for (const stroke of [0, 6]) {
      for (let y = top - 1; y < top + 15; y++) for (let x = -1; x < 3; x++) luma[y * planes.width + left + glyph * 12 + stroke + x] = x < 0 || x > 1 || y < top || y > top + 13 ? 0 : 255
    }
  }
  return { ...planes, luma }
}
const look = (planes: Planes): PictureMeasure => measure(planes, undefined, rules).measure

t.test('each absence pattern is recognised', async (t) => {
  const random = seededRandom(1)
  const bars = [191, 170, 134, 113, 78, 57, 21]
  const rows = scene(0)
  const cases: readonly (readonly [string, string, Planes])[] = [
    ['black', 'black', draw(() => 0)],
    ['noise of one level on black', 'black', draw(() => Math.round(random()))],
    ['black under a clock and a name', 'black', withText(withText(draw(() => 2), 30, 20, 19), 800, 500, 8)],
    ['white', 'white', draw(() => 254)],
    ['blue', 'one-colour', draw(() => 40, [240, 110])],
    ['blue under a clock', 'one-colour', withText(draw(() => 40, [240, 110]), 30, 20, 19)],
    ['a line of text in the middle of blue', 'no-signal-text', withText(draw(() => 40, [240, 110]), 420, 262, 9)],
    ['seven bars', 'colour-bars', draw((x) => bars[Math.floor((x * 7) / width)] ?? 0)],
    ['bars above, other rows below, a name on them', 'colour-bars', withText(draw((x, y) => (y > 400 ? (x < 300 ? 20 : 190) : (bars[Math.floor((x * 7) / width)] ?? 0))), 30, 20, 6)],
    ['snow', 'snow', draw(() => random() * 255)],
    ['grey from a third down', 'grey-green', { ...rows, luma: rows.luma.map((level, i) => (i > width * 180 ? 130 : level)) }],
    ['zeroed memory at the bottom', 'grey-green', { ...rows, luma: rows.luma.map((level, i) => (i > width * 400 ? 0 : level)), cb: rows.cb.map((level, i) => (i > 480 * 199 ? 0 : level)), cr: rows.cr.map((level, i) => (i > 480 * 199 ? 0 : level)) }],
    ['one row repeated to the bottom', 'grey-green', { ...rows, luma: rows.luma.map((level, i) => (i > width * 350 ? (rows.luma[width * 350 + (i % width)] ?? 0) : level)) }],
  ]
  for (const [name, pattern, planes] of cases) {
    const { absence, blocks, blurPx } = look(planes)
    t.equal(absence, pattern, name)
    t.strictSame([blocks, blurPx], [0, undefined], 'no sharpness without a scene')
  }
})

t.test('scenes are not taken for absence', async (t) => {
  const dim = (gain: number, noise: number): Planes => noisy(draw((x, y) => slabs(x, y, 0) * gain), noise, 3)
  const cases: readonly (readonly [string, Planes])[] = [
    ['day', scene(0)],
    ['night, gain 0.2', dim(0.2, 2)],
    ['unlit night: mean below the black limit, but grain', dim(0.02, 4)],
    ['unlit night with a lamp', draw((x, y) => 3 + 200 * Math.exp(-((x - 500) ** 2 + (y - 200) ** 2) / 3000))],
    ['fog', noisy(draw((x, y) => 150 + slabs(x, y, 4) * 0.3), 1, 5)],
    ['a fence of even posts', noisy(draw((x, y) => (y < 250 ? 180 : x % 40 < 8 ? 200 : 60)), 2, 6)],
    ['noisy day', noisy(scene(0), 25, 7)],
    ['light that falls off to one side', noisy(draw((x) => 100 + x / 20), 2, 1)],
    ['sky over a flat road', noisy(draw((_x, y) => (y < 200 ? 210 : 90)), 1, 8)],
  ]
  for (const [name, planes] of cases) t.equal(look(planes).absence, undefined, name)
})

t.test('brightness is that of the picture without its letterbox', async (t) => {
  const boxed = draw((x, y) => (y < 60 || y >= 480 ? 1 : slabs(x, y, 0)))
  t.strictSame(letterbox(boxed), { left: 0, top: 60, right: width, bottom: 480 })
  t.strictSame(letterbox(draw((x, y) => (x < 120 || x >= 840 ? 0 : slabs(x, y, 0)))), { left: 120, top: 0, right: 840, bottom: height })
  t.strictSame(letterbox(draw((x, y) => (y < 100 ? 0 : slabs(x, y, 0)))), whole, 'a dark sky alone is no letterbox')
  t.strictSame(letterbox(draw(() => 0)), whole, 'nor is a black picture')
  const { mean, p01, p99, std } = look(boxed)
  t.ok(mean > 60 && p01 > 40 && p99 < 200 && std > 20, `${mean} ${std} ${p01} ${p99}`)
})

t.test('text is masked and a scene is not', async (t) => {
  const written = withText(scene(6), 30, 20, 19)
  const marks = mask(written, whole)
  let missed = 0
  for (let i = 0; i < marks.length; i++) if (written.luma[i] === 255 && marks[i] === 0) missed++
  t.equal(missed, 0, 'every stroke is covered')
  const covered = marks.reduce((sum, marked) => sum + marked, 0) / marks.length
  t.ok(covered > 0.01 && covered < 0.05, `${covered}`)
  t.equal(mask(scene(0), whole).reduce((sum, marked) => sum + marked, 0), 0)
  const foliage = noisy(scene(0), 60, 4)
  t.ok(look(foliage).osdShare < 0.2, 'texture is no text')
})

t.test('noise leaves at each scale the energy that the kernels are said to leave along either axis, and a plain level none', async (t) => {
  const side = 30
  const means = (planes: Planes): readonly [Float64Array, Float64Array] => {
    const seen = pyramid(planes, side)
    const sums = noEnergies()
    for (let block = 0; block < seen.coarse.length; block++) seen.addEnergies(block, sums)
    return [sums.x.map((sum) => sum / seen.coarse.length), sums.y.map((sum) => sum / seen.coarse.length)]
  }
  for (const energies of means(draw(() => 77))) t.strictSame([...energies], scales.map(() => 0))
  const deviation = 8
  // Rounding to whole levels adds a twelfth.
  for (const energies of means(noisy(draw(() => 128), deviation, 1))) {
    energies.forEach((energy, k) => {
      const ratio = energy / (deviation ** 2 + 1 / 12) / scales[k]!.noiseGain
      t.ok(Math.abs(ratio - 1) < 0.12, `scale ${k}: ${ratio}`)
    })
  }
})

t.test('the model gives back the blur that made a spectrum, whatever texture and noise', async (t) => {
  for (const sigma of [0, 1, 2, 4]) {
    for (const exponent of [0.5, 0.7, 1]) {
      for (const noise of [0, 0.5, 3]) {
        const energies = Float64Array.from(scales, ({ variance, noiseGain }) => 100 * (sigma * sigma + variance) ** -exponent + noise * noise * noiseGain)
        const fit = fitBlur(energies)
        // Below 0.7 px blur hides behind the width of a pixel; far above, a scene of nothing but steps is taken for one with some texture.
        t.ok(Math.abs(fit.sigma - sigma) < Math.max(0.7, 0.3 * sigma), `σ ${sigma}, p ${exponent}, noise ${noise}: ${fit.sigma} ± ${fit.spread}`)
      }
    }
  }
})

t.test('blur is measured in pixels at 1080p height, under noise and text too', async (t) => {
  const sharp = look(withText(scene(0), 30, 20, 19))
  // A perfect step reads 0.6 px of the picture's own, which a pixel's width hides: 1.3 at half of 1080 rows.
  t.ok(sharp.blurPx !== undefined && sharp.blurPx < 1.4, `sharp: ${sharp.blurPx}`)
  for (const blur of [1, 2, 3]) {
    for (const [name, planes] of [['clean', scene(blur)], ['under text', withText(scene(blur), 30, 20, 19)], ['in noise', noisy(scene(blur), 3, 5)]] as const) {
      const { blurPx, blocks } = look(planes)
      t.ok(blurPx !== undefined && Math.abs(blurPx - 2 * blur) < 0.9 * blur, `${blur} px at 540 rows, ${name}: ${blurPx} px of ${blocks} blocks`)
    }
  }
  // A crate of slabs both ways, smeared along rows alone: the columns' edges stay as they are.
  const crate = (smear: number): Planes => draw((x, y) => (slabs(x, 0, Math.max(0.3, smear)) + slabs(y, 0, 0.3)) / 2)
  const [still, moved] = [look(crate(0.3)), look(crate(3))]
  t.ok(still.blurPx !== undefined && still.blurPx < 2 && moved.blurPx !== undefined && moved.blurPx > 3, `still ${still.blurPx}, moved ${moved.blurPx}`)
  // Bars at top and bottom, of which every row is a step at the picture's border: they are not the scene.
  const boxed = look(draw((x, y) => (y < 60 || y >= 480 ? 0 : slabs(x, y, 3))))
  t.ok(boxed.blurPx !== undefined && boxed.blurPx > 4, `letterbox: ${boxed.blurPx}`)
  const flat = look(noisy(draw((x) => 100 + x / 20), 2, 1))
  t.equal(flat.blurPx, undefined, 'no edges: undetermined')
  t.ok(flat.blocks < rules.sharpness.minBlocks && flat.absence === undefined)
})

/** Regions of edges alone, or of texture, blurred along each axis. */
const regionsBehind = (sigmaX: number, sigmaY: number, exponent: number, noise: number): readonly Energies[] =>
  [1, 2, 4].map((strength) => {
    const along = (sigma: number, power: number): Float64Array => Float64Array.from(scales, ({ variance, noiseGain }) => 100 * strength * (sigma * sigma + variance) ** -power + noise * noise * noiseGain)
    const [x, y] = [along(sigmaX, exponent), along(sigmaY, exponent)]
    const fourth = (squares: Float64Array, sigma: number): Float64Array => squares.map((square, k) => square * along(sigma, 1)[k]!)
    return { x, y, fourthX: fourth(x, sigmaX), fourthY: fourth(y, sigmaY) }
  })

t.test('the second figure: one weight for each feature, the same whichever way a camera moved, and more of it for more blur', async (t) => {
  const count = blurFeatures(regionsBehind(1, 1, 0.7, 1), 1).length
  t.same([weights.means.length, weights.deviations.length, weights.factors.length], [count, count, count])
  for (const exponent of [0.5, 0.7, 1]) {
    for (const noise of [0, 2]) {
      const [across, down] = [regressBlur(regionsBehind(2, 0.3, exponent, noise), noise), regressBlur(regionsBehind(0.3, 2, exponent, noise), noise)]
      t.ok(Math.abs(across - down) < 1e-9, `moved across ${across}, down ${down}`)
      const blurred = [0.3, 1.2, 2.4].map((sigma) => regressBlur(regionsBehind(sigma, sigma, exponent, noise), noise))
      t.ok(blurred[0]! < blurred[1]! && blurred[1]! < blurred[2]!, `p ${exponent}, noise ${noise}: ${blurred.map((px) => px.toFixed(2)).join(', ')}`)
    }
  }
})

t.test('a rule set says by which figure it judges, and the measure says which one it was', async (t) => {
  const by = (figure: 1 | 2, planes: Planes): PictureMeasure => measure(planes, undefined, { ...rules, sharpness: { ...rules.sharpness, figure } }).measure
  t.same(by(1, scene(2)), look(scene(2)), 'without a word it is the first')
  t.equal(look(scene(2)).blurFigure, undefined)
  t.equal(by(2, scene(2)).blurFigure, 2)
  t.same({ ...by(2, scene(2)), blurPx: 0, blurFigure: 0 }, { ...look(scene(2)), blurPx: 0, blurFigure: 0 }, 'all else is the same')
  const [sharp, soft] = [by(2, scene(0)).blurPx ?? NaN, by(2, scene(3)).blurPx ?? NaN]
  t.ok(sharp < soft, `drawn slabs: ${sharp} px sharp, ${soft} px blurred by 3 of 540 rows`)
  t.equal(by(2, draw(() => 0)).blurFigure, undefined, 'none without a scene')
})

t.test('chewed pictures: the second figure is a number in its bounds, or none', async (t) => {
  const random = seededRandom(11)
  for (let n = 0; n < 25; n++) {
    const [w, h] = [64 + Math.floor(random() * 500), 48 + Math.floor(random() * 400)]
    const [step, contrast, grain] = [2 + Math.floor(random() * 40), random() * 255, random() * 40]
    const { blurPx } = measure(noisy(draw((x, y) => (Math.floor(x / step) + Math.floor(y / step)) % 2 * contrast, [128, 128], w, h), grain, n), undefined, { ...rules, sharpness: { ...rules.sharpness, figure: 2 } }).measure
    if (blurPx !== undefined) t.ok(blurPx >= 0.1 && blurPx <= (12 * 1080) / h, `${w}×${h}: ${blurPx}`)
  }
})

t.test('what is too small for regions, or has nothing in it, is not given a figure', async (t) => {
  for (const [w, h] of [[48, 36], [63, 48], [16, 200], [300, 20]] as const) t.equal(look(noisy(draw((x, y) => slabs(x, y, 0), [128, 128], w, h), 2, 1)).blurPx, undefined, `${w}×${h}`)
  const wall = noisy(draw((_x, y) => 120 + y / 30), 2, 4)
  t.equal(look(wall).blurPx, undefined, 'a wall')
  t.equal(look(withText(wall, 30, 20, 19)).blurPx, undefined, 'a wall under text')
  const poster = draw((x, y) => (x > 500 && x < 560 && y > 200 && y < 260 && (x + y) % 20 < 10 ? 200 : 110))
  t.equal(look(noisy(poster, 2, 5)).blurPx, undefined, 'a wall with one small poster')
})

t.test('the same picture, a live one, and one of another size', async (t) => {
  const still = withText(noisy(scene(1), 2, 1), 30, 20, 19)
  const first = measure(still, undefined, rules)
  t.equal(first.measure.difference, undefined)
  t.equal(measure(withText(noisy(scene(1), 2, 1), 30, 20, 17), first.seen, rules).measure.difference, 0, 'only the clock runs')
  const alive = (planes: Planes): number => measure(planes, first.seen, rules).measure.difference ?? 0
  t.ok(alive(noisy(scene(1), 2, 2)) > 1, 'other noise')
  t.ok(alive({ ...still, luma: still.luma.map((level) => level + 1) }) > 0.5, 'one level brighter')
  const moved = new Uint8Array(still.luma)
  for (let y = 300; y < 350; y++) for (let x = 400; x < 430; x++) moved[y * width + x] = 20
  t.ok(alive({ ...still, luma: moved }) > 1, 'something small moved')
  t.equal(measure(draw(() => 90, [128, 128], 640, 360), first.seen, rules).measure.difference, undefined)
})

t.test('any size is measured, large ones at half size, and twice the same', async (t) => {
  for (const [w, h] of [[16, 16], [17, 33], [64, 20], [176, 144], [353, 289], [1000, 1622]] as const) {
    const planes = noisy(draw((x, y) => slabs(x, y, 1), [120, 130], w, h), 2, w)
    const copy = new Uint8Array(planes.luma)
    const one = measure(planes, undefined, rules)
    t.strictSame([one.measure.width, one.measure.height], [w, h])
    t.strictSame(measure(planes, undefined, rules).measure, one.measure)
    t.strictSame(planes.luma, copy, 'the input is not altered')
    t.ok(measure(planes, one.seen, rules).measure.difference !== undefined)
  }
})

t.test('studio range becomes full range', async (t) => {
  const planes = { width: 4, height: 2, luma: Uint8Array.of(0, 16, 17, 126, 234, 235, 240, 255), cb: Uint8Array.of(16, 240), cr: Uint8Array.of(128, 0) }
  t.strictSame([...expandRange(planes).luma], [0, 0, 1, 128, 254, 255, 255, 255])
  t.strictSame([[...expandRange(planes).cb], [...expandRange(planes).cr]], [[0, 255], [128, 0]])
})
