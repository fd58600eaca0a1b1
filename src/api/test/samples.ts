// Every route once: how it is asked, and what a success is. Who may is not written here: it follows from the route's `config.allow`, from the
// roles, and from where the thing lies. A route that is not in this table fails rights.test.ts.
import { checkRecord } from '../../registry/index.ts'
import { cameraHere, cameraThere, deviceHere, deviceThere, here, inspectionHere, inspectionThere, record, upload } from './things.ts'
import { hour, playbackHere, playbackOver, playbackThere } from './wire.ts'

export interface Sample {
  readonly url: string
  /** Of a success. */
  readonly status: number
  readonly payload?: object | string
  readonly headers?: Readonly<Record<string, string>>
  /** The same thing on the other side of the wall: not there. */
  readonly outside?: string
  /** Belongs to no area: only for accounts of everywhere. */
  readonly everywhere?: true
  /** Needs more than one request, or does not end: the success is tried in this file. */
  readonly triedIn?: string
  /** What an account of the other area is answered where it is not 404; the sample names an area, or asks for whatever is one's own. */
  readonly foreign?: number
}

/** Findings are numbered as records are made: those of the camera here come first. */
const findingThere = checkRecord(record(cameraHere, here), { nowMs: Date.UTC(2026, 0, 1) }).length + 1

const file = upload([record('32011601001320000021', here)])

