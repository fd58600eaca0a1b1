// One entry of a catalog. GB/T 28181-2022 A.2.1.9; the 2011 and 2016 fields and vendors' own are kept beside it.
import { childrenOf, element, textOf, type Element } from './xml.ts'

export interface CatalogItem {
  /** As sent: 20 digits by the standard, 18 or others in the field. */
  readonly id: string
  readonly name: string
  readonly status: 'on' | 'off' | 'unknown'
  /** The first parent when several are joined by `/`; absent when the item names itself. */
  readonly parentId?: string
  /** Regions (at most 8 digits) and groups (type 215 or 216) structure a catalog; channels are what can be watched. Annex E. */
  readonly type: 'channel' | 'region' | 'group'
  /** Every field by its GB/T 28181 element name, nested ones as `Info.PTZType`; vendor elements under their own names. */
  readonly raw: Readonly<Record<string, string>>
}

/** Ours: a field count and a length that no honest catalog reaches. */
const maxFields = 200
const maxValue = 4096

/** Spelling and order of the elements of an Item, and of Info inside it. */
const itemFields = ['DeviceID', 'Name', 'Manufacturer', 'Model', 'Owner', 'CivilCode', 'Block', 'Address', 'Parental', 'ParentID', 'SafetyWay', 'RegisterWay', 'SecurityLevelCode', 'CertNum', 'Certifiable', 'ErrCode', 'EndTime', 'Secrecy', 'IPAddress', 'Port', 'Password', 'Status', 'Longitude', 'Latitude', 'BusinessGroupID', 'Event']
const infoFields = ['PTZType', 'PositionType', 'PhotoelectricImagingType', 'CapturePositionType', 'RoomType', 'UseType', 'SupplyLightType', 'DirectionType', 'Resolution', 'StreamNumberList', 'DownloadSpeed', 'SVCSpaceSupportMode', 'SVCTimeSupportMode', 'SSVCRatioSupportList', 'MobileDeviceType', 'HorizontalFieldAngle', 'VerticalFieldAngle', 'MaxViewDistance', 'GrassrootsCode', 'PointType', 'PointCommonName', 'MAC', 'FunctionType', 'EncodeType', 'InstallTime', 'ManagementUnit', 'ContactInfo', 'RecordSaveDays', 'IndustrialClassification', 'BusinessGroupID']
const known = [...itemFields, ...infoFields.map((name) => `Info.${name}`)]
const spelling = new Map(known.map((name) => [name.toLowerCase(), name]))
const order = new Map(known.map((name, i) => [name, i]))

/** Undefined for an Item without an id: there is nothing to key it by. */
export function readItem(item: Element): CatalogItem | undefined {
  const raw = fieldsOf(item)
  const id = raw['DeviceID']
  if (!id) return undefined
  const parentId = raw['ParentID']?.split('/').map((part) => part.trim()).find((part) => part !== '' && part !== id)
  return { id, name: raw['Name'] ?? '', status: statusOf(raw['Status']), ...(parentId && { parentId }), type: typeOf(id), raw }
}

/** Fields by element name, the standard's spelling where it has one; the first of a repeated field counts. */
export function fieldsOf(item: Element): Record<string, string> {
  const fields: Record<string, string> = {}
  let count = 0
  const keep = (path: string, value: string): void => {
    const name = spelling.get(path.toLowerCase()) ?? path
    if (value === '' || fields[name] !== undefined || count >= maxFields) return
    fields[name] = value.slice(0, maxValue)
    count++
  }
  const visit = (parent: Element, prefix: string): void => {
    for (const [name, value] of Object.entries(parent.attributes)) keep(prefix + name, value)
    for (const child of parent.children) {
      keep(prefix + child.name, child.text)
      visit(child, `${prefix}${child.name}.`)
    }
  }
  visit(item, '')
  return fields
}

/** Interop: ON, ONLINE, OK, 1 and OFF, OFFLINE, 0 are all seen; FAULT, empty text and the rest say nothing. */
function statusOf(text = ''): CatalogItem['status'] {
  if (/^(on|online|ok|1)$/i.test(text)) return 'on'
  return /^(off|offline|0)$/i.test(text) ? 'off' : 'unknown'
}

function typeOf(id: string): CatalogItem['type'] {
  if (id.length <= 8) return 'region'
  return /^\d{10}21[56]/.test(id) && id.length === 20 ? 'group' : 'channel'
}

/** `raw` is written as it is; the typed fields fill in what it lacks. */
export function itemElement(item: CatalogItem): Element {
  const typed = { Name: item.name, ...(item.parentId && { ParentID: item.parentId }), ...(item.status !== 'unknown' && { Status: item.status.toUpperCase() }) }
  return fieldsElement('Item', { ...typed, ...item.raw, DeviceID: item.id })
}

/** The reverse of `fieldsOf`: `Info.PTZType` goes back inside Info; known fields first, in the standard's order. */
export function fieldsElement(name: string, fields: Readonly<Record<string, string>>): Element {
  const place = (path: string): number => order.get(path) ?? known.length
  const nested = new Map<string, Record<string, string>>()
  const children: Element[] = []
  for (const [path, value] of Object.entries(fields).sort(([a], [b]) => place(a) - place(b))) {
    const dot = path.indexOf('.')
    if (dot < 0) {
      children.push(element(path, value))
      continue
    }
    const inside = nested.get(path.slice(0, dot)) ?? {}
    inside[path.slice(dot + 1)] = value
    nested.set(path.slice(0, dot), inside)
  }
  return element(name, [...children, ...[...nested].map(([outer, inside]) => fieldsElement(outer, inside))])
}

/** The items of a DeviceList; entries without an id are left out. */
export function readItems(root: Element): readonly CatalogItem[] {
  const items = childrenOf(root, 'DeviceList').flatMap((list) => childrenOf(list, 'Item'))
  return items.map(readItem).filter((item) => item !== undefined)
}

export const itemsElement = (items: readonly CatalogItem[]): Element => element('DeviceList', items.map(itemElement), { Num: String(items.length) })

/** DeviceID as the message carries it, empty when it has none. */
export const deviceIdOf = (root: Element): string => textOf(root, 'DeviceID') ?? ''
