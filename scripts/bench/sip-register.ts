// Authenticated registrations a second, each with its row on the disk before its 200: the service's user agent and store in this process, the
// devices in another. Counted by the processor time of this process, since both share the machine.
import Database from 'better-sqlite3'
import { withRegistrar, type Cost } from './sip/registrar.ts'

const devices = 10_000

function say(name: string, { report, cpuSeconds, lagMs, rssMb }: Cost, rows: number): void {
  const { accepted, others, retransmissions, seconds, median, slowest } = report
  const refused = Object.entries(others).map(([status, count]) => `, ${count} answered ${status}`).join('')
  process.stdout.write(
    `  ${name.padEnd(40)} ${accepted} accepted${refused}, ${rows} rows; ${perSecond(accepted / cpuSeconds)} per core (${perSecond(accepted / seconds)} as timed); ` +
      `${retransmissions} retransmissions; ${median.toFixed(0)} ms median, ${slowest.toFixed(0)} ms slowest; loop held ${lagMs.toFixed(0)} ms at most; ${rssMb.toFixed(0)} MB\n`,
  )
}
const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`

/** Devices whose row has a binding, read from the file after all is closed. */
function rowsIn(file: string): number {
  const database = new Database(file, { readonly: true })
  const rows = database.prepare<[], number>('SELECT count(*) FROM devices WHERE binding IS NOT NULL').pluck().get() ?? 0
  database.close()
  return rows
}

export async function run(): Promise<void> {
  for (const transport of ['udp', 'tcp'] as const) {
    const count = transport === 'udp' ? devices : 3_000
    let costs: readonly (readonly [string, Cost])[] = []
    let rows = 0
    await withRegistrar(
      async (order) => {
        costs = [
          [`${transport}, ${count} new devices, 100 at once`, await order({ kind: 'register', transport, count, atOnce: 100 })],
          [`${transport}, the same again (refreshed)`, await order({ kind: 'register', transport, count, atOnce: 100 })],
          ...(transport === 'udp' ? [[`${transport}, all at once, as after a power cut`, await order({ kind: 'register', transport, count, atOnce: count })] as const] : []),
        ]
      },
      (file) => {
        rows = rowsIn(file)
      },
    )
    for (const [name, cost] of costs) say(name, cost, rows)
  }
}
