// Why does it not work? The records of a device to six verdicts and their hints. Pure: the same records give the same words.
import { viewOf, type Diagnosis, type StageVerdict, type TraceCase } from './diagnosis.ts'
import { hintsOf } from './hints.ts'
import { addressVerdict } from './stage-address.ts'
import { authenticationVerdict } from './stage-authentication.ts'
import { catalogVerdict } from './stage-catalog.ts'
import { inviteVerdict } from './stage-invite.ts'
import { keepaliveVerdict } from './stage-keepalive.ts'
import { mediaVerdict } from './stage-media.ts'

/** Records are looked at from the end: what is older explains nothing of today. */
export const maxDiagnosed = 4_000

export function diagnose(given: TraceCase): Diagnosis {
  const view = viewOf({ ...given, records: given.records.slice(-maxDiagnosed) })
  const stages: readonly StageVerdict[] = [addressVerdict(view), authenticationVerdict(view), keepaliveVerdict(view), catalogVerdict(view), inviteVerdict(view), mediaVerdict(view)]
  const failed = stages.find(({ state }) => state === 'failed')?.stage
  return { stages, ...(failed && { failed }), hints: hintsOf(view) }
}
