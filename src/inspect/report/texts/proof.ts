// How a report is proved, for a reader who believes nothing; and the questions that a report is asked first.
import type { Text } from './lang.ts'

export const proofWords = {
  title: { zh: '如何核验本报告', en: 'How to prove this report' },
  what: {
    zh: '本报告的依据是证据包（evidence.zip）：含总体名单、抽样、规则集、每路的网络录制、关键帧、画面与结论，清单由本装置的密钥签名，其指纹印在封面。以下各项不需要本单位在场，也不需要访问本系统。',
    en: 'What this report rests on is the evidence package (evidence.zip): the list, the draw, the rule set, and of each camera the recording of the wire, keyframes, pictures and verdict. Its manifest is signed by the key whose fingerprint is on the cover. None of the following needs us, or this system.',
  },
  whole: { zh: '整包核验：每个文件、签名、抽样，并由录制重新计算每一路结论；不一致之处逐条列出，退出码为 1。', en: 'The whole package: every file, the signature, the draw, and every verdict computed again from its recording; what differs is listed line by line, and the exit code is 1.' },
  draw: { zh: '只核对抽样：由公布的名单与种子重抽，与本报告比较。', en: 'The draw alone: drawn again from the published list and the seed, and held against this report.' },
  rules: { zh: '规则集内容的 SHA-256 应与附录 A 所印一致。', en: 'The SHA-256 of the rule set’s content must be the one in appendix A.' },
  without: { zh: '不用本软件：验证签名与公钥指纹，再逐个文件与 manifest.json 核对 SHA-256。', en: 'Without this program: prove the signature and the key’s fingerprint, then each file against the SHA-256 in manifest.json.' },
  dispute: { zh: '对结论有异议：可提出申诉并附材料，由未提出申诉的人裁定；也可由另一节点对同一摄像机核查，其签名的证据包列于本结论之旁。原结论不改写。', en: 'Who disagrees may appeal, with files, and somebody else decides; or another node checks the same camera, and its signed package stands beside this verdict. The first verdict is never overwritten.' },
} as const satisfies Readonly<Record<string, Text>>

export const answerWords = {
  ofPopulation: { zh: '总体（应核查范围）', en: 'Population drawn from' },
  node: { zh: '核查节点', en: 'Node that checked' },
  ownDelay: { zh: '本机测量误差上限（事件循环最大延迟）', en: 'Largest delay of our own while measuring' },
  reasons: { zh: '不合格与待复核的原因', en: 'Why cameras failed or went to a person' },
  reason: { zh: '原因', en: 'Reason' },
  which: { zh: '逐路编号', en: 'Numbers of the checks' },
  noReasons: { zh: '没有不合格或待复核的摄像机。', en: 'No camera failed or went to a person.' },
  reasonsNote: { zh: '一路可有多个原因；结论按机器结论计。', en: 'A camera may have several reasons; results are the machine’s.' },
  byOwner: { zh: '按管理单位', en: 'By owner' },
  noOwner: { zh: '（档案未填）', en: '(none on record)' },
  ownerNote: { zh: '按现行结论（有复核的按复核）计；每单位抽到的路数很少，不足以评价该单位的全部摄像机。', en: 'Results that stand, reviews counted; each owner had few cameras in the sample, which says little of all of its cameras.' },
  further: { zh: '另有未列出的单位：', en: 'Owners not listed:' },
  drawnOf: { zh: '抽到', en: 'Checked' },
} as const satisfies Readonly<Record<string, Text>>
