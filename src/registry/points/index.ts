// Cameras as points of a map.
export type * from './types.ts'
export { colourings } from './types.ts'
export { clusterPoints, countAreas, maxZoom, pointsWithin, type AreaCount, type Cluster, type Clusters, type Within } from './cluster.ts'
export { createPoints } from './table.ts'
