// English. The shape is that of zh.ts.
import { accountEn } from './account-words.ts'
import { adminEn } from './admin-words.ts'
import { exemptionsEn } from './exemption-words.ts'
import { findingsEn } from './finding-words.ts'
import { homeEn } from './home-words.ts'
import { importsEn } from './import-words.ts'
import { listEn } from './list-words.ts'
import { recordEn } from './record-words.ts'
import { keepingEn } from './keeping-words.ts'
import { rulesEn } from './rule-words.ts'
import { sidesEn } from './side-words.ts'
import { shellEn } from './shell-words.ts'
import { drawEn, historyEn, makingEn, watchingEn } from './making-words.ts'
import { afterEn } from './after-words.ts'
import { figureEn, lookEn, unitEn } from './look-words.ts'
import { problemsEn } from './problem-words.ts'
import { toldEn } from './told-words.ts'
import { verdictEn } from './verdict-words.ts'
import { deviceEn } from './device-words.ts'
import { mapEn } from './map-words.ts'
import { playbackEn, wallEn } from './wall-words.ts'
import type { Messages } from './zh.ts'

export const en: Messages = {
  app: { name: 'Yiji', sub: 'Online inspection of the video network', language: '中文', logout: 'Log out', nav: 'Main', skip: 'Skip to content', allAreas: 'all areas', zone: 'Beijing time', ...shellEn },
  nav: { home: 'Home', cameras: 'Cameras', findings: 'Findings', map: 'Map', streams: 'Live', inspections: 'Inspections', devices: 'Devices', admin: 'Admin' },
  role: { admin: 'administrator', assessor: 'assessor', editor: 'editor', viewer: 'viewer' },
  common: {
    loading: 'Loading…', stale: 'What is shown is from before.', colon: ': ', list: '; ', paren: ' ({text})', retry: 'Try again', close: 'Close', cancel: 'Cancel', none: 'none', all: 'All', area: 'Area', previous: 'Previous', next: 'Next', first: 'Back to the first page',
    yes: 'yes', no: 'no', unknownPage: 'There is no such page', goHome: 'Go to the first page', other: 'Other', working: 'Working…', total: '{n} in all', shown: '{from}–{to} of {n}',
  },
  login: {
    title: 'Log in', name: 'Account', password: 'Password', submit: 'Log in', nameMissing: 'Enter your account.', passwordMissing: 'Enter your password.',
    wrong: 'The account or the password is wrong, or the account is disabled. Check both and try again; an administrator can set a new password.', expired: 'Your session has ended. Log in again; you will come back to the page you were on.', expiredHere: 'Your session has ended. Enter your password to go on; everything on the page is still there.', other: 'Log in with another account (what is not saved is lost)',
    first: 'The administrator’s password of the first start is shown in the service’s output.', show: 'Show the password',
  },
  presence: { online: 'online', late: 'keepalive late', offline: 'offline', unknown: 'never seen' },
  class: { '1': 'Class I', '2': 'Class II', '3': 'Class III', '4': 'police internal', '9': 'other', none: 'no class' },
  cameras: {
    title: 'Cameras', count: 'cameras', online: 'online', complete: 'complete', allClasses: 'All points', search: 'Name, code, address…', searchLabel: 'Find', class: 'Class', owner: 'Owner', presence: 'Presence',
    record: 'Record', onlineOnly: 'online', offlineOnly: 'not online', completeOnly: 'complete', incompleteOnly: 'with errors', name: 'Name', code: 'Code', clear: 'Clear filters',
    findings: '{n} error | {n} errors', warnings: '{n} warning | {n} warnings', isComplete: 'complete', draft: 'not declared', draftHint: 'Listed by a device’s catalog; no office has declared a record yet', retired: 'retired', unnamed: '(no name)',
    empty: 'There are no camera records yet.', emptyHint: 'Import a file of records, or let devices register and report their catalogs.', emptyFilter: 'No camera fits these filters.', watch: 'Watch live',
    declared: 'Declared by the owner', reported: 'Reported by the device', field: 'Field', differs: 'differs', findingsTitle: 'Findings', noFindings: 'Nothing was found wrong.', notReported: 'No device’s catalog has listed this camera yet.',
    reportedBy: 'Reported by device {device} at {at}', declaredNothing: 'No office has declared it yet.', updated: 'Updated {at}', sides: 'Declared and reported', error: 'error', warning: 'warning', info: 'note', notFound: 'There is no camera {id}, or it is outside your area.',
  },
  live: {
    title: 'Live', none: 'No stream is running now.', noneHint: 'Choose “Watch live” at a camera to open its picture.', open: 'Open', streams: 'Streams running now', connecting: 'Asking the camera for its picture…', again: 'Asking again…', connectingHint: 'A camera usually sends within a few seconds.',
    playing: 'playing', ended: 'The stream broke; connecting again in {n} s (try {k})', next: 'Asking again in {n} s (try {k})', retryNow: 'Connect now', failed: 'No picture', silent: 'No new picture for {n} s: the camera may have stopped sending.', snapshots: 'snapshots',
    cannotDecode: 'This browser cannot decode {codec}; a snapshot is shown every few seconds instead. For moving pictures let the service make an H.264 version (it costs the service CPU, and their number is limited), or use a browser with H.265 (a recent Chrome or Edge with hardware decoding).',
    asH264: 'H.264 version', asItIs: 'Original stream', isH264: 'This is an H.264 version made by the service; its quality differs a little from the original.', way: 'Connection', overHttp: 'HTTP', overWs: 'WebSocket', firstSnapshot: 'Fetching the first snapshot…', snapshotAt: 'Snapshot of {at}',
    takeSnapshot: 'Snapshot', full: 'Full screen', sound: 'Sound', noSound: 'This stream has no sound to play now: the camera sends none, or in a codec that is not supported, or the service encodes as many as it may.', noneHeard: 'none', soundFull: 'as many are encoded as may be', figures: 'Figures', noFigures: 'No figures before the stream runs.', codec: 'Codec', size: 'Size', fps: 'Frame rate', rate: 'Bit rate', loss: 'Loss', jitter: 'Jitter', viewers: 'Viewers', transport: 'Transport', behind: 'Behind live',
    gop: 'Keyframe every', frames: '{n} frames', restarts: 'Lost and resumed', uptime: 'Running for', state: 'State', record: 'Open the record', saved: 'The snapshot is in your downloads.',
    streamState: { starting: 'starting', live: 'live', lingering: 'nobody watches, closing soon', stopping: 'stopping', resting: 'lost, asked for again soon' },
    answeredBy: 'answered by {hop}', sipStatus: 'SIP status {n}', noMse: 'This browser cannot play live streams (no Media Source Extensions); a snapshot is shown every few seconds instead.',
  },
  transport: { udp: 'UDP', tcp: 'TCP', 'tcp-passive': 'TCP passive', 'tcp-active': 'TCP active', 'rtsp-udp': 'RTSP over UDP', 'rtsp-tcp': 'RTSP over TCP' },
  inspections: {
    title: 'Inspections', fresh: 'New inspection', empty: 'There are no inspections yet.', emptyHint: 'Choose “New inspection”: cameras are drawn by class, each is called up and gets a verdict.', id: 'Id', area: 'Area', state: 'State', seed: 'Seed', progress: 'Progress', results: 'Verdicts', started: 'Started (Beijing time)', by: 'By', rules: 'Rule set',
    stateOf: { running: 'running', paused: 'paused', done: 'done', cancelled: 'cancelled', interrupted: 'interrupted' }, report: 'Report', reportHtml: 'Report', workbook: 'Workbook', json: 'JSON', reportLater: 'The report comes when it has finished.',
    cancel: 'Stop', cancelSure: 'What is done stays; what is not checked yet will not be. Stop this inspection?', cancelled: 'Stopping; what is done stays.', of: '{done} / {total}', draw: 'Draw', populationSize: 'population {n}', hash: 'SHA-256 of the population', algorithm: 'Algorithm', took: 'Took', copy: 'Copy', copied: 'Copied',
    strata: '{class} {drawn}/{population}', fewer: 'fewer than the {asked} asked exist: all were taken', passRate: '{n} of {of} pass', live: 'updating live', lost: 'The connection to the service is lost and being made again; the inspection goes on.', notFound: 'There is no inspection {id}, or it is outside your area.', whole: 'all areas',
  },
  fresh: {
    title: 'New inspection', area: 'Administrative division', areaHint: 'Empty for all areas; 320116, for example, is Luhe district.', areaWrong: 'This takes 2, 4, 6 or 8 digits.', strata: 'Drawn of each class', available: '{n} in this area', seed: 'Seed', seedHint: 'Hexadecimal. Made and published by the system when left empty; several parties may give one together.', seedWrong: 'This takes pairs of hexadecimal digits, like 3fa2c04d.',
    rules: 'Rule set', start: 'Start', nothing: 'Draw at least one camera.', fewer: 'too few: all will be taken',
  },
  check: {
    waiting: 'not done yet', running: 'calling up…', attempt: 'Attempt {n}', attempting: 'attempt {n}: {outcome}', response: 'first picture', ms: '{n} ms', noPicture: 'no picture was obtained', picture: 'Picture', record: 'Record', recordPass: 'four fields pass', recordFail: 'fails', sharpness: 'Sharpness', verdict: 'Verdict', reasons: 'Reasons', attempts: 'Attempts', outcome: 'Outcome',
    ok: '200 OK', firstPacket: 'first packet', firstKeyframe: 'first keyframe', firstPicture: 'first picture', timesNote: 'Milliseconds after the INVITE (RTSP: the first DESCRIBE) left.', stream: 'Stream', evidence: 'Evidence', recording: 'recording (pcapng)', title: 'Camera {n}', noReasons: 'Everything is within the rules.', cold: 'cold', warm: 'already running', previous: 'Previous', next: 'Next', notDone: 'This camera is not checked yet.', px: '{n} px (at 1080p)', lag: 'own lag',
  },
  review: { title: 'Review', confirm: 'Pass it', overrule: 'Fail it', reason: 'Reason', reasonMissing: 'Give the reason: it is kept with the verdict.', said: '{by}, {at}: {result}, because {reason}', saved: 'The review is kept.', machine: 'The machine’s verdict stays; the review is kept beside it.' },
  devices: {
    title: 'Devices', empty: 'No device has registered yet.', emptyHint: 'Enter this service’s SIP address, port and id on the GB/T 28181 page of a camera or recorder.', id: 'Device', presence: 'Presence', approved: 'Admission', isApproved: 'admitted', waiting: 'waiting', approve: 'Admit', signalling: 'Signalling', address: 'Address', media: 'Media', channels: 'Channels', catalog: 'Catalog', catalogAgain: 'Ask the catalog again', catalogNever: 'not received', catalogPart: 'incomplete',
    asked: 'The device was asked for its catalog; the answer shows in a moment.', approvedNow: 'Admitted; the device comes online when it registers next.', version: 'Version', since: 'since {at}', expires: 'registered until {at}', detail: 'Details', history: 'Presence', noHistory: 'No change yet.', noChannels: 'No channels yet.', channelName: 'Channel', channelId: 'Channel id', changed: '{from} → {to}', firstSeen: 'first seen {at}', mediaChanged: 'The next stream will be asked for by {transport}.', userAgent: 'User agent', status: { on: 'on', off: 'off', unknown: 'unknown' },
    reason: { registered: 'registered', restored: 'restored after a restart', keepalive: 'keepalive', 'keepalive-late': 'keepalive late', 'keepalive-lost': 'keepalives missed', unregistered: 'unregistered', 'connection-lost': 'connection lost', 'registration-expired': 'registration expired', rebooting: 'rebooting', 'reboot-overdue': 'not back after its reboot', 'heard-elsewhere': 'heard from another address, refused', 'service-restarted': 'service restarted' },
  },
  ...verdictEn,
  record: recordEn,
  device: deviceEn,
  map: mapEn,
  wall: wallEn,
  playback: playbackEn,
  sides: sidesEn,
  rules: rulesEn,
  keeping: keepingEn,
  home: homeEn,
  list: listEn,
  imports: importsEn,
  findings: findingsEn,
  exemptions: exemptionsEn,
  admin: adminEn,
  own: accountEn,
  making: makingEn,
  draws: drawEn,
  watching: watchingEn,
  history: historyEn,
  look: lookEn,
  figure: figureEn,
  unit: unitEn,
  after: afterEn,
  told: toldEn,
  problem: problemsEn,
}
