// Evidence from end to end: simulated cameras over loopback, checked by the whole service, their package taken over HTTP and proved by the command
// in a process of its own that knows neither the service nor its data.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silentLog, systemClock, systemRandom } from './base/index.ts'
import { clipCacheDir } from './commands/simulate.ts'
import { loadConfig } from './config.ts'
import { defaultRules, demoRules, openDecoder, type Check } from './inspect/index.ts'
import { openPackage } from './inspect/io/package-source.ts'
import { splitAnnexB } from './media/index.ts'
import { isFieldName, type FieldName } from './registry/index.ts'
import { startService } from './service/start.ts'
import { startFleet, type Scenario, type ScenarioChannel } from './simulator/index.ts'
import { makeClips } from './simulator/io/clips.ts'

t.setTimeout(240_000)
const [area, contact, sipPassword, adminPassword] = ['320116', '13812345678', 'the-secret-of-cameras', 'long enough for a test']
const channel = (n: number, more: Partial<ScenarioChannel>): ScenarioChannel => {
  const id = `${area}0000132080000${n}`
  const record = {
    code: id, name: `点位${n}`, manufacturer: '1', area, class: '1', model: 'IPC', cameraType: '3', functionType: '5', encoding: '2', address: `南京市六合区${n}号`, longitude: `118.80${n}137`, latitude: `32.38${n}259`, positionType: '9',
    networking: 'networked', policeUnit: '320116510000', installedAt: '2023-01-15', managementUnit: '六合分局', contact, recordDays: '90', status: '1', builtBy: '1',
  }
  return { id, name: record.name, codec: 'h264', picture: 'gate', fault: 'ok', record, truth: { result: 'pass', reasons: [], fault: 'none' }, ...more }
}
const channels = [channel(1, {}), channel(2, { picture: 'black', codec: 'h265' }), channel(3, { fault: 'busy' })]

const yiji = (...args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    const cwd = new URL('..', import.meta.url).pathname
    execFile(process.execPath, ['bin/yiji.js', ...args], { cwd, env: { PATH: process.env['PATH'] ?? '', YIJI_DATA_DIR: '/nowhere' } }, (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }))
  })

