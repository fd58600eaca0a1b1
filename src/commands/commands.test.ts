// The command line as a user meets it: real processes, real folders, one clear line for every trouble.
import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import t, { type Test } from 'tap'

const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'yiji-commands-'))
const running = new Set<ChildProcess>()
t.teardown(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Running {
  readonly child: ChildProcess
  /** Settles when stdout holds the text. */
  readonly says: (text: string) => Promise<string>
  readonly ended: Promise<Result>
}

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, ['bin/yiji.js', ...args], { env: { PATH: process.env.PATH ?? '', ...environment }, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let [stdout, stderr] = ['', '']
  const waiting: { readonly text: string; readonly resolve: (stdout: string) => void; readonly reject: (error: Error) => void }[] = []
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    for (const { text, resolve } of waiting) if (stdout.includes(text)) resolve(stdout)
  })
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<Result>((resolve) =>
    child.on('close', (code) => {
      running.delete(child)
      for (const { text, reject } of waiting) reject(new Error(`it ended without saying "${text}": ${stderr}`))
      resolve({ code, stdout, stderr })
    }),
  )
  return { child, ended, says: (text) => (stdout.includes(text) ? Promise.resolve(stdout) : new Promise((resolve, reject) => waiting.push({ text, resolve, reject }))) }
}
const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Result> => start(args, environment).ended

/** One line on stderr that matches, nothing on stdout, and the exit code. */
function refused(t: Test, result: Result, code: number, line: RegExp): void {
  t.equal(result.code, code, `exit code of: ${result.stderr.trim()}`)
  t.match(result.stderr, line)
  t.equal(result.stderr.trimEnd().split('\n').length, 1, 'one line')
  t.equal(result.stdout, '')
}
const data = (name: string): Record<string, string> => ({ YIJI_DATA_DIR: join(folder, name), YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0' })

t.test('wrong use is exit 2 and one line that says what to do', async (t) => {
  writeFileSync(join(folder, 'broken.json'), '{ "name": ')
  writeFileSync(join(folder, 'odd.json'), JSON.stringify({ name: 'x', area: '32', password: 'p', keepaliveS: 1, devices: [] }))
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['no-such-command'], /unknown command/],
    [['inspect'], /required option '--area/],
    [['demo', '--seed', 'xyz'], /--seed is "xyz": it takes 16 to 64 hexadecimal digits/],
    [['demo', '--lang', 'fr'], /--lang is "fr": it takes zh or en/],
    [['draw', '--population', join(folder, 'none.tsv'), '--seed', '0123456789abcdef'], /population cannot be read/],
    [['replay', join(folder, 'none')], /there is no recording at/],
    [['simulate', join(folder, 'broken.json')], /the scenario cannot be used: it is not JSON/],
    [['simulate', join(folder, 'odd.json')], /area is "32": it takes 6 digits/],
    [['simulate', 'fixtures/scenarios/district.json'], /names no registrar: use --registrar ID@HOST:PORT/],
    [['user', 'add', 'x', '--role', 'king'], /--role is "king": it takes one of admin, assessor, editor, viewer/],
  ]
  const results = await Promise.all(cases.map(([args]) => run(args)))
  for (const [index, [, line]] of cases.entries()) {
    const result = results[index]
    if (result) refused(t, result, 2, line)
  }
  refused(t, await run(['serve'], { YIJI_SIP_PORT: 'x' }), 2, /sip\.port \(YIJI_SIP_PORT\) is "x"/)
  refused(t, await run(['serve'], { ...data('small'), YIJI_MEDIA_PORTS: '30000-30000' }), 2, /media\.ports .*at least two ports/)
})

t.test('help is exit 0 on stdout', async (t) => {
  const help = await run(['--help'])
  t.equal(help.code, 0)
  for (const command of ['serve', 'demo', 'import', 'export', 'inspect', 'draw', 'replay', 'rejudge', 'verify', 'score', 'simulate', 'user', 'backup', 'restore', 'check']) t.ok(help.stdout.includes(command), command)
})

t.test('trouble with ports and folders is one line, and nothing is left half-started', async (t) => {
  const holder = createServer()
  await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done))
  const { port } = holder.address() as { port: number }
  refused(t, await run(['serve'], { ...data('taken'), YIJI_HTTP_PORT: String(port) }), 1, new RegExp(`HTTP port ${port} on 127.0.0.1 is taken.*YIJI_HTTP_PORT`))
  refused(t, await run(['serve'], { ...data('taken'), YIJI_SIP_PORT: String(port) }), 1, new RegExp(`${port}`))
  await new Promise((done) => holder.close(done))
  writeFileSync(join(folder, 'a-file'), '')
  refused(t, await run(['serve'], { ...data('x'), YIJI_DATA_DIR: join(folder, 'a-file') }), 1, /data directory .* cannot be written/)
  refused(t, await run(['serve'], { ...data('x'), YIJI_DATA_DIR: '/proc/yiji' }), 1, /data directory \/proc\/yiji cannot be written/)
  refused(t, await run(['demo', '--out', '/proc/yiji']), 1, /the report cannot be written to \/proc\/yiji/)
  mkdirSync(join(folder, 'read-only'))
  chmodSync(join(folder, 'read-only'), 0o500)
  // Root may write anywhere: only a plain user can be refused here.
  if (process.getuid?.() !== 0) refused(t, await run(['serve'], { ...data('x'), YIJI_DATA_DIR: join(folder, 'read-only') }), 1, /cannot be written/)
})

