// What two rule sets say otherwise, figure by figure.
import type { RuleSet } from '../types.ts'

export interface RuleDifference {
  /** As `timeouts.answerMs` or `strata[0].count`. */
  readonly path: string
  /** Absent where there is none. */
  readonly from?: string | number | boolean | null
  readonly to?: string | number | boolean | null
}

type Leaf = NonNullable<RuleDifference['from']>

/** Every single figure of a rule set by its path, in its own order; name and version aside. */
export function figuresOf(rules: RuleSet): ReadonlyMap<string, Leaf> {
  const { name: _name, version: _version, ...content } = rules
  const figures = new Map<string, Leaf>()
  const walk = (path: string, value: unknown): void => {
    if (Array.isArray(value)) value.forEach((each: unknown, index) => walk(`${path}[${index}]`, each))
    else if (typeof value === 'object' && value !== null) for (const [key, each] of Object.entries(value)) walk(path === '' ? key : `${path}.${key}`, each)
    else if (value !== undefined) figures.set(path, value as Leaf)
  }
  walk('', content)
  return figures
}

export function ruleDifferences(from: RuleSet, to: RuleSet): readonly RuleDifference[] {
  const [before, after] = [figuresOf(from), figuresOf(to)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => {
    const [was, is] = [before.get(path), after.get(path)]
    return was === is ? [] : [{ path, ...(was === undefined ? {} : { from: was }), ...(is === undefined ? {} : { to: is }) }]
  })
}
