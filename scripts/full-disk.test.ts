// The real service on a disk that is full, comes free again, was full from the start, or may not be written: a small tmpfs in a mount namespace of its
// own (user_namespaces(7)). Where the system gives none there is nothing to try on.
import Database from 'better-sqlite3'
import { spawnSync } from 'node:child_process'
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { client, register, startService, type Answer } from './crash/service.ts'

t.setTimeout(240_000)
const folder = mkdtempSync(join(tmpdir(), 'yiji-full-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const inTmpfs = (size: string, more = ''): readonly string[] => ['unshare', '-rm', 'sh', '-c', `mount -t tmpfs -o size=${size},mode=700 tmpfs ${folder} ${more}&& exec "$@"`, 'sh']
const [program = '', ...args] = [...inTmpfs('1m'), 'true']
const skip = spawnSync(program, args).status === 0 ? false : 'no mount namespaces here'

const record = (n: number) => ({ declared: { code: `320116000013200${String(n).padStart(5, '0')}`, name: `点位${n}`, area: '320116', class: '1' }, why: 'x'.repeat(400) })
const problem = ({ body }: Answer) => body as { code: string; detail: string; status: number }

t.test('full while it runs: said clearly, nothing damaged, and going on when there is room', { skip }, async (t) => {
  const service = await startService(folder, inTmpfs('24m'))
  t.teardown(() => service.kill())
  const inside = (name: string): string => `/proc/${service.pid}/root${folder}/${name}`
  const { ask } = await client(service.url)
  let n = 1
  t.equal((await ask('POST', '/cameras', record(n))).status, 201)
  const fill = (): void => {
    try {
      for (let size = 1 << 20; size >= 512; ) {
        try {
          appendFileSync(inside('filler'), Buffer.alloc(size))
        } catch {
          size >>= 1
        }
      }
    } catch {
      // Full.
    }
  }
  fill()
  const answers: Answer[] = []
  const acknowledged: number[] = [1]
  // What the log has room for already is still taken.
  for (let tries = 0; tries < 4000 && answers.length < 20; tries++) {
    fill()
    const answer = await ask('POST', '/cameras', record(++n))
    if (answer.status === 201) acknowledged.push(n)
    else answers.push(answer)
  }
  t.equal(answers.length, 20, `after ${acknowledged.length} that there was room for`)
  for (const answer of answers) t.match([answer.status, problem(answer)], [507, { code: 'disk.full', detail: /no space left for .*yiji\.sqlite: free some/ }])
  t.equal((await ask('GET', '/cameras?limit=1')).status, 200, 'what is there is read')
  t.equal((await fetch(`${service.url}/healthz`)).status, 200)
  t.not(await register(service.sipPort, '32011600001320099999'), 200, 'a registration that cannot be kept is not acknowledged')

  unlinkSync(inside('filler'))
  t.equal((await ask('POST', '/cameras', record(++n))).status, 201, 'with room it goes on by itself')
  acknowledged.push(n)
  t.equal(await register(service.sipPort, '32011600001320099999'), 200)
  for (const each of acknowledged) t.equal((await ask('GET', `/cameras/${record(each).declared.code}`)).status, 200, `record ${each}`)
  t.match((await ask('GET', '/audit/verify')).body, { ok: true })
  for (const name of ['yiji.sqlite', 'yiji.sqlite-wal']) if (existsSync(inside(name))) copyFileSync(inside(name), join(folder, `copy${name.slice('yiji'.length)}`))
  await service.kill()
  const raw = new Database(join(folder, 'copy.sqlite'))
  t.equal(raw.pragma('integrity_check', { simple: true }), 'ok')
  t.ok((raw.prepare('SELECT count(*) FROM cameras').pluck().get() as number) >= acknowledged.length)
  raw.close()
  t.ok(statSync(join(folder, 'copy.sqlite')).size > 0)
})

t.test('full from the start, or not to be written: one line that says what to do', { skip }, async (t) => {
  await t.rejects(startService(folder, inTmpfs('128k')), { message: /ended \(1\) instead of starting: yiji: no space left for [^\n]*$/ })
  await t.rejects(startService(folder, inTmpfs('8m', `&& mount -o remount,ro ${folder} `)), { message: /ended \(1\) instead of starting: yiji: data directory [^\n]* cannot be written[^\n]*$/ })
})
