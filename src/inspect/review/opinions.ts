// The check of another installation as a second opinion: its verdict, and its recording, which is computed again here. Only then it is worth
// anything; until the recording has come, it awaits it.
import { join } from 'node:path'
import { AppError, type Clock, type RandomBytes } from '../../base/index.ts'
import { dropFile, saveStream } from '../io/attachment-file.ts'
import { readKeptRecording } from '../io/kept-recording.ts'
import { parseRecording, recordingLimitBytes } from '../io/recording-file.ts'
import { compareChecks, replayCheck, type ReplayDeps } from '../replay.ts'
import { checkRules } from '../rules/index.ts'
import type { Check, Opinion, RecordedEvent } from '../types.ts'
import { readForeignCheck } from './foreign-check.ts'
import type { ReviewStore } from './needs.ts'
import { opinionPackageBytes, readOpinionPackage } from './opinion-package.ts'
import { createTurns } from './turns.ts'

export interface Opinions {
  /** `said`: the verdict file beside the other node's recording. Throws AppError `request.invalid`, `conflict`. */
  readonly give: (given: { readonly inspection: string; readonly check: Check; readonly node: string; readonly said: unknown; readonly recordingSha256: string; readonly by: string }) => Promise<Opinion>
  /** Its recording, which must be the one that was named. Resolves when it has been computed again. Throws AppError `request.invalid`, `conflict`, `not-found`, `busy`, `disk.full`. */
  readonly attach: (sent: { readonly inspection: string; readonly opinion: number; readonly bytes: AsyncIterable<Buffer> }) => Promise<Opinion>
  /** The evidence package of the other node's check: proved, its recording computed again, and kept as it came. Throws AppError `request.invalid`, `conflict`, `busy`, `disk.full`. */
  readonly take: (sent: { readonly inspection: string; readonly check: Check; readonly bytes: AsyncIterable<Buffer>; readonly by: string }) => Promise<Opinion>
  readonly of: (inspection: string) => Promise<readonly Opinion[]>
  readonly close: () => Promise<void>
}

export interface OpinionsDeps extends ReplayDeps {
  readonly store: ReviewStore
  readonly evidenceDir: string
  readonly clock: Clock
  readonly random: RandomBytes
  /** Of the key of this installation. */
  readonly fingerprint?: string
}

const maxOpinions = 10
const maxWaiting = 4
const maxDifferences = 40

