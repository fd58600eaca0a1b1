// Results, attempts, figures, reviews and evidence in words.
import type { AttemptStart, Consequence, Figure } from '../../types.ts'
import type { Text } from './lang.ts'

export const resultWords = {
  byStratum: { zh: '按层', en: 'By stratum' },
  weighted: { zh: '总体比率（按层加权）', en: 'Rates of the whole (weighted by the strata)' },
  weightedInterval: { zh: '区间（至少 95%）', en: 'interval (at least 95 %)' },
  ofPopulation: { zh: '总体路数', en: 'of cameras' },
  overall: { zh: '合计', en: 'All together' },
  standing: { zh: '复核后', en: 'After review' },
  scores: { zh: '得分', en: 'Scores' },
  score: { zh: '得分', en: 'score' },
  formula: { zh: '计算式', en: 'Formula' },
  points: { zh: '分值', en: 'points' },
  undiagnosed: { zh: '未能判明', en: 'not found out' },
  undiagnosedNote: { zh: '未能判明的不计好坏，不列入分母，另行列出。', en: 'What could not be found out is neither good nor bad: it is left out of the denominator, and shown.' },
  weight: { zh: '权重', en: 'weight' },
  noDenominator: { zh: '分母为 0，不计', en: 'nothing to divide by' },
  overview: { zh: '一览', en: 'Overview' },
  one: { zh: '逐路', en: 'One by one' },
  onlyFailing: { zh: '核查路数较多：以下只列不合格的摄像机，其余各路的画面不在本报告中；全部各路见工作簿，画面见证据包与画面一览。', en: 'There are many: only cameras that failed are listed here, and pictures of the others are left out. All of them are in the workbook, their pictures in the evidence package and on the contact sheet.' },
  furtherRows: { zh: '另有未列出的，见工作簿：', en: 'Not listed here, in the workbook:' },
  noFailing: { zh: '没有不合格的摄像机。', en: 'No camera failed.' },
  figure: { zh: '图像指标', en: 'Figure' },
  value: { zh: '值', en: 'value' },
  threshold: { zh: '阈值', en: 'threshold' },
  judged: { zh: '判定', en: 'result' },
  basis: { zh: '依据', en: 'Basis' },
  took: { zh: '用时', en: 'Times' },
  invite: { zh: 'INVITE 发出', en: 'INVITE left' },
  transport: { zh: '传输', en: 'Transport' },
  reviews: { zh: '复核与申诉', en: 'Reviews and appeals' },
  noReviews: { zh: '截至本报告生成，没有人工复核或申诉。', en: 'Up to this report nobody reviewed or appealed.' },
  reviewNote: { zh: '机器结论保留不改；复核与申诉按时间列出。', en: 'The machine’s verdicts stay as they are; what persons said is listed in the order of time.' },
  machine: { zh: '机器结论', en: 'machine' },
  said: { zh: '复核结论', en: 'person' },
  at: { zh: '时间（北京时间）', en: 'At (Beijing time)' },
  reviewer: { zh: '复核人', en: 'By' },
  why: { zh: '理由', en: 'Reason' },
  kind: { zh: '类别', en: 'Kind' },
  file: { zh: '文件', en: 'File' },
  evidenceList: { zh: '证据清单', en: 'List of evidence' },
  evidenceNote: { zh: '文件名相对于证据包；SHA-256 可用 sha256sum 核对。', en: 'Files by their names in the evidence package; the SHA-256 is what sha256sum prints.' },
  removed: { zh: '已按保存期限删除', en: 'removed by retention' },
  rule: { zh: '规则项', en: 'Figure of the rule set' },
  meaning: { zh: '含义', en: 'Meaning' },
  unknownBasis: { zh: '本系统设定', en: 'chosen by us' },
  changed: { zh: '由制定规则集的人设定', en: 'set by whoever made this rule set' },
  digest: { zh: '规则集 SHA-256', en: 'SHA-256 of the rule set' },
  yes: { zh: '是', en: 'yes' },
  no: { zh: '否', en: 'no' },
  appendix: { zh: '附录', en: 'Appendix' },
  evidenceMany: { zh: '逐项清单见工作簿与证据包。', en: 'The list is in the workbook and in the evidence package.' },
  pictureOf: { zh: '第 {n} 次调取', en: 'attempt {n}' },
  gapsAt: { zh: '间断（自首帧起）：', en: 'Interruptions (after the first picture):' },
  freezesAt: { zh: '画面静止（自首帧起）：', en: 'The picture stood still (after the first picture):' },
  noted: { zh: '仅记录', en: 'noted only' },
  cutBefore: { zh: '因服务停止而重做的次数', en: 'begun again after the service had stopped' },
  broken: { zh: '未能检查的原因', en: 'why it could not be checked' },
  brokenTries: { zh: '试 {n} 次', en: 'tried {n} times' },
  wholeRules: { zh: '规则集全文（JSON）', en: 'The whole rule set (JSON)' },
} as const satisfies Readonly<Record<string, Text>>

export const figureResults: Readonly<Record<Figure['result'], Text>> = {
  ok: { zh: '正常', en: 'ok' },
  doubtful: { zh: '存疑', en: 'doubtful' },
  bad: { zh: '异常', en: 'bad' },
  undetermined: { zh: '无法判定', en: 'undetermined' },
}

export const evidenceKinds: Readonly<Record<string, Text>> = {
  recording: { zh: '录制', en: 'recording' },
  keyframe: { zh: '关键帧', en: 'keyframe' },
  picture: { zh: '画面', en: 'picture' },
  verdict: { zh: '结论', en: 'verdict' },
}

export const startNames: Readonly<Record<AttemptStart, Text>> = {
  cold: { zh: '冷启动', en: 'cold' },
  beside: { zh: '另行调取', en: 'beside others' },
  joined: { zh: '已在播放', en: 'already running' },
}

export const consequenceNames: Readonly<Record<Consequence, Text>> = {
  fail: { zh: '判不合格', en: 'fails the camera' },
  review: { zh: '交人复核', en: 'goes to a person' },
  note: { zh: '仅记录', en: 'is only noted' },
}
