// A plan that came from outside, checked: one clear line for what cannot be, words for what can.
import { AppError } from '../../base/index.ts'
import type { CheckKind, Condition, Match, Plan, Sample, Stratum } from '../types.ts'

/** What a plan needs to know of a field of the record; the registry's table fits. */
export interface PlanField {
  readonly name: string
  readonly title: { readonly zh: string; readonly en: string }
  /** Names or numbers of persons: no condition may look at it, since lists of populations are published. */
  readonly isPersonal: boolean
  /** Several values joined by `/`. */
  readonly isMany: boolean
  /** Codes of divisions and units, whose beginnings are the ones above. */
  readonly isPrefix: boolean
  readonly labels: ReadonlyMap<string, { readonly zh: string; readonly en: string }>
}

export type PlanFields = ReadonlyMap<string, PlanField>

/** Ours: beyond these a plan is a mistake. */
const most = { samples: 4, strata: 200, conditions: 10, values: 200, count: 100_000 } as const
const kinds = ['record', 'image', 'running'] as const satisfies readonly CheckKind[]
const matches = ['equals', 'prefix', 'part'] as const satisfies readonly Match[]

/**
 * `{name?, title?, population?, samples}`, or with `kinds` and `strata` instead of samples for a plan of one. A condition's `match` is the field's own
 * unless said. What belongs to no plan is refused by name, so that no slip goes unseen. Throws AppError `request.invalid`.
 */
export function checkPlan(value: unknown, fields: PlanFields): Plan {
  const given = record(value, 'plan', ['name', 'title', 'population', 'samples', 'kinds', 'strata'])
  if ((given.samples === undefined) === (given.strata === undefined)) throw wrong('plan', 'an object with either samples, or kinds and strata')
  const name = given.name === undefined ? 'own' : text(given.name, 'name', /^[A-Za-z0-9._-]{1,64}$/)
  const title = titleOf(given.title, 'title', name)
  const samples = given.samples === undefined ? [{ name, title, kinds: given.kinds, strata: given.strata }] : list(given.samples, 'samples', 1, most.samples)
  const plan = {
    name,
    title,
    population: populationOf(given.population, fields),
    samples: samples.map((each, index) => sampleOf(each, given.samples === undefined ? '' : `samples[${index}].`, index, fields)),
  }
  unique(plan.samples, 'samples')
  return plan
}

function populationOf(value: unknown, fields: PlanFields): Plan['population'] {
  const given = value === undefined ? {} : record(value, 'population', ['isNetworkedOnly', 'leavesOutExempted', 'where'])
  return {
    isNetworkedOnly: given.isNetworkedOnly === undefined ? false : bool(given.isNetworkedOnly, 'population.isNetworkedOnly'),
    leavesOutExempted: given.leavesOutExempted === undefined ? true : bool(given.leavesOutExempted, 'population.leavesOutExempted'),
    where: whereOf(given.where, 'population.where', fields),
  }
}

function sampleOf(value: unknown, path: string, index: number, fields: PlanFields): Sample {
  const given = record(value, path === '' ? 'plan' : path.slice(0, -1), ['name', 'title', 'kinds', 'strata'])
  const name = given.name === undefined ? `sample ${index + 1}` : text(given.name, `${path}name`, /^[\w .-]{1,64}$/)
  const wanted = list(given.kinds, `${path}kinds`, 1, kinds.length).map((kind, at) => oneOf(kind, `${path}kinds[${at}]`, kinds))
  const strata = list(given.strata, `${path}strata`, 1, most.strata).map((each, at) => stratumOf(each, `${path}strata[${at}]`, at, fields))
  unique(strata, `${path}strata`)
  return { name, title: titleOf(given.title, `${path}title`, name), kinds: kinds.filter((kind) => wanted.includes(kind)), strata }
}

function stratumOf(value: unknown, path: string, index: number, fields: PlanFields): Stratum {
  const given = record(value, path, ['name', 'title', 'where', 'count', 'each'])
  const where = whereOf(given.where, `${path}.where`, fields)
  const said = where.map(({ says }) => says)
  const name = given.name === undefined ? `stratum ${index + 1}` : text(given.name, `${path}.name`, /^[^\p{Cc}]{1,100}$/u)
  const words = said.length === 0 ? { zh: '全部', en: 'all' } : { zh: said.map(({ zh }) => zh).join('；'), en: said.map(({ en }) => en).join('; ') }
  const title = given.title !== undefined ? titleOf(given.title, `${path}.title`, name) : given.name !== undefined ? { zh: name, en: name } : words
  const count = given.count === 'all' ? 'all' : whole(given.count, `${path}.count`)
  return { name, title, where, count, ...(given.each === undefined ? {} : { each: eachOf(given.each, `${path}.each`, fields) }) }
}

