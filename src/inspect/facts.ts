// What is certain of a camera after its check, for rates and scores: yes, no, or it could not be found out. What could not be found out is
// never counted as bad. Pure.
import type { Attempt, Check, CountName, Figure, Result, RuleSet } from './types.ts'

export type Fact = boolean | undefined
export type Facts = Readonly<Record<CountName, Fact>>

/** `standing`: the result that counts, the machine's or a person's. */
export function factsOf(check: Check, rules: RuleSet, standing: Result = check.verdict.result): Facts {
  const { camera, record, picture, responseMs, running, device } = check
  // Of a check that broke, what was seen is certain, and what was not may only not have been waited for.
  const heard = check.broken ? [] : check.attempts.filter((attempt) => !attempt.isOurFault)
  const of = (isSo: (attempt: Attempt) => boolean): Fact => (check.attempts.some(isSo) ? true : heard.length > 0 ? false : undefined)
  const present = picture?.present ?? (heard.length > 0 && heard.length === check.attempts.length ? false : undefined)
  return {
    assessed: true,
    filed: record.result === 'pass',
    // Both, not either: one report of one house counted the one, the next the other.
    located: isCoordinate(camera.longitude) && isCoordinate(camera.latitude),
    connected: of(({ outcome }) => outcome !== 'not-registered'),
    online: of(hasResponded),
    present,
    clear: picture?.present ? bandFact[picture.sharpness.band] : picture && false,
    intact: intact(check, present),
    prompt: responseMs === undefined ? undefined : responseMs <= rules.response.slowMs,
    runs: running && soundness(running.figures),
    'clock-right': device && clockFact(device.figures),
    passed: standing === 'review' ? undefined : standing === 'pass',
  }
}

/** The camera answered the request for its stream, or was streaming already. */
export const hasResponded = (attempt: Attempt): boolean => attempt.times.ok !== undefined || attempt.stream !== undefined

const isCoordinate = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text)) && Number(text) !== 0

/** Doubtful is for a person to say. */
const bandFact = { clear: true, doubtful: undefined, unclear: false, undetermined: undefined } as const

/** A picture, and no fault in any figure of it. */
function intact({ picture }: Check, present: Fact): Fact {
  if (!picture || !present) return present
  const facts = [bandFact[picture.sharpness.band], soundness(picture.figures ?? [])]
  return facts.includes(false) ? false : facts.includes(undefined) ? undefined : true
}

function soundness(figures: readonly Figure[]): Fact {
  if (figures.some(({ result }) => result === 'bad')) return false
  return figures.some(({ result }) => result !== 'ok') ? undefined : true
}

function clockFact(figures: readonly Figure[]): Fact {
  const clocks = figures.filter(({ code }) => code.startsWith('clock'))
  return clocks.length === 0 ? undefined : soundness(clocks)
}
