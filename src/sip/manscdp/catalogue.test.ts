import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { configTypes, messageTypes, parseManscdp, readManscdp, writeManscdp, type DeviceCommand, type Edition, type Manscdp } from './index.ts'

const folder = new URL('../../../fixtures/manscdp/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.xml') && !name.startsWith('damaged-'))
const read = (name: string): Manscdp => parseManscdp(readFileSync(new URL(name, folder)))
const at = (text: string): number => Date.parse(`${text}+08:00`)

/** The command catalogue: what each edition has, and a body of it from `fixtures/manscdp/`. GB/T 28181-2022 A.2.3-A.2.6; 2016 A.2. */
const catalogue: Readonly<Record<Exclude<Manscdp['type'], 'other'>, Readonly<Partial<Record<Edition, string>>>>> = {
  'query-catalog': { '2016': 'query-catalog-2016.xml', '2022': 'query-catalog-2022-changes.xml' },
  'query-device-info': { '2016': 'query-device-info.xml', '2022': 'query-device-info.xml' },
  'query-device-status': { '2016': 'query-device-status.xml', '2022': 'query-device-status.xml' },
  'query-record-info': { '2016': 'query-record-info-2016.xml', '2022': 'query-record-info-2022.xml' },
  'query-alarm': { '2016': 'query-alarm-2016.xml', '2022': 'query-alarm-2022.xml' },
  'query-config-download': { '2016': 'query-config-download-2016.xml', '2022': 'query-config-download-2022.xml' },
  'query-preset-query': { '2016': 'query-preset-query.xml', '2022': 'query-preset-query.xml' },
  'query-mobile-position': { '2016': 'query-mobile-position.xml', '2022': 'query-mobile-position.xml' },
  'query-home-position-query': { '2022': 'query-home-position-query-2022.xml' },
  'query-cruise-track-list-query': { '2022': 'query-cruise-track-list-query-2022.xml' },
  'query-cruise-track-query': { '2022': 'query-cruise-track-query-2022.xml' },
  'query-ptz-position': { '2022': 'query-ptz-position-2022.xml' },
  'query-sd-card-status': { '2022': 'query-sd-card-status-2022.xml' },
  'control-device-control': { '2016': 'control-ptz-2016.xml', '2022': 'control-ptz-2022-named-preset.xml' },
  'control-device-config': { '2016': 'control-device-config-2016.xml', '2022': 'control-device-config-2022.xml' },
  'notify-keepalive': { '2016': 'keepalive-no-encoding.xml', '2022': 'keepalive-faulty.xml' },
  'notify-catalog': { '2016': 'notify-catalog-2016.xml', '2022': 'notify-catalog-2022.xml' },
  'notify-alarm': { '2016': 'notify-alarm-video-2016.xml', '2022': 'notify-alarm-intrusion-2022.xml' },
  'notify-media-status': { '2016': 'notify-media-status.xml', '2022': 'notify-media-status.xml' },
  'notify-mobile-position': { '2016': 'notify-mobile-position-2016.xml', '2022': 'notify-mobile-position-2022.xml' },
  'notify-broadcast': { '2016': 'notify-broadcast.xml', '2022': 'notify-broadcast.xml' },
  'notify-upload-snap-shot-finished': { '2022': 'notify-upload-snap-shot-finished-2022.xml' },
  'notify-video-upload-notify': { '2022': 'notify-video-upload-notify-2022.xml' },
  'notify-device-upgrade-result': { '2022': 'notify-device-upgrade-result-2022.xml' },
  'notify-ptz-position': { '2022': 'notify-ptz-position-2022.xml' },
  'response-catalog': { '2016': 'catalog-2016-gb2312.xml', '2022': 'catalog-2022-gb18030.xml' },
  'response-device-info': { '2016': 'device-info-2011.xml', '2022': 'device-info-2022.xml' },
  'response-device-status': { '2016': 'device-status-offline-ok.xml', '2022': 'device-status-2022.xml' },
  'response-record-info': { '2016': 'record-info-2016.xml', '2022': 'record-info-2022.xml' },
  'response-config-download': { '2016': 'config-download-2016.xml', '2022': 'config-download-2022.xml' },
  'response-preset-query': { '2016': 'preset-query-2016.xml', '2022': 'preset-query-2022.xml' },
  'response-alarm': { '2016': 'response-alarm.xml', '2022': 'response-alarm.xml' },
  'response-broadcast': { '2016': 'response-broadcast.xml', '2022': 'response-broadcast.xml' },
  'response-device-control': { '2016': 'response-device-control.xml', '2022': 'response-device-control.xml' },
  'response-device-config': { '2016': 'response-device-config.xml', '2022': 'response-device-config.xml' },
  'response-mobile-position': { '2016': 'response-mobile-position.xml', '2022': 'response-mobile-position.xml' },
  'response-home-position-query': { '2022': 'home-position-query-2022.xml' },
  'response-cruise-track-list-query': { '2022': 'cruise-track-list-query-2022.xml' },
  'response-cruise-track-query': { '2022': 'cruise-track-query-2022.xml' },
  'response-ptz-position': { '2022': 'ptz-position-2022.xml' },
  'response-sd-card-status': { '2022': 'sd-card-status-2022.xml' },
}
const commands: Readonly<Record<Exclude<DeviceCommand['kind'], 'other'>, Readonly<Partial<Record<Edition, string>>>>> = {
  ptz: { '2016': 'control-ptz-2016.xml', '2022': 'control-ptz-2022-named-preset.xml' },
  reboot: { '2016': 'control-reboot.xml', '2022': 'control-reboot.xml' },
  record: { '2016': 'control-record-2016.xml', '2022': 'control-record-2022.xml' },
  guard: { '2016': 'control-guard.xml', '2022': 'control-guard.xml' },
  'alarm-reset': { '2016': 'control-alarm-reset.xml', '2022': 'control-alarm-reset.xml' },
  keyframe: { '2016': 'control-keyframe-2016.xml', '2022': 'control-keyframe-2022.xml' },
  'drag-zoom': { '2016': 'control-drag-zoom-in.xml', '2022': 'control-drag-zoom-out.xml' },
  'home-position': { '2016': 'control-home-position.xml', '2022': 'control-home-position.xml' },
  'ptz-precise': { '2022': 'control-ptz-precise-2022.xml' },
  upgrade: { '2022': 'control-upgrade-2022.xml' },
  'format-sd-card': { '2022': 'control-format-sd-card-2022.xml' },
  'target-track': { '2022': 'control-target-track-2022.xml' },
}

