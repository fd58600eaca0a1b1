// A recording: everything on the wire, and notes of what is not.
import type { WireEvent } from '../../media/index.ts'
import type { PopulationMember } from './draw.ts'
import type { DeviceAnswer } from './device.ts'
import type { PictureContext } from './picture.ts'
import type { CheckKind } from './plan.ts'
import type { RuleSet } from './rules.ts'

/** Facts that are not on the wire, kept in the recording beside it. */
export type Note =
  | { readonly type: 'check'; readonly inspection: string; readonly n: number; readonly camera: PopulationMember; readonly rules: RuleSet; readonly software: string; readonly kinds?: readonly CheckKind[]; readonly context?: PictureContext; readonly cutBefore?: number; readonly recheck?: number; readonly node?: string }
  /** Begins an attempt; said again with the same number when the stream turns out to be running already (not cold). `isBeside`: others have the stream; `runningMs`: it is looked at for so long. */
  | { readonly type: 'attempt'; readonly attempt: number; readonly isCold: boolean; readonly isBeside?: boolean; readonly runningMs?: number }
  /** What the device said of itself when asked, or why it did not; `wallMs` ours, when the question left and when the answer came. */
  | { readonly type: 'device'; readonly answer: DeviceAnswer }
  /** The registrar's or relay's word where the wire is silent: no binding, device offline, no port. */
  | { readonly type: 'failed'; readonly attempt: number; readonly reason: string; readonly detail: string }
  /** `picture` counts the sampled keyframes of the attempt from 1. A lost decoder is not on the wire, so the replay takes its word from here. */
  | { readonly type: 'decoded'; readonly attempt: number; readonly picture: number; readonly decodeMs: number; readonly ok: boolean; readonly reason?: 'undecodable' | 'decoder-lost'; readonly detail?: string }
  /** The recording's bound was reached: media after this is neither kept nor judged. */
  | { readonly type: 'full'; readonly attempt: number; readonly limitBytes: number }
  /** The check broke here by a fault of this service, for the last time; `attempts` of it were complete. */
  | { readonly type: 'broken'; readonly code: string; readonly detail: string; readonly tries: number; readonly attempts: number }
  | { readonly type: 'lag'; readonly attempt: number; readonly maxMs: number }
  | { readonly type: 'attempt-end'; readonly attempt: number; readonly why: 'sampled' | 'watched' | 'timeout' | 'failed' | 'ended' }

/** A recording is a sequence of these: the live check and the replay see the same one. */
export type RecordedEvent = { readonly kind: 'wire'; readonly wire: WireEvent } | { readonly kind: 'note'; readonly atUs: number; readonly note: Note }
