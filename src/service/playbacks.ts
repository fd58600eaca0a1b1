// All playbacks and downloads of the service: opened within bounds, found by id, relayed under it, forgotten after a while.
import { AppError, type Clock, type Log, type RandomBytes } from '../base/index.ts'
import type { PlaybackRequest, PlaybacksDep } from '../api/index.ts'
import { UnreachableError } from '../api/index.ts'
import { serveFlv, type MediaTransport, type Relays, type Source } from '../media/index.ts'
import type { Registry } from '../registry/index.ts'
import type { PlaybackAction, UserAgent } from '../sip/index.ts'
import type { DownloadFile, DownloadFiles } from './download-files.ts'
import { createPlayback, playbackTimes, type PlaybackTimes, type RunningPlayback } from './playback.ts'

type View = Awaited<ReturnType<PlaybacksDep['start']>>

/** Ours: a recorder plays four streams beside its own work; each of ours takes a media port. */
const maxPerDevice = 4
const maxRunning = 32
/** Those that are over are remembered so long, and so many. */
const rememberMs = 3_600_000
const maxRemembered = 200
/** A file takes what comes: a download is not thinned out like a viewer's stream. 64 MiB of a disk that is slow for half a minute. */
const fileBounds = { maxBacklogBytes: 64 * 1024 * 1024, cutAfterMs: 30_000 }

export interface PlaybacksOptions {
  readonly registry: Pick<Registry, 'deviceOfChannel' | 'device'>
  readonly userAgent: Pick<UserAgent, 'invite' | 'queryRecords' | 'bindingOf' | 'presenceOf'>
  /** Relays whose streams are keyed by playback, over `sourceOf`. */
  readonly relays: () => Relays
  /** The same as viewers have them: with sound as AAC, and as H.264 where that is asked for. */
  readonly served: (codec?: 'h264') => Relays
  readonly files: DownloadFiles
  readonly mediaHost: string
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  readonly times?: Partial<PlaybackTimes>
}

export interface Playbacks extends PlaybacksDep {
  /** The way to the recording that a playback shows: what its relay starts. */
  readonly sourceOf: (id: string) => Promise<Source>
  readonly close: () => Promise<void>
}

interface Entry {
  readonly id: string
  readonly request: PlaybackRequest
  readonly deviceId: string
  readonly transport: MediaTransport
  readonly createdAtMs: number
  readonly running: RunningPlayback
  readonly file?: DownloadFile
  /** Pictures that the file missed. */
  dropped: number
}

