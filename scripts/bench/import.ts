// 100,000 records from a workbook and from CSV, new, changed and the same again, and out: how long, how much memory, and how long the event loop and
// a device that registers are held up. Aims: in and written within 30 s, at most 400 MB, no block above 100 ms, a REGISTER within 1 s at p99.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const count = 100_000
const aims = { seconds: 30, mb: 400, blockMs: 100, registerMs: 1000 }

interface Result {
  readonly file: string
  readonly mb: number
  readonly idleMb: number
  readonly counts: Readonly<Record<string, number>>
  readonly stages: readonly { readonly name: string; readonly seconds: number; readonly cpuSeconds: number; readonly longestBlockMs: number; readonly registers: number; readonly registerP99Ms: number; readonly longestWriteMs: number; readonly peakMb: number }[]
}

function node(script: string, ...args: readonly string[]): string {
  const path = fileURLToPath(new URL(`./import/${script}.ts`, import.meta.url))
  // As `npm start` runs it.
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--max-semi-space-size=8', '--heap-growing-percent=30', path, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return stdout
}

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-bench-'))
  const data = join(folder, 'data')
  try {
    node('make', folder, String(count))
    const met: string[] = []
    for (const [what, file, out] of [['new records', 'first.xlsx', 'out.xlsx'], ['every record changed', 'second.csv', ''], ['the same file again', 'second.csv', ''], ['what was exported', 'out.xlsx', 'out.csv']] as const) {
      const result = JSON.parse(node('run', join(folder, file), data, out === '' ? '' : join(folder, out))) as Result
      process.stdout.write(`  ${what}: ${result.file}, ${result.mb} MB, ${Object.entries(result.counts).filter(([, n]) => n > 0).map(([name, n]) => `${n} ${name}`).join(', ')}; idle ${result.idleMb} MB\n`)
      for (const { name, seconds, cpuSeconds, longestBlockMs, registers, registerP99Ms, longestWriteMs, peakMb } of result.stages) {
        process.stdout.write(`    ${name.padEnd(15)} ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU, peak ${peakMb} MB, longest block ${longestBlockMs.toFixed(0)} ms, ${registers} REGISTER wait ${registerP99Ms.toFixed(0)} ms at p99, ${longestWriteMs.toFixed(0)} at most\n`)
      }
      const inAndWritten = result.stages.filter(({ name }) => name !== 'exported').reduce((sum, { seconds }) => sum + seconds, 0)
      const worst = { seconds: inAndWritten, mb: Math.max(...result.stages.map(({ peakMb }) => peakMb)), blockMs: Math.max(...result.stages.map(({ longestBlockMs }) => longestBlockMs)), registerMs: Math.max(...result.stages.map(({ registerP99Ms }) => registerP99Ms)) }
      met.push(`${what}: ${worst.seconds.toFixed(1)} of ${aims.seconds} s, ${worst.mb} of ${aims.mb} MB, ${worst.blockMs.toFixed(0)} of ${aims.blockMs} ms, a REGISTER ${worst.registerMs.toFixed(0)} of ${aims.registerMs} ms at p99${worst.seconds <= aims.seconds && worst.mb <= aims.mb && worst.blockMs <= aims.blockMs && worst.registerMs <= aims.registerMs ? '' : '  MISSED'}`)
    }
    for (const line of met) process.stdout.write(`  ${line}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