/** By method and address as they are registered, without the prefix of the API. */
export const samples: Readonly<Record<string, Sample>> = {
  'GET /session': { url: '/session', status: 200 },
  'DELETE /session': { url: '/session', status: 204 },
  'GET /cameras': { url: '/cameras', status: 200 },
  'POST /cameras': { url: '/cameras', payload: { declared: record('32011601001320000009', here), why: 'new' }, status: 201, foreign: 403 },
  'GET /cameras/:id': { url: `/cameras/${cameraHere}`, outside: `/cameras/${cameraThere}`, status: 200 },
  'PATCH /cameras/:id': { url: `/cameras/${cameraHere}`, outside: `/cameras/${cameraThere}`, payload: { fields: { name: '新名' }, why: 'renamed' }, status: 200 },
  'DELETE /cameras/:id': { url: `/cameras/${cameraHere}?why=gone`, outside: `/cameras/${cameraThere}?why=gone`, status: 200 },
  'GET /cameras/:id/history': { url: `/cameras/${cameraHere}/history`, outside: `/cameras/${cameraThere}/history`, status: 200 },
  'GET /cameras/:id/findings': { url: `/cameras/${cameraHere}/findings`, outside: `/cameras/${cameraThere}/findings`, status: 200 },
  'GET /cameras/:id/values': { url: `/cameras/${cameraHere}/values`, outside: `/cameras/${cameraThere}/values`, status: 200 },
  'POST /cameras/:id/verified': { url: `/cameras/${cameraHere}/verified`, outside: `/cameras/${cameraThere}/verified`, payload: { values: { name: '路口' }, why: 'on site' }, status: 200 },
  'POST /cameras/:id/adopt': { url: `/cameras/${cameraHere}/adopt`, outside: `/cameras/${cameraThere}/adopt`, payload: {}, status: 200, triedIn: 'findings.test.ts' },
  'POST /cameras/adopt': { url: '/cameras/adopt', payload: { from: { device: deviceHere } }, status: 200, foreign: 200 },
  'POST /cameras/checks': { url: '/cameras/checks', payload: { area: here }, status: 202, foreign: 403 },
  'GET /cameras/checks': { url: '/cameras/checks', status: 200 },
  'GET /cameras/checks/:id': { url: '/cameras/checks/none', status: 200, triedIn: 'findings.test.ts' },
  'DELETE /cameras/checks/:id': { url: '/cameras/checks/none', status: 200, triedIn: 'findings.test.ts' },
  'GET /findings': { url: '/findings', status: 200 },
  'GET /findings/:n': { url: '/findings/1', outside: `/findings/${findingThere}`, status: 200 },
  'PATCH /findings/:n': { url: '/findings/1', outside: `/findings/${findingThere}`, payload: { state: 'waived', reason: 'planned' }, status: 200 },
  'POST /findings/bulk': { url: '/findings/bulk', payload: { ids: [1], change: { state: 'accepted' } }, status: 200, foreign: 200 },
  'GET /completeness': { url: '/completeness', status: 200 },
  'GET /completeness/history': { url: '/completeness/history', status: 200 },
  'GET /counts': { url: '/counts', status: 200 },
  'GET /cameras/:id/source': { url: `/cameras/${cameraHere}/source`, outside: `/cameras/${cameraThere}/source`, status: 200 },
  'PUT /cameras/:id/source': { url: `/cameras/${cameraHere}/source`, outside: `/cameras/${cameraThere}/source`, payload: { url: 'rtsp://10.0.0.64/ch1', username: 'admin', password: 'rtsp secret' }, status: 200 },
  'DELETE /cameras/:id/source': { url: `/cameras/${cameraHere}/source`, outside: `/cameras/${cameraThere}/source`, status: 200 },
  'GET /exports': { url: '/exports?format=csv', status: 200 },
  'GET /devices': { url: '/devices', status: 200 },
  'GET /devices/:id': { url: `/devices/${deviceHere}`, outside: `/devices/${deviceThere}`, status: 200 },
  'GET /devices/:id/channels': { url: `/devices/${deviceHere}/channels`, outside: `/devices/${deviceThere}/channels`, status: 200 },
  'POST /devices/:id/approve': { url: `/devices/${deviceHere}/approve`, outside: `/devices/${deviceThere}/approve`, status: 200 },
  'POST /devices/:id/refuse': { url: `/devices/${deviceHere}/refuse`, outside: `/devices/${deviceThere}/refuse`, status: 200 },
  'GET /cameras/points': { url: '/cameras/points?zoom=8', status: 200 },
  'GET /cameras/within': { url: '/cameras/within?ring=118,32,119,32,119,33', status: 200 },
  'GET /cameras/areas': { url: '/cameras/areas', status: 200 },
  'GET /map': { url: '/map', status: 200 },
  'GET /map/outlines': { url: '/map/outlines', status: 200 },
  'PUT /devices/:id/password': { url: `/devices/${deviceHere}/password`, outside: `/devices/${deviceThere}/password`, payload: { password: 'sip secret' }, status: 200 },
  'PUT /devices/:id/media-transport': { url: `/devices/${deviceHere}/media-transport`, outside: `/devices/${deviceThere}/media-transport`, payload: { mediaTransport: 'udp' }, status: 200 },
  'POST /devices/:id/catalog': { url: `/devices/${deviceHere}/catalog`, outside: `/devices/${deviceThere}/catalog`, status: 202 },
  'GET /devices/:id/information': { url: `/devices/${deviceHere}/information`, outside: `/devices/${deviceThere}/information`, status: 200 },
  'GET /devices/:id/status': { url: `/devices/${deviceHere}/status`, outside: `/devices/${deviceThere}/status`, status: 200 },
  'GET /devices/:id/configuration': { url: `/devices/${deviceHere}/configuration?types=BasicParam,framemirror`, outside: `/devices/${deviceThere}/configuration`, status: 200 },
  'PUT /devices/:id/configuration': { url: `/devices/${deviceHere}/configuration`, outside: `/devices/${deviceThere}/configuration`, payload: { basicParam: { heartBeatIntervalS: 30 } }, status: 200 },
  'PUT /devices/:id/settings': { url: `/devices/${deviceHere}/settings`, outside: `/devices/${deviceThere}/settings`, payload: { charset: 'utf-8' }, status: 200 },
  'GET /devices/:id/subscriptions': { url: `/devices/${deviceHere}/subscriptions`, outside: `/devices/${deviceThere}/subscriptions`, status: 200 },
  'PUT /devices/:id/subscriptions': { url: `/devices/${deviceHere}/subscriptions`, outside: `/devices/${deviceThere}/subscriptions`, payload: { alarm: true }, status: 200 },
  'GET /devices/:id/positions': { url: `/devices/${deviceHere}/positions`, outside: `/devices/${deviceThere}/positions`, status: 200 },
  'GET /devices/:id/trace': { url: `/devices/${deviceHere}/trace`, outside: `/devices/${deviceThere}/trace`, status: 200 },
  'GET /devices/:id/trace.pcapng': { url: `/devices/${deviceHere}/trace.pcapng`, outside: `/devices/${deviceThere}/trace.pcapng`, status: 200 },
  'GET /trace/strangers': { url: '/trace/strangers', status: 200, everywhere: true },
  'GET /trace/strangers.pcapng': { url: '/trace/strangers.pcapng', status: 200, everywhere: true },
  'POST /devices/:id/alarms/reset': { url: `/devices/${deviceHere}/alarms/reset`, outside: `/devices/${deviceThere}/alarms/reset`, payload: {}, status: 200 },
  'POST /devices/:id/reboot': { url: `/devices/${deviceHere}/reboot`, outside: `/devices/${deviceThere}/reboot`, status: 200 },
  'POST /devices/:id/upgrade': { url: `/devices/${deviceHere}/upgrade`, outside: `/devices/${deviceThere}/upgrade`, payload: { firmware: 'V6', fileUrl: 'http://10.0.0.9/v6.bin', manufacturer: 'H' }, status: 202 },
  'GET /devices/:id/sd-cards': { url: `/devices/${deviceHere}/sd-cards`, outside: `/devices/${deviceThere}/sd-cards`, status: 200 },
  'POST /devices/:id/sd-cards/format': { url: `/devices/${deviceHere}/sd-cards/format`, outside: `/devices/${deviceThere}/sd-cards/format`, payload: { card: 1 }, status: 200 },
  'GET /alarms': { url: '/alarms', status: 200 },
  'POST /cameras/:id/ptz': { url: `/cameras/${cameraHere}/ptz`, outside: `/cameras/${cameraThere}/ptz`, payload: { pan: 0.5 }, status: 200 },
  'GET /cameras/:id/ptz-position': { url: `/cameras/${cameraHere}/ptz-position`, outside: `/cameras/${cameraThere}/ptz-position`, status: 200 },
  'GET /cameras/:id/presets': { url: `/cameras/${cameraHere}/presets`, outside: `/cameras/${cameraThere}/presets`, status: 200 },
  'PUT /cameras/:id/presets/:n': { url: `/cameras/${cameraHere}/presets/3`, outside: `/cameras/${cameraThere}/presets/3`, payload: { name: '大门' }, status: 200 },
  'POST /cameras/:id/presets/:n/call': { url: `/cameras/${cameraHere}/presets/3/call`, outside: `/cameras/${cameraThere}/presets/3/call`, status: 200 },
  'DELETE /cameras/:id/presets/:n': { url: `/cameras/${cameraHere}/presets/3`, outside: `/cameras/${cameraThere}/presets/3`, status: 200 },
  'GET /cameras/:id/home-position': { url: `/cameras/${cameraHere}/home-position`, outside: `/cameras/${cameraThere}/home-position`, status: 200 },
  'PUT /cameras/:id/home-position': { url: `/cameras/${cameraHere}/home-position`, outside: `/cameras/${cameraThere}/home-position`, payload: { isEnabled: true, resetTimeS: 60, presetIndex: 1 }, status: 200 },
  'GET /cameras/:id/cruises': { url: `/cameras/${cameraHere}/cruises`, outside: `/cameras/${cameraThere}/cruises`, status: 200 },
  'GET /cameras/:id/cruises/:n': { url: `/cameras/${cameraHere}/cruises/0`, outside: `/cameras/${cameraThere}/cruises/0`, status: 200 },
  'POST /cameras/:id/commands': { url: `/cameras/${cameraHere}/commands`, outside: `/cameras/${cameraThere}/commands`, payload: { kind: 'keyframe' }, status: 200 },
  'POST /cameras/:id/device-snapshots': { url: `/cameras/${cameraHere}/device-snapshots`, outside: `/cameras/${cameraThere}/device-snapshots`, payload: { count: 2 }, status: 202 },
  'GET /cameras/:id/device-snapshots': { url: `/cameras/${cameraHere}/device-snapshots`, outside: `/cameras/${cameraThere}/device-snapshots`, status: 200 },
  'GET /live': { url: '/live', status: 200 },
  'GET /live/:camera': { url: `/live/${cameraHere}`, outside: `/live/${cameraThere}`, status: 200 },
  'GET /live/:camera.jpg': { url: `/live/${cameraHere}.jpg`, outside: `/live/${cameraThere}.jpg`, status: 200 },
  'GET /cameras/:id/recordings': { url: `/cameras/${cameraHere}/recordings?from=${hour.from}&to=${hour.to}`, outside: `/cameras/${cameraThere}/recordings?from=${hour.from}&to=${hour.to}`, status: 200 },
  'POST /cameras/:id/playbacks': { url: `/cameras/${cameraHere}/playbacks`, outside: `/cameras/${cameraThere}/playbacks`, payload: { ...hour, kind: 'playback' }, status: 201 },
  'GET /playbacks': { url: '/playbacks', status: 200 },
  'GET /playbacks/:id': { url: `/playbacks/${playbackHere}`, outside: `/playbacks/${playbackThere}`, status: 200 },
  'POST /playbacks/:id/control': { url: `/playbacks/${playbackHere}/control`, outside: `/playbacks/${playbackThere}/control`, payload: { action: 'pause' }, status: 200 },
  'DELETE /playbacks/:id': { url: `/playbacks/${playbackHere}`, outside: `/playbacks/${playbackThere}`, status: 200 },
  'GET /playbacks/:id/file': { url: `/playbacks/${playbackOver}/file`, outside: `/playbacks/${playbackThere}/file`, status: 200 },
  'GET /rule-sets': { url: '/rule-sets', status: 200 },
  'GET /fields': { url: '/fields', status: 200 },
  'GET /record-rules': { url: '/record-rules', status: 200 },
  'GET /divisions': { url: '/divisions?parent=3201', status: 200 },
  'GET /inspections': { url: '/inspections', status: 200 },
  'POST /inspections': { url: '/inspections', payload: { area: here, seed: 'AB12', strata: [{ class: '1', count: 1 }], rules: 'default' }, status: 202, foreign: 403 },
  'GET /inspections/:id': { url: `/inspections/${inspectionHere}`, outside: `/inspections/${inspectionThere}`, status: 200 },
  'POST /inspections/:id/cancel': { url: `/inspections/${inspectionHere}/cancel`, outside: `/inspections/${inspectionThere}/cancel`, status: 202 },
  'GET /inspections/:id/events': { url: `/inspections/${inspectionHere}/events`, outside: `/inspections/${inspectionThere}/events`, status: 200 },
  'GET /inspections/:id/report.:format': { url: `/inspections/${inspectionHere}/report.html`, outside: `/inspections/${inspectionThere}/report.html`, status: 200 },
  'GET /inspections/:id/checks/:n': { url: `/inspections/${inspectionHere}/checks/1`, outside: `/inspections/${inspectionThere}/checks/1`, status: 200 },
  'POST /inspections/:id/checks/:n/review': { url: `/inspections/${inspectionHere}/checks/1/review`, outside: `/inspections/${inspectionThere}/checks/1/review`, payload: { result: 'pass', reason: 'seen on site' }, status: 201 },
  'GET /inspections/:id/evidence.zip': { url: `/inspections/${inspectionHere}/evidence.zip?parts=pictures`, outside: `/inspections/${inspectionThere}/evidence.zip`, status: 200 },
  'GET /installation': { url: '/installation', status: 200 },
  'GET /inspections/:id/evidence/*': { url: `/inspections/${inspectionHere}/evidence/pictures/01-2-1.jpg`, outside: `/inspections/${inspectionThere}/evidence/pictures/01-2-1.jpg`, status: 200 },
  'GET /users': { url: '/users', status: 200 },
  'POST /users': { url: '/users', payload: { name: 'new', password: 'long enough', role: 'viewer', area: here }, status: 201, foreign: 403 },
  'PATCH /users/:name': { url: '/users/viewer', outside: '/users/stranger', payload: { disabled: true }, status: 200 },
  'GET /audit': { url: '/audit', status: 200, everywhere: true },
  'PUT /session/password': { url: '/session/password', payload: { current: 'eleven cameras', next: 'twelve cameras' }, status: 200, triedIn: 'session.test.ts' },
  'POST /session': { url: '/session', payload: { name: 'nobody', password: 'wrong' }, status: 401, triedIn: 'session.test.ts' },
  'GET /sessions': { url: '/sessions', status: 200 },
  'DELETE /sessions/:id': { url: '/sessions/none', status: 404 },
  'POST /tokens': { url: '/tokens', payload: { name: 'nightly', days: 30 }, status: 201 },
  'GET /users/:name/sessions': { url: '/users/viewer/sessions', outside: '/users/stranger/sessions', status: 200 },
  'DELETE /users/:name/sessions': { url: '/users/editor/sessions', outside: '/users/stranger/sessions', status: 204 },
  'GET /audit.csv': { url: '/audit.csv', status: 200, everywhere: true },
  'GET /audit/verify': { url: '/audit/verify', status: 200, everywhere: true },
  'POST /imports': { url: '/imports', ...file, status: 201 },
  'GET /imports': { url: '/imports', status: 200 },
  'GET /imports/:id': { url: '/imports/i-here', outside: '/imports/i-there', status: 200 },
  'GET /imports/:id/rows': { url: '/imports/i-here/rows?outcome=created', outside: '/imports/i-there/rows?outcome=created', status: 200, triedIn: 'transfer.test.ts' },
  'GET /imports/:id/rejected': { url: '/imports/i-here/rejected', outside: '/imports/i-there/rejected', status: 200, triedIn: 'transfer.test.ts' },
  'PUT /imports/:id/choices': { url: '/imports/i-here/choices', outside: '/imports/i-there/choices', payload: { networkingOne: 'networked' }, status: 200, triedIn: 'transfer.test.ts' },
  'POST /imports/:id/apply': { url: '/imports/i-here/apply', outside: '/imports/i-there/apply', payload: {}, status: 200, triedIn: 'transfer.test.ts' },
  'POST /imports/:id/cancel': { url: '/imports/i-here/cancel', outside: '/imports/i-there/cancel', payload: {}, status: 200, triedIn: 'transfer.test.ts' },
  'GET /live/:camera.flv': { url: `/live/${cameraHere}.flv`, outside: `/live/${cameraThere}.flv`, status: 200, triedIn: 'live.test.ts' },
  'GET /playbacks/:id.flv': { url: `/playbacks/${playbackHere}.flv`, outside: `/playbacks/${playbackThere}.flv`, status: 200, triedIn: 'playbacks.test.ts' },
  'GET /cameras/:id/device-snapshots/:n.jpg': { url: `/cameras/${cameraHere}/device-snapshots/1.jpg`, outside: `/cameras/${cameraThere}/device-snapshots/1.jpg`, status: 404 },
  'POST /snapshot-uploads/:token': { url: `/snapshot-uploads/${'x'.repeat(60)}`, headers: { 'content-type': 'image/jpeg' }, payload: 'jpeg', status: 404 },
  'PUT /snapshot-uploads/:token': { url: `/snapshot-uploads/${'x'.repeat(60)}`, headers: { 'content-type': 'image/jpeg' }, payload: 'jpeg', status: 404 },
  'POST /snapshot-uploads/:token/*': { url: `/snapshot-uploads/${'x'.repeat(60)}/1.jpg`, headers: { 'content-type': 'image/jpeg' }, payload: 'jpeg', status: 404 },
  'PUT /snapshot-uploads/:token/*': { url: `/snapshot-uploads/${'x'.repeat(60)}/1.jpg`, headers: { 'content-type': 'image/jpeg' }, payload: 'jpeg', status: 404 },
  'GET /healthz': { url: '/healthz', status: 200 },
  'GET /metrics': { url: '/metrics', status: 200 },
}

/** Not under the prefix of the API. */
export const isOutsideApi = (route: string): boolean => /^GET \/(healthz|metrics)$/.test(route)
