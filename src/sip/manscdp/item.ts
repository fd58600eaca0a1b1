// One entry of a catalog. GB/T 28181-2022 A.2.1.9; the 2011 and 2016 fields and vendors' own are kept beside it.
import { isNot, type Field } from './fields.ts'
import type { Element } from './scan.ts'
import { element, listElement, rawElements, rawFields } from './xml.ts'

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

/** Spelling and order of the elements of an Item, and of Info inside it. */
const itemFields = ['DeviceID', 'Name', 'Manufacturer', 'Model', 'Owner', 'CivilCode', 'Block', 'Address', 'Parental', 'ParentID', 'SafetyWay', 'RegisterWay', 'SecurityLevelCode', 'CertNum', 'Certifiable', 'ErrCode', 'EndTime', 'Secrecy', 'IPAddress', 'Port', 'Password', 'Status', 'Longitude', 'Latitude', 'BusinessGroupID', 'Event']
const infoFields = ['PTZType', 'PositionType', 'PhotoelectricImagingType', 'CapturePositionType', 'RoomType', 'UseType', 'SupplyLightType', 'DirectionType', 'Resolution', 'StreamNumberList', 'DownloadSpeed', 'SVCSpaceSupportMode', 'SVCTimeSupportMode', 'SSVCRatioSupportList', 'MobileDeviceType', 'HorizontalFieldAngle', 'VerticalFieldAngle', 'MaxViewDistance', 'GrassrootsCode', 'PointType', 'PointCommonName', 'MAC', 'FunctionType', 'EncodeType', 'InstallTime', 'ManagementUnit', 'ContactInfo', 'RecordSaveDays', 'IndustrialClassification', 'BusinessGroupID']
const known = [...itemFields, ...infoFields.map((name) => `Info.${name}`)]
const order = new Map(known.map((name, i) => [name, i]))
/** By path in lower case, and by path as the standard spells it, which saves most look-ups the change of case. */
const spelling = new Map(known.flatMap((name): [string, string][] => [[name, name], [name.toLowerCase(), name]]))
const spell = (path: string): string => spelling.get(path) ?? spelling.get(path.toLowerCase()) ?? path

/** Undefined for an Item without an id: there is nothing to key it by. */
export function readItem(item: Element): CatalogItem | undefined {
  const fields = rawFields(spell)
  for (const child of item.children) fields.keep(child)
  for (const [name, text] of Object.entries(item.attributes)) fields.keepText(name, text)
  const raw = fields.fields() ?? {}
  const id = raw['DeviceID']
  if (!id) return undefined
  const parentId = parentIdsOf(raw['ParentID']).find((parent) => parent !== id)
  return { id, name: raw['Name'] ?? '', status: statusOf(raw['Status']), ...(parentId && { parentId }), type: typeOf(id), raw }
}

/** All parents of an item: several are joined by `/`. Q45, Annex J. */
export const parentIdsOf = (text = ''): readonly string[] => (text.includes('/') ? text.split('/', 32).map((part) => part.trim()).filter((part) => part !== '') : text === '' ? [] : [text])

/** Interop: ON, ONLINE, OK, 1 and OFF, OFFLINE, 0 are all seen; FAULT, empty text and the rest say nothing. Q44. */
function statusOf(text = ''): CatalogItem['status'] {
  if (text === 'ON') return 'on'
  if (/^(on|online|ok|1)$/i.test(text)) return 'on'
  return /^(off|offline|0)$/i.test(text) ? 'off' : 'unknown'
}

function typeOf(id: string): CatalogItem['type'] {
  if (id.length <= 8) return 'region'
  return id.length === 20 && /^\d{10}21[56]/.test(id) ? 'group' : 'channel'
}

/** `raw` is written as it is, known fields first in the standard's order; the typed fields fill in what it lacks. */
export function itemElement(item: CatalogItem): Element {
  const typed = { Name: item.name, ...(item.parentId && { ParentID: item.parentId }), ...(item.status !== 'unknown' && { Status: item.status.toUpperCase() }) }
  const place = (path: string): number => order.get(path) ?? known.length
  const fields = Object.entries({ ...typed, ...item.raw, DeviceID: item.id }).sort(([a], [b]) => place(a) - place(b))
  return element('Item', rawElements(Object.fromEntries(fields)))
}

/** Ours: as many as Annex M allows in one message. */
const maxItems = 10_000

/** Items that were read while their message was still being scanned. */
const readAhead = new WeakMap<Element, CatalogItem>()

/** Reads each item of a catalog as soon as it is complete, so that the work comes in small parts. */
export function readItemsAhead(element: Element, inside: readonly Element[]): void {
  if (element.key !== 'item' || inside.length !== 2 || inside[1]?.key !== 'devicelist') return
  if (!inside[0]?.children.some(({ key, text }) => key === 'cmdtype' && /^catalog$/i.test(text))) return
  const item = readItem(element)
  if (item) readAhead.set(element, item)
}

/** The items of a DeviceList; entries without an id are left out. */
export const itemsField: Field<readonly CatalogItem[]> = {
  name: 'DeviceList',
  isRepeated: true,
  isForeign: isNot('Item'),
  read: (found, before = []) => {
    const items: CatalogItem[] = [...before]
    for (const child of found.children) {
      const item = child.key === 'item' && items.length < maxItems ? (readAhead.get(child) ?? readItem(child)) : undefined
      if (item) items.push(item)
    }
    return items
  },
  write: (items, name) => [listElement(name, items.map(itemElement))],
}
