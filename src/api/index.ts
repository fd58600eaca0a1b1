// The door of api.
export { buildApi, type App } from './app.ts'
export { startApi, type RunningApi } from './server.ts'
export { UnreachableError } from './errors.ts'
export { createLiveDoor, type LiveAdmission, type LiveDoor, type LiveKnock } from './live-door.ts'
export { createLiveTokens, type LiveTokens } from './live-token.ts'
export type { ChannelTarget, Command, CommandTaken, ControlDep, DeviceFailure, DeviceOutcome, SignalFigures, SnapshotsDep } from './control-deps.ts'
export type { ApiDeps, CommandsDep, EvidenceDep, FlvHandle, InspectionRequest, InspectionsDep, PlaybackRequest, PlaybacksDep, RenderedReport, ReportsDep } from './deps.ts'
export type { SystemState } from './schema/system.ts'
export type { HoldsDep, PackagesDep, SigningKeysDep } from './packages.ts'
export type { SummariesDep } from './summaries.ts'
export type { ImportsDep, TransferDep } from './transfer.ts'
export type { CaptureOptions, TracesDep } from './traces.ts'
export type {
  Configuration, ConfigurationChange, ConfigurationType, CruiseDetail, CruiseTrack, HomePosition, InspectionDetail, MediaTransport, Opinion, Preset, PtzMove, PtzPosition, Rejudgement, SdCard, SigningKey, StrangersView, SubscriptionState, TraceView,
} from './schema/index.ts'
