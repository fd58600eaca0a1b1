// The registry: facts from signalling and words from offices in, records and their history out.
import { AppError, type Clock, type Log } from '../base/index.ts'
import type { Author } from './camera.ts'
import { createCatalogs } from './catalogs.ts'
import { createChecks, type Together } from './checks.ts'
import { createFigures } from './figures.ts'
import { createFindings } from './findings.ts'
import { planImport } from './importing.ts'
import { createNotices, keeping } from './notices.ts'
import { createPoints } from './points/index.ts'
import type { Divisions } from './divisions/index.ts'
import type { Outline } from './outline.ts'
import { reconciling } from './reconcile/reconcile.ts'
import { createReconciler } from './reconcile/reconciler.ts'
import type { ReconcileOptions } from './reconcile/types.ts'
import { createRecords } from './records.ts'
import { createAreaCheck, type RuleContext, type RuleLimits } from './rules.ts'
import { createSources } from './sources.ts'
import type { Device, Keeping, Registry, RegistryStore } from './types.ts'

export interface RegistryOptions {
  readonly store: RegistryStore
  readonly clock: Clock
  readonly log: Log
  /** District outlines; without them the rule on places is not applied (`outlineNotApplied` says so). */
  readonly outlines?: readonly Outline[]
  /** The table that ships where absent. */
  readonly divisions?: Divisions
  readonly limits?: RuleLimits
  /** Lets sockets and timers have their turn while much is written; without it long work is done in one go. */
  readonly turn?: () => Promise<void>
  readonly keep?: Keeping
  readonly reconcile?: ReconcileOptions
  /** Rules over many records; the house's own where absent. */
  readonly together?: (context: RuleContext) => Together
}

/** Strangers waiting for approval at most: a scan of ids must not fill the disk. Ours. */
const maxStrangers = 1000

/** Runs tasks one after another: what is read, decided and written stays together although the store is asynchronous. */
function oneAtATime(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const result = last.then(task)
    last = result.catch(() => {})
    return result
  }
}

