// How the inspection was made, in the words of its rule set.
import type { CheckKind, RuleSet } from '../../types.ts'
import type { Text } from './lang.ts'

const seconds = (ms: number): string => String(ms / 1000)

/** Paragraphs in order; those of checks that were not made are left out. */
export function methodTexts(rules: RuleSet, kinds: ReadonlySet<CheckKind>): readonly Text[] {
  const looks = kinds.has('image') || kinds.has('running')
  const { again: fewer } = rules.sampling
  const again = fewer === undefined ? { zh: '', en: ' per attempt' } : { zh: `（首次成功后再次调取时 ${fewer} 幅，只看能否再次出图）`, en: ` (${fewer} of an attempt after one that was ok, which shows that the camera answers again)` }
  return [
    ...(kinds.has('record')
      ? [{ zh: '一机一档：核对冻结档案中的经纬度、功能类型、联网属性、所属单位四项；其中有错误的，档案不合格。', en: 'Record: coordinates, function type, networking and owner are looked at in the frozen record; an error in one of them fails the record.' }]
      : []),
    ...(looks
      ? [
          {
            zh: `调取：按 GB/T 28181（直连设备按 RTSP）向摄像机请求实时视频，每路 ${rules.attempts} 次，每次均保留：首次不成功与首次成功、再次不成功分别列出。等待应答 ${seconds(rules.timeouts.answerMs)} 秒、首包 ${seconds(rules.timeouts.firstPacketMs)} 秒、首个关键帧 ${seconds(rules.timeouts.firstKeyframeMs)} 秒。`,
            en: `Request: live video is asked for by GB/T 28181 (of cameras on a direct address by RTSP), ${rules.attempts} times each, and every attempt is kept: a first that failed and a later that failed are told apart. Waiting for an answer ${seconds(rules.timeouts.answerMs)} s, for the first packet ${seconds(rules.timeouts.firstPacketMs)} s, for the first keyframe ${seconds(rules.timeouts.firstKeyframeMs)} s.`,
          },
          {
            zh: '推送反应时间：自 INVITE（RTSP 为首个 DESCRIBE）发出，至首帧画面解码完成；各时刻取自同一单调时钟，在字节到达处打点；本机事件循环的最大延迟随次记录。摄像机已有人在看时，码流已在播放，不计反应时间。',
            en: 'Response time: from the moment the INVITE (RTSP: the first DESCRIBE) left to the first picture decoded. All times are of one monotonic clock, taken where the bytes arrive; the largest delay of the own event loop is recorded with each attempt. A stream that was running already for somebody else gives no response time.',
          },
          {
            zh: `有无图像：取样 ${rules.sampling.pictures} 幅关键帧画面${again.zh}，相隔至少 ${seconds(rules.sampling.spacingMs)} 秒，按多数判定黑屏、白屏、单色、彩条、无信号提示、雪花、灰绿屏、冻结。夜间画面不作黑屏，隐私遮挡不作无图像。`,
            en: `Presence: ${rules.sampling.pictures} keyframes${again.en}, at least ${seconds(rules.sampling.spacingMs)} s apart; black, white, one colour, bars, no-signal text, snow, grey or green, frozen by their majority. Night is not black, a privacy mask is no absence.`,
          },
          {
            zh: `清晰度：以 1080p 高度下的模糊像素计，小于 ${rules.sharpness.clearBelowPx} 为清晰，不小于 ${rules.sharpness.unclearFromPx} 为不清晰，之间为存疑；纹理不足或画面过小为无法判定。`,
            en: `Sharpness: pixels of blur at 1080p height; below ${rules.sharpness.clearBelowPx} is clear, from ${rules.sharpness.unclearFromPx} unclear, doubtful between; too little texture or too small a picture is undetermined.`,
          },
        ]
      : []),
    ...(kinds.has('running') ? [{ zh: '系统运行：在较长时间窗内观察码流的连续性、帧率、丢包、冻结与重启。', en: 'Running state: continuity, frame rate, loss, freezes and restarts of the stream over a longer window.' }] : []),
    {
      zh: '结论：机器只对“无图像”判不合格；出图慢、不清晰、存疑、首次失败、中断、档案不合格等均交人复核。人的结论写在机器结论旁，机器结论不改写。结论只由录制文件、规则集与冻结档案算出，任何人可重算。',
      en: 'Verdict: the machine fails a camera only for the absence of a picture; a late picture, lack of sharpness, doubt, a first attempt that failed, a stream that was lost and an incomplete record go to a person. What the person says stands beside the machine’s verdict, which is never overwritten. A verdict follows from the recording, the rule set and the frozen record alone: anyone can compute it again.',
    },
  ]
}
