// A fleet: every device of a scenario on its own sockets, clips made beforehand.
import { AppError, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import type { Fleet, FleetFigures, Scenario, ScenarioChannel } from '../types.ts'
import { clipKey, makeClips, type Clip, type ClipRequest } from './clips.ts'
import { openDevice, type SimulatedDevice } from './device.ts'

export interface FleetOptions {
  readonly scenario: Scenario
  readonly clips: ReadonlyMap<string, Clip>
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
}

/** Size, rate and length of the fleet's pictures: a clip is longer than an attempt looks, so no two samples of it are the same frame. */
const format = { width: 960, height: 540, fps: 25, seconds: 6, startS: 36_000 } as const
const registrationWaitMs = 20_000

/** Draws and encodes what the scenario shows; a second run finds it in the cache folder. */
export function clipsFor(scenario: Scenario, options: { readonly cacheDir: string; readonly children: number; readonly signal?: AbortSignal }): Promise<ReadonlyMap<string, Clip>> {
  const requests: ClipRequest[] = scenario.devices.flatMap((device) => device.channels.map((channel) => ({ kind: channel.picture, codec: channel.codec, ...format })))
  return makeClips(requests, options)
}

/** Starts every device that registers. Throws AppError 'scenario.invalid' when the scenario names no registrar. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { scenario, clips, clock, random, log } = options
  const { registrar } = scenario
  if (!registrar) throw new AppError('scenario.invalid', 'the scenario names no registrar: add "registrar": { "id", "host", "port" } or use --registrar ID@HOST:PORT')
  const clip = (channel: ScenarioChannel): Clip | undefined => clips.get(clipKey({ kind: channel.picture, codec: channel.codec }))
  const devices: SimulatedDevice[] = []
  for (const device of scenario.devices.filter((each) => each.registers)) {
    devices.push(await openDevice({ device, registrar, password: scenario.password, keepaliveMs: scenario.keepaliveS * 1000, clip, clock, random, log }))
  }
  const figures = (): FleetFigures => {
    const refusal = devices.map((device) => device.refusal()).find((said) => said !== undefined)
    return {
      devices: devices.length,
      registered: devices.filter((device) => device.isRegistered()).length,
      streams: devices.reduce((sum, device) => sum + device.streams(), 0),
      ...(refusal === undefined ? {} : { refusal }),
    }
  }
  let cancel = (): void => {}
  const timeout = new Promise<void>((resolve) => {
    cancel = clock.after(registrationWaitMs, resolve)
  })
  const registered = Promise.race([Promise.all(devices.map((device) => device.firstRegistration)), timeout]).then(() => {
    cancel()
    return figures()
  })
  return {
    registered,
    figures,
    close: async () => {
      cancel()
      await Promise.all(devices.map((device) => device.close()))
    },
  }
}