export function createPlaybacks(options: PlaybacksOptions): Playbacks {
  const { registry, userAgent, files, clock, log } = options
  const times = { ...playbackTimes, ...options.times }
  const entries = new Map<string, Entry>()

  const forget = (): void => {
    const over = [...entries.values()].filter(({ running, file }) => running.progress().end && !file?.isThere())
    for (const [i, { id, running }] of over.entries()) {
      if (over.length - i > maxRemembered || (running.progress().end?.atMs ?? 0) < clock.wallMs() - rememberMs) entries.delete(id)
    }
  }
  const isRunning = ({ running }: Entry): boolean => running.progress().state !== 'ended'
  const entryOf = (id: string): Entry => {
    const entry = entries.get(id)
    if (!entry) throw new AppError('not-found', `there is no playback ${id}`)
    return entry
  }

  /** The device of a camera, when it can be asked. */
  const reach = async (camera: string): Promise<{ readonly deviceId: string; readonly transport: MediaTransport }> => {
    const deviceId = await registry.deviceOfChannel(camera)
    const device = deviceId === undefined ? undefined : await registry.device(deviceId)
    if (!device || !userAgent.bindingOf(device.id)) {
      throw new UnreachableError({ ok: false, reason: 'not-registered', detail: deviceId === undefined ? `no registered device lists ${camera}` : `device ${deviceId} is not registered` })
    }
    if (userAgent.presenceOf(device.id) === 'offline') throw new UnreachableError({ ok: false, reason: 'offline', detail: `device ${device.id} is offline` })
    return { deviceId: device.id, transport: device.mediaTransport }
  }

  const view = ({ id, request, deviceId, createdAtMs, running, file, dropped }: Entry): View => {
    const { camera, fromMs, toMs, kind, speed, by } = request
    const progress = running.progress()
    const share = progress.fileSize === undefined ? progress.positionMs / (toMs - fromMs) : progress.receivedBytes / progress.fileSize
    const isDone = progress.end?.how === 'finished'
    const removedAtMs = file?.removedAtMs()
    return {
      id, camera, deviceId, kind, fromMs, toMs, by, createdAtMs,
      ...(speed !== undefined && { speed }),
      ...progress,
      viewers: running.viewerCount(),
      ...(kind === 'download' && { progress: isDone ? 1 : Math.min(1, share) }),
      ...(file?.isThere() && { file: { bytes: file.bytes(), isWhole: isDone && dropped === 0, ...(removedAtMs !== undefined && { removedAtMs }) } }),
    }
  }

  const start = async (request: PlaybackRequest): Promise<View> => {
    forget()
    const { deviceId, transport } = await reach(request.camera)
    const running = [...entries.values()].filter(isRunning)
    if (running.length >= maxRunning) throw new AppError('busy', `${maxRunning} playbacks run already: end one of them`)
    if (running.filter((entry) => entry.deviceId === deviceId).length >= maxPerDevice) throw new AppError('busy', `${maxPerDevice} playbacks of device ${deviceId} run already: end one of them`)
    const id = `p-${options.random(8).toString('hex')}`
    const { camera, fromMs, toMs, kind, speed, type } = request
    const file = kind === 'download' ? files.open(id, (how, reason) => void entry.running.end(how, reason)) : undefined
    const entry: Entry = {
      id, request, deviceId, transport,
      createdAtMs: clock.wallMs(),
      dropped: 0,
      ...(file && { file }),
      running: createPlayback({
        id,
        request: { deviceId, channelId: camera, kind, range: { fromS: Math.floor(fromMs / 1000), toS: Math.ceil(toMs / 1000) }, recordType: type, ...(speed !== undefined && { downloadSpeed: speed }) },
        mediaHost: options.mediaHost,
        userAgent,
        relays: options.relays,
        clock,
        log,
        times,
        onEnd: () => {},
      }),
    }
    entries.set(id, entry)
    if (file) save(entry, file)
    return view(entry)
  }
  const save = (entry: Entry, file: DownloadFile): void => {
    const { id, running } = entry
    running.start()
    const written = serveFlv({ relays: options.served(), camera: id, open: () => file.sink, clock, log, bounds: fileBounds, isFile: true })
    void written.done.then(async ({ why, dropped }) => {
      entry.dropped = dropped
      if (why === 'cut') await running.end('not-written', 'the disk is too slow')
      await file.close()
    })
  }

  const serve: PlaybacksDep['serveFlv'] = (id, open, wish) => {
    const entry = entries.get(id)
    const { end } = entry?.running.progress() ?? {}
    if (!entry || end) return { joined: Promise.resolve({ ok: false, reason: 'stopped', detail: end ? `the playback is over: ${end.reason}` : `there is no playback ${id}` }), close: () => {} }
    const { running } = entry
    running.viewers(1)
    running.start()
    const view = serveFlv({ relays: options.served(wish?.codec), camera: id, open, clock, log, ...(wish?.withSound === false && { withSound: false }) })
    void view.done.then(() => running.viewers(-1))
    return view
  }

  return {
    recordings: async ({ camera, fromMs, toMs, type }) => {
      const { deviceId } = await reach(camera)
      const outcome = await userAgent.queryRecords(deviceId, { channelId: camera, fromMs, toMs, recordType: type })
      if (!outcome.ok) {
        const { reason, sipStatus, hop, detail } = outcome
        if (reason === 'busy') throw new AppError('busy', detail)
        throw new UnreachableError({ ok: false, reason, detail, ...(sipStatus !== undefined && { sipStatus }), ...(hop !== undefined && { hop }) })
      }
      const { items, isComplete, isCut, missing } = outcome.value
      return {
        items: items.map(({ name, startMs, endMs, recordType, fileSize, filePath, recorderId, recordLocation, streamNumber }) => ({
          ...(name !== undefined && { name }),
          ...(startMs !== undefined && { startMs }),
          ...(endMs !== undefined && { endMs }),
          ...(recordType !== undefined && { type: recordType }),
          ...(fileSize !== undefined && { fileSize }),
          ...(filePath !== undefined && { filePath }),
          ...(recorderId !== undefined && { recorderId }),
          ...(recordLocation !== undefined && { location: recordLocation }),
          ...(streamNumber !== undefined && { stream: streamNumber }),
        })),
        isComplete,
        isCut,
        missing,
        ...(outcome.hop !== undefined && { hop: outcome.hop }),
      }
    },
    start,
    get: (id) => {
      const entry = entries.get(id)
      return entry && view(entry)
    },
    list: () => {
      forget()
      return [...entries.values()].reverse().map(view)
    },
    control: async (id, wanted) => {
      const entry = entryOf(id)
      const { fromMs } = entry.request
      const seconds = (atMs: number): number => Math.max(0, (atMs - fromMs) / 1000)
      if (wanted.action === 'reverse' && Number(userAgent.bindingOf(entry.deviceId)?.gbVersion ?? 3) < 3) throw new AppError('conflict', `device ${entry.deviceId} speaks an edition before 2022, which has no reverse play`)
      const action: PlaybackAction =
        wanted.action === 'seek'
          ? { action: 'seek', seconds: seconds(wanted.atMs) }
          : wanted.action === 'reverse'
            ? { action: 'reverse', scale: wanted.scale ?? -1, ...(wanted.fromMs !== undefined && { from: seconds(wanted.fromMs) }), ...(wanted.toMs !== undefined && { to: seconds(wanted.toMs) }) }
            : wanted
      const outcome = await entry.running.control(action)
      if (outcome.ok) return view(entry)
      const { reason, sipStatus, hop, detail } = outcome
      if (reason === 'busy') throw new AppError('busy', detail)
      if (reason === 'not-playing' || reason === 'forgotten') throw new AppError('conflict', detail)
      throw new UnreachableError({ ok: false, reason, detail, ...(sipStatus !== undefined && { sipStatus }), ...(hop !== undefined && { hop }) })
    },
    stop: async (id) => {
      const entry = entryOf(id)
      if (isRunning(entry)) {
        await entry.running.end('stopped', 'ended by its user')
        return view(entry)
      }
      const last = view(entry)
      await entry.file?.remove()
      entries.delete(id)
      return last
    },
    serveFlv: serve,
    file: (id) => {
      const entry = entries.get(id)
      const { end } = entry?.running.progress() ?? {}
      if (!entry?.file?.isThere() || !end || entry.file.removedAtMs() === undefined) return undefined
      const isWhole = end.how === 'finished' && entry.dropped === 0
      const why = entry.dropped > 0 ? `${entry.dropped} pictures were lost on the way to the disk` : end.reason
      return { path: entry.file.path, bytes: entry.file.bytes(), isWhole, ...(!isWhole && { partialBecause: why }) }
    },
    sourceOf: async (id) => {
      const entry = entries.get(id)
      if (!entry) return { ok: false, reason: 'stopped', detail: `there is no playback ${id}` }
      return { ok: true, transport: entry.transport, upstream: entry.running.upstream }
    },
    close: async () => {
      await Promise.all([...entries.values()].filter(isRunning).map(({ running }) => running.end('stopped', 'the service is stopping')))
      await files.close()
    },
  }
}
