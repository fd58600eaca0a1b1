// For tests: a store in memory, and a tap whose cameras say real bytes, SIP text and program streams in RTP over UDP or TCP, from fixtures/h26x.
import { readFileSync } from 'node:fs'
import type { Clock } from '../../base/index.ts'
import { createPsMuxer, frameRfc4571, packetize, splitAnnexB, type MediaTransport, type VideoCodec } from '../../media/index.ts'
import type { Carrier, Inspection, InspectionStore, PopulationMember, Review, Tap, TapSession } from '../types.ts'

/** What has been saved, in memory: the whole of the interface, nothing of a database. */
export function memoryStore(): InspectionStore {
  const kept = new Map<string, { inspection: Inspection; population: readonly PopulationMember[] }>()
  const reviews: Review[] = []
  const change = (id: string, news: (inspection: Inspection) => Inspection): void => {
    const found = kept.get(id)
    if (found) kept.set(id, { ...found, inspection: news(found.inspection) })
  }
  return {
    saveInspection: async (inspection, population) => void kept.set(inspection.id, { inspection, population }),
    saveCheck: async (id, check) => change(id, (inspection) => ({ ...inspection, checks: [...inspection.checks.filter(({ n }) => n !== check.n), check].sort((x, y) => x.n - y.n) })),
    finish: async (id, state, finishedAtMs) => change(id, (inspection) => ({ ...inspection, state, finishedAtMs })),
    inspection: async (id) => kept.get(id)?.inspection,
    head: async (id) => {
      const found = kept.get(id)
      return found && { ...outlined(found.inspection), draw: { ...found.inspection.draw, members: [] } }
    },
    check: async (id, n) => kept.get(id)?.inspection.checks.find((check) => check.n === n),
    checkPage: async (id, { after = 0, limit }) => {
      const { draw: { members }, checks } = kept.get(id)?.inspection ?? { draw: { members: [] }, checks: [] }
      const items = members.map((camera, index) => ({ n: index + 1, camera, ...(checks.find(({ n }) => n === index + 1) && { check: checks.find(({ n }) => n === index + 1)! }) }))
      return { items: items.slice(after, after + limit), ...(after + limit < items.length && { next: after + limit }), total: items.length }
    },
    population: async (id) => kept.get(id)?.population ?? [],
    inspections: async (limit) => [...kept.values()].map(({ inspection }) => outlined(inspection)).reverse().slice(0, limit),
    outline: async (id) => {
      const found = kept.get(id)
      return found && outlined(found.inspection)
    },
    setState: async (id, state, { resumedAtMs, pausedBecause } = {}) =>
      change(id, ({ finishedAtMs: _end, pausedBecause: _why, ...inspection }) => ({ ...inspection, state, ...(pausedBecause && { pausedBecause }), ...(resumedAtMs !== undefined && { resumedAtMs: [...(inspection.resumedAtMs ?? []), resumedAtMs] }) })),
    unfinished: async () => [...kept.values()].map(({ inspection }) => outlined(inspection)).filter(({ state }) => state === 'running' || state === 'paused'),
    doneChecks: async (id) => (kept.get(id)?.inspection.checks ?? []).map(({ n }) => n).sort((x, y) => x - y),
    saveReview: async (review) => void reviews.push(review),
    reviews: async (id) => reviews.filter(({ inspection }) => inspection === id),
  }
}

const outlined = ({ checks, ...inspection }: Inspection): Inspection => {
  const count = (result: string): number => checks.filter(({ verdict }) => verdict.result === result).length
  return { ...inspection, checks: [], counts: { done: checks.length, pass: count('pass'), fail: count('fail'), review: count('review') } }
}

const local = { host: '192.0.2.10', port: 5060 }
const remote = { host: '198.51.100.7', port: 5060 }
const mediaPort = 30_000

const message = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
const common = (method: string): readonly string[] => ['Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1', 'From: <sip:34020000002000000001@3402000000>;tag=1', 'To: <sip:32011600001320000001@3402000000>;tag=2', 'Call-ID: 1', `CSeq: 1 ${method}`]

const typeOf = (codec: VideoCodec, nal: Buffer): number => (codec === 'h264' ? (nal[0] ?? 0) & 0x1f : ((nal[0] ?? 0) >> 1) & 0x3f)
export const isSlice = (codec: VideoCodec, nal: Buffer): boolean => (codec === 'h264' ? [1, 5].includes(typeOf(codec, nal)) : typeOf(codec, nal) < 32)
const isIdr = (codec: VideoCodec, nal: Buffer): boolean => (codec === 'h264' ? typeOf(codec, nal) === 5 : [19, 20].includes(typeOf(codec, nal)))

/** One thing a camera does; `waitMs` passes before it. */
type Act =
  | { readonly does: 'asked'; readonly transport: MediaTransport }
  | { readonly does: 'answers'; readonly status: number; readonly reason: string; readonly agent?: string }
  | { readonly does: 'sends'; readonly bytes: readonly Buffer[] }
  | { readonly does: 'hangs-up' }
  | { readonly does: 'lives'; readonly isCold: boolean }
  | { readonly does: 'fails'; readonly reason: string; readonly detail: string }
  | { readonly does: 'ends'; readonly reason: string }

export type Script = readonly (Act & { readonly waitMs?: number })[]

