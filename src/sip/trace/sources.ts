// Where packets come from that no registered device sends: an operator whose camera never appears must see that something came, or that nothing did.
import { redact } from './redact.ts'
import type { SipMessage, TraceEntry } from '../types.ts'

/** One host. Counts are since it was first seen, or since the service started. */
export interface StrangeSource {
  readonly host: string
  /** The last ones, latest first. */
  readonly ports: readonly number[]
  readonly transports: readonly ('udp' | 'tcp')[]
  readonly messages: number
  /** Packets that are no SIP message. */
  readonly unreadable: number
  readonly firstUs: number
  readonly lastUs: number
  /** Device ids it named. */
  readonly ids: readonly string[]
  /** Method or status of the last message, or how the last packet begins, printable; secrets taken out. */
  readonly lastLine: string
}

export interface Sources {
  readonly note: (entry: TraceEntry, atUs: number, id: string) => void
  /** Latest first. */
  readonly list: () => readonly StrangeSource[]
}

const maxSources = 500
const maxPorts = 8
const maxIds = 8
const lineLength = 80
/** A flood is not looked into packet by packet. */
const quietUs = 100_000

export function createSources(): Sources {
  const sources = new Map<string, StrangeSource>()
  return {
    note: ({ remote, message, bytes }, atUs, id) => {
      const { host, port, transport } = remote
      const before = sources.get(host)
      sources.delete(host)
      sources.set(host, {
        host,
        ports: latest(before?.ports ?? [], port, maxPorts),
        transports: latest(before?.transports ?? [], transport, 2),
        messages: (before?.messages ?? 0) + (message ? 1 : 0),
        unreadable: (before?.unreadable ?? 0) + (message ? 0 : 1),
        firstUs: before?.firstUs ?? atUs,
        lastUs: atUs,
        ids: id === '' ? (before?.ids ?? []) : latest(before?.ids ?? [], id, maxIds),
        lastLine: before && atUs - before.lastUs < quietUs ? before.lastLine : message ? startOf(message) : firstLine(bytes),
      })
      const [oldest] = sources.keys()
      if (sources.size > maxSources && oldest !== undefined) sources.delete(oldest)
    },
    list: () => [...sources.values()].reverse(),
  }
}

const latest = <T>(list: readonly T[], value: T, limit: number): readonly T[] => (list[0] === value ? list : [value, ...list.filter((each) => each !== value)].slice(0, limit))

const startOf = (message: SipMessage): string => (message.kind === 'request' ? message.method : `${message.status} ${message.reason}`).slice(0, lineLength).replace(/[^\x20-\x7e]/g, '.')

function firstLine(bytes: Buffer): string {
  const line = redact(bytes.toString('latin1', 0, 400)).trimStart().split(/[\r\n]/, 1)[0] ?? ''
  return line.slice(0, lineLength).replace(/[^\x20-\x7e]/g, '.')
}
