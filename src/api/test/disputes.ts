// What came after the verdict of each inspection of the house, and the parts that keep it: real ones, over a decoder that starts when it is needed
// and cameras that no device lists.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { seededBytes, silentLog, systemClock, type Clock } from '../../base/index.ts'
import { defaultRules, openDecoder, rulesSha256, type Decoder, type Tap } from '../../inspect/index.ts'
import { createDisputes, type Disputes } from '../../service/disputes.ts'
import { observing } from '../../service/observing.ts'
import type { Store } from '../../store/index.ts'
import { ownSigner } from './other-node.ts'
import { checkOf, member } from './things.ts'

export const rejudgementHere = 'j-00000000000000aa'
export const rejudgementThere = 'j-00000000000000bb'
export const appealFileHere = 'aa'.repeat(8)
export const appealFileThere = 'bb'.repeat(8)

/** One of everything for an inspection: the first is the one here, the second the one there. */
export async function disputed(store: Store, evidenceDir: string, inspection: string, camera: string, area: string, isHere: boolean, nowMs: number): Promise<void> {
  const { reviews } = store
  const n = 1
  const appeal = await reviews.saveAppeal({ inspection, n, text: '当时停电', by: 'editor', atMs: nowMs })
  const file = { id: isHere ? appealFileHere : appealFileThere, name: '停电通知.pdf', contentType: 'application/pdf', file: 'attachments/01-notice.pdf', size: 9, sha256: 'ef'.repeat(32), by: 'editor', atMs: nowMs }
  await mkdir(join(evidenceDir, inspection, 'attachments'), { recursive: true })
  await writeFile(join(evidenceDir, inspection, file.file), '%PDF-1.7\n')
  await reviews.saveAppealFile(appeal, file)
  await reviews.decide({ inspection, n, result: 'fail', reason: '无停电记录', by: 'assessor', atMs: nowMs, appeal, decision: 'rejected' })
  await reviews.saveRecheck({ inspection, n, why: 'automatic', by: '', reason: 'black', askedAtMs: nowMs, dueAtMs: nowMs + 10 * 365 * 86_400_000, state: 'due' })
  await reviews.saveOpinion({ inspection, n, node: '市局', by: 'assessor', atMs: nowMs, check: checkOf(member(camera, area)), recordingSha256: 'ab'.repeat(32), state: 'awaiting', differences: [], remarks: [] })
  if (isHere) await store.keys.addKey({ fingerprint: 'cd'.repeat(32), name: '市局', note: '电话核对', by: 'office', atMs: nowMs })
  await reviews.saveRejudgement({ id: isHere ? rejudgementHere : rejudgementThere, inspection, rules: defaultRules, rulesSha256: rulesSha256(defaultRules), by: 'assessor', atMs: nowMs, state: 'done', finishedAtMs: nowMs, software: 'yiji test', total: 1, results: [{ n, camera, state: 'judged', before: { result: 'fail', reasons: ['black'] }, after: { result: 'review', reasons: ['black'] }, differences: [], remarks: [] }] })
}

const unregistered: Tap = {
  join: () => ({ joined: Promise.resolve({ ok: false, reason: 'not-registered', detail: 'no device lists it' }), leave: async () => {} }),
  carriersOf: async () => [],
}

export function disputesOver(test: Test, store: Store, evidenceDir: string, clock: Clock): Disputes {
  let opened: Decoder | undefined
  const decoder: Decoder = {
    open: (rules) => (opened ??= openDecoder({ children: 1, clock: systemClock, log: silentLog })).open(rules),
    close: async () => opened?.close(),
  }
  test.teardown(() => decoder.close())
  return createDisputes({ ...observing, store: store.reviews, inspections: store.inspections, tap: unregistered, decoder, clock, random: seededBytes(7), log: silentLog, evidenceDir, software: 'yiji test', fingerprint: ownSigner.fingerprint, elsewhere: () => [], onFree: () => {} })
}
