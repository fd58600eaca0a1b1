import { spawnSync } from 'node:child_process'
import t from 'tap'

/** Log lines as another process wrote them to stderr. */
const linesOf = (script: string): readonly Record<string, unknown>[] => {
  const imports = ['./log.ts', '../base/index.ts'].map((file) => new URL(file, import.meta.url).href)
  const code = `const { openLog } = await import('${imports[0]}'); const { AppError } = await import('${imports[1]}'); const log = openLog('info'); ${script}`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', env: { PATH: process.env.PATH ?? '' } })
  return stderr.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
}

t.test('a line of JSON an entry; a refusal without its stack, a bug with it', async (t) => {
  const [refusal, bug] = linesOf(`log.debug({}, 'never'); log.error({ deviceId: '1', error: new AppError('disk.full', 'no space left') }, 'not kept'); log.error({ error: new TypeError('bug') }, 'broke')`)
  t.match(refusal, { level: 50, deviceId: '1', msg: 'not kept', error: { code: 'disk.full', message: 'no space left' } })
  t.notOk(JSON.stringify(refusal).includes('stack'))
  t.match(bug, { msg: 'broke', error: { type: 'TypeError', message: 'bug', stack: /TypeError: bug/ } })
})
