// What the API needs of the rest of the house. Declared here, fitted by main.
import type { Readable } from 'node:stream'
import type { Accounts } from '../accounts/index.ts'
import type { Clock, Log, RandomBytes } from '../base/index.ts'
import type { Appeals, Check, DrawRequest, DrawStore, Exemptions, HistoryEntry, Inspection, InspectionEvent, Inspections, InspectionWish, Opinions, Outlook as DrawOutlook, Plan, Rechecks, Rejudging, Result, Review, RuleBook, RuleSet, SeedDraw, SeedDrawOpening, SeedDraws } from '../inspect/index.ts'
import type { FlvSink, JoinOutcome, Relays, VersionFigures } from '../media/index.ts'
import type { Divisions, Outline, Registry } from '../registry/index.ts'
import type { LiveTokens } from './live-token.ts'
import type { ControlDep, SignalFigures, SnapshotsDep } from './control-deps.ts'
import type { PackagesDep } from './packages.ts'
import type { SummariesDep } from './summaries.ts'
import type { TracesDep } from './traces.ts'
import type { TransferDep } from './transfer.ts'
import type { Lang, Playback, PlaybackControl, RecordingList, RecordType, SystemState } from './schema/index.ts'

export interface ApiDeps {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  readonly version: string
  readonly clock: Clock
  readonly log: Log
  readonly random: RandomBytes
  readonly accounts: Accounts
  readonly registry: Registry
  /** The table that ships where absent. */
  readonly divisions?: Divisions
  /** The last verdict on each camera; nobody has one where absent. */
  readonly verdicts?: () => Promise<ReadonlyMap<string, Result>>
  readonly map?: MapDep
  /** Signs live addresses; whoever serves them elsewhere (RTMP, RTSP) checks with the same. Absent: made here. */
  readonly liveTokens?: LiveTokens
  readonly inspections: InspectionsDep
  readonly draws: DrawsDep
  readonly ruleBook: RuleBook
  readonly disputes: DisputesDep
  readonly reports: ReportsDep
  readonly summaries: SummariesDep
  readonly evidence: EvidenceDep
  readonly packages: PackagesDep
  readonly transfer: TransferDep
  readonly relays: Pick<Relays, 'list'>
  /** H.264 versions that are made now. */
  readonly transcodes?: () => readonly VersionFigures[]
  /** Joins a camera's stream as a viewer. `open` is called once, when the stream is live: what it returns takes FLV from the file header on and is ended with the stream. `codec`: encoded anew where it is another. */
  readonly serveFlv: (camera: string, open: () => FlvSink, wish?: FlvWish) => FlvHandle
  /** Ports of the other ways out, where they are open. */
  readonly ways?: () => { readonly rtmpPort?: number; readonly rtspPort?: number }
  /** A JPEG of the camera now, and when it was taken. Throws `camera.unreachable`. */
  readonly snapshot: (camera: string) => Promise<{ readonly jpeg: Buffer; readonly takenAtMs: number }>
  readonly commands: CommandsDep
  readonly control: ControlDep
  readonly snapshots: SnapshotsDep
  readonly signalling: () => SignalFigures
  readonly playbacks: PlaybacksDep
  readonly traces: TracesDep
  /** Parts of the service by name, and whether each does its work. */
  readonly health: () => Promise<Readonly<Record<string, boolean>>>
  /** The process and its machine. */
  readonly system: () => Promise<SystemState>
  /** Folder of the built console. */
  readonly consoleDir?: string
  /** Proxies of one's own, whose X-Forwarded-For and -Proto are believed. */
  readonly trustProxy?: readonly string[]
}

/** What a map is drawn on. */
export interface MapDep {
  /** Addresses of tiles with {z}, {x} and {y}, one above the other; none: the outlines alone. */
  readonly tiles?: readonly string[]
  /** Of the tiles: those of some makers are shifted by law. Records never are. */
  readonly datum?: 'wgs84' | 'gcj02'
  readonly maxZoom?: number
  /** Whose map it is, as its owner wants it said. */
  readonly attribution?: string
  readonly outlines?: readonly Outline[]
}

export interface InspectionRequest extends DrawRequest {
  /** Absent: the default. */
  readonly rules?: RuleSet
  readonly by: string
}

export interface DrawsDep {
  readonly presets: readonly Plan[]
  readonly exemptions: Exemptions
  readonly seedDraws: Pick<SeedDraws, 'commit' | 'reveal' | 'get' | 'list' | 'lists'>
  /** What a draw would be made of; nothing is drawn. Throws `request.invalid`, `draw.invalid`. */
  readonly outlook: (request: Omit<DrawRequest, 'by'>, rules?: RuleSet) => Promise<DrawOutlook>
  /** Throws `request.invalid`, `draw.invalid`, `draw.reason-needed`. */
  readonly open: (opening: SeedDrawOpening, rules?: RuleSet) => Promise<SeedDraw>
  readonly sets: DrawStore['drawnSets']
}

