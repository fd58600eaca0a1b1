// Words of the report, Chinese and English side by side: one sentence for every code that a verdict may carry.
import type { Absence, AttemptOutcome, Band, ReasonCode, Result } from '../types.ts'

export type Lang = 'zh' | 'en'
type Text = Readonly<Record<Lang, string>>

export const results: Readonly<Record<Result, Text>> = {
  pass: { zh: '合格', en: 'pass' },
  fail: { zh: '不合格', en: 'fail' },
  review: { zh: '待人工复核', en: 'for review' },
}

export const bands: Readonly<Record<Band, Text>> = {
  clear: { zh: '清晰', en: 'clear' },
  doubtful: { zh: '存疑', en: 'doubtful' },
  unclear: { zh: '不清晰', en: 'unclear' },
  undetermined: { zh: '无法判定', en: 'undetermined' },
}

const absences: Readonly<Record<Absence, Text>> = {
  black: { zh: '黑屏', en: 'black picture' },
  white: { zh: '白屏', en: 'white picture' },
  'one-colour': { zh: '单色画面', en: 'picture of one colour' },
  'colour-bars': { zh: '彩条', en: 'colour bars' },
  'no-signal-text': { zh: '无信号提示画面', en: 'no-signal text' },
  snow: { zh: '雪花', en: 'snow' },
  'grey-green': { zh: '灰屏或绿屏', en: 'grey or green decoding failure' },
  frozen: { zh: '画面冻结', en: 'frozen picture' },
}

export const outcomes: Readonly<Record<AttemptOutcome, Text>> = {
  ok: { zh: '正常', en: 'ok' },
  'not-registered': { zh: '设备未注册', en: 'device not registered' },
  offline: { zh: '设备离线', en: 'device offline' },
  refused: { zh: '设备拒绝', en: 'refused' },
  'no-answer': { zh: '信令无应答', en: 'no answer to the request for media' },
  'no-media': { zh: '应答后无码流', en: 'answered, but no media' },
  'wrong-container': { zh: '码流封装不是PS', en: 'the stream is not PS' },
  'no-keyframe': { zh: '无关键帧', en: 'no keyframe' },
  undecodable: { zh: '无法解码', en: 'undecodable' },
  'lost-midway': { zh: '码流中途中断', en: 'stream lost midway' },
}

export const reasons: Readonly<Record<ReasonCode, Text>> = {
  ...outcomes,
  ...absences,
  'first-attempt-failed': { zh: '首次调取失败，再次成功', en: 'the first attempt failed, a later one did not' },
  'later-attempt-failed': { zh: '首次成功，再次调取失败', en: 'a first attempt succeeded, a later one did not' },
  'attempts-disagree': { zh: '两次调取画面有无不一致', en: 'attempts disagree on whether there is a picture' },
  'slow-response': { zh: '出图慢于规则', en: 'the first picture came later than the rule set allows' },
  unclear: { zh: '画面不清晰（机器建议）', en: 'the picture is unclear (proposed by the machine)' },
  'doubtful-sharpness': { zh: '清晰度存疑', en: 'sharpness is doubtful' },
  'undetermined-sharpness': { zh: '纹理不足，清晰度无法判定', en: 'too little texture to determine sharpness' },
  'too-few-pictures': { zh: '取样画面不足', en: 'too few pictures were sampled' },
  'joined-running': { zh: '码流已在播放，响应时间不计', en: 'the stream was running already: no response time' },
  'record-incomplete': { zh: '档案必查项不合格', en: 'a checked field of the record is missing or wrong' },
  'record-doubtful': { zh: '档案必查项存疑', en: 'a checked field of the record is doubtful' },
}

export const classes: Readonly<Record<string, Text>> = {
  '1': { zh: '一类', en: 'Class I' },
  '2': { zh: '二类', en: 'Class II' },
  '3': { zh: '三类', en: 'Class III' },
  '4': { zh: '公安内部', en: 'police internal' },
  '9': { zh: '其他', en: 'other' },
}

/** 联网属性 in the words that the registry keeps. */
const networkings: Readonly<Record<string, Text>> = {
  networked: { zh: '已联网', en: 'networked' },
  'not-networked': { zh: '未联网', en: 'not networked' },
}
/** 摄像机功能类型 (SXJGNLX); a record may carry several, joined by `/`. */
const functionTypes: Readonly<Record<string, Text>> = {
  '1': { zh: '车辆卡口', en: 'vehicle checkpoint' },
  '2': { zh: '人员卡口', en: 'person checkpoint' },
  '3': { zh: '微卡口', en: 'micro checkpoint' },
  '4': { zh: '特征摄像机', en: 'feature camera' },
  '5': { zh: '普通监控', en: 'general surveillance' },
  '6': { zh: '高空瞭望', en: 'high lookout' },
  '99': { zh: '其他', en: 'other' },
}

export const networkingText = (value: string, lang: Lang): string => networkings[value]?.[lang] ?? value
export const functionTypeText = (value: string, lang: Lang): string =>
  value
    .split('/')
    .map((code) => functionTypes[code]?.[lang] ?? code)
    .join(' / ')

