// What devices say in MESSAGE and NOTIFY, to whom it belongs: presence, exchanges, sessions, or out as facts. GB/T 28181-2022 9.4-9.6, 9.11, A.2.5.
import type { Clock, Log } from '../../base/index.ts'
import type { Access } from '../access/access.ts'
import type { Device } from '../device.ts'
import type { AlarmFact, CatalogChange, CatalogEventName } from './facts.ts'
import type { AlarmNotify } from '../manscdp/alarm.ts'
import { readManscdp, readManscdpInTurns, type CatalogItem, type Manscdp, type ManscdpReading } from '../manscdp/index.ts'
import type { Response } from '../manscdp/response.ts'
import { header } from '../message/index.ts'
import type { Sessions } from '../session/sessions.ts'
import type { Address, ServerTransaction } from '../types.ts'

export interface InboundOptions {
  readonly access: Access
  readonly sessions: () => Sessions
  readonly clock: Clock
  readonly log: Log
  /** Lets sockets and timers have their turn while a long body is read; without it a body is read in one go. */
  readonly turn?: (() => Promise<void>) | undefined
  /** An alarm came as MESSAGE: the standard has the receiver answer with a Response of its own (9.4.2). */
  readonly acknowledgeAlarm: (device: Device, alarm: AlarmNotify) => void
}

/** Answers MESSAGE and NOTIFY alike: devices send either for the same thing, in or out of a dialog. docs/interop.md Q26. Rejects with ParseError. */
export function createInbound(options: InboundOptions): (transaction: ServerTransaction) => Promise<void> {
  const { access, turn, clock, log } = options

  const read = async (body: Buffer, source: Address): Promise<Manscdp> => {
    const reading: ManscdpReading = turn ? await readManscdpInTurns(body, turn) : readManscdp(body)
    if (reading.repairs.length > 0) log.debug({ source, type: reading.value.type, repairs: reading.repairs }, 'a body was mended')
    return reading.value
  }
  return async (transaction) => {
    const { request, source } = transaction
    const value = access.isResident(source) && request.body.length > 0 ? await read(request.body, source) : undefined
    const device = access.senderOf(transaction, value)
    if (!device) return access.turnAway(transaction)
    transaction.respond({ status: 200 })
    if (request.method === 'NOTIFY') device.subscriptions.peek()?.notified(header(request, 'Call-ID') ?? '', header(request, 'Subscription-State') ?? '')
    if (!value) return
    device.speech.heard(request.body, value)
    take(device, value, transaction)
  }

  function take(device: Device, value: Manscdp, { request }: ServerTransaction): void {
    const about = { deviceId: device.id, channelId: value.deviceId || device.id, atMs: clock.wallMs() }
    switch (value.type) {
      case 'notify-keepalive':
        device.heard({ type: 'keepalive' })
        return device.faulty(value.faulty, value.status === 'ERROR')
      case 'notify-alarm':
        if (request.method === 'MESSAGE') options.acknowledgeAlarm(device, value)
        return device.alarmed(alarmFact(value, about))
      case 'notify-media-status': {
        const isTaken = options.sessions().mediaStatus(header(request, 'Call-ID'), value.deviceId, value.notifyType)
        return log[isTaken ? 'debug' : 'info']({ ...about, notifyType: value.notifyType }, 'media status')
      }
      case 'notify-mobile-position':
        if (value.positions.length > 0) device.note({ type: 'positions', deviceId: device.id, positions: value.positions, atMs: about.atMs })
        return
      case 'notify-catalog':
        return device.catalogChanged(value.items.map(changeOf))
      case 'notify-upload-snap-shot-finished':
        return device.note({ type: 'snapshot-finished', ...about, sessionId: value.sessionId, files: value.snapShotFileIds })
      case 'notify-device-upgrade-result': {
        const { sessionId, firmware, upgradeFailedReason: reason } = value
        return device.note({ type: 'upgrade-result', ...about, isOk: value.upgradeResult !== 'ERROR', ...(sessionId && { sessionId }), ...(firmware && { firmware }), ...(reason && { reason }) })
      }
      case 'notify-video-upload-notify': {
        const { timeMs, longitude, latitude } = value
        return device.note({ type: 'video-upload', ...about, raw: value.raw ?? {}, ...(timeMs !== undefined && { timeMs }), ...(longitude !== undefined && { longitude }), ...(latitude !== undefined && { latitude }) })
      }
      default:
        if (isResponse(value) && device.exchanges.peek()?.take(value)) return
        log.debug({ deviceId: device.id, type: value.type, sn: value.sn }, 'a message that nobody waits for')
    }
  }
}

const isResponse = (value: Manscdp): value is Response => value.type.startsWith('response-')

function alarmFact(value: AlarmNotify, about: { readonly deviceId: string; readonly channelId: string; readonly atMs: number }): AlarmFact {
  const { alarmPriority, alarmMethod, alarmMs, alarmDescription, longitude, latitude, alarmType, eventType } = value
  return {
    type: 'alarm', ...about, raw: value.raw ?? {},
    ...(alarmPriority !== undefined && { priority: alarmPriority }), ...(alarmMethod !== undefined && { method: alarmMethod }), ...(alarmType !== undefined && { alarmType }),
    ...(eventType !== undefined && { eventType }), ...(alarmMs !== undefined && { alarmedAtMs: alarmMs }), ...(alarmDescription !== undefined && { description: alarmDescription }),
    ...(longitude !== undefined && { longitude }), ...(latitude !== undefined && { latitude }),
  }
}

const eventNames: readonly CatalogEventName[] = ['ON', 'OFF', 'VLOST', 'DEFECT', 'ADD', 'DEL', 'UPDATE']

/** Interop: Hikvision says OperateType (docs/interop.md Q41); an item without either is one of the list that follows a SUBSCRIBE, and as good as new. */
export function changeOf(item: CatalogItem): CatalogChange {
  const said = (item.raw['Event'] ?? item.raw['OperateType'] ?? '').trim().toUpperCase()
  const event = said === 'MOD' || said === 'MODIFY' ? 'UPDATE' : said === 'DELETE' ? 'DEL' : eventNames.find((name) => name === said)
  return { event: event ?? 'UPDATE', item }
}
