// The wall of live views as a value: what stands in which view, as it is written in the address, kept as a layout and altered by hand.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

export const viewCounts = [1, 4, 6, 9, 16] as const
export type ViewCount = (typeof viewCounts)[number]
export type Stream = 'main' | 'sub'

export interface Tile {
  readonly camera: string
  /** Absent: as the number of views has it. */
  readonly stream?: Stream
  readonly codec?: 'h264'
}

export interface Patrol {
  readonly seconds: number
  /** Cameras one by one, or all of a division, an owner or a device: `area:320116`, `owner:…`, `device:…`. */
  readonly of: { readonly list: readonly string[] } | { readonly group: string }
}

export interface Wall {
  readonly views: ViewCount
  /** As many as there are views. */
  readonly tiles: readonly (Tile | undefined)[]
  /** The view that is heard. */
  readonly sound?: number
  readonly patrol?: Patrol
}

/** Of an address by hand; ours. */
const maxListed = 200
const patrolS = { default: 10, least: 3, most: 3600 } as const

const isCode = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text)
const textOf = (value: LocationQuery[string] | undefined): string => (typeof value === 'string' ? value : '')
export const isViewCount = (n: number): n is ViewCount => viewCounts.some((each) => each === n)

/** From 4 views on the smaller stream, which 16 at once need. */
export const streamOf = ({ stream }: Tile, views: ViewCount): Stream => stream ?? (views >= 4 ? 'sub' : 'main')

function tileOf(text: string): Tile | undefined {
  const [camera = '', ...wishes] = text.split('.')
  if (!isCode(camera)) return undefined
  const stream = wishes.find((each) => each === 'main' || each === 'sub')
  return { camera, ...(stream && { stream }), ...(wishes.includes('h264') && { codec: 'h264' as const }) }
}
const textOfTile = (tile: Tile | undefined): string => (tile ? [tile.camera, tile.stream, tile.codec].filter((each) => each !== undefined).join('.') : '')

/** What does not fit is left out: an address by hand must not break the page. */
export function wallOf(query: LocationQuery): Wall {
  const asked = Number(textOf(query['n']))
  const given = textOf(query['v']).split(',').map(tileOf)
  const views = isViewCount(asked) ? asked : (viewCounts.find((count) => count >= given.length) ?? 16)
  const sound = Number(textOf(query['sound']) || NaN)
  const seconds = Number(textOf(query['patrol']))
  const of = patrolOf(textOf(query['of']))
  return {
    views,
    tiles: Array.from({ length: views }, (_, at) => given[at]),
    ...(Number.isInteger(sound) && sound >= 1 && sound <= views && { sound: sound - 1 }),
    ...(of && { patrol: { seconds: seconds >= patrolS.least && seconds <= patrolS.most ? Math.round(seconds) : patrolS.default, of } }),
  }
}

function patrolOf(text: string): Patrol['of'] | undefined {
  if (/^(area|owner|device):/.test(text)) return { group: text.slice(0, 200) }
  const list = text.split(',').filter(isCode).slice(0, maxListed)
  return list.length > 0 ? { list } : undefined
}

/** The whole wall as an address. */
export function addressOfWall({ views, tiles, sound, patrol }: Wall): LocationQueryRaw {
  const v = tiles.map(textOfTile).join(',').replace(/,+$/, '')
  return {
    n: String(views),
    ...(v !== '' && { v }),
    ...(sound !== undefined && { sound: String(sound + 1) }),
    ...(patrol && { patrol: String(patrol.seconds), of: 'list' in patrol.of ? patrol.of.list.join(',') : patrol.of.group }),
  }
}

/** More views keep all; fewer keep the first that have something. */
export function withViews(wall: Wall, views: ViewCount): Wall {
  const kept = views >= wall.views ? wall.tiles : wall.tiles.filter((tile) => tile !== undefined)
  const { sound, ...rest } = wall
  const heard = sound === undefined ? undefined : wall.tiles[sound]
  const at = heard === undefined ? -1 : kept.slice(0, views).indexOf(heard)
  return { ...rest, views, tiles: Array.from({ length: views }, (_, n) => kept[n]), ...(at !== -1 && { sound: at }) }
}

const withoutSound = ({ sound: _, ...wall }: Wall): Wall => wall

export function put(wall: Wall, at: number, tile: Tile | undefined): Wall {
  const tiles = wall.tiles.map((each, n) => (n === at ? tile : each))
  return tile === undefined && wall.sound === at ? { ...withoutSound(wall), tiles } : { ...wall, tiles }
}

/** Where a camera that was clicked goes: the chosen view, else the first that is free. */
export const placeFor = ({ tiles }: Wall, chosen: number | undefined): number => {
  if (chosen !== undefined && tiles[chosen] === undefined) return chosen
  const free = tiles.findIndex((tile) => tile === undefined)
  return free !== -1 ? free : (chosen ?? 0)
}

export function swap(wall: Wall, from: number, to: number): Wall {
  const tiles = wall.tiles.map((each, n) => (n === from ? wall.tiles[to] : n === to ? wall.tiles[from] : each))
  const sound = wall.sound === from ? to : wall.sound === to ? from : wall.sound
  return { ...wall, tiles, ...(sound !== undefined && { sound }) }
}

export const hear = (wall: Wall, at: number): Wall => (wall.sound === at ? withoutSound(wall) : { ...wall, sound: at })

/** As many as fit, in a wall that has room for them where there is one. */
export function filled(cameras: readonly string[], views?: ViewCount): Wall {
  const count = views ?? viewCounts.find((each) => each >= cameras.length) ?? 16
  return { views: count, tiles: Array.from({ length: count }, (_, n) => (cameras[n] === undefined ? undefined : { camera: cameras[n] })) }
}

/** What a patrol shows in its n-th turn; the last group may be short. */
export function patrolGroup(list: readonly string[], views: ViewCount, turn: number): { readonly tiles: readonly (Tile | undefined)[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(list.length / views))
  const page = ((turn % pages) + pages) % pages
  return { page, pages, tiles: Array.from({ length: views }, (_, n) => (list[page * views + n] === undefined ? undefined : { camera: list[page * views + n] ?? '' })) }
}
