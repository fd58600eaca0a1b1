// What findings say, in Chinese and English: what was seen, the likely cause, what to try. The codes are stable; the sentences may get better.
import type { Finding } from './diagnosis.ts'
import { accessWords } from './words-access.ts'
import { hintWords } from './words-hints.ts'
import { sessionWords } from './words-session.ts'

/** `{name}` stands for a value of the finding. */
export interface Sentences {
  readonly seen: string
  readonly cause: string
  readonly remedy: string
}
export interface Words {
  readonly zh: Sentences
  readonly en: Sentences
}

export const words = { ...accessWords, ...sessionWords, ...hintWords } as const satisfies Readonly<Record<string, Words>>
export type FindingCode = keyof typeof words

/** The sentences of a finding with its values in place. */
export function tell({ code, values }: Pick<Finding, 'code' | 'values'>): Words {
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? '?'))
  const filled = ({ seen, cause, remedy }: Sentences): Sentences => ({ seen: fill(seen), cause: fill(cause), remedy: fill(remedy) })
  return { zh: filled(words[code].zh), en: filled(words[code].en) }
}

/** The names of stages and states, for pages and reports. */
export const stageWords = {
  address: { zh: '地址', en: 'address' },
  authentication: { zh: '认证', en: 'authentication' },
  keepalive: { zh: '心跳', en: 'keepalive' },
  catalog: { zh: '目录', en: 'catalog' },
  invite: { zh: '点播信令', en: 'invite' },
  media: { zh: '媒体', en: 'media' },
} as const
export const stateWords = {
  ok: { zh: '正常', en: 'ok' },
  failed: { zh: '失败', en: 'failed' },
  unknown: { zh: '尚未确定', en: 'not decided yet' },
  'not-tried': { zh: '尚未进行', en: 'not tried' },
} as const