function invite(transport: MediaTransport): Buffer {
  const sdp = ['v=0', 'o=- 0 0 IN IP4 192.0.2.10', 's=Play', 'c=IN IP4 192.0.2.10', 't=0 0', `m=video ${mediaPort} ${transport === 'udp' ? 'RTP/AVP' : 'TCP/RTP/AVP'} 96`, 'a=recvonly', 'a=rtpmap:96 PS/90000', ...(transport === 'udp' ? [] : ['a=setup:passive', 'a=connection:new']), 'y=0116000001', ''].join('\r\n')
  return Buffer.concat([message('INVITE sip:32011600001320000001@3402000000 SIP/2.0', ...common('INVITE'), 'Content-Type: application/sdp', `Content-Length: ${sdp.length}`), Buffer.from(sdp)])
}

/** `scriptsOf`: what a camera does at its first, second … joining; the last is repeated. */
export function scriptedTap(clock: Clock, scriptsOf: (camera: string) => readonly Script[], carriersOf: (camera: string) => readonly Carrier[] = (id) => [{ id, kind: 'device' }], more: Partial<Tap> = {}): Tap & { readonly joins: string[]; readonly open: () => number } {
  const joins: string[] = []
  let open = 0
  const join: Tap['join'] = (camera, onWire, onEnd): TapSession => {
    const scripts = scriptsOf(camera)
    const script = scripts[Math.min(joins.filter((each) => each === camera).length, scripts.length - 1)] ?? []
    joins.push(camera)
    open++
    const { promise: joined, resolve } = Promise.withResolvers<Awaited<TapSession['joined']>>()
    let isLeft = false
    let transport: MediaTransport = 'udp'
    const signal = (direction: 'in' | 'out', bytes: Buffer): void => onWire({ layer: 'signal', direction, atUs: clock.nowUs(), transport: 'udp', local, remote, bytes })
    const media = (bytes: Buffer): void => {
      onWire({ layer: 'media', direction: 'in', atUs: clock.nowUs(), transport: transport === 'udp' ? 'udp' : 'tcp', local: { ...local, port: mediaPort }, remote: { ...remote, port: 40_000 }, bytes })
    }
    const play = (at: number): void => {
      const act = script[at]
      if (!act || isLeft) return
      const perform = (): void => {
        if (isLeft) return
        if (act.does === 'asked') {
          transport = act.transport
          signal('out', invite(act.transport))
        } else if (act.does === 'answers') signal('in', message(`SIP/2.0 ${act.status} ${act.reason}`, ...common('INVITE'), ...(act.agent === undefined ? [] : [`User-Agent: ${act.agent}`]), 'Content-Length: 0'))
        else if (act.does === 'sends') act.bytes.forEach(media)
        else if (act.does === 'hangs-up') signal('in', message('BYE sip:34020000002000000001@192.0.2.10 SIP/2.0', ...common('BYE'), 'Content-Length: 0'))
        else if (act.does === 'lives') resolve({ ok: true, isCold: act.isCold })
        else if (act.does === 'fails') resolve({ ok: false, reason: act.reason, detail: act.detail })
        else onEnd(act.reason)
        play(at + 1)
      }
      clock.after(act.waitMs ?? 0, perform)
    }
    play(0)
    return {
      joined,
      leave: async () => {
        if (isLeft) return
        isLeft = true
        open--
        resolve({ ok: false, reason: 'stopped', detail: 'left' })
        if (script.some(({ does }) => does === 'asked')) signal('out', message('BYE sip:32011600001320000001@198.51.100.7 SIP/2.0', ...common('BYE'), 'Content-Length: 0'))
      },
    }
  }
  return { join, carriersOf: async (camera) => carriersOf(camera), joins, open: () => open, ...more }
}

/** Access units of an Annex B fixture: parameter sets and one slice each. */
export function unitsOf(codec: VideoCodec, fixture = `plain.${codec}`): readonly (readonly Buffer[])[] {
  const units: Buffer[][] = [[]]
  for (const nal of splitAnnexB(readFileSync(new URL(`../../../fixtures/h26x/${fixture}`, import.meta.url)))) {
    units.at(-1)?.push(nal)
    if (isSlice(codec, nal)) units.push([])
  }
  return units.slice(0, -1)
}

/** Access units as a camera sends them: 25 a second, a pack each, in RTP; over TCP in chunks that cut the packets anywhere. */
export function sendable(codec: VideoCodec, units: readonly (readonly Buffer[])[], transport: MediaTransport, from = 0): readonly Buffer[] {
  const muxer = createPsMuxer({ codec })
  let firstSequence = 65_530 + from * 100
  const packets = units.flatMap((nalUnits, index) => {
    const pts90k = (from + index) * 3600
    const pack = muxer.push({ nalUnits, pts90k, isKeyframe: nalUnits.some((nal) => isIdr(codec, nal)) })
    const frame = packetize(pack, { payloadType: 96, ssrc: 0x01020304, timestamp: pts90k, firstSequence, maxPayload: 1400 })
    firstSequence += frame.length
    return frame
  })
  if (transport === 'udp') return packets
  const stream = Buffer.concat(packets.map(frameRfc4571))
  return Array.from({ length: Math.ceil(stream.length / 997) }, (_, n) => stream.subarray(n * 997, (n + 1) * 997))
}
