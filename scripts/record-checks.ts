// Records checks of RTSP cameras as fixtures: `node scripts/record-checks.ts OUT CODE=udp|tcp,rtsp://user:password@host:port/path ...`. Each code is one of
// fixtures/scenarios/district.json, whose record the camera gets; all are checked by the demonstration rules, through the whole service, and
// what that leaves (recording and verdict) is copied to OUT.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../src/base/index.ts'
import { connectTo } from '../src/commands/client.ts'
import { readScenario } from '../src/commands/simulate.ts'
import { loadConfig } from '../src/config.ts'
import type { Report } from '../src/inspect/index.ts'
import { isFieldName, type FieldName } from '../src/registry/index.ts'
import { startService } from '../src/service/start.ts'

const [out = 'out/checks', ...cameras] = process.argv.slice(2)
const password = 'only-for-this-recording'
const dataDir = mkdtempSync(join(tmpdir(), 'yiji-checks-'))
const environment = { YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_MEDIA_PORTS: '41000-41199', YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'silent' }
const service = await startService(loadConfig(environment, join(dataDir, 'none.yaml')), silentLog)
try {
  const channels = readScenario(new URL('../fixtures/scenarios/district.json', import.meta.url)).devices.flatMap((device) => device.channels)
  const client = await connectTo(service.url, 'admin', password)
  for (const camera of cameras) {
    const [, code = '', transport = 'tcp', url = ''] = /^(\d{20})=(udp|tcp),(.*)$/.exec(camera) ?? []
    const record = channels.find(({ id }) => id === code)?.record
    if (!record) throw new Error(`${camera}: no camera of the district`)
    await service.registry.importRows([Object.fromEntries(Object.entries(record).filter((entry): entry is [FieldName, string] => isFieldName(entry[0])))], 'script')
    await client.json('PUT', `/cameras/${code}/source`, { url, transport })
  }
  const { id, total } = await client.json<{ id: string; total: number }>('POST', '/inspections', { area: '320116', seed: '00112233445566778899aabbccddeeff', rules: 'demo', strata: ['1', '2', '3'].map((each) => ({ class: each, count: 50 })) })
  process.stdout.write(`${total} cameras are checked\n`)
  for await (const _ of client.events(`/inspections/${id}/events`)) void _
  const report = JSON.parse((await client.bytes(`/inspections/${id}/report.json`)).toString()) as Report
  for (const { camera, verdict, attempts, stream } of report.checks) process.stdout.write(`${camera.id} ${verdict.result} ${verdict.reasons.join(' ')} ${JSON.stringify(attempts.map(({ outcome, sipStatus, times, detail }) => ({ outcome, sipStatus, times, detail })))} ${JSON.stringify(stream)}\n`)
  mkdirSync(out, { recursive: true })
  const folder = join(service.evidenceDir, id, 'recordings')
  for (const file of readdirSync(folder)) copyFileSync(join(folder, file), join(out, file))
} finally {
  await service.close()
  rmSync(dataDir, { recursive: true, force: true })
}
