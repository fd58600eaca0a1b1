// The comparison of two inspections: what it says, and what chance alone would do.
import type { ComparedCamera, Comparison } from '../../types.ts'
import type { Text } from './lang.ts'

export const comparisonWords = {
  title: { zh: '与上次核查比较', en: 'Compared with the last inspection' },
  ownTitle: { zh: '两次核查比较', en: 'Two inspections compared' },
  earlier: { zh: '上次', en: 'earlier' },
  later: { zh: '本次', en: 'later' },
  difference: { zh: '变化（百分点）与 95% 区间', en: 'change (points), 95 % interval' },
  machine: { zh: '机器', en: 'machine' },
  reviewed: { zh: '已复核', en: 'reviewed' },
  standing: { zh: '合格、不合格、待复核按复核后的现行结论计，两次相同；复核改变了计数的，机器原计数列在下面。', en: 'Passed, failed and for review count the results that stand after review, in both inspections; where reviews changed a count, the machine’s own is below it.' },
  intervalMeaning: { zh: '变化的区间按纽科姆（1998）方法 10 计算：区间含 0 时，两次的真实比率可能相同。', en: 'The interval of the change is Newcombe’s (1998, method 10): where it holds 0, the two true rates may be the same.' },
  p: { zh: 'p 值（费希尔精确检验）', en: 'p (Fisher’s exact test)' },
  reading: { zh: '解读', en: 'Reading' },
  cameras: { zh: '两次均核查的摄像机', en: 'Cameras that were in both' },
  change: { zh: '变化', en: 'Change' },
  noneInBoth: { zh: '没有一路摄像机在两次核查中都被抽到。', en: 'No camera was in both inspections.' },
  pMeaning: {
    zh: 'p 值是：若两次的真实比率相同，仅由抽样的偶然产生不小于所见差异的机会。p 不小于 0.05 时，不能据此说好转或恶化；p 小于 0.05 时也只说明差异不像是偶然，不说明原因。同时比较多项比率时，其中一项偶然低于 0.05 并不稀奇。',
    en: 'p is the chance that sampling alone gives a difference at least as rare as the one seen, were both true rates the same. With p of 0.05 or more nothing can be said to have improved or worsened; below it the difference does not look like chance, which says nothing of its cause. With several rates compared at once, one below 0.05 by chance is no surprise.',
  },
  wholeMeaning: { zh: '两次均核查了各自总体中的每一路：差异是事实，不是抽样的偶然，p 值不适用。', en: 'Both looked at every camera of their population: differences are facts, no chance of sampling, and p does not apply.' },
  differentSamples: { zh: '两次抽到的是不同的摄像机：不同样本的比率会因偶然而不同。', en: 'The two drew different cameras: rates of different samples differ by chance.' },
} as const satisfies Readonly<Record<string, Text>>

export const cautionTexts: Readonly<Record<Comparison['cautions'][number], Text>> = {
  'other-area': { zh: '两次核查的区域不同。', en: 'The two are of different areas.' },
  'other-plan': { zh: '两次核查的方案不同，比率的分母含义可能不同。', en: 'The two followed different plans: their denominators may mean different things.' },
  'other-strata': { zh: '两次核查各层的应抽数不同，合计比率的构成不同。', en: 'The two asked for different numbers of each stratum: pooled rates are made up differently.' },
  'other-rules': { zh: '两次核查的规则集或其版本不同，结论的差异可能来自规则。', en: 'The two went by different rule sets or versions: verdicts may differ for that.' },
  'not-finished': { zh: '至少一次核查没有完成。', en: 'At least one was not finished.' },
}

export const changeNames: Readonly<Record<ComparedCamera['change'], Text>> = {
  improved: { zh: '好转', en: 'improved' },
  worsened: { zh: '恶化', en: 'worsened' },
  same: { zh: '未变', en: 'same' },
}

/** What a p says in words; `isBetter` by the sign of the change. */
export function reading(p: number | null, isWhole: boolean, isBetter: boolean | null): Text {
  if (p === null) return { zh: '无法比较', en: 'cannot be compared' }
  if (isBetter === null) return { zh: '无差异', en: 'no difference' }
  if (isWhole) return isBetter ? { zh: '好转（事实）', en: 'improved (a fact)' } : { zh: '恶化（事实）', en: 'worsened (a fact)' }
  if (p >= 0.05) return { zh: '偶然即可解释', en: 'chance alone explains it' }
  return isBetter ? { zh: '好转，不像偶然', en: 'improved, unlike chance' } : { zh: '恶化，不像偶然', en: 'worsened, unlike chance' }
}

/** Of cameras that both looked at. */
export function pairedText({ inBoth, improved, worsened, pairedP, isWhole }: Comparison): Text {
  const p = pairedP === null ? undefined : pValue(pairedP)
  return {
    zh: `两次均核查 ${inBoth} 路：好转 ${improved} 路，恶化 ${worsened} 路，未变 ${inBoth - improved - worsened} 路。${p === undefined ? '没有一路在合格与不合格之间变化。' : `合格与不合格之间变化的，符号检验（精确）p = ${p}${isWhole ? '。' : '：若好转与恶化机会相等，至少这样悬殊的机会。'}`}`,
    en: `${inBoth} cameras were in both: ${improved} improved, ${worsened} worsened, ${inBoth - improved - worsened} stayed. ${p === undefined ? 'None changed between pass and fail.' : `Of those that changed between pass and fail the exact sign test gives p = ${p}${isWhole ? '.' : ': the chance of being at least as one-sided, were both directions as likely.'}`}`,
  }
}

export const pValue = (p: number | null): string => (p === null ? '–' : p < 0.0001 ? '< 0.0001' : p.toFixed(4))