t.test('inspected, packed, proved elsewhere; no contacts and no credentials in it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-evidence-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const dataDir = join(folder, 'data')
  const environment = { YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: `${area}00002000000001`, YIJI_SIP_PASSWORD: sipPassword, YIJI_MEDIA_PORTS: '42400-42459', YIJI_ADMIN_PASSWORD: adminPassword, YIJI_LOG_LEVEL: 'silent' }
  const service = await startService(loadConfig(environment, join(folder, 'none.yaml')), silentLog)
  t.teardown(() => service.close())
  const scenario: Scenario = {
    name: 'evidence', area, password: sipPassword, keepaliveS: 20, registrar: { id: environment.YIJI_SIP_ID, host: '127.0.0.1', port: service.sipPort },
    devices: channels.map((each, index) => ({ id: each.id, kind: 'camera', registers: true, signalling: 'udp', media: index === 0 ? 'tcp-passive' : 'udp', charset: 'gb2312', edition: '2022', channels: [each] })),
  }
  for (const { record } of channels) await service.registry.importRows([Object.fromEntries(Object.entries(record).filter((entry): entry is [FieldName, string] => isFieldName(entry[0])))], 'test')
  const clips = await makeClips(channels.map(({ picture, codec }) => ({ kind: picture, codec, width: 480, height: 270, fps: 8, seconds: 6, startS: 36_000 })), { cacheDir: clipCacheDir, children: 2 })
  const fleet = await startFleet({ scenario, clips, clock: systemClock, random: systemRandom, log: silentLog })
  t.teardown(() => fleet.close())
  await fleet.registered
  for (const { id, media } of scenario.devices) await service.registry.setMediaTransport(id, media)
  for (let n = 0; n < 600 && !(await service.registry.devices()).every(({ catalogAtMs }) => catalogAtMs !== undefined); n++) await new Promise<void>((done) => void systemClock.after(50, done))

  const rules = { ...demoRules, name: 'evidence', attempts: 1, sampling: { pictures: 3, spacingMs: 1_000, windowMs: 8_000 } }
  const { id } = await service.inspections.start({ area, seed: '00112233445566778899aabbccddeeff', strata: [{ class: '1', count: 3 }], rules, by: 'office' })
  const done = await service.inspections.finished(id)
  t.equal(done.checks.length, 3)
  const kinds = (check: Check | undefined): readonly string[] => [...new Set(check?.evidence.map(({ kind }) => kind))]
  const checkOf = (n: number): Check | undefined => done.checks.find(({ camera }) => camera.id === channels[n]?.id)
  t.same(kinds(checkOf(0)), ['recording', 'keyframe', 'picture', 'verdict'])
  t.same(kinds(checkOf(2)), ['recording', 'verdict'])
  for (const { file, size } of done.checks.flatMap(({ evidence }) => evidence)) t.equal(statSync(join(service.evidenceDir, id, file)).size, size, file)
  await service.inspections.review({ inspection: id, n: 1, result: 'pass', reason: 'seen on site', by: 'chief' })

  await t.test('a keyframe as it was sent is a picture by itself', async (t) => {
    const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
    t.teardown(() => decoder.close())
    for (const n of [0, 1]) {
      const file = checkOf(n)?.evidence.find(({ kind }) => kind === 'keyframe')?.file ?? ''
      t.match(file, n === 0 ? /\.h264$/ : /\.h265$/)
      const session = decoder.open(defaultRules)
      t.match(await session.push({ codec: n === 0 ? 'h264' : 'h265', nalUnits: splitAnnexB(readFileSync(join(service.evidenceDir, id, file))) }), { ok: true, picture: { measure: { width: 480, height: 270 } } })
      session.close()
    }
  })

  const login = await fetch(`${service.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'admin', password: adminPassword, want: 'token' }) })
  const headers = { authorization: `Bearer ${((await login.json()) as { token: string }).token}` }
  const get = (path: string): Promise<Response> => fetch(`${service.url}/api/v1${path}`, { headers })
  const { fingerprint } = (await (await get('/installation')).json()) as { fingerprint: string }
  const take = async (name: string, query = ''): Promise<string> => {
    const answer = await get(`/inspections/${id}/evidence.zip${query}`)
    const bytes = Buffer.from(await answer.arrayBuffer())
    t.equal(bytes.length, Number(answer.headers.get('content-length')))
    const file = join(folder, name)
    writeFileSync(file, bytes)
    return file
  }
  const whole = await take('whole.zip')
  t.equal(statSync(join(dataDir, 'installation.key')).mode & 0o777, 0o600)
  t.match((await (await get(`/inspections/${id}/report.html`)).text()).replace(/\s/g, ''), fingerprint, 'the report prints the fingerprint, in groups')
  t.match(await (await get('/audit?action=package.take')).json(), { items: [{ account: 'admin', subject: id }] })

  await t.test('proved by the command', async (t) => {
    const good = await yiji('verify', whole, '--key', fingerprint, '--replay')
    t.equal(good.code, 0, good.stdout + good.stderr)
    t.match(good.stdout, /ok {3}signature[^]*ok {3}draw[^]*ok {3}replay {5}3 verdicts computed again[^]*everything is in order/)
    const one = await yiji('verify', await take('one.zip', '?check=2&parts=pictures'), '--json')
    t.equal(one.code, 0, one.stdout + one.stderr)
    t.match(JSON.parse(one.stdout), { ok: true, installation: fingerprint, madeBy: 'admin' })
    const bad = readFileSync(whole)
    bad[bad.length >> 1] = (bad[bad.length >> 1] ?? 0) ^ 1
    writeFileSync(join(folder, 'bad.zip'), bad)
    const found = await yiji('verify', join(folder, 'bad.zip'))
    t.equal(found.code, 1)
    t.match(found.stdout, /NOT {2}files[^]*was changed[^]*NOT IN ORDER/)
    const other = await yiji('verify', whole, '--key', 'ab'.repeat(32), '--json')
    t.equal(other.code, 1)
    t.match(JSON.parse(other.stdout), { ok: false, steps: [{}, {}, { name: 'signature', wrong: [/another key/] }] })
    for (const args of [['verify', join(folder, 'none.zip')], ['verify', whole, '--key', 'abc']]) t.equal((await yiji(...args)).code, 2)
  })

  await t.test('what must not be in it is not', async (t) => {
    const source = await openPackage(whole)
    t.teardown(() => source.close())
    for (const path of source.files.keys()) {
      const pieces: Buffer[] = []
      for await (const piece of source.bytes(path)) pieces.push(piece)
      const text = Buffer.concat(pieces).toString('latin1')
      for (const secret of [contact, sipPassword, adminPassword, 'BEGIN PRIVATE KEY']) t.notOk(text.includes(secret), `${path}: ${secret}`)
      t.notMatch(text, /response="?[0-9a-f]{32}/i, `${path}: no digest answer`)
    }
    t.ok([...source.files.keys()].includes('population.tsv'))
    t.match(readdirSync(join(service.evidenceDir, id)), ['keyframes', 'pictures', 'population.json', 'population.tsv', 'recordings'])
  })

  await t.test('the key is made once', async (t) => {
    await service.close()
    const again = await startService(loadConfig(environment, join(folder, 'none.yaml')), silentLog)
    t.teardown(() => again.close())
    const login = await fetch(`${again.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'admin', password: adminPassword, want: 'token' }) })
    const { token } = (await login.json()) as { token: string }
    t.match(await (await fetch(`${again.url}/api/v1/installation`, { headers: { authorization: `Bearer ${token}` } })).json(), { fingerprint })
    t.notOk(existsSync(join(dataDir, 'installation.key.part')))
  })
})
