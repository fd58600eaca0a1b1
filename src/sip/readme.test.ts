// The README's registrar and device, taken from its text and run against each other as processes of their own.
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8')
const root = fileURLToPath(new URL('../..', import.meta.url))

function example(name: string): string {
  const code = new RegExp(`^\`\`\`js ${name}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)?.[1]
  if (!code) throw new Error(`the README has no example named ${name}`)
  return code
}

/** Runs an example as a user's program in the package would; `line` waits for a line of its output that matches. */
function run(t: Test, name: string, ...args: readonly string[]): { readonly line: (pattern: RegExp) => Promise<RegExpExecArray> } {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', example(name), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  t.teardown(async () => {
    child.kill()
    await exited
  })
  const said: string[] = []
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => {
      said.push(line)
      for (const look of waiting) look()
    })
  }
  const line = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = said.map((each) => pattern.exec(each)).find((each) => each !== null)
        if (!found) return
        waiting.delete(look)
        clearTimeout(timer)
        resolve(found)
      }
      const timer = setTimeout(() => reject(new Error(`${name} never said ${String(pattern)}, but: ${said.join(' | ')}`)), 10_000)
      waiting.add(look)
      look()
    })
  return { line }
}

t.test('the examples are short', (t) => {
  for (const name of ['registrar', 'device']) t.ok(example(name).trimEnd().split('\n').length <= 30, name)
  t.end()
})

t.test('the device registers at the registrar, and its catalog arrives', async (t) => {
  const registrar = run(t, 'registrar', '0')
  const [, port = ''] = await registrar.line(/^listening (\d+)$/)
  const device = run(t, 'device', port)
  await device.line(/^200$/)
  await registrar.line(/^registered 34020000001320000001 127\.0\.0\.1 \d+$/)
  await registrar.line(/^presence 34020000001320000001 unknown -> online registered$/)
  await registrar.line(/^catalog 34020000001320000001 东门$/)
})
