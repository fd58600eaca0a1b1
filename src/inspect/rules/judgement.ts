// Section `judgement`: what each reason does to a verdict. A rule set may name some; the others go by this table. What a rule set may not do
// stands here too, and is refused when it is read.
import type { Consequence, ReasonCode, RuleSet } from '../types.ts'
import { ours, type Basis, type SectionBasis } from './basis.ts'
import { oneOf, record, wrong } from './reading.ts'

interface Row {
  readonly by: Consequence
  /** What no rule set may make of it, and why. */
  readonly never?: { readonly consequence: Consequence; readonly zh: string; readonly en: string }
  readonly basis: Basis
}

const noPicture = ours(
  '所有调取均无图像；通知考核“有无图像”，无图像不是见仁见智的问题，故由机器判不合格（见决策0006）',
  'no attempt showed a picture; the notice asks whether there is one, and a missing picture is not a matter of taste (decision 0006)',
)
const absent = ours('多数取样画面均无场景内容，等同无图像（见决策0006）', 'most samples show no scene, which is no picture (decision 0006)')
const taste = ours('清晰度没有公认阈值，合成模糊上的准确率在实拍照片上大幅下降，机器只建议（见 docs/sharpness.md）', 'no document says what clear is, and metrics that excel on synthetic blur fall on photographs: the machine proposes (docs/sharpness.md)')
const cold = ours('冷启动或线路抖动都会如此，单凭一次不能定责', 'a cold start or a shaky line does this: one such attempt settles nothing')
const longLook = ours('一段时间的观察只能提示，线路与场景都可能是原因', 'a look of a minute proposes: line or scene may be the cause')
const neverPasses = { consequence: 'note', zh: '没有图像的点位不得由机器判合格', en: 'a camera without a picture never passes by machine' } as const
const neverFails = (zh: string, en: string): NonNullable<Row['never']> => ({ consequence: 'fail', zh, en })

const noStream: Row = { by: 'fail', never: neverPasses, basis: noPicture }
const noScene: Row = { by: 'fail', never: neverPasses, basis: absent }

