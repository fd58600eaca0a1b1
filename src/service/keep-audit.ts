// The audit trail is looked after once a day: what is older than configured is taken out, and the rest proved.
import type { Accounts } from '../accounts/index.ts'
import type { Clock, Log } from '../base/index.ts'

const dayMs = 24 * 3600_000
/** After the start, when cameras that register again have had their turn. */
const firstMs = 60_000

export function keepAudit({ accounts, days, clock, log }: { readonly accounts: Pick<Accounts, 'cutAudit' | 'proveAudit'>; readonly days: number; readonly clock: Clock; readonly log: Log }): { readonly close: () => Promise<void> } {
  let isOpen = true
  let running: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    try {
      const cut = await accounts.cutAudit(days)
      if (cut) log.info({ entries: cut.entries, through: cut.through }, 'entries of the audit trail older than configured were taken out')
      const { ok, entries, through, head, broken } = await accounts.proveAudit()
      if (ok) log.info({ entries, through, head }, 'the audit trail is unchanged')
      else log.error({ broken, head }, 'THE AUDIT TRAIL WAS CHANGED: compare a backup of before')
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'the audit trail could not be looked after')
    }
  }
  let cancel = clock.after(firstMs, function again() {
    if (!isOpen) return
    running = look()
    cancel = clock.after(dayMs, again)
  })
  return {
    close: async () => {
      isOpen = false
      cancel()
      await running
    },
  }
}
