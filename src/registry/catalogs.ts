// A device's catalog into channels and records: in small parts, so that a hundred thousand channels hold nobody up, and so that whatever ends us
// in between leaves a list that is whole: the old one with some of the new. GB/T 28181-2022 9.5, 9.11, Annex M.
import { AppError, type Clock, type Log } from '../base/index.ts'
import { kindOf } from './code.ts'
import { channelChange, mergeCatalog, reportedChanges, type ListedBefore } from './merge.ts'
import { openRings, parentsOf } from './parents.ts'
import { addSteps, noSteps, type Reconciler } from './reconcile/reconciler.ts'
import { readChannel } from './reported.ts'
import type { Camera, CatalogChange, Channel, Device, ListedChannel, RegistryStore } from './types.ts'

/** Channels written at one go, about 10 ms where all are new; ids looked through at one go. Ours. */
const writePart = 25
const lookPart = 2000
/** Ours: what a whole catalog has lacked for this long is taken off the list. Until then the channel is missing, and can still be invited. */
export const graceMs = 72 * 3600_000

export interface CatalogOptions {
  readonly store: RegistryStore
  readonly clock: Clock
  readonly log: Log
  /** Alone with the records: what is read, decided and written inside stays together. One part at a time for the whole house, and a turn for everything else after each. */
  readonly inPart: <T>(task: () => Promise<T>) => Promise<T>
  readonly reconciler: Pick<Reconciler, 'again' | 'unlisted'>
  readonly updateDevice: (id: string, update: (device: Device) => Device) => Promise<Device>
  /** Lets everything else have its turn. */
  readonly turn: () => Promise<void>
}

export interface Catalogs {
  readonly apply: (deviceId: string, channels: readonly Channel[], isComplete: boolean) => Promise<void>
  readonly change: (deviceId: string, changes: readonly CatalogChange[]) => Promise<void>
}

