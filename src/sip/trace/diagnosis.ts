// The form of a diagnosis: six stages of getting a picture from a device, one verdict each, and what else was noticed.
import { see, type SeenMessage, type SeenSip } from './seen.ts'
import type { FindingCode } from './words.ts'
import type { KeptMessage, KeptNote, KeptRun, TraceNote, TraceRecord } from './types.ts'
import type { Address } from '../types.ts'

export const stages = ['address', 'authentication', 'keepalive', 'catalog', 'invite', 'media'] as const
export type Stage = (typeof stages)[number]

/** `unknown`: begun, and not decided yet; `not-tried`: what must come before it has not happened. */
export type StageState = 'ok' | 'failed' | 'unknown' | 'not-tried'

/** Something that was seen, with its values for the sentence and the numbers of the records that show it. */
export interface Finding {
  readonly code: FindingCode
  readonly values: Readonly<Record<string, string | number>>
  readonly evidence: readonly number[]
  /** Wall microseconds of the latest of these; 0 without any. */
  readonly atUs: number
}

export interface StageVerdict {
  readonly stage: Stage
  readonly state: StageState
  readonly finding: Finding
}

export interface Diagnosis {
  readonly stages: readonly StageVerdict[]
  /** The first stage that failed. */
  readonly failed?: Stage
  /** What stops nothing by itself, and explains much. */
  readonly hints: readonly Finding[]
}

/** What a diagnosis is made of. */
export interface TraceCase {
  readonly deviceId: string
  readonly records: readonly TraceRecord[]
  /** Wall microseconds. */
  readonly nowUs: number
  readonly us: { readonly id: string; readonly realm: string }
  /** Where it is registered. */
  readonly binding?: { readonly address: Address; readonly expiresAtMs: number }
  /** What devices are told to keep. */
  readonly keepaliveMs: number
  /** Hosts that send what no device of ours sends: the missing camera may be one of them. */
  readonly strangeHosts: readonly { readonly host: string; readonly unreadable: number }[]
}

/** The same, read once for all stages. */
export interface View {
  readonly case: TraceCase
  readonly messages: readonly ReadMessage[]
  readonly unreadable: readonly KeptMessage[]
  readonly notes: readonly KeptNote[]
  readonly runs: readonly KeptRun[]
}
export interface ReadMessage {
  readonly kept: KeptMessage
  readonly sip: SeenSip
}

export function viewOf(given: TraceCase): View {
  const seen: readonly SeenMessage[] = given.records.flatMap((record) => (record.kind === 'message' ? [see(record)] : []))
  return {
    case: given,
    messages: seen.flatMap(({ kept, sip }) => (sip ? [{ kept, sip }] : [])),
    unreadable: seen.flatMap(({ kept, sip }) => (sip || kept.direction === 'out' ? [] : [kept])),
    notes: given.records.filter((record) => record.kind === 'note'),
    runs: given.records.filter((record) => record.kind === 'run'),
  }
}

/** Notes of one type, oldest first. */
export function notesOf<Type extends TraceNote['type']>(view: View, type: Type): readonly (KeptNote & { readonly note: Extract<TraceNote, { readonly type: Type }> })[] {
  return view.notes.filter((kept): kept is KeptNote & { readonly note: Extract<TraceNote, { readonly type: Type }> } => kept.note.type === type)
}

/** Most numbers that one finding names: the latest. */
const maxEvidence = 12

export function finding(code: FindingCode, values: Finding['values'] = {}, evidence: readonly TraceRecord[] = []): Finding {
  const last = evidence.slice(-maxEvidence)
  return { code, values, evidence: last.map(({ seq }) => seq), atUs: last.reduce((latest, { atUs }) => Math.max(latest, atUs), 0) }
}

export const writeAddress = ({ transport, host, port }: Address): string => `${transport}:${host.includes(':') ? `[${host}]` : host}:${port}`

/** Beijing time to the second: what the person at the device reads on it. */
export const writeTime = (atUs: number): string => new Date(atUs / 1000 + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

/** One decimal below ten seconds, whole seconds above. */
export const writeSeconds = (ms: number): string => (ms < 10_000 ? (ms / 1000).toFixed(1) : String(Math.round(ms / 1000)))
