// Commands and questions of the API, in the words of signalling. GB/T 28181-2022 9.3, 9.5, A.3.
import type { ChannelTarget, Command, CommandTaken, ControlDep, DeviceFailure, DeviceOutcome } from '../api/index.ts'
import type { Clock } from '../base/index.ts'
import type { Registry } from '../registry/index.ts'
import { writePtz, type AnswerOf, type CommandAnswer, type DeviceCommand, type ExchangeOutcome, type Moves, type PtzAction, type QueryDraft, type UserAgent } from '../sip/index.ts'
import { configurationAsked, configurationOf, configurationToSend } from './configuration.ts'
import { motionOf } from './motion.ts'
import type { DeviceSettingsKept } from './settings.ts'

export interface ControlOptions {
  readonly registry: Registry
  readonly userAgent: UserAgent
  readonly moves: Moves
  readonly settings: DeviceSettingsKept
  readonly clock: Clock
}

export function controlOf({ registry, userAgent, moves, settings, clock }: ControlOptions): ControlDep {
  const ask = async <Q extends QueryDraft>(deviceId: string, query: Q): Promise<DeviceOutcome<AnswerOf<Q>>> => {
    const outcome = await userAgent.ask(deviceId, query)
    if (!outcome.ok) return failureOf(outcome)
    return 'result' in outcome.value && outcome.value.result === 'ERROR' ? errorOf(query.deviceId, outcome.hop) : { ok: true, value: outcome.value }
  }
  const command = async ({ deviceId, channelId }: ChannelTarget, wanted: DeviceCommand): Promise<DeviceOutcome<CommandTaken>> => takenOf(channelId, await userAgent.command(deviceId, channelId, wanted))
  const movementsOf = ({ deviceId, channelId }: ChannelTarget) => moves.movements().filter((each) => each.deviceId === deviceId && each.channelId === channelId)

  return {
    targetOf: async (camera) => {
      const deviceId = await registry.deviceOfChannel(camera)
      return deviceId === undefined ? { ok: false, reason: 'not-registered', detail: `no registered device lists ${camera}` } : { ok: true, value: { deviceId, channelId: camera } }
    },
    move: async ({ deviceId, channelId }, move, owner) => {
      const { holdMs = 1000 } = move
      const motion = motionOf(move)
      if (!motion) return { ok: false, reason: 'invalid', detail: 'a move needs a direction: pan, tilt, zoom together, or focus and iris together' }
      const isNew = !movementsOf({ deviceId, channelId }).some((each) => each.owner === owner)
      const heldUntilMs = clock.wallMs() + holdMs
      const outcome = await moves.move({ deviceId, channelId, owner, motion, holdMs })
      return outcome.ok ? { ok: true, value: { isNew, heldUntilMs } } : failureOf(outcome)
    },
    stop: async ({ deviceId, channelId }, owner) => {
      const moving = movementsOf({ deviceId, channelId }).filter(({ state }) => state === 'moving')
      const isOthers = owner !== undefined && moving.length > 0 && !moving.some((each) => each.owner === owner)
      if (isOthers) return { ok: true, value: { wasMoving: false } }
      // Nobody here moves it: a camera may still turn since before our last start, so that a stop is said all the same.
      const outcome = await moves.stop({ deviceId, channelId, ...(owner === undefined || moving.length === 0 ? {} : { owner }) })
      return outcome.ok ? { ok: true, value: { wasMoving: moving.length > 0 } } : failureOf(outcome)
    },
    command: (target, wanted) => command(target, commandOf(wanted)),
    presets: async ({ deviceId, channelId }) => valueOf(await ask(deviceId, { type: 'query-preset-query', deviceId: channelId }), ({ presets }) => presets.map(({ id, name }) => ({ id, ...(name === undefined ? {} : { name }) }))),
    homePosition: async ({ deviceId, channelId }) => valueOf(await ask(deviceId, { type: 'query-home-position-query', deviceId: channelId }), ({ homePosition }) => homePosition),
    cruises: async ({ deviceId, channelId }) => valueOf(await ask(deviceId, { type: 'query-cruise-track-list-query', deviceId: channelId }), ({ tracks }) => tracks),
    cruise: async ({ deviceId, channelId }, n) =>
      valueOf(await ask(deviceId, { type: 'query-cruise-track-query', deviceId: channelId, number: n }), ({ number = n, name, points }) => ({ number, points, ...(name === undefined ? {} : { name }) })),
    ptzPosition: async ({ deviceId, channelId }) => valueOf(await ask(deviceId, { type: 'query-ptz-position', deviceId: channelId }), (position) => position),
    sdCards: async ({ deviceId, channelId }) => valueOf(await ask(deviceId, { type: 'query-sd-card-status', deviceId: channelId }), ({ cards }) => cards),
    configuration: async ({ deviceId, channelId }, types) =>
      valueOf(await ask(deviceId, { type: 'query-config-download', deviceId: channelId, configTypes: configurationAsked(types) }), ({ config }) => configurationOf(config)),
    configure: async ({ deviceId, channelId }, change) => takenOf(channelId, await userAgent.configure(deviceId, channelId, configurationToSend(change))),
    askInformation: async (deviceId) => {
      const outcome = await ask(deviceId, { type: 'query-device-info', deviceId })
      if (!outcome.ok) return failureOf(outcome)
      const { name, manufacturer, model, firmware, channels, raw = {} } = outcome.value
      const said = { ...(name && { name }), ...(manufacturer && { manufacturer }), ...(model && { model }), ...(firmware && { firmware }), ...(channels !== undefined && { channels }) }
      await registry.applyInformation(deviceId, { ...said, raw, atMs: clock.wallMs() })
      return { ok: true, value: undefined }
    },
    askStatus: async (deviceId) => {
      const outcome = await ask(deviceId, { type: 'query-device-status', deviceId })
      if (!outcome.ok) return failureOf(outcome)
      const { online, deviceTimeMs, raw = {} } = outcome.value
      const atMs = clock.wallMs()
      await registry.applyInformation(deviceId, { status: { online, ...(deviceTimeMs === undefined ? {} : { deviceTimeMs, clockOffsetMs: deviceTimeMs - atMs }), raw, atMs } })
      return { ok: true, value: undefined }
    },
    takeSnapshots: async ({ deviceId, channelId }, { count, intervalS, uploadUrl, sessionId }) =>
      takenOf(channelId, await userAgent.configure(deviceId, channelId, { snapShotConfig: { snapNum: count, intervalS, uploadUrl, sessionId } })),
    subscriptions: (deviceId) => userAgent.subscriptionsOf(deviceId).map(({ kind, state, expiresAtMs, detail, notifies }) => ({ kind, state, notifies, ...(expiresAtMs === undefined ? {} : { expiresAtMs }), ...(detail === undefined ? {} : { detail }) })),
    settingsChanged: settings.changed,
    passwordChanged: userAgent.forgetTries,
    mediaTransports: ['udp', 'tcp-passive', 'tcp-active'],
  }
}

