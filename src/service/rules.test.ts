import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silentLog, systemRandom } from '../base/index.ts'
import { loadConfig } from '../config.ts'
import { ruleLimits } from '../registry/index.ts'
import { readRules, ruleFilesOf } from './rules.ts'
import { startService } from './start.ts'

const folder = mkdtempSync(join(tmpdir(), 'yiji-rules-'))
const none = join(folder, 'none.yaml')
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

t.test('without a word the rules go by their own figures and the table that ships', async (t) => {
  const files = ruleFilesOf(loadConfig({}, none))
  t.same(files, { limits: ruleLimits })
  t.match(readRules(files), { limits: ruleLimits })
  t.equal(readRules(files).divisions.find('320116')?.name, '六合区')
})

t.test('figures, positions and a table of one’s own', async (t) => {
  const path = file('divisions.csv', 'code,name\n32,江苏省\n320168,新设区\n')
  const config = loadConfig({ YIJI_REGISTRY_RULES_DAYS: '15', YIJI_REGISTRY_RULES_KEYPOSITIONS: '8, 137', YIJI_REGISTRY_DIVISIONS: path }, none)
  const rules = readRules(ruleFilesOf(config))
  t.match(rules.limits, { recordDays: 15, keyRecordDays: 90, keyPositions: ['8', '137'] })
  t.equal(rules.divisions.find('320168')?.name, '新设区')
  t.throws(() => loadConfig({ YIJI_REGISTRY_RULES_KEYPOSITIONS: '党政机关' }, none), { code: 'config.invalid', message: /registry\.rules\.keypositions/ })
})

t.test('a table that cannot be read is one line that names file and row', async (t) => {
  t.throws(() => readRules({ divisions: join(folder, 'none.csv') }), { code: 'config.invalid', message: /YIJI_REGISTRY_DIVISIONS.*there is no such file/ })
  const path = file('bad.csv', 'code,name\n32,江苏省\n3201168,六合区\n')
  t.throws(() => readRules({ divisions: path }), { code: 'config.invalid', message: /bad\.csv.*"3201168" as the code in row 3/ })
})

t.test('a service goes by them: records, imports in a thread of their own, and what the API shows', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-rules-service-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const path = file('own.csv', 'code,name\n32,江苏省\n320168,新设区\n')
  const first = 20_000 + 2 * (systemRandom(2).readUInt16BE() % 5_900)
  const environment = { YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_MEDIA_PORTS: `${first}-${first + 99}`, YIJI_ADMIN_PASSWORD: 'a-long-password', YIJI_REGISTRY_DIVISIONS: path, YIJI_REGISTRY_RULES_DAYS: '15' }
  const service = await startService(loadConfig(environment, none), silentLog)
  t.teardown(() => service.close())
  const { token } = (await (await fetch(`${service.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'admin', password: 'a-long-password', want: 'token' }) })).json()) as { token: string }
  const get = async (address: string): Promise<unknown> => (await fetch(`${service.url}/api/v1${address}`, { headers: { authorization: `Bearer ${token}` } })).json()
  const code = '32016800001320000101'
  const rulesOf = (camera: { readonly findings: readonly { readonly rule: string }[] } | undefined): readonly string[] => (camera?.findings ?? []).map(({ rule }) => rule).filter((rule) => /^(code|area|record-days)\./.test(rule) && !rule.endsWith('.missing'))
  t.same(rulesOf(await service.registry.create({ code, area: '320168', recordDays: '20' }, 'test', 'new')), [])
  t.match(await get('/divisions?parent=32'), { items: [{ code: '320168', fullName: '江苏省新设区' }] })
  const form = new FormData()
  form.set('file', new Blob(['设备编码,行政区域,录像保存天数\n32016800001320000102,320168,14\n']), 'rows.csv')
  const begun = (await (await fetch(`${service.url}/api/v1/imports`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: form })).json()) as { id: string }
  let said = JSON.stringify(await get(`/imports/${begun.id}`))
  while (!said.includes('record-days.short') && !said.includes('failed')) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    said = JSON.stringify(await get(`/imports/${begun.id}`))
  }
  t.match(said, /record-days\.short/)
  t.notMatch(said, /(code\.division|area\.unknown)/)
})
