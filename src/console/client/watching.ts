// Questions of the pages that watch: the map, the wall, turning cameras, recordings, and what devices are asked and told.
import type {
  AreaCounts, CameraCommand, CompletenessGroups, ChannelPage, CommandDone, Device, DeviceInformation, DeviceStatus, MapGround, OutlineCollection, Playback, PlaybackControl, PlaybackCreate, PlaybackOpened, PointClusters, PointsWithin, Preset, PtzAnswer, PtzMove, RecordingList, SdCard, StrangersView, SubscriptionsAnswer, TraceView, DeviceSettings,
} from '../../api/schema/index.ts'
import { apiPrefix, request, type Query } from './http.ts'

type Signal = AbortSignal | undefined
const get = <T>(path: string, signal?: Signal, query?: Query): Promise<T> => request<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) })
const id = encodeURIComponent

export const mapGround = (signal?: Signal): Promise<MapGround> => get('/map', signal)
export const outlines = (signal?: Signal): Promise<OutlineCollection> => get('/map/outlines', signal)
export const points = (query: Query, signal?: Signal): Promise<PointClusters> => get('/cameras/points', signal, query)
export const within = (query: Query, signal?: Signal): Promise<PointsWithin> => get('/cameras/within', signal, query)
export const areas = (parent: string, signal?: Signal): Promise<AreaCounts> => get('/cameras/areas', signal, { parent })
export const owners = (signal?: Signal): Promise<CompletenessGroups> => get('/completeness', signal, { by: 'owner', limit: 1000 })
export const channels = (device: string, query: Query, signal?: Signal): Promise<ChannelPage> => get(`/devices/${id(device)}/channels`, signal, query)

export const turn = (camera: string, move: PtzMove): Promise<PtzAnswer> => request('POST', `/cameras/${id(camera)}/ptz`, { body: move })
export const stopTurning = (camera: string): Promise<PtzAnswer> => request('POST', `/cameras/${id(camera)}/ptz`, { body: { stop: true } })
export const presets = (camera: string, signal?: Signal): Promise<{ readonly items: readonly Preset[] }> => get(`/cameras/${id(camera)}/presets`, signal)
export const goToPreset = (camera: string, n: number): Promise<CommandDone> => request('POST', `/cameras/${id(camera)}/presets/${n}/call`)
export const setPreset = (camera: string, n: number, name: string): Promise<CommandDone> => request('PUT', `/cameras/${id(camera)}/presets/${n}`, { body: name === '' ? {} : { name } })
export const removePreset = (camera: string, n: number): Promise<CommandDone> => request('DELETE', `/cameras/${id(camera)}/presets/${n}`)
export const command = (camera: string, body: CameraCommand): Promise<CommandDone> => request('POST', `/cameras/${id(camera)}/commands`, { body })

export const trace = (device: string, signal?: Signal): Promise<TraceView> => get(`/devices/${id(device)}/trace`, signal)
export const traceFile = (device: string): string => `${apiPrefix}/devices/${id(device)}/trace.pcapng`
export const strangers = (signal?: Signal): Promise<StrangersView> => get('/trace/strangers', signal)
export const strangersFile = `${apiPrefix}/trace/strangers.pcapng`
export const setPassword = (device: string, password: string | null): Promise<Device> => request('PUT', `/devices/${id(device)}/password`, { body: { password } })
export const refuse = (device: string): Promise<Device> => request('POST', `/devices/${id(device)}/refuse`)
export const reboot = (device: string): Promise<CommandDone> => request('POST', `/devices/${id(device)}/reboot`)
export const upgrade = (device: string, body: { readonly firmware: string; readonly fileUrl: string; readonly manufacturer: string }): Promise<{ readonly sessionId: string }> => request('POST', `/devices/${id(device)}/upgrade`, { body })
export const information = (device: string, isFresh: boolean, signal?: Signal): Promise<DeviceInformation> => get(`/devices/${id(device)}/information`, signal, isFresh ? { fresh: true } : {})
export const status = (device: string, signal?: Signal): Promise<DeviceStatus> => get(`/devices/${id(device)}/status`, signal)
export const sdCards = (device: string, signal?: Signal): Promise<{ readonly items: readonly SdCard[] }> => get(`/devices/${id(device)}/sd-cards`, signal)
export const formatSdCard = (device: string, card: number): Promise<CommandDone> => request('POST', `/devices/${id(device)}/sd-cards/format`, { body: { card } })
export const resetAlarms = (device: string): Promise<CommandDone> => request('POST', `/devices/${id(device)}/alarms/reset`, { body: {} })
export const subscriptions = (device: string, signal?: Signal): Promise<SubscriptionsAnswer> => get(`/devices/${id(device)}/subscriptions`, signal)
export const setSubscriptions = (device: string, body: SubscriptionsAnswer['wanted']): Promise<SubscriptionsAnswer> => request('PUT', `/devices/${id(device)}/subscriptions`, { body })
export const setSettings = (device: string, body: DeviceSettings): Promise<Device> => request('PUT', `/devices/${id(device)}/settings`, { body })

export const recordings = (camera: string, query: Query, signal?: Signal): Promise<RecordingList> => get(`/cameras/${id(camera)}/recordings`, signal, query)
export const startPlayback = (camera: string, body: PlaybackCreate): Promise<PlaybackOpened> => request('POST', `/cameras/${id(camera)}/playbacks`, { body })
export const playback = (key: string, signal?: Signal): Promise<PlaybackOpened> => get(`/playbacks/${id(key)}`, signal)
export const playbacks = (signal?: Signal): Promise<{ readonly items: readonly Playback[] }> => get('/playbacks', signal)
export const steer = (key: string, body: PlaybackControl): Promise<Playback> => request('POST', `/playbacks/${id(key)}/control`, { body })
export const endPlayback = (key: string): Promise<Playback> => request('DELETE', `/playbacks/${id(key)}`)
export const playbackPath = (key: string, wish: { readonly codec?: 'h264' | undefined; readonly withSound: boolean }): string => `/playbacks/${id(key)}.flv?sound=${wish.withSound ? 1 : 0}${wish.codec ? `&codec=${wish.codec}` : ''}`
export const playbackFile = (key: string): string => `${apiPrefix}/playbacks/${id(key)}/file`
