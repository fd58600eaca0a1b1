// `yiji simulate SCENARIO.json`: a fleet against any registrar, until it is told to stop. `--from RECORDING`: simulate-recording.ts; `--habits`: what a device can be told to do otherwise.
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, silentLog, systemClock, systemRandom } from '../base/index.ts'
import { clipsFor, habits, parseScenario, startFleet, type Scenario } from '../simulator/index.ts'
import { onStopSignal } from './signals.ts'
import { simulateRecording, type RecordingOptions } from './simulate-recording.ts'

export const clipCacheDir = join(tmpdir(), 'yiji-clips')

/** Reads a scenario file. Throws AppError 'scenario.invalid'. */
export function readScenario(file: string | URL): Scenario {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new AppError('scenario.invalid', `the scenario cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  return parseScenario(text)
}

export interface SimulateOptions extends RecordingOptions {
  readonly from?: string
  readonly habits?: boolean
}

export async function simulate(file: string | undefined, options: SimulateOptions): Promise<number> {
  if (options.habits) {
    for (const [name, meaning] of Object.entries(habits)) process.stdout.write(`${name.padEnd(28)} ${meaning}\n`)
    return 0
  }
  if (options.from !== undefined) {
    if (file !== undefined) throw new AppError('usage.invalid', 'either a scenario or --from RECORDING, not both')
    return simulateRecording(options.from, options)
  }
  if (file === undefined) throw new AppError('usage.invalid', 'name a scenario file (.json), or a recording with --from')
  const read = readScenario(file)
  const registrar = options.registrar === undefined ? read.registrar : parseRegistrar(options.registrar)
  const scenario: Scenario = { ...read, ...(registrar ? { registrar } : {}), password: options.password ?? read.password }
  if (!registrar) throw new AppError('scenario.invalid', `${file} names no registrar: use --registrar ID@HOST:PORT`)
  const signal = onStopSignal()
  const abort = new AbortController()
  void signal.stopped.then(() => abort.abort())
  process.stdout.write('drawing and encoding the fleet\'s pictures (kept for the next run)\n')
  const clips = await clipsFor(scenario, { cacheDir: clipCacheDir, children: 2, signal: abort.signal })
  if (signal.isStopped()) return 1
  const fleet = await startFleet({ scenario, clips, clock: systemClock, random: systemRandom, log: silentLog })
  const figures = await fleet.registered
  process.stdout.write(`${figures.registered} of ${figures.devices} devices are registered at ${registrar.id}@${registrar.host}:${registrar.port}; Ctrl-C ends the fleet\n`)
  if (figures.refusal !== undefined) process.stdout.write(`the others are not taken: the registrar says ${figures.refusal}; is --password right, are the devices approved?\n`)
  await signal.stopped
  await fleet.close()
  signal.release()
  return 0
}

function parseRegistrar(text: string): NonNullable<Scenario['registrar']> {
  const match = /^(\d{20})@([^:]+):(\d{1,5})$/.exec(text)
  if (!match) throw new AppError('usage.invalid', `--registrar is "${text}": it takes ID@HOST:PORT with a 20-digit id`)
  return { id: match[1] ?? '', host: match[2] ?? '', port: Number(match[3]) }
}
