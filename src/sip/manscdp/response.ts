// Answers to our queries. GB/T 28181-2022 A.2.6; answers split over several messages by Annex M.
import { deviceIdOf, fieldsElement, fieldsOf, itemsElement, readItems, type CatalogItem } from './item.ts'
import { countOf, element, textOf, type Element } from './xml.ts'

/** One page of a catalog: `sumNum` is what the device says the whole holds, 0 and no items is a valid answer. */
export interface CatalogResponse {
  readonly type: 'response-catalog'
  readonly sn: number
  readonly deviceId: string
  readonly sumNum: number
  readonly items: readonly CatalogItem[]
}
/** The union of the 2011 form (DeviceType, MaxCamera) and the 2016/2022 form (DeviceName, Channel). */
export interface DeviceInfoResponse {
  readonly type: 'response-device-info'
  readonly sn: number
  readonly deviceId: string
  readonly result: 'OK' | 'ERROR'
  readonly name?: string
  readonly manufacturer?: string
  readonly model?: string
  readonly firmware?: string
  readonly channels?: number
  /** Every other field by element name. */
  readonly raw: Readonly<Record<string, string>>
}
/** `online` is what the device says of itself; it may be OFFLINE beside Result OK. */
export interface DeviceStatusResponse {
  readonly type: 'response-device-status'
  readonly sn: number
  readonly deviceId: string
  readonly result: 'OK' | 'ERROR'
  readonly online: 'online' | 'offline' | 'unknown'
  /** The device's own clock, as it writes it. */
  readonly deviceTime?: string
  readonly raw: Readonly<Record<string, string>>
}
export type Response = CatalogResponse | DeviceInfoResponse | DeviceStatusResponse

/** Fields that the typed values already say. */
const head = new Set(['CmdType', 'SN', 'DeviceID', 'Result'])
const infoTyped = new Set(['DeviceName', 'Manufacturer', 'Model', 'Firmware', 'Channel'])
const statusTyped = new Set(['Online', 'DeviceTime'])

export function readResponse(cmdType: string, sn: number, root: Element): Response | undefined {
  const deviceId = deviceIdOf(root)
  const result = /^error$/i.test(textOf(root, 'Result') ?? '') ? 'ERROR' : 'OK'
  if (/^catalog$/i.test(cmdType)) {
    const items = readItems(root)
    return { type: 'response-catalog', sn, deviceId, sumNum: countOf(root, 'SumNum') ?? items.length, items }
  }
  if (/^deviceinfo$/i.test(cmdType)) {
    const name = textOf(root, 'DeviceName')
    const manufacturer = textOf(root, 'Manufacturer')
    const model = textOf(root, 'Model')
    const firmware = textOf(root, 'Firmware')
    const channels = countOf(root, 'Channel') ?? countOf(root, 'MaxCamera')
    const typed = { ...(name && { name }), ...(manufacturer && { manufacturer }), ...(model && { model }), ...(firmware && { firmware }), ...(channels !== undefined && { channels }) }
    return { type: 'response-device-info', sn, deviceId, result, ...typed, raw: rest(root, infoTyped) }
  }
  if (!/^devicestatus$/i.test(cmdType)) return undefined
  const said = textOf(root, 'Online')?.toLowerCase()
  const online = said === 'online' || said === 'offline' ? said : 'unknown'
  const deviceTime = textOf(root, 'DeviceTime')
  return { type: 'response-device-status', sn, deviceId, result, online, ...(deviceTime && { deviceTime }), raw: rest(root, statusTyped) }
}

const rest = (root: Element, typed: ReadonlySet<string>): Record<string, string> =>
  Object.fromEntries(Object.entries(fieldsOf(root)).filter(([name]) => !head.has(name) && !typed.has(name)))

export function responseElement(response: Response): Element {
  const { sn, deviceId } = response
  const start = (cmdType: string): Element[] => [element('CmdType', cmdType), element('SN', String(sn)), element('DeviceID', deviceId)]
  switch (response.type) {
    case 'response-catalog': {
      // A total of 0 carries no list (Annex M).
      const list = response.items.length > 0 ? [itemsElement(response.items)] : []
      return element('Response', [...start('Catalog'), element('SumNum', String(response.sumNum)), ...list])
    }
    case 'response-device-info': {
      const { name, manufacturer, model, firmware, channels } = response
      const typed = { DeviceName: name, Manufacturer: manufacturer, Model: model, Firmware: firmware, Channel: channels?.toString() }
      return element('Response', [...start('DeviceInfo'), element('Result', response.result), ...present(typed), ...fieldsElement('', response.raw).children])
    }
    case 'response-device-status': {
      const typed = { Online: response.online === 'unknown' ? undefined : response.online.toUpperCase(), DeviceTime: response.deviceTime }
      return element('Response', [...start('DeviceStatus'), element('Result', response.result), ...present(typed), ...fieldsElement('', response.raw).children])
    }
  }
}

const present = (fields: Readonly<Record<string, string | undefined>>): Element[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [element(name, value)]))
