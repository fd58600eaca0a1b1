// A patrol of a whole area, really run: every camera of a simulated fleet (pictures of 540 rows, one in twenty refuses) is checked by the default rules, paused
// and resumed on the way. Prints checks an hour as they came and as the processor time would allow, memory, delays of the loop, disk a check, turns of the
// areas, and how good the estimate of the time left was. `--cameras 300`, `--total 40` checks at once, `--attempts 1`. Linux.
import { fork } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { silentLog } from '../../src/base/index.ts'
import { readScenario } from '../../src/commands/simulate.ts'
import { loadConfig } from '../../src/config.ts'
import { defaultRules, presets, type InspectionProgress, type Plan, type RuleSet } from '../../src/inspect/index.ts'
import { isFieldName, type FieldName } from '../../src/registry/index.ts'
import { startService, type Service } from '../../src/service/start.ts'
import type { Scenario, ScenarioDevice } from '../../src/simulator/index.ts'
import { cpu, since } from './inspect/cpu.ts'
import type { FleetOrder } from './inspect/fleet.ts'

const { values: options } = parseArgs({ args: process.argv.slice(3), strict: true, options: { cameras: { type: 'string', default: '300' }, total: { type: 'string', default: '40' }, attempts: { type: 'string', default: '2' }, height: { type: 'string', default: '540' } } })
const cameras = Number(options.cameras)
const sipId = '32011600002000000001'
/** Of a hundred cameras: one area has most of them. */
const shares = [['32011601', 60], ['32011602', 25], ['32011603', 10], ['32011604', 5]] as const
/** Pictures of 540 rows leave their sharpness open: that is noted, so that a healthy camera passes and its evidence is thinned as by default. */
const rules: RuleSet = { ...defaultRules, name: 'bench', judgement: { ...defaultRules.judgement, 'undetermined-sharpness': 'note', 'doubtful-sharpness': 'note' }, attempts: Number(options.attempts), concurrency: { ...defaultRules.concurrency, total: Number(options.total) } }
/** Its share of the machine is not one of the inspector's. */
const pauseMs = 3_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const print = (text: string): void => void process.stdout.write(`${text}\n`)

