// A fleet: every device of a scenario on its own sockets, clips made beforehand.
import { AppError, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { expandDevices } from '../scenario.ts'
import type { Fleet, FleetFigures, Scenario, ScenarioChannel, ScenarioDevice } from '../types.ts'
import { clipKey, makeClips, type Clip, type ClipRequest } from './clips.ts'
import { openDevice, type DeviceOptions, type SimulatedDevice } from './device.ts'
import { ownHost } from './own-host.ts'
import { openPort } from './port.ts'
import { createSharedPorts } from './shared-port.ts'
import { makeSound } from './sounds.ts'

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
/** Ours: how fast a large fleet is started, so that its REGISTERs do not fall upon the registrar at once. */
const startsPerSecond = 1_000
const startBatch = 50

/** One of many, and no habits on the wire: it needs no sockets of its own. */
const canShare = (device: ScenarioDevice): boolean => device.signalling === 'udp' && (device.habits ?? []).length === 0 && !device.catalog

/** Draws and encodes what the scenario shows; a second run finds it in the cache folder. */
export function clipsFor(scenario: Scenario, options: { readonly cacheDir: string; readonly children: number; readonly signal?: AbortSignal; readonly size?: { readonly width: number; readonly height: number } }): Promise<ReadonlyMap<string, Clip>> {
  const requests: ClipRequest[] = scenario.devices.flatMap((device) => device.channels.flatMap(({ picture, laterPicture, codec }) => [picture, ...(laterPicture ? [laterPicture] : [])].map((kind) => ({ kind, codec, ...format, ...options.size }))))
  return makeClips(requests, options)
}

export interface OpenFleet extends Fleet {
  readonly device: (id: string) => SimulatedDevice | undefined
}

/** Starts every device that registers. Throws AppError 'scenario.invalid' when the scenario names no registrar. */
export async function startFleet(options: FleetOptions): Promise<OpenFleet> {
  const { scenario, clips, clock, random, log } = options
  const { registrar } = scenario
  if (!registrar) throw new AppError('scenario.invalid', 'the scenario names no registrar: add "registrar": { "id", "host", "port" } or use --registrar ID@HOST:PORT')
  const heard = new Set(scenario.devices.flatMap((device) => device.channels.flatMap(({ sound }) => sound ?? [])))
  const sounds = new Map(await Promise.all([...heard].map(async (codec) => [codec, await makeSound(codec, { clock, log })] as const)))
  const clip = (channel: ScenarioChannel, isLater: boolean): Clip | undefined => {
    const pictures = clips.get(clipKey({ kind: (isLater ? channel.laterPicture : undefined) ?? channel.picture, codec: channel.codec }))
    const sound = channel.sound && sounds.get(channel.sound)
    return pictures && sound ? { ...pictures, sound } : pictures
  }
  const devices: SimulatedDevice[] = []
  const bindHost = await ownHost(registrar, 'scenario.invalid')
  const shared = createSharedPorts({ registrar, bindHost, clock, random, log })
  const start = async (device: ScenarioDevice, isOneOfMany: boolean): Promise<void> => {
    const openPortOf: DeviceOptions['openPort'] = (user, habits) =>
      isOneOfMany && canShare(device) ? shared.join([device.id, ...device.channels.map(({ id }) => id)], user) : openPort({ transport: device.signalling, registrar, bindHost, habits, clock, random, log, user })
    devices.push(await openDevice({ device, registrar, password: scenario.password, keepaliveMs: scenario.keepaliveS * 1000, clip, openPort: openPortOf, bindHost, clock, random, log }))
    if (devices.length % startBatch === 0) await new Promise<void>((resolve) => void clock.after((startBatch / startsPerSecond) * 1000, resolve))
  }
  for (const entry of scenario.devices.filter((each) => each.registers)) {
    for (const device of expandDevices([entry])) await start(device, (entry.count ?? 1) > 1)
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
    device: (id) => devices.find((device) => device.id === id),
    close: async () => {
      cancel()
      await Promise.all(devices.map((device) => device.close()))
      await shared.close()
    },
  }
}
