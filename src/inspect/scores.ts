// Scores: rates with weights, as the rule set's section `scores` asks. score = 100 × Σ weight × rate, the rates rounded half up to four decimals
// first. Whole numbers throughout, so that nobody computes another last digit. Pure.
import type { Facts } from './facts.ts'
import { countNames, inTenThousandths } from './rules/index.ts'
import type { Score, ScoredItem, ScoreItem, ScoreRules } from './types.ts'

export function scoreOf(rules: ScoreRules, cameras: readonly Facts[]): Score {
  const items = rules.items.map((item) => scoreItem(item, cameras))
  const parts = items.map(({ weight, rate, points }) => (points === null ? null : inTenThousandths(weight) * inTenThousandths(rate ?? 0)))
  const sum = parts.some((part) => part === null) ? null : parts.reduce<number>((all, part) => all + (part ?? 0), 0)
  return { title: rules.title, formula: formulaOf(rules), items, value: sum === null ? null : inHundredths(sum) }
}

/** Weight × rate in 10⁻⁸ to points of 100 with four decimals, half up. */
const inHundredths = (part: number): number => Math.floor((part + 50) / 100) / 10_000

function scoreItem({ code, title, weight, numerator, denominator }: ScoreItem, cameras: readonly Facts[]): ScoredItem {
  const counted = cameras.filter((facts) => facts[denominator] === true)
  const settled = counted.filter((facts) => facts[numerator] !== undefined)
  const good = settled.filter((facts) => facts[numerator] === true).length
  const undiagnosed = counted.length - settled.length
  const unsettled = cameras.filter((facts) => facts[denominator] === undefined).length
  const rate = fourDecimals(good, settled.length)
  const isCertain = undiagnosed === 0 && unsettled === 0 && cameras.length > 0
  return {
    code,
    title,
    weight,
    numerator: { name: numerator, title: countNames[numerator], count: good },
    denominator: { name: denominator, title: countNames[denominator], count: settled.length },
    undiagnosed,
    unsettled,
    rate,
    points: rate !== null ? inHundredths(inTenThousandths(weight) * inTenThousandths(rate)) : isCertain ? 0 : null,
  }
}

/** Half up, exactly; null where there is nothing to divide by. */
export const fourDecimals = (numerator: number, denominator: number): number | null => (denominator === 0 ? null : Math.floor((20_000 * numerator + denominator) / (2 * denominator)) / 10_000)

function formulaOf({ items }: ScoreRules): Score['formula'] {
  const say = (lang: 'zh' | 'en'): string => `100 × (${items.map(({ weight, numerator, denominator }) => `${weight} × ${countNames[numerator][lang]} / ${countNames[denominator][lang]}`).join(' + ')})`
  return { zh: say('zh'), en: say('en') }
}
