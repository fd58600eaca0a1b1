// `yiji demo`: the main job end to end on a temporary database and a simulated fleet, compared with the truth at its end.
import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { AppError, silentLog, systemClock, systemRandom } from '../base/index.ts'
import { loadConfig, type Config } from '../config.ts'
import type { Inspection } from '../inspect/index.ts'
import { fieldTable, sheetBytes, type ImportPreview } from '../registry/index.ts'
import { writeReports } from '../service/reports.ts'
import { startService, type Service } from '../service/start.ts'
import { openLog } from '../service/log.ts'
import { makeFolder } from '../store/index.ts'
import { clipsFor, startFleet, type Fleet, type Scenario, type ScenarioChannel } from '../simulator/index.ts'
import { comparisonTable, compare, progressLine, summaryTable, type Comparison } from './demo-table.ts'
import { onStopSignal, type StopSignal } from './signals.ts'
import { clipCacheDir, readScenario } from './simulate.ts'

export interface DemoOptions {
  readonly seed?: string
  readonly out: string
  readonly lang: string
  readonly keep?: boolean
  readonly all?: boolean
  readonly json?: boolean
}

const catalogWaitMs = 20_000
/** Pictures, recordings and report of twenty cameras, twice over while they are moved into place. */
const neededBytes = 100_000_000
const stopped = Symbol('stopped')

export async function demo(options: DemoOptions): Promise<number> {
  if (options.lang !== 'zh' && options.lang !== 'en') throw new AppError('usage.invalid', `--lang is "${options.lang}": it takes zh or en`)
  if (options.seed !== undefined && !/^[0-9a-f]{16,64}$/i.test(options.seed)) throw new AppError('draw.invalid', `--seed is "${options.seed}": it takes 16 to 64 hexadecimal digits`)
  const scenario = readScenario(new URL('../../fixtures/scenarios/district.json', import.meta.url))
  insistOnRoom(resolve(options.out))
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-demo-'))
  const signal = onStopSignal()
  const open: { service?: Service; fleet?: Fleet } = {}
  try {
    return await run(options, options.lang, scenario, dataDir, signal, open)
  } catch (error) {
    if (error !== stopped) throw error
    process.stderr.write('stopped: BYE to every camera, nothing was written to the output folder\n')
    return 1
  } finally {
    // The service first: its BYEs find cameras that still answer.
    await open.service?.close()
    await open.fleet?.close()
    rmSync(dataDir, { recursive: true, force: true })
    signal.release()
  }
}

