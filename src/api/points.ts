// Cameras on a map, cut to what the account may see: clusters of a box, what lies in a drawn ring, how many lie in each division.
import type { FastifyRequest } from 'fastify'
import { AppError } from '../base/index.ts'
import { clusterPoints, colourings, countAreas, pointsWithin, shippedDivisions, type Camera, type PointFilter, type Verdicts } from '../registry/index.ts'
import type { App } from './app.ts'
import { areaFor, boxOf } from './areas.ts'
import { sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { AreaCounts, AreasQuery, PointClusters, PointsQuery, PointsWithin, WithinQuery, type PointCamera } from './schema/index.ts'

const defaultLimit = 500
const none: Verdicts = new Map()

export function pointRoutes(app: App, { registry, verdicts, divisions = shippedDivisions() }: ApiDeps): void {
  /** Read only where something depends on them. */
  const verdictsFor = async (isNeeded: boolean): Promise<Verdicts> => (isNeeded ? ((await verdicts?.()) ?? none) : none)
  const filterOf = (request: FastifyRequest, { area, ...rest }: Partial<PointFilter>): PointFilter => ({ ...rest, area: areaFor(request, area) })

  app.get(
    '/cameras/points',
    { schema: { tags: ['cameras'], summary: 'Records as points of a map, put together by cells of its zoom', querystring: PointsQuery, response: { 200: PointClusters } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const { box, zoom, by = 'class', ...filter } = request.query
      const clusters = clusterPoints(await registry.points(), { zoom, by, filter: filterOf(request, filter), ...(box !== undefined && { box: boxOf(box) }) }, await verdictsFor(by === 'verdict' || filter.verdict !== undefined))
      return { ...clusters, words: colourings[by] }
    },
  )

  app.get(
    '/cameras/within',
    { schema: { tags: ['cameras'], summary: 'Records inside a drawn ring', querystring: WithinQuery, response: { 200: PointsWithin } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const { ring, limit = defaultLimit, ...filter } = request.query
      const last = await verdictsFor(true)
      const { ids, total } = pointsWithin(await registry.points(), ringOf(ring), filterOf(request, filter), limit, last)
      const items: PointCamera[] = []
      for (const id of ids) {
        const camera = await registry.camera(id)
        if (camera) items.push(pointOf(camera, last))
      }
      return { items, total }
    },
  )

  app.get(
    '/cameras/areas',
    { schema: { tags: ['cameras'], summary: 'How many records lie in each part of a division, one level at a time', querystring: AreasQuery, response: { 200: AreaCounts } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const own = sessionOf(request).account.area
      const parent = areaFor(request, request.query.parent)
      // What an account of eight digits sees lies in one division alone.
      return { items: countAreas(await registry.points(), parent).filter(({ area }) => area.startsWith(own)).map((each) => ({ ...each, ...nameOf(each.area) })) }
    },
  )
  const nameOf = (area: string): { readonly name?: string } => {
    const division = area.length <= 6 ? divisions.find(area) : undefined
    return division ? { name: division.name } : {}
  }
}

const shown = (camera: Camera, name: 'name' | 'class' | 'longitude' | 'latitude'): string => camera.declared[name] ?? (camera.isDraft ? camera.reported?.fields[name] : undefined) ?? ''

function pointOf(camera: Camera, verdicts: Verdicts): PointCamera {
  const isIncomplete = camera.findings.some(({ severity }) => severity === 'error')
  return {
    id: camera.id, name: shown(camera, 'name'), class: shown(camera, 'class'), presence: camera.presence, record: camera.isDraft ? 'draft' : isIncomplete ? 'incomplete' : 'complete',
    verdict: verdicts.get(camera.id) ?? 'none', longitude: Number(shown(camera, 'longitude')), latitude: Number(shown(camera, 'latitude')), version: camera.version,
  }
}

function ringOf(text: string): readonly (readonly [number, number])[] {
  const numbers = text.split(',').map(Number)
  if (numbers.length % 2 !== 0) throw new AppError('request.invalid', 'ring is longitude,latitude of each corner: there is one number too many')
  const ring: (readonly [number, number])[] = []
  for (let at = 0; at < numbers.length; at += 2) ring.push([numbers[at] ?? 0, numbers[at + 1] ?? 0])
  return ring
}
