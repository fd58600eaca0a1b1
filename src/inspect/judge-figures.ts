// What else the pictures of a check say: each a figure with its unit and bound, and the reasons that follow from those beyond it. Pure. Nothing here fails
// a camera by itself: what a reason does is the rule set's (section `judgement`).
import { hoursApart } from './baseline.ts'
import { compareSignatures } from './picture/index.ts'
import type { Baseline, Figure, PictureContext, PictureMeasure, PictureVerdict, PopulationMember, ReasonCode, RuleSet, StreamObservation } from './types.ts'

export interface Beside {
  readonly camera: Pick<PopulationMember, 'class' | 'resolution'>
  readonly stream?: Pick<StreamObservation, 'fps'>
  readonly context?: PictureContext
}

type Rules = Pick<RuleSet, 'picture' | 'running'>
type Asked = NonNullable<RuleSet['picture']>
/** A figure, and the reason to name when it is beyond its bound. */
type Judged = readonly [Figure, ReasonCode?]

/** `picture`: presence and blur, already judged. Nothing for a rule set without the section, or where there is no scene. */
export function judgeFigures(samples: readonly PictureMeasure[], picture: PictureVerdict, beside: Beside, rules: Rules): { readonly figures: readonly Figure[]; readonly reasons: readonly ReasonCode[] } | undefined {
  const asked = rules.picture
  if (!asked) return undefined
  const scene = samples.find((sample) => sample.signature !== undefined)
  const judged: readonly Judged[] = [
    ...clockFigure(samples),
    ...sizes(samples, beside, rules),
    ...(picture.present && scene ? [...byItself(samples, scene, beside.context, asked), ...(beside.context?.baseline ? besideBaseline(scene, picture, beside.context.hour, beside.context.baseline, asked) : [])] : []),
  ]
  return { figures: judged.map(([figure]) => figure), reasons: judged.flatMap(([{ result }, reason]) => (reason && (result === 'bad' || result === 'doubtful') ? [reason] : [])) }
}

/** The picture's verdict with its figures, its clock, and the baseline it was held against. */
export function withFigures(picture: PictureVerdict, samples: readonly PictureMeasure[], beside: Beside, rules: Rules): { readonly picture: PictureVerdict; readonly reasons: readonly ReasonCode[] } {
  const judged = judgeFigures(samples, picture, beside, rules)
  if (!judged || !rules.picture) return { picture, reasons: [] }
  const clock = clockOf(samples, rules.picture)
  const { atMs, baseline } = beside.context ?? {}
  return {
    picture: { ...picture, ...(clock && { clock }), figures: judged.figures, ...(atMs !== undefined && { atMs }), ...(baseline && { baseline: { atMs: baseline.atMs, hour: baseline.hour, inspection: baseline.inspection, n: baseline.n } }) },
    reasons: judged.reasons,
  }
}

/** `isBeyond` undefined: it cannot be held against the bound here, so nothing is asked of it, and it is shown. */
const figure = (code: string, value: number, unit: string, threshold?: number, isBeyond?: boolean, basis?: string): Figure => ({
  code,
  value: Number(value.toFixed(3)),
  unit,
  ...(threshold === undefined || isBeyond === undefined ? {} : { threshold }),
  result: isBeyond === true ? 'doubtful' : 'ok',
  ...(basis !== undefined && { basis }),
})

function byItself(samples: readonly PictureMeasure[], scene: PictureMeasure, context: PictureContext | undefined, asked: Asked): readonly Judged[] {
  const mean = middle(samples.map((sample) => sample.mean))
  const noise = middle(samples.map((sample) => sample.noise))
  const isDark = mean < asked.darkMean
  const isExempt = context !== undefined && isNight(context.hour, asked)
  const { contrast, cb = 0, cr = 0, castRatio, stripesAcross, stripesDown, blockiness } = scene
  const cast = Math.hypot(cb, cr)
  return [
    [figure('brightness', mean, 'levels', isDark ? asked.darkMean : asked.brightMean, (isDark && !isExempt) || mean > asked.brightMean), isDark ? 'too-dark' : 'too-bright'],
    ...(contrast === undefined ? [] : [[figure('contrast', contrast, 'levels', asked.minContrast, isDark && isExempt ? undefined : contrast < asked.minContrast), 'low-contrast'] as const]),
    ...(castRatio === undefined ? [] : [[figure('cast', cast, 'levels', asked.maxCast, cast > asked.maxCast && castRatio > asked.castRatio), 'colour-cast'] as const]),
    [figure('noise', noise, 'levels', asked.maxNoise, noise > asked.maxNoise), 'noisy'],
    ...(stripesAcross === undefined ? [] : [[figure('stripes-across', stripesAcross, 'levels', asked.maxStripes, stripesAcross > asked.maxStripes), 'striped'] as const]),
    ...(stripesDown === undefined ? [] : [[figure('stripes-down', stripesDown, 'levels', asked.maxStripes, stripesDown > asked.maxStripes), 'striped'] as const]),
    ...(blockiness === undefined ? [] : [[figure('blockiness', blockiness, '×', asked.maxBlockiness, blockiness > asked.maxBlockiness), 'blocky'] as const]),
  ]
}

