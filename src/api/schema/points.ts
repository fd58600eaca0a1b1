// Cameras on a map: clusters of a box, what lies in a drawn ring, how many lie in each division, and what the map is drawn on.
import { Type, type Static } from 'typebox'
import { PointClass, Presence } from './cameras.ts'
import { Area, ListOf } from './common.ts'

export const Colouring = Type.Enum(['class', 'presence', 'record', 'verdict'])
export type Colouring = Static<typeof Colouring>
export const PointVerdict = Type.Enum(['pass', 'review', 'fail', 'none'])
export type PointVerdict = Static<typeof PointVerdict>
export const RecordState = Type.Enum(['complete', 'incomplete', 'draft'])
export type RecordState = Static<typeof RecordState>

export const GeoBox = Type.Object({ west: Type.Number(), south: Type.Number(), east: Type.Number(), north: Type.Number() })
export type GeoBox = Static<typeof GeoBox>

const boxText = Type.String({ pattern: '^-?\\d+(\\.\\d+)?(,-?\\d+(\\.\\d+)?){3}$', maxLength: 100, description: 'west,south,east,north in degrees', examples: ['118.5,31.2,119.2,32.6'] })

const filter = {
  area: Type.Optional(Area),
  class: Type.Optional(PointClass),
  online: Type.Optional(Type.Boolean()),
  complete: Type.Optional(Type.Boolean()),
  draft: Type.Optional(Type.Boolean()),
  verdict: Type.Optional(PointVerdict),
}

export const PointsQuery = Type.Object(
  {
    ...filter,
    box: Type.Optional(boxText),
    zoom: Type.Number({ minimum: 0, maximum: 24, description: 'of a Web Mercator map with tiles of 256 pixels' }),
    by: Type.Optional(Type.Enum(['class', 'presence', 'record', 'verdict'], { default: 'class', description: 'what `counts` tells apart' })),
  },
  { additionalProperties: false },
)
export type PointsQuery = Static<typeof PointsQuery>

export const PointCluster = Type.Object({
  longitude: Type.Number({ description: 'mean of its points, like the latitude' }),
  latitude: Type.Number(),
  n: Type.Integer(),
  counts: ListOf(Type.Integer({ description: 'of each word of `words`, in its order' })),
  box: GeoBox,
  id: Type.Optional(Type.String({ description: 'of a single point' })),
})
export type PointCluster = Static<typeof PointCluster>

/** Bounded: where the box would need more than some two thousand clusters, they are made at a coarser zoom. */
export const PointClusters = Type.Object({
  zoom: Type.Integer({ description: 'of which the clusters are' }),
  words: ListOf(Type.String()),
  items: ListOf(PointCluster),
  total: Type.Integer({ description: 'with a place, wherever it is' }),
  inBox: Type.Integer(),
  unplaced: Type.Integer({ description: 'without a place' }),
  bounds: Type.Optional(GeoBox),
})
export type PointClusters = Static<typeof PointClusters>

export const WithinQuery = Type.Object(
  {
    ...filter,
    ring: Type.String({ pattern: '^-?\\d+(\\.\\d+)?(,-?\\d+(\\.\\d+)?){5,999}$', maxLength: 12_000, description: 'longitude and latitude of each corner in turn, 3 to 500 of them', examples: ['118,32,119,32,119,33'] }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 500 })),
  },
  { additionalProperties: false },
)
export type WithinQuery = Static<typeof WithinQuery>

export const PointCamera = Type.Object({
  id: Type.String(),
  name: Type.String(),
  class: Type.String(),
  presence: Presence,
  record: RecordState,
  verdict: PointVerdict,
  longitude: Type.Number(),
  latitude: Type.Number(),
  version: Type.Integer(),
})
export type PointCamera = Static<typeof PointCamera>

/** `total` may be more than there are `items`. */
export const PointsWithin = Type.Object({ items: ListOf(PointCamera), total: Type.Integer() })
export type PointsWithin = Static<typeof PointsWithin>

export const AreasQuery = Type.Object({ parent: Type.Optional(Area) }, { additionalProperties: false })
export const AreaCount = Type.Object({
  area: Type.String(),
  name: Type.Optional(Type.String({ description: 'of the division; absent where no table has one' })),
  n: Type.Integer(),
  online: Type.Integer(),
})
export type AreaCount = Static<typeof AreaCount>
export const AreaCounts = Type.Object({ items: ListOf(AreaCount) })
export type AreaCounts = Static<typeof AreaCounts>

export const MapGround = Type.Object({
  tiles: ListOf(Type.String({ description: 'address with {z}, {x} and {y}' })),
  datum: Type.Enum(['wgs84', 'gcj02'], { description: 'what the tiles are drawn in' }),
  maxZoom: Type.Integer(),
  attribution: Type.Optional(Type.String()),
  hasOutlines: Type.Boolean(),
})
export type MapGround = Static<typeof MapGround>

const Position = Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })
/** GeoJSON (RFC 7946), thinned for the eye. */
export const OutlineCollection = Type.Object({
  type: Type.Literal('FeatureCollection'),
  features: Type.Array(
    Type.Object({
      type: Type.Literal('Feature'),
      properties: Type.Object({ area: Type.String(), name: Type.Optional(Type.String()) }),
      geometry: Type.Object({ type: Type.Literal('MultiPolygon'), coordinates: Type.Array(Type.Array(Type.Array(Position))) }),
    }),
  ),
})
export type OutlineCollection = Static<typeof OutlineCollection>
