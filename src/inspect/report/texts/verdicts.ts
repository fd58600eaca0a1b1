// A sentence for every code that a check may carry: the compiler asks for one when a code is added.
import type { Absence, AttemptOutcome, Band, ReasonCode, Result } from '../../types.ts'
import { comma, type Lang, type Text } from './lang.ts'

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
  'too-dark': { zh: '画面过暗（非夜间）', en: 'the picture is too dark, and not at night' },
  'too-bright': { zh: '画面过亮', en: 'the picture is too bright' },
  'low-contrast': { zh: '对比度过低', en: 'contrast is low' },
  'colour-cast': { zh: '画面偏色', en: 'the picture has a colour cast' },
  noisy: { zh: '噪声过大', en: 'the picture is noisy' },
  striped: { zh: '画面有条纹', en: 'stripes run through the picture' },
  blocky: { zh: '块效应明显', en: 'the encoder’s blocks show' },
  occluded: { zh: '与基准相比画面被遮挡', en: 'part of the scene is covered, compared with the camera’s baseline' },
  'scene-changed': { zh: '与基准相比场景变换', en: 'the scene is another than in the camera’s baseline' },
  'softer-than-before': { zh: '比本机基准画面模糊', en: 'softer than the camera’s own baseline' },
  'resolution-differs': { zh: '分辨率与档案不符', en: 'the resolution is not the record’s' },
  'interrupted-stream': { zh: '码流出现间断', en: 'the stream was interrupted' },
  'low-frame-rate': { zh: '帧率低于规则或码流声明', en: 'fewer pictures a second than wanted or declared' },
  'packet-loss': { zh: '丢包率高于规则', en: 'more packets were lost than the rule set allows' },
  jitter: { zh: '抖动大于规则', en: 'packets came more unevenly than the rule set allows' },
  'picture-froze': { zh: '观察期内画面冻结', en: 'the picture stood still during the look' },
  'stream-restarted': { zh: '观察期内码流重新开始', en: 'the stream began anew during the look' },
  'rare-keyframes': { zh: '关键帧间隔过长', en: 'keyframes are too far apart' },
  'short-look': { zh: '观察时间不足', en: 'the look was shorter than the rule set wants' },
  'clock-off': { zh: '设备时钟偏差超出规则', en: 'the device’s clock is off by more than the rule set allows' },
  'osd-incomplete': { zh: '设备未设置时间或地点叠加', en: 'the device does not write time or place into its pictures' },
  'not-checked': { zh: '检查未能完成（本系统原因）', en: 'the check could not be carried out, through a fault of this system' },
  'record-incomplete': { zh: '档案必查项不合格', en: 'a checked field of the record is missing or wrong' },
  'record-doubtful': { zh: '档案必查项存疑', en: 'a checked field of the record is doubtful' },
}

/** Sentences of codes, as they are kept: one that this version does not know is printed as it is. */
export const reasonsIn = (codes: readonly ReasonCode[], lang: Lang): string => codes.map((code) => reasons[code]?.[lang] ?? code).join(comma[lang])
