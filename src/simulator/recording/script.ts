// A recorded conversation as a script: the device's messages to send and what is expected of our side, in order. Kept beside a fixture as lines of text.
import { AppError } from '../../base/index.ts'
import { header } from '../../sip/index.ts'
import type { Dialogue, RecordedMessage } from './dialogue.ts'
import { kindInLine, reduce } from './reduce.ts'

export type Step =
  /** `waitMs`: as recorded since the message before. */
  | { readonly type: 'send'; readonly recorded: RecordedMessage; readonly waitMs: number }
  /** `line`: reduced, as reduce.ts writes it. `isCaused`: somebody at the service asked for it; the rest our side does by itself. */
  | { readonly type: 'expect'; readonly recorded: RecordedMessage | undefined; readonly line: string; readonly kind: string; readonly isCaused: boolean }

/** What stands beside a recording. */
export interface SessionNotes {
  readonly what: string
  readonly origin: string
  readonly deviceId: string
  readonly serverId: string
  /** Made up for the fixture. */
  readonly password: string
  /** One line per message: `device 3 MESSAGE` or `ours 4 200 MESSAGE; …`; the number counts the recording's messages from 0, and `ours 4! …` is what somebody asked for. */
  readonly steps: readonly string[]
}

/** Waits that a device makes between two messages are its own affair up to this long. */
const sameMomentMs = 20

/** The script of a recording that nothing is kept beside: our side is expected to do what it did. */
export function scriptOf(dialogue: Dialogue): readonly Step[] {
  const seen = new Set<string>()
  return dialogue.messages.flatMap((recorded, n): Step[] => {
    if (recorded.from === 'device') return [send(dialogue, n, recorded)]
    const { message } = recorded
    if (!message) return []
    // A request of ours that was sent again is the same request.
    const again = message.kind === 'request' ? JSON.stringify([header(message, 'Via'), header(message, 'CSeq')]) : undefined
    if (again !== undefined && message.kind === 'request' && message.method !== 'ACK' && seen.has(again)) return []
    if (again !== undefined) seen.add(again)
    const line = reduce(message, dialogue)
    return [{ type: 'expect', recorded, line, kind: kindInLine(line), isCaused: false }]
  })
}

/** The script that notes keep. Throws AppError `recording.invalid` naming the line that does not fit the recording. */
export function scriptFrom(notes: SessionNotes, dialogue: Dialogue): readonly Step[] {
  return notes.steps.map((text): Step => {
    const [, side, number = '', caused, line = ''] = /^(device|ours) (\d+|-)(!?) ?(.*)$/.exec(text) ?? []
    const recorded = dialogue.messages[Number(number)]
    if (side === 'ours' && (number === '-' || recorded?.from === 'ours')) return { type: 'expect', recorded: number === '-' ? undefined : recorded, line, kind: kindInLine(line), isCaused: caused === '!' }
    if (side === 'device' && recorded?.from === 'device') return send(dialogue, Number(number), recorded)
    throw new AppError('recording.invalid', `the step "${text}" does not fit the recording`)
  })
}

/** Something asked of our side while it was recorded: a request of one of these methods is due to it. */
export interface Cause {
  readonly methods: readonly string[]
  /** On the recording's clock. */
  readonly atUs: number
}

/** The lines to keep beside a recording. Each cause marks the first request after it that can be its doing. */
export function notedSteps(dialogue: Dialogue, causes: readonly Cause[] = []): readonly string[] {
  const caused = new Set<RecordedMessage>()
  for (const { methods, atUs } of causes) {
    const due = dialogue.messages.find((each) => each.from === 'ours' && each.atUs >= atUs && !caused.has(each) && each.message?.kind === 'request' && methods.includes(each.message.method))
    if (due) caused.add(due)
  }
  return scriptOf(dialogue).map((step) => {
    const n = step.recorded === undefined ? '-' : dialogue.messages.indexOf(step.recorded)
    return step.type === 'expect' ? `ours ${n}${step.recorded && caused.has(step.recorded) ? '!' : ''} ${step.line}` : `device ${n} ${nameOf(step.recorded, dialogue)}`
  })
}

/** What a step sends, in a few words. */
export function nameOf({ message, bytes }: RecordedMessage, dialogue: Dialogue): string {
  if (message) {
    const [first = '', ...rest] = reduce(message, dialogue).split('; ')
    const command = rest.map((part) => /^(?:(?:Query|Control|Notify|Response) \w+|s=\w+|[A-Z]+ (?:MANS)?RTSP.*)/.exec(part)?.[0]).find((found) => found !== undefined)
    return command === undefined ? first : `${first}; ${command}`
  }
  return `${bytes.length} bytes that are no message`
}

function send(dialogue: Dialogue, n: number, recorded: RecordedMessage): Step {
  const waited = (recorded.atUs - (dialogue.messages[n - 1]?.atUs ?? 0)) / 1000
  return { type: 'send', recorded, waitMs: waited < sameMomentMs ? 0 : waited }
}

/** Reads what stands beside a recording. Throws AppError `recording.invalid`. */
export function parseNotes(text: string): SessionNotes {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AppError('recording.invalid', `what stands beside the recording is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const bag = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
  const words = (name: string): string => {
    const found = bag[name]
    if (typeof found !== 'string') throw new AppError('recording.invalid', `what stands beside the recording has no text "${name}"`)
    return found
  }
  const steps = bag['steps']
  if (!Array.isArray(steps) || steps.some((step) => typeof step !== 'string')) throw new AppError('recording.invalid', 'what stands beside the recording has no list "steps"')
  return { what: words('what'), origin: words('origin'), deviceId: words('deviceId'), serverId: words('serverId'), password: words('password'), steps: steps as readonly string[] }
}