export function createOpinions(deps: OpinionsDeps): Opinions {
  const { store, clock, evidenceDir } = deps
  const turns = createTurns(maxWaiting)
  const find = async (inspection: string, id: number): Promise<Opinion> => {
    const found = (await store.opinions(inspection)).find((opinion) => opinion.id === id)
    if (!found) throw new AppError('not-found', `inspection ${inspection} has no opinion ${id}`)
    return found
  }
  /** Before a package is read through and after: two may come at once. */
  const insistOnNew = async (inspection: string, n: number, recordingSha256?: string): Promise<void> => {
    const before = (await store.opinions(inspection)).filter((each) => each.n === n)
    const same = before.find((each) => each.recordingSha256 === recordingSha256)
    if (same) throw new AppError('conflict', `an opinion with this recording is there already: opinion ${same.id} of ${same.node}`)
    if (before.length >= maxOpinions) throw new AppError('conflict', `check ${n} has ${maxOpinions} opinions, which is as many as there may be`)
  }
  const pathFor = (n: number, ending: string): string => `opinions/${String(n).padStart(2, '0')}-${deps.random(8).toString('hex')}.${ending}`
  return {
    give: async ({ inspection, check, node, said, recordingSha256, by }) => {
      const foreign = readForeignCheck(said)
      if (foreign.camera.id !== check.camera.id) throw new AppError('request.invalid', `the check of the other node is of camera ${foreign.camera.id}, this one of ${check.camera.id}`)
      await insistOnNew(inspection, check.n, recordingSha256)
      const opinion = { inspection, n: check.n, node, by, atMs: clock.wallMs(), check: foreign, recordingSha256, state: 'awaiting', differences: [], remarks: [] } as const
      return { ...opinion, id: await store.saveOpinion(opinion) }
    },
    attach: async ({ inspection, opinion: id, bytes }) => {
      const opinion = await find(inspection, id)
      if (opinion.state !== 'awaiting') throw new AppError('conflict', `opinion ${id} has its recording`)
      const file = pathFor(opinion.n, 'pcapng')
      const path = join(evidenceDir, inspection, file)
      const { sha256 } = await saveStream(path, bytes, recordingLimitBytes, (head) => {
        // Section header block. draft-ietf-opsawg-pcapng 4.1.
        if (head.readUInt32BE(0) !== 0x0a0d0d0a) throw new AppError('request.invalid', 'this is no pcapng recording')
      })
      if (sha256 !== opinion.recordingSha256) throw new AppError('request.invalid', `this is not the recording that was named: its SHA-256 is ${sha256}`)
      const outcome = await turns.take(() => verify(path, opinion, deps))
      await store.changeOpinion(id, { file, verifiedAtMs: clock.wallMs(), ...outcome })
      return find(inspection, id)
    },
    take: async ({ inspection, check, bytes, by }) => {
      await insistOnNew(inspection, check.n)
      const file = pathFor(check.n, 'zip')
      const path = join(evidenceDir, inspection, file)
      await saveStream(path, bytes, opinionPackageBytes, (head) => {
        // Local file header. PKWARE APPNOTE 6.3.10 4.3.7.
        if (head.readUInt32LE(0) !== 0x0403_4b50) throw new AppError('request.invalid', 'this is no evidence package: send the evidence.zip of one check')
      })
      try {
        return await turns.take(async () => {
          const { check: foreign, signed, recording } = await readOpinionPackage(path, check.camera.id, deps.fingerprint ?? '')
          await insistOnNew(inspection, check.n, recording.sha256)
          const outcome = await computeAgain(() => parseRecording(recording.bytes, recording.name), foreign, deps)
          const atMs = clock.wallMs()
          const opinion = { inspection, n: check.n, node: foreign.node ?? signed.fingerprint.slice(0, 16), by, atMs, check: foreign, recordingSha256: recording.sha256, state: 'awaiting', differences: [], remarks: [], signed } as const
          const id = await store.saveOpinion(opinion)
          await store.changeOpinion(id, { file, verifiedAtMs: atMs, ...outcome })
          return find(inspection, id)
        })
      } catch (error) {
        await dropFile(path)
        throw error
      }
    },
    of: (inspection) => store.opinions(inspection),
    close: () => turns.idle(),
  }
}

type Outcome = Pick<Opinion, 'state' | 'differences' | 'remarks'> & Partial<Pick<Opinion, 'computed'>>

/** By the rules that the other node says it went by, read like any from outside. */
async function verify(path: string, opinion: Opinion, deps: ReplayDeps): Promise<Outcome> {
  const kept = await readKeptRecording(path, opinion.recordingSha256)
  if (kept.state !== 'kept') return unreadable(kept.state === 'unreadable' ? kept.detail : `the recording is ${kept.state}`)
  return computeAgain(() => kept.events, opinion.check, deps)
}

async function computeAgain(read: () => readonly RecordedEvent[], foreign: Check, deps: ReplayDeps): Promise<Outcome> {
  try {
    const events = read()
    const about = events.flatMap((event) => (event.kind === 'note' && event.note.type === 'check' ? [event.note] : []))[0]
    if (!about) return unreadable('the recording does not say what it is of')
    if (about.camera.id !== foreign.camera.id) return unreadable(`the recording is of camera ${about.camera.id}`)
    const { computed, remarks } = await replayCheck(events, deps, checkRules(about.rules))
    const differences = compareChecks(foreign, computed).slice(0, maxDifferences)
    return { state: differences.length === 0 ? 'verified' : 'differs', computed: computed.verdict, differences, remarks }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return unreadable(error.message)
  }
}

const unreadable = (remark: string): Outcome => ({ state: 'unreadable', differences: [], remarks: [remark] })
