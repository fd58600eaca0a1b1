// Section `recheck`: after which reasons a camera is checked once more by itself, when, and how often. Decides nothing: it stands beside.
import type { ReasonCode, RecheckRules } from '../types.ts'
import { ours, type SectionBasis } from './basis.ts'
import { reasonCodes } from './judgement.ts'
import { count, list, number, oneOf, record, wrong } from './reading.ts'

/** What may be over a while later: a power cut, roadworks, a platform's restart. */
const passing: readonly ReasonCode[] = [
  'not-registered', 'offline', 'refused', 'no-answer', 'no-media', 'wrong-container', 'no-keyframe', 'undecodable', 'lost-midway',
  'black', 'white', 'one-colour', 'colour-bars', 'no-signal-text', 'snow', 'grey-green', 'frozen', 'attempts-disagree',
]

export const recheckDefault: RecheckRules = { after: passing, minutes: 10, times: 1 }

export const recheckBasis: SectionBasis = {
  'after[*]': ours('无图像的各种情形可能是临时停电、施工或平台重启所致，隔一段时间再看一次', 'what leaves no picture may be a power cut, roadworks or a restart that is over a while later'),
  minutes: ours('争议中常见的说法是“当时停电”；十分钟足以让设备重启并重新注册（默认租期内）', 'disputes name a cut at that moment; ten minutes let a device restart and register again'),
  times: ours('复检只作旁证，不改变首次结论，一次即可', 'a re-check stands beside and changes nothing: one will do'),
}

export function recheck(value: unknown, field: string): RecheckRules {
  const fields = record(value, field)
  const after = list(fields.after, `${field}.after`, 0, reasonCodes.length, (each, at) => oneOf(each, at, reasonCodes))
  if (new Set(after).size < after.length) throw wrong(`${field}.after`, 'a list that names each reason once')
  return { after, minutes: number(fields.minutes, `${field}.minutes`, 0, 1_440), times: count(fields.times, `${field}.times`, 0, 10) }
}
