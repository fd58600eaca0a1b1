// Traces of the running service: what the user agent and the relays tell goes in, the words and captures of the API come out.
import { join } from 'node:path'
import type { TracesDep, TraceView } from '../api/index.ts'
import type { Clock, Log } from '../base/index.ts'
import type { AttemptSummary } from '../media/index.ts'
import type { Registry } from '../registry/index.ts'
import {
  addressOf, createTraces, diagnose, mergeRecords, noDiskLog, noteOfFact, openDiskLog, stageWords, stateWords, strangersKey, tell, writeNote, writeTrace,
  type Diagnosis, type Finding, type MediaNote, type SipFact, type StoredBinding, type TraceEntry, type TraceNote, type TraceRecord,
} from '../sip/index.ts'

export interface ServiceTraces {
  readonly entry: (entry: TraceEntry) => void
  readonly note: (deviceId: string, note: TraceNote) => void
  readonly fact: (fact: SipFact) => void
  readonly restored: (deviceId: string, binding: StoredBinding) => void
  /** `channelId`: whose media it was. */
  readonly summary: (channelId: string, summary: AttemptSummary) => void
  readonly dep: TracesDep
  readonly figures: () => readonly { readonly name: string; readonly isCounter: boolean; readonly value: number }[]
  readonly close: () => Promise<void>
}

export interface TracesOptions {
  readonly us: { readonly id: string; readonly realm: string }
  readonly dataDir: string
  /** Of all segments on the disk; 0: memory alone. */
  readonly diskMb: number
  readonly registry: Pick<Registry, 'deviceOfChannel'>
  /** Where a device is registered now. */
  readonly bindingOf: (deviceId: string) => StoredBinding | undefined
  readonly clock: Clock
  readonly log: Log
  readonly software: string
}

/** What devices are told to keep. */
const keepaliveMs = 60_000
/** Records that are read for one answer, and shown in the list of what happened. */
const mostRecords = 20_000
const mostShown = 500
/** A live stream that was silent for this long when it was stopped had ended by itself. */
const silentUs = 4_000_000
/** INVITEs whose answer is timed. */
const maxAnswered = 10_000

export function openTraces(options: TracesOptions): ServiceTraces {
  const { us, registry, clock, log } = options
  const disk = options.diskMb === 0 ? noDiskLog : openDiskLog({ folder: join(options.dataDir, 'traces'), limitBytes: options.diskMb * 1_048_576, clock, log })
  const traces = createTraces({ ourId: us.id, clock, onRecord: disk.write })
  /** When each channel last accepted an INVITE, monotonic microseconds. */
  const answered = new Map<string, number>()

  const recordsOf = async (key: string): Promise<readonly TraceRecord[]> => mergeRecords(await disk.read(key, mostRecords), traces.records(key))
  const note = (deviceId: string, value: TraceNote): void => {
    if (value.type === 'invite' && value.outcome === 'ok') {
      answered.delete(value.channelId)
      answered.set(value.channelId, clock.nowUs())
      const [oldest] = answered.keys()
      if (answered.size > maxAnswered && oldest !== undefined) answered.delete(oldest)
    }
    traces.note(deviceId, value)
  }
  const diagnosisOf = (deviceId: string, records: readonly TraceRecord[]): Diagnosis => {
    const binding = options.bindingOf(deviceId)
    return diagnose({
      deviceId, records, us, keepaliveMs,
      nowUs: clock.wallMs() * 1000,
      ...(binding && { binding: { address: addressOf(binding), expiresAtMs: binding.expiresAtMs } }),
      strangeHosts: traces.strangers().sources.map(({ host, unreadable }) => ({ host, unreadable })),
    })
  }
  return {
    entry: traces.entry,
    note,
    fact: (fact) => {
      const said = noteOfFact(fact)
      if (fact.type === 'registered') traces.bind(fact.deviceId, addressOf(fact.binding))
      if (said) note(fact.deviceId, said)
      if (fact.type === 'unregistered') traces.bind(fact.deviceId, undefined)
    },
    restored: (deviceId, binding) => {
      traces.bind(deviceId, addressOf(binding))
      note(deviceId, { type: 'restored', address: addressOf(binding), expiresAtMs: binding.expiresAtMs })
    },
    summary: (channelId, summary) => {
      const value = mediaNote(channelId, summary, clock.nowUs(), answered.get(channelId))
      if (!value) return
      registry.deviceOfChannel(channelId).then(
        (deviceId) => deviceId !== undefined && note(deviceId, value),
        (error: unknown) => log.error({ channelId, error }, 'the device of a stream could not be looked up for its trace'),
      )
    },
    dep: {
      words: async (deviceId) => {
        const records = await recordsOf(deviceId)
        return viewOf(deviceId, clock.wallMs(), diagnosisOf(deviceId, records), records, disk.stats().state)
      },
      capture: async (deviceId, more) => writeTrace(await recordsOf(deviceId), options.software, more),
      strangers: async () => {
        const { sources, ids } = traces.strangers()
        const records = await recordsOf(strangersKey)
        return {
          atMs: clock.wallMs(),
          sources: sources.map(({ firstUs, lastUs, ...source }) => ({ ...source, firstMs: Math.round(firstUs / 1000), lastMs: Math.round(lastUs / 1000) })),
          ids,
          records: shown(records),
        }
      },
      captureStrangers: async (more) => writeTrace(await recordsOf(strangersKey), options.software, more),
    },
    figures: () => {
      const { devices, candidates, bytes, records, unkept, evicted } = traces.stats()
      const { bytes: diskBytes, lost } = disk.stats()
      const gauge = (name: string, value: number) => ({ name: `trace_${name}`, isCounter: false, value })
      const counter = (name: string, value: number) => ({ name: `trace_${name}_total`, isCounter: true, value })
      return [gauge('devices', devices), gauge('unknown_ids', candidates), gauge('memory_bytes', bytes), gauge('disk_bytes', diskBytes), counter('records', records), counter('unkept', unkept), counter('evicted', evicted), counter('disk_lost', lost)]
    },
    close: async () => {
      traces.flush()
      await disk.close()
    },
  }
}

