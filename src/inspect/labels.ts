// How the sharpness figure does on pictures that a person has labelled: what was called what, how often wrongly, and how well the figure parts the two ends. Pure.
import { clopperPearson } from './statistics.ts'
import type { Absence, Band } from './types.ts'

export type Label = Exclude<Band, 'undetermined'>
export const labels: readonly Label[] = ['clear', 'doubtful', 'unclear']
export const bands: readonly Band[] = ['clear', 'doubtful', 'unclear', 'undetermined']

export interface Labelled {
  readonly file: string
  readonly label: Label
  readonly band: Band
  readonly blurPx?: number
  readonly width: number
  readonly height: number
  readonly absence?: Absence
}

/** `rate` null of none. The interval is exact (Clopper-Pearson, 95 %). */
export interface Share {
  readonly count: number
  readonly of: number
  readonly rate: number | null
  readonly interval95: readonly [number, number] | null
}

export interface Scored {
  readonly pictures: readonly Labelled[]
  /** Rows: what the person said; columns: what the machine says. */
  readonly confusion: Readonly<Record<Label, Readonly<Record<Band, number>>>>
  /** Of those labelled clear, called unclear; of those labelled unclear, called clear, and not called unclear. */
  readonly falseUnclear: Share
  readonly calledClear: Share
  readonly missed: Share
  /** Chance that a picture labelled unclear has the larger figure than one labelled clear; null where either is missing. */
  readonly auc: number | null
}

const words: readonly (readonly [Label, RegExp])[] = [
  ['unclear', /^(unclear|blurred|不清晰|模糊)/i],
  ['doubtful', /^(doubtful|存疑)/i],
  ['clear', /^(clear|sharp|清晰)/i],
]

/** By the folder that the picture lies in, or how its name begins: clear, doubtful, unclear; 清晰, 存疑, 不清晰. */
export const labelOf = (name: string): Label | undefined => words.find(([, pattern]) => pattern.test(name))?.[0]

export function scoreLabelled(pictures: readonly Labelled[]): Scored {
  const count = (label: Label, isOne: (picture: Labelled) => boolean): Share => {
    const all = pictures.filter((picture) => picture.label === label)
    const hits = all.filter(isOne).length
    return { count: hits, of: all.length, rate: all.length === 0 ? null : hits / all.length, interval95: all.length === 0 ? null : clopperPearson(hits, all.length) }
  }
  const row = (label: Label): Readonly<Record<Band, number>> => Object.fromEntries(bands.map((band) => [band, count(label, (picture) => picture.band === band).count])) as Record<Band, number>
  const figures = (label: Label): readonly number[] => pictures.flatMap((picture) => (picture.label === label ? (picture.blurPx ?? []) : []))
  return {
    pictures,
    confusion: { clear: row('clear'), doubtful: row('doubtful'), unclear: row('unclear') },
    falseUnclear: count('clear', ({ band }) => band === 'unclear'),
    calledClear: count('unclear', ({ band }) => band === 'clear'),
    missed: count('unclear', ({ band }) => band !== 'unclear'),
    auc: areaUnder(figures('clear'), figures('unclear')),
  }
}

/** Ties count half. */
function areaUnder(low: readonly number[], high: readonly number[]): number | null {
  if (low.length === 0 || high.length === 0) return null
  const ranked = [...low.map((value) => ({ value, isHigh: false })), ...high.map((value) => ({ value, isHigh: true }))].sort((a, b) => a.value - b.value)
  let [sum, below] = [0, 0]
  for (let from = 0; from < ranked.length; ) {
    let to = from
    while (to < ranked.length && ranked[to]!.value === ranked[from]!.value) to++
    const equal = ranked.slice(from, to)
    const lows = equal.filter(({ isHigh }) => !isHigh).length
    sum += (equal.length - lows) * (below + lows / 2)
    below += lows
    from = to
  }
  return sum / (low.length * high.length)
}