export function createRegistry({ store, clock, log, outlines = [], divisions, limits, turn = () => Promise.resolve(), keep = keeping, reconcile = reconciling, together = createAreaCheck }: RegistryOptions): Registry {
  const records = oneAtATime()
  const gear = oneAtATime()
  /** How many devices wait for approval; counted when first needed, and again after an approval. */
  let strangers: number | undefined
  const context = (): RuleContext => ({ nowMs: clock.wallMs(), outlines, ...(divisions && { divisions }), ...(limits && { limits }) })
  const newDevice = (id: string, approved: boolean): Device => ({ id, approved, presence: 'unknown', mediaTransport: 'tcp-passive', channelCount: 0, firstSeenMs: clock.wallMs() })
  /** Reads a device, lets `update` decide, writes what it returns. A device seen for the first time starts as `approved` says. */
  const updateDevice = (id: string, approved: boolean, update: (device: Device) => Device): Promise<Device> =>
    gear(async () => {
      const before = await store.device(id)
      const device = before ?? newDevice(id, approved)
      const after = update(device)
      if (before?.approved !== after.approved) strangers = undefined
      if (before?.approved !== after.approved || before?.catalogWholeAtMs !== after.catalogWholeAtMs) reconciler.forget()
      if (after !== before) await store.saveDevice(after)
      return after
    })
  const knownDevice = async (id: string): Promise<void> => {
    if (!(await store.device(id))) throw new AppError('not-found', `there is no device ${id}`)
  }

  const inPart = <T>(task: () => Promise<T>): Promise<T> =>
    records(async () => {
      const result = await task()
      await turn()
      return result
    })
  const reconciler = createReconciler({ store, clock, options: reconcile, inPart })
  const catalogs = createCatalogs({ store, clock, log, inPart, turn, reconciler, updateDevice: (id, update) => updateDevice(id, false, update) })
  const refreshing = new Map<string, { isStale: boolean }>()
  /** The cameras behind a big device follow its presence in parts, after the fact itself is kept. A change in between begins anew. */
  const refreshBehind = async (deviceId: string, from: string): Promise<void> => {
    const running = refreshing.get(deviceId)
    if (running) {
      running.isStale = true
      return
    }
    const own = { isStale: false }
    refreshing.set(deviceId, own)
    try {
      for (let after: string | undefined = from; after !== undefined || own.isStale; ) {
        await turn()
        const next: string = own.isStale || after === undefined ? '' : after
        own.isStale = false
        after = await store.refreshPresence(deviceId, next)
      }
    } catch (error) {
      log.error({ deviceId, error }, 'presence of the cameras behind it not kept')
    } finally {
      refreshing.delete(deviceId)
    }
  }

  return {
    ...createRecords({ store, clock, log, context, reconciler, records }),
    ...createChecks({ store, clock, log, context, reconciler, together, inPart }),
    ...createFindings({ store, clock, records }),
    ...createFigures(store, clock),
    points: createPoints({ store, clock, turn }),
    importRows: (rows, by, options = {}) =>
      records(async () => {
        const author: Author = { by, why: options.why ?? 'import' }
        const plan = await planImport(rows, options.rowNumbers, (id) => store.camera(id), author, context())
        if (options.dryRun !== true && plan.cameras.length > 0) await store.saveCameras(plan.cameras, plan.changes, { found: await reconciler.findingsOf(plan.cameras), atMs: clock.wallMs() })
        log.info({ by, dryRun: options.dryRun === true, rows: plan.outcome.rows, created: plan.outcome.created, changed: plan.outcome.changed, rejected: plan.outcome.rejected.length }, 'records imported')
        return plan.outcome
      }),

    alone: records,

    devices: () => store.devices(),
    device: (id) => store.device(id),
    channels: (deviceId, query) => store.channelPage(deviceId, query),
    listsChannel: async (deviceId, channelId) => (await store.channelsById(deviceId, [channelId])).length > 0,
    deviceOfChannel: (channelId) => store.deviceOfChannel(channelId),
    presenceHistory: (deviceId) => store.presenceHistory(deviceId, 200),
    passwordOf: (deviceId) => store.devicePassword(deviceId),
    approve: async (deviceId) => {
      await knownDevice(deviceId)
      return updateDevice(deviceId, true, admitted)
    },
    refuse: async (deviceId) => {
      await knownDevice(deviceId)
      return updateDevice(deviceId, false, (device) => ({ ...device, approved: false, settings: { ...device.settings, isRefused: true } }))
    },
    setPassword: async (deviceId, password) => {
      if (password !== undefined) await updateDevice(deviceId, true, admitted)
      else await knownDevice(deviceId)
      await gear(() => store.setDevicePassword(deviceId, password))
    },
    setMediaTransport: async (deviceId, transport) => {
      await knownDevice(deviceId)
      return updateDevice(deviceId, true, (device) => (device.mediaTransport === transport ? device : { ...device, mediaTransport: transport }))
    },
    setSettings: async (deviceId, settings) => {
      await knownDevice(deviceId)
      return updateDevice(deviceId, true, (device) => ({ ...device, settings: { ...settings, ...(device.settings?.isRefused && { isRefused: true }) } }))
    },

    // Neither waits for the other devices': the store writes what comes at once in one go.
    applyBinding: async (deviceId, binding) => {
      const wasWaiting = await store.saveBinding({ ...newDevice(deviceId, true), ...(binding && { binding }) })
      if (wasWaiting) strangers = undefined
    },
    applyStranger: (deviceId) =>
      gear(async () => {
        if (await store.device(deviceId)) return
        strangers ??= (await store.devices()).filter((device) => !device.approved).length
        if (strangers >= maxStrangers) {
          log.warn({ deviceId, waiting: maxStrangers }, 'a stranger was not kept: too many wait for approval')
          return
        }
        await store.saveDevice(newDevice(deviceId, false))
        strangers++
        log.info({ deviceId }, 'an unknown device waits for approval')
      }),
    applyPresence: async (change) => {
      const more = await store.savePresenceChange(change)
      if (more !== undefined) void refreshBehind(change.deviceId, more)
    },
    applyCatalog: catalogs.apply,
    applyCatalogChanges: catalogs.change,
    ...createNotices(store, clock, log, keep),
    ...createSources(store, records),
  }
}

/** Approved, and no longer refused. */
function admitted(device: Device): Device {
  const { isRefused, ...settings } = device.settings ?? {}
  if (device.approved && !isRefused) return device
  const { settings: _settings, ...plain } = device
  return { ...plain, approved: true, ...(Object.keys(settings).length > 0 && { settings }) }
}
