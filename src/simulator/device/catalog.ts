// The catalog of a simulated device: its channels, and for a lower platform a tree of any size, made item by item. GB/T 28181-2022 A.2.1.9, Annex J; 2016 A.2.1.
import type { Habits } from '../habits.ts'
import type { CatalogItem } from '../manscdp.ts'
import { catalogItem } from '../requests.ts'
import type { ScenarioDevice } from '../types.ts'

/** Channels under one group. */
const perGroup = 100

/** Everything the device lists, habits and all. */
export function catalogOf(device: ScenarioDevice, serverId: string, habits: Habits): readonly CatalogItem[] {
  if (habits.has('empty-catalog')) return []
  const items = [...device.channels.map((channel) => catalogItem(device, channel)), ...platformItems(device)]
  return items.map((item, n) => odd(item, n, device, serverId, habits))
}

/** The total of a platform without making its items. */
export const catalogSize = (device: ScenarioDevice): number => device.channels.length + platformItems(device).length

/** Groups `levels` deep, a hundred channels in each of the lowest; ids of the platform's own domain. */
function platformItems(device: ScenarioDevice): readonly CatalogItem[] {
  if (!device.catalog) return []
  const { channels, levels } = device.catalog
  const prefix = device.id.slice(0, 10)
  const groupId = `${prefix}2150000001`
  const leaves = Math.ceil(channels / perGroup)
  const items: CatalogItem[] = [group(groupId, '业务分组', device.id)]
  const lowest: string[] = []
  for (let leaf = 0; leaf < leaves; leaf++) {
    let parent = groupId
    for (let level = 1; level <= levels; level++) {
      // Ten branches at each level: organisations above are shared by those below.
      const branch = Math.floor(leaf / 10 ** (levels - level))
      const id = `${prefix}216${level % 10}${String(branch).padStart(6, '0')}`
      if (leaf % 10 ** (levels - level) === 0) items.push(organisation(id, `组织${level}-${branch}`, parent, groupId))
      parent = id
    }
    lowest.push(parent)
  }
  for (let n = 0; n < channels; n++) {
    const id = `${prefix}1320${String(n + 1).padStart(6, '0')}`
    const raw = { Manufacturer: 'Yiji', Model: 'Simulated', CivilCode: prefix.slice(0, 6), Address: `第${n + 1}号`, Parental: '0', RegisterWay: '1', Secrecy: '0', BusinessGroupID: groupId, ParentID: `${device.id}/${lowest[Math.floor(n / perGroup)] ?? groupId}`, Status: n % 50 === 49 ? 'OFF' : 'ON' }
    items.push({ id, name: `通道${n + 1}`, status: raw.Status === 'ON' ? 'on' : 'off', type: 'channel', parentId: device.id, raw })
  }
  return items
}

const group = (id: string, name: string, parentId: string): CatalogItem => ({ id, name, type: 'group', status: 'on', parentId, raw: { ParentID: parentId } })
const organisation = (id: string, name: string, parentId: string, groupId: string): CatalogItem => ({ id, name, type: 'group', status: 'on', parentId, raw: { ParentID: parentId, BusinessGroupID: groupId } })

const statusWords = ['ONLINE', 'OFFLINE', 'OK', '1', '0', '', 'FAULT', 'ON'] as const

function odd(item: CatalogItem, n: number, device: ScenarioDevice, serverId: string, habits: Habits): CatalogItem {
  const raw: Record<string, string> = { ...item.raw }
  if (habits.has('vendor-elements')) Object.assign(raw, { CatalogType: '1', DecorderTag: 'HIKVISION', OperateType: 'ADD', ResSubType: '1', Privilege: '%00%10', 'Info.CameraType': '0' })
  if (habits.has('status-words')) raw.Status = statusWords[n % statusWords.length] ?? ''
  if (habits.has('odd-parents')) Object.assign(raw, { Parental: ['65535', '-1', ''][n % 3] ?? '', ParentID: [item.id, serverId, device.id, `${device.id}/${device.id.slice(0, 10)}2160000001`][n % 4] ?? '' })
  if (habits.has('placeholder-fields')) Object.assign(raw, { CivilCode: 'CivilCode', Address: 'Address', Owner: 'Owner', Longitude: '0.000', Latitude: '0.000' })
  return { ...item, raw }
}