export interface InspectionsDep {
  readonly start: (request: InspectionRequest) => Promise<Inspection>
  readonly get: (id: string) => Promise<Inspection | undefined>
  /** Newest first. */
  readonly list: (limit: number, wish?: InspectionWish) => Promise<readonly Inspection[]>
  readonly cancel: (id: string) => Promise<unknown>
  /** With counts instead of checks. */
  readonly outline: (id: string) => Promise<Inspection | undefined>
  /** As `outline`, without the members of its draw. */
  readonly head: (id: string) => Promise<Inspection | undefined>
  readonly check: Inspections['check']
  readonly checkPage: Inspections['checkPage']
  readonly pause: (id: string) => Promise<Inspection>
  readonly resume: (id: string) => Promise<Inspection>
  /** Returns what stops the hearing. */
  readonly on: (id: string, listener: (event: InspectionEvent) => void) => () => void
  readonly review: (review: { readonly inspection: string; readonly n: number; readonly result: Result; readonly reason: string; readonly by: string }) => Promise<Review>
  readonly reviews: (id: string) => Promise<readonly Review[]>
}

export type ReportFormat = 'html' | 'xlsx' | 'docx' | 'json'

export interface RenderedReport {
  readonly contentType: string
  readonly fileName: string
  readonly body: Buffer | Readable
}

export interface ReportsDep {
  readonly render: (id: string, format: ReportFormat, wish: { readonly lang: Lang; readonly number?: string }) => Promise<RenderedReport>
}

export interface EvidenceDep {
  /** `relativePath` is plain (no `..`, no backslash, not absolute) when it arrives here. `path` is absolute. */
  readonly file: (inspectionId: string, relativePath: string) => Promise<{ readonly path: string; readonly contentType: string } | undefined>
}

/** What comes after a verdict. */
export interface DisputesDep {
  readonly appeals: Appeals
  readonly rechecks: Pick<Rechecks, 'ask' | 'cancel' | 'of'>
  readonly opinions: Pick<Opinions, 'give' | 'attach' | 'take' | 'of'>
  readonly rejudging: Pick<Rejudging, 'begin' | 'get' | 'of' | 'cancel'>
  /** Oldest first. */
  readonly history: (inspection: string, check: Check) => Promise<readonly HistoryEntry[]>
  /** Absolute path of a file that is kept in the inspection's folder. */
  readonly pathOf: (inspection: string, file: string) => string
}

export interface CommandsDep {
  /** Asks a device for its catalog again; resolves when the question left. Throws `camera.unreachable`. */
  readonly queryCatalog: (deviceId: string) => Promise<void>
}

export interface PlaybackRequest {
  readonly camera: string
  readonly fromMs: number
  readonly toMs: number
  readonly kind: 'playback' | 'download'
  readonly type: RecordType
  readonly speed?: number
  readonly by: string
}

export interface PlaybacksDep {
  /** Throws `camera.unreachable`. */
  readonly recordings: (query: { readonly camera: string; readonly fromMs: number; readonly toMs: number; readonly type: RecordType }) => Promise<RecordingList>
  /** A playback asks its camera when the first viewer comes, a download at once. Throws `camera.unreachable`, and `busy` when too many run. */
  readonly start: (request: PlaybackRequest) => Promise<Playback>
  readonly get: (id: string) => Playback | undefined
  /** Newest first; those that are over stay for a while. */
  readonly list: () => readonly Playback[]
  /** Throws `conflict` when nothing is playing, `camera.unreachable` with what the camera says. */
  readonly control: (id: string, action: PlaybackControl) => Promise<Playback>
  /** Ends it; one that is over is removed with its file. */
  readonly stop: (id: string) => Promise<Playback>
  readonly serveFlv: (id: string, open: () => FlvSink, wish?: FlvWish) => FlvHandle
  /** Of a download that is over, while it is kept. */
  readonly file: (id: string) => { readonly path: string; readonly bytes: number; readonly isWhole: boolean; readonly partialBecause?: string } | undefined
}

/** What a viewer asks of a stream. */
export interface FlvWish {
  readonly codec?: 'h264' | undefined
  /** True unless said. */
  readonly withSound?: boolean
}

/** One viewer of one stream: media's FlvView fits. */
export interface FlvHandle {
  readonly joined: Promise<JoinOutcome>
  /** The viewer is gone. Calling it twice is nothing. */
  readonly close: () => void
}