/** Headings and sentences of the page and the workbook. */
export const words = {
  title: { zh: '视频联网在线核查报告', en: 'Online inspection of the video network' },
  drawn: { zh: '抽取了什么', en: 'What was drawn' },
  area: { zh: '行政区划', en: 'Area' },
  inspection: { zh: '核查编号', en: 'Inspection' },
  period: { zh: '起止时间（北京时间）', en: 'From – to (Beijing time)' },
  population: { zh: '总体（冻结的档案）', en: 'Population (frozen records)' },
  cameras: { zh: '路', en: 'cameras' },
  hash: { zh: '总体 SHA-256', en: 'SHA-256 of the population' },
  seed: { zh: '随机种子', en: 'Seed' },
  algorithm: { zh: '抽样算法', en: 'Algorithm' },
  ruleSet: { zh: '规则集', en: 'Rule set' },
  software: { zh: '软件', en: 'Software' },
  stratum: { zh: '类别', en: 'Class' },
  inPopulation: { zh: '总体数', en: 'in population' },
  asked: { zh: '应抽', en: 'asked' },
  drawnCount: { zh: '实抽', en: 'drawn' },
  fewer: { zh: '该类不足应抽数，已全部抽取', en: 'fewer than asked exist: all were taken' },
  verify: { zh: '任何人可复核抽样：', en: 'Anyone can draw again:' },
  verifyVerdicts: { zh: '任何人可由录制重新计算结论：', en: 'Anyone can compute the verdicts again from the recordings:' },
  rates: { zh: '比率', en: 'Rates' },
  rate: { zh: '比率', en: 'rate' },
  count: { zh: '分子/分母', en: 'count' },
  of: { zh: '分母是', en: 'of' },
  interval: { zh: '95% 置信区间（精确）', en: '95 % interval (exact)' },
  recordComplete: { zh: '档案必查项合格', en: 'record passes the four checked fields' },
  responded: { zh: '调取有响应', en: 'answered and sent a picture' },
  picturePresent: { zh: '有图像', en: 'picture present' },
  clear: { zh: '图像清晰', en: 'picture clear' },
  passed: { zh: '合格', en: 'passed' },
  failed: { zh: '不合格', en: 'failed' },
  review: { zh: '待复核', en: 'for review' },
  checks: { zh: '逐路结果', en: 'Camera by camera' },
  camera: { zh: '摄像机', en: 'Camera' },
  owner: { zh: '管理单位', en: 'Owner' },
  record: { zh: '档案', en: 'Record' },
  recordPass: { zh: '四项合格', en: 'four fields pass' },
  recordFail: { zh: '不合格', en: 'fails' },
  response: { zh: '出图时间', en: 'First picture' },
  picture: { zh: '图像', en: 'Picture' },
  present: { zh: '有图像', en: 'present' },
  absent: { zh: '无图像', en: 'absent' },
  noPicture: { zh: '未取得画面', en: 'no picture was obtained' },
  sharpness: { zh: '清晰度', en: 'Sharpness' },
  verdict: { zh: '结论', en: 'Verdict' },
  reasons: { zh: '依据', en: 'Reasons' },
  attempt: { zh: '次数', en: 'Attempt' },
  outcome: { zh: '结果', en: 'Outcome' },
  ok200: { zh: '200 OK', en: '200 OK' },
  firstPacket: { zh: '首包', en: 'first packet' },
  firstKeyframe: { zh: '首个关键帧', en: 'first keyframe' },
  firstPicture: { zh: '首帧画面', en: 'first picture' },
  timesNote: { zh: '时间自 INVITE（RTSP 为首个 DESCRIBE）发出起，毫秒，同一单调时钟', en: 'milliseconds after the INVITE (RTSP: the first DESCRIBE) left, one monotonic clock' },
  stream: { zh: '码流', en: 'Stream' },
  loss: { zh: '丢包率', en: 'loss' },
  jitter: { zh: '抖动', en: 'jitter' },
  lag: { zh: '本机延迟', en: 'own lag' },
  evidence: { zh: '证据', en: 'Evidence' },
  answeredBy: { zh: '应答方', en: 'answered by' },
  findings: { zh: '档案问题', en: 'Record findings' },
  none: { zh: '无', en: 'none' },
  coordinates: { zh: '经纬度', en: 'Coordinates' },
  functionType: { zh: '功能类型', en: 'Function type' },
  networking: { zh: '联网属性', en: 'Networking' },
  rules: { zh: '规则集全文', en: 'The rule set in full' },
  coldAttempt: { zh: '冷启动', en: 'cold' },
  ownTrouble: { zh: '本系统原因，不计入', en: 'our own trouble, not counted' },
  warmAttempt: { zh: '已在播放', en: 'already running' },
} as const satisfies Readonly<Record<string, Text>>

/** What `count` drawn cameras can show, `bound` being the exact one-sided 95 % upper bound of the faulty share when none of them is. */
export const limits = (count: number, bound: string): Text => ({
  zh: `抽样的局限：即使 ${count} 路中未发现问题，也只能说明（单侧 95%）问题率不超过 ${bound}；各类抽样比例不同，合计比率不代表全区。清晰度为机器估计（以 1080p 高度下的模糊像素计），尚未在真实监控画面上验证；“不清晰”仅为建议，须由人确认。阈值来自上述规则集，不是标准规定。`,
  en: `What this sample can show: even no fault among ${count} cameras would say only (one-sided 95 %) that at most ${bound} are faulty; the classes are sampled in unequal proportion, so pooled rates are no district rates. Sharpness is a machine estimate (pixels of blur at 1080p height), not validated on real surveillance video; "unclear" is a proposal that a person confirms. Thresholds are those of the rule set named above, not of any standard.`,
})

/** `2026-11-20 18:03:05`, Beijing time, from an ISO instant. */
export const beijing = (iso: string): string => new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
export const percent = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`)
export const milliseconds = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(1))
