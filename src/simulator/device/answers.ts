// What a simulated device answers to each query: the messages, in their order. GB/T 28181-2022 9.5, 9.7, A.2.4, A.2.6, Annex M.
import type { Habits } from '../habits.ts'
import type { AnswerValue, DeviceConfiguration, QueryValue, ValueOf } from '../manscdp.ts'
import type { ScenarioDevice } from '../types.ts'
import { catalogOf } from './catalog.ts'
import { recordsOf } from './records.ts'
import type { DeviceState } from './state.ts'

export interface Asked {
  readonly device: ScenarioDevice
  readonly serverId: string
  readonly password: string
  readonly state: DeviceState
  readonly habits: Habits
  readonly nowMs: number
}

/** Small, so that a recorder's catalog comes in several messages. */
const itemsPerMessage = 2
const recordsPerMessage = 5

/** Empty for a query that has no answer of its own: those stand in SUBSCRIBE. */
export function answersTo(query: QueryValue, asked: Asked): readonly AnswerValue[] {
  const { device, state, habits } = asked
  const head = { sn: habits.has('wrong-sn') ? 0 : query.sn, deviceId: query.deviceId }
  switch (query.type) {
    case 'query-catalog':
      return catalogPages(head, asked)
    case 'query-device-info':
      return [deviceInfo(head, device, habits)]
    case 'query-device-status': {
      const online = habits.has('offline-beside-ok') ? 'offline' : 'online'
      const alarms = [{ deviceId: device.id, dutyStatus: state.isAlarmed ? 'ALARM' : state.isGuarded ? 'ONDUTY' : 'OFFDUTY' } as const]
      return [{ type: 'response-device-status', ...head, result: 'OK', online, status: 'OK', encode: 'on', record: state.isRecording ? 'on' : 'off', deviceTimeMs: asked.nowMs + (device.clockOffsetS ?? 0) * 1000, alarms }]
    }
    case 'query-record-info':
      return recordPages(head, query, asked)
    case 'query-config-download':
      return configPages(head, query.configTypes, asked)
    case 'query-preset-query': {
      const presets = [...state.presets].map(([id, name]) => ({ id: String(id), name }))
      return [{ type: 'response-preset-query', ...head, presets, sumNum: presets.length }]
    }
    case 'query-home-position-query':
      return [{ type: 'response-home-position-query', ...head, ...(state.home && { homePosition: state.home }) }]
    case 'query-cruise-track-list-query':
      return [{ type: 'response-cruise-track-list-query', ...head, sumNum: 1, tracks: [{ number: 0, name: '巡航一' }] }]
    case 'query-cruise-track-query': {
      const points = [...state.presets.keys()].map((presetIndex) => ({ presetIndex, stayTimeS: 10, speed: 7 }))
      return [{ type: 'response-cruise-track-query', ...head, number: query.number, name: '巡航一', sumNum: points.length, points }]
    }
    case 'query-ptz-position':
      return [{ type: 'response-ptz-position', ...head, pan: state.pan, tilt: state.tilt, zoom: state.zoom, horizontalFieldAngle: 60, verticalFieldAngle: 34, maxViewDistanceM: 100 }]
    case 'query-sd-card-status': {
      const card = { id: 1, hddName: 'SD1', status: 'ok', capacityMb: 128_000, freeSpaceMb: state.freeSpace * 1280 } as const
      return [{ type: 'response-sd-card-status', ...head, sumNum: 1, cards: [card] }]
    }
    case 'query-alarm':
    case 'query-mobile-position':
      return []
  }
}

interface Head {
  readonly sn: number
  readonly deviceId: string
}

function catalogPages(head: Head, { device, serverId, habits }: Asked): readonly AnswerValue[] {
  const items = catalogOf(device, serverId, habits)
  if (items.length === 0) return [{ type: 'response-catalog', ...head, sumNum: 0, items }]
  const size = habits.has('one-item-per-message') ? 1 : (device.itemsPerMessage ?? itemsPerMessage)
  const pages: AnswerValue[] = []
  for (let from = 0; from < items.length; from += size) {
    const again = habits.has('repeats-items') && from > 0 ? items.slice(from - 1, from) : []
    const promised = habits.has('sum-too-large') ? items.length + 3 : habits.has('sum-changes') ? Math.min(items.length, from + size + 1) : items.length
    pages.push({ type: 'response-catalog', ...head, sumNum: promised, items: [...again, ...items.slice(from, from + size)] })
  }
  return pages
}

function deviceInfo(head: Head, device: ScenarioDevice, habits: Habits): ValueOf<'response-device-info'> {
  const channels = device.channels.length + (device.catalog?.channels ?? 0)
  const common = { type: 'response-device-info', ...head, result: 'OK', manufacturer: 'Yiji', model: 'Simulated', firmware: 'V1.0.0', channels } as const
  return habits.has('device-info-2011') ? { ...common, deviceType: 'IPC', maxAlarms: 1 } : { ...common, name: device.channels[0]?.name ?? device.id }
}

function recordPages(head: Head, query: ValueOf<'query-record-info'>, asked: Asked): readonly AnswerValue[] {
  if (asked.habits.has('records-reject-type') && query.recordType === 'all') return [{ type: 'response-record-info', ...head, sumNum: 0, records: [], result: 'ERROR' }]
  const files = recordsOf(query, asked.nowMs, asked.habits)
  const name = asked.device.channels.find(({ id }) => id === query.deviceId)?.name ?? asked.device.id
  const page = (from: number): AnswerValue => ({ type: 'response-record-info', ...head, name, sumNum: files.length, records: files.slice(from, from + recordsPerMessage) })
  return Array.from({ length: Math.max(1, Math.ceil(files.length / recordsPerMessage)) }, (_, n) => page(n * recordsPerMessage))
}

const blockOf: Readonly<Record<string, keyof DeviceConfiguration>> = {
  BasicParam: 'basicParam', VideoParamOpt: 'videoParamOpt', VideoParamAttribute: 'videoParamAttribute', VideoRecordPlan: 'videoRecordPlan', VideoAlarmRecord: 'videoAlarmRecord',
  PictureMask: 'pictureMask', FrameMirror: 'frameMirror', AlarmReport: 'alarmReport', OSDConfig: 'osdConfig', SnapShotConfig: 'snapShotConfig',
}

/** One message for each block that is asked for and known; ERROR when none is. The 2016 edition knows the first two. */
function configPages(head: Head, types: readonly string[], { device, state, password, habits }: Asked): readonly AnswerValue[] {
  const known = types.flatMap((type) => {
    const block = blockOf[type]
    const value = block && state.config[block]
    return block === undefined || value === undefined || (device.edition === '2016' && block !== 'basicParam' && block !== 'videoParamOpt') ? [] : [{ [block]: value } as DeviceConfiguration]
  })
  if (known.length === 0) return [{ type: 'response-config-download', ...head, result: 'ERROR', config: {} }]
  return known.map((config) => {
    const basicParam = config.basicParam && habits.has('password-in-config') ? { ...config.basicParam, raw: { Password: password, UserName: device.id } } : config.basicParam
    const osdConfig = config.osdConfig && device.osd === 'off' ? { ...config.osdConfig, isTimeShown: false, isTextShown: false, texts: [] } : config.osdConfig
    return { type: 'response-config-download', ...head, result: 'OK', config: { ...config, ...(basicParam && { basicParam }), ...(osdConfig && { osdConfig }) } }
  })
}