const errorOf = (id: string, hop: string | undefined): DeviceFailure => ({ ok: false, reason: 'error', ...(hop === undefined ? {} : { hop }), detail: `${id} took the message and answered ERROR` })

function failureOf({ reason, sipStatus, hop, detail }: DeviceFailure | Extract<ExchangeOutcome<never>, { ok: false }>): DeviceFailure {
  return { ok: false, reason, detail, ...(sipStatus === undefined ? {} : { sipStatus }), ...(hop === undefined ? {} : { hop }) }
}

function valueOf<T, U>(outcome: DeviceOutcome<T>, read: (value: T) => U): DeviceOutcome<U> {
  return outcome.ok ? { ok: true, value: read(outcome.value) } : failureOf(outcome)
}

function takenOf(id: string, outcome: ExchangeOutcome<CommandAnswer>): DeviceOutcome<CommandTaken> {
  if (!outcome.ok) return failureOf(outcome)
  if (outcome.value.result === 'ERROR') return errorOf(id, outcome.hop)
  return { ok: true, value: { ...(outcome.value.result ? { result: 'OK' as const } : {}), ...(outcome.hop === undefined ? {} : { hop: outcome.hop }) } }
}

function commandOf(wanted: Command): DeviceCommand {
  switch (wanted.kind) {
    case 'preset': {
      const { action, n, name } = wanted
      return { kind: 'ptz', code: writePtz({ kind: `preset-${action}`, preset: n }), ...(action === 'set' && name !== undefined ? { presetName: name } : {}) }
    }
    case 'cruise':
    case 'cruise-point':
    case 'cruise-delete':
    case 'cruise-speed':
    case 'cruise-stay':
    case 'scan':
    case 'scan-speed':
    case 'auxiliary': {
      const name = wanted.kind === 'cruise' ? wanted.name : undefined
      return { kind: 'ptz', code: writePtz(ptzOf(wanted)), ...(name === undefined ? {} : { cruiseTrackName: name }) }
    }
    case 'target-track': {
      const { mode, area, panoramaId } = wanted
      return { kind: 'target-track', mode, ...(area ? { area } : {}), ...(panoramaId === undefined ? {} : { deviceId2: panoramaId }) }
    }
    default:
      return wanted
  }
}

function ptzOf(wanted: Extract<Command, { readonly kind: `cruise${string}` | `scan${string}` | 'auxiliary' }>): PtzAction {
  switch (wanted.kind) {
    // Cruise and scan end like a move. A.3.5, A.3.6.
    case 'cruise':
      return wanted.action === 'start' ? { kind: 'cruise-start', cruise: wanted.track } : { kind: 'stop' }
    case 'cruise-point':
      return { kind: wanted.action === 'add' ? 'cruise-add' : 'cruise-remove', cruise: wanted.track, preset: wanted.preset }
    case 'cruise-delete':
      return { kind: 'cruise-delete', cruise: wanted.track }
    case 'cruise-speed':
      return { kind: 'cruise-speed', cruise: wanted.track, speed: wanted.speed }
    case 'cruise-stay':
      return { kind: 'cruise-stay', cruise: wanted.track, seconds: wanted.seconds }
    case 'scan':
      if (wanted.action === 'stop') return { kind: 'stop' }
      return { kind: wanted.action === 'start' ? 'scan-start' : wanted.action === 'left-edge' ? 'scan-left' : 'scan-right', group: wanted.group }
    case 'scan-speed':
      return { kind: 'scan-speed', group: wanted.group, speed: wanted.speed }
    case 'auxiliary':
      return { kind: wanted.isOn ? 'auxiliary-on' : 'auxiliary-off', number: wanted.number }
  }
}
