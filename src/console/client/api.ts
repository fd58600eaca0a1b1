// Every question the console asks, typed by the API's own schemas.
import type {
  Camera, CameraChange, CameraCreate, CameraPage, Counts, Device, DeviceDetail, DeviceList, DivisionList, FieldTable, InspectionDetail, InspectionList, InspectionStart, InspectionSummary, LiveAddresses, LoginBody, Review, ReviewBody, RuleSetList, Session, StreamList,
} from '../../api/schema/index.ts'
import { apiPrefix, request, requestBlob, type Query } from './http.ts'

type Signal = AbortSignal | undefined
const get = <T>(path: string, signal: Signal, query?: Query): Promise<T> => request<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) })
const id = encodeURIComponent

export const login = (body: LoginBody): Promise<Session> => request('POST', '/session', { body })
export const logout = (): Promise<void> => request('DELETE', '/session')
export const session = (): Promise<Session> => request('GET', '/session')

export const cameras = (query: Query, signal?: Signal): Promise<CameraPage> => get('/cameras', signal, query)
export const counts = (query: Query, signal?: Signal): Promise<Counts> => get('/counts', signal, query)
export const camera = (code: string, signal?: Signal): Promise<Camera> => get(`/cameras/${id(code)}`, signal)

export const createCamera = (body: CameraCreate): Promise<Camera> => request('POST', '/cameras', { body })
export const changeCamera = (code: string, body: CameraChange): Promise<Camera> => request('PATCH', `/cameras/${id(code)}`, { body })
export const fields = (signal?: Signal): Promise<FieldTable> => get('/fields', signal)
export const divisions = (parent: string, signal?: Signal): Promise<DivisionList> => get('/divisions', signal, { parent })

export const streams = (signal?: Signal): Promise<StreamList> => get('/live', signal)
export const liveOf = (code: string, signal?: Signal, stream?: 'main' | 'sub'): Promise<LiveAddresses> => get(`/live/${id(code)}`, signal, { stream: stream === 'sub' ? 'sub' : undefined })
/** `codec`: encoded anew by the service where the camera sends another. */
/** Sound costs the service an encoder where the camera's is G.711: it is asked for only when it is heard. */
export const livePath = (code: string, wish: { readonly codec?: 'h264' | undefined; readonly stream?: 'main' | 'sub' | undefined; readonly withSound: boolean }): string =>
  `/live/${id(code)}.flv?sound=${wish.withSound ? 1 : 0}${wish.codec ? `&codec=${wish.codec}` : ''}${wish.stream === 'sub' ? '&stream=sub' : ''}`
export const snapshot = (code: string, signal?: AbortSignal): Promise<Blob> => requestBlob(`/live/${id(code)}.jpg`, signal)

export const ruleSets = (signal?: Signal): Promise<RuleSetList> => get('/rule-sets', signal)
export const inspections = (signal?: Signal): Promise<InspectionList> => get('/inspections', signal)
export const inspection = (key: string, signal?: Signal): Promise<InspectionDetail> => get(`/inspections/${id(key)}`, signal)
export const startInspection = (body: InspectionStart): Promise<InspectionSummary> => request('POST', '/inspections', { body })
export const cancelInspection = (key: string): Promise<InspectionSummary> => request('POST', `/inspections/${id(key)}/cancel`)
export const review = (key: string, n: number, body: ReviewBody): Promise<Review> => request('POST', `/inspections/${id(key)}/checks/${n}/review`, { body })
export const eventsUrl = (key: string): string => `${apiPrefix}/inspections/${id(key)}/events`
export const reportUrl = (key: string, format: 'html' | 'xlsx' | 'json', lang: string): string => `${apiPrefix}/inspections/${id(key)}/report.${format}?lang=${lang}`
export const evidenceUrl = (key: string, file: string): string => `${apiPrefix}/inspections/${id(key)}/evidence/${file.split('/').map(id).join('/')}`

export const devices = (signal?: Signal): Promise<DeviceList> => get('/devices', signal)
export const device = (key: string, signal?: Signal): Promise<DeviceDetail> => get(`/devices/${id(key)}`, signal)
export const approveDevice = (key: string): Promise<Device> => request('POST', `/devices/${id(key)}/approve`)
export const askCatalog = (key: string): Promise<unknown> => request('POST', `/devices/${id(key)}/catalog`)
export const setMediaTransport = (key: string, mediaTransport: Device['mediaTransport']): Promise<Device> => request('PUT', `/devices/${id(key)}/media-transport`, { body: { mediaTransport } })
