// What a simulated device says unasked: alarms, changes of its catalog, its position, the end of a recording. GB/T 28181-2022 9.4, 9.8, 9.11, A.2.5.
import type { Clock } from '../../base/index.ts'
import type { Header, Manscdp, SipRequest } from '../../sip/index.ts'
import type { DeviceState } from '../device/state.ts'
import type { ValueOf } from '../manscdp.ts'
import { catalogItem, ownRequest } from '../requests.ts'
import type { ScenarioDevice } from '../types.ts'
import type { Line } from './line.ts'
import type { Subscriptions } from './subscriptions.ts'

export interface AlarmWords {
  /** Codes of A.2.5: 2 the device itself, 5 video, 6 fault. */
  readonly method: string
  readonly type?: string
  readonly priority?: number
}

export interface Notices {
  /** Told to subscribers by NOTIFY, else as a MESSAGE; false when the device's own alarm waits for its reset. */
  readonly alarm: (words?: AlarmWords) => boolean
  readonly catalogChange: (channelId: string, event: 'ON' | 'OFF' | 'VLOST' | 'DEFECT' | 'ADD' | 'DEL' | 'UPDATE') => boolean
  readonly position: (sn: number, deviceId: string) => ValueOf<'notify-mobile-position'>
  readonly mediaStatus: (channelId: string, inDialog: (body: Buffer) => SipRequest) => void
}

export interface NoticesOptions {
  readonly device: ScenarioDevice
  readonly line: Line
  readonly subscriptions: () => Subscriptions
  readonly state: () => DeviceState
  readonly setState: (state: DeviceState) => void
  readonly clock: Clock
}

/** A slow walk through the district. */
const home = { longitude: 118.8, latitude: 32.38 } as const

export function createNotices(options: NoticesOptions): Notices {
  const { device, line, clock } = options
  const { habits } = line

  const tell = (what: 'alarm' | 'catalog', value: Manscdp): boolean => {
    if (habits.has('notify-without-dialog')) {
      line.request(ownRequest(line.who, 'NOTIFY', line.call(), [line.contentType], line.body(value)))
      return true
    }
    if (!(what === 'alarm' && habits.has('alarm-as-message')) && options.subscriptions().notify(what, value)) return true
    if (what === 'alarm') line.message(value)
    return what === 'alarm'
  }
  return {
    alarm: ({ method, type, priority = 1 } = { method: '5', type: '2' }) => {
      const state = options.state()
      if (method === '2' && state.isAlarmed) return false
      options.setState({ ...state, isAlarmed: true })
      const deviceId = device.channels[0]?.id ?? device.id
      const common = { type: 'notify-alarm', deviceId, alarmPriority: priority, alarmMs: clock.wallMs(), alarmDescription: '模拟报警', ...home } as const
      tell('alarm', { ...common, sn: line.nextSn(), alarmMethod: method, ...(type !== undefined && { alarmType: type }) })
      if (habits.has('alarm-pair')) tell('alarm', { ...common, sn: line.nextSn(), alarmMethod: '0' })
      return true
    },
    catalogChange: (channelId, event) => {
      const channel = device.channels.find(({ id }) => id === channelId)
      if (!channel) return false
      const storm = habits.has('status-storm') ? (['OFF', 'ON', 'OFF', 'ON'] as const) : [event]
      return storm.map((said) => {
        // ON, OFF and DEL need the id alone; ADD and UPDATE bring the whole entry.
        const item = catalogItem(device, channel)
        const isWhole = said === 'ADD' || said === 'UPDATE'
        return tell('catalog', { type: 'notify-catalog', sn: line.nextSn(), deviceId: device.id, sumNum: 1, items: [{ ...item, raw: isWhole ? { ...item.raw, Event: said } : { Event: said } }] })
      }).some(Boolean)
    },
    position: (sn, deviceId) => {
      const at = { deviceId, timeMs: clock.wallMs(), longitude: home.longitude + (sn % 100) / 10_000, latitude: home.latitude, speedKmh: 12.5, direction: 90, altitudeM: 20 }
      return { type: 'notify-mobile-position', sn, deviceId, positions: [at], form: device.edition === '2022' ? 'list' : 'flat', ...(device.edition === '2022' && { sumNum: 1 }) }
    },
    mediaStatus: (channelId, inDialog) => {
      for (const notifyType of habits.has('media-status-122') ? ['122', '121'] : ['121']) {
        const value: Manscdp = { type: 'notify-media-status', sn: line.nextSn(), deviceId: channelId, notifyType }
        if (habits.has('media-status-in-dialog')) line.request(inDialog(line.body(value)))
        else line.message(value)
      }
    },
  }
}

/** What one sends beside a keepalive to see whether we are there (Q35). */
export const optionsPing = (line: Line, more: readonly Header[] = []): SipRequest => ownRequest(line.who, 'OPTIONS', line.call(), more)
