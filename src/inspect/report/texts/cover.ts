// The cover, and the words of state, signing and method.
import type { InspectionState } from '../../types.ts'
import type { CheckKind, SeedFrom } from '../../types.ts'
import type { Text } from './lang.ts'

export const coverWords = {
  number: { zh: '文号', en: 'Document no.' },
  plan: { zh: '核查方案', en: 'Plan' },
  kinds: { zh: '核查内容', en: 'What was checked' },
  by: { zh: '核查人（账号）', en: 'Assessor (account)' },
  fingerprint: { zh: '签名密钥指纹', en: 'Fingerprint of the signing key' },
  noFingerprint: { zh: '本报告未附签名', en: 'this report carries no signature' },
  extent: { zh: '核查路数', en: 'Cameras checked' },
  day: { zh: '日期', en: 'Date' },
  assessor: { zh: '核查人（签名）', en: 'Assessor (signature)' },
  reviewer: { zh: '复核人（签名）', en: 'Reviewer (signature)' },
  office: { zh: '核查单位（盖章）', en: 'Assessing office (stamp)' },
  assessed: { zh: '被核查单位签收（签名、盖章）', en: 'Received by the assessed office (signature, stamp)' },
  contents: { zh: '目录', en: 'Contents' },
} as const satisfies Readonly<Record<string, Text>>

/** What is said in red on the cover of one that was not finished. */
export const unfinished: Readonly<Record<Exclude<InspectionState, 'done'>, Text>> & Readonly<Record<string, Text>> = {
  running: { zh: '核查仍在进行：本报告只含已完成的部分。', en: 'The inspection is still running: this is what is done so far.' },
  paused: { zh: '核查已暂停：本报告只含已完成的部分。', en: 'The inspection is paused: this is what is done so far.' },
  cancelled: { zh: '核查被取消：本报告只含取消前完成的部分，不是完整的抽样结果。', en: 'The inspection was cancelled: this is what was done before, not the result of a whole sample.' },
  interrupted: { zh: '核查因服务停止而中断：本报告只含中断前完成的部分，不是完整的抽样结果。', en: 'The inspection was interrupted when the service stopped: this is what was done before, not the result of a whole sample.' },
}

export const kindNames: Readonly<Record<CheckKind, Text>> = {
  record: { zh: '一机一档', en: 'record' },
  image: { zh: '图像联网', en: 'image' },
  running: { zh: '系统运行', en: 'running state' },
}

export const seedOrigins: Readonly<Record<SeedFrom, Text>> = {
  made: { zh: '由本系统在总体冻结后随机生成（128 位）', en: 'made at random by this system after the population was frozen (128 bits)' },
  typed: { zh: '由核查人当场输入', en: 'typed in by the assessor' },
  'two-party': { zh: '由双方各出一半：先各自提交承诺值，后公开', en: 'made of two halves: both sides committed first and revealed afterwards' },
}
