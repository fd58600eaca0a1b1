// Registrations while another thread has the right to write: on the disk before their 200, in a file of their own, and carried into the database
// before anything else when the right is back. A device has half a second before it repeats itself; an import of 100,000 records takes several.
import type Database from 'better-sqlite3'
import { fdatasync, open, close as closeFile } from 'node:fs'
import { promisify } from 'node:util'
import type { Device, PresenceChange } from '../registry/index.ts'
import type { BindingRows, BindingStore } from './binding-store.ts'
import { createGroupCommit, type GroupCommit, type Write } from './group-commit.ts'
import { carryOver, meantimeFile, openMeantimeFile, type Kept, type Said } from './meantime-file.ts'

/** Carried over in one transaction: some 20 ms. */
const part = 200
/** After a failure, such as a full disk; what was said is safe where it is. */
const retryMs = 5000

export interface Meantime extends BindingStore {
  /** A device as it is: with what it has said meanwhile. */
  readonly seen: (id: string, device: Device | undefined) => Device | undefined
  readonly devices: (devices: readonly Device[]) => readonly Device[]
  /** From now on they are kept in their own file. */
  readonly begin: () => void
  /** Carries them over; `now` runs a write in the database at once. Never rejects. */
  readonly end: (now: <T>(work: () => T) => T) => Promise<void>
  readonly close: () => Promise<void>
}

export interface MeantimeOptions {
  readonly raw: Database.Database
  readonly rows: BindingRows
  readonly file: string
  /** As they are written otherwise. */
  readonly plain: BindingStore
  readonly write: Write
  readonly refreshCarried: (deviceId: string, after: string) => string | undefined
  readonly wallMs: () => number
  readonly translate: (error: unknown) => unknown
}

export function createMeantime({ raw, rows, file, plain, write, refreshCarried, wallMs, translate }: MeantimeOptions): Meantime {
  let own: { readonly raw: Database.Database; readonly group: GroupCommit } | undefined
  let state: 'plain' | 'beside' | 'ending' = 'plain'
  let ended: Promise<void> = Promise.resolve()
  /** Acknowledged, and not in the database yet; in their order. */
  let kept: Kept[] = []
  const devices = new Map<string, Device>()
  const presences = new Map<string, PresenceChange>()
  const onTheWay = new Set<Promise<unknown>>()
  let retry: NodeJS.Timeout | undefined

  const keep = async (said: Said): Promise<void> => {
    if (!own) return
    const put = own.raw.prepare<[string]>('INSERT INTO said (document) VALUES (?)')
    const going = own.group.write(() => Number(put.run(JSON.stringify(said)).lastInsertRowid))
    onTheWay.add(going)
    try {
      kept.push({ n: await going, said })
    } finally {
      onTheWay.delete(going)
    }
  }
  /** What came first is written first; the file forgets it when the database has it on the disk. */
  const carry = async (now: <T>(work: () => T) => T): Promise<void> => {
    while (kept.length > 0 && own) {
      const some = kept.slice(0, part)
      const more = now(() => raw.transaction(() => carryOver(rows, some)).immediate())
      await syncLog(file)
      const last = some.at(-1)?.n ?? 0
      const drop = own.raw.prepare<[number]>('DELETE FROM said WHERE n <= ?')
      await own.group.write(() => drop.run(last))
      kept = kept.slice(some.length)
      for (const [deviceId, after] of more) void refreshRest(deviceId, after)
    }
  }
  /** The cameras behind a big device follow in parts, each with its turn. */
  const refreshRest = async (deviceId: string, from: string): Promise<void> => {
    for (let after: string | undefined = from; after !== undefined; ) {
      const here: string = after
      after = await write(() => refreshCarried(deviceId, here)).catch(() => undefined)
    }
  }
  const forget = (): void => {
    if (kept.length > 0) return
    devices.clear()
    presences.clear()
  }
  const tryAgain = (): void => {
    retry ??= setTimeout(() => {
      retry = undefined
      if (state === 'plain') void carry((work) => work()).then(forget, tryAgain)
    }, retryMs).unref()
  }
  const ready = async (): Promise<boolean> => {
    while (state === 'ending') await ended
    return state === 'beside' && own !== undefined
  }

  return {
    saveBinding: async (device) => {
      if (!(await ready())) return plain.saveBinding(device)
      const wasWaiting = device.binding !== undefined && !devices.has(device.id) && rows.isWaiting(device.id)
      await keep({ device, atMs: wallMs() })
      devices.set(device.id, device)
      return wasWaiting
    },
    savePresenceChange: async (told) => {
      if (!(await ready())) return plain.savePresenceChange(told)
      await keep({ change: told })
      if (told.from !== told.to) presences.set(told.deviceId, told)
      return undefined
    },
    offlineBefore: () => plain.offlineBefore(),
    seen: (id, device) => {
      const [bound, told] = [devices.get(id), presences.get(id)]
      if (!bound && !told) return device
      const base = device ?? bound
      if (!base) return undefined
      const { binding: _binding, ...rest } = base
      const binding = bound ? bound.binding : base.binding
      return { ...rest, ...(bound?.binding && { approved: true }), ...(binding && { binding }), ...(told && { presence: told.to, presenceReason: told.reason, presenceSinceMs: told.atMs }) }
    },
    devices: (list) => {
      if (devices.size === 0 && presences.size === 0) return list
      const known = new Set(list.map(({ id }) => id))
      return [...list, ...[...devices.values()].filter(({ id, binding }) => binding && !known.has(id))].sort((a, b) => (a.id < b.id ? -1 : 1))
    },
    begin: () => {
      if (file === ':memory:') return
      try {
        if (!own) {
          const opened = openMeantimeFile(file)
          own = { raw: opened, group: createGroupCommit({ raw: opened, file: meantimeFile(file), translate }) }
        }
        state = 'beside'
      } catch {
        // Without a file of their own they wait, as everything else does.
        own = undefined
      }
    },
    end: (now) => {
      if (state !== 'beside') return Promise.resolve()
      const end = async (): Promise<void> => {
        try {
          await carry(now)
          // Those who come now wait for the few milliseconds that are left.
          state = 'ending'
          while (onTheWay.size > 0) await Promise.allSettled(onTheWay)
          await carry(now)
        } catch {
          tryAgain()
        } finally {
          state = 'plain'
          forget()
        }
      }
      ended = end()
      return ended
    },
    close: async () => {
      clearTimeout(retry)
      await ended
      await own?.group.close()
      own?.raw.close()
      own = undefined
    },
  }
}

/** The write-ahead log of the database, on the disk. */
async function syncLog(file: string): Promise<void> {
  const log = await promisify(open)(`${file}-wal`, 'r+')
  try {
    await promisify(fdatasync)(log)
  } finally {
    await promisify(closeFile)(log)
  }
}
