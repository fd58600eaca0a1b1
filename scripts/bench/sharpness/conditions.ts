// The matrix: how a scene is blurred, and under what light and encoder it is seen.
import type { Encoding } from './codec.ts'
import type { Blur } from './degrade.ts'

export const blurs: readonly Blur[] = [
  ...[0, 0.7, 1.2, 2, 3, 5].map((sigma): Blur => ({ kind: 'gauss', sigma })),
  ...[2, 3, 5].map((sigma): Blur => ({ kind: 'disk', sigma })),
  ...[3, 5].map((sigma): Blur => ({ kind: 'motion', sigma })),
]

/** By what is asked of a picture: below this it counts as sharp, from that on as blurred; what lies between is nobody's. */
export const isSharp = ({ sigma }: Blur): boolean => sigma <= 0.7
export const isBlurred = ({ sigma }: Blur): boolean => sigma >= 2
export const isPlainlyBlurred = ({ sigma }: Blur): boolean => sigma >= 3

export interface Condition {
  readonly name: string
  readonly light: { readonly gain?: number; readonly lift?: number; readonly noise?: number }
  readonly hasText?: boolean
  readonly encoding?: Encoding
}

const night = { gain: 0.35, noise: 8 }
export const conditions: readonly Condition[] = [
  { name: 'clean', light: {} },
  { name: 'text', light: {}, hasText: true },
  { name: 'noise 5', light: { noise: 5 } },
  { name: 'noise 10', light: { noise: 10 } },
  { name: 'dark', light: { gain: 0.2, noise: 2 } },
  { name: 'fog', light: { gain: 0.3, lift: 150, noise: 1 } },
  { name: 'night', light: night },
  { name: 'h264 24', light: { noise: 2 }, encoding: { codec: 'h264', crf: 24 } },
  { name: 'h264 30', light: { noise: 2 }, encoding: { codec: 'h264', crf: 30 }, hasText: true },
  { name: 'h264 36', light: { noise: 2 }, encoding: { codec: 'h264', crf: 36 } },
  { name: 'h265 24', light: { noise: 2 }, encoding: { codec: 'h265', crf: 24 } },
  { name: 'h265 30', light: { noise: 2 }, encoding: { codec: 'h265', crf: 30 } },
  { name: 'h265 36', light: { noise: 2 }, encoding: { codec: 'h265', crf: 36 } },
  { name: 'night h264 30', light: night, encoding: { codec: 'h264', crf: 30 } },
  { name: 'night h264 34', light: night, encoding: { codec: 'h264', crf: 34 } },
]

/** Heights at which the scenes are seen; all conditions at 720, where most originals are oversampled, and at 1080; those that matter most at the others. */
export const heights = [720, 1080, 540, 360, 2160] as const
const few = ['clean', 'fog', 'h264 30', 'night h264 30']
export const conditionsAt = (height: number): readonly Condition[] => (height === 1080 || height === 720 ? conditions : conditions.filter(({ name }) => few.includes(name)))

/** Every blur under the conditions of `few`; under the others no second disk and motion, and nothing between sharp and blurred. */
export const isWanted = (blur: Blur, { name }: Condition): boolean => few.includes(name) || (blur.kind === 'gauss' ? blur.sigma !== 1.2 : blur.sigma === 3)

/** A sample: one height, the conditions of `few` and two more, five Gaussian blurs and one each of the others. */
export const quick = {
  height: 720,
  scenesPerHalf: 4,
  isWanted: (blur: Blur, condition: Condition): boolean => [...few, 'night', 'h265 30'].includes(condition.name) && (blur.kind === 'gauss' ? blur.sigma !== 1.2 : blur.sigma === 3),
} as const

/**
 * What an original shows at its own pixels is not sharp: demosaicing, lens and compression blur it by a pixel or so. It counts only where at least two of
 * its rows make one of those that are measured (above 1620 rows a picture is measured at half size). The rule looks at sizes alone.
 */
export const isFit = (rows: number, height: number): boolean => rows >= height && rows >= 2 * Math.min(height, 1080)
