// How notifications stand in XML. GB/T 28181-2022 A.2.5; 2016 A.2.5.
import type { AlarmNotify } from './alarm.ts'
import { certain, decimal, list, readFields, since2022, table, text, texts, time, whole, word, writeFields, type Field, type Table } from './fields.ts'
import { itemsField } from './item.ts'
import type { BroadcastNotify, CatalogNotify, DeviceUpgradeResult, Keepalive, MediaStatus, MobilePositionNotify, Notify, Position, PtzPositionNotify, UploadSnapShotFinished, VideoUploadNotify } from './notify.ts'
import type { Element } from './scan.ts'
import type { Edition } from './values.ts'

/** Ours: sub-devices that one keepalive may name. */
const maxFaulty = 1000

const ids = texts('Info', 'DeviceID')
const faulty: Field<readonly string[]> = { ...ids, read: (found, before) => ids.read(found, before)?.slice(0, maxFaulty) }
const keepalive = table<Keepalive>({ status: certain(word('Status', { OK: 'OK', ERROR: 'ERROR' }), 'OK'), faulty: certain(faulty, []) })

type AlarmInside = Pick<AlarmNotify, 'alarmType' | 'eventType'>
const alarmTypeParam = table<Pick<AlarmNotify, 'eventType'>>({ eventType: since2022(whole('EventType')) })
const alarm = table<AlarmNotify, keyof AlarmInside>({
  alarmPriority: whole('AlarmPriority'),
  alarmMethod: text('AlarmMethod'),
  alarmMs: time('AlarmTime'),
  alarmDescription: text('AlarmDescription'),
  longitude: decimal('Longitude'),
  latitude: decimal('Latitude'),
}, { Info: table<AlarmInside, 'eventType'>({ alarmType: text('AlarmType') }, { AlarmTypeParam: alarmTypeParam }) })

/** Interop: AlarmType beside Info, or EventType in it and not in AlarmTypeParam. Both move to their places. */
export function settleAlarm({ raw, ...alarm }: AlarmNotify): AlarmNotify {
  const { AlarmType: alarmType, 'Info.EventType': eventType, ...others } = raw ?? {}
  const isEvent = alarm.eventType === undefined && eventType !== undefined && /^\d{1,3}$/.test(eventType)
  const isType = alarm.alarmType === undefined && alarmType !== undefined
  const rest = { ...others, ...(!isType && alarmType !== undefined && { AlarmType: alarmType }), ...(!isEvent && eventType !== undefined && { 'Info.EventType': eventType }) }
  return { ...alarm, ...(isType && { alarmType }), ...(isEvent && { eventType: Number(eventType) }), ...(Object.keys(rest).length > 0 && { raw: rest }) }
}

const place = { longitude: decimal('Longitude'), latitude: decimal('Latitude'), speedKmh: decimal('Speed'), direction: decimal('Direction'), altitudeM: decimal('Altitude'), heightM: since2022(decimal('Height')) }
const flatPosition = table<Position, 'deviceId'>({ timeMs: time('Time', 'CaptureTime'), ...place })
const listedPosition = table<Position>({ deviceId: certain(text('DeviceID'), ''), timeMs: time('CaptureTime', 'Time'), ...place })
const positions = table<MobilePositionNotify, 'form'>({ sumNum: whole('SumNum'), positions: certain(list<Position>('DeviceList', 'Item', listedPosition), []) })

/** The flat form of 2016 and the list of 2022. */
export function readPositions(root: Element, head: ReadonlySet<string>, sn: number, deviceId: string): MobilePositionNotify {
  const isList = root.children.some(({ key }) => key === 'devicelist' || key === 'sumnum')
  if (isList) return { ...readFields<MobilePositionNotify>(positions, root, head), type: 'notify-mobile-position', sn, deviceId, form: 'list' }
  const position = { ...readFields<Position>(flatPosition, root, head), deviceId }
  const { raw, ...fields } = position
  return { type: 'notify-mobile-position', sn, deviceId, form: 'flat', positions: [fields], ...(raw && { raw }) }
}

/** One position of the device itself is flat unless the edition or the value says otherwise; more than one never is. */
export function positionElements(notify: MobilePositionNotify, edition: Edition | undefined): readonly Element[] {
  const [only, ...others] = notify.positions
  const isFlat = only && others.length === 0 && (notify.form ?? (edition === '2022' ? 'list' : 'flat')) === 'flat'
  if (isFlat) return writeFields(flatPosition, { ...only, raw: { ...only.raw, ...notify.raw } }, edition)
  return writeFields(positions, { sumNum: notify.positions.length, ...notify }, edition)
}

const precise = { pan: decimal('Pan'), tilt: decimal('Tilt'), zoom: decimal('Zoom'), horizontalFieldAngle: decimal('HorizontalFieldAngle'), verticalFieldAngle: decimal('VerticalFieldAngle'), maxViewDistanceM: decimal('MaxViewDistance') }
export const preciseFields = precise

/** By type: the standard's word for CmdType, and the fields. */
export const notifyTables: Readonly<Record<Notify['type'], readonly [cmdType: string, table: Table]>> = {
  'notify-keepalive': ['Keepalive', keepalive],
  'notify-catalog': ['Catalog', table<CatalogNotify>({ sumNum: certain(whole('SumNum'), -1), items: certain(itemsField, []) })],
  'notify-alarm': ['Alarm', alarm],
  'notify-media-status': ['MediaStatus', table<MediaStatus>({ notifyType: certain(text('NotifyType'), '') })],
  'notify-mobile-position': ['MobilePosition', positions],
  'notify-broadcast': ['Broadcast', table<BroadcastNotify>({ sourceId: certain(text('SourceID'), ''), targetId: certain(text('TargetID'), '') })],
  'notify-upload-snap-shot-finished': ['UploadSnapShotFinished', table<UploadSnapShotFinished>({ sessionId: certain(text('SessionID'), ''), snapShotFileIds: certain(texts('SnapShotList', 'SnapShotFileID'), []) })],
  'notify-video-upload-notify': ['VideoUploadNotify', table<VideoUploadNotify>({ timeMs: time('Time'), longitude: decimal('Longitude'), latitude: decimal('Latitude') })],
  'notify-device-upgrade-result': ['DeviceUpgradeResult', table<DeviceUpgradeResult>({ sessionId: text('SessionID'), upgradeResult: word('UpgradeResult', { OK: 'OK', ERROR: 'ERROR' }), firmware: text('Firmware'), upgradeFailedReason: text('UpgradeFailedReason') })],
  'notify-ptz-position': ['PTZPosition', table<PtzPositionNotify>(precise)],
}
