// What came after a verdict, in words: the compiler asks for each kind of entry and each state.
import type { HistoryEntry, OpinionState, Recheck, RecheckState, RejudgedState, Review } from '../../types.ts'
import type { Text } from './lang.ts'

export const entryNames: Readonly<Record<HistoryEntry['type'], Text>> = {
  verdict: { zh: '机器结论', en: 'machine’s verdict' },
  'recheck-asked': { zh: '安排复查', en: 'further check asked for' },
  'recheck-done': { zh: '复查结果', en: 'further check' },
  appeal: { zh: '申诉', en: 'appeal' },
  'appeal-file': { zh: '申诉附件', en: 'file of the appeal' },
  review: { zh: '人工复核', en: 'review' },
  opinion: { zh: '其他节点的结论', en: 'opinion of another node' },
  'opinion-verified': { zh: '对其他节点录制的核算', en: 'another node’s recording, computed here' },
  rejudged: { zh: '按另一规则集重算', en: 'judged by other rules' },
}

export const decisionNames: Readonly<Record<NonNullable<Review['decision']>, Text>> = {
  granted: { zh: '申诉成立', en: 'appeal granted' },
  rejected: { zh: '申诉不成立', en: 'appeal rejected' },
}

export const recheckStates: Readonly<Record<RecheckState, Text>> = {
  due: { zh: '待复查', en: 'due' },
  running: { zh: '复查中', en: 'running' },
  done: { zh: '已复查', en: 'done' },
  failed: { zh: '复查未成', en: 'failed' },
  cancelled: { zh: '已取消', en: 'cancelled' },
}

export const recheckReasons: Readonly<Record<Recheck['why'], Text>> = {
  automatic: { zh: '按规则集自动安排', en: 'by itself, as the rule set asks' },
  asked: { zh: '由人安排', en: 'asked for by a person' },
}

export const opinionStates: Readonly<Record<OpinionState, Text>> = {
  awaiting: { zh: '待核算', en: 'awaiting its recording' },
  verified: { zh: '核算一致', en: 'computes to the same' },
  differs: { zh: '核算不一致', en: 'computes to something else' },
  unreadable: { zh: '录制不可读', en: 'its recording cannot be read' },
}

export const keyStates: Readonly<Record<'trusted' | 'unknown' | 'revoked' | 'unsigned', Text>> = {
  trusted: { zh: '签名密钥已核对', en: 'signed by a known key' },
  unknown: { zh: '签名密钥未经核对', en: 'signed by a key that nobody has compared' },
  revoked: { zh: '签名密钥已撤销', en: 'signed by a key that was revoked' },
  unsigned: { zh: '未签名', en: 'not signed' },
}

export const rejudgedStates: Readonly<Record<RejudgedState, Text>> = {
  judged: { zh: '已重算', en: 'judged' },
  'recording-gone': { zh: '录制已删除', en: 'the recording is no longer kept' },
  'recording-changed': { zh: '录制与其哈希不符', en: 'the recording is not the one that was hashed' },
  unreadable: { zh: '录制不可读', en: 'the recording cannot be read' },
}

export const historyWords = {
  what: { zh: '事项', en: 'What' },
  detail: { zh: '内容', en: 'Detail' },
  itself: { zh: '系统', en: 'the service' },
} as const satisfies Readonly<Record<string, Text>>