t.test('every command of the catalogue has a value, bodies of each edition, and the root and CmdType of the standard', async (t) => {
  t.same(messageTypes.map(({ type }) => type).sort(), Object.keys(catalogue).sort())
  for (const { type, root, cmdType } of messageTypes) {
    t.equal(type, `${root}-${cmdType.replace(/PTZ/, 'Ptz').replace(/SDCard/, 'SdCard').replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`).slice(1)}`.toLowerCase(), 'the name follows the standard')
    for (const [edition, name] of Object.entries(catalogue[type])) {
      const bytes = readFileSync(new URL(name, folder))
      t.match(bytes.toString('latin1'), new RegExp(`<${root}>[^]*<CmdType>${cmdType}</CmdType>`), `${name} is a ${root} ${cmdType}`)
      t.equal(parseManscdp(bytes).type, type, `${type} ${edition}`)
    }
  }
  for (const [kind, bodies] of Object.entries(commands)) for (const [edition, name] of Object.entries(bodies)) t.match(read(name), { type: 'control-device-control', command: { kind } }, `${kind} ${edition}`)
})

t.test('every body is written so that it reads the same, and the writing repeats to the byte', async (t) => {
  for (const name of files) {
    const value = read(name)
    for (const charset of ['gb18030', 'utf-8'] as const) {
      const written = writeManscdp(value, charset)
      t.same(parseManscdp(written), value, `${name} in ${charset}`)
      t.same(writeManscdp(parseManscdp(written), charset), written, `${name} in ${charset}, twice`)
      t.same(readManscdp(written).repairs, [], 'what we write needs no mending')
    }
  }
})

t.test('what the standard has is all typed: no sound body of it leaves raw fields', async (t) => {
  const named = [...Object.values(catalogue), ...Object.values(commands)].flatMap((bodies) => Object.values(bodies))
  const expected: Readonly<Record<string, unknown>> = { 'notify-alarm-intrusion-2022.xml': { 'Info.AlarmTypeParam.Region': 'A' }, 'response-device-config.xml': { Reason: 'busy' } }
  for (const name of new Set(named)) t.same(read(name).raw, expected[name], name)
})

/** What each body says. */
const said: readonly (readonly [string, object])[] = [
  ['query-catalog-2022-changes.xml', { sn: 102, startMs: at('2026-01-01T00:00:00'), endMs: at('2026-01-02T00:00:00') }],
  ['query-record-info-2016.xml', { startMs: at('2026-01-01T00:00:00'), endMs: at('2026-01-01T23:59:59'), filePath: '32011600001310000001', address: 'Address1', secrecy: 0, recordType: 'time', recorderId: '32011600003000000001' }],
  ['query-record-info-2022.xml', { recordType: 'alarm', indistinctQuery: 1, streamNumber: 0, alarmMethod: '5', alarmType: '2' }],
  ['query-alarm-2016.xml', { startAlarmPriority: 1, endAlarmPriority: 4, alarmMethod: '0', startMs: at('2026-01-01T00:00:00') }],
  ['query-alarm-2022.xml', { alarmType: '1', startMs: at('2026-01-01T00:00:00') }],
  ['query-config-download-2022.xml', { configTypes: ['VideoParamAttribute', 'OSDConfig', 'SnapShotConfig'] }],
  ['query-mobile-position.xml', { intervalS: 5 }],
  ['query-cruise-track-query-2022.xml', { number: 1 }],
  ['control-ptz-2016.xml', { command: { kind: 'ptz', code: 'A50F0108202000FD' } }],
  ['control-ptz-platform-of-2013.xml', { deviceId: '320116000013100001', command: { kind: 'ptz', code: 'a50f4d0190000092', controlPriority: 5 }, raw: { 'Info.startX': '0', 'Info.endX': '0' } }],
  ['control-ptz-2022-named-preset.xml', { command: { kind: 'ptz', presetName: '东门' } }],
  ['control-record-2016.xml', { command: { kind: 'record', isOn: true } }],
  ['control-record-2022.xml', { command: { kind: 'record', isOn: false, streamNumber: 1 } }],
  ['control-guard.xml', { command: { kind: 'guard', isOn: true } }],
  ['control-alarm-reset.xml', { command: { kind: 'alarm-reset', alarmMethod: '2', alarmType: '1' } }],
  ['control-keyframe-2016.xml', { command: { kind: 'keyframe', spelling: 'IFameCmd' } }],
  ['control-keyframe-2022.xml', { command: { kind: 'keyframe', spelling: 'IFrameCmd' } }],
  ['control-drag-zoom-in.xml', { command: { kind: 'drag-zoom', direction: 'in', area: { length: 1920, width: 1080, midPointX: 960, midPointY: 540, lengthX: 200, lengthY: 100 } } }],
  ['control-drag-zoom-out.xml', { command: { direction: 'out' } }],
  ['control-home-position.xml', { command: { kind: 'home-position', isEnabled: true, resetTimeS: 30, presetIndex: 1 } }],
  ['control-ptz-precise-2022.xml', { command: { kind: 'ptz-precise', pan: 182.5, tilt: -12.25, zoom: 4 } }],
  ['control-upgrade-2022.xml', { command: { kind: 'upgrade', firmware: 'V2.0.1', fileUrl: 'http://192.0.2.1/f.bin', manufacturer: 'Vendor', sessionId: '0123456789abcdef0123456789abcdef' } }],
  ['control-format-sd-card-2022.xml', { command: { kind: 'format-sd-card', card: 1 } }],
  ['control-target-track-2022.xml', { command: { kind: 'target-track', mode: 'Manual', deviceId2: '32011600001310000002', area: { midPointX: 960 } } }],
  ['control-vendor.xml', { command: { kind: 'other' }, raw: { WiperCmd: 'On', 'Info.Speed': '2' } }],
  ['control-device-config-2016.xml', { config: { basicParam: { name: '六合录像机', expirationS: 3600, heartBeatIntervalS: 60, heartBeatCount: 3 } } }],
  ['notify-alarm-video-2016.xml', { alarmPriority: 4, alarmMethod: '5', alarmMs: at('2026-01-02T03:04:05'), alarmDescription: '移动侦测', longitude: 118.84, latitude: 32.34, alarmType: '2' }],
  ['notify-alarm-same-without-info.xml', { alarmMethod: '0', alarmMs: at('2026-01-02T03:04:05') }],
  ['notify-alarm-intrusion-2022.xml', { alarmType: '6', eventType: 1, alarmMs: at('2026-01-02T03:04:05.678') }],
  ['notify-alarm-type-beside-info.xml', { alarmMethod: '12', alarmType: '1', eventType: 2, alarmMs: at('2026-01-02T03:04:05') }],
  ['notify-media-status.xml', { notifyType: '121' }],
  ['notify-mobile-position-2016.xml', { form: 'flat', positions: [{ deviceId: '32011600001310000001', timeMs: at('2026-01-02T03:04:05'), longitude: 118.8412, latitude: 32.342, speedKmh: 36.5, direction: 90, altitudeM: 12.5 }] }],
  ['notify-mobile-position-2022.xml', { form: 'list', sumNum: 2, positions: [{ deviceId: '32011600001310000001', heightM: 1.5 }, { deviceId: '32011600001310000002', timeMs: at('2026-01-02T03:04:02') }] }],
  ['notify-broadcast.xml', { deviceId: '', sourceId: '32011600002000000001', targetId: '32011600001370000001' }],
  ['notify-catalog-2016.xml', { sumNum: 2, items: [{ raw: { Event: 'OFF' } }, { raw: { Event: 'VLOST' } }] }],
  ['notify-upload-snap-shot-finished-2022.xml', { snapShotFileIds: ['32011600001310000001022026010203040500001', '32011600001310000001022026010203040700002'] }],
  ['notify-device-upgrade-result-2022.xml', { upgradeResult: 'ERROR', upgradeFailedReason: '02', firmware: 'V2.0.1' }],
  ['notify-ptz-position-2022.xml', { pan: 10.5, tilt: -3, zoom: 2, maxViewDistanceM: 150 }],
  ['catalog-result-only.xml', { result: 'OK', sumNum: 0, items: [] }],
  ['device-status-2022.xml', { online: 'online', status: 'ERROR', reason: 'disk', encode: 'on', record: 'on', deviceTimeMs: at('2026-01-02T03:04:05'), alarms: [{ deviceId: '32011600001340000001', dutyStatus: 'ONDUTY' }, { dutyStatus: 'ALARM' }] }],
  ['record-info-2022.xml', { sumNum: 1, records: [{ fileSize: 1_073_741_824, recordLocation: '32011600001180000001', streamNumber: 1, recordType: 'time' }] }],
  ['record-info-empty.xml', { sumNum: 0, records: [] }],
  ['config-download-2016.xml', { result: 'OK', config: { basicParam: { positionCapability: 1, longitude: 118.84 }, videoParamOpt: { downloadSpeeds: ['1', '2', '4'], resolutions: ['5', '6'] } } }],
  ['config-download-svac.xml', { config: { svacEncodeConfig: { 'ROIParam.ROIFlag': '1', 'ROIParam.Item.ROISeq': '1', 'ROIParam.Item[2].ROIQP': '3' }, svacDecodeConfig: { 'SVCParam.SVCSTMMode': '1' } } }],
  ['config-download-leaks-password.xml', { config: { basicParam: { name: 'IPC', raw: { SIPServerID: '32011600002000000001', Password: 'not-a-secret' } } } }],
  ['preset-query-2016.xml', { presets: [{ id: '1', name: '东门' }, { id: '2', name: '西门' }] }],
  ['response-device-config.xml', { result: 'ERROR' }],
  ['home-position-query-2022.xml', { homePosition: { isEnabled: true, resetTimeS: 30, presetIndex: 1 } }],
  ['cruise-track-list-query-2022.xml', { sumNum: 2, tracks: [{ number: 0, name: '白天' }, { number: 1, name: '夜间' }] }],
  ['cruise-track-query-2022.xml', { number: 1, points: [{ presetIndex: 3, stayTimeS: 10, speed: 5 }, { presetIndex: 7 }] }],
  ['ptz-position-2022.xml', { pan: 182.5, tilt: -12.25, horizontalFieldAngle: 55.2, verticalFieldAngle: 31.1 }],
  ['sd-card-status-2022.xml', { cards: [{ id: 1, hddName: 'SD1', status: 'ok', capacityMb: 65536, freeSpaceMb: 1024 }, { status: 'formatting', formatProgress: 40 }] }],
]
t.test('what each body says', async (t) => {
  for (const [name, expected] of said) t.match(read(name), expected, name)
})

t.test('the twelve configurations: set and read in the same words, more than one stream kept apart', async (t) => {
  const set = read('control-device-config-2022.xml')
  const got = read('config-download-2022.xml')
  if (set.type !== 'control-device-config' || got.type !== 'response-config-download') throw new Error('other types')
  t.match(set.config, {
    videoParamAttribute: [{ streamNumber: 0, videoFormat: '5', videoBitRate: '4096' }, { streamNumber: 1, resolution: '704x576' }],
    videoRecordPlan: [{ isEnabled: true, streamNumber: 0, schedules: [{ weekDayNum: 1, segments: [{ startHour: 0, stopHour: 2, stopMin: 30, stopSec: 59 }, { startHour: 12 }] }, { weekDayNum: 7, segments: [{ startHour: 8 }] }] }],
    videoAlarmRecord: [{ isEnabled: true, recordTimeS: 30, preRecordTimeS: 5, streamNumber: 0 }],
    pictureMask: { isOn: true, regions: [{ seq: 1, point: '20,30,50,60' }] },
    frameMirror: 2,
    alarmReport: { motionDetection: true, fieldDetection: false },
    osdConfig: { length: 1920, width: 1080, isTimeShown: true, timeType: 0, texts: [{ text: '雄州街道', x: 10, y: 900 }, { text: '朱镕路' }] },
    snapShotConfig: { snapNum: 3, intervalS: 2, uploadUrl: 'http://192.0.2.1/up?a=1&b=2', sessionId: 'abcdefghijabcdefghijabcdefghij-123' },
  })
  t.same(got.config, { ...set.config, videoRecordPlan: [...(set.config.videoRecordPlan ?? []), { ...set.config.videoRecordPlan?.[0], streamNumber: 1 }] })
  t.match(writeManscdp(set, 'utf-8').toString(), /<SnapShotConfig>/)
  t.match(writeManscdp(got, 'utf-8').toString(), /<SnapShot>/, 'the answer has another name than the order')
  t.equal(new Set([...configTypes['2016'], ...configTypes['2022']]).size, 12)
})

t.test('a single stream without Item is read as one of a list', async (t) => {
  const value = parseManscdp(Buffer.from('<Response><CmdType>ConfigDownload</CmdType><SN>1</SN><DeviceID>x</DeviceID><VideoParamAttribute><StreamNumber>0</StreamNumber><FrameRate>25</FrameRate></VideoParamAttribute></Response>'))
  t.same(value, { type: 'response-config-download', sn: 1, deviceId: 'x', result: 'OK', config: { videoParamAttribute: [{ streamNumber: 0, frameRate: '25' }] } })
})

t.test('times of devices: zones, milliseconds, seconds beyond 59, 24:00, no separators; what is no time is kept as it is', async (t) => {
  const value = read('record-info-odd-times.xml')
  if (value.type !== 'response-record-info') throw new Error(value.type)
  t.same(value.records.map(({ startMs, endMs }) => [startMs, endMs]), [
    [at('2026-01-01T00:00:00'), at('2026-01-01T01:00:00')],
    [at('2026-01-01T01:00:00.250'), at('2026-01-02T00:00:00')],
    [at('2026-01-01T10:00:00'), at('2026-01-01T11:00:00')],
    [undefined, undefined],
  ])
  t.same(value.records[1]?.recordLocation, 'x', 'RecLocation is RecordLocation')
  t.same([value.records[1]?.raw, value.records[3]?.raw], [{ RecordPos: '1' }, { StartTime: 'yesterday' }])
})
