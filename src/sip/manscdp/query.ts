// Queries we send and a device answers. GB/T 28181-2022 9.5, A.2.4.
import { element, type Element } from './xml.ts'

export interface CatalogQuery {
  readonly type: 'query-catalog'
  readonly sn: number
  readonly deviceId: string
}
export interface DeviceInfoQuery {
  readonly type: 'query-device-info'
  readonly sn: number
  readonly deviceId: string
}
export interface DeviceStatusQuery {
  readonly type: 'query-device-status'
  readonly sn: number
  readonly deviceId: string
}
export type Query = CatalogQuery | DeviceInfoQuery | DeviceStatusQuery

const commands = { 'query-catalog': 'Catalog', 'query-device-info': 'DeviceInfo', 'query-device-status': 'DeviceStatus' } as const

export function readQuery(cmdType: string, sn: number, deviceId: string): Query | undefined {
  const wanted = cmdType.toLowerCase()
  const type = (Object.keys(commands) as Query['type'][]).find((key) => commands[key].toLowerCase() === wanted)
  return type && { type, sn, deviceId }
}

export function queryElement({ type, sn, deviceId }: Query): Element {
  return element('Query', [element('CmdType', commands[type]), element('SN', String(sn)), element('DeviceID', deviceId)])
}
