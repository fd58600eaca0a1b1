// The door of sip: GB/T 28181 signalling, usable alone as a library.
export type * from './types.ts'
// The service's side.
export { startUserAgent, type UserAgent, type UserAgentOptions } from './user-agent.ts'
export type * from './exchange/asking.ts'
export type * from './notice/facts.ts'
export type { InviteEnd, InviteOutcome } from './session/invite-session.ts'
export type { Presence, PresenceReason } from './access/presence.ts'
export type { StoredBinding } from './access/registrar.ts'
export type { AccessPolicy, Restored } from './access/access.ts'
export type { InviteRequest, InviteSession } from './session/sessions.ts'
export type { ControlOutcome } from './session/playback-control.ts'
// What every caller hands in: the real clock, randomness, and a log that says nothing.
export { silentLog, systemClock, systemRandom } from '../base/index.ts'
export { readSignal, type SignalFacts } from './signal.ts'
// The wire: transactions, messages, digest.
export { openTransactionLayer } from './io/open.ts'
export { createTransactionLayer, type WirelessLayer, type Wire } from './transaction/index.ts'
export { createFramer, header, headers, parseCSeq, parseMessage, parseNameAddr, parseUri, parseVia, withHeader, writeHostPort, writeMessage, writeNameAddr } from './message/index.ts'
export { createNonces, digestResponse, parseChallenge, parseCredentials, writeChallenge, writeCredentials } from './access/digest.ts'
// Bodies: both directions of each, for services and devices alike.
export { alarmMethods, alarmTypes, configTypes, detectCharset, formatTime, manscdpType, parseManscdp, parseTime, readManscdp, writeManscdp } from './manscdp/index.ts'
export type { AlarmNotify, CatalogItem, CatalogNotify, CatalogQuery, CatalogResponse, Charset, DeviceInfoQuery, DeviceInfoResponse, DeviceStatusQuery, DeviceStatusResponse, Keepalive, Manscdp } from './manscdp/index.ts'
export type { Control, Edition, FileItem, MobilePositionNotify, Notify, Position, Preset, Query, RecordInfoQuery, RecordInfoResponse, Response } from './manscdp/index.ts'
export { parseSdp, writeSdp, type Sdp, type SdpFormat } from './session/sdp.ts'
export { inviteOffer, liveAnswer, liveOffer, recordingOf, type InviteKind } from './session/sdp-offer.ts'
export { parseMediaFormat, writeMediaFormat, type MediaFormat } from './session/media-format.ts'
export { actionsOf, parseMansRtsp, writeMansRtsp, type MansRtsp, type MansRtspRequest, type MansRtspResponse, type PlaybackAction } from './session/mansrtsp.ts'
export { createSsrcs, formatSsrc, parseSsrc, type Ssrcs } from './session/ssrc.ts'
// Control: PTZ codes, movements that are always stopped, commands and configuration.
export { createMoves, type Movement, type MoveRequest, type Moves } from './control/moves.ts'
export { parsePtz, writePtz, type Ptz, type PtzAction } from './control/ptz.ts'
export type { DeviceConfiguration } from './manscdp/config.ts'
export type { DeviceCommand } from './manscdp/control.ts'
// Traces, and why it does not work.
export * from './trace/index.ts'