t.test('a service starts, is alone on its data, and ends at a signal without leaving anything', async (t) => {
  const environment = { ...data('serve'), YIJI_SIP_PASSWORD: 'shared', YIJI_LOG_LEVEL: 'error' }
  const service = start(['serve'], environment)
  const said = await service.says('shown only now')
  const url = /console (http:\S+?),/.exec(said)?.[1] ?? ''
  t.equal((await fetch(`${url}/healthz`)).status, 200)
  t.equal((await fetch(`${url}/api/v1/cameras`)).status, 401, 'nothing without logging in')
  const openapi = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, unknown> }
  t.ok(Object.keys(openapi.paths).some((path) => path.includes('/inspections')))
  refused(t, await run(['serve'], environment), 1, /yiji: /)
  refused(t, await run(['export', join(folder, 'out.csv')], environment), 1, /yiji: /)
  service.child.kill('SIGINT')
  const { code, stderr } = await service.ended
  t.equal(code, 0)
  t.equal(stderr, '')
  const again = start(['serve'], environment)
  await again.says('Yiji is up')
  again.child.kill('SIGTERM')
  t.notMatch((await again.ended).stdout, /shown only now/, 'the password is shown once')
})

t.test('records come in, are repeatable, and go out again', async (t) => {
  const environment = data('records')
  const file = join(folder, 'records.csv')
  const row = '32011600001320000001,龙津桥东桥头,1,320116,1,118.800137,32.380259,5,南京市公安局六合分局,320116510000,1,1,六合区龙津桥,9,2024-01-15,025-55550100,30'
  writeFileSync(file, `设备编码,设备名称,设备厂商,行政区域,监控点位类型,经度,纬度,摄像机功能类型,管理单位,所属辖区公安机关,联网属性,设备状态,安装地址,位置类型,安装时间,管理单位联系方式,录像保存天数\n${row}\n3.20116E+19${row.slice(20)}\n`)
  refused(t, await run(['import', file], environment), 1, /联网属性 .*1 × 1|联网属性 .*2 × 1/)
  const dry = await run(['import', file, '--networking-one', 'networked', '--dry-run'], environment)
  t.match(dry.stdout, /2 rows: 1 created, 0 changed, 0 unchanged, 1 rejected \(dry run: nothing was written\)/)
  const first = await run(['import', file, '--networking-one', 'networked'], environment)
  t.match(first, { code: 1, stdout: /1 created.*1 rejected/ })
  t.ok(readFileSync(join(folder, 'records.rejected.csv'), 'utf8').includes('3.20116E+19'), 'the rejected row is kept with its reason')
  const second = await run(['import', file, '--networking-one', 'networked', '--json'], environment)
  t.match(JSON.parse(second.stdout), { created: 0, changed: 0, unchanged: 1 })
  const out = join(folder, 'out.xlsx')
  t.match(await run(['export', out], environment), { code: 0, stdout: `1 records written to ${out}\n` })
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.readFile(out)
  const cells = workbook.worksheets[0]?.getRow(2).values as string[]
  t.ok(cells.includes('32011600001320000001'), 'the code as text')
  t.ok(cells.some((cell) => typeof cell === 'string' && cell.includes('****')), 'contacts are masked')
  const user = await run(['user', 'add', 'wang', '--role', 'assessor', '--area', '3201', '--json'], environment)
  t.match(JSON.parse(user.stdout), { name: 'wang', role: 'assessor', area: '3201' })
})

