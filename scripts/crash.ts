// Kills the real service with SIGKILL at random moments while records, findings, imports, registrations and tokens are written, and looks each time
// whether everything that was acknowledged is there. `node scripts/crash.ts 200` by hand; fourteen rounds are a test.
import Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client, startService, type Killable } from './crash/service.ts'
import { emptyLedger, lost, writeUntilItDies } from './crash/work.ts'

export interface CrashOutcome {
  readonly rounds: number
  readonly acknowledged: number
  readonly lost: readonly string[]
  /** What SQLite says of the file at the end. */
  readonly integrity: string
}

/** A kill comes so long after the first write. */
const moments = { fromMs: 30, toMs: 700 }

/** At most so many rounds; none is begun after `budgetMs`, for a machine that has much else to do. */
export async function crash(rounds: number, say: (line: string) => void = () => {}, budgetMs = Infinity): Promise<CrashOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-crash-'))
  const all = { rounds: 0, acknowledged: 0, lost: [] as string[] }
  const began = performance.now()
  let service: Killable | undefined
  try {
    service = await startService(folder)
    let { ask, token } = await client(service.url)
    for (let round = 1; round <= rounds && performance.now() - began < budgetMs; round++) {
      all.rounds = round
      const ledger = emptyLedger()
      const writing = writeUntilItDies(ledger, ask, service.sipPort)
      const afterMs = moments.fromMs + Math.random() * (moments.toMs - moments.fromMs)
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await service.kill()
      await writing
      service = await startService(folder)
      // The session outlives the process as well: it was acknowledged.
      ;({ ask, token } = await client(service.url, token))
      const { url } = service
      const missing = await lost(ledger, ask, async (each) => (await (await client(url, each)).ask('GET', '/session')).status)
      // Twenty tokens are all that an account may have.
      const { items } = (await ask('GET', '/sessions')).body as { items: readonly { id: string; kind: string }[] }
      for (const { id, kind } of items) if (kind === 'token') await ask('DELETE', `/sessions/${id}`)
      all.acknowledged += ledger.acknowledged
      all.lost.push(...missing.map((what) => `round ${round}: ${what}`))
      say(`round ${round}: killed after ${afterMs.toFixed(0)} ms; ${ledger.acknowledged} writes acknowledged, ${missing.length} lost${missing.length > 0 ? `: ${missing.slice(0, 3).join('; ')}` : ''}`)
    }
    await service.kill()
    const raw = new Database(join(folder, 'yiji.sqlite'))
    const integrity = String(raw.pragma('integrity_check', { simple: true }))
    raw.close()
    return { ...all, integrity }
  } finally {
    await service?.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const outcome = await crash(Number(process.argv[2] ?? 200), (line) => void process.stdout.write(`${line}\n`))
  process.stdout.write(`${outcome.rounds} kills, ${outcome.acknowledged} writes acknowledged, ${outcome.lost.length} lost, integrity: ${outcome.integrity}\n`)
  process.exitCode = outcome.lost.length === 0 && outcome.integrity === 'ok' ? 0 : 1
}
