// Benchmarks by name: `npm run bench -- sip` runs every scripts/bench/sip-*.ts in turn, `npm run bench -- sip-parse` that one.
// A bench is a file beside this one that exports `run(): Promise<void>` and prints what it measured, other sides of the comparison in the same run.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const known = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -3))
  .sort()
const [wanted = ''] = process.argv.slice(2)
const chosen = known.includes(wanted) ? [wanted] : known.filter((name) => name.startsWith(`${wanted}-`))
const [only] = chosen

if (only === undefined) {
  process.stderr.write(`usage: npm run bench -- NAME, where NAME is one of ${known.join(', ')}, or what several of them begin with, such as sip\n`)
  process.exitCode = 2
} else if (chosen.length === 1) {
  process.stdout.write(`${only}\n`)
  const bench = (await import(`./${only}.ts`)) as { readonly run: () => Promise<void> }
  await bench.run()
} else {
  // Each in a process of its own, so that none runs on what another left warm or full.
  const ended = chosen.map((name) => spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], { stdio: 'inherit' }).status)
  if (ended.some((status) => status !== 0)) process.exitCode = 1
}
