// What the API needs of signalling to command and ask devices. Declared here, fitted by main.
import type {
  CameraCommand, Configuration, ConfigurationChange, ConfigurationType, CruiseDetail, CruiseTrack, HomePosition, MediaTransport, Preset, PtzMove, PtzPosition, SdCard, SubscriptionState,
} from './schema/index.ts'

/** A device that did not do it: not registered, offline, refused with a SIP status, silent, or `error`: it took the command and said ERROR. */
export interface DeviceFailure {
  readonly ok: false
  readonly reason: string
  readonly sipStatus?: number
  /** Who gave the status. */
  readonly hop?: string
  readonly detail: string
}
export type DeviceOutcome<T> = { readonly ok: true; readonly value: T } | DeviceFailure

/** A channel, and the device that it is reached by. */
export interface ChannelTarget {
  readonly deviceId: string
  readonly channelId: string
}

export interface CommandTaken {
  readonly result?: 'OK'
  readonly hop?: string
}

export type Command =
  | CameraCommand
  | { readonly kind: 'preset'; readonly action: 'set' | 'call' | 'delete'; readonly n: number; readonly name?: string }
  | ({ readonly kind: 'home-position' } & HomePosition)
  | { readonly kind: 'reboot' }
  | { readonly kind: 'format-sd-card'; readonly card: number }
  | { readonly kind: 'upgrade'; readonly firmware: string; readonly fileUrl: string; readonly manufacturer: string; readonly sessionId: string }

export interface ControlDep {
  /** The device to command for a camera. */
  readonly targetOf: (camera: string) => Promise<DeviceOutcome<ChannelTarget>>
  /** Turns a camera for as long as it is held; `isNew` says that it stood still before, or was turned by somebody else. */
  readonly move: (target: ChannelTarget, move: PtzMove, owner: string) => Promise<DeviceOutcome<{ readonly isNew: boolean; readonly heldUntilMs: number }>>
  /** Without an owner everything stops, whoever moves it. */
  readonly stop: (target: ChannelTarget, owner: string | undefined) => Promise<DeviceOutcome<{ readonly wasMoving: boolean }>>
  readonly command: (target: ChannelTarget, command: Command) => Promise<DeviceOutcome<CommandTaken>>
  readonly presets: (target: ChannelTarget) => Promise<DeviceOutcome<readonly Preset[]>>
  readonly homePosition: (target: ChannelTarget) => Promise<DeviceOutcome<HomePosition | undefined>>
  readonly cruises: (target: ChannelTarget) => Promise<DeviceOutcome<readonly CruiseTrack[]>>
  readonly cruise: (target: ChannelTarget, n: number) => Promise<DeviceOutcome<CruiseDetail>>
  readonly ptzPosition: (target: ChannelTarget) => Promise<DeviceOutcome<PtzPosition>>
  readonly sdCards: (target: ChannelTarget) => Promise<DeviceOutcome<readonly SdCard[]>>
  readonly configuration: (target: ChannelTarget, types: readonly ConfigurationType[]) => Promise<DeviceOutcome<Configuration>>
  readonly configure: (target: ChannelTarget, change: ConfigurationChange) => Promise<DeviceOutcome<CommandTaken>>
  /** Asks the device; what it says is kept by the registry before this resolves. */
  readonly askInformation: (deviceId: string) => Promise<DeviceOutcome<undefined>>
  readonly askStatus: (deviceId: string) => Promise<DeviceOutcome<undefined>>
  /** Orders pictures, to be uploaded to `uploadUrl`. */
  readonly takeSnapshots: (target: ChannelTarget, order: { readonly count: number; readonly intervalS: number; readonly uploadUrl: string; readonly sessionId: string }) => Promise<DeviceOutcome<CommandTaken>>
  readonly subscriptions: (deviceId: string) => readonly SubscriptionState[]
  /** What was set for a device (subscriptions, charset) holds from now on; its failed log-ins no longer count. */
  readonly settingsChanged: (deviceId: string) => Promise<void>
  readonly passwordChanged: (deviceId: string) => void
  /** Ways of media that this service can do. */
  readonly mediaTransports: readonly MediaTransport[]
}

/** Pictures that devices upload. */
export interface SnapshotsDep {
  /** Where devices reach us, with the token at the end. */
  readonly urlFor: (token: string) => string
  /** Keeps one picture; what is beyond the bound goes. Throws `not-found` when nobody ordered it, `request.invalid` when it is no JPEG or one too many. */
  readonly store: (session: string, name: string, jpeg: Buffer) => Promise<void>
  readonly read: (file: string) => Promise<Buffer | undefined>
}

/** Figures of the signalling for /metrics: name without prefix, whether it only counts up, value. */
export type SignalFigures = readonly { readonly name: string; readonly isCounter: boolean; readonly value: number }[]