async function run(options: DemoOptions, lang: 'zh' | 'en', scenario: Scenario, dataDir: string, signal: StopSignal, open: { service?: Service; fleet?: Fleet }): Promise<number> {
  const began = systemClock.nowUs()
  const say = (text: string): void => {
    if (!options.json && !signal.isStopped()) process.stdout.write(`${text}\n`)
  }
  const step = (text: string): void => say(`${((systemClock.nowUs() - began) / 1e6).toFixed(1).padStart(5)} s  ${text}`)
  const abort = new AbortController()
  const stop = signal.stopped.then(() => {
    abort.abort()
    throw stopped
  })
  stop.catch(() => {})
  const orStop = <T>(work: Promise<T>): Promise<T> => Promise.race([work, stop])

  const channels = scenario.devices.flatMap((device) => device.channels)
  step(`drawing and encoding what ${channels.length} cameras will show (kept for the next run)`)
  const clips = await orStop(clipsFor(scenario, { cacheDir: clipCacheDir, children: 2, signal: abort.signal }))

  const password = systemRandom(9).toString('base64url')
  const service = (open.service = await startService(demoConfig(scenario, dataDir, password), openLog('error')))
  step(`service is up: console ${service.url}, SIP port ${service.sipPort}, data in ${dataDir}`)

  const imported = await importRecords(service, channels, 'records.xlsx')
  step(`imported ${imported.counts.created} records, ${imported.counts.rejected} rejected; findings: ${imported.findings.map(({ rule, count }) => `${rule} ${count}`).join(', ') || 'none'}`)

  const registrar = { id: demoSipId(scenario), host: '127.0.0.1', port: service.sipPort }
  const fleet = (open.fleet = await startFleet({ scenario: { ...scenario, registrar }, clips, clock: systemClock, random: systemRandom, log: silentLog }))
  const figures = await orStop(fleet.registered)
  for (const device of scenario.devices.filter((each) => each.registers)) await service.registry.setMediaTransport(device.id, device.media)
  await orStop(catalogsIn(service, scenario))
  step(`${figures.registered} of ${figures.devices} devices registered, catalogs received; ${scenario.devices.filter((device) => !device.registers).length} never will`)

  const inspection = await orStop(inspect(service, scenario, options, step, say))
  const report = await service.inspections.report(inspection.id)
  const population = await service.inspections.population(inspection.id)
  await writeOut(service, inspection.id, population, resolve(options.out), lang)
  step(`report written to ${options.out}/report.html, report.docx, report.xlsx, report.json; ${options.out}/pictures, ${options.out}/recordings`)

  const comparisons = compare(report, new Map(channels.map((channel) => [channel.id, channel.truth])))
  const differing = comparisons.filter((comparison) => !comparison.agrees)
  say(`\n${summaryTable(report)}\n\n${comparisonTable(comparisons)}\n`)
  say(`seed ${report.inspection.seed}: ${comparisons.length - differing.length} of ${comparisons.length} verdicts agree with what was simulated`)
  if (options.json) process.stdout.write(`${JSON.stringify(result(inspection, comparisons))}\n`)
  if (options.keep) {
    say(`\nThe console stays up at ${service.url} (account admin, password ${password}); Ctrl-C ends it`)
    await signal.stopped
  }
  return differing.length === 0 ? 0 : 1
}

/** Refuses at the start what would only be noticed at the end. Throws AppError 'data.unwritable' or 'disk.full'. */
function insistOnRoom(out: string): void {
  try {
    makeFolder(out)
    accessSync(out, constants.W_OK)
  } catch (error) {
    throw new AppError('data.unwritable', `the report cannot be written to ${out} (${error instanceof Error ? error.message : String(error)}): choose another folder with --out`)
  }
  const { bavail, bsize } = statfsSync(out)
  if (bavail * bsize < neededBytes) throw new AppError('disk.full', `only ${(bavail * bsize / 1e6).toFixed(0)} MB are free at ${out}, report and recordings need ${neededBytes / 1e6}: free some, or choose another folder with --out`)
}

/** Free ports, a data directory that is thrown away, and a shared device password, so that the whole fleet may register. */
function demoConfig(scenario: Scenario, dataDir: string, password: string): Config {
  const first = 20_000 + 2 * (systemRandom(2).readUInt16BE() % 5_800)
  const environment = {
    YIJI_DATA_DIR: dataDir,
    YIJI_HTTP_PORT: '0',
    YIJI_SIP_HOST: '127.0.0.1',
    YIJI_SIP_PORT: '0',
    YIJI_SIP_ID: demoSipId(scenario),
    YIJI_SIP_PASSWORD: scenario.password,
    YIJI_MEDIA_PORTS: `${first}-${first + 399}`,
    YIJI_ADMIN_PASSWORD: password,
    // A laptop's disk may be nearly full: what the demonstration needs was asked for at its start.
    YIJI_EVIDENCE_DISK_MB: '50',
    YIJI_OUTLINES: new URL('../../fixtures/scenarios/outlines.geojson', import.meta.url).pathname,
  }
  return loadConfig(environment, join(dataDir, 'no-file.yaml'))
}

const demoSipId = (scenario: Scenario): string => `${scenario.area}00002000000001`

