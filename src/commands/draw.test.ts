// The draw on the command line: computed again from files alone, held against a report, and made by two sides at a real service.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silentLog } from '../base/index.ts'
import { loadConfig } from '../config.ts'
import { startService } from '../service/start.ts'
import { connectTo } from './client.ts'

const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'yiji-draw-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const password = 'a long password'

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const run = (args: readonly string[]): Promise<Result> =>
  new Promise((done) => {
    execFile(process.execPath, ['bin/yiji.js', ...args], { cwd: root, env: { PATH: process.env.PATH ?? '', YIJI_USER_PASSWORD: password } }, (error, stdout, stderr) => done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }))
  })

/** Lines of a sample: number, code. */
const sampleOf = (stdout: string): readonly string[] => [...stdout.matchAll(/^ *\d+ {2}(\d{20}) /gm)].map((match) => match[1] ?? '')

t.test('the example of docs/draw.md, by classes, by a plan, by both halves', async (t) => {
  const document = readFileSync(join(root, 'docs/draw.md'), 'utf8')
  const list = join(folder, 'population.tsv')
  writeFileSync(list, /^```tsv\n([\s\S]*?)^```$/m.exec(document)?.[1] ?? '')
  const plan = join(folder, 'plan.json')
  writeFileSync(plan, JSON.stringify({ kinds: ['image'], strata: [{ name: 'police', where: [{ field: 'managementUnit', values: ['南京市公安局六合分局'] }], count: 1 }, { name: 'rest', count: 'all' }] }))
  writeFileSync(join(folder, 'broken.json'), '{')
  const seed = ['--seed', '3f9a0c5b7e21d486']
  const [classes, own, halves, side, ...wrong] = await Promise.all(
    [
      ['draw', '--population', list, ...seed, '--class1', '2', '--class2', '1', '--class3', '3'],
      ['draw', '--population', list, ...seed, '--plan', plan],
      ['draw', '--population', list, '--half', '412536', '--half', 'AB', '--json'],
      ['draw', '--commit', '--json'],
      ['draw', '--population', list],
      ['draw', ...seed],
      ['draw', '--population', list, ...seed, '--plan', join(folder, 'broken.json')],
      ['draw', '--population', list, ...seed, '--half', '1'],
      ['draw', '--population', list, '--half', '1'],
      ['draw', '--population', list, ...seed, '--preset', 'none'],
      ['draw', '--population', list, ...seed, '--report', plan],
      ['inspect', '--area', '320116', '--out', folder, '--preset', 'notice', '--class1', '2'],
    ].map(run),
  )
  t.same(sampleOf(classes?.stdout ?? ''), ['32011600001320000004', '32011600001320000003', '32011600081320000005', '32011600021320000008', '32011600021320000007'])
  t.match(classes?.stdout, /algorithm sha256-order-1.*\npopulation 8 cameras, SHA-256 028ab640[^]*class 3: 2 drawn of 2 \(3 asked: fewer exist\)/)
  t.match(own?.stdout, /sha256-order-2[^]*police: 1 drawn of 4\nrest: 4 drawn of 4\n/)
  t.equal((JSON.parse(halves?.stdout ?? '') as { seed: string }).seed, createHash('sha256').update('412536:ab').digest('hex'))
  const made = JSON.parse(side?.stdout ?? '') as { half: string; salt: string; commitment: string }
  t.equal(made.commitment, createHash('sha256').update(`${made.half}:${made.salt}`).digest('hex'))
  const lines = [/the seed is missing/, /--population/, /the plan .*broken\.json is not JSON/, /either --seed or two --half/, /--half twice/, /there is no preset "none"/, /no report\.json/, /each say which cameras/]
  for (const [index, line] of lines.entries()) t.match(wrong[index], { code: 2, stdout: '', stderr: line })
})

