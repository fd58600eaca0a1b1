// How the configuration of a device stands in XML. GB/T 28181-2022 A.2.1.12-A.2.1.24; 2016 A.2.1.
import type { AlarmReport, BasicParam, DeviceConfiguration, MaskRegion, OsdConfig, OsdText, PictureMask, RecordSchedule, SnapShotConfig, TimeSegment, VideoAlarmRecord, VideoParamAttribute, VideoParamOpt, VideoRecordPlan } from './config.ts'
import { certain, decimal, flag, group, list, rawGroup, readFields, repeated, since2022, slashed, table, text, whole, type Field, type Table } from './fields.ts'
import { element } from './xml.ts'

const number0 = (name: string) => certain(whole(name), 0)

const basicParam = table<BasicParam>({
  name: text('Name', 'DeviceName'),
  expirationS: whole('Expiration'),
  heartBeatIntervalS: whole('HeartBeatInterval'),
  heartBeatCount: whole('HeartBeatCount'),
  positionCapability: whole('PositionCapability'),
  longitude: decimal('Longitude'),
  latitude: decimal('Latitude'),
})
const videoParamOpt = table<VideoParamOpt>({ downloadSpeeds: slashed('DownloadSpeed'), resolutions: slashed('Resolution') })
const videoParamAttribute = table<VideoParamAttribute>({
  streamNumber: number0('StreamNumber'),
  videoFormat: text('VideoFormat'),
  resolution: text('Resolution'),
  frameRate: text('FrameRate'),
  bitRateType: text('BitRateType'),
  videoBitRate: text('VideoBitRate'),
})
const timeSegment = table<TimeSegment>({
  startHour: number0('StartHour'), startMin: number0('StartMin'), startSec: number0('StartSec'),
  stopHour: number0('StopHour'), stopMin: number0('StopMin'), stopSec: number0('StopSec'),
})

/** A number of what follows it, as the standard wants it beside the list: counted when written, passed over when read. */
const counted = <T>(name: string, items: Field<readonly T[]>): Field<readonly T[]> => ({
  ...items,
  otherNames: [...(items.otherNames ?? []), name],
  isRepeated: true,
  read: (found, before) => (found.key === name.toLowerCase() ? (before ?? []) : items.read(found, items.isRepeated ? before : undefined)),
  write: (value, as, edition) => [element(name, String(value.length)), ...items.write(value, as, edition)],
})

const recordSchedule = table<RecordSchedule>({
  weekDayNum: number0('WeekDayNum'),
  segments: certain(counted('TimeSegmentSumNum', repeated<TimeSegment>('TimeSegment', timeSegment)), []),
})
const videoRecordPlan = table<VideoRecordPlan>({
  isEnabled: certain(flag('RecordEnable'), false),
  schedules: certain(counted('RecordScheduleSumNum', repeated<RecordSchedule>('RecordSchedule', recordSchedule)), []),
  streamNumber: whole('StreamNumber'),
})
const videoAlarmRecord = table<VideoAlarmRecord>({
  isEnabled: certain(flag('RecordEnable'), false),
  recordTimeS: whole('RecordTime'),
  preRecordTimeS: whole('PreRecordTime'),
  streamNumber: whole('StreamNumber'),
})
const maskRegion = table<MaskRegion>({ seq: number0('Seq'), point: certain(text('Point'), '') })
const pictureMask = table<PictureMask>({ isOn: certain(flag('On'), false), regions: counted('SumNum', list<MaskRegion>('RegionList', 'Item', maskRegion)) })
const alarmReport = table<AlarmReport>({ motionDetection: certain(flag('MotionDetection'), false), fieldDetection: certain(flag('FieldDetection'), false) })
const osdText = table<OsdText>({ text: certain(text('Text'), ''), x: number0('X'), y: number0('Y') })
const osdConfig = table<OsdConfig>({
  length: whole('Length'),
  width: whole('Width'),
  timeX: whole('TimeX'),
  timeY: whole('TimeY'),
  isTimeShown: flag('TimeEnable'),
  isTextShown: flag('TextEnable'),
  timeType: whole('TimeType'),
  texts: counted('SumNum', repeated<OsdText>('Item', osdText)),
})
const snapShotConfig = table<SnapShotConfig>({
  snapNum: certain(whole('SnapNum'), 1),
  intervalS: whole('Interval'),
  uploadUrl: certain(text('UploadURL'), ''),
  sessionId: certain(text('SessionID'), ''),
})

/** One block for each stream, side by side. */
const perStream = <T>(name: string, inside: Table): Field<readonly T[]> => since2022(repeated<T>(name, inside))

/** `<VideoParamAttribute Num="2"><Item>...`; Interop: without Item for a single stream. */
const streams: Field<readonly VideoParamAttribute[]> = (() => {
  const items = list<VideoParamAttribute>('VideoParamAttribute', 'Item', videoParamAttribute)
  return { ...items, isForeign: () => false, read: (found, before) => (found.children.some(({ key }) => key === 'item') ? items.read(found, before) : [readFields<VideoParamAttribute>(videoParamAttribute, found)]) }
})()

const blocks = (snapShotName: 'SnapShot' | 'SnapShotConfig') => table<DeviceConfiguration>({
  basicParam: group<BasicParam>('BasicParam', basicParam),
  videoParamOpt: group<VideoParamOpt>('VideoParamOpt', videoParamOpt),
  svacEncodeConfig: rawGroup('SVACEncodeConfig'),
  svacDecodeConfig: rawGroup('SVACDecodeConfig'),
  videoParamAttribute: since2022(streams),
  videoRecordPlan: perStream<VideoRecordPlan>('VideoRecordPlan', videoRecordPlan),
  videoAlarmRecord: perStream<VideoAlarmRecord>('VideoAlarmRecord', videoAlarmRecord),
  pictureMask: since2022(group<PictureMask>('PictureMask', pictureMask)),
  frameMirror: since2022(whole('FrameMirror')),
  alarmReport: since2022(group<AlarmReport>('AlarmReport', alarmReport)),
  osdConfig: since2022(group<OsdConfig>('OSDConfig', osdConfig)),
  snapShotConfig: since2022(group<SnapShotConfig>(snapShotName, snapShotConfig, 'SnapShot', 'SnapShotConfig')),
})

/** The order to set calls the block SnapShotConfig (A.2.3.2.12), the answer SnapShot (A.2.6.9). */
export const orderedConfig = blocks('SnapShotConfig')
export const answeredConfig = blocks('SnapShot')

