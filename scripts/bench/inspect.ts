// What an inspection costs: core-seconds a check beyond receiving (this process and its decoding child), and how long twenty healthy cameras take with
// a window of five seconds. Receiving alone is measured in the same run: the same cameras are watched, and the cost of a packet taken off. The
// cameras are simulated, in a process of their own. `--height 1080` for larger pictures, `--seconds 10` of watching, `--keep-open` to profile. Linux.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { silentLog } from '../../src/base/index.ts'
import { readScenario } from '../../src/commands/simulate.ts'
import { loadConfig } from '../../src/config.ts'
import { defaultRules, type Check, type DecodingFigures, type RuleSet } from '../../src/inspect/index.ts'
import { isFieldName, type FieldName } from '../../src/registry/index.ts'
import { startService, type Service } from '../../src/service/start.ts'
import type { Scenario, ScenarioDevice } from '../../src/simulator/index.ts'
import { cpu, since } from './inspect/cpu.ts'
import type { FleetOrder } from './inspect/fleet.ts'

const { values: options } = parseArgs({ args: process.argv.slice(3), strict: true, options: { height: { type: 'string', default: '1080' }, seconds: { type: 'string', default: '8' }, attempts: { type: 'string', default: '2' } } })

const cameras = 20
const sipId = '32011600002000000001'
const aims = { coreSeconds: 0.15, wallS: 30 }
/** The default's, with the window of five seconds that the aim names: pictures at 0, 2 and 4 s. */
const rules: RuleSet = { ...defaultRules, name: 'bench', attempts: Number(options.attempts), sampling: { ...defaultRules.sampling, windowMs: 5_000 } }

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const print = (text: string): void => void process.stdout.write(`${text}\n`)

