// Queries of one device that wait for an answer, by serial number and kind of answer. GB/T 28181-2022 A.2.4 (SN); docs/interop.md Q49, Q53.

/** What an answer is matched by. The name it comes in is not among it: platforms answer in the name of their channels. */
export interface Answer {
  readonly type: string
  readonly sn: number
}

export interface Expectation {
  /** A serial number we sent, and what it stands for. */
  readonly expect: (sn: number) => void
  readonly close: () => void
}

export interface Outstanding<Value extends Answer> {
  /** `isNamed` is false when the answer carries none of our numbers and was taken because nothing else can be meant. */
  readonly open: (type: string, take: (value: Value, isNamed: boolean) => void) => Expectation
  /** Gives an answer to whoever waits for it; false when nobody does. */
  readonly take: (value: Value) => boolean
  readonly asked: (sn: number) => boolean
  readonly size: () => number
}

/** Ours: numbers remembered after their query ended, so that a late answer is not taken for a wrong number. */
const spentNumbers = 64

export function createOutstanding<Value extends Answer>(): Outstanding<Value> {
  interface Waiting {
    readonly type: string
    readonly sns: Set<number>
    readonly take: (value: Value, isNamed: boolean) => void
  }
  const waiting = new Set<Waiting>()
  const spent: number[] = []

  const named = ({ type, sn }: Answer): Waiting | undefined => {
    for (const each of waiting) if (each.type === type && each.sns.has(sn)) return each
    return undefined
  }
  /** Interop: SN echoed wrong, or 0. Taken when exactly one query of the kind is out, and the number is not one that has had its time. */
  const meant = ({ type, sn }: Answer): Waiting | undefined => {
    if (spent.includes(sn)) return undefined
    const kin = [...waiting].filter((each) => each.type === type)
    return kin.length === 1 ? kin[0] : undefined
  }
  return {
    open: (type, take) => {
      const entry: Waiting = { type, sns: new Set(), take }
      waiting.add(entry)
      return {
        expect: (sn) => void entry.sns.add(sn),
        close: () => {
          if (!waiting.delete(entry)) return
          spent.push(...entry.sns)
          spent.splice(0, Math.max(0, spent.length - spentNumbers))
        },
      }
    },
    take: (value) => {
      const exact = named(value)
      const found = exact ?? meant(value)
      found?.take(value, exact !== undefined)
      return found !== undefined
    },
    asked: (sn) => [...waiting].some((each) => each.sns.has(sn)),
    size: () => waiting.size,
  }
}
