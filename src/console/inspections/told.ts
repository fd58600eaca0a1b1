// What the service says of two computations of one check, taken apart: `path: kept → computed`, and remarks in its own sentences. Pure.

/** A value as JSON has it; undefined where the field is absent. */
export type Told = string | number | boolean | null | undefined | readonly Told[] | { readonly [name: string]: Told }

export interface ToldDifference {
  /** `attempts.0.times.firstPicture`, by its steps. */
  readonly steps: readonly string[]
  readonly kept: Told
  readonly computed: Told
}

/** Undefined for a line of another form. */
export function differenceOf(line: string): ToldDifference | undefined {
  const [, path = '', rest = ''] = /^([A-Za-z0-9_.-]+): (.*)$/s.exec(line) ?? []
  if (path === '') return undefined
  // A text may hold the arrow too: the first place where both sides are JSON is the right one.
  for (let at = rest.indexOf(arrow); at >= 0; at = rest.indexOf(arrow, at + 1)) {
    const [kept, computed] = [sideOf(rest.slice(0, at)), sideOf(rest.slice(at + arrow.length))]
    if (kept && computed) return { steps: path.split('.'), kept: kept.value, computed: computed.value }
  }
  return undefined
}

const arrow = ' → '

function sideOf(text: string): { readonly value: Told } | undefined {
  if (text === 'absent') return { value: undefined }
  try {
    return { value: JSON.parse(text) as Told }
  } catch {
    return undefined
  }
}

/** The sentences of the service that have words on the page, each with what it names. */
const sentences: readonly (readonly [string, RegExp])[] = [
  ['software', /^recorded by (?<kept>.+), computed by (?<computed>.+)$/],
  ['rules', /^judged by (?<kept>.+), computed by (?<computed>.+)$/],
  ['none', /^this check has no recording$/],
  ['removedWhy', /^the recording was removed on (?<at>\S+): (?<why>.+)$/s],
  ['removed', /^the recording was removed on (?<at>\S+)$/],
  ['gone', /^(?<file>.+) is gone$/],
  ['gone', /^the recording is gone$/],
  ['changed', /^(?<file>.+) is not the one that was kept: its SHA-256 is another$/],
  ['changed', /^the recording is changed$/],
  ['nameless', /^the recording does not say what it is of(?:: it is no recording of a check)?$/],
  ['other', /^the recording is of camera (?<camera>.+)$/],
  ['more', /^and (?<n>\d+) more$/],
]

/** Key of its words and what they name; undefined for a sentence that has none: it is shown as it is. */
export function remarkOf(line: string): { readonly key: string; readonly named: Readonly<Record<string, string>> } | undefined {
  for (const [key, pattern] of sentences) {
    const found = pattern.exec(line)
    if (found) return { key, named: { ...found.groups } }
  }
  return undefined
}
