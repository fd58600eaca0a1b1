// Appeals: who keeps the record says why a verdict is wrong, with files; an assessor decides, and never the one who appealed.
import { AppError, type Clock } from '../../base/index.ts'
import { attachmentTypeOf, maxAttachmentBytes, saveAttachment, type Attachment } from '../io/attachment-file.ts'
import { standingWords } from '../summary.ts'
import type { Appeal, AppealFile, Check, Result, Review } from '../types.ts'
import type { ReviewStore } from './needs.ts'

/** Appeals of one check, and files of one appeal. Ours. */
const maxAppeals = 20
const maxFiles = 10

export interface Appeals {
  /** Throws AppError `request.invalid`, `conflict` while another of the check is undecided. */
  readonly appeal: (said: { readonly inspection: string; readonly check: Check; readonly text: string; readonly by: string }) => Promise<Appeal>
  /** Only the one who appealed, and only until it is decided. Throws AppError `request.invalid`, `conflict`, `not-found`, `disk.full`. */
  readonly attach: (sent: { readonly inspection: string; readonly appeal: number; readonly name: string; readonly bytes: AsyncIterable<Buffer>; readonly by: string }) => Promise<AppealFile>
  /** `granted` gives the check another result; `rejected` leaves the one that stands. Throws AppError `request.invalid`, `conflict`, `not-found`, `auth.refused`. */
  readonly decide: (said: { readonly inspection: string; readonly appeal: number; readonly decision: 'granted' | 'rejected'; readonly result?: Result; readonly reason: string; readonly by: string; readonly checkOf: (n: number) => Promise<Check | undefined> }) => Promise<Review>
  readonly of: (inspection: string) => Promise<readonly Appeal[]>
  /** An attached file, to be read from the inspection's folder. Throws AppError `not-found`. */
  readonly file: (inspection: string, id: string) => Promise<AppealFile>
}

export function createAppeals({ store, reviews, evidenceDir, clock }: { readonly store: ReviewStore; readonly reviews: (inspection: string) => Promise<readonly Review[]>; readonly evidenceDir: string; readonly clock: Clock }): Appeals {
  const find = async (inspection: string, id: number): Promise<Appeal> => {
    const found = (await store.appeals(inspection)).find((appeal) => appeal.id === id)
    if (!found) throw new AppError('not-found', `inspection ${inspection} has no appeal ${id}`)
    return found
  }
  return {
    appeal: async ({ inspection, check, text, by }) => {
      if (text.trim() === '') throw new AppError('request.invalid', 'an appeal says why the verdict is wrong')
      const before = (await store.appeals(inspection)).filter(({ n }) => n === check.n)
      if (before.some(({ decision }) => !decision)) throw new AppError('conflict', `check ${check.n} has an appeal that is not decided yet: add to that one`)
      if (before.length >= maxAppeals) throw new AppError('conflict', `check ${check.n} has had ${maxAppeals} appeals, which is as many as there may be`)
      const appeal = { inspection, n: check.n, text: text.trim(), by, atMs: clock.wallMs() }
      return { ...appeal, id: await store.saveAppeal(appeal), files: [] }
    },
    attach: async ({ inspection, appeal: id, name, bytes, by }) => {
      const appeal = await find(inspection, id)
      if (appeal.by !== by) throw new AppError('auth.refused', `appeal ${id} is of ${appeal.by}: only who appeals adds files to it`)
      if (appeal.decision) throw new AppError('conflict', `appeal ${id} has been decided`)
      if (appeal.files.length >= maxFiles) throw new AppError('conflict', `appeal ${id} has ${maxFiles} files, which is as many as there may be`)
      attachmentTypeOf(name)
      const saved: Attachment = await saveAttachment({ evidenceDir, inspection, n: appeal.n, name, bytes, maxBytes: maxAttachmentBytes })
      const file: AppealFile = { ...saved, by, atMs: clock.wallMs() }
      await store.saveAppealFile(id, file)
      return file
    },
    decide: async ({ inspection, appeal: id, decision, result, reason, by, checkOf }) => {
      const appeal = await find(inspection, id)
      const check = await checkOf(appeal.n)
      if (!check) throw new AppError('not-found', `inspection ${inspection} has no finished check ${appeal.n}`)
      if (appeal.by === by) throw new AppError('auth.refused', 'nobody decides on an appeal of their own')
      if (appeal.decision) throw new AppError('conflict', `appeal ${id} has been decided: a review can still be added`)
      if (reason.trim() === '') throw new AppError('request.invalid', 'a decision needs its reason')
      const standing = standingWords(await reviews(inspection)).get(appeal.n)?.result ?? check.verdict.result
      if (decision === 'granted' && (result === undefined || result === standing)) throw new AppError('request.invalid', `an appeal that is granted gives another result than ${standing}`)
      if (decision === 'rejected' && result !== undefined && result !== standing) throw new AppError('request.invalid', `an appeal that is rejected leaves the result ${standing}`)
      const review = { inspection, n: appeal.n, result: result ?? standing, reason: reason.trim(), by, atMs: clock.wallMs(), appeal: id, decision }
      await store.decide(review)
      return review
    },
    of: (inspection) => store.appeals(inspection),
    file: async (inspection, id) => {
      const found = (await store.appeals(inspection)).flatMap(({ files }) => files).find((file) => file.id === id)
      if (!found) throw new AppError('not-found', `inspection ${inspection} has no attached file ${id}`)
      return found
    },
  }
}
