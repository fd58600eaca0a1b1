// Section `picture`: what else a picture tells. None of it fails a camera; section `judgement` says what a person is asked about and what is only shown.
import type { PictureRules } from '../types.ts'
import { ours, type SectionBasis } from './basis.ts'
import { count, number, record } from './reading.ts'

/**
 * Brightness, noise and occlusion: figures that common detectors use. Stripes, blockiness, cast and likeness: one look at 25 photographs with light,
 * noise, stripes and encoders laid over them (docs/sharpness.md), none of them kept back. The rest are guesses, and say so.
 */
export const pictureDefault: PictureRules = {
  darkMean: 30,
  brightMean: 220,
  nightFromHour: 18,
  nightToHour: 7,
  minContrast: 40,
  maxCast: 40,
  castRatio: 1.5,
  maxCastShift: 20,
  maxNoise: 15,
  maxStripes: 2,
  maxBlockiness: 0.5,
  minClockChange: 20,
  baselineHours: 1,
  softerByPx: 1,
  minSceneLikeness: 0.6,
  maxOccluded: 0.25,
}

export const pictureBasis: SectionBasis = {
  darkMean: ours('常见检测器所用（0-255）；夜间不问', 'what common detectors use (0-255); not asked at night'),
  brightMean: ours('常见检测器所用（0-255）', 'what common detectors use (0-255)'),
  nightFromHour: ours('夜间从此时起（北京时间），各地各季不同', 'night begins (Beijing time); differs with place and season'),
  nightToHour: ours('夜间到此时止（北京时间），各地各季不同', 'night ends (Beijing time); differs with place and season'),
  minContrast: ours('估计值，未经测量', 'a guess, not measured'),
  maxCast: ours('25 张照片中仅蓝天、花草特写超过（实测）', 'of 25 photographs only sky and flowers from near exceed it (measured)'),
  castRatio: ours('颜色彼此相近且远离中性才算偏色', 'colours that are close to each other and far from neutral are a cast'),
  maxCastShift: ours('与自身基准相比的色偏，同一场景不应移动这么多', 'against its own baseline: the colours of one scene do not move that far'),
  maxNoise: ours('常见检测器所用', 'what common detectors use'),
  maxStripes: ours('25 张无条纹照片均为 0，幅度 4 级的条纹多数可测出（实测）', '25 photographs without stripes read 0, most with stripes of 4 levels more than this (measured)'),
  maxBlockiness: ours('H.264 crf 32 以下均低于此值，crf 46 约半数高于（实测）', 'H.264 up to crf 32 lies below, half of the pictures at crf 46 above (measured)'),
  minClockChange: ours('估计值：重新编码的文字应只变化几级，换了数字变化数十级；未系统测量', 'a guess: text encoded anew should change by a few levels, another digit by tens; not measured over many pictures'),
  baselineHours: ours('清晰度与颜色只与钟点相差不超过此数的基准比较', 'blur and colour are held against a baseline of about the same hour only'),
  softerByPx: ours('估计值：与自身基准相比应大于光线、编码造成的差异；未经测量', 'a guess: against its own baseline it should be more than light and encoder make of one scene; not measured'),
  minSceneLikeness: ours('同一场景不同光线在 0.88 以上，不同场景多在 0.6 以下（实测）', 'one scene in another light lies above 0.88, other scenes mostly below 0.6 (measured)'),
  maxOccluded: ours('常见检测器所用', 'what common detectors use'),
}

export function picture(value: unknown, field: string): PictureRules {
  const fields = record(value, field)
  const read = (name: keyof PictureRules, most: number): number => number(fields[name], `${field}.${name}`, 0, most)
  return {
    darkMean: read('darkMean', 255),
    brightMean: read('brightMean', 255),
    nightFromHour: count(fields.nightFromHour, `${field}.nightFromHour`, 0, 23),
    nightToHour: count(fields.nightToHour, `${field}.nightToHour`, 0, 23),
    minContrast: read('minContrast', 255),
    maxCast: read('maxCast', 181),
    castRatio: read('castRatio', 1_000),
    maxCastShift: read('maxCastShift', 362),
    maxNoise: read('maxNoise', 255),
    maxStripes: read('maxStripes', 255),
    maxBlockiness: read('maxBlockiness', 1_000),
    minClockChange: read('minClockChange', 255),
    baselineHours: read('baselineHours', 12),
    softerByPx: read('softerByPx', 20),
    minSceneLikeness: read('minSceneLikeness', 1),
    maxOccluded: read('maxOccluded', 1),
  }
}
