// Doing what is asked with a device: queries, commands, configuration, recordings. GB/T 28181-2022 9.3, 9.5, 9.7.
import type { Clock } from '../../base/index.ts'
import type { AnswerOf, Asking, CommandAnswer, ExchangeOutcome, QueryDraft } from './asking.ts'
import { createBounded } from '../bounded.ts'
import type { Device } from '../device.ts'
import { commandRule, configRule, joinAnswer, queryRule } from './exchange-rules.ts'
import type { ExchangeRule } from './exchange.ts'
import { commandLane } from './exchanges.ts'
import type { DeviceCommand, KeyframeCommand } from '../manscdp/control.ts'
import type { Manscdp } from '../manscdp/index.ts'
import type { Response } from '../manscdp/response.ts'
import { mostRecordings, queryRecords, recordingKey, recordTimes } from './records.ts'

export interface AsksOptions {
  readonly device: (deviceId: string) => Device | undefined
  readonly clock: Clock
}

export type Asks = Pick<Asking, 'queryCatalog' | 'ask' | 'command' | 'configure' | 'queryRecords'>

/** Ours: devices of which is remembered what they showed to want. */
const mostRemembered = 50_000

export function createAsks({ device: find, clock }: AsksOptions): Asks {
  const keyframeSpelling = createBounded<NonNullable<KeyframeCommand['spelling']>>(mostRemembered)
  const leavesTypeOut = createBounded<true>(mostRemembered)
  const nobody = (deviceId: string) => ({ ok: false, reason: 'not-registered', detail: `${deviceId} is not registered` }) as const

  const ask = async <Q extends QueryDraft>(deviceId: string, query: Q): Promise<ExchangeOutcome<AnswerOf<Q>>> => {
    const device = find(deviceId)
    if (!device) return nobody(deviceId)
    const configTypes = query.type === 'query-config-download' ? query.configTypes : []
    const outcome = await device.exchanges().exchange<Response>({
      lane: query.type,
      rule: queryRule,
      message: (sn) => ({ ...query, sn }) as Manscdp,
      answerType: query.type.replace('query-', 'response-') as Response['type'],
      join: (before, part) => joinAnswer(before, part, configTypes),
    })
    if (!outcome.ok) return outcome
    const { value, ...rest } = outcome
    // The rule of every query requires an answer, and the answer is of the type that the query names.
    if (!value) return { ok: false, reason: 'no-answer', detail: 'no answer' }
    if (query.deviceId === deviceId) noteAnswer(device, value, clock)
    return { ...rest, value: value as AnswerOf<Q> }
  }

  const order = async (device: Device, rule: ExchangeRule, message: (sn: number) => Manscdp, answerType: Response['type']): Promise<ExchangeOutcome<CommandAnswer>> => {
    const outcome = await device.exchanges().exchange<CommandAnswer>({
      lane: commandLane, rule, message, answerType,
      join: (_before, part) => ({ isWhole: true, value: { ...('result' in part && part.result !== undefined && { result: part.result }), ...(part.raw && { raw: part.raw }) } }),
    })
    return outcome.ok ? { ...outcome, value: outcome.value ?? {} } : outcome
  }

  const command: Asks['command'] = async (deviceId, channelId, wanted) => {
    const device = find(deviceId)
    if (!device) return nobody(deviceId)
    const send = (form: DeviceCommand): Promise<ExchangeOutcome<CommandAnswer>> =>
      order(device, commandRule(form.kind), (sn) => ({ type: 'control-device-control', sn, deviceId: channelId, command: form }), 'response-device-control')
    if (wanted.kind === 'reboot') {
      const outcome = await send(wanted)
      if (outcome.ok) device.heard({ type: 'rebooting' })
      return outcome
    }
    if (wanted.kind !== 'keyframe' || wanted.spelling) return send(wanted)
    // Interop: the misprint of 2016 became the word of devices; the other spelling is tried once, and what worked is remembered. docs/interop.md Q59.
    const first = keyframeSpelling.get(deviceId) ?? (device.speech.edition() === '2022' ? 'IFrameCmd' : 'IFameCmd')
    const other = first === 'IFrameCmd' ? 'IFameCmd' : 'IFrameCmd'
    const outcome = await send({ ...wanted, spelling: first })
    const isUnderstood = outcome.ok ? outcome.value.result !== 'ERROR' : outcome.reason !== 'refused' && outcome.reason !== 'no-answer'
    if (isUnderstood) return outcome
    const again = await send({ ...wanted, spelling: other })
    if (again.ok && again.value.result !== 'ERROR') keyframeSpelling.set(deviceId, other)
    return again
  }

  return {
    queryCatalog: (deviceId) => find(deviceId)?.queryCatalog() ?? Promise.resolve({ ok: false, reason: 'not-registered' }),
    ask,
    command,
    configure: async (deviceId, channelId, config) => {
      const device = find(deviceId)
      return device ? order(device, configRule, (sn) => ({ type: 'control-device-config', sn, deviceId: channelId, config }), 'response-device-config') : nobody(deviceId)
    },
    queryRecords: async (deviceId, query) => {
      const device = find(deviceId)
      if (!device) return nobody(deviceId)
      return queryRecords(query, {
        leavesTypeOut: leavesTypeOut.get(deviceId) === true,
        onTypeLeftOut: () => leavesTypeOut.set(deviceId, true),
        ask: ({ fromMs, toMs }, recordType) =>
          device.exchanges().collect({
            lane: 'records', times: recordTimes, limit: mostRecordings, keyOf: recordingKey, answerType: 'response-record-info',
            message: (sn) => ({ type: 'query-record-info', sn, deviceId: query.channelId, startMs: fromMs, endMs: toMs, secrecy: 0, ...(recordType && { recordType }) }),
            read: (part) => (part.type === 'response-record-info' && !(part.result === 'ERROR' && part.records.length === 0) ? { sumNum: part.sumNum, items: part.records } : undefined),
          }),
      })
    },
  }
}

/** What every answer of a kind is worth keeping for, whoever asked. */
function noteAnswer(device: Device, value: Response, clock: Clock): void {
  const atMs = clock.wallMs()
  if (value.type === 'response-device-info') {
    const { name, manufacturer, model, firmware, channels, raw = {} } = value
    const known = { ...(name && { name }), ...(manufacturer && { manufacturer }), ...(model && { model }), ...(firmware && { firmware }), ...(channels !== undefined && { channels }) }
    if (value.result !== 'ERROR') device.note({ type: 'device-info', deviceId: device.id, ...known, raw, atMs })
  } else if (value.type === 'response-device-status') {
    const { online, deviceTimeMs, raw = {} } = value
    const clockSaid = deviceTimeMs !== undefined && { deviceTimeMs, clockOffsetMs: deviceTimeMs - atMs }
    if (value.result !== 'ERROR') device.note({ type: 'device-status', deviceId: device.id, online, ...clockSaid, raw, atMs })
  }
}