/** Waits until each registering device's catalog is in; a missing one shows in the verdicts. */
async function catalogsIn(service: Service, scenario: Scenario): Promise<void> {
  const wanted = scenario.devices.filter((device) => device.registers).map((device) => device.id)
  const until = systemClock.nowUs() + catalogWaitMs * 1000
  for (;;) {
    const devices = await service.registry.devices()
    const ready = new Set(devices.filter((device) => device.catalogAtMs !== undefined).map((device) => device.id))
    if (wanted.every((id) => ready.has(id)) || systemClock.nowUs() > until) return
    await new Promise<void>((done) => systemClock.after(50, done))
  }
}

async function inspect(service: Service, scenario: Scenario, { seed, all }: DemoOptions, step: (text: string) => void, say: (text: string) => void): Promise<Inspection> {
  const began = systemClock.nowUs()
  const started = await service.inspections.start({ area: scenario.area, ...(seed === undefined ? {} : { seed }), ...(all ? { strata: everyCamera(scenario) } : {}), rules: 'demo', by: 'demo' })
  const { draw } = started
  step(`drew ${draw.members.length} of ${draw.population.size} cameras (${draw.strata.map((stratum) => `class ${stratum.class}: ${stratum.drawn} of ${stratum.population}`).join(', ')}), seed ${draw.seed}`)
  const stopHearing = service.inspections.on(started.id, (event) => {
    if (event.type === 'check-done') say(`         ${progressLine(event.check, draw.members.length)}`)
  })
  const finished = await service.inspections.finished(started.id)
  stopHearing()
  step(`inspection ${finished.state} in ${((systemClock.nowUs() - began) / 1e6).toFixed(1)} s`)
  return finished
}

/** The records travel as an office would send them: a workbook that is written, read again and applied. */
async function importRecords(service: Service, channels: readonly ScenarioChannel[], fileName: string): Promise<ImportPreview> {
  const rows = [fieldTable.map((row) => row.zh), ...channels.map((channel) => fieldTable.map((row) => channel.record[row.name] ?? ''))]
  const { id } = await service.imports.begin({ fileName, stream: Readable.from(sheetBytes(rows, 'xlsx')), by: 'demo', area: '', choices: {} })
  const { preview, failure } = await service.imports.settled(id, 60_000)
  if (!preview) throw new AppError('import.unreadable', failure?.message ?? 'the records of the demonstration were not read')
  await service.imports.apply(id, { by: 'demo', why: 'demonstration' })
  const done = await service.imports.settled(id, 60_000)
  if (done.state !== 'done') throw new AppError('busy', done.failure?.message ?? 'the records of the demonstration were not written')
  return preview
}

/** As many of each class as there are. */
function everyCamera(scenario: Scenario): readonly { readonly class: string; readonly count: number }[] {
  const classes = scenario.devices.flatMap((device) => device.channels.map((channel) => channel.record.class ?? ''))
  return ['1', '2', '3'].map((name) => ({ class: name, count: classes.filter((each) => each === name).length }))
}

/** Written beside and moved into place; of what the folder held before, only an older result is replaced. */
async function writeOut(service: Service, id: string, population: Parameters<typeof writeReports>[2], out: string, lang: 'zh' | 'en'): Promise<void> {
  const fresh = `${out}.${process.pid}`
  try {
    mkdirSync(fresh, { recursive: true })
    await writeReports(service.reportSource, id, population, fresh, lang)
    for (const folder of ['pictures', 'recordings']) cpSync(join(service.evidenceDir, id, folder), join(fresh, folder), { recursive: true })
    for (const name of readdirSync(fresh)) {
      rmSync(join(out, name), { recursive: true, force: true })
      renameSync(join(fresh, name), join(out, name))
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('data.unwritable', `the report cannot be written to ${out}: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

const result = (inspection: Inspection, comparisons: readonly Comparison[]): unknown => ({
  seed: inspection.draw.seed,
  checks: comparisons.map(({ check, truth, agrees }) => ({ camera: check.camera.id, result: check.verdict.result, reasons: check.verdict.reasons, fault: truth.fault, agrees })),
  agree: comparisons.every((comparison) => comparison.agrees),
})
