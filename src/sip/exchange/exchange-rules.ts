// Which messages are answered by which, how long that may take, and how answers in parts are joined. GB/T 28181-2022 9.3.1, 9.5, A.2.6, Annex M.
import type { DeviceCommand } from '../manscdp/control.ts'
import type { Response } from '../manscdp/response.ts'
import type { ExchangeRule } from './exchange.ts'

/** Ours: past half of the standard's 32 s, of which people wait for none. */
const sipMs = 10_000

/** A query is answered, or it has failed. */
export const queryRule: ExchangeRule = { answer: 'required', sipMs, answerMs: 10_000, joinMs: 1_500 }

/** GB/T 28181-2022 9.3.1: the first line has no response. A keyframe's is seen only where the spelling is refused (Q59). */
const answers: Readonly<Record<DeviceCommand['kind'], ExchangeRule['answer']>> = {
  ptz: 'none', reboot: 'none', 'drag-zoom': 'none', 'ptz-precise': 'none', 'format-sd-card': 'none', 'target-track': 'none', other: 'none',
  keyframe: 'optional',
  record: 'required', guard: 'required', 'alarm-reset': 'required', 'home-position': 'required', upgrade: 'required',
}
export const commandRule = (kind: DeviceCommand['kind']): ExchangeRule => ({ answer: answers[kind], sipMs, answerMs: kind === 'keyframe' ? 1_000 : 10_000, joinMs: 0 })

/** Interop: Uniview restarts over a configuration without answering. docs/interop.md Q60. */
export const configRule: ExchangeRule = { answer: 'optional', sipMs, answerMs: 10_000, joinMs: 0 }

export interface Joined<T> {
  readonly value: T
  readonly isWhole: boolean
}

/** Adds a further part to an answer. `asked` are the names of ConfigType, where those decide when it is whole. */
export function joinAnswer(before: Response | undefined, part: Response, asked: readonly string[] = []): Joined<Response> {
  if (before !== undefined && before.type !== part.type) return { value: before, isWhole: false }
  switch (part.type) {
    case 'response-config-download': {
      const earlier = before?.type === part.type ? before.config : {}
      const config = { ...earlier, ...part.config }
      const has = new Set(Object.keys(config).map((key) => key.toLowerCase()))
      // Interop: the element is not always named as its ConfigType (Q60): then nothing is missed, and silence ends it.
      const isWhole = part.result === 'ERROR' || asked.every((name) => has.has(name.toLowerCase()))
      return { value: { ...part, config }, isWhole }
    }
    case 'response-preset-query':
      return list({ ...part, presets: [...(before?.type === part.type ? before.presets : []), ...part.presets] }, part.sumNum, (value) => value.presets.length)
    case 'response-cruise-track-list-query':
      return list({ ...part, tracks: [...(before?.type === part.type ? before.tracks : []), ...part.tracks] }, part.sumNum, (value) => value.tracks.length)
    case 'response-cruise-track-query':
      return list({ ...part, points: [...(before?.type === part.type ? before.points : []), ...part.points] }, part.sumNum, (value) => value.points.length)
    case 'response-sd-card-status':
      return list({ ...part, cards: [...(before?.type === part.type ? before.cards : []), ...part.cards] }, part.sumNum, (value) => value.cards.length)
    default:
      return { value: part, isWhole: true }
  }
}

const list = <T extends Response>(value: T, sumNum: number | undefined, sizeOf: (value: T) => number): Joined<Response> => ({ value, isWhole: sizeOf(value) >= (sumNum ?? 0) })
