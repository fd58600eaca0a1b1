// The states, events and effects of a relay.
import type { JoinOutcome } from './types.ts'

/** Numbers the readers of one relay. */
export type ReaderId = number

export interface RelayReader {
  readonly id: ReaderId
  readonly kind: 'viewer' | 'inspector'
}
export type Readers = readonly RelayReader[]

/** Why nobody who waits will see a picture. */
export type JoinFailure = Extract<JoinOutcome, { ok: false }>

/** How far a start has come. Media may be here before the answer: devices send with their 200 OK (Dahua, Kedacom). */
export interface Progress {
  readonly isAnswered: boolean
  readonly hasPacket: boolean
  readonly hasKeyframe: boolean
  /** The device may be asked by another way (transport) after this one. */
  readonly hasNext?: boolean
}

/** `attempt` numbers the starts, `way` the transports of the device's list, `losses` the starts and streams lost in a row. */
export type RelayState =
  | { readonly name: 'idle'; readonly attempt: number }
  /** `readers` wait for their answer, `resumed` have had theirs; `cold`: those whose joining caused this start; they hear it from its first byte. */
  | { readonly name: 'starting'; readonly attempt: number; readonly readers: Readers; readonly cold: readonly ReaderId[]; readonly resumed: Readers; readonly way: number; readonly losses: number; readonly progress: Progress }
  | { readonly name: 'live'; readonly attempt: number; readonly readers: Readers; readonly losses: number }
  | { readonly name: 'lingering'; readonly attempt: number }
  /** `leaving` are released when the camera has confirmed; `waiting` want the next start, `resumed` go on with it. */
  | { readonly name: 'stopping'; readonly attempt: number; readonly leaving: readonly ReaderId[]; readonly waiting: Readers; readonly resumed: Readers; readonly way: number; readonly losses: number }
  /** The stream was lost; it is asked for again after a while. */
  | { readonly name: 'resting'; readonly attempt: number; readonly resumed: Readers; readonly losses: number }

/** What one attempt to get the camera's media reports. `way`: the device could be asked by another transport as well; `keyframe`: the first one with parameter sets; `heard`: RTP came, told about once a second; `stale`: pictures have been useless for want of a keyframe, or a newcomer has none to begin with. */
export type AttemptEvent =
  | { readonly type: 'way'; readonly hasNext: boolean }
  | { readonly type: 'answered' }
  | { readonly type: 'failed'; readonly failure: JoinFailure }
  | { readonly type: 'packet' }
  | { readonly type: 'wrong-container' }
  | { readonly type: 'keyframe' }
  | { readonly type: 'stale' }
  | { readonly type: 'heard' }
  | { readonly type: 'ended'; readonly reason: string }
  | { readonly type: 'stopped' }

type TimeEvent =
  | { readonly type: 'start-timeout' }
  | { readonly type: 'next-way' }
  | { readonly type: 'keyframe-late' }
  | { readonly type: 'steady' }
  | { readonly type: 'silent' }
  | { readonly type: 'linger-over' }
  | { readonly type: 'stop-timeout' }
  | { readonly type: 'rested' }

/** What belongs to an attempt carries its number, so that yesterday's answer cannot pass for today's. */
export type RelayEvent =
  | { readonly type: 'join'; readonly reader: ReaderId; readonly kind: RelayReader['kind'] }
  | { readonly type: 'leave'; readonly reader: ReaderId; readonly linger: boolean }
  | { readonly type: 'close' }
  | ((AttemptEvent | TimeEvent) & { readonly attempt: number })

export type RelayEffect =
  /** `isMeasured`: an inspector waits for it, the device is asked as it is set and in no other way. */
  | { readonly type: 'start'; readonly attempt: number; readonly way: number; readonly isMeasured: boolean }
  /** Media has stopped coming; `stop` follows. */
  | { readonly type: 'lost'; readonly attempt: number }
  /** BYE or CANCEL; answered by `stopped`. */
  | { readonly type: 'stop'; readonly attempt: number }
  /** The camera does not confirm: give sockets and port back without it. */
  | { readonly type: 'abandon'; readonly attempt: number }
  | { readonly type: 'admit'; readonly reader: ReaderId; readonly isCold: boolean }
  | { readonly type: 'reject'; readonly readers: readonly ReaderId[]; readonly failure: JoinFailure }
  | { readonly type: 'end'; readonly readers: readonly ReaderId[]; readonly reason: string }
  /** The stream is lost, these stay. */
  | { readonly type: 'pause'; readonly readers: readonly ReaderId[]; readonly reason: string }
  /** They go on with the stream that is here again. */
  | { readonly type: 'resume'; readonly readers: readonly ReaderId[] }
  /** This way brought nothing, the next is tried. */
  | { readonly type: 'retry'; readonly failure: JoinFailure }
  /** A lost stream was asked for in vain; those who stay wait on. */
  | { readonly type: 'missed'; readonly failure: JoinFailure }
  | { readonly type: 'ask-keyframe'; readonly attempt: number }
  /** Nothing more will reach them; who waits for their leaving waits no longer. */
  | { readonly type: 'release'; readonly readers: readonly ReaderId[] }
