// The draw on the command line: computed again from files alone, held against a report, and made by two sides at a real service.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silentLog } from '../base/index.ts'
import { loadConfig } from '../config.ts'
import { defaultRules } from '../inspect/index.ts'
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

  const whole = join(folder, 'whole.zip')
  writeFileSync(whole, await admin.bytes(`/inspections/${report.inspection.id}/evidence.zip`))
  const packed = await run(['draw', '--package', whole])
  t.match(packed, { code: 0, stdout: /the report shows this sample/ })
  t.same(sampleOf(packed.stdout), sampleOf(proved.stdout), 'from the package alone')
  t.match(await run(['draw', '--package', list]), { code: 2, stdout: '', stderr: /no evidence package of a whole inspection/ })

  const again = await run(['inspect', '--area', '320116', '--class1', '1', '--out', out, ...at, 'first', '--rules', 'demo'])
  t.match(again, { code: 2, stderr: /drawing again needs a reason/ })
  t.match(await run(['inspect', '--area', '320116', '--class1', '1', '--reason', 'the platform was down', '--out', out, ...at, 'first', '--rules', 'demo', '--json']), { code: 0, stdout: /"redrawReason":\s*"the platform was down"/ })

  await t.test('a draw that waits for one side: another of the same kind takes a reason, and the report shows both', async (t) => {
    const running = join(folder, 'running.json')
    writeFileSync(running, JSON.stringify({ kinds: ['running'], strata: [{ name: 'some', count: 1 }] }))
    const sides = [await connectTo(service.url, 'first', password), await connectTo(service.url, 'second', password)] as const
    const { id: left } = await sides[0].json<{ id: string }>('POST', '/draws', { area: '320116', other: 'second', plan: JSON.parse(readFileSync(running, 'utf8')) as object, rules: 'demo' })
    const [half, salt] = ['ab', '12'.repeat(16)]
    const commitment = (text: string): string => createHash('sha256').update(text).digest('hex')
    await sides[0].json('POST', `/draws/${left}/commitment`, { commitment: commitment(`${half}:${salt}`) })
    await sides[1].json('POST', `/draws/${left}/commitment`, { commitment: commitment(`cd:${'34'.repeat(16)}`) })
    await sides[0].json('POST', `/draws/${left}/reveal`, { half, salt })
    const ask = ['inspect', '--area', '320116', '--plan', running, '--rules', 'demo', '--out', join(folder, 'out-running'), '--lang', 'en', ...at, 'first']
    t.match(await run(ask), { code: 2, stderr: /draw of two sides[^\n]*left by second without a revelation[^\n]*needs a reason/ })
    t.match(await run([...ask, '--reason', 'the other side did not reveal']), { code: 0 })
    const { inspection } = JSON.parse(readFileSync(join(folder, 'out-running', 'report.json'), 'utf8')) as { inspection: { draws: { id: string }[]; redrawReason: string } }
    t.equal(inspection.redrawReason, 'the other side did not reveal')
    t.match(inspection.draws.find(({ id: set }) => set === left), { size: 0, by: 'first, second', abandoned: { missing: [{ by: 'second', step: 'reveal' }] } })
  })

  await t.test('judged again by other rules: what changes is printed, exit 1; by the same, exit 0; what is no rule set is one line', async (t) => {
    const { id: inspection } = (JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as { inspection: { id: string } }).inspection
    const rules = (name: string, content: unknown): string => {
      const file = join(folder, name)
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
      return file
    }
    const lenient = rules('lenient.json', { ...defaultRules, name: 'lenient', judgement: { ...defaultRules.judgement, 'not-registered': 'review' } })
    const rejudge = (of: string, ...more: readonly string[]): Promise<Result> => run(['rejudge', of, ...at, 'first', ...more])
    // One after the other where a log-in is needed: the service bounds those.
    const changed = await rejudge(inspection, '--rules', lenient)
    const same = await rejudge(inspection, '--rules', 'demo', '--json')
    const wrong = [
      ...(await Promise.all([rejudge(inspection, '--rules', rules('no.json', '{')), rejudge(inspection, '--rules', rules('odd.json', { ...defaultRules, name: 'odd', sharpness: { ...defaultRules.sharpness, unclearFromPx: 'x' } }))])),
      await rejudge(inspection, '--rules', 'nobody@7'),
      await rejudge('i-none', '--rules', lenient),
    ]
    t.match(changed, { code: 1, stdout: /^1 32\d{18}: fail \([^)]*not-registered[^)]*\) -> review \([^)]*\)\nj-[0-9a-f]{16} by lenient@\d+: done, 1 of 1 checks, 1 with another result, 0 not judged; the inspection is as it was\n$/ })
    t.match([same.code, JSON.parse(same.stdout)], [0, { state: 'done', changed: 0, results: [{ before: { result: 'fail' }, after: { result: 'fail' } }] }])
    for (const [index, line] of [/no\.json is no JSON of a rule set/, /sharpness\.unclearFromPx must be a number/, /"nobody@?7?"|there is no rule set/, /there is no inspection i-none/].entries()) {
      t.match(wrong[index], { code: 2, stdout: '', stderr: line })
      t.equal(wrong[index]?.stderr.trimEnd().split('\n').length, 1, 'one line')
    }
  })

  await t.test('a check as a signed package, and what an installation says to one of its own; keys that were compared', async (t) => {
    const { id: inspection } = (JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as { inspection: { id: string } }).inspection
    const file = join(folder, 'one.zip')
    t.match(await run(['evidence', inspection, '--check', '1', '--out', file, ...at, 'first']), { code: 0, stdout: /one\.zip: \d+ bytes; prove it with: yiji verify/ })
    const { fingerprint, publicKey } = await admin.json<{ fingerprint: string; publicKey: string }>('GET', '/installation')
    const pem = join(folder, 'key.pem')
    writeFileSync(pem, publicKey)
    const [proved, none, noNumber, noKey] = await Promise.all(
      [['verify', file, '--key', fingerprint, '--replay'], ['opinion', inspection, '1', join(folder, 'none.zip'), ...at, 'first'], ['opinion', inspection, 'x', file, ...at, 'first'], ['key', 'add', 'abc', '--name', 'we', '--note', 'x', ...at, 'admin']].map(run),
    )
    const own = await run(['opinion', inspection, '1', file, ...at, 'first'])
    const mine = await run(['key', 'add', pem, '--name', 'we', '--note', 'x', ...at, 'admin'])
    t.match(proved, { code: 0, stdout: /everything is in order/ })
    for (const [result, line] of [[own, /signed by this installation itself/], [none, /there is no package at/], [noNumber, /"x" is no number of a check/], [mine, /key of this installation itself/], [noKey, /neither a fingerprint of 64 hexadecimal digits nor a file/]] as const) t.match(result, { code: 2, stdout: '', stderr: line })
    t.match(await run(['key', 'add', 'ab'.repeat(32), '--name', '市局', '--note', '电话核对', ...at, 'admin']), { code: 0, stdout: /^1 {2}abab( abab){15} {2}trusted {2}市局 {2}\(电话核对\)\n$/ })
    t.match(await run(['key', 'revoke', '1', '--reason', '外泄', ...at, 'admin']), { code: 0, stdout: /REVOKED {2}市局 {2}\(外泄\)/ })
    t.match(JSON.parse((await run(['key', 'list', '--json', ...at, 'first'])).stdout), [{ name: '市局', revoked: { reason: '外泄' } }])
  })
})

