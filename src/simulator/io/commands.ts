// Queries and commands that reach a simulated device, carried out: answers sent in order, state kept, pictures uploaded, restarts begun.
// GB/T 28181-2022 9.3, 9.5, 9.7, 9.14.
import type { Clock, Log } from '../../base/index.ts'
import type { Manscdp } from '../../sip/index.ts'
import { answersTo } from '../device/answers.ts'
import { applyCommand, configured, type DeviceState } from '../device/state.ts'
import type { ControlOf, QueryValue } from '../manscdp.ts'
import type { ScenarioDevice } from '../types.ts'
import type { Line } from './line.ts'
import { snapshotId, snapshotOf, upload } from './upload.ts'

export interface CommandsOptions {
  readonly device: ScenarioDevice
  readonly password: string
  readonly line: Line
  readonly state: () => DeviceState
  readonly setState: (state: DeviceState) => void
  readonly onReboot: () => void
  readonly onKeyframe: (channelId: string) => void
  readonly clock: Clock
  readonly log: Log
}

const lateAnswerMs = 3_000
const upgradeMs = 1_000
/** Ours: pictures of one order, as the standard bounds them. */
const maxSnapshots = 10

/** Carries out one value; those that are no query and no command are none of a device's business. */
export function createCommands(options: CommandsOptions): (value: Manscdp) => void {
  const { device, line, clock } = options
  const { habits } = line

  const answer = (query: QueryValue): void => {
    const asked = { device, serverId: line.who.registrarId, password: options.password, state: options.state(), habits, nowMs: clock.wallMs() }
    const send = (): void => line.serially(answersTo(query, asked))
    if (query.type === 'query-catalog' && habits.has('late-first-answer')) clock.after(lateAnswerMs, send)
    else send()
  }
  const control = (value: ControlOf<'control-device-control'>): void => {
    const head = { sn: value.sn, deviceId: value.deviceId }
    if (value.command.kind === 'keyframe' && value.command.spelling === 'IFrameCmd' && habits.has('old-keyframe-word')) {
      return line.message({ type: 'response-device-control', ...head, result: 'ERROR' })
    }
    const { state, result, consequence } = applyCommand(options.state(), value)
    options.setState(state)
    if (result) line.message({ type: 'response-device-control', ...head, result })
    if (consequence?.type === 'reboot') options.onReboot()
    else if (consequence?.type === 'keyframe') options.onKeyframe(value.deviceId)
    else if (consequence) {
      const { sessionId, firmware } = consequence
      clock.after(upgradeMs, () => line.message({ type: 'notify-device-upgrade-result', sn: line.nextSn(), deviceId: value.deviceId, sessionId, upgradeResult: 'OK', firmware }))
    }
  }
  const configure = (value: ControlOf<'control-device-config'>): void => {
    options.setState(configured(options.state(), value.config))
    if (!habits.has('config-without-answer')) line.message({ type: 'response-device-config', sn: value.sn, deviceId: value.deviceId, result: 'OK' })
    if (value.config.snapShotConfig) void snap(value.deviceId, value.config.snapShotConfig)
  }
  const snap = async (deviceId: string, order: NonNullable<ControlOf<'control-device-config'>['config']['snapShotConfig']>): Promise<void> => {
    const channel = device.channels.find(({ id }) => id === deviceId) ?? device.channels[0]
    const jpeg = await snapshotOf(channel?.picture ?? 'street')
    const sent: string[] = []
    for (let n = 1; n <= Math.min(order.snapNum, maxSnapshots); n++) {
      if (n > 1) await new Promise<void>((resolve) => void clock.after((order.intervalS ?? 1) * 1000, resolve))
      const name = snapshotId(deviceId, clock.wallMs(), n)
      if (await upload(order.uploadUrl, name, jpeg)) sent.push(name)
    }
    line.message({ type: 'notify-upload-snap-shot-finished', sn: line.nextSn(), deviceId, sessionId: order.sessionId, snapShotFileIds: sent })
  }

  return (value) => {
    if (isQuery(value)) answer(value)
    else if (value.type === 'control-device-control') control(value)
    else if (value.type === 'control-device-config') configure(value)
    else options.log.debug({ deviceId: device.id, type: value.type }, 'a simulated device has no use for it')
  }
}

const isQuery = (value: Manscdp): value is QueryValue => value.type.startsWith('query-')
