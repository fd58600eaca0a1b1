// What a check keeps beside its recording: keyframes as they were sent, and pictures. Of a check of a patrol that passes one picture stays (evidence/keeping.ts):
// the others are then made only where it does not pass, from the keyframes, and what would be removed at once is not written.
import type { EvidenceFolder } from './io/evidence-folder.ts'
import type { Keyframe } from './observe.ts'
import type { DecodeSession, Evidence, Result } from './types.ts'

export interface CheckEvidence {
  /** What could not be decoded is evidence too. */
  readonly keyframe: (attempt: number, picture: number, keyframe: Keyframe) => void
  /** Whether its JPEG is to be made now. `isAnswered`: an earlier attempt was ok. */
  readonly wantsJpeg: (picture: number, isAnswered: boolean) => boolean
  readonly decoded: (attempt: number, picture: number, jpeg: Buffer | undefined) => void
  /** Writes what stays; `open`: a session to decode what was not made a JPEG yet. */
  readonly save: (result: Result, open: () => DecodeSession) => Promise<readonly Evidence[]>
}

interface Kept {
  readonly attempt: number
  readonly picture: number
  readonly keyframe?: Keyframe
  readonly isDecoded?: boolean
  readonly jpeg?: Buffer
}

/** `name`: of the check's files; `keyframes`: of each attempt so many are kept; a longer look takes more, which its recording has. */
export function createCheckEvidence({ name, evidence, keyframes, isThinned }: { readonly name: string; readonly evidence: EvidenceFolder; readonly keyframes: number; readonly isThinned: boolean }): CheckEvidence {
  const kept = new Map<string, Kept>()
  const change = (attempt: number, picture: number, news: Partial<Kept>): void => {
    const key = `${attempt}-${picture}`
    kept.set(key, { attempt, picture, ...kept.get(key), ...news })
  }
  /** Those of before are asked for anew; one that cannot be decoded now was decoded then: its keyframe is kept. */
  const complete = async (open: () => DecodeSession): Promise<void> => {
    const missing = [...kept.values()].filter(({ isDecoded, jpeg, keyframe }) => isDecoded && !jpeg && keyframe)
    if (missing.length === 0) return
    const session = open()
    try {
      for (const { attempt, picture, keyframe } of missing) {
        const made = keyframe && (await session.jpeg(keyframe))
        if (made?.ok) change(attempt, picture, { jpeg: made.jpeg })
      }
    } finally {
      session.close()
    }
  }
  return {
    keyframe: (attempt, picture, keyframe) => {
      if (picture <= keyframes) change(attempt, picture, { keyframe })
    },
    wantsJpeg: (picture, isAnswered) => !isThinned || picture > keyframes || (picture === 1 && !isAnswered),
    decoded: (attempt, picture, jpeg) => change(attempt, picture, { isDecoded: true, ...(jpeg && { jpeg }) }),
    save: async (result, open) => {
      const isBare = isThinned && result === 'pass'
      if (!isBare) await complete(open)
      const all = [...kept.values()]
      const saved: Evidence[] = []
      for (const { attempt, picture, keyframe } of all) {
        if (!keyframe) continue
        const file = `keyframes/${name}-${attempt}-${picture}.${keyframe.codec}`
        saved.push(isBare ? evidence.nameKeyframe(file, annexB(keyframe.nalUnits)) : await evidence.saveKeyframe(file, annexB(keyframe.nalUnits)))
      }
      for (const { attempt, picture, jpeg } of all) if (jpeg) saved.push(await evidence.savePicture(`pictures/${name}-${attempt}-${picture}.jpg`, jpeg))
      return saved
    },
  }
}

const startCode = Buffer.from([0, 0, 0, 1])

/** As a player takes it: start codes between the units (ITU-T H.264 Annex B, H.265 Annex B), every byte else as it was sent. */
const annexB = (nalUnits: readonly Buffer[]): Buffer => Buffer.concat(nalUnits.flatMap((unit) => [startCode, unit]))
