// Ten thousand registered devices that keep alive every minute: what of a core that takes, how much memory, and how long the loop is held.
// Once as Node is by default, once as `npm start` runs it: Node 24 lets its heap grow by a hundred megabytes in a burst of registrations and keeps them.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { withRegistrar } from './sip/registrar.ts'

const devices = 10_000
const seconds = 60
const bounded = ['--max-semi-space-size=8', '--heap-growing-percent=30']
const isBounded = bounded.every((flag) => process.execArgv.includes(flag))

export async function run(): Promise<void> {
  await measure(isBounded ? `node ${bounded.join(' ')}` : 'node')
  if (isBounded) return
  const { status } = spawnSync(process.execPath, [...bounded, fileURLToPath(new URL('./main.ts', import.meta.url)), 'sip-keepalive'], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}

async function measure(name: string): Promise<void> {
  await withRegistrar(async (order) => {
    const registered = await order({ kind: 'register', transport: 'udp', count: devices, atOnce: 100 })
    const { report, cpuSeconds, lagMs, lag99Ms, rssMb } = await order({ kind: 'keepalive', transport: 'udp', count: devices, atOnce: 0, seconds, intervalMs: 60_000 })
    const unanswered = Object.entries(report.others).map(([status, count]) => `, ${count} answered ${status}`).join('')
    process.stdout.write(
      `  ${name}: ${registered.report.accepted} devices, a keepalive each in 60 s, for ${seconds} s: ${report.accepted} answered 200${unanswered}, ${report.retransmissions} retransmissions; ` +
        `${((100 * cpuSeconds) / report.seconds).toFixed(1)} % of a core; ${rssMb.toFixed(0)} MB; loop held ${lag99Ms.toFixed(1)} ms (99 %), ${lagMs.toFixed(1)} ms at most; ` +
        `${report.median.toFixed(1)} ms to the answer, ${report.slowest.toFixed(0)} ms the slowest\n`,
    )
  })
}
