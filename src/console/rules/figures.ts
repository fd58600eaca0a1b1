// A rule set as figures: each by its path (`timeouts.answerMs`, `strata[0].count`), its section, its unit; and what two say otherwise. Pure.

export type Leaf = string | number | boolean
export type Content = Leaf | readonly Content[] | { readonly [key: string]: Content }

export const sections = ['title', 'strata', 'patience', 'sampling', 'absence', 'sharpness', 'picture', 'running', 'clock', 'osd', 'judgement', 'scores', 'recheck'] as const
export type Section = (typeof sections)[number]
/** A rule set that was written before there was one of these has none. */
export const optionalSections: readonly Section[] = ['picture', 'running', 'clock', 'osd', 'judgement', 'scores', 'recheck']

/** What stands beside the content of a rule set in an answer of the API. */
const beside: readonly string[] = ['name', 'version', 'sha256', 'note', 'by', 'atMs', 'isShipped', 'area', 'versions']

/** The content alone, of its own: what is changed in it changes nothing else. */
export const contentOf = (detail: object): Content => JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(detail).filter(([key]) => !beside.includes(key))))) as Content

const stepsOf = (path: string): readonly string[] => path.match(/[^.[\]]+/g) ?? []
const isBranch = (content: Content | undefined): content is readonly Content[] | { readonly [key: string]: Content } => typeof content === 'object'

export const at = (content: Content, path: string): Content | undefined => stepsOf(path).reduce<Content | undefined>((each, step) => (isBranch(each) ? (each as { readonly [key: string]: Content })[step] : undefined), content)

/** The same content with another value at the path; undefined takes it out. */
export function withAt(content: Content | undefined, path: string, value: Content | undefined): Content {
  const put = (each: Content | undefined, [step, ...rest]: readonly string[]): Content | undefined => {
    if (step === undefined) return value
    if (Array.isArray(each)) {
      const list = [...(each as readonly Content[])]
      const next = put(list[Number(step)], rest)
      if (next === undefined) list.splice(Number(step), 1)
      else list[Number(step)] = next
      return list
    }
    const { [step]: before, ...others } = (isBranch(each) ? each : {}) as { readonly [key: string]: Content }
    const next = put(before, rest)
    // In its place, so that what was changed and changed back reads the same.
    if (next === undefined) return others
    return before === undefined ? { ...others, [step]: next } : Object.fromEntries(Object.entries(each as object).map(([key, kept]: [string, Content]) => [key, key === step ? next : kept]))
  }
  return put(content, stepsOf(path)) ?? {}
}

/** Every figure by its path, in order. */
export function leavesOf(content: Content | undefined, path = ''): readonly (readonly [string, Leaf])[] {
  if (content === undefined) return []
  if (Array.isArray(content)) return (content as readonly Content[]).flatMap((each, n) => leavesOf(each, `${path}[${n}]`))
  if (isBranch(content)) return Object.entries(content).flatMap(([key, each]) => leavesOf(each, path === '' ? key : `${path}.${key}`))
  return [[path, content]]
}

export interface Difference {
  readonly path: string
  readonly from?: Leaf | undefined
  readonly to?: Leaf | undefined
}

export function differences(from: Content, to: Content): readonly Difference[] {
  const [before, after] = [new Map(leavesOf(from)), new Map(leavesOf(to))]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => (before.get(path) === after.get(path) ? [] : [{ path, from: before.get(path), to: after.get(path) }]))
}

const patience: readonly string[] = ['attempts', 'betweenAttemptsMs', 'timeouts', 'response', 'concurrency']
export function sectionOf(path: string): Section {
  const [first = ''] = stepsOf(path)
  return patience.includes(first) ? 'patience' : (sections.find((section) => section === first) ?? 'title')
}

/** The path without places in lists and classes, as its words have it: `strata-count`. */
export const wordsKey = (path: string): string => path.replace(/\[\d+\]/g, '').replace(/^(running\.minFps)\..*$/, '$1').replaceAll('.', '-')

const units: readonly (readonly [RegExp, string])[] = [
  [/Ms$/, 'ms'], [/S$/, 's'], [/^recheck\.minutes$/, 'minutes'], [/Hours$/, 'hours'], [/Hour$/, 'hour'], [/Px$/, 'px'], [/minHeight$/, 'lines'], [/minBlocks$/, 'blocks'], [/minFps/, 'fps'], [/(Share|maxLossRate|minSceneLikeness|maxOccluded)$/, 'share'],
  [/castRatio$/, 'ratio'], [/weight$/, 'weight'], [/\.count$/, 'cameras'], [/^concurrency/, 'at'], [/^sampling\.(pictures|again)$/, 'pictures'], [/^(attempts|recheck\.times|running\.max(Gaps|Restarts))$/, 'times'], [/^(absence\.(blackMean|blackP99|whiteMean)|picture\.(darkMean|brightMean))$/, 'luma'], [/^(absence|picture)\.(?!maxBlockiness)/, 'levels'],
]
/** The code of its unit; '' where it has none. */
export const unitOf = (path: string): string => units.find(([pattern]) => pattern.test(path))?.[1] ?? ''

export const consequences = ['fail', 'review', 'note'] as const
/** What rates count. */
export const countNames = ['assessed', 'filed', 'located', 'connected', 'online', 'present', 'clear', 'intact', 'prompt', 'runs', 'clock-right', 'passed'] as const
