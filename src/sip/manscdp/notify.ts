// What a device says unasked: keepalive and catalog changes. GB/T 28181-2022 9.6, 9.11, A.2.5.
import { deviceIdOf, itemsElement, readItems, type CatalogItem } from './item.ts'
import { childrenOf, countOf, element, textOf, type Element } from './xml.ts'

export interface Keepalive {
  readonly type: 'notify-keepalive'
  readonly sn: number
  readonly deviceId: string
  /** What the device says of itself; anything but ERROR counts as OK. */
  readonly status: 'OK' | 'ERROR'
  /** Sub-devices that the device reports as faulty. */
  readonly faulty: readonly string[]
}
/** Each item's `raw.Event` says what happened: ON, OFF, VLOST, DEFECT, ADD, DEL or UPDATE. */
export interface CatalogNotify {
  readonly type: 'notify-catalog'
  readonly sn: number
  readonly deviceId: string
  readonly sumNum: number
  readonly items: readonly CatalogItem[]
}
export type Notify = Keepalive | CatalogNotify

/** Ours: sub-devices that one keepalive may name. */
const maxFaulty = 1000

export function readNotify(cmdType: string, sn: number, root: Element): Notify | undefined {
  const deviceId = deviceIdOf(root)
  if (/^keepalive$/i.test(cmdType)) {
    const faulty = childrenOf(root, 'Info').flatMap((info) => childrenOf(info, 'DeviceID')).map((id) => id.text)
    const status = /^error$/i.test(textOf(root, 'Status') ?? '') ? 'ERROR' : 'OK'
    return { type: 'notify-keepalive', sn, deviceId, status, faulty: faulty.filter((id) => id !== '').slice(0, maxFaulty) }
  }
  if (!/^catalog$/i.test(cmdType)) return undefined
  const items = readItems(root)
  return { type: 'notify-catalog', sn, deviceId, sumNum: countOf(root, 'SumNum') ?? items.length, items }
}

export function notifyElement(notify: Notify): Element {
  const cmdType = notify.type === 'notify-keepalive' ? 'Keepalive' : 'Catalog'
  const head = [element('CmdType', cmdType), element('SN', String(notify.sn)), element('DeviceID', notify.deviceId)]
  if (notify.type === 'notify-catalog') return element('Notify', [...head, element('SumNum', String(notify.sumNum)), itemsElement(notify.items)])
  const info = notify.faulty.length > 0 ? [element('Info', notify.faulty.map((id) => element('DeviceID', id)))] : []
  return element('Notify', [...head, element('Status', notify.status), ...info])
}
