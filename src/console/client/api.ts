// The questions that several pages ask. What each takes and answers is the API's own (routes.ts); nothing here says it again.
import type { CameraChange, CameraCreate, Device, InspectionStart, LoginBody, ReviewBody } from '../../api/schema/index.ts'
import { call, type Answer, type QueryOf } from './call.ts'
import { apiPrefix, requestBlob, type Query } from './http.ts'

type Signal = AbortSignal | undefined
const id = encodeURIComponent

export const login = (body: LoginBody): Promise<Answer<'POST /session'>> => call('POST /session', { body })
export const logout = (): Promise<undefined> => call('DELETE /session', {})
export const session = (): Promise<Answer<'GET /session'>> => call('GET /session', {})

/** Filters as they stand in an address, which holds only what fits. */
export const cameras = (query: Query, signal?: Signal): Promise<Answer<'GET /cameras'>> => call('GET /cameras', { query: query as QueryOf<'GET /cameras'>, signal })
export const counts = (query: QueryOf<'GET /counts'>, signal?: Signal): Promise<Answer<'GET /counts'>> => call('GET /counts', { query, signal })
export const camera = (code: string, signal?: Signal): Promise<Answer<'GET /cameras/:id'>> => call('GET /cameras/:id', { params: { id: code }, signal })

export const createCamera = (body: CameraCreate): Promise<Answer<'POST /cameras'>> => call('POST /cameras', { body })
export const changeCamera = (code: string, body: CameraChange): Promise<Answer<'PATCH /cameras/:id'>> => call('PATCH /cameras/:id', { params: { id: code }, body })
export const fields = (signal?: Signal): Promise<Answer<'GET /fields'>> => call('GET /fields', { signal })
export const divisions = (parent: string, signal?: Signal): Promise<Answer<'GET /divisions'>> => call('GET /divisions', { query: { parent }, signal })

export const streams = (signal?: Signal): Promise<Answer<'GET /live'>> => call('GET /live', { signal })
export const liveOf = (camera: string, signal?: Signal, stream?: 'main' | 'sub'): Promise<Answer<'GET /live/:camera'>> => call('GET /live/:camera', { params: { camera }, query: { stream: stream === 'sub' ? 'sub' : undefined }, signal })
/** `codec`: encoded anew by the service where the camera sends another. */
/** Sound costs the service an encoder where the camera's is G.711: it is asked for only when it is heard. */
export const livePath = (code: string, wish: { readonly codec?: 'h264' | undefined; readonly stream?: 'main' | 'sub' | undefined; readonly withSound: boolean }): string =>
  `/live/${id(code)}.flv?sound=${wish.withSound ? 1 : 0}${wish.codec ? `&codec=${wish.codec}` : ''}${wish.stream === 'sub' ? '&stream=sub' : ''}`
export const snapshot = (code: string, signal?: AbortSignal): Promise<Blob> => requestBlob(`/live/${id(code)}.jpg`, signal)

export const ruleSets = (signal?: Signal): Promise<Answer<'GET /rule-sets'>> => call('GET /rule-sets', { signal })
export const inspections = (signal?: Signal): Promise<Answer<'GET /inspections'>> => call('GET /inspections', { signal })
export const inspection = async (key: string, signal?: Signal): Promise<Answer<'GET /inspections/:id'>> => {
  const told = await call('GET /inspections/:id', { params: { id: key }, signal })
  return told.isPaged ? wholeOf(told, key, signal) : told
}
export const inspectionHead = (key: string, signal?: Signal): Promise<Answer<'GET /inspections/:id'>> => call('GET /inspections/:id', { params: { id: key }, signal })
export const inspectionChecks = (key: string, query: QueryOf<'GET /inspections/:id/checks'>, signal?: Signal): Promise<Answer<'GET /inspections/:id/checks'>> => call('GET /inspections/:id/checks', { params: { id: key }, query, signal })
/** For pages that hold every check: one of thousands is put together from its pages. */
async function wholeOf(head: Answer<'GET /inspections/:id'>, key: string, signal?: Signal): Promise<Answer<'GET /inspections/:id'>> {
  const items: Answer<'GET /inspections/:id/checks'>['items'][number][] = []
  for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
    const page: Answer<'GET /inspections/:id/checks'> = await inspectionChecks(key, { limit: 200, cursor }, signal)
    items.push(...page.items)
    cursor = page.next
  }
  const { isPaged: _isPaged, ...told } = head
  return { ...told, sample: items.map(({ camera }) => camera), checks: items.flatMap(({ check }) => check ?? []), reviews: items.flatMap(({ reviews }) => reviews ?? []), ...(items.every(({ drawnIn }) => drawnIn) && { drawnIn: items.map(({ drawnIn }) => drawnIn ?? []) }) }
}
export const startInspection = (body: InspectionStart): Promise<Answer<'POST /inspections'>> => call('POST /inspections', { body })
export const cancelInspection = (key: string): Promise<Answer<'POST /inspections/:id/cancel'>> => call('POST /inspections/:id/cancel', { params: { id: key } })
export const review = (key: string, n: number, body: ReviewBody): Promise<Answer<'POST /inspections/:id/checks/:n/review'>> => call('POST /inspections/:id/checks/:n/review', { params: { id: key, n }, body })
export const eventsUrl = (key: string): string => `${apiPrefix}/inspections/${id(key)}/events`
export const reportUrl = (key: string, format: 'html' | 'xlsx' | 'json', lang: string): string => `${apiPrefix}/inspections/${id(key)}/report.${format}?lang=${lang}`
export const evidenceUrl = (key: string, file: string): string => `${apiPrefix}/inspections/${id(key)}/evidence/${file.split('/').map(id).join('/')}`

export const devices = (signal?: Signal): Promise<Answer<'GET /devices'>> => call('GET /devices', { signal })
export const device = (key: string, signal?: Signal): Promise<Answer<'GET /devices/:id'>> => call('GET /devices/:id', { params: { id: key }, signal })
export const approveDevice = (key: string): Promise<Answer<'POST /devices/:id/approve'>> => call('POST /devices/:id/approve', { params: { id: key } })
export const askCatalog = (key: string): Promise<Answer<'POST /devices/:id/catalog'>> => call('POST /devices/:id/catalog', { params: { id: key } })
export const setMediaTransport = (key: string, mediaTransport: Device['mediaTransport']): Promise<Answer<'PUT /devices/:id/media-transport'>> => call('PUT /devices/:id/media-transport', { params: { id: key }, body: { mediaTransport } })
