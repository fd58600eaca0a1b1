// What we send after an alarm: the Response that the standard has, and a reset where that is wanted. GB/T 28181-2022 9.4.2, A.2.3.1.6; docs/interop.md Q57.
import type { Clock, Log } from '../../base/index.ts'
import type { Asks } from '../exchange/asks.ts'
import { createBounded, createOncePer } from '../bounded.ts'
import type { Device } from '../device.ts'
import type { AlarmFact } from './facts.ts'
import { alarmMethodsOf, type AlarmNotify } from '../manscdp/alarm.ts'

/** Ours: a device whose alarm stands is reset no more often, or reset and alarm would chase each other. */
const resetEveryUs = 10_000_000
/** Ours: devices remembered. */
const mostRemembered = 50_000

export interface AlarmReplies {
  /** The alarm came as a MESSAGE of its own. */
  readonly acknowledge: (device: Device, alarm: AlarmNotify) => void
  /** The alarm was told. */
  readonly reset: (device: Device, alarm: AlarmFact) => void
}

export function createAlarmReplies(options: { readonly asks: Asks; readonly clock: Clock; readonly log: Log; /** Whether alarms of this device itself are reset by us. */ readonly resets: (deviceId: string) => boolean }): AlarmReplies {
  const { asks, clock, log, resets } = options
  const unwilling = createBounded<true>(mostRemembered)
  const mayReset = createOncePer(resetEveryUs, mostRemembered)

  const acknowledge = async (device: Device, { deviceId, sn }: AlarmNotify): Promise<void> => {
    const outcome = await device.exchanges().exchange({
      lane: 'alarm-response',
      rule: { answer: 'none', sipMs: 5_000, answerMs: 0, joinMs: 0 },
      message: () => ({ type: 'response-alarm', sn, deviceId, result: 'OK' }),
      answerType: 'response-alarm',
      join: () => ({ value: undefined, isWhole: true }),
    })
    // Interop: not every device expects it; who refuses it is not sent another.
    if (!outcome.ok && outcome.reason === 'refused') unwilling.set(device.id, true)
  }
  return {
    acknowledge: (device, alarm) => {
      if (!unwilling.get(device.id)) void acknowledge(device, alarm)
    },
    reset: (device, { channelId, method, alarmType }) => {
      if (!alarmMethodsOf(method).includes('2') || !resets(device.id) || !mayReset(device.id, clock.nowUs())) return
      void asks.command(device.id, channelId, { kind: 'alarm-reset', alarmMethod: '2', ...(alarmType !== undefined && { alarmType }) }).then((outcome) => {
        log.info({ deviceId: device.id, channelId, ok: outcome.ok, ...(outcome.ok ? outcome.value : { reason: outcome.reason }) }, 'alarm reset')
      })
    },
  }
}
