// What the service runs with, as it is handed to the parts.

/** What the service runs with. Every key is documented in docs/operations.md; a test compares the two. */
export interface Config {
  readonly dataDir: string
  readonly http: {
    readonly host: string
    readonly port: number
    /** Where devices reach us over HTTP, without a slash at the end; absent: media.host and the port. */
    readonly url?: string
    /** Proxies whose word on the caller's address and on HTTPS is believed. */
    readonly trustProxy?: readonly string[]
  }
  /** How long a log-in lasts, and how long it may lie idle. */
  readonly session: { readonly sessionMs: number; readonly idleMs: number }
  /** How long the audit trail is kept; 0: for ever. */
  readonly auditDays: number
  readonly sip: {
    readonly host: string
    readonly port: number
    /** Our 20-digit id. */
    readonly id: string
    readonly realm: string
    /** For devices without a password of their own; absent: unknown devices wait for approval. */
    readonly password?: string
    /** Longest lease of a registration. */
    readonly maxExpiresS: number
    /** What a REGISTER is answered with, and who is sent on to another server. */
    readonly access: {
      readonly digest: 'both' | 'md5' | 'sha-256'
      readonly date: 'full' | 'seconds' | 'none'
      readonly redirect?: { readonly to: string; readonly above: number; readonly prefixes: readonly string[] }
    }
  }
  readonly media: {
    /** Address put in SDP. */
    readonly host: string
    readonly ports: { readonly first: number; readonly last: number }
    readonly lingerMs: number
    /** Viewers of a device over UDP or TCP passive are given the other where nothing comes over the one that is set. */
    readonly retry: boolean
    /** H.264 versions of streams of another codec: how many at a time, and how large. */
    readonly transcodes: { readonly max: number; readonly maxHeight: number; readonly maxKbps: number }
    /** Threads that receive UDP; 0: the main loop does. */
    readonly udpThreads: number
    /** Streams whose G.711 is made AAC at a time. */
    readonly sounds: number
  }
  /** Players over RTMP; absent: none. */
  readonly rtmp?: { readonly host: string; readonly port: number }
  /** RTSP for players and recorders; absent: off. `basic`: from where names and passwords are taken, which come in plain. */
  readonly rtsp?: { readonly host: string; readonly port: number; readonly sessions: number; readonly basic: 'off' | 'loopback' | 'on' }
  /** Used by the first start only; without it a password is made and shown once. */
  readonly adminPassword?: string
  readonly decoders: number
  /** How much of what devices tell is kept. */
  readonly keep: { readonly alarms: number; readonly alarmDays: number; readonly positions: number; readonly snapshots: number }
  /** Files of downloaded recordings: how many at once, of what size, kept for how long. */
  readonly downloads: { readonly files: number; readonly maxBytes: number; readonly keepMs: number }
  /** Files of imports: how many at once, of what size, kept for how long. */
  readonly imports: { readonly files: number; readonly maxBytes: number; readonly keepMs: number }
  /** How long recordings, keyframes and pictures of inspections are kept (days; 0 for ever), in all at most how much, and below how much free disk nothing is recorded. */
  readonly evidence: {
    readonly days: { readonly recording: number; readonly keyframe: number; readonly picture: number }
    readonly maxBytes: number
    readonly minFreeBytes: number
    /** Of checks of a patrol that passed. */
    readonly patrol: 'picture' | 'all'
  }
  /** Traces of signalling on the disk, in MiB; 0 keeps them in memory alone. */
  readonly traceDiskMb: number
  /** How long after its start the service goes on with inspections that were cut: devices report themselves first. */
  readonly resumeAfterMs: number
  /** Name of this installation in the checks that it makes; absent: none. */
  readonly node?: string
  /** When a record and what devices report of it are two things. */
  readonly reconcile: { readonly distanceM: number; readonly offlineDays: number }
  /** A record whose errors are all waived counts as complete. */
  readonly excusesWaived: boolean
  /** What the map is drawn on. */
  readonly map: { readonly tiles?: readonly string[]; readonly datum: 'wgs84' | 'gcj02'; readonly maxZoom: number; readonly attribution?: string }
  /** GeoJSON of district outlines; without it the rule on places says that it was not applied. */
  readonly outlines?: string
  readonly registry: {
    /** CSV or JSON of divisions in place of the table that ships. */
    readonly divisions?: string
    /** Figures that the rules on records go by. */
    readonly rules: {
      readonly recordDays: number
      readonly keyRecordDays: number
      readonly keyPositions: readonly string[]
      readonly toleranceM: number
      readonly samePlace: number
      readonly datumPoints: number
    }
  }
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent' }
}