t.test('two sides at a service: drawn, inspected, and proved from what is published', async (t) => {
  const environment = { YIJI_DATA_DIR: join(folder, 'data'), YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_ADMIN_PASSWORD: password }
  const service = await startService(loadConfig(environment, join(folder, 'none.yaml')), silentLog)
  t.teardown(() => service.close())
  const record = (n: number) => ({ code: `3201160000132${String(n).padStart(7, '0')}`, name: `点位${n}`, area: '320116', class: '1', builtBy: n % 2 === 0 ? '1' : '6', networking: n === 3 ? 'not-networked' : 'networked', positionType: n < 3 ? '8' : '3' })
  for (let n = 1; n <= 5; n++) await service.registry.create(record(n), 'office', 'first')
  const admin = await connectTo(service.url, 'admin', password)
  for (const [name, role] of [['first', 'assessor'], ['second', 'editor']] as const) {
    await admin.json('POST', '/users', { name, role, area: '320116', password: `${password} too` })
    await connectTo(service.url, name, `${password} too`).then((client) => client.json('PUT', '/session/password', { current: `${password} too`, next: password })).catch(() => {})
  }
  await admin.json('POST', '/exemptions', { camera: record(5).code, reason: '道路施工', document: '备 1', fromMs: Date.now() - 1000, untilMs: Date.now() + 3_600_000 })
  const plan = join(folder, 'schools.json')
  writeFileSync(plan, JSON.stringify({ name: 'schools', kinds: ['record'], strata: [{ name: 'schools', where: [{ field: 'positionType', values: ['8'] }], count: 1 }, { name: 'others', count: 1 }] }))
  const at = ['--server', service.url, '--user']
  const out = join(folder, 'out')
  const first = run(['inspect', '--area', '320116', '--plan', plan, '--networked-only', '--with', 'second', '--rules', 'demo', '--out', out, '--lang', 'en', ...at, 'first'])
  const id = await waitFor(async () => (await admin.json<{ items: { id: string }[] }>('GET', '/draws')).items[0]?.id)
  const [inspected, joined] = await Promise.all([first, run(['draw', '--join', id, ...at, 'second'])])
  t.equal(joined.code, 0, joined.stderr)
  t.equal(inspected.code, 0, inspected.stderr)
  t.match(joined.stdout, /committed [0-9a-f]{64}; waiting[^]*revealed[^]*seed [0-9a-f]{64}[^]*schools: 1 drawn of 2\nothers: 1 drawn of 1/)

  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as { inspection: { id: string; seed: string; halves: { by: string }[]; leftOut: object; exempted: { cameras: number }[]; draws: object[] } }
  t.match(report.inspection, { halves: [{ by: 'first' }, { by: 'second' }], leftOut: { size: 2, exempted: 1, notNetworked: 1 }, exempted: [{ cameras: 1, exemption: { reason: '道路施工' } }], draws: [{ by: 'first', plan: 'schools' }] })
  const list = join(folder, 'published.tsv')
  writeFileSync(list, await admin.bytes(`/draws/${id}/population.tsv`))
  t.match(readFileSync(list, 'utf8'), /^#code\t.*\tpositionType\n/)
  const proved = await run(['draw', '--population', list, '--report', join(out, 'report.json')])
  t.match(proved, { code: 0, stdout: /the report shows this sample/ })
  t.same(sampleOf(proved.stdout), sampleOf(joined.stdout))
  const forged = join(folder, 'forged.json')
  writeFileSync(forged, readFileSync(join(out, 'report.json'), 'utf8').replaceAll(sampleOf(proved.stdout)[0] ?? '', record(4).code))
  t.match(await run(['draw', '--population', list, '--report', forged]), { code: 1, stdout: /DIFFERS {2}number 1: the report says 32011600001320000004/ })

  const again = await run(['inspect', '--area', '320116', '--class1', '1', '--out', out, ...at, 'first', '--rules', 'demo'])
  t.match(again, { code: 2, stderr: /drawing again needs a reason/ })
  t.match(await run(['inspect', '--area', '320116', '--class1', '1', '--reason', 'the platform was down', '--out', out, ...at, 'first', '--rules', 'demo', '--json']), { code: 0, stdout: /"redrawReason":\s*"the platform was down"/ })
})

/** Polls with a generous bound: the machine may be busy. */
async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('it did not come')
}