t.test('records go into a running service and out of it, by the same words', async (t) => {
  const environment = { ...data('over'), YIJI_SIP_PASSWORD: 'shared', YIJI_LOG_LEVEL: 'error', YIJI_ADMIN_PASSWORD: 'a long password' }
  const service = start(['serve'], environment)
  const said = await service.says('console http')
  const url = /console (http:\S+?),/.exec(said)?.[1] ?? ''
  const file = join(folder, 'over.csv')
  writeFileSync(file, 'SBBM,SBMC,LWSX,厂商,JD\n32011600001320000001,甲,1,苹果,118.800137\n3.2E+19,乙,0,1,\n')
  const over = ['--server', url]
  const user = { YIJI_USER_PASSWORD: 'a long password' }
  refused(t, await run(['import', file], environment), 1, /in use by process \d+.*or name the service with --server/)
  refused(t, await run(['import', file, ...over]), 2, /set YIJI_USER_PASSWORD/)
  refused(t, await run(['import', file, ...over], user), 1, /联网属性 .*\(1 × 1, 1 × 0\): use --networking-one with networked or not-networked/)
  refused(t, await run(['import', file, ...over, '--map', 'manufacturer:苹果=none'], user), 2, /--map is "manufacturer:苹果=none"/)
  const done = await run(['import', file, ...over, '--networking-one', 'networked', '--map', 'manufacturer:苹果=99', '--column', 'longitude='], user)
  t.match(done, { code: 1, stdout: /2 rows: 1 created, 0 changed, 0 unchanged, 1 rejected\n[^]*mapped 设备厂商: 1[^]*rejected, code.spoilt: 1[^]*over\.rejected\.csv/ })
  t.match(readFileSync(join(folder, 'over.rejected.csv'), 'utf8'), /^\ufeff未导入原因（再次导入时忽略）,原文件行号（再次导入时忽略）,SBBM,SBMC,LWSX,厂商,JD\r\n/)
  const out = join(folder, 'over-out.csv')
  t.match(await run(['export', out, ...over, '--labels'], user), { code: 0, stdout: `1 records written to ${out}\n` })
  t.match(readFileSync(out, 'utf8'), /32011600001320000001,甲,其他,/)
  t.match(JSON.parse((await run(['import', out, ...over, '--json'], user)).stdout), { rows: 1, unchanged: 1, rejectedFile: null })
  refused(t, await run(['import', join(folder, 'none.csv'), ...over], user), 1, /none\.csv does not exist/)
  service.child.kill('SIGTERM')
  t.equal((await service.ended).code, 0)
})

t.test('check names what is missing', async (t) => {
  const good = await run(['check', '--json'], data('check'))
  t.match(JSON.parse(good.stdout), { ok: true })
  t.equal(good.code, 0)
  const bad = await run(['check'], { ...data('check'), YIJI_MEDIA_HOST: '203.0.113.9' })
  t.equal(bad.code, 1)
  t.match(bad.stdout, /NOT {2}media address: 203\.0\.113\.9 is no address of this machine/)
})

t.test('a demo that is stopped leaves no output and no child', async (t) => {
  const out = join(folder, 'demo')
  const demo = start(['demo', '--out', out])
  await demo.says('drawing and encoding')
  await new Promise((done) => setTimeout(done, 300))
  demo.child.kill('SIGINT')
  const { code, stderr } = await demo.ended
  t.equal(code, 1)
  t.match(stderr, /stopped: BYE to every camera/)
  t.same(readdirSync(out), [], 'nothing half-written')
})
