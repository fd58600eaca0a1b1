// RTSP through the whole application on loopback: cameras that are pulled are watched by FFmpeg over RTSP and inspected like any other, and no password of
// theirs is said anywhere.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AV_LOG_QUIET, Demuxer, Log as AvLog } from 'node-av'
import t from 'tap'
import { silentLog, systemClock, systemRandom, type Fields, type Log } from './base/index.ts'
import { connectTo } from './commands/client.ts'
import { readScenario } from './commands/simulate.ts'
import { loadConfig } from './config.ts'
import { openDecoder, replay, type Report } from './inspect/index.ts'
import { createPorts } from './media/index.ts'
import { openRtspServer } from './media/io/rtsp-server.ts'
import { createStage, recorded } from './media/io/scripted-stage.ts'
import { isFieldName, type FieldName } from './registry/index.ts'
import { observing } from './service/observing.ts'
import { software, startService } from './service/start.ts'

AvLog.setLevel(AV_LOG_QUIET)
const password = 'a-password-of-the-test'
const cameraPassword = 'Camera-secret-9'
const channels = readScenario(new URL('../fixtures/scenarios/district.json', import.meta.url)).devices.flatMap((device) => device.channels).filter(({ truth }) => truth.result === 'pass')
const [healthy, locked] = channels
const until = async (check: () => Promise<boolean> | boolean): Promise<void> => {
  const limit = systemClock.nowUs() + 20_000_000
  while (!(await check())) {
    if (systemClock.nowUs() > limit) throw new Error('waited 20 s in vain')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

t.test('cameras that are pulled', async (t) => {
  if (!healthy || !locked) throw new Error('the district has healthy cameras')
  const stage = createStage(recorded('h264-pcma-digest-tcp'), { now: systemClock.nowUs })
  const stop = stage.run(systemClock)
  const camera = await openRtspServer({
    host: '127.0.0.1', port: 0, relays: stage.relays, maxSessions: 8, software: 'Cam/1', clock: systemClock, log: silentLog, random: systemRandom,
    ports: createPorts({ first: 44_000, last: 44_098, restMs: 0, clock: systemClock }),
    permit: ({ credentials }) => Promise.resolve(credentials?.password === cameraPassword ? { ok: true, account: '' } : { ok: false, status: 401, realm: 'cam' }),
  })
  const lines: string[] = []
  const note = (fields: Fields, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-rtsp-'))
  const environment = {
    YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_MEDIA_PORTS: '18700-18799', YIJI_MEDIA_LINGER_MS: '0', YIJI_ADMIN_PASSWORD: password,
    YIJI_RTSP_HOST: '127.0.0.1', YIJI_RTSP_PORT: '0', YIJI_LOG_LEVEL: 'silent',
  }
  const service = await startService(loadConfig(environment, join(dataDir, 'none.yaml')), log)
  t.teardown(async () => {
    await service.close()
    await camera.close()
    stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const records = [healthy, locked].map(({ record }) => Object.fromEntries(Object.entries(record).filter((entry): entry is [FieldName, string] => isFieldName(entry[0]))))
  await service.registry.importRows(records, 'test')
  const client = await connectTo(service.url, 'admin', password)
  const source = (id: string, secret: string): Promise<unknown> => client.json('PUT', `/cameras/${id}/source`, { url: `rtsp://admin:${secret}@127.0.0.1:${camera.port}/live/${id}`, transport: 'tcp' })
  await source(healthy.id, cameraPassword)
  await source(locked.id, 'Wrong-secret-8')

  await t.test('FFmpeg watches one over RTSP, with the token of its address', async (t) => {
    const { external, h264 } = await client.json<{ external: { rtsp: string }; h264: { external: { rtsp: string } } }>('GET', `/live/${healthy.id}`)
    t.match(external.rtsp, new RegExp(`^rtsp://127\\.0\\.0\\.1:\\d+/live/${healthy.id}\\?token=`))
    t.match(h264.external.rtsp, /codec=h264&token=/)
    for (const url of [external.rtsp, h264.external.rtsp, external.rtsp.replace(/\?.*/, '').replace('rtsp://', `rtsp://admin:${password}@`)]) {
      const input = await Demuxer.open(url, { options: { rtsp_transport: 'tcp', timeout: 10_000_000, probesize: 200_000, analyzeduration: 1_000_000 } })
      t.match(input.video()?.codecpar, { width: 320, height: 180 })
      t.match(input.audio()?.codecpar, { sampleRate: 8000 })
      t.match(service.relays.list(), [{ camera: healthy.id, state: 'live', transport: 'rtsp-tcp', viewers: 1 }])
      await input.close()
    }
    await until(() => service.relays.list().length === 0)
    await t.rejects(Demuxer.open(`${external.rtsp}x`, { options: { rtsp_transport: 'tcp', timeout: 5_000_000 } }), 'not with another token')
    const trail = await client.json<{ items: { action: string; subject: string; detail: string }[] }>('GET', '/audit?limit=20')
    t.equal(trail.items.filter(({ action, subject, detail }) => action === 'live.view' && subject === healthy.id && detail === 'rtsp').length, 3, 'each view is in the trail')
  })

  await t.test('both are inspected, and what is found can be computed again', async (t) => {
    const { id, total } = await client.json<{ id: string; total: number }>('POST', '/inspections', { area: '320116', rules: 'demo', strata: [{ class: '1', count: 10 }] })
    t.equal(total, 2)
    for await (const _ of client.events(`/inspections/${id}/events`)) void _
    const report = JSON.parse((await client.bytes(`/inspections/${id}/report.json`)).toString()) as Report
    const checkOf = (code: string) => report.checks.find((check) => check.camera.id === code)
    t.match(checkOf(healthy.id), { attempts: [{ outcome: 'ok', isCold: true, sipStatus: 200, hop: 'Cam/1' }, { outcome: 'ok' }], stream: { transport: 'rtsp-tcp', codec: 'h264', container: 'elementary', lossRate: 0, width: 320 }, picture: { present: true, samples: 3 } })
    const { ok = 0, firstPacket = 0, firstKeyframe = 0, firstPicture = 0 } = checkOf(healthy.id)?.attempts[0]?.times ?? {}
    t.ok(ok > 0 && ok <= firstPacket && firstPacket <= firstKeyframe && firstKeyframe < firstPicture, 'four times, in order')
    t.match(checkOf(locked.id), { verdict: { result: 'fail', reasons: ['refused'] }, attempts: [{ outcome: 'refused', sipStatus: 401, hop: 'Cam/1', detail: /user name and password/ }, { outcome: 'refused' }] })
    const html = (await client.bytes(`/inspections/${id}/report.html?lang=en`)).toString()
    t.ok(html.includes('RTSP-TCP') && html.includes('401'), 'the report says so')

    const folder = join(service.evidenceDir, id, 'recordings')
    const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
    let replayed = 0
    for await (const { file, differences } of replay(folder, { decoder, ...observing, software })) {
      t.strictSame(differences, [], file)
      replayed++
    }
    await decoder.close()
    t.equal(replayed, 2)
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file)).toString('latin1')
      for (const secret of [cameraPassword, Buffer.from(`admin:${cameraPassword}`).toString('base64'), 'Wrong-secret-8', Buffer.from('admin:Wrong-secret-8').toString('base64')]) t.notOk(text.includes(secret), `${file}: no secret`)
    }
  })

  const said = lines.join('\n')
  t.ok(lines.length > 10)
  for (const secret of [cameraPassword, 'Wrong-secret-8', password, 'token=', Buffer.from(`admin:${cameraPassword}`).toString('base64')]) t.notOk(said.includes(secret), 'no secret is logged')
})