/** Undefined for an attempt that was refused, or called off before anything could be said: its invitation says it all. */
function mediaNote(channelId: string, summary: AttemptSummary, nowUs: number, answeredUs: number | undefined): MediaNote | undefined {
  const { landing, figures, arrivals, bytes, firstSource, lastArrivalUs, firstPacketUs, isLive, ended, ssrc } = summary
  if (!summary.isAnswered) return undefined
  const { reception, discarded, container, codec, keyframes } = figures
  const isSilent = lastArrivalUs !== undefined && nowUs - lastArrivalUs > silentUs
  const outcome = isLive ? (ended !== undefined || isSilent ? 'lost-midway' : 'ok') : reception.packets === 0 ? 'no-media' : container === 'other' ? 'wrong-container' : 'no-keyframe'
  const waitedMs = answeredUs === undefined ? undefined : Math.round((nowUs - answeredUs) / 1000)
  return {
    type: 'media', channelId, transport: landing.transport, port: landing.port, outcome, arrivals, bytes, container, keyframes,
    rtpPackets: reception.packets, rtcpPackets: discarded?.rtcp ?? 0, malformed: discarded?.malformed ?? 0, strangers: discarded?.strangers ?? 0, lossRate: reception.lossRate,
    detail: ended ?? (isLive && isSilent ? 'no media came any more' : !isLive && waitedMs !== undefined ? `waited ${waitedMs} ms after the answer` : ''),
    ...(firstSource && { firstSource }), ...(codec !== undefined && { codec }), ...(ssrc !== undefined && { ssrcExpected: ssrc }),
    ...(reception.ssrc !== undefined && { ssrcSeen: reception.ssrc }), ...(reception.payloadType !== undefined && { payloadType: reception.payloadType }),
    ...(firstPacketUs !== undefined && answeredUs !== undefined && { firstPacketMs: Math.max(0, Math.round((firstPacketUs - answeredUs) / 1000)) }),
  }
}

const inMs = (atUs: number): number => Math.round(atUs / 1000)

function viewOf(deviceId: string, atMs: number, { stages, failed, hints }: Diagnosis, records: readonly TraceRecord[], disk: TraceView['disk']): TraceView {
  const times = new Map(records.map((record) => [record.seq, inMs(record.atUs)]))
  const sentences = (finding: Finding) => {
    const { zh, en } = tell(finding)
    const pair = (part: 'seen' | 'cause' | 'remedy') => ({ zh: zh[part], en: en[part] })
    return { code: finding.code, values: finding.values, seen: pair('seen'), cause: pair('cause'), remedy: pair('remedy'), evidence: finding.evidence.map((n) => ({ n, atMs: times.get(n) ?? 0 })) }
  }
  const told = stages.map(({ stage, state, finding }) => ({ stage, name: stageWords[stage], state, stateName: stateWords[state], ...sentences(finding) }))
  const first = told.find(({ stage }) => stage === failed)
  const summary = first
    ? { zh: `${first.name.zh}\uff1a${first.seen.zh}${first.cause.zh}${first.remedy.zh}`, en: `${first.name.en}: ${first.seen.en} ${first.cause.en} ${first.remedy.en}` }
    : { zh: '没有发现失败的阶段。', en: 'No stage has failed.' }
  return { deviceId, atMs, summary, ...(failed && { failed }), stages: told, hints: hints.map(sentences), records: shown(records), disk }
}

/** The list of what happened, one line each, the latest at the end. */
function shown(records: readonly TraceRecord[]): TraceView['records'] {
  return records.slice(-mostShown).map((record) => {
    const common = { n: record.seq, atMs: inMs(record.atUs) }
    if (record.kind !== 'message') return { ...common, kind: record.kind === 'run' ? ('count' as const) : ('note' as const), text: writeNote(record) }
    const { direction, remote, text, length } = record
    const line = (text.trimStart().split(/[\r\n]/, 1)[0] ?? '').slice(0, 200).replace(/[^\x20-\x7e]/g, '.')
    const about = /<CmdType\s*>\s*([^<]{1,40}?)\s*</i.exec(text)?.[1] ?? /[\r\n]CSeq[ \t]*:[ \t]*([^\r\n]{1,40})/i.exec(text)?.[1]
    return { ...common, kind: 'message' as const, direction, transport: remote.transport, remote: `${remote.host.includes(':') ? `[${remote.host}]` : remote.host}:${remote.port}`, text: line, bytes: length, ...(about !== undefined && { about: about.replace(/[^\x20-\x7e]/g, '.') }) }
  })
}