/** Every reason that a verdict may name; a new one is a row more. */
export const judgementTable: Readonly<Record<ReasonCode, Row>> = {
  'not-registered': noStream,
  offline: noStream,
  refused: noStream,
  'no-answer': noStream,
  'no-media': noStream,
  'wrong-container': noStream,
  'no-keyframe': noStream,
  undecodable: noStream,
  black: noScene,
  white: noScene,
  'one-colour': noScene,
  'colour-bars': noScene,
  'no-signal-text': noScene,
  snow: noScene,
  'grey-green': noScene,
  frozen: noScene,
  'lost-midway': { by: 'review', basis: ours('有过图像，随后中断：是否可用由人判断', 'there was a picture, then the stream broke: a person says whether that will do') },
  'first-attempt-failed': { by: 'review', basis: cold },
  'later-attempt-failed': { by: 'review', basis: cold },
  'attempts-disagree': {
    by: 'review',
    never: neverFails('证据互相矛盾时不得由机器判不合格', 'evidence that contradicts itself fails nobody'),
    basis: ours('两次调取所见不同，须由人看', 'two attempts saw different things: a person looks'),
  },
  'slow-response': { by: 'review', basis: ours('通知考核推送反应时间而未给阈值', 'the notice asks for the response time and gives no threshold') },
  unclear: { by: 'review', basis: taste },
  'doubtful-sharpness': { by: 'review', basis: taste },
  'undetermined-sharpness': { by: 'review', never: neverFails('未能测出的不得判不合格', 'what could not be measured fails nobody'), basis: taste },
  'too-few-pictures': { by: 'review', basis: ours('取样不足以多数决', 'too few samples for a majority') },
  'joined-running': {
    by: 'review',
    never: neverFails('码流已在播放是我方情况，不得据此判不合格', 'that somebody was watching already is our circumstance and fails nobody'),
    basis: ours('已在播放的码流不能衡量反应时间', 'a stream that runs already is no measure of response'),
  },
  'too-dark': { by: 'review', basis: ours('白天过暗多为故障，是否可用由人看', 'darkness by day is mostly a fault: a person looks') },
  'too-bright': { by: 'review', basis: ours('过曝或逆光，是否可用由人看', 'overexposed or against the light: a person looks') },
  'low-contrast': { by: 'note', basis: ours('雾与天气也会如此，只作展示', 'fog and weather do this too: shown only') },
  'colour-cast': { by: 'note', basis: ours('单张画面难与大片蓝天绿地区分，只作展示', 'one picture cannot tell a cast from sky or lawn: shown only') },
  noisy: { by: 'note', basis: ours('弱光下正常，只作展示', 'usual in little light: shown only') },
  striped: { by: 'review', basis: ours('条纹多为线路或电源干扰，由人确认', 'mostly a bad line or hum: a person confirms') },
  blocky: { by: 'note', basis: ours('码率选择，只作展示', 'a choice of bit rate: shown only') },
  occluded: { by: 'review', basis: ours('与本机基准相比，由人确认是否遮挡；隐私遮挡不算故障', 'against its own baseline: a person says whether it is covered; a privacy mask is no fault') },
  'scene-changed': { by: 'review', basis: ours('云台转动亦会如此，由人确认', 'a camera that turned does this too: a person confirms') },
  'softer-than-before': { by: 'review', basis: ours('与本机基准相比变软，由人对照', 'against its own baseline: a person compares') },
  'resolution-differs': { by: 'note', basis: ours('档案或码流设置之一有误，只作展示', 'record or stream is set otherwise: shown only') },
  'interrupted-stream': { by: 'review', basis: longLook },
  'low-frame-rate': { by: 'review', basis: longLook },
  'packet-loss': { by: 'review', basis: ours('丢包可能在我方网络一侧', 'packets may be lost on our side of the network') },
  jitter: { by: 'review', basis: ours('抖动可能在我方网络一侧', 'jitter may arise on our side of the network') },
  'picture-froze': { by: 'review', basis: ours('画面静止也可能是场景本身不动', 'a picture that stands still may be of a scene that does') },
  'stream-restarted': { by: 'review', basis: longLook },
  'rare-keyframes': { by: 'review', basis: longLook },
  'short-look': { by: 'review', never: neverFails('观察时间不足不得判不合格', 'a look that was too short fails nobody'), basis: ours('观察时间不足，不能下结论', 'the look was too short to conclude') },
  'clock-off': { by: 'review', basis: ours('校时容差各地不一，无统一现行规定', 'tolerances differ from place to place; none is in force everywhere') },
  'osd-incomplete': { by: 'review', basis: ours('设备自述，不代表画面所见', 'what the device says of itself, not what the picture shows') },
  'not-checked': { by: 'review', never: neverFails('未曾检查的不得判不合格', 'what was not checked fails nobody'), basis: ours('检查未能进行', 'the check could not be made') },
  'record-incomplete': { by: 'review', basis: ours('档案检查单独计分，不因图像合格而掩盖，也不因档案而判图像不合格', 'the record check has a result and a rate of its own: neither hides the other') },
  'record-doubtful': { by: 'review', basis: ours('规则只提出疑问', 'the rule on the record only doubts') },
}

export const reasonCodes = Object.keys(judgementTable) as readonly ReasonCode[]
const consequences: readonly Consequence[] = ['fail', 'review', 'note']

export const judgementDefault: Readonly<Record<ReasonCode, Consequence>> = Object.fromEntries(reasonCodes.map((code) => [code, judgementTable[code].by])) as Record<ReasonCode, Consequence>
export const judgementBasis: SectionBasis = Object.fromEntries(reasonCodes.map((code) => [code, judgementTable[code].basis]))

/** What a reason does by this rule set. */
export const consequenceOf = (code: ReasonCode, rules: Pick<RuleSet, 'judgement'>): Consequence => rules.judgement?.[code] ?? judgementTable[code].by

/** Throws AppError `request.invalid` naming the reason, and why it may not be so. */
export function judgement(value: unknown, field: string): NonNullable<RuleSet['judgement']> {
  const said = record(value, field)
  const unknown = Object.keys(said).find((code) => !reasonCodes.some((each) => each === code))
  if (unknown !== undefined) throw wrong(`${field}.${unknown.slice(0, 40)}`, `absent: there is no such reason; the reasons are ${reasonCodes.join(', ')}`)
  const read = reasonCodes.flatMap((code) => {
    if (said[code] === undefined) return []
    const { never } = judgementTable[code]
    const choices = consequences.filter((each) => each !== never?.consequence)
    if (said[code] === never?.consequence) throw wrong(`${field}.${code}`, `${choices.join(' or ')}, since ${never.en}`)
    return [[code, oneOf(said[code], `${field}.${code}`, choices)] as const]
  })
  return Object.fromEntries(read)
}
