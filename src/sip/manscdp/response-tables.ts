// How answers stand in XML. GB/T 28181-2022 A.2.6; 2016 A.2.6.
import { answeredConfig } from './config-tables.ts'
import { homePosition } from './control-tables.ts'
import { certain, group, list, since2022, table, text, time, whole, word, type Field, type Table } from './fields.ts'
import { itemsField } from './item.ts'
import { preciseFields } from './notify-tables.ts'
import { digit } from './query-tables.ts'
import type { FileItem } from './record.ts'
import type {
  AlarmStatus, CatalogResponse, CruisePoint, CruiseTrack, CruiseTrackListResponse, CruiseTrackResponse, DeviceInfoResponse, DeviceStatusResponse, HomePositionResponse, PlainResponse, Preset, PresetResponse,
  PtzPositionResponse, RecordInfoResponse, Response, SdCard, SdCardStatusResponse,
} from './response.ts'
import type { HomePosition, Result } from './values.ts'

const result = (name = 'Result') => word<Result>(name, { OK: 'OK', ERROR: 'ERROR' })
/** Interop: 1 and 0 beside the words. */
const switched = (name: string) => word<'on' | 'off'>(name, { ON: 'on', OFF: 'off' }, { '1': 'on', '0': 'off' })
/** What a list of none says; the reading puts the length of the list in its place. */
const sumNum = certain(whole('SumNum'), -1)

const deviceInfo = table<DeviceInfoResponse>({
  name: text('DeviceName'),
  result: certain(result(), 'OK'),
  deviceType: text('DeviceType'),
  manufacturer: text('Manufacturer'),
  model: text('Model'),
  firmware: text('Firmware'),
  channels: whole('Channel', 'MaxCamera'),
  maxAlarms: whole('MaxAlarm'),
})

const dutyStatus = word<'ONDUTY' | 'OFFDUTY' | 'ALARM'>('DutyStatus', { ONDUTY: 'ONDUTY', OFFDUTY: 'OFFDUTY', ALARM: 'ALARM' })
const deviceStatus = table<DeviceStatusResponse>({
  result: certain(result(), 'OK'),
  online: certain<DeviceStatusResponse['online']>(word<DeviceStatusResponse['online']>('Online', { ONLINE: 'online', OFFLINE: 'offline' }), 'unknown'),
  status: result('Status'),
  reason: text('Reason'),
  encode: switched('Encode'),
  record: switched('Record'),
  deviceTimeMs: time('DeviceTime'),
  alarms: list<AlarmStatus>('Alarmstatus', 'Item', table<AlarmStatus>({ deviceId: certain(text('DeviceID'), ''), dutyStatus })),
})

const fileItem = table<FileItem>({
  deviceId: certain(text('DeviceID'), ''),
  name: text('Name'),
  filePath: text('FilePath'),
  address: text('Address'),
  startMs: time('StartTime'),
  endMs: time('EndTime'),
  secrecy: digit('Secrecy'),
  recordType: word('Type', { time: 'time', alarm: 'alarm', manual: 'manual' }),
  recorderId: text('RecorderID'),
  fileSize: whole('FileSize'),
  recordLocation: since2022(text('RecordLocation', 'RecLocation')),
  streamNumber: since2022(whole('StreamNumber')),
})

const preset = table<Preset>({ id: certain(text('PresetID'), ''), name: text('PresetName') })
const track = table<CruiseTrack>({ number: certain(whole('Number'), 0), name: text('Name') })
const point = table<CruisePoint>({ presetIndex: certain(whole('PresetIndex'), 0), stayTimeS: whole('StayTime'), speed: whole('Speed') })
const card = table<SdCard>({
  id: certain(whole('ID'), 0),
  hddName: text('HddName'),
  status: word('Status', { ok: 'ok', formatting: 'formatting', unformatted: 'unformatted', idle: 'idle', error: 'error' }),
  formatProgress: whole('FormatProgress'),
  capacityMb: whole('Capacity'),
  freeSpaceMb: whole('FreeSpace'),
})
const plain = table<PlainResponse>({ result: result() })

/** A list that is left out when it is empty (Annex M). */
const unlessEmpty = <T>(field: Field<readonly T[]>): Field<readonly T[]> => ({ ...field, write: (value, as, edition) => (value.length > 0 ? field.write(value, as, edition) : []) })
const items = <T>(name: string, entry: string, inside: Table) => certain(unlessEmpty(list<T>(name, entry, inside)), [])

/** By type: the standard's word for CmdType, and the fields. A configuration is read and written apart. */
export const responseTables: Readonly<Record<Response['type'], readonly [cmdType: string, table: Table]>> = {
  'response-catalog': ['Catalog', table<CatalogResponse>({ result: result(), sumNum, items: certain(unlessEmpty(itemsField), []) })],
  'response-device-info': ['DeviceInfo', deviceInfo],
  'response-device-status': ['DeviceStatus', deviceStatus],
  'response-record-info': ['RecordInfo', table<RecordInfoResponse>({ name: text('Name'), result: result(), sumNum, records: items<FileItem>('RecordList', 'Item', fileItem) })],
  'response-config-download': ['ConfigDownload', answeredConfig],
  'response-preset-query': ['PresetQuery', table<PresetResponse>({ result: result(), sumNum: whole('SumNum'), presets: certain(list<Preset>('PresetList', 'Item', preset), []) })],
  'response-alarm': ['Alarm', plain],
  'response-broadcast': ['Broadcast', plain],
  'response-device-control': ['DeviceControl', plain],
  'response-device-config': ['DeviceConfig', plain],
  'response-mobile-position': ['MobilePosition', plain],
  'response-home-position-query': ['HomePositionQuery', table<HomePositionResponse>({ result: result(), homePosition: group<HomePosition>('HomePosition', homePosition) })],
  'response-cruise-track-list-query': ['CruiseTrackListQuery', table<CruiseTrackListResponse>({ result: result(), sumNum, tracks: items<CruiseTrack>('CruiseTrackList', 'CruiseTrack', track) })],
  'response-cruise-track-query': ['CruiseTrackQuery', table<CruiseTrackResponse>({ result: result(), number: whole('Number'), name: text('Name'), sumNum, points: items<CruisePoint>('CruisePointList', 'CruisePoint', point) })],
  'response-ptz-position': ['PTZPosition', table<PtzPositionResponse>({ result: result(), ...preciseFields })],
  'response-sd-card-status': ['SDCardStatus', table<SdCardStatusResponse>({ result: result(), sumNum, cards: items<SdCard>('SDCardStatusInfo', 'Item', card) })],
}
