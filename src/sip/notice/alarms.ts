// Alarms of one device, each told once: doubles within two seconds become one, the richer. GB/T 28181-2022 9.4, A.2.5.3; docs/interop.md Q56.
import type { Step, TimerEffect } from '../../base/index.ts'
import type { AlarmFact } from './facts.ts'
import { alarmMethodsOf } from '../manscdp/alarm.ts'

/** How long a poor alarm waits for a richer double, and how long a told one swallows its doubles. */
export const doubleMs = 2_000
/** Ours: alarms remembered of one device; beyond, the oldest is told or forgotten early. */
const mostRemembered = 64

interface Remembered {
  readonly alarm: AlarmFact
  readonly atUs: number
  readonly isTold: boolean
}
export interface AlarmsState {
  readonly name: 'quiet' | 'remembering'
  /** In order of arrival. */
  readonly recent: readonly Remembered[]
  readonly merged: number
}
export type AlarmsEvent = { readonly type: 'alarm'; readonly alarm: AlarmFact } | { readonly type: 'elapsed' } | { readonly type: 'stop' }
export type AlarmsEffect = { readonly type: 'tell'; readonly alarm: AlarmFact }

type Effect = AlarmsEffect | TimerEffect<AlarmsEvent>
type Outcome = readonly [AlarmsState, ...Effect[]]

export const alarmsStart: AlarmsState = { name: 'quiet', recent: [], merged: 0 }

/** One that says what happened is told at once; one that says only that something did waits for its double. */
export const alarmsStep: Step<AlarmsState, AlarmsEvent, Effect> = (state, event, nowUs) => {
  switch (event.type) {
    case 'alarm': {
      const [kept, expired] = split(state.recent, nowUs)
      const { alarm } = event
      const double = kept.find((each) => isDouble(each.alarm, alarm))
      if (double) return settle({ recent: kept.map((each) => (each === double ? join(double, alarm) : each)), merged: state.merged + 1 }, [...told(expired), ...(double.isTold || !isRich(alarm) ? [] : [tell(richer(double.alarm, alarm))])], nowUs)
      const isTold = isRich(alarm)
      const room = kept.slice(Math.max(0, kept.length + 1 - mostRemembered))
      const pushedOut = kept.slice(0, kept.length - room.length)
      return settle({ recent: [...room, { alarm, atUs: nowUs, isTold }], merged: state.merged }, [...told(expired), ...told(pushedOut), ...(isTold ? [tell(alarm)] : [])], nowUs)
    }
    case 'elapsed': {
      const [kept, expired] = split(state.recent, nowUs)
      return settle({ recent: kept, merged: state.merged }, told(expired), nowUs)
    }
    case 'stop':
      return settle({ recent: [], merged: state.merged }, told(state.recent), nowUs)
  }
}

const tell = (alarm: AlarmFact): Effect => ({ type: 'tell', alarm })
const told = (entries: readonly Remembered[]): readonly Effect[] => entries.filter((each) => !each.isTold).map((each) => tell(each.alarm))

function settle({ recent, merged }: Omit<AlarmsState, 'name'>, effects: readonly Effect[], nowUs: number): Outcome {
  const [oldest] = recent
  if (!oldest) return [{ name: 'quiet', recent, merged }, { type: 'cancel', name: 'elapsed' }, ...effects]
  const ms = Math.max(1, Math.ceil(doubleMs - (nowUs - oldest.atUs) / 1000))
  return [{ name: 'remembering', recent, merged }, { type: 'timer', name: 'elapsed', ms, event: { type: 'elapsed' } }, ...effects]
}

const split = (recent: readonly Remembered[], nowUs: number): readonly [readonly Remembered[], readonly Remembered[]] => {
  const isOver = (each: Remembered): boolean => nowUs - each.atUs >= doubleMs * 1000
  return [recent.filter((each) => !isOver(each)), recent.filter(isOver)]
}
const join = (before: Remembered, alarm: AlarmFact): Remembered => ({ ...before, alarm: richer(before.alarm, alarm), isTold: before.isTold || isRich(alarm) })

/** Same source and time, and nothing in which the two contradict each other: what one leaves out or gives as 0 fits anything. */
function isDouble(one: AlarmFact, other: AlarmFact): boolean {
  if (one.channelId !== other.channelId && one.channelId !== one.deviceId && other.channelId !== other.deviceId) return false
  if (one.alarmedAtMs !== undefined && other.alarmedAtMs !== undefined && Math.abs(one.alarmedAtMs - other.alarmedAtMs) > doubleMs) return false
  if (one.priority !== undefined && other.priority !== undefined && one.priority !== 0 && other.priority !== 0 && one.priority !== other.priority) return false
  if (one.alarmType !== undefined && other.alarmType !== undefined && one.alarmType !== other.alarmType) return false
  if (one.eventType !== undefined && other.eventType !== undefined && one.eventType !== other.eventType) return false
  const [ones, others] = [methodsOf(one), methodsOf(other)]
  return ones.length === 0 || others.length === 0 || ones.some((method) => others.includes(method))
}

/** 0 stands for all methods, which is to say for none. */
const methodsOf = (alarm: AlarmFact): readonly string[] => alarmMethodsOf(alarm.method).filter((method) => method !== '0')

/** Of a video or fault alarm the type is what matters; of the others the method says enough. */
function isRich(alarm: AlarmFact): boolean {
  const methods = methodsOf(alarm)
  return methods.length > 0 && (alarm.alarmType !== undefined || !methods.some((method) => method === '5' || method === '6'))
}

/** What either says; where both say something, the one that says more of what happened. */
function richer(one: AlarmFact, other: AlarmFact): AlarmFact {
  const weight = (alarm: AlarmFact): number => (isRich(alarm) ? 100 : 0) + (alarm.alarmType === undefined ? 0 : 50) + Object.keys(alarm).length + Object.keys(alarm.raw).length
  const [more, less] = weight(other) > weight(one) ? [other, one] : [one, other]
  const isFiner = less.channelId !== less.deviceId && more.channelId === more.deviceId
  return { ...less, ...more, channelId: isFiner ? less.channelId : more.channelId, raw: { ...less.raw, ...more.raw }, atMs: Math.min(one.atMs, other.atMs) }
}