function eachOf(value: unknown, path: string, fields: PlanFields): NonNullable<Stratum['each']> {
  const field = fieldOf(typeof value === 'string' ? value : record(value, path, ['field', 'match', 'says']).field, path, fields)
  return { field: field.name, match: 'equals', says: field.title }
}

function whereOf(value: unknown, path: string, fields: PlanFields): readonly Condition[] {
  return value === undefined ? [] : list(value, path, 0, most.conditions).map((each, index) => conditionOf(each, `${path}[${index}]`, fields))
}

function conditionOf(value: unknown, path: string, fields: PlanFields): Condition {
  const given = record(value, path, ['field', 'match', 'values', 'says'])
  const field = fieldOf(given.field, `${path}.field`, fields)
  const values = list(given.values, `${path}.values`, 1, most.values).map((each, index) => text(each, `${path}.values[${index}]`, /^[^\p{Cc}]{0,200}$/u))
  const match = given.match === undefined ? (field.isMany ? 'part' : field.isPrefix ? 'prefix' : 'equals') : oneOf(given.match, `${path}.match`, matches)
  const inWords = (lang: 'zh' | 'en'): string => values.map((code) => (code === '' ? { zh: '未填', en: 'not declared' } : (field.labels.get(code) ?? { zh: code, en: code }))[lang]).join(lang === 'zh' ? '、' : ', ')
  return { field: field.name, match, values: [...new Set(values)], says: { zh: `${field.title.zh}：${inWords('zh')}`, en: `${field.title.en}: ${inWords('en')}` } }
}

function fieldOf(value: unknown, path: string, fields: PlanFields): PlanField {
  const field = typeof value === 'string' ? fields.get(value) : undefined
  if (!field) throw wrong(path, `a field of the record (GET /api/v1/fields names them), not ${shown(value)}`)
  if (field.isPersonal) throw wrong(path, `a field without personal data, since the list is published: ${field.name} is not`)
  return field
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80)
const wrong = (path: string, wanted: string): AppError => new AppError('request.invalid', `plan: ${path} must be ${wanted}`)

function record(value: unknown, path: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object')
  const other = Object.keys(value).find((key) => !known.includes(key))
  if (other !== undefined) throw wrong(path, `an object of ${known.join(', ')}: "${other.slice(0, 40)}" is none of them`)
  return value as Readonly<Record<string, unknown>>
}

function list(value: unknown, path: string, least: number, longest: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length < least || value.length > longest) throw wrong(path, `a list of ${least} to ${longest}`)
  return value
}

function text(value: unknown, path: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw wrong(path, `text like ${pattern.source}`)
  return value
}

function bool(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw wrong(path, 'true or false')
  return value
}

function whole(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most.count) throw wrong(path, `a whole number from 0 to ${most.count}, or "all"`)
  return value
}

function oneOf<T extends string>(value: unknown, path: string, known: readonly T[]): T {
  const found = known.find((each) => each === value)
  if (found === undefined) throw wrong(path, `one of ${known.join(', ')}, not ${shown(value)}`)
  return found
}

/** Words in both languages; one text stands for both. */
function titleOf(value: unknown, path: string, name: string): { readonly zh: string; readonly en: string } {
  const words = /^[^\p{Cc}]{1,200}$/u
  if (value === undefined) return { zh: name, en: name }
  if (typeof value === 'string') return { zh: text(value, path, words), en: value }
  const given = record(value, path, ['zh', 'en'])
  return { zh: text(given.zh, `${path}.zh`, words), en: text(given.en, `${path}.en`, words) }
}

function unique(named: readonly { readonly name: string }[], path: string): void {
  const twice = named.find(({ name }, index) => named.findIndex((each) => each.name === name) < index)
  if (twice) throw wrong(path, `a list that names each once: "${twice.name}" is there twice`)
}
