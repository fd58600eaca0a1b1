// Configuration of a device, read and written, both editions. GB/T 28181-2022 A.2.1.12-A.2.1.24, A.2.3.2; passwords are in none of it.
import { Type, type Static } from 'typebox'
import { Id, ListOf } from './common.ts'

const open = <P extends Type.TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false })
const whole = (minimum: number, maximum: number, description?: string) => Type.Integer({ minimum, maximum, ...(description === undefined ? {} : { description }) })
const text = (maxLength: number, description?: string) => Type.String({ maxLength, ...(description === undefined ? {} : { description }) })
const Stream = whole(0, 9, '0 is the main stream')

const BasicParam = open({
  name: Type.Optional(text(64)),
  expirationS: Type.Optional(whole(0, 10_000_000, 'lease of the registration')),
  heartBeatIntervalS: Type.Optional(whole(0, 86_400)),
  heartBeatCount: Type.Optional(whole(0, 1000)),
  positionCapability: Type.Optional(whole(0, 9, '2016: 0 none, 1 GPS, 2 BeiDou')),
  longitude: Type.Optional(Type.Number()),
  latitude: Type.Optional(Type.Number()),
})
const VideoParamOpt = open({ downloadSpeeds: Type.Optional(ListOf(Type.String())), resolutions: Type.Optional(ListOf(Type.String())) })
const VideoParamAttribute = open({
  streamNumber: Stream,
  videoFormat: Type.Optional(text(20, 'codes of SDP f= (Annex G)')),
  resolution: Type.Optional(text(20)),
  frameRate: Type.Optional(text(20)),
  bitRateType: Type.Optional(text(20, '1 constant, 2 variable')),
  videoBitRate: Type.Optional(text(20, 'kbps')),
})
const TimeSegment = open({ startHour: whole(0, 24), startMin: whole(0, 59), startSec: whole(0, 59), stopHour: whole(0, 24), stopMin: whole(0, 59), stopSec: whole(0, 59) })
const VideoRecordPlan = open({
  isEnabled: Type.Boolean(),
  schedules: Type.Unsafe<readonly { readonly weekDayNum: number; readonly segments: readonly Static<typeof TimeSegment>[] }[]>(
    Type.Array(open({ weekDayNum: whole(1, 7, '1 is Monday'), segments: Type.Array(TimeSegment, { maxItems: 8 }) }), { maxItems: 7 }),
  ),
  streamNumber: Type.Optional(Stream),
})
const VideoAlarmRecord = open({ isEnabled: Type.Boolean(), recordTimeS: Type.Optional(whole(0, 86_400)), preRecordTimeS: Type.Optional(whole(0, 86_400)), streamNumber: Type.Optional(Stream) })
const PictureMask = open({
  isOn: Type.Boolean(),
  regions: Type.Optional(Type.Unsafe<readonly { readonly seq: number; readonly point: string }[]>(Type.Array(open({ seq: whole(1, 4), point: text(40, 'left,top,right,bottom in pixels') }), { maxItems: 4 }))),
})
const AlarmReport = open({ motionDetection: Type.Boolean(), fieldDetection: Type.Boolean() })
const OsdConfig = open({
  length: Type.Optional(whole(0, 100_000)),
  width: Type.Optional(whole(0, 100_000)),
  timeX: Type.Optional(whole(0, 100_000)),
  timeY: Type.Optional(whole(0, 100_000)),
  isTimeShown: Type.Optional(Type.Boolean()),
  isTextShown: Type.Optional(Type.Boolean()),
  timeType: Type.Optional(whole(0, 9, '0 YYYY-MM-DD HH:MM:SS, 1 with 年月日')),
  texts: Type.Optional(Type.Unsafe<readonly { readonly text: string; readonly x: number; readonly y: number }[]>(Type.Array(open({ text: text(32), x: whole(0, 100_000), y: whole(0, 100_000) }), { maxItems: 16 }))),
})
const Raw = Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 4096 }))
const streams = <T extends Type.TSchema>(item: T) => Type.Unsafe<readonly Static<T>[]>(Type.Array(item, { maxItems: 16 }))

const writable = {
  basicParam: Type.Optional(BasicParam),
  svacEncodeConfig: Type.Optional(Raw),
  svacDecodeConfig: Type.Optional(Raw),
  videoParamAttribute: Type.Optional(streams(VideoParamAttribute)),
  videoRecordPlan: Type.Optional(streams(VideoRecordPlan)),
  videoAlarmRecord: Type.Optional(streams(VideoAlarmRecord)),
  pictureMask: Type.Optional(PictureMask),
  frameMirror: Type.Optional(whole(0, 3, '0 off, 1 left to right, 2 top to bottom, 3 both')),
  alarmReport: Type.Optional(AlarmReport),
  osdConfig: Type.Optional(OsdConfig),
}

/** Blocks to set; absent ones stay as they are. All but `basicParam` and SVAC are of the 2022 edition. */
export const ConfigurationChange = Type.Object(writable, { additionalProperties: false, minProperties: 1 })
export type ConfigurationChange = Static<typeof ConfigurationChange>

/** What the device told of what was asked for. */
export const Configuration = Type.Object({ ...writable, videoParamOpt: Type.Optional(VideoParamOpt) })
export type Configuration = Static<typeof Configuration>

export const ConfigurationType = Type.Enum(['BasicParam', 'VideoParamOpt', 'SVACEncodeConfig', 'SVACDecodeConfig', 'VideoParamAttribute', 'VideoRecordPlan', 'VideoAlarmRecord', 'PictureMask', 'FrameMirror', 'AlarmReport', 'OSDConfig'])
export type ConfigurationType = Static<typeof ConfigurationType>

/** One of its channels instead of the device itself. */
export const ConfigurationTarget = Type.Object({ channel: Type.Optional(Id) }, { additionalProperties: false })
export const ConfigurationQuery = Type.Object(
  {
    types: Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z]+([,/][A-Za-z]+)*$', default: 'BasicParam', description: 'names of the standard, joined by a comma; all but BasicParam, VideoParamOpt and SVAC are of the 2022 edition', examples: ['BasicParam,OSDConfig'] })),
    channel: Type.Optional(Id),
  },
  { additionalProperties: false },
)
