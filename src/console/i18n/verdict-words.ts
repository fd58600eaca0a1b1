// Words for the codes of attempts, pictures and verdicts: those of the report, so that page and paper say the same.
import type { Absence, AttemptOutcome, Band, Result } from '../../api/schema/index.ts'

type Words<K extends string> = Readonly<Record<K, string>>
type Reason =
  | Exclude<AttemptOutcome, 'ok'>
  | Absence
  | 'first-attempt-failed' | 'later-attempt-failed' | 'attempts-disagree' | 'slow-response' | 'unclear' | 'doubtful-sharpness' | 'undetermined-sharpness' | 'too-few-pictures' | 'joined-running'
  | 'too-dark' | 'too-bright' | 'low-contrast' | 'colour-cast' | 'noisy' | 'striped' | 'blocky' | 'occluded' | 'scene-changed' | 'softer-than-before' | 'resolution-differs'
  | 'interrupted-stream' | 'low-frame-rate' | 'packet-loss' | 'jitter' | 'picture-froze' | 'stream-restarted' | 'rare-keyframes' | 'short-look' | 'clock-off' | 'osd-incomplete' | 'not-checked'
  | 'record-incomplete' | 'record-doubtful'

interface VerdictWords {
  readonly result: Words<Result>
  readonly band: Words<Band>
  readonly outcome: Words<AttemptOutcome>
  readonly reason: Words<Reason>
}

const outcomeZh: Words<AttemptOutcome> = {
  ok: '正常',
  'not-registered': '设备未注册',
  offline: '设备离线',
  refused: '设备拒绝',
  'no-answer': '信令无应答',
  'no-media': '应答后无码流',
  'wrong-container': '码流封装不是PS',
  'no-keyframe': '无关键帧',
  undecodable: '无法解码',
  'lost-midway': '码流中途中断',
}
const outcomeEn: Words<AttemptOutcome> = {
  ok: 'ok',
  'not-registered': 'device not registered',
  offline: 'device offline',
  refused: 'refused',
  'no-answer': 'no answer to the request for media',
  'no-media': 'answered, but no media',
  'wrong-container': 'the stream is not PS',
  'no-keyframe': 'no keyframe',
  undecodable: 'undecodable',
  'lost-midway': 'stream lost midway',
}

export const verdictZh: VerdictWords = {
  result: { pass: '合格', fail: '不合格', review: '待人工复核' },
  band: { clear: '清晰', doubtful: '存疑', unclear: '不清晰', undetermined: '无法判定' },
  outcome: outcomeZh,
  reason: {
    ...outcomeZh,
    black: '黑屏',
    white: '白屏',
    'one-colour': '单色画面',
    'colour-bars': '彩条',
    'no-signal-text': '无信号提示画面',
    snow: '雪花',
    'grey-green': '灰屏或绿屏',
    frozen: '画面冻结',
    'first-attempt-failed': '首次调取失败，再次成功',
    'later-attempt-failed': '首次成功，再次调取失败',
    'attempts-disagree': '两次调取画面有无不一致',
    'slow-response': '出图慢于规则',
    unclear: '画面不清晰（机器建议）',
    'doubtful-sharpness': '清晰度存疑',
    'undetermined-sharpness': '纹理不足，清晰度无法判定',
    'too-few-pictures': '取样画面不足',
    'joined-running': '码流已在播放，响应时间不计',
    'too-dark': '画面过暗（非夜间）',
    'too-bright': '画面过亮',
    'low-contrast': '对比度过低',
    'colour-cast': '画面偏色',
    noisy: '噪声过大',
    striped: '画面有条纹',
    blocky: '块效应明显',
    occluded: '与基准相比画面被遮挡',
    'scene-changed': '与基准相比场景变换',
    'softer-than-before': '比本机基准画面模糊',
    'resolution-differs': '分辨率与档案不符',
    'interrupted-stream': '码流出现间断',
    'low-frame-rate': '帧率低于规则或码流声明',
    'packet-loss': '丢包率高于规则',
    jitter: '抖动大于规则',
    'picture-froze': '观察期内画面冻结',
    'stream-restarted': '观察期内码流重新开始',
    'rare-keyframes': '关键帧间隔过长',
    'short-look': '观察时间不足',
    'clock-off': '设备时钟偏差超出规则',
    'osd-incomplete': '设备未设置时间或地点叠加',
    'not-checked': '检查未能完成（本系统原因）',
    'record-incomplete': '档案必查项不合格',
    'record-doubtful': '档案必查项存疑',
  },
}

export const verdictEn: VerdictWords = {
  result: { pass: 'pass', fail: 'fail', review: 'for review' },
  band: { clear: 'clear', doubtful: 'doubtful', unclear: 'unclear', undetermined: 'undetermined' },
  outcome: outcomeEn,
  reason: {
    ...outcomeEn,
    black: 'black picture',
    white: 'white picture',
    'one-colour': 'picture of one colour',
    'colour-bars': 'colour bars',
    'no-signal-text': 'no-signal text',
    snow: 'snow',
    'grey-green': 'grey or green decoding failure',
    frozen: 'frozen picture',
    'first-attempt-failed': 'the first attempt failed, a later one did not',
    'later-attempt-failed': 'a first attempt succeeded, a later one did not',
    'attempts-disagree': 'attempts disagree on whether there is a picture',
    'slow-response': 'the first picture came later than the rule set allows',
    unclear: 'the picture is unclear (proposed by the machine)',
    'doubtful-sharpness': 'sharpness is doubtful',
    'undetermined-sharpness': 'too little texture to determine sharpness',
    'too-few-pictures': 'too few pictures were sampled',
    'joined-running': 'the stream was running already: no response time',
    'too-dark': 'the picture is too dark, and not at night',
    'too-bright': 'the picture is too bright',
    'low-contrast': 'contrast is low',
    'colour-cast': 'the picture has a colour cast',
    noisy: 'the picture is noisy',
    striped: 'stripes run through the picture',
    blocky: 'the encoder’s blocks show',
    occluded: 'part of the scene is covered, compared with the camera’s baseline',
    'scene-changed': 'the scene is another than in the camera’s baseline',
    'softer-than-before': 'softer than the camera’s own baseline',
    'resolution-differs': 'the resolution is not the record’s',
    'interrupted-stream': 'the stream was interrupted',
    'low-frame-rate': 'fewer pictures a second than wanted or declared',
    'packet-loss': 'more packets were lost than the rule set allows',
    jitter: 'packets came more unevenly than the rule set allows',
    'picture-froze': 'the picture stood still during the look',
    'stream-restarted': 'the stream began anew during the look',
    'rare-keyframes': 'keyframes are too far apart',
    'short-look': 'the look was shorter than the rule set wants',
    'clock-off': 'the device’s clock is off by more than the rule set allows',
    'osd-incomplete': 'the device does not write time or place into its pictures',
    'not-checked': 'the check could not be carried out, through a fault of this system',
    'record-incomplete': 'a checked field of the record is missing or wrong',
    'record-doubtful': 'a checked field of the record is doubtful',
  },
}