export async function run(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-patrol-'))
  const scenario = fleetOf()
  const environment = {
    YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password,
    YIJI_MEDIA_PORTS: '21000-22999', YIJI_ADMIN_PASSWORD: 'a-password-of-the-bench', YIJI_LOG_LEVEL: 'silent',
  }
  const service = await startService(loadConfig(environment, join(dataDir, 'none.yaml')), silentLog)
  const fleet = fork(new URL('./inspect/fleet.ts', import.meta.url), { serialization: 'advanced' })
  try {
    const height = Number(options.height)
    fleet.send({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, size: { width: Math.round((height * 16) / 9 / 2) * 2, height } } satisfies FleetOrder)
    await once(fleet, 'message')
    await records(service, scenario)
    print(`${cameras} cameras in ${shares.length} areas, pictures of ${height} rows, ${rules.attempts} attempts a check, at most ${rules.concurrency.total} checks at once`)
    await patrol(service, scenario, dataDir)
  } finally {
    await service.close()
    if (fleet.connected) fleet.send('end')
    await once(fleet, 'exit')
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function patrol(service: Service, { area }: Scenario, dataDir: string): Promise<void> {
  const plan: Plan | undefined = presets.find(({ samples }) => samples.every(({ strata }) => strata.every(({ count }) => count === 'all')))
  if (!plan) throw new Error('no preset looks at every camera')
  const [before, began] = [cpu(), performance.now()]
  const { id, total } = await service.inspections.start({ area, rules, plan, by: 'bench', redrawReason: 'bench' })
  const finished: string[] = []
  const reasons = new Map<string, number>()
  let longestLagMs = 0
  service.inspections.on(id, (event) => {
    if (event.type !== 'check-done') return
    finished.push(event.check.camera.area)
    for (const reason of event.check.verdict.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    for (const { loopLagMs } of event.check.attempts) longestLagMs = Math.max(longestLagMs, loopLagMs)
  })
  const [rss, guesses]: [number[], { readonly atMs: number; readonly msLeft: number }[]] = [[], []]
  let pausedMs = 0
  for (;;) {
    const head = await service.inspections.head(id)
    if (head?.state !== 'running') {
      if (head?.pausedBecause) throw new Error(`the patrol paused: ${head.pausedBecause.code} ${head.pausedBecause.detail}`)
      break
    }
    rss.push(process.memoryUsage.rss() / 1e6)
    const { done, msLeft } = head.progress as InspectionProgress
    if (msLeft !== undefined) guesses.push({ atMs: performance.now() - pausedMs, msLeft })
    if (pausedMs === 0 && done * 3 > total) pausedMs = await holdUp(service, id)
    await Promise.race([service.inspections.finished(id), pause(1_000)])
  }
  const tookMs = performance.now() - began
  const { own, children } = since(before)
  const head = await service.inspections.head(id)
  const { done = 0, pass = 0, fail = 0, review = 0 } = head?.counts ?? {}
  print(`${done} of ${total} checked in ${(tookMs / 1000).toFixed(0)} s, ${(pausedMs / 1000).toFixed(1)} s of it paused: ${pass} pass, ${fail} fail, ${review} for a person; state ${head?.state}; ${[...reasons].map(([code, count]) => `${code} ${count}`).join(', ')}`)
  const each = (own + children) / done
  print(`as it came: ${Math.round((done / (tookMs - pausedMs)) * 3_600_000)} checks an hour (bounded by ${rules.concurrency.total} at once, each some ${((rules.sampling.pictures - 1) * rules.sampling.spacingMs) / 1000} s of looking, and by whatever else this machine does)`)
  print(`processor: ${each.toFixed(3)} core-seconds a check, receiving included (this process ${(own / done).toFixed(3)}, decoding ${(children / done).toFixed(3)}); so at most ${Math.floor(3600 / each)} checks an hour a core, ${Math.floor(7200 / each)} on two: a computed rate, not one that was reached`)
  print(`${split(service)}`)
  print(`memory: ${Math.round(rss[0] ?? 0)} MB at the start, ${Math.round(Math.max(...rss))} MB at most, ${Math.round(rss.at(-1) ?? 0)} MB at the end; largest delay of the loop during a check ${longestLagMs} ms`)
  const kept = sizeOf(join(service.evidenceDir, id))
  print(`evidence: ${(kept.bytes / done / 1000).toFixed(1)} kB a check in ${kept.files} files; database with its log ${(['yiji.sqlite', 'yiji.sqlite-wal'].reduce((sum, name) => sum + (statSync(join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0), 0) / 1e6).toFixed(1)} MB`)
  const firstHalf = finished.slice(0, Math.floor(finished.length / 5))
  print(`turns: of the first fifth of the checks ${shares.map(([code]) => `${firstHalf.filter((each_) => each_ === code).length} in ${code} (of ${finished.filter((each_) => each_ === code).length})`).join(', ')}`)
  const endMs = performance.now() - pausedMs
  const off = guesses.filter(({ atMs }) => endMs - atMs > 10_000).map(({ atMs, msLeft }) => Math.abs(msLeft - (endMs - atMs)) / (endMs - atMs))
  if (off.length > 0) print(`time left was off by ${(median(off) * 100).toFixed(0)} % (median of ${off.length} looks more than ten seconds before the end)`)
}

/** Paused, everything under way is brought to its end and nothing begins; then it goes on. Returns how long it stood still. */
async function holdUp(service: Service, id: string): Promise<number> {
  await service.inspections.pause(id)
  while (((await service.inspections.head(id))?.progress?.running ?? 0) > 0) await pause(200)
  const before = (await service.inspections.head(id))?.counts?.done
  const from = performance.now()
  await pause(pauseMs)
  const after = (await service.inspections.head(id))?.counts?.done
  print(`paused at ${before}: ${after === before ? 'nothing began' : `STILL RAN, to ${after}`}; resumed`)
  await service.inspections.resume(id)
  return performance.now() - from
}

function split(service: Service): string {
  const { pictures, decode, measure, jpeg } = service.decoding()
  const ms = (us: number): string => (us / 1000 / Math.max(1, pictures)).toFixed(1)
  return `a picture of ${pictures}: ${ms(decode)} ms of processor time to decode, ${ms(measure)} to measure, ${ms(jpeg)} for JPEGs`
}

function sizeOf(folder: string): { readonly bytes: number; readonly files: number } {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return { files: files.length, bytes: files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

async function records(service: Service, { devices }: Scenario): Promise<void> {
  await service.registry.importRows(devices.map(({ channels }) => Object.fromEntries(Object.entries(channels[0]?.record ?? {}).filter((entry): entry is [FieldName, string] => isFieldName(entry[0])))), 'bench')
  for (const { id, media } of devices) {
    await service.registry.setMediaTransport(id, media)
    for (let tries = 0; tries < 2400 && (await service.registry.deviceOfChannel(id)) === undefined; tries++) await pause(25)
  }
}

/** The district's healthy camera, so many times: half over TCP, half H.265, one in twenty refuses. */
function fleetOf(): Scenario {
  const district = readScenario(new URL('../../fixtures/scenarios/district.json', import.meta.url))
  const one = district.devices.find(({ kind, registers, channels }) => kind === 'camera' && registers && channels[0]?.fault === 'ok' && channels[0].picture === 'street')
  const [channel] = one?.channels ?? []
  if (!one || !channel) throw new Error('the district has no healthy camera')
  const areaOf = (n: number): string => {
    let left = (n * 37) % 100
    for (const [code, share] of shares) {
      if (left < share) return code
      left -= share
    }
    return shares[0][0]
  }
  const device = (n: number): ScenarioDevice => {
    const id = `3201160000132${String(n).padStart(7, '0')}`
    return { ...one, id, media: n % 4 < 2 ? 'udp' : 'tcp-passive', channels: [{ ...channel, id, fault: n % 20 === 19 ? 'busy' : 'ok', codec: n % 2 === 0 ? 'h264' : 'h265', record: { ...channel.record, code: id, area: areaOf(n) } }] }
  }
  return { ...district, keepaliveS: 60, devices: Array.from({ length: cameras }, (_, n) => device(n + 1)) }
}
