// What a sample can show, in figures and in sentences of both languages: for each stratum, and for each sample as a whole. Pure.
import { chanceToCatch, upperBound } from '../statistics.ts'
import type { SampleShowing, Showing, StratumDrawn } from '../types.ts'
import { chanceOfAtMost, mostBad } from './finite.ts'

type Lang = 'zh' | 'en'

/** Strata that gave nothing are left out; the title of old draws is the class. */
export function showingOf(strata: readonly StratumDrawn[]): readonly SampleShowing[] {
  return [...new Set(strata.map(({ nth = 1 }) => nth))].map((nth) => {
    const own = strata.filter((stratum) => (stratum.nth ?? 1) === nth)
    const drawn = own.filter((stratum) => stratum.drawn > 0)
    const sum = (of: (stratum: StratumDrawn) => number): number => drawn.reduce((all, stratum) => all + of(stratum), 0)
    return {
      nth,
      strata: drawn.map((stratum) => showing(stratumTitle(stratum), stratum.population, stratum.drawn)),
      whole: showing({ zh: '本次抽样合计', en: 'the whole sample' }, sum(({ population }) => population), sum((stratum) => stratum.drawn)),
      isProportional: own.every(({ drawn: of, population }) => of * (own[0]?.population ?? 0) === (own[0]?.drawn ?? 0) * population),
    }
  })
}

export const stratumTitle = (stratum: StratumDrawn): { readonly zh: string; readonly en: string } => stratum.title ?? { zh: `类别 ${stratum.class}`, en: `class ${stratum.class}` }

function showing(title: Showing['title'], population: number, drawn: number): Showing {
  const tenth = Math.min(population, Math.max(1, Math.round(population / 10)))
  if (drawn === 0) return { title, population, drawn, mostBad: population, largeShare: 1, tenth, chance: 0, largeChance: 0 }
  return { title, population, drawn, mostBad: mostBad(0, population, drawn), largeShare: upperBound(0, drawn), tenth, chance: 1 - chanceOfAtMost(0, population, tenth, drawn), largeChance: chanceToCatch(0.1, drawn) }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** One sentence on a stratum or a sample. */
export function showingText(of: Showing, lang: Lang): string {
  const { population, drawn, mostBad: bad, tenth, chance } = of
  const name = of.title[lang]
  if (drawn >= population) return lang === 'zh' ? `${name}：${population} 路全部检查，结论不含抽样误差。` : `${name}: all ${population} cameras were looked at; there is no sampling error.`
  if (lang === 'zh') {
    return `${name}：从 ${population} 路中抽取 ${drawn} 路。即使抽到的无一不合格，总体中仍可能有 ${bad} 路（${percent(bad / population)}）不合格（单侧 95 % 置信）；若总体有 ${tenth} 路（${percent(tenth / population)}）不合格，至少抽中一路的概率为 ${percent(chance)}。`
  }
  return `${name}: ${drawn} of ${population} cameras were drawn. Even if none of them is bad, ${bad} of the whole (${percent(bad / population)}) may be (one-sided, 95 % sure); if ${tenth} (${percent(tenth / population)}) are bad, at least one of them is drawn with a chance of ${percent(chance)}.`
}

/** How a rate of the whole is made, said wherever one is quoted. */
export const weightingText = {
  zh: '各层抽样比例不同，全体比率按各层总体数加权；区间为各层精确区间（超几何分布，按层数作 Bonferroni 校正）加权之和，置信度不低于 95 %。未加权的比率只说明抽到的点位。',
  en: 'The strata were not drawn in proportion: a rate of the whole weighs each by its number of cameras. Its interval is the weighted sum of the exact intervals of the strata (hypergeometric, corrected for their number after Bonferroni), at least 95 % sure. A rate without weights speaks of the cameras drawn alone.',
} as const