export function createCatalogs(options: CatalogOptions): Catalogs {
  const { store, clock, log, inPart: part, reconciler, updateDevice, turn } = options
  /** The last task of each device that has one. */
  const lanes = new Map<string, Promise<unknown>>()

  /** One after the other for each device: a NOTIFY that comes while a catalog is being kept waits for it. */
  const inLane = <T>(deviceId: string, task: () => Promise<T>): Promise<T> => {
    const result = (lanes.get(deviceId) ?? Promise.resolve()).then(task)
    const settled = result
      .catch(() => {})
      .then(() => {
        if (lanes.get(deviceId) === settled) lanes.delete(deviceId)
      })
    lanes.set(deviceId, settled)
    return result
  }
  const insist = async (deviceId: string): Promise<void> => {
    if (!(await store.device(deviceId))) throw new AppError('not-found', `there is no device ${deviceId}`)
  }
  /** `told` are the channels whose fields are news; of the others only the state is. */
  const keep = (deviceId: string, channels: readonly ListedChannel[], told: readonly Channel[] = channels): Promise<{ readonly drafts: number; readonly differing: number; readonly written: readonly string[] }> =>
    part(async () => {
      const known = new Map((await store.camerasById(told.map(({ id }) => id))).map((camera) => [camera.id, camera]))
      const merged = mergeCatalog(deviceId, told, known, clock.wallMs(), await beforeOf(deviceId, known))
      const written = await store.saveCatalogPart({ deviceId, channels, ...merged })
      return { drafts: merged.changes.filter(({ to }) => to === 'draft').length, differing: merged.cameras.length, written }
    })

  /** How the device and others listed these records until now. */
  const beforeOf = async (deviceId: string, known: ReadonlyMap<string, Camera>): Promise<ListedBefore> => {
    if (known.size === 0) return { listings: new Map(), said: new Map() }
    const listings = new Map((await store.standings([...known.keys()])).map((each) => [each.id, each.listings]))
    const foreign = [...known.values()].filter(({ reported }) => reported && reported.deviceId !== deviceId).map(({ id }) => id)
    const said = foreign.length === 0 ? [] : await store.channelsById(deviceId, foreign)
    return { listings, said: new Map(said.map((channel) => [channel.id, readChannel(channel)])) }
  }

  /** Every id that the device lists already, with since when it is missing. */
  const storedIds = async (deviceId: string, visit: (rows: readonly { readonly id: string; readonly missingSinceMs?: number }[]) => Promise<void>): Promise<void> => {
    for (let after = ''; ; ) {
      const rows = await part(() => store.channelIds(deviceId, after, lookPart))
      await visit(rows)
      const last = rows.at(-1)
      if (!last || rows.length < lookPart) return
      after = last.id
    }
  }

  const treeOf = async (deviceId: string, channels: ReadonlyMap<string, Channel>, isComplete: boolean): Promise<ReadonlyMap<string, readonly string[]>> => {
    const others = new Set<string>()
    if (!isComplete) await storedIds(deviceId, async (rows) => rows.forEach(({ id }) => others.add(id)))
    const isListed = (id: string): boolean => channels.has(id) || others.has(id)
    const parents = new Map<string, readonly string[]>()
    let n = 0
    for (const channel of channels.values()) {
      const found = parentsOf(channel, deviceId, isListed)
      if (found.length > 0) parents.set(channel.id, found)
      if (++n % lookPart === 0) await turn()
    }
    openRings(parents)
    return parents
  }

  /** What the device lacks now is missing; what was missing for longer than the grace goes. */
  const missOthers = async (deviceId: string, listed: ReadonlyMap<string, unknown>): Promise<{ readonly missed: readonly string[]; readonly dropped: readonly string[] }> => {
    const [missed, dropped]: [string[], string[]] = [[], []]
    await storedIds(deviceId, async (rows) => {
      const lacking = rows.filter(({ id }) => !listed.has(id))
      const overdue = lacking.filter(({ missingSinceMs }) => missingSinceMs !== undefined && clock.wallMs() - missingSinceMs >= graceMs).map(({ id }) => id)
      const fresh = lacking.filter(({ missingSinceMs }) => missingSinceMs === undefined).map(({ id }) => id)
      for (const ids of partsOf(fresh)) await part(() => miss(deviceId, ids))
      for (const ids of partsOf(overdue)) await part(() => drop(deviceId, ids))
      missed.push(...fresh)
      dropped.push(...overdue)
    })
    return { missed, dropped }
  }

  const miss = async (deviceId: string, ids: readonly string[]): Promise<void> => {
    const [atMs, known] = [clock.wallMs(), await store.camerasById(ids)]
    await store.missChannels(deviceId, ids, atMs, known.map(({ id }) => channelChange(id, deviceId, atMs, 'listed', 'missing')))
  }
  /** What the device said of it goes into the history: its own words are not kept any longer. */
  const drop = async (deviceId: string, ids: readonly string[]): Promise<void> => {
    const atMs = clock.wallMs()
    const records = new Set((await store.camerasById(ids)).map(({ id }) => id))
    const channels = (await store.channelsById(deviceId, ids)).filter(({ id }) => records.has(id))
    const changes = channels.flatMap((channel) => [...reportedChanges(channel.id, deviceId, atMs, readChannel(channel), {}), channelChange(channel.id, deviceId, atMs, 'missing', undefined)])
    await store.dropChannels(deviceId, ids, changes)
  }

  const note = async (deviceId: string, more: Partial<Device> = {}): Promise<void> => {
    const { cameras } = await part(() => store.channelCounts(deviceId))
    await updateDevice(deviceId, (device) => ({ ...device, channelCount: cameras, ...more }))
  }

  /** Records behind what has changed; and, where a platform's list is whole, those of its area that nobody lists. */
  const reconcile = async (deviceId: string, ids: ReadonlySet<string>, isComplete = false): Promise<void> => {
    const changed = await reconciler.again(ids)
    const lacking = isComplete ? await reconciler.unlisted(deviceId) : noSteps
    const { standing: _standing, ...steps } = addSteps(changed, lacking)
    if (steps.opened + steps.reopened + steps.fixed > 0) log.info({ deviceId, ...steps }, 'catalog reconciled with the records')
  }

  const apply = async (deviceId: string, list: readonly Channel[], isComplete: boolean): Promise<void> => {
    await insist(deviceId)
    const atMs = clock.wallMs()
    // Interop: an answer of nothing is valid (Annex M) and is given by recorders that have just begun; nothing is wiped for it. Q52.
    if (list.length === 0) {
      await note(deviceId, { catalogAtMs: atMs, catalogComplete: isComplete, ...(isComplete ? { catalogEmpty: true } : {}) })
      return log.info({ deviceId, isComplete }, 'the catalog lists nothing; what was listed before stays')
    }
    const channels = new Map<string, Channel>()
    for (const each of partsOf(list, lookPart)) {
      for (const channel of each) channels.set(channel.id, channel)
      await turn()
    }
    const parents = await treeOf(deviceId, channels, isComplete)
    let [drafts, differing] = [0, 0]
    const written: string[] = []
    for (const each of partsOf([...channels.values()])) {
      const done = await keep(deviceId, each.map((channel) => listed(channel, parents.get(channel.id) ?? [])))
      drafts += done.drafts
      differing += done.differing
      written.push(...done.written)
    }
    const { missed, dropped } = isComplete ? await missOthers(deviceId, channels) : { missed: [], dropped: [] }
    await note(deviceId, { catalogAtMs: atMs, catalogComplete: isComplete, catalogEmpty: false, ...(isComplete ? { catalogWholeAtMs: atMs } : {}) })
    log.info({ deviceId, channels: channels.size, isComplete, drafts, differing, missed: missed.length, dropped: dropped.length }, 'catalog merged')
    await reconcile(deviceId, new Set([...written, ...missed, ...dropped]), isComplete)
  }

  const change = async (deviceId: string, changes: readonly CatalogChange[]): Promise<void> => {
    await insist(deviceId)
    const ignoresStatus = (await store.device(deviceId))?.settings?.ignoresNotifiedStatus === true
    let ignored = 0
    const altered = new Set<string>()
    for (const each of partsOf(changes)) {
      const wanted = new Set(each.flatMap(({ channel }) => [channel.id, ...namedBy(channel)]))
      const known = new Map((await store.channelsById(deviceId, [...wanted])).map((channel) => [channel.id, channel]))
      const after = new Map<string, ListedChannel>()
      const told = new Map<string, ListedChannel>()
      const deleted = new Set<string>()
      for (const { event, channel } of each) {
        const before = after.get(channel.id) ?? known.get(channel.id)
        if (event === 'DEL') {
          after.delete(channel.id)
          told.delete(channel.id)
          if (before) deleted.add(channel.id)
        } else if (event === 'ADD' || event === 'UPDATE') {
          deleted.delete(channel.id)
          const next = updated(before, channel)
          const now = listed(next, parentsOf(next, deviceId, (id) => known.has(id) || after.has(id)))
          after.set(channel.id, now)
          told.set(channel.id, now)
        } else if (!before || ignoresStatus) ignored++
        else after.set(channel.id, { ...before, status: event === 'ON' ? 'on' : 'off', statusEvent: event })
      }
      if (after.size > 0) for (const id of (await keep(deviceId, [...after.values()], [...told.values()])).written) altered.add(id)
      if (deleted.size > 0) await part(() => miss(deviceId, [...deleted]))
      for (const id of deleted) altered.add(id)
    }
    await note(deviceId)
    await reconcile(deviceId, altered)
    log.info({ deviceId, changes: changes.length, ignored }, 'catalog changed by the device')
  }

  return {
    apply: (deviceId, channels, isComplete) => inLane(deviceId, () => apply(deviceId, channels, isComplete)),
    change: (deviceId, changes) => inLane(deviceId, () => change(deviceId, changes)),
  }
}

const listed = (channel: Channel, parents: readonly string[]): ListedChannel => {
  const { id, name, status, parentId, raw } = channel
  return { id, name, status, ...(parentId === undefined ? {} : { parentId }), raw, kind: kindOf(id), parents }
}

/** An UPDATE may carry the changed elements alone; its Event is none of the channel's own. */
function updated(before: ListedChannel | undefined, channel: Channel): Channel {
  const { Event: _event, ...raw } = { ...before?.raw, ...channel.raw }
  return {
    id: channel.id,
    name: channel.name === '' ? (before?.name ?? '') : channel.name,
    status: channel.status === 'unknown' ? (before?.status ?? 'unknown') : channel.status,
    ...(channel.parentId === undefined ? {} : { parentId: channel.parentId }),
    raw,
  }
}

/** Ids that a channel may hang under. */
const namedBy = ({ raw, parentId = '' }: Channel): readonly string[] =>
  `${raw['ParentID'] ?? parentId}/${raw['BusinessGroupID'] ?? ''}/${raw['Info.BusinessGroupID'] ?? ''}/${raw['CivilCode'] ?? ''}`.split('/').map((part) => part.trim()).filter((part) => part !== '')

function* partsOf<T>(list: readonly T[], size = writePart): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size)
}
