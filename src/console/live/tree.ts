// The three ways to a camera: by division, by owner, by device. Levels are asked for when they are opened, cameras in pages.
import type { CameraPage } from '../../api/schema/index.ts'
import { nameOf } from '../cameras/camera.ts'
import * as api from '../client/api.ts'
import * as watching from '../client/watching.ts'
import type { Query } from '../client/http.ts'

export type Way = 'area' | 'owner' | 'device'

export interface Leaf {
  readonly kind: 'camera'
  readonly camera: string
  readonly name: string
  readonly isOnline: boolean
}
export interface Group {
  readonly kind: 'group'
  /** As a patrol names it; '' for a part of a catalog, which has none. */
  readonly key: string
  readonly name: string
  readonly n?: number
  readonly online?: number
  readonly open: () => Promise<Level>
}
export interface Level {
  readonly items: readonly (Leaf | Group)[]
  /** The next page, and how many are left. */
  readonly more?: () => Promise<Level>
  readonly left?: number
}

const page = 50
/** Of a patrol; ours. */
export const maxPatrol = 500

const leafOf = (camera: CameraPage['items'][number]): Leaf => ({ kind: 'camera', camera: camera.id, name: nameOf(camera) || camera.id, isOnline: camera.presence === 'online' || camera.presence === 'late' })

export async function camerasBy(query: Query, seen = 0): Promise<Level> {
  const { items, next, total } = await api.cameras({ ...query, sort: 'name', limit: page })
  const left = total - seen - items.length
  return { items: items.map(leafOf), ...(next === undefined ? {} : { left, more: () => camerasBy({ ...query, cursor: next }, seen + items.length) }) }
}

/** A division with one part is passed through: nobody wants to open a province to find his only district. */
async function areasIn(parent: string): Promise<Level> {
  const { items } = await watching.areas(parent)
  const [only] = items
  if (items.length === 1 && only && only.area !== parent && only.area.length < 6) return areasIn(only.area)
  const groups = items.filter(({ area }) => area !== parent).map(({ area, name, n, online }): Group => ({ kind: 'group', key: `area:${area}`, name: name ?? area, n, online, open: () => (area.length >= 6 ? districtOf(area) : areasIn(area)) }))
  const own = items.find(({ area }) => area === parent)
  return own && parent.length >= 2 && groups.length === 0 ? camerasBy({ area: parent }) : { items: groups }
}
/** Offices of a district (eight digits), where records have them; else its cameras. */
async function districtOf(area: string): Promise<Level> {
  if (area.length > 6) return camerasBy({ area })
  const { items } = await watching.areas(area)
  const offices = items.filter((each) => each.area !== area)
  if (offices.length < 2) return camerasBy({ area })
  return { items: [...offices.map(({ area: key, name, n, online }): Group => ({ kind: 'group', key: `area:${key}`, name: name ?? key, n, online, open: () => camerasBy({ area: key }) }))] }
}

async function owners(unnamed: string): Promise<Level> {
  const { groups } = await watching.owners()
  return { items: groups.map(({ value, records }): Group => ({ kind: 'group', key: value === '' ? '' : `owner:${value}`, name: value || unnamed, n: records, open: () => camerasBy(value === '' ? {} : { owner: value }) })).filter(({ key }) => key !== '') }
}

async function devices(): Promise<Level> {
  const { items } = await api.devices()
  return {
    items: items.filter(({ approved }) => approved).map((device): Group => ({
      kind: 'group', key: `device:${device.id}`, name: device.id, n: device.channelCount, ...(device.presence === 'online' || device.presence === 'late' ? {} : { online: 0 }), open: () => channelsOf(device.id, ''),
    })),
  }
}
async function channelsOf(device: string, parent: string, cursor?: string): Promise<Level> {
  const { items, next, total } = await watching.channels(device, { parent, limit: page, cursor })
  return {
    items: items.flatMap((channel): readonly (Leaf | Group)[] => {
      if (channel.kind === 'camera') return [{ kind: 'camera', camera: channel.id, name: channel.name || channel.id, isOnline: channel.status !== 'off' && channel.missingSinceMs === undefined }]
      return channel.hasChildren ? [{ kind: 'group', key: '', name: channel.name || channel.id, open: () => channelsOf(device, channel.id) }] : []
    }),
    ...(next === undefined ? {} : { left: Math.max(0, (total ?? 0) - items.length), more: () => channelsOf(device, parent, next) }),
  }
}

export const rootOf = (way: Way, words: { readonly noOwner: string }): Promise<Level> => (way === 'area' ? areasIn('') : way === 'owner' ? owners(words.noOwner) : devices())

/** The cameras of a group, for a patrol: no more than `maxPatrol`. */
export async function camerasOfGroup(key: string): Promise<{ readonly list: readonly string[]; readonly isCut: boolean }> {
  const [way = '', value = ''] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]
  const list: string[] = []
  let cursor: string | undefined
  do {
    if (way === 'device') {
      const answer = await watching.channels(value, { limit: 500, cursor })
      list.push(...answer.items.filter(({ kind }) => kind === 'camera').map(({ id }) => id))
      cursor = answer.next
    } else {
      const answer = await api.cameras({ [way]: value, sort: 'name', limit: 500, cursor })
      list.push(...answer.items.map(({ id }) => id))
      cursor = answer.next
    }
  } while (cursor !== undefined && list.length < maxPatrol)
  return { list: list.slice(0, maxPatrol), isCut: cursor !== undefined || list.length > maxPatrol }
}