/** Beside the camera's own last good picture. Colour and blur only where the hour is about the same: the light makes both. */
function besideBaseline(scene: PictureMeasure, picture: PictureVerdict, hour: number, baseline: Baseline, asked: Asked): readonly Judged[] {
  const likeness = scene.signature === undefined ? undefined : compareSignatures(scene.signature, baseline.signature)
  const isSameHour = hoursApart(hour, baseline.hour) <= asked.baselineHours
  const isSameScene = likeness !== undefined && likeness.scene >= asked.minSceneLikeness
  const isSameSize = Math.abs(scene.height - baseline.height) <= baseline.height * 0.1
  const { blurPx, figure: by } = picture.sharpness
  const softer = blurPx === undefined || baseline.blurPx === undefined || by !== baseline.blurFigure ? undefined : blurPx - baseline.blurPx
  const shift = scene.cb === undefined || scene.cr === undefined || baseline.cb === undefined || baseline.cr === undefined ? undefined : Math.hypot(scene.cb - baseline.cb, scene.cr - baseline.cr)
  // Infrared light takes all colour: that is the night mode, and no cast.
  const isGrey = (scene.saturation ?? 0) < 4 || Math.hypot(baseline.cb ?? 0, baseline.cr ?? 0) < 1
  return [
    ...(likeness ? [[figure('scene', likeness.scene, '', asked.minSceneLikeness, !isSameScene), 'scene-changed'] as const] : []),
    // In another scene nothing can be missed.
    ...(likeness ? [[figure('occluded', likeness.occluded, '1', asked.maxOccluded, likeness.occluded > asked.maxOccluded || isSameScene ? likeness.occluded > asked.maxOccluded : undefined), 'occluded'] as const] : []),
    ...(softer === undefined ? [] : [[figure('softer', softer, 'px', asked.softerByPx, isSameHour && isSameSize && isSameScene ? softer > asked.softerByPx : undefined), 'softer-than-before'] as const]),
    ...(shift === undefined ? [] : [[figure('cast-shift', shift, 'levels', asked.maxCastShift, isSameHour && isSameScene && !isGrey ? shift > asked.maxCastShift : undefined), 'colour-cast'] as const]),
  ]
}

/** Rows of the record's codes for the resolution: QCIF, CIF, 4CIF, D1, 720P, 1080P, 4K and above. */
const rowsOfCode: Readonly<Record<string, number>> = { '1': 144, '2': 288, '3': 576, '4': 576, '5': 720, '6': 1080, '7': 2160 }
const resolutionBasis = '一机一档：视频分辨率（SPFBL）'
const fpsBasis = 'GB/T 28181-2022 5.3-5.6'

/** What came beside what the record says; pictures a second beside what the class must have. */
function sizes(samples: readonly PictureMeasure[], { camera, stream }: Beside, { running }: Rules): readonly Judged[] {
  const rows = samples.length === 0 ? undefined : Math.min(...samples.map((sample) => Math.min(sample.height, sample.width)))
  const expected = rowsOfCode[camera.resolution ?? '']
  // A twentieth: 1088 rows are 1080, 544 are 540. "4K and above" has no end.
  const isOther = rows !== undefined && expected !== undefined && (rows < expected * 0.95 || (rows > expected * 1.05 && camera.resolution !== '7'))
  const minFps = running?.minFps[camera.class]
  const fps = stream?.fps
  return [
    ...(rows === undefined ? [] : [[figure('resolution', rows, 'rows', expected, expected === undefined ? undefined : isOther, expected === undefined ? undefined : resolutionBasis), 'resolution-differs'] as const]),
    // Few seconds of a stream: shown, and a person is asked by the longer look alone.
    ...(fps === undefined ? [] : [[figure('frame-rate', fps, '1/s', minFps, minFps === undefined ? undefined : fps < minFps * (running?.fpsShare ?? 1), minFps === undefined ? undefined : fpsBasis)] as const]),
  ]
}

/** Whether the clock over the picture runs: how far its text changes from picture to picture. */
function clockFigure(samples: readonly PictureMeasure[]): readonly Judged[] {
  const changes = samples.flatMap(({ clockChange }) => clockChange ?? [])
  return changes.length === 0 ? [] : [[figure('osd-clock', Math.min(...changes), 'levels')]]
}

/** Of pictures two seconds apart every one must show other digits. */
export function clockOf(samples: readonly PictureMeasure[], asked: Pick<Asked, 'minClockChange'>): PictureVerdict['clock'] {
  const changes = samples.flatMap(({ clockChange }) => clockChange ?? [])
  if (changes.length === 0) return undefined
  if (changes.every((change) => change >= asked.minClockChange)) return 'running'
  return changes.every((change) => change < asked.minClockChange) ? 'standing' : undefined
}

export const isNight = (hour: number, { nightFromHour, nightToHour }: Pick<Asked, 'nightFromHour' | 'nightToHour'>): boolean => (nightFromHour <= nightToHour ? hour >= nightFromHour && hour < nightToHour : hour >= nightFromHour || hour < nightToHour)

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return ((sorted[sorted.length >> 1] ?? 0) + (sorted[(sorted.length - 1) >> 1] ?? 0)) / 2
}
