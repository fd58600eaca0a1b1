// What the service says of a figure that it does not take: which one, and what it should be. Pure.

export interface Refusal {
  /** A figure, a section, `name` or `note`; undefined when it is about none of them. */
  readonly path: string | undefined
  /** The words' key under `rules.wrong`, and what is filled in. */
  readonly key: string
  readonly named: Readonly<Record<string, string>>
}

const wanted: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [/^a number from (\S+) to (\S+)$/, 'number', ['least', 'most']],
  [/^a whole number from (\S+) to (\S+)$/, 'whole', ['least', 'most']],
  [/^true or false$/, 'flag', []],
  [/^(?:fail|review|note)(?: or (?:fail|review|note))*, since (.+)$/, 'never', ['why']],
  [/^one of (.+)$/, 'oneOf', ['list']],
  [/^a list of 1 to 20 classes$/, 'classes', []],
  [/^a list of (\d+) to (\d+)$/, 'list', ['least', 'most']],
  [/^a list that names each/, 'onceEach', []],
  [/^items whose weights make 1, not (\S+)$/, 'sum', ['sum']],
  [/^a number of at most four decimals$/, 'decimals', []],
  [/^another count than the denominator$/, 'another', []],
  [/^text like /, 'text', []],
  [/^an object$/, 'object', []],
]

/** Of the detail of `request.invalid`. */
export function refusalOf(detail: string): Refusal {
  const [, path, text = ''] = /^rule set: (\S+) must be (.+)$/s.exec(detail) ?? []
  if (path === undefined) {
    if (/^say in a note/.test(detail)) return { path: 'note', key: 'note', named: {} }
    if (/ships with the program/.test(detail)) return { path: 'name', key: 'taken', named: {} }
    return { path: undefined, key: 'other', named: { text: detail } }
  }
  if (path === 'name') return { path, key: 'name', named: {} }
  for (const [pattern, key, names] of wanted) {
    const found = pattern.exec(text)
    if (found) return { path, key, named: Object.fromEntries(names.map((name, n) => [name, found[n + 1] ?? ''])) }
  }
  return { path, key: 'other', named: { text } }
}