export async function run(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-bench-'))
  const scenario = healthy()
  const environment = {
    YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password,
    YIJI_MEDIA_PORTS: '19400-19999', YIJI_ADMIN_PASSWORD: 'a-password-of-the-bench', YIJI_LOG_LEVEL: 'silent',
  }
  const service = await startService(loadConfig(environment, join(dataDir, 'none.yaml')), silentLog)
  const fleet = fork(new URL('./inspect/fleet.ts', import.meta.url), { serialization: 'advanced' })
  try {
    const height = Number(options.height)
    const width = Math.round((height * 16) / 9 / 2) * 2
    fleet.send({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, size: { width, height } } satisfies FleetOrder)
    await once(fleet, 'message')
    await records(service, scenario)
    print(`${cameras} cameras, half H.264, half H.265, ${width}x${height}, 25 pictures a second, a keyframe each second; ${rules.attempts} attempts a check, at most ${rules.concurrency.total} checks at once`)

    const perPacket = await receiving(service, scenario)
    // Once for the code to be compiled, once to be counted.
    await inspect(service, scenario)
    const stagesBefore = service.decoding()
    const before = cpu()
    const began = performance.now()
    const checks = await inspect(service, scenario)
    const wallS = (performance.now() - began) / 1000
    const { own, children } = since(before)
    sumUp(checks, { own, children, perPacket, wallS })
    stages(stagesBefore, service.decoding(), checks.length)
  } finally {
    await service.close()
    if (fleet.connected) fleet.send('end')
    await once(fleet, 'exit')
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function sumUp(checks: readonly Check[], { own, children, perPacket, wallS }: { readonly own: number; readonly children: number; readonly perPacket: number; readonly wallS: number }): void {
  const attempts = checks.flatMap((check) => check.attempts)
  const packets = attempts.reduce((sum, { stream }) => sum + (stream?.packets ?? 0), 0)
  const pictures = attempts.reduce((sum, each) => sum + each.pictures.length, 0)
  const ok = attempts.filter(({ outcome }) => outcome === 'ok').length
  const receivingS = packets * perPacket
  const each = (own - receivingS + children) / checks.length
  print(`checks ${checks.length}, attempts ${attempts.length} (${ok} ok), pictures ${pictures}, packets ${packets}`)
  print(`core-seconds in all: this process ${own.toFixed(2)} (of which receiving ${receivingS.toFixed(2)}), decoding ${children.toFixed(2)}; a picture costs ${((children / Math.max(1, pictures)) * 1000).toFixed(0)} ms of decoding`)
  print(`a check beyond receiving: ${each.toFixed(3)} core-seconds; aim ${aims.coreSeconds}: ${each <= aims.coreSeconds ? 'met' : 'NOT MET'}`)
  print(`so ${Math.floor((2 * 3600) / (each + receivingS / checks.length))} checks an hour on two cores, receiving included`)
  print(`${checks.length} checks in ${wallS.toFixed(1)} s; aim ${aims.wallS} s: ${wallS <= aims.wallS ? 'met' : 'NOT MET'}; largest delay of the own loop ${Math.max(...attempts.map(({ loopLagMs }) => loopLagMs))} ms`)
}

/** Where the decoding child spends its time, as it counts itself; what is left of the whole is starting up, and passing pictures to and fro. */
function stages(before: DecodingFigures, after: DecodingFigures, checks: number): void {
  const pictures = after.pictures - before.pictures
  const of = (stage: 'decode' | 'measure' | 'jpeg'): string => {
    const us = after[stage] - before[stage]
    return `${(us / 1000 / Math.max(1, pictures)).toFixed(1)} ms a picture (${(us / 1e6 / checks).toFixed(3)} core-seconds a check)`
  }
  print(`of it decoding ${of('decode')}, measuring ${of('measure')}, JPEGs ${of('jpeg')}; ${pictures} pictures`)
}

/** Core-seconds a packet: all cameras watched at once by somebody who does nothing with it, signalling and idling taken off by their own second. */
async function receiving(service: Service, scenario: Scenario): Promise<number> {
  const idleBefore = cpu()
  await pause(2_000)
  const idle = since(idleBefore).own / 2
  const viewers = scenario.devices.map(({ id }) => service.relays.join(id, { kind: 'viewer' }))
  await Promise.all(viewers.map(({ joined }) => joined))
  const packetsNow = (): number => service.relays.list().reduce((sum, { packets }) => sum + packets, 0)
  const [before, packetsBefore] = [cpu(), packetsNow()]
  const seconds = Number(options.seconds)
  await pause(seconds * 1000)
  const [{ own }, packets] = [since(before), packetsNow() - packetsBefore]
  await Promise.all(viewers.map((viewer) => viewer.leave({ linger: false })))
  const each = Math.max(0, own - idle * seconds) / packets
  print(`receiving alone: ${packets} packets in ${seconds} s, ${(each * 1e6).toFixed(1)} µs a packet, ${((own / seconds / cameras) * 100).toFixed(2)} % of a core a stream`)
  return each
}

async function inspect(service: Service, { area }: Scenario): Promise<readonly Check[]> {
  const { id } = await service.inspections.start({ area, rules, strata: [{ class: '1', count: cameras }], by: 'bench', redrawReason: 'bench' })
  for (;;) {
    const { state, pausedBecause } = (await service.inspections.outline(id)) ?? {}
    if (state === 'paused') throw new Error(`the inspection paused: ${pausedBecause?.code} ${pausedBecause?.detail}`)
    if (state !== 'running') return (await service.inspections.get(id))?.checks ?? []
    await Promise.race([service.inspections.finished(id), pause(1_000)])
  }
}

async function records(service: Service, { devices }: Scenario): Promise<void> {
  for (const { id, media, channels } of devices) {
    const fields = Object.fromEntries(Object.entries(channels[0]?.record ?? {}).filter((entry): entry is [FieldName, string] => isFieldName(entry[0])))
    await service.registry.importRows([fields], 'bench')
    await service.registry.setMediaTransport(id, media)
    for (let tries = 0; tries < 400 && (await service.registry.deviceOfChannel(id)) === undefined; tries++) await pause(25)
  }
}

/** Twenty of the district's healthy camera, half of them over TCP, half of them H.265. */
function healthy(): Scenario {
  const district = readScenario(new URL('../../fixtures/scenarios/district.json', import.meta.url))
  const one = district.devices.find(({ kind, registers, channels }) => kind === 'camera' && registers && channels[0]?.fault === 'ok' && channels[0].picture === 'street')
  const [channel] = one?.channels ?? []
  if (!one || !channel) throw new Error('the district has no healthy camera')
  const device = (n: number): ScenarioDevice => {
    const id = `320116000013200008${String(n).padStart(2, '0')}`
    return { ...one, id, media: n % 4 < 2 ? 'udp' : 'tcp-passive', channels: [{ ...channel, id, codec: n % 2 === 0 ? 'h264' : 'h265', record: { ...channel.record, code: id, class: '1' } }] }
  }
  return { ...district, keepaliveS: 60, devices: Array.from({ length: cameras }, (_, n) => device(n)) }
}
