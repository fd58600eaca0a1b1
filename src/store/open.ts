// The store: one SQLite file behind the interfaces that registry, inspect and accounts declare.
import { dirname } from 'node:path'
import type { AccountStore } from '../accounts/index.ts'
import type { Clock } from '../base/index.ts'
import type { BaselineStore, DrawStore, EvidenceStore, InspectionStore, ReportStore, ReviewStore, RuleStore, SigningKeyStore } from '../inspect/index.ts'
import type { ImportStore, RegistryStore } from '../registry/index.ts'
import { accountStore } from './account-store.ts'
import { baselineStore } from './baseline-store.ts'
import { bindingRows, bindingStore } from './binding-store.ts'
import { openCheckpoints } from './checkpoints.ts'
import { connect, readClock } from './database.ts'
import { drawStore } from './draw-store.ts'
import { evidenceStore } from './evidence-store.ts'
import { makeFolder } from './folder.ts'
import { createGroupCommit } from './group-commit.ts'
import { importStore } from './import-store.ts'
import { inspectionStore } from './inspection-store.ts'
import { keyStore } from './key-store.ts'
import { createLending, type Lending } from './lend.ts'
import { takeLock } from './lock.ts'
import { createMeantime } from './meantime.ts'
import { takeOver } from './meantime-file.ts'
import { carriedRefresher, forgetPresence } from './presence.ts'
import { registryStore } from './registry-store.ts'
import { reportStore } from './report-store.ts'
import { reviewStore } from './review-store.ts'
import { ruleStore } from './rule-store.ts'
import { taskOn, translate } from './trouble.ts'
import { verdictStore, type VerdictStore } from './verdict-rows.ts'
import { setWaivers } from './waivers.ts'

export interface StoreOptions {
  /** Path of the database, or ':memory:' for one that ends with the process. */
  readonly file: string
  readonly clock: Clock
  /** Records whose errors are all waived count as complete; absent: as the file has it. */
  readonly excusesWaived?: boolean
}

export interface Store {
  readonly registry: RegistryStore
  readonly inspections: InspectionStore
  readonly baselines: BaselineStore
  readonly draws: DrawStore
  readonly evidence: EvidenceStore
  readonly reviews: ReviewStore
  readonly keys: SigningKeyStore
  readonly rules: RuleStore
  readonly reports: ReportStore
  readonly accounts: AccountStore
  readonly imports: ImportStore
  readonly verdicts: VerdictStore
  /** Lets another thread write, alone (lend.ts). */
  readonly lend: Lending['lend']
  /** Closing twice is nothing. */
  readonly close: () => Promise<void>
}

/**
 * Opens the database, alone: AppError 'data.locked' names the process that has it, 'data.unwritable' and 'disk.full' what to do.
 * Who is present was known by the process before and by nobody now: every device starts as `unknown` until it is heard.
 */
export async function openStore({ file, clock, excusesWaived }: StoreOptions): Promise<Store> {
  let unlock = (): void => {}
  try {
    if (file !== ':memory:') {
      makeFolder(dirname(file))
      unlock = takeLock(file)
    }
    const connection = connect(file)
    readClock(connection.raw, () => clock.wallMs())
    const rows = bindingRows(connection.raw)
    if (file !== ':memory:') takeOver(connection.raw, rows, file)
    forgetPresence(connection.raw, clock.wallMs())
    if (excusesWaived !== undefined) setWaivers(connection.raw, excusesWaived)
    const group = createGroupCommit({ raw: connection.raw, file, translate: (error) => translate(error, file) })
    const meantime = createMeantime({
      raw: connection.raw, rows, file, plain: bindingStore(rows, group.write), write: group.write, refreshCarried: carriedRefresher(connection.raw), wallMs: () => clock.wallMs(), translate: (error) => translate(error, file),
    })
    const { task, lend, isLent } = createLending(connection.raw, taskOn(file), group.hold, meantime)
    const checkpoints = openCheckpoints({ raw: connection.raw, file, isLent })
    let isOpen = true
    return {
      registry: registryStore(connection, task, group.write, meantime),
      inspections: inspectionStore(connection, task),
      baselines: baselineStore(connection.raw, task),
      draws: drawStore(connection.raw, task, group.write, clock),
      evidence: evidenceStore(connection.raw, task, group.write),
      reviews: reviewStore(connection.raw, task, group.write),
      keys: keyStore(connection.raw, task, group.write),
      rules: ruleStore(connection.raw, task, group.write),
      reports: reportStore(connection.raw, task),
      accounts: accountStore(connection, task, group.write, clock),
      imports: importStore(connection.raw, task),
      verdicts: verdictStore(connection.raw, task),
      lend,
      close: async () => {
        if (!isOpen) return
        isOpen = false
        await meantime.close()
        await group.close()
        await checkpoints.close()
        connection.raw.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw translate(error, file)
  }
}
