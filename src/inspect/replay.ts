// Every verdict again, from its recording alone: the same observer, decoder and judge as the live check, and what differs from the
// verdict kept beside it.
import { AppError } from '../base/index.ts'
import { findRecordings, readKept } from './io/evidence-folder.ts'
import { readRecording } from './io/recording-file.ts'
import { concludeCheck } from './judge.ts'
import { insistOnMemory, isRemembered } from './memory.ts'
import { createObserver, type Observed, type ObserverParts } from './observe.ts'
import { chooseRules, rulesAfter } from './rules/index.ts'
import type { Attempt, Check, DecodeOutcome, Decoder, Note, PictureMeasure, RecordedEvent, RuleSet } from './types.ts'

export interface ReplayDeps extends ObserverParts {
  readonly decoder: Decoder
  /** Name and version of this program, as recordings name theirs. */
  readonly software: string
}

export interface Replayed {
  readonly file: string
  readonly kept?: Check
  /** Without evidence: the recording itself is the evidence. */
  readonly computed: Check
  /** `path: kept → computed` of each field that differs; empty when all is the same, or nothing was kept. */
  readonly differences: readonly string[]
  /** What makes the two hard to compare: another program version, other rules. */
  readonly remarks: readonly string[]
}

/** A recording, a list of them, or folders of them, in order of their names. Throws AppError `recording.invalid`, after all others, when one cannot be read. */
export async function* replay(paths: string | readonly string[], deps: ReplayDeps, options: { readonly rules?: string | RuleSet } = {}): AsyncIterable<Replayed> {
  const rules = options.rules === undefined ? undefined : chooseRules(options.rules)
  const broken: string[] = []
  for (const file of await findRecordings(typeof paths === 'string' ? [paths] : paths)) {
    try {
      const { computed, remarks } = await replayCheck(await readRecording(file), deps, rules)
      const kept = await readKept(file)
      yield { file, ...(kept && { kept }), computed, differences: kept ? compareChecks(kept, computed) : [], remarks }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      broken.push(`${error.message}${error.message.includes(file) ? '' : ` (${file})`}`)
    }
  }
  if (broken.length > 0) throw new AppError('recording.invalid', broken.join('; '))
}

/** `rules` instead of the recording's own. Throws AppError `recording.invalid`. */
export async function replayCheck(events: readonly RecordedEvent[], deps: ReplayDeps, rules?: RuleSet): Promise<{ readonly computed: Check; readonly remarks: readonly string[] }> {
  const notes = events.flatMap((event) => (event.kind === 'note' ? [event.note] : []))
  const about = notes.find((note) => note.type === 'check')
  if (!about) throw new AppError('recording.invalid', 'the recording does not say what it is of: it is no recording of a check')
  const used = rules ?? about.rules
  const attempts: Attempt[] = []
  const broke = notes.find((note) => note.type === 'broken')
  for (const part of attemptsOf(events).slice(0, broke?.attempts)) attempts.push(await replayAttempt(part, deps, used, attempts))
  const answers = notes.flatMap((note) => (note.type === 'device' ? [note.answer] : []))
  const circumstances = { answers, ...(about.context && { context: about.context }), ...(about.kinds && { kinds: about.kinds }), ...(about.cutBefore !== undefined && { cutBefore: about.cutBefore }), ...(about.recheck !== undefined && { recheck: about.recheck }), ...(about.node !== undefined && { node: about.node }), ...(broke && { broken: { code: broke.code, detail: broke.detail, tries: broke.tries } }) }
  const remarks = [
    ...(about.software === deps.software ? [] : [`recorded by ${about.software}, computed by ${deps.software}`]),
    ...(rules && (rules.name !== about.rules.name || rules.version !== about.rules.version) ? [`judged by ${about.rules.name} ${about.rules.version}, computed by ${rules.name} ${rules.version}`] : []),
  ]
  return { computed: concludeCheck(about.n, about.camera, attempts, used, [], circumstances), remarks }
}

/** The events of each attempt: from the first note that numbers it to the next one's. */
function attemptsOf(events: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[] {
  const parts: RecordedEvent[][] = []
  let number: number | undefined
  for (const event of events) {
    if (event.kind === 'note' && event.note.type === 'attempt' && event.note.attempt !== number) {
      number = event.note.attempt
      parts.push([])
    }
    parts.at(-1)?.push(event)
  }
  return parts
}

/** A decoder that dies now says nothing of the recording: the attempt is computed again with its replacement. Throws AppError `busy` when none lives. */
async function replayAttempt(events: readonly RecordedEvent[], deps: ReplayDeps, rules: RuleSet, before: readonly Attempt[]): Promise<Attempt> {
  for (let tries = 0; tries < maxTries; tries++) {
    const attempt = await tryAttempt(events, deps, rules, before)
    if (attempt) return attempt
  }
  throw new AppError('busy', `the decoder ended ${maxTries} times over one attempt: nothing can be computed now`)
}

const maxTries = 3

/** Undefined when the decoder was lost on the way. */
async function tryAttempt(events: readonly RecordedEvent[], deps: ReplayDeps, rules: RuleSet, before: readonly Attempt[]): Promise<Attempt | undefined> {
  const decoded = events.flatMap((event) => (event.kind === 'note' && event.note.type === 'decoded' ? [event.note] : []))
  const observer = createObserver(rulesAfter(rules, before), deps)
  let session = deps.decoder.open(rules)
  let previous: PictureMeasure | undefined
  const decode = async ({ picture, keyframe }: Extract<Observed, { type: 'picture' }>): Promise<DecodeOutcome | undefined> => {
    const lost = decoded.find((note) => note.picture === picture && note.reason === 'decoder-lost')
    if (lost) {
      session.close()
      session = deps.decoder.open(rules)
      previous = undefined
      if (!isRemembered(lost.detail)) return lostAgain(lost)
      const again = await session.push(keyframe)
      if (again.ok) previous = again.picture.measure
      return again.ok || again.reason !== 'decoder-lost' ? lostAgain(lost) : undefined
    }
    const outcome = insistOnMemory(await session.push(keyframe), previous)
    if (outcome.ok) previous = outcome.picture.measure
    return outcome.ok || outcome.reason !== 'decoder-lost' ? outcome : undefined
  }
  try {
    for (const event of events) {
      for (const observed of observer.push(event)) {
        if (observed.type !== 'picture') continue
        const outcome = await decode(observed)
        if (!outcome) return undefined
        observer.decoded(observed.picture, outcome)
      }
    }
    return observer.attempt()
  } finally {
    session.close()
  }
}

/** A decoder that died is not on the wire: its note is all there is. */
const lostAgain = ({ detail = '' }: Extract<Note, { type: 'decoded' }>): DecodeOutcome => ({ ok: false, reason: 'decoder-lost', detail })

/** Field for field, evidence aside; each difference as `path: kept → computed`. */
export function compareChecks(kept: Check, computed: Check): readonly string[] {
  const differences: string[] = []
  const walk = (path: string, a: unknown, b: unknown): void => {
    if (isObject(a) && isObject(b) && Array.isArray(a) === Array.isArray(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) walk(path === '' ? key : `${path}.${key}`, a[key], b[key])
    } else if (a !== b) {
      differences.push(`${path}: ${JSON.stringify(a) ?? 'absent'} → ${JSON.stringify(b) ?? 'absent'}`)
    }
  }
  walk('', plain(kept), plain(computed))
  return differences
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

/** As JSON has it: absent fields absent, numbers as they print. */
function plain(check: Check): unknown {
  return JSON.parse(JSON.stringify({ ...check, evidence: undefined }))
}
