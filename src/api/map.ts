// What a map is drawn on: tiles of whoever was configured, and the outlines of divisions that the user supplied.
import { isWithin } from '../accounts/index.ts'
import { shippedDivisions, thinned, type Outline } from '../registry/index.ts'
import type { App } from './app.ts'
import { sessionOf } from './auth.ts'
import type { ApiDeps, MapDep } from './deps.ts'
import { MapGround, OutlineCollection } from './schema/index.ts'

/** Corners in one answer. Ours: half a megabyte. */
const maxCorners = 20_000

export function mapRoutes(app: App, { map = {}, divisions = shippedDivisions() }: ApiDeps): void {
  const { tiles = [], datum = 'wgs84', maxZoom = 18, attribution, outlines = [] } = map
  app.get(
    '/map',
    { schema: { tags: ['cameras'], summary: 'What the map is drawn on', response: { 200: MapGround } }, config: { allow: 'cameras.see' } },
    async () => ({ tiles, datum, maxZoom, hasOutlines: outlines.length > 0, ...(attribution !== undefined && { attribution }) }),
  )

  /** Made once for each area that is asked for: the outlines never change while the service runs. */
  const made = new Map<string, OutlineCollection>()
  app.get(
    '/map/outlines',
    { schema: { tags: ['cameras'], summary: 'Outlines of divisions as GeoJSON, thinned for the eye', response: { 200: OutlineCollection } }, config: { allow: 'cameras.see' } },
    async (request, reply) => {
      const own = sessionOf(request).account.area.slice(0, 6)
      let collection = made.get(own)
      if (!collection) made.set(own, (collection = collectionOf(outlines.filter(({ area }) => isWithin(area, own) || isWithin(own, area)))))
      return reply.header('cache-control', 'private, max-age=300').send(collection)
    },
  )
  const collectionOf = (all: readonly Outline[]): OutlineCollection => ({
    type: 'FeatureCollection',
    features: thinned(all, maxCorners).map(({ area, polygons }) => {
      const name = divisions.find(area)?.name
      return { type: 'Feature', properties: { area, ...(name !== undefined && { name }) }, geometry: { type: 'MultiPolygon', coordinates: polygons.map((rings) => rings.map((ring) => ring.map(([lon, lat]) => [lon, lat]))) } }
    }),
  })
}

/** Where pictures may come from beside ourselves: the servers of the configured tiles, written out. */
export function tileOrigins(map: MapDep | undefined): readonly string[] {
  const addresses = (map?.tiles ?? []).flatMap((tile) => {
    const range = /\{(\d)-(\d)\}|\{([a-z])-([a-z])\}/.exec(tile.split('{z}')[0] ?? '')
    if (!range) return [tile]
    const [from, to] = [(range[1] ?? range[3] ?? '').charCodeAt(0), (range[2] ?? range[4] ?? '').charCodeAt(0)]
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => tile.replace(range[0], String.fromCharCode(from + at)))
  })
  return [...new Set(addresses.flatMap((each) => (/^https?:/.test(each) ? [new URL(each.replace(/\{[^}]*\}/g, '0')).origin] : [])))]
}
