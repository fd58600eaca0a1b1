// A scenario: a fleet of cameras, how each behaves, and the truth an inspection should find.
import type { Habit } from './habits.ts'

/** `fog`: a scene without anything that has an edge. `grey-green`: what a decoder makes of missing data, as some recorders send it on. */
export const pictureKinds = [
  'street', 'gate', 'square', 'black', 'colour-bars', 'frozen', 'blurred', 'night', 'white', 'one-colour', 'no-signal-text', 'snow', 'grey-green', 'fog',
] as const
export type PictureKind = (typeof pictureKinds)[number]

/**
 * How a channel answers and sends; `ok` is a healthy camera. `busy-first`, `busy-later`: 486 to its first INVITE, to all but the first. `rare-keyframes`: one in
 * six seconds. `pauses`: silent for a while, again and again. `restarts`: begins anew in the middle, with another SSRC. `bursts`: many pictures at once, then none.
 */
export const streamFaults = [
  'ok', 'no-answer', 'busy', 'no-media', 'slow-start', 'ends-midway', 'busy-first', 'busy-later', 'wrong-container', 'no-keyframe', 'undecodable', 'rare-keyframes', 'pauses',
  'loses-packets', 'half-rate', 'restarts', 'bursts',
] as const
export type StreamFault = (typeof streamFaults)[number]

export interface ScenarioChannel {
  readonly id: string
  readonly name: string
  readonly codec: 'h264' | 'h265'
  readonly picture: PictureKind
  readonly fault: StreamFault
  /** Shown from the second call on. */
  readonly laterPicture?: PictureKind
  /** Sound beside the pictures; none unless said. */
  readonly sound?: 'pcma' | 'pcmu' | 'aac'
  /** The owner's record of this camera by field name, as an import file would bring it; opaque to the simulator. */
  readonly record: Readonly<Record<string, string>>
  /** What an inspection should say; opaque to the simulator. */
  readonly truth: ScenarioTruth
}

export interface ScenarioTruth {
  readonly result: 'pass' | 'fail' | 'review'
  /** Reasons that must be named; others are a difference too. */
  readonly reasons: readonly string[]
  /** In the reader's words, for the comparison table. */
  readonly fault: string
}

export interface ScenarioDevice {
  readonly id: string
  readonly kind: 'camera' | 'recorder'
  readonly registers: boolean
  /** SIP transport. */
  readonly signalling: 'udp' | 'tcp'
  /** Media transport that the service is to be configured to ask of it. */
  readonly media: 'udp' | 'tcp-passive' | 'tcp-active'
  readonly charset: 'gb2312' | 'utf-8'
  readonly edition: '2016' | '2022'
  readonly channels: readonly ScenarioChannel[]
  /** What it does otherwise than the standard says. */
  readonly habits?: readonly Habit[]
  /** This many of it: ids count up from `id`, those of its channels from theirs. */
  readonly count?: number
  /** A lower platform: channels that only its catalog knows, under business groups `levels` deep. */
  readonly catalog?: { readonly channels: number; readonly levels: number }
  /** Catalog items in one message; 2 unless said. */
  readonly itemsPerMessage?: number
  /** Seconds between two alarms of its own; none unless said. */
  readonly alarmEveryS?: number
  /** `off`: it writes neither time nor name into its pictures, and says so. */
  readonly osd?: 'off'
  /** How far its clock is ahead of ours, in seconds; behind below 0. */
  readonly clockOffsetS?: number
  /** Seconds of silence after a remote restart; 47 unless said, as one was seen to do (Q9). */
  readonly rebootS?: number
}

export interface Scenario {
  readonly name: string
  /** Administrative division, 6 digits. */
  readonly area: string
  readonly password: string
  readonly keepaliveS: number
  /** Where the fleet registers; a demo fills these in. */
  readonly registrar?: { readonly id: string; readonly host: string; readonly port: number }
  readonly devices: readonly ScenarioDevice[]
}

export interface FleetFigures {
  readonly devices: number
  readonly registered: number
  readonly streams: number
  /** What the registrar last said to a device that it does not take. */
  readonly refusal?: string
}

export interface Fleet {
  /** Settles when every device that registers has registered, or has failed to within its time. */
  readonly registered: Promise<FleetFigures>
  readonly figures: () => FleetFigures
  /** Unregisters nothing, hangs up everything: sockets and children are gone when it resolves. */
  readonly close: () => Promise<void>
}
