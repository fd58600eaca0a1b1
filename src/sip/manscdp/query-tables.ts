// How queries stand in XML. GB/T 28181-2022 A.2.4; 2016 A.2.4.
import { certain, since2022, slashed, table, text, time, whole, word, type Table } from './fields.ts'
import type { AlarmQuery, CatalogQuery, ConfigDownloadQuery, CruiseTrackQuery, MobilePositionQuery, Query, RecordInfoQuery } from './query.ts'

const nothing: Table = table<object>({})

/** 0 or 1. */
export const digit = (name: string) => word<0 | 1>(name, { '0': 0, '1': 1 })

const recordType = (name: string) => word<'time' | 'alarm' | 'manual' | 'all'>(name, { time: 'time', alarm: 'alarm', manual: 'manual', all: 'all' })

const recordInfo = table<RecordInfoQuery>({
  startMs: time('StartTime'),
  endMs: time('EndTime'),
  filePath: text('FilePath'),
  address: text('Address'),
  secrecy: digit('Secrecy'),
  recordType: recordType('Type'),
  recorderId: text('RecorderID'),
  indistinctQuery: digit('IndistinctQuery'),
  streamNumber: since2022(whole('StreamNumber')),
  alarmMethod: since2022(text('AlarmMethod')),
  alarmType: since2022(text('AlarmType')),
})

const alarm = table<AlarmQuery>({
  startAlarmPriority: whole('StartAlarmPriority'),
  endAlarmPriority: whole('EndAlarmPriority'),
  alarmMethod: text('AlarmMethod'),
  alarmType: text('AlarmType'),
  startMs: time('StartTime', 'StartAlarmTime'),
  endMs: time('EndTime', 'EndAlarmTime'),
})

/** By type: the standard's word for CmdType, and the fields. */
export const queryTables: Readonly<Record<Query['type'], readonly [cmdType: string, table: Table]>> = {
  'query-catalog': ['Catalog', table<CatalogQuery>({ startMs: time('StartTime'), endMs: time('EndTime') })],
  'query-device-info': ['DeviceInfo', nothing],
  'query-device-status': ['DeviceStatus', nothing],
  'query-record-info': ['RecordInfo', recordInfo],
  'query-alarm': ['Alarm', alarm],
  'query-config-download': ['ConfigDownload', table<ConfigDownloadQuery>({ configTypes: certain(slashed('ConfigType'), []) })],
  'query-preset-query': ['PresetQuery', nothing],
  'query-mobile-position': ['MobilePosition', table<MobilePositionQuery>({ intervalS: whole('Interval') })],
  'query-home-position-query': ['HomePositionQuery', nothing],
  'query-cruise-track-list-query': ['CruiseTrackListQuery', nothing],
  'query-cruise-track-query': ['CruiseTrackQuery', table<CruiseTrackQuery>({ number: certain(whole('Number'), 0) })],
  'query-ptz-position': ['PTZPosition', nothing],
  'query-sd-card-status': ['SDCardStatus', nothing],
}
