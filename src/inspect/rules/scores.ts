// Section `scores`: rates with weights. score = 100 × Σ weight × rate, each rate rounded half up to four decimals. The shape is that of the
// municipal report of video networks (上联/考核指标, 在线/上联, 完好/在线, each with a weight); no document gives the weights.
import type { CountName, ScoreItem, ScoreRules } from '../types.ts'
import { ours, type SectionBasis } from './basis.ts'
import { both, list, number, oneOf, record, text, wrong } from './reading.ts'

/** What can be counted, in words; how each is found out stands in src/inspect/facts.ts. */
export const countNames: Readonly<Record<CountName, { readonly zh: string; readonly en: string }>> = {
  assessed: { zh: '考核点位数', en: 'cameras assessed' },
  filed: { zh: '档案合格数', en: 'records complete' },
  located: { zh: '坐标采集数', en: 'cameras with both coordinates' },
  connected: { zh: '上联数', en: 'cameras known to the platform' },
  online: { zh: '在线数', en: 'cameras that gave a stream or answered for one' },
  present: { zh: '有图像数', en: 'cameras with a picture' },
  clear: { zh: '清晰数', en: 'cameras with a clear picture' },
  intact: { zh: '完好数', en: 'cameras with a picture and no fault in it' },
  prompt: { zh: '出图及时数', en: 'cameras whose picture came in time' },
  runs: { zh: '运行正常数', en: 'cameras that ran without a fault' },
  'clock-right': { zh: '时钟准确数', en: 'cameras whose clock is right' },
  passed: { zh: '合格数', en: 'cameras that passed' },
}
const names = Object.keys(countNames) as readonly CountName[]

export const scoresDefault: ScoreRules = {
  title: { zh: '联网与完好得分（本软件拟定）', en: 'Score of networking and soundness (ours)' },
  items: [
    { code: 'filed', title: { zh: '建档率', en: 'records complete' }, weight: 0.25, numerator: 'filed', denominator: 'assessed' },
    { code: 'connected', title: { zh: '接入率', en: 'networked' }, weight: 0.25, numerator: 'connected', denominator: 'assessed' },
    { code: 'online', title: { zh: '在线率', en: 'online' }, weight: 0.25, numerator: 'online', denominator: 'connected' },
    { code: 'intact', title: { zh: '图像完好率', en: 'sound pictures' }, weight: 0.25, numerator: 'intact', denominator: 'online' },
  ],
}

const shape = ours('各地报表常用的比率，写明分子分母；核心通知未给公式', 'rates that reports of municipalities use, with numerator and denominator named; the core notice gives no formula')
export const scoresBasis: SectionBasis = {
  'items[*].code': shape,
  'items[*].weight': ours('没有文件规定权重，四项均分', 'no document gives weights: the four count alike'),
  'items[*].numerator': shape,
  'items[*].denominator': shape,
}

/** Weights count in ten-thousandths, so that their sum is exact. */
export const inTenThousandths = (weight: number): number => Math.round(weight * 10_000)

export function scores(value: unknown, field: string): ScoreRules {
  const fields = record(value, field)
  const items = list(fields.items, `${field}.items`, 1, 20, scoreItem)
  if (new Set(items.map(({ code }) => code)).size < items.length) throw wrong(`${field}.items`, 'a list that names each item once')
  const sum = items.reduce((all, { weight }) => all + inTenThousandths(weight), 0)
  if (sum !== 10_000) throw wrong(`${field}.items`, `items whose weights make 1, not ${sum / 10_000}`)
  return { title: both(fields.title, `${field}.title`), items }
}

function scoreItem(value: unknown, field: string): ScoreItem {
  const fields = record(value, field)
  const weight = number(fields.weight, `${field}.weight`, 0.0001, 1)
  if (Math.abs(weight * 10_000 - inTenThousandths(weight)) > 1e-6) throw wrong(`${field}.weight`, 'a number of at most four decimals')
  const numerator = oneOf(fields.numerator, `${field}.numerator`, names)
  const denominator = oneOf(fields.denominator, `${field}.denominator`, names)
  if (numerator === denominator) throw wrong(`${field}.numerator`, 'another count than the denominator')
  return { code: text(fields.code, `${field}.code`, /^[a-z0-9-]{1,40}$/), title: both(fields.title, `${field}.title`), weight, numerator, denominator }
}
