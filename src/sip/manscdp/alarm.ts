// An alarm and its codes. GB/T 28181-2022 9.4, A.2.5.3; 2016 A.2.5.
import type { Message } from './values.ts'

export interface AlarmNotify extends Message {
  readonly type: 'notify-alarm'
  /** 1-4, 1 the highest. */
  readonly alarmPriority?: number
  /** A code of `alarmMethods`, or several at once as `12` or `1/2`. */
  readonly alarmMethod?: string
  /** When it happened, by the device's clock. */
  readonly alarmMs?: number
  readonly alarmDescription?: string
  readonly longitude?: number
  readonly latitude?: number
  /** A code of `alarmTypes`, by method. In Info; Interop: beside it too. */
  readonly alarmType?: string
  /** 2022, of an intrusion: 1 entered, 2 left. */
  readonly eventType?: number
}

export const alarmMethods: Readonly<Record<string, string>> = { '0': 'all', '1': 'phone', '2': 'device', '3': 'SMS', '4': 'GPS', '5': 'video', '6': 'device fault', '7': 'other' }

/** By method, then type. */
export const alarmTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '2': { '1': 'video loss', '2': 'tamper', '3': 'disk full', '4': 'over-temperature', '5': 'under-temperature' },
  '5': {
    '1': 'manual', '2': 'motion', '3': 'left object', '4': 'removed object', '5': 'trip-wire', '6': 'intrusion', '7': 'wrong way', '8': 'loitering',
    '9': 'flow statistics', '10': 'density', '11': 'video abnormal', '12': 'fast movement', '13': 'occlusion',
  },
  '6': { '1': 'disk fault', '2': 'fan fault' },
}

/** The single codes of an AlarmMethod that combines several: `12`, `1/2`. */
export const alarmMethodsOf = (method = ''): readonly string[] => [...new Set(method.replace(/[^0-9]/g, ''))]
