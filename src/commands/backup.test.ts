// Backup and restore with real processes: a service that is written to, killed, refused, put back.
import Database from 'better-sqlite3'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'

t.setTimeout(240_000)
const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'yiji-backup-'))
const password = 'a password of the test'
const environment = { PATH: process.env['PATH'] ?? '', YIJI_DATA_DIR: join(folder, 'data'), YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'error' }
const running = new Set<ChildProcess>()
t.teardown(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}
function start(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly url: Promise<string> } {
  const child = spawn(process.execPath, ['bin/yiji.js', ...args], { env: environment, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let [stdout, stderr] = ['', '']
  const told = Promise.withResolvers<string>()
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    const url = /console (http:\S+?),/.exec(stdout)?.[1]
    if (url !== undefined) told.resolve(url)
  })
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code) => {
      running.delete(child)
      resolve({ code, stdout, stderr })
    }),
  )
  return { child, ended, url: told.promise }
}
const run = (...args: readonly string[]): Promise<Ended> => start(args).ended

async function client(url: string): Promise<(method: string, path: string, body?: object) => Promise<Response>> {
  const login = await fetch(`${url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'admin', password, want: 'token' }) })
  const { token } = (await login.json()) as { token: string }
  return (method, path, body) => fetch(`${url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) })
}
const codeOf = (n: number): string => `320116000013200${String(n).padStart(5, '0')}`
const record = (n: number) => ({ declared: { code: codeOf(n), name: `点位${n}`, area: '320116', class: '1' } })

t.test('saved under load, refused while it runs, put back when it does not', async (t) => {
  const service = start(['serve'])
  const ask = await client(await service.url)
  for (let n = 1; n <= 20; n++) t.equal((await ask('POST', '/cameras', record(n))).status, 201)
  const file = join(folder, 'saved.tar.gz')
  let n = 100
  let isOver = false
  const slowest = { ms: 0 }
  const writing = (async () => {
    while (!isOver) {
      const from = performance.now()
      if ((await ask('POST', '/cameras', record(n))).status === 201) n++
      slowest.ms = Math.max(slowest.ms, performance.now() - from)
    }
  })()
  const saved = await run('backup', file, '--with-evidence', '--json')
  isOver = true
  await writing
  t.equal(saved.code, 0, saved.stderr)
  const told = JSON.parse(saved.stdout) as { records: number; sha256: string }
  t.ok(told.records >= 20)
  t.ok(n > 100, `it was written to meanwhile: ${n - 100} records, the slowest answer ${slowest.ms.toFixed(0)} ms`)
  const trail = (await (await ask('GET', '/audit?action=data.backup')).json()) as { items: readonly { subject: string }[] }
  t.same(trail.items.map(({ subject }) => subject), ['saved.tar.gz'], 'the service that runs sees it in its trail')
  t.equal(((await (await ask('GET', '/audit/verify')).json()) as { ok: boolean }).ok, true)

  const refused = await run('restore', file)
  t.match(refused, { code: 1, stdout: '', stderr: new RegExp(`^yiji: .* is in use by process ${service.child.pid}: .*\\n$`) })
  t.equal((await ask('POST', '/cameras', record(5000))).status, 201, 'which harmed nothing')
  t.match(await run('backup', file), { code: 1, stderr: /^yiji: .* is there already: .*--force\n$/ })
  service.child.kill('SIGKILL')
  await service.ended

  writeFileSync(join(folder, 'bad.tar'), 'no archive')
  t.match(await run('restore', join(folder, 'bad.tar')), { code: 1, stdout: '', stderr: /^yiji: .*bad\.tar cannot be restored: .*\n$/ })
  t.match(await run('restore', join(folder, 'none.tar')), { code: 1, stderr: /^yiji: there is no file .*\n$/ })
  const back = await run('restore', file)
  t.match(back, { code: 0, stdout: /restored: \d+ records as of 20.*log in again\nkept as it was: .*yiji\.sqlite\.before-/s })
  t.ok(readdirSync(join(folder, 'data')).some((name) => name.startsWith('yiji.sqlite.before-')))
  const again = start(['serve'])
  const look = await client(await again.url)
  t.equal(((await (await look('GET', '/cameras?limit=1')).json()) as { total: number }).total, told.records, 'as it was at that moment')
  t.equal((await look('GET', `/cameras/${codeOf(5000)}`)).status, 404)
  t.equal(((await (await look('GET', '/audit/verify')).json()) as { ok: boolean }).ok, true, 'the trail goes on')
  again.child.kill('SIGTERM')
  t.equal((await again.ended).code, 0)
  const plain = await run('backup', join(folder, 'plain.tar'))
  t.match(plain, { code: 0, stdout: /in it: the database of .* with \d+ records, accounts.*no evidence.*--with-evidence.*not in it: yiji\.yaml.*sha256 [0-9a-f]{64}/s })
})

t.test('a restore that is killed midway leaves the old data or the new, whole', async (t) => {
  const data = join(folder, 'data')
  t.equal((await run('backup', join(folder, 'again.tar'), '--force')).code, 0)
  for (const ms of [0, 150, 300, 450, 600, 800]) {
    const restoring = start(['restore', join(folder, 'again.tar')])
    await new Promise((resolve) => setTimeout(resolve, ms))
    restoring.child.kill('SIGKILL')
    await restoring.ended
    const checked = await run('backup', join(folder, 'check.tar'), '--force', '--json')
    t.equal(checked.code, 0, `after ${ms} ms: ${checked.stderr}`)
    t.ok((JSON.parse(checked.stdout) as { records: number }).records > 0)
  }
  t.equal((await run('restore', join(folder, 'again.tar'))).code, 0)
  t.same(readdirSync(data).filter((name) => name.startsWith('restoring')), [], 'what was left is cleared')
})

t.test('a lost password is replaced on the machine itself, and said in the trail', async (t) => {
  const made = JSON.parse((await run('user', 'password', 'admin', '--json')).stdout) as { password: string }
  t.match(await run('user', 'password', 'nobody'), { code: 1, stdout: '', stderr: /^yiji: there is no account "nobody"\n$/ })
  const service = start(['serve'])
  const login = await fetch(`${await service.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'admin', password: made.password, want: 'token' }) })
  t.match(await login.json(), { account: { name: 'admin', mustChangePassword: true } })
  service.child.kill('SIGTERM')
  await service.ended
})

t.test('check proves the audit trail, and tells where somebody wrote to it', async (t) => {
  t.match((await run('check')).stdout, /ok {3}audit trail: \d+ entries, unchanged; the last is \d+ with the hash [0-9a-f]{16}/)
  const raw = new Database(join(folder, 'data', 'yiji.sqlite'))
  raw.exec(`DROP TRIGGER audit_update; UPDATE audit SET account = 'nobody' WHERE n = 2`)
  raw.close()
  const told = await run('check')
  t.equal(told.code, 1)
  t.match(told.stdout, /NOT {2}audit trail: entry 2 is changed: somebody wrote to the database/)
})
