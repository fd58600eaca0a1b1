// What devices tell by themselves, and the pictures that they were told to take: as kept and as asked for.

/** GB/T 28181-2022 A.2.5.3. Codes as sent; `alarmedAtMs` by the device's clock, `atMs` by ours. */
export interface Alarm {
  /** Counts up; the place in the list. */
  readonly n: number
  readonly deviceId: string
  /** What raised it: a channel, an alarm input, or the device itself. */
  readonly channelId: string
  /** The division that the channel lay in when it came. */
  readonly area: string
  readonly atMs: number
  /** 1-4, 1 the highest. */
  readonly priority?: number
  readonly method?: string
  readonly alarmType?: string
  readonly eventType?: number
  readonly alarmedAtMs?: number
  readonly description?: string
  readonly longitude?: number
  readonly latitude?: number
  readonly raw: Readonly<Record<string, string>>
}
export type NewAlarm = Omit<Alarm, 'n' | 'area'>

/** Newest first; `before` is the place to go on from. Times are ours. */
export interface AlarmQuery {
  readonly area?: string
  readonly deviceId?: string
  readonly channelId?: string
  readonly fromMs?: number
  readonly toMs?: number
  readonly method?: string
  readonly alarmType?: string
  /** This one and more urgent ones. */
  readonly priority?: number
  readonly before?: number
  readonly limit: number
}
export interface AlarmPage {
  readonly items: readonly Alarm[]
  readonly next?: number
}

/** WGS-84 degrees. */
export interface DevicePosition {
  readonly n: number
  readonly deviceId: string
  readonly channelId: string
  readonly atMs: number
  /** By the device's clock. */
  readonly fixedAtMs?: number
  readonly longitude: number
  readonly latitude: number
  readonly speedKmh?: number
  readonly direction?: number
  readonly altitudeM?: number
  readonly heightM?: number
}
export type NewPosition = Omit<DevicePosition, 'n'>

/** What a device says of itself, the latest of each, with when it said so. */
export interface DeviceInformation {
  readonly name?: string
  readonly manufacturer?: string
  readonly model?: string
  readonly firmware?: string
  readonly channels?: number
  readonly raw?: Readonly<Record<string, string>>
  readonly atMs?: number
  readonly status?: DeviceStatus
  /** Sub-devices that its keepalives call faulty. */
  readonly faulty?: { readonly channelIds: readonly string[]; readonly atMs: number }
  readonly upgrade?: { readonly isOk: boolean; readonly channelId: string; readonly sessionId?: string; readonly firmware?: string; readonly reason?: string; readonly atMs: number }
}
export interface DeviceStatus {
  /** Its own word, which is not whether we reach it. */
  readonly online: 'online' | 'offline' | 'unknown'
  /** Its clock less ours. */
  readonly clockOffsetMs?: number
  readonly deviceTimeMs?: number
  readonly raw: Readonly<Record<string, string>>
  readonly atMs: number
}

/** A device was told to take pictures and to upload them. GB/T 28181-2022 9.14. */
export interface SnapshotOrder {
  readonly session: string
  readonly cameraId: string
  readonly deviceId: string
  readonly by: string
  readonly atMs: number
  readonly count: number
  readonly finishedAtMs?: number
  /** What the device says it uploaded. */
  readonly fileIds?: readonly string[]
  readonly pictures: readonly SnapshotPicture[]
}
export interface SnapshotPicture {
  readonly n: number
  /** In the folder of snapshots. */
  readonly file: string
  /** As the device called it. */
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  readonly atMs: number
}

/** How much is kept. */
export interface Keeping {
  /** Alarms in all, and their age. */
  readonly alarms: number
  readonly alarmDays: number
  /** Positions of one device. */
  readonly positions: number
  /** Pictures of devices in all. */
  readonly snapshots: number
}

export interface NoticeStore {
  /** Adds one and takes the oldest away where there are too many: in all, of this device, or too old. */
  readonly saveAlarm: (alarm: NewAlarm, keep: { readonly most: number; readonly sinceMs: number }) => Promise<void>
  readonly alarms: (query: AlarmQuery) => Promise<AlarmPage>
  readonly savePositions: (positions: readonly NewPosition[], keep: { readonly most: number }) => Promise<void>
  /** Newest first. */
  readonly positions: (deviceId: string, before: number | undefined, limit: number) => Promise<readonly DevicePosition[]>
  readonly information: (deviceId: string) => Promise<DeviceInformation | undefined>
  /** What is given takes the place of what was said before; the rest stays. */
  readonly saveInformation: (deviceId: string, said: DeviceInformation) => Promise<void>
  readonly saveSnapshotOrder: (order: Omit<SnapshotOrder, 'pictures'>) => Promise<void>
  readonly snapshotOrder: (session: string) => Promise<SnapshotOrder | undefined>
  /** Newest first, each with its pictures. */
  readonly snapshotOrders: (cameraId: string, limit: number) => Promise<readonly SnapshotOrder[]>
  /** Returns the files that are beyond the bound now and no longer listed. */
  readonly saveSnapshotPicture: (session: string, picture: Omit<SnapshotPicture, 'n'>, keep: { readonly most: number }) => Promise<readonly string[]>
}

/** The same, for the rest of the house. */
export interface Notices {
  readonly applyAlarm: (alarm: NewAlarm) => Promise<void>
  readonly alarms: (query: AlarmQuery) => Promise<AlarmPage>
  readonly applyPositions: (positions: readonly NewPosition[]) => Promise<void>
  readonly positions: (deviceId: string, before: number | undefined, limit: number) => Promise<readonly DevicePosition[]>
  readonly applyInformation: (deviceId: string, said: DeviceInformation) => Promise<void>
  readonly information: (deviceId: string) => Promise<DeviceInformation>
  readonly orderSnapshots: (order: Pick<SnapshotOrder, 'session' | 'cameraId' | 'deviceId' | 'by' | 'count'>) => Promise<void>
  readonly snapshotOrder: (session: string) => Promise<SnapshotOrder | undefined>
  readonly snapshotOrders: (cameraId: string, limit: number) => Promise<readonly SnapshotOrder[]>
  /** Returns the files that are to be deleted. */
  readonly addSnapshot: (session: string, picture: Omit<SnapshotPicture, 'n' | 'atMs'>) => Promise<readonly string[]>
  readonly finishSnapshots: (session: string, fileIds: readonly string[]) => Promise<void>
}