t.test('recordings judged again by a file of rules or by name and version: what changes is printed; bad files are one line', async (t) => {
  t.match(await run(['replay', join(root, 'fixtures/recordings/not-checked.pcapng')]), { code: 0, stdout: /review \(not-checked\), it broke: EISDIR "EISDIR: [^\n]*keyframes[^\n]*": the same/ }, 'what broke is said from the recording alone')
  const recordings = join(folder, 'recordings')
  mkdirSync(recordings)
  const name = '14-32011600001320000003'
  for (const ending of ['json', 'pcapng']) copyFileSync(join(root, `fixtures/recordings/${name}.${ending}`), join(recordings, `${name}.${ending}`))
  const file = join(recordings, `${name}.pcapng`)
  const lenient = join(folder, 'lenient-black.json')
  writeFileSync(lenient, JSON.stringify({ ...defaultRules, name: 'lenient', judgement: { ...defaultRules.judgement, black: 'review' } }))
  const alone = join(folder, 'alone.pcapng')
  copyFileSync(file, alone)
  const cut = join(folder, 'cut.pcapng')
  writeFileSync(cut, readFileSync(file).subarray(0, 1_001))
  const noRules = join(folder, 'no-rules.json')
  writeFileSync(noRules, '[]')
  const [same, changed, earlier, told, single, broken, wrongRules, unknown] = await Promise.all(
    [['replay', recordings], ['replay', file, '--rules', lenient], ['replay', file, '--rules', 'default@1'], ['replay', file, '--rules', lenient, '--json'], ['replay', alone], ['replay', cut], ['replay', file, '--rules', noRules], ['replay', file, '--rules', 'default@77']].map(run),
  )
  t.match(same, { code: 0, stdout: /fail \(black\): the same\n1 recordings: 1 the same, 0 different, 0 with nothing to compare to/ })
  t.match(changed, { code: 1, stdout: /review \([^)]*black[^)]*\): DIFFERS: [^\n]*verdict\.result: "fail" → "review"[^\n]*computed by lenient/ })
  t.ok(earlier?.stdout.includes('default 1'), 'which rules computed it is said')
  t.match(JSON.parse(told?.stdout ?? ''), { total: 1, different: 1, results: [{ result: 'review', kept: 'fail' }] })
  t.match(single, { code: 0, stdout: /nothing kept beside it/ })
  for (const [result, line] of [[broken, /cut\.pcapng/], [wrongRules, /rule set: /], [unknown, /default@77|version 77/]] as const) {
    t.ok(result?.code === 1 || result?.code === 2, String(result?.code))
    t.match(result?.stderr, line)
    t.equal(result?.stderr.trimEnd().split('\n').length, 1, 'one line')
  }
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
