// The draw: population, strata, exemptions, every drawn set, and how to draw again by hand.
import type { DrawnSet, LeftOutReason } from '../../types.ts'
import { beijing, comma, type Lang, type Text } from './lang.ts'

export const drawWords = {
  seedFrom: { zh: '种子来源', en: 'Where the seed came from' },
  side: { zh: '一方', en: 'Side' },
  commitment: { zh: '承诺值（SHA-256）', en: 'Commitment (SHA-256)' },
  half: { zh: '所出一半', en: 'Half' },
  salt: { zh: '盐', en: 'Salt' },
  committedAt: { zh: '承诺时间', en: 'committed' },
  revealedAt: { zh: '公开时间', en: 'revealed' },
  strata: { zh: '分层', en: 'Strata' },
  sample: { zh: '抽样组', en: 'Sample' },
  condition: { zh: '条件', en: 'Condition' },
  all: { zh: '全部', en: 'all' },
  unconnected: { zh: '其中未标联网', en: 'of these not marked networked' },
  leftOut: { zh: '未列入总体的摄像机', en: 'Cameras left out of the population' },
  leftOutHash: { zh: '未列入名单 SHA-256', en: 'SHA-256 of the list of those left out' },
  exempted: { zh: '豁免（报备）', en: 'Exempted' },
  exemptedWhat: { zh: '摄像机或区域', en: 'Camera or area' },
  many: { zh: '路数', en: 'cameras' },
  why: { zh: '事由', en: 'Reason' },
  document: { zh: '依据文件', en: 'Document' },
  from: { zh: '起', en: 'From' },
  until: { zh: '止', en: 'Until' },
  by: { zh: '经办', en: 'By' },
  endedEarly: { zh: '提前结束', en: 'ended early' },
  noExempted: { zh: '本次没有豁免的摄像机。', en: 'No camera was exempted.' },
  notKnown: { zh: '本次核查未登记豁免。', en: 'No exemptions were recorded with this inspection.' },
  draws: { zh: '抽取过的全部样本', en: 'Every set that was drawn' },
  drawsNote: { zh: '同一区域所有抽取均保留并列出；重新抽取须有理由。双方抽样有一方未完成的也列出（路数为 0），其后再抽同样须有理由。', en: 'Every draw of the area is kept and listed; a redraw needs a reason. So does a draw after one of two sides that a side did not finish, which is listed with 0 cameras.' },
  drawnAt: { zh: '抽取时间', en: 'Drawn' },
  state: { zh: '状态', en: 'State' },
  redraw: { zh: '重抽理由', en: 'Reason of the redraw' },
  noCommitment: { zh: '{by} 未提交承诺', en: '{by} did not commit' },
  noRevelation: { zh: '{by} 未公开', en: '{by} did not reveal' },
  expiredAt: { zh: '限时 {at}', en: 'time until {at}' },
  thisOne: { zh: '本次', en: 'this one' },
  byHand: { zh: '如何手工复核抽样', en: 'How to draw again by hand' },
  member: { zh: '在总体名单中的各路摄像机', en: 'The population' },
} as const satisfies Readonly<Record<string, Text>>

export const leftOutNames: Readonly<Record<LeftOutReason, Text>> = {
  exempted: { zh: '已豁免（报备）', en: 'exempted' },
  'not-networked': { zh: '未标联网', en: 'not networked' },
  filtered: { zh: '不在方案范围', en: 'outside the plan' },
}

/** States of a drawn set, as the draw tells them; another is printed as it is. */
const drawStates: Readonly<Record<string, Text>> = {
  running: { zh: '核查中', en: 'running' },
  paused: { zh: '已暂停', en: 'paused' },
  done: { zh: '已完成', en: 'done' },
  cancelled: { zh: '已取消', en: 'cancelled' },
  interrupted: { zh: '已中断', en: 'interrupted' },
  drawn: { zh: '已抽取未核查', en: 'drawn, not inspected' },
  revealing: { zh: '等待公开', en: 'waits for a side to reveal' },
  used: { zh: '已核查', en: 'inspected' },
  expired: { zh: '已过期', en: 'expired' },
}

/** What became of a drawn set; of one that two sides did not finish, who did not go on, and until when there was time. */
export function setStateText({ state, abandoned }: DrawnSet, lang: Lang): string {
  const name = drawStates[state]?.[lang] ?? state
  if (!abandoned) return name
  const missing = abandoned.missing.map(({ by, step }) => (step === 'commit' ? drawWords.noCommitment : drawWords.noRevelation)[lang].replace('{by}', () => by))
  return `${name}: ${[...missing, drawWords.expiredAt[lang].replace('{at}', beijing(abandoned.expiresAtMs))].join(comma[lang])}`
}

/** The steps of the draw for a sceptic; `docs/draw.md` has the commands. */
export const byHand = (seed: string, sha256: string): readonly Text[] => [
  { zh: `取得总体名单 population.tsv，核对其 SHA-256 为 ${sha256}（sha256sum population.tsv）。`, en: `Take the list population.tsv and see that its SHA-256 is ${sha256} (sha256sum population.tsv).` },
  { zh: `对每一层中的每一路，计算文本“${seed}:编码”的 SHA-256（十六进制）。`, en: `For each camera of a stratum compute the SHA-256 of the text “${seed}:code”, in hexadecimal.` },
  { zh: '按该值由小到大排列，取前若干路；不足应抽数时全部抽取。', en: 'Sort by that value and take as many as are asked for from the top; where there are fewer, all.' },
  { zh: '排序在先者为第 1 路，依次编号，应与本报告逐路一致。软件 docs/draw.md 载有可直接执行的命令。', en: 'The first is check 1, and so on: they must be those of this report. docs/draw.md of the software has the commands as they are typed.' },
]
