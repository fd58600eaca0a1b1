// Rule sets: every threshold has a name and a version. No standard gives these numbers; each says below where it comes from.
import { AppError } from '../base/index.ts'
import type { RuleSet } from './types.ts'

/**
 * Strata: the core notice's 10, 5 and 5 (六视频办发(2018)8号). Timeouts: devices behind cascades answer after tens of seconds.
 * Slow: 4 s, proposed. Absence: common detectors' figures; a lit night keeps p99 above 40. Sharpness: three bands measured on photographs
 * with synthetic blur, not validated on real surveillance video. Frozen: an H.265 camera's first keyframe differs from its next ones of the
 * same picture by 0.36 (measured), scenes with anything moving by tens.
 */
export const defaultRules: RuleSet = {
  name: 'default',
  version: 1,
  title: { zh: '默认规则', en: 'Default rules' },
  strata: [
    { class: '1', count: 10 },
    { class: '2', count: 5 },
    { class: '3', count: 5 },
  ],
  attempts: 2,
  betweenAttemptsMs: 2_000,
  timeouts: { answerMs: 30_000, firstPacketMs: 35_000, firstKeyframeMs: 45_000 },
  sampling: { pictures: 3, spacingMs: 2_000, windowMs: 20_000 },
  response: { slowMs: 4_000 },
  absence: { blackMean: 10, blackP99: 40, whiteMean: 250, oneColourStd: 3, frozenDifference: 0.3 },
  sharpness: { clearBelowPx: 1.0, unclearFromPx: 1.8, minBlocks: 3, minHeight: 540 },
  concurrency: { total: 8, perDevice: 2 },
}

/** Judges as the default does, with less patience: twenty cameras, several of them silent, in well under a minute. */
export const demoRules: RuleSet = {
  ...defaultRules,
  name: 'demo',
  title: { zh: '演示规则（等待时间较短）', en: 'Demonstration rules (less patience)' },
  betweenAttemptsMs: 300,
  timeouts: { answerMs: 6_000, firstPacketMs: 8_000, firstKeyframeMs: 10_000 },
  sampling: { ...defaultRules.sampling, windowMs: 8_000 },
  response: { slowMs: 2_000 },
}

export const ruleSets: readonly RuleSet[] = [defaultRules, demoRules]

/** A rule set by its name, or a user's own, checked; the default when none is asked for. Throws AppError `request.invalid`. */
export function chooseRules(rules?: string | RuleSet): RuleSet {
  if (rules === undefined) return defaultRules
  if (typeof rules !== 'string') return checkRules(rules)
  const found = ruleSets.find((each) => each.name === rules)
  if (!found) throw new AppError('request.invalid', `there is no rule set "${rules}": choose one of ${ruleSets.map((each) => each.name).join(', ')}`)
  return found
}

/** Checks a rule set that came from outside, and drops what is not part of one. Throws AppError `request.invalid` naming the field. */
export function checkRules(value: unknown): RuleSet {
  const rules = record(value, 'rules')
  const title = record(rules.title, 'title')
  const timeouts = record(rules.timeouts, 'timeouts')
  const sampling = record(rules.sampling, 'sampling')
  const response = record(rules.response, 'response')
  const absence = record(rules.absence, 'absence')
  const sharpness = record(rules.sharpness, 'sharpness')
  const concurrency = record(rules.concurrency, 'concurrency')
  const answerMs = number(timeouts.answerMs, 'timeouts.answerMs', 100, 300_000)
  const firstPacketMs = number(timeouts.firstPacketMs, 'timeouts.firstPacketMs', answerMs, 300_000)
  const clearBelowPx = number(sharpness.clearBelowPx, 'sharpness.clearBelowPx', 0, 20)
  return {
    name: text(rules.name, 'name', /^[A-Za-z0-9._-]{1,64}$/),
    version: count(rules.version, 'version', 1, 1_000_000),
    title: { zh: text(title.zh, 'title.zh', /^.{1,200}$/u), en: text(title.en, 'title.en', /^.{1,200}$/u) },
    strata: strata(rules.strata, 'strata'),
    attempts: count(rules.attempts, 'attempts', 1, 10),
    betweenAttemptsMs: number(rules.betweenAttemptsMs, 'betweenAttemptsMs', 0, 3_600_000),
    timeouts: { answerMs, firstPacketMs, firstKeyframeMs: number(timeouts.firstKeyframeMs, 'timeouts.firstKeyframeMs', firstPacketMs, 300_000) },
    sampling: {
      pictures: count(sampling.pictures, 'sampling.pictures', 1, 20),
      spacingMs: number(sampling.spacingMs, 'sampling.spacingMs', 0, 60_000),
      windowMs: number(sampling.windowMs, 'sampling.windowMs', 0, 300_000),
    },
    response: { slowMs: number(response.slowMs, 'response.slowMs', 0, 300_000) },
    absence: {
      blackMean: number(absence.blackMean, 'absence.blackMean', 0, 255),
      blackP99: number(absence.blackP99, 'absence.blackP99', 0, 255),
      whiteMean: number(absence.whiteMean, 'absence.whiteMean', 0, 255),
      oneColourStd: number(absence.oneColourStd, 'absence.oneColourStd', 0, 255),
      frozenDifference: number(absence.frozenDifference, 'absence.frozenDifference', 0, 255),
    },
    sharpness: {
      clearBelowPx,
      unclearFromPx: number(sharpness.unclearFromPx, 'sharpness.unclearFromPx', clearBelowPx, 20),
      minBlocks: count(sharpness.minBlocks, 'sharpness.minBlocks', 1, 10_000),
      minHeight: count(sharpness.minHeight, 'sharpness.minHeight', 0, 10_000),
    },
    concurrency: { total: count(concurrency.total, 'concurrency.total', 1, 256), perDevice: count(concurrency.perDevice, 'concurrency.perDevice', 1, 256) },
  }
}

/** Classes and how many of each. Throws AppError `request.invalid` naming the field. */
export function strata(value: unknown, field: string): RuleSet['strata'] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 20) throw wrong(field, 'a list of 1 to 20 classes')
  const list = value.map((each: unknown, index) => {
    const stratum = record(each, `${field}[${index}]`)
    return { class: text(stratum.class, `${field}[${index}].class`, /^[\w-]{1,16}$/), count: count(stratum.count, `${field}[${index}].count`, 0, 10_000) }
  })
  if (new Set(list.map((each) => each.class)).size < list.length) throw wrong(field, 'a list that names each class once')
  return list
}

const wrong = (field: string, wanted: string): AppError => new AppError('request.invalid', `rule set: ${field} must be ${wanted}`)

function record(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(field, 'an object')
  return value as Readonly<Record<string, unknown>>
}

function number(value: unknown, field: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) throw wrong(field, `a number from ${least} to ${most}`)
  return value
}

function count(value: unknown, field: string, least: number, most: number): number {
  if (!Number.isInteger(value)) throw wrong(field, `a whole number from ${least} to ${most}`)
  return number(value, field, least, most)
}

function text(value: unknown, field: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw wrong(field, `text like ${pattern.source}`)
  return value
}
