// Names of the workbook's sheets, and heads that only it has.
import type { Text } from './lang.ts'

export const sheetNames = {
  cover: { zh: '封面', en: 'Cover' },
  strata: { zh: '分层', en: 'Strata' },
  rates: { zh: '比率', en: 'Rates' },
  checks: { zh: '逐路结果', en: 'Checks' },
  attempts: { zh: '调取', en: 'Attempts' },
  findings: { zh: '档案问题', en: 'Findings' },
  figures: { zh: '指标', en: 'Figures' },
  rules: { zh: '规则集', en: 'Rule set' },
  population: { zh: '总体', en: 'Population' },
  exempted: { zh: '豁免', en: 'Exempted' },
  draws: { zh: '抽取记录', en: 'Draws' },
  reviews: { zh: '复核', en: 'Reviews' },
  evidence: { zh: '证据', en: 'Evidence' },
  comparison: { zh: '比较', en: 'Comparison' },
  compared: { zh: '两次均核查', en: 'In both' },
} as const satisfies Readonly<Record<string, Text>>

export const sheetWords = {
  item: { zh: '项目', en: 'Item' },
  content: { zh: '内容', en: 'Content' },
  numerator: { zh: '分子', en: 'numerator' },
  denominator: { zh: '分母', en: 'denominator' },
  low: { zh: '区间下限', en: 'interval from' },
  high: { zh: '区间上限', en: 'interval to' },
  outcomeCode: { zh: '结果代码', en: 'outcome code' },
  reasonCodes: { zh: '依据代码', en: 'reason codes' },
  notes: { zh: '仅记录', en: 'noted only' },
  standing: { zh: '现行结论', en: 'result that stands' },
  start: { zh: '调取方式', en: 'start' },
  status: { zh: '状态码', en: 'status' },
  hop: { zh: '应答方', en: 'hop' },
  severity: { zh: '级别', en: 'severity' },
  field: { zh: '字段', en: 'field' },
  rule: { zh: '规则', en: 'rule' },
  message: { zh: '说明', en: 'message' },
  codec: { zh: '编码', en: 'codec' },
  width: { zh: '宽', en: 'width' },
  height: { zh: '高', en: 'height' },
  samples: { zh: '取样画面数', en: 'pictures' },
  bytes: { zh: '字节', en: 'bytes' },
  removedAt: { zh: '删除时间', en: 'removed at' },
  drawn: { zh: '抽中序号', en: 'check no.' },
  checkedFor: { zh: '核查内容', en: 'Checked for' },
  builtBy: { zh: '建设主体', en: 'built by' },
  policeUnit: { zh: '所属公安机关', en: 'police unit' },
  longitude: { zh: '经度', en: 'longitude' },
  latitude: { zh: '纬度', en: 'latitude' },
  unit: { zh: '单位', en: 'unit' },
} as const satisfies Readonly<Record<string, Text>>

export const severityNames = {
  error: { zh: '错误', en: 'error' },
  warning: { zh: '警告', en: 'warning' },
  info: { zh: '提示', en: 'info' },
} as const satisfies Readonly<Record<string, Text>>
